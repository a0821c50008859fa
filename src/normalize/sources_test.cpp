#include <gtest/gtest.h>

#include "normalize/sources_for_test.h"

namespace tanggap::normalize {
namespace {

TEST(Sources, every_shipped_source_loads_and_reads_its_own_samples)
{
    std::vector<Diagnostic> diagnostics;
    const auto sources = testing::load_shipped(diagnostics);
    for (const Diagnostic& d : diagnostics) {
        ADD_FAILURE() << d.file << ":" << d.line << ":" << d.column << ": " << d.message << " ("
                      << d.hint << ")";
    }
    EXPECT_GE(sources->list().size(), 12U);
    for (const SourceInfo& info : sources->list()) {
        EXPECT_FALSE(info.title_id.empty()) << info.id;
    }
}

TEST(Sources, generic_text_is_there_without_any_file)
{
    std::vector<Diagnostic> diagnostics;
    const auto sources = Sources::load({}, diagnostics);
    EXPECT_TRUE(sources->knows("generic_text"));
    EXPECT_EQ(sources->choose({}), "generic_text");
}

TEST(Sources, a_files_problems_come_all_at_once_with_their_places)
{
    const SourceFile file{.name = "bad.yaml",
                          .yaml =
                              "id: bad\ntitle: Bad\ndataset: bad\nformat: lines\nlins: []\n"
                              "time:\n  formats: \"%Q\"\nlines:\n  - \"{a\"\n  - \"{a:colour}\"\n"};
    std::vector<Diagnostic> diagnostics;
    const auto sources = Sources::load(std::span(&file, 1), diagnostics);
    EXPECT_FALSE(sources->knows("bad"));
    ASSERT_EQ(diagnostics.size(), 4U);
    EXPECT_EQ(diagnostics[0].line, 5U);
    EXPECT_NE(diagnostics[0].message.find("'lins'"), std::string::npos);
    EXPECT_NE(diagnostics[1].message.find("'%Q'"), std::string::npos);
    EXPECT_EQ(diagnostics[2].line, 9U);
    EXPECT_NE(diagnostics[3].message.find("'colour'"), std::string::npos);
}

TEST(Sources, a_sample_that_is_not_read_keeps_the_file_out)
{
    const SourceFile file{
        .name = "x.yaml",
        .yaml = "id: x\ntitle: X\ndataset: x\nformat: lines\nlines: ['{user.name} in']\n"
                "samples:\n  - {line: 'ani in', expect: {user.name: budi}}\n"};
    std::vector<Diagnostic> diagnostics;
    const auto sources = Sources::load(std::span(&file, 1), diagnostics);
    EXPECT_FALSE(sources->knows("x"));
    ASSERT_EQ(diagnostics.size(), 1U);
    EXPECT_EQ(diagnostics[0].line, 7U);
    EXPECT_NE(diagnostics[0].message.find("'ani', expected 'budi'"), std::string::npos);
}

TEST(Sources, a_users_file_wins_over_the_shipped_one_and_shows_as_overriding)
{
    const std::string yaml = "id: x\ntitle: T\ndataset: x\nformat: lines\nlines: ['{message}']\n";
    const SourceFile files[] = {{.name = "a", .yaml = yaml, .overriding = true},
                                {.name = "b", .yaml = yaml}};
    std::vector<Diagnostic> diagnostics;
    const auto sources = Sources::load(files, diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    EXPECT_TRUE(std::ranges::any_of(
        sources->list(), [](const SourceInfo& info) { return info.id == "x" && info.overriding; }));
}

TEST(Sources, a_users_broken_file_leaves_the_shipped_one_in_place)
{
    const std::string yaml = "id: x\ntitle: T\ndataset: x\nformat: lines\nlines: ['{message}']\n";
    const SourceFile files[] = {{.name = "a", .yaml = yaml},
                                {.name = "b",
                                 .yaml = yaml + "samples: [{line: a, expect: {message: b}}]\n",
                                 .overriding = true}};
    std::vector<Diagnostic> diagnostics;
    const auto sources = Sources::load(files, diagnostics);
    EXPECT_EQ(diagnostics.size(), 1U);
    EXPECT_TRUE(sources->knows("x"));
}

TEST(Sources, two_shipped_files_of_one_id_are_refused)
{
    const std::string yaml = "id: x\ntitle: T\ndataset: x\nformat: lines\nlines: ['{message}']\n";
    const SourceFile files[] = {{.name = "a", .yaml = yaml}, {.name = "b", .yaml = yaml}};
    std::vector<Diagnostic> diagnostics;
    Sources::load(files, diagnostics);
    ASSERT_EQ(diagnostics.size(), 1U);
    EXPECT_NE(diagnostics[0].message.find("already used by a"), std::string::npos);
}

TEST(Sources, the_source_of_a_file_is_chosen_from_its_first_records)
{
    std::vector<Diagnostic> diagnostics;
    const auto sources = testing::load_shipped(diagnostics);
    const auto choose = [&](std::vector<std::string_view> records) {
        return sources->choose(records);
    };
    constexpr std::string_view kAccess =
        R"(192.0.2.1 - - [03/Oct/2026:07:05:09 +0700] "GET / HTTP/1.1" 200 5)";
    constexpr std::string_view kSshd =
        "Oct  3 07:05:09 h sshd[8]: Accepted password for ani from 192.0.2.1 port 5 ssh2";
    constexpr std::string_view kBackup = "Oct  3 07:05:09 h backup: done";
    EXPECT_EQ(choose({kAccess, kAccess, "rubbish"}), "apache_access");
    EXPECT_EQ(choose({kAccess, "rubbish", "more rubbish"}), "generic_text");
    EXPECT_EQ(choose({"# a comment", kSshd, "# another"}), "linux_auth");
    EXPECT_EQ(choose({kBackup, kBackup, kSshd}), "syslog");
    EXPECT_EQ(choose({R"({"a":1})"}), "generic_json");
    EXPECT_EQ(choose({R"({"a":1)"}), "generic_text");
    EXPECT_EQ(
        choose(
            {R"({"timestamp":"2026-10-03T07:05:09+0700","event_type":"stats","stats":{"x":1}})"}),
        "suricata_eve");
    EXPECT_EQ(choose({R"({"EventID":1,"Channel":"Security"})"}), "windows_json");
    EXPECT_EQ(
        choose({"[Sat Oct 03 07:05:09 2026] [error] [client 192.0.2.1] File does not exist: /x"}),
        "apache_error");
    EXPECT_EQ(choose({"2026/10/03 07:05:09 [error] 1#1: *1 x, client: 192.0.2.1, server: h"}),
              "nginx_error");
    EXPECT_EQ(choose({"", "\xff\xfe"}), "generic_text");
}

} // namespace
} // namespace tanggap::normalize
