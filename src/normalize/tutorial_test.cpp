// Follows docs/tutorial/add-a-source.md to the letter: its blocks are the input and the
// expectation.
#include <gtest/gtest.h>

#include <sstream>

#include "generated/source_dir.h"
#include "normalize/sources_for_test.h"

namespace tanggap::normalize {
namespace {

/// The text of the fenced block that opens with "```" + `head`.
std::string block(const std::string& page, const std::string& head)
{
    const std::string open = "```" + head + "\n";
    const auto begin = page.find(open);
    EXPECT_NE(begin, std::string::npos) << "the tutorial has no block " << head;
    if (begin == std::string::npos) {
        return {};
    }
    const auto text = begin + open.size();
    return page.substr(text, page.find("```", text) - text);
}

std::vector<model::Record> records_of(const std::string& text)
{
    std::vector<model::Record> records;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        records.push_back({.id = {}, .bytes = line, .full_length = 0, .full_sha256 = {}});
    }
    return records;
}

struct Followed {
    std::string chosen;
    model::EventBatch batch;
    std::vector<Rejected> rejected;
};

Followed follow(const std::string& yaml, std::span<const model::Record> records)
{
    const SourceFile file{.name = "city_gate.yaml", .yaml = yaml, .overriding = true};
    std::vector<Diagnostic> diagnostics;
    const auto sources = Sources::load(std::span(&file, 1), diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << diagnostics.front().message;
    std::vector<std::string_view> first;
    for (const model::Record& record : records) {
        first.push_back(record.bytes);
    }
    Followed followed;
    followed.chosen = sources->choose(first);
    model::StreamContext stream;
    stream.timezone = "Asia/Jakarta";
    followed.rejected = decode(*sources, stream, records,
                               base::parse_rfc3339("2026-10-04T00:00:00Z").value(), followed.batch);
    return followed;
}

TEST(Tutorial, adding_a_source_works_as_written)
{
    const std::string page =
        testing::read_file(TANGGAP_SOURCE_DIR "/docs/tutorial/add-a-source.md");
    const std::string yaml = block(page, "yaml source");
    const auto records = records_of(block(page, "text sample"));
    ASSERT_EQ(records.size(), 4U);

    const Followed first = follow(yaml, records);
    EXPECT_EQ(first.chosen, "city_gate");
    ASSERT_EQ(first.batch.events.size(), 3U);
    EXPECT_EQ(
        model::render_json(first.batch.events[0], {.with_id = false, .with_ingested = false}) +
            "\n",
        block(page, "json expected"));
    EXPECT_EQ(first.batch.events[2].text("source.ip"), "2001:db8::15");
    ASSERT_EQ(first.rejected.size(), 1U);
    EXPECT_EQ(std::string(model::name_of(first.rejected[0].reason)) + ": " +
                  first.rejected[0].detail + "\n",
              block(page, "text quarantine"));

    std::string mended = yaml;
    mended.insert(mended.find("samples:"), block(page, "yaml pattern"));
    const Followed second = follow(mended, records);
    EXPECT_TRUE(second.rejected.empty());
    ASSERT_EQ(second.batch.events.size(), 4U);
    EXPECT_EQ(second.batch.events[3].text("event.action"), "reboot");
}

} // namespace
} // namespace tanggap::normalize
