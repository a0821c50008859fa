#include "codec/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace tanggap::codec {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

enum class Kind { Zip, Tar };

std::string archive_of(Kind kind, const Members& members)
{
    std::vector<char> buffer(16'000'000);
    std::size_t used = 0;
    archive* const to = archive_write_new();
    if (kind == Kind::Zip) {
        archive_write_set_format_zip(to);
    } else {
        archive_write_set_format_pax_restricted(to);
    }
    EXPECT_EQ(archive_write_open_memory(to, buffer.data(), buffer.size(), &used), ARCHIVE_OK);
    for (const auto& [name, text] : members) {
        archive_entry* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
        EXPECT_EQ(archive_write_header(to, entry), ARCHIVE_OK);
        archive_write_data(to, text.data(), text.size());
        archive_entry_free(entry);
    }
    archive_write_close(to);
    archive_write_free(to);
    return {buffer.data(), used};
}

std::string text_of(ArchiveReader& reader, std::string& problem)
{
    std::string out;
    const auto bytes = reader.bytes();
    std::array<char, 4096> piece{};
    for (;;) {
        const auto got = bytes->read(piece);
        if (!got) {
            problem = got.error().message;
        }
        if (!got || *got == 0) {
            return out;
        }
        out.append(piece.data(), *got);
    }
}

TEST(Archive, members_are_read_one_after_another)
{
    for (const Kind kind : {Kind::Zip, Kind::Tar}) {
        const auto packed = archive_of(kind, {{"a/one.log", "first"}, {"two.log", "second"}});
        EXPECT_TRUE(is_archive(packed));
        auto reader = ArchiveReader::open(memory_bytes(packed, 1000)).value();
        ArchiveMember member;
        std::string problem;
        ASSERT_TRUE(reader->next(member).value());
        EXPECT_EQ(member.name, "a/one.log");
        EXPECT_EQ(text_of(*reader, problem), "first");
        ASSERT_TRUE(reader->next(member).value()); // also where the one before was not read out
        EXPECT_EQ(text_of(*reader, problem), "second");
        EXPECT_FALSE(reader->next(member).value());
        EXPECT_TRUE(reader->ended());
        EXPECT_EQ(problem, "");
    }
}

TEST(Archive, a_name_outside_is_refused_and_the_rest_is_read)
{
    for (const std::string bad : {"../x", "/etc/x", "a/../../x", "..\\x", "C:\\x"}) {
        const auto packed = archive_of(Kind::Tar, {{bad, "evil"}, {"good.log", "good"}});
        auto reader = ArchiveReader::open(memory_bytes(packed)).value();
        ArchiveMember member;
        const auto refused = reader->next(member);
        ASSERT_FALSE(refused.has_value()) << bad;
        EXPECT_EQ(refused.error().code, base::Code::Invalid);
        EXPECT_FALSE(reader->ended());
        ASSERT_TRUE(reader->next(member).value());
        EXPECT_EQ(member.name, "good.log");
    }
}

TEST(Archive, bombs_end_at_the_limits)
{
    const auto packed = archive_of(Kind::Zip, {{"bomb", std::string(10'000'000, '\0')}});
    ASSERT_LT(packed.size(), 100'000U);
    auto reader =
        ArchiveReader::open(memory_bytes(packed), {.ratio_max = 50, .ratio_from_bytes = 1'000'000})
            .value();
    ArchiveMember member;
    ASSERT_TRUE(reader->next(member).value());
    std::string problem;
    EXPECT_LT(text_of(*reader, problem).size(), 2'000'000U);
    EXPECT_NE(problem.find("bomb"), std::string::npos) << problem;

    const auto many = archive_of(Kind::Tar, {{"a", ""}, {"b", ""}, {"c", ""}});
    reader = ArchiveReader::open(memory_bytes(many), {.members_max = 2}).value();
    ASSERT_TRUE(reader->next(member).value());
    ASSERT_TRUE(reader->next(member).value());
    EXPECT_FALSE(reader->next(member).has_value());
    EXPECT_TRUE(reader->ended());
}

TEST(Archive, damage_is_told)
{
    auto packed = archive_of(Kind::Zip, {{"a.log", std::string(100'000, 'x') + "end"}});
    packed.resize(packed.size() / 2);
    auto reader = ArchiveReader::open(memory_bytes(packed));
    ASSERT_TRUE(reader.has_value());
    ArchiveMember member;
    std::string problem;
    const auto found = (*reader)->next(member);
    if (found && *found) {
        (void)text_of(**reader, problem);
    } else if (!found) {
        problem = found.error().message;
    }
    EXPECT_NE(problem, "");
}

} // namespace
} // namespace tanggap::codec
