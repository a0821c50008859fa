#include "casework/merge.h"

#include <gtest/gtest.h>

#include <random>

namespace tanggap::casework {
namespace {

std::string kinds(const Merge& merge)
{
    std::string out;
    for (const MergeChunk& chunk : merge.chunks) {
        out += (out.empty() ? "" : " ") + std::string(name_of(chunk.by));
    }
    return out;
}

TEST(Merge, changes_at_different_places_join)
{
    const Merge merge = merge_notes("a\nb\nc\nd\n", "a\nB\nc\nd\n", "a\nb\nc\nD\ne\n");
    EXPECT_FALSE(merge.clashes);
    EXPECT_EQ(merge.merged, "a\nB\nc\nD\ne\n");
    EXPECT_EQ(kinds(merge), "nobody ours nobody theirs");
}

TEST(Merge, the_same_change_twice_is_one_and_different_ones_clash)
{
    EXPECT_EQ(merge_notes("a\nb\n", "a\nX\n", "a\nX\n").merged, "a\nX\n");
    const Merge clash = merge_notes("a\nb\nc\n", "a\nours\nc\n", "a\ntheirs\nc\n");
    EXPECT_TRUE(clash.clashes);
    EXPECT_EQ(kinds(clash), "nobody clash nobody");
    EXPECT_EQ(clash.merged,
              "a\nours\ntheirs\nc\n"); // nothing is lost while a person has not decided
}

TEST(Merge, one_removes_what_the_other_changes)
{
    const Merge merge = merge_notes("a\nb\nc\n", "a\nc\n", "a\nb2\nc\n");
    EXPECT_TRUE(merge.clashes);
    EXPECT_EQ(merge.merged, "a\nb2\nc\n");
}

TEST(Merge, empty_texts_and_a_last_line_without_an_end)
{
    EXPECT_EQ(merge_notes("", "x", "").merged, "x");
    EXPECT_EQ(merge_notes("", "", "").merged, "");
    EXPECT_EQ(merge_notes("a", "a\n", "a").merged, "a\n");
    EXPECT_EQ(merge_notes("", "x", "y").merged, "x\ny");
}

TEST(Merge, random_edits_never_lose_a_line_that_somebody_wrote)
{
    std::mt19937 random(20261129); // NOLINT: fixed, so that a failure can be replayed
    const auto number = [&](std::size_t below) { return random() % below; };
    int written = 0;
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::string> base;
        for (std::size_t i = 0; i < number(12); ++i) {
            base.push_back("line " + std::to_string(number(5)) + "\n");
        }
        std::vector<std::string> own;
        const auto edited = [&] {
            std::string text;
            for (const std::string& line : base) {
                const auto what = number(8);
                if (what == 0) {
                    own.push_back("new " + std::to_string(++written) + "\n");
                    text += own.back();
                }
                text += what == 1 ? "" : line;
            }
            return text;
        };
        const std::string ours = edited();
        const std::string theirs = edited();
        std::string whole;
        for (const std::string& line : base) {
            whole += line;
        }
        const Merge merge = merge_notes(whole, ours, theirs);
        for (const std::string& line : own) {
            EXPECT_NE(merge.merged.find(line), std::string::npos)
                << line << " lost in round " << round;
        }
        EXPECT_EQ(merge_notes(whole, ours, whole).merged, ours);
        EXPECT_EQ(merge_notes(whole, whole, theirs).merged, theirs);
    }
}

TEST(Merge, very_different_long_texts_are_one_chunk_not_an_hour)
{
    std::string ours;
    std::string theirs;
    for (int i = 0; i < 20'000; ++i) {
        ours += "o" + std::to_string(i) + "\n";
        theirs += "t" + std::to_string(i) + "\n";
    }
    const Merge merge = merge_notes("same\nbase\n", "same\n" + ours, "same\n" + theirs);
    EXPECT_TRUE(merge.clashes);
    EXPECT_NE(merge.merged.find("t19999\n"), std::string::npos);
}

} // namespace
} // namespace tanggap::casework
