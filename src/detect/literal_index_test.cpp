// The quick ways to look for texts find what a plain search finds, whatever the lengths.
#include "detect/detail/literal_index.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "base/text.h"

namespace tanggap::detect {
namespace {

constexpr std::uint64_t kSeed = 20261129;

/// Texts of few letters, so that they are found in one another; with bytes that fold alike.
class Texts {
public:
    std::string text(std::size_t longest, std::string_view letters)
    {
        std::string out;
        for (auto n = random_() % (longest + 1); n > 0; --n) {
            out += letters[random_() % letters.size()];
        }
        return out;
    }
    std::set<std::string> literals(std::size_t count, std::size_t longest)
    {
        std::set<std::string> out;
        while (out.size() < count) {
            if (auto one = text(longest, "ab@`\xC3"); !one.empty()) {
                out.insert(std::move(one));
            }
        }
        return out;
    }
    std::string value() { return text(40, "abABabAB@`\xC3\xE3"); }

private:
    std::mt19937_64 random_{kSeed};
};

std::string upper(std::string text)
{
    for (char& c : text) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    }
    return text;
}

TEST(LiteralIndex, LowersEveryByteAsOneAtATime)
{
    for (int byte = 0; byte < 256; ++byte) {
        for (std::size_t size = 1; size <= 17; ++size) {
            const std::string text(size, static_cast<char>(byte));
            LoweredTexts texts;
            texts.start(size + 1, 2);
            EXPECT_EQ(texts.add("Z"), "z");
            ASSERT_EQ(texts.add(text), base::to_lower_ascii(text)) << byte;
            ASSERT_TRUE(equals_lowered(text, base::to_lower_ascii(text)));
        }
    }
}

TEST(LiteralIndex, ComparesEveryByte)
{
    for (std::size_t size = 1; size <= 40; ++size) {
        const std::string text(size, 'A');
        for (std::size_t at = 0; at < size; ++at) {
            std::string other(size, 'a');
            other[at] = 'b';
            ASSERT_FALSE(equals_lowered(text, other)) << size << ' ' << at;
        }
        EXPECT_FALSE(equals_lowered(text, std::string(size + 1, 'a')));
    }
}

TEST(LiteralIndex, HoldsALiteralWhereASearchFindsIt)
{
    Texts texts;
    int found = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto value = texts.text(60, "abAB");
        const auto literal = texts.text(9, "ab") + "a";
        LoweredTexts lowered;
        lowered.start(value.size(), 1);
        const bool expected = base::to_lower_ascii(value).contains(literal);
        ASSERT_EQ(holds_literal(lowered.add(value), literal), expected) << value << ' ' << literal;
        found += expected ? 1 : 0;
    }
    EXPECT_GT(found, 1'000);
}

TEST(LiteralIndex, FindsAffixesAndWholeValues)
{
    Texts texts;
    int found_in_all = 0;
    for (int round = 0; round < 400; ++round) {
        const auto set = texts.literals(30, round % 2 == 0 ? 5 : 24);
        AffixIndex front{AffixIndex::End::Front};
        AffixIndex back{AffixIndex::End::Back};
        std::uint32_t id = 0;
        for (const auto& literal : set) {
            front.add(literal, id, false);
            back.add(literal, id, id % 3 == 0);
            ++id;
        }
        front.build();
        back.build();
        for (int i = 0; i < 40; ++i) {
            const auto& some = *std::next(set.begin(), i % 30);
            const auto value = i % 4 == 0   ? upper(some)
                               : i % 4 == 1 ? some + texts.text(3, "aB")
                               : i % 4 == 2 ? texts.text(3, "aB") + some
                                            : texts.value();
            const auto lowered = base::to_lower_ascii(value);
            std::set<std::uint32_t> expected_front;
            std::set<std::uint32_t> expected_back;
            id = 0;
            for (const auto& literal : set) {
                if (lowered.starts_with(literal)) {
                    expected_front.insert(id);
                }
                if (id % 3 == 0 ? lowered == literal : lowered.ends_with(literal)) {
                    expected_back.insert(id);
                }
                ++id;
            }
            std::set<std::uint32_t> found_front;
            std::set<std::uint32_t> found_back;
            front.scan(value, [&](std::uint32_t one) { found_front.insert(one); });
            back.scan(value, [&](std::uint32_t one) { found_back.insert(one); });
            ASSERT_EQ(found_front, expected_front) << value;
            ASSERT_EQ(found_back, expected_back) << value;
            found_in_all += static_cast<int>(found_front.size() + found_back.size());
        }
    }
    EXPECT_GT(found_in_all, 10'000);
}

TEST(LiteralIndex, FindsTextsAnywhere)
{
    Texts texts;
    int found_in_all = 0;
    for (int round = 0; round < 400; ++round) {
        auto set = texts.literals(20, 3 + static_cast<std::size_t>(round) % 20);
        std::erase_if(set, [&](const std::string& one) {
            return one.size() < static_cast<std::size_t>(round) % 12; // long ones alone: strides
        });
        GramIndex index;
        std::uint32_t id = 0;
        for (const auto& literal : set) {
            index.add(literal, id++);
        }
        index.build();
        for (int i = 0; i < 40; ++i) {
            auto value = texts.value();
            if (!set.empty() && i % 2 == 0) {
                value += upper(*set.begin()) + texts.text(2, "aB");
            }
            const auto lowered = base::to_lower_ascii(value);
            std::set<std::uint32_t> expected;
            id = 0;
            for (const auto& literal : set) {
                if (lowered.contains(literal)) {
                    expected.insert(id);
                }
                ++id;
            }
            std::set<std::uint32_t> found;
            index.scan(value, [&](std::uint32_t one) {
                found.insert(one);
                return false;
            });
            ASSERT_EQ(found, expected) << value;
            ASSERT_EQ(index.scan(value, [](std::uint32_t) { return true; }), !expected.empty());
            found_in_all += static_cast<int>(found.size());
        }
    }
    EXPECT_GT(found_in_all, 10'000);
}

} // namespace
} // namespace tanggap::detect
