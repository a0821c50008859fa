// tests/golden/sources/<source>/<name>.<ext> decoded must give <name>.events.jsonl.
// TANGGAP_GOLDEN_UPDATE=1 writes what is found; read the difference before committing it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "codec/records.h"
#include "generated/source_dir.h"
#include "normalize/sources_for_test.h"

namespace tanggap::normalize {
namespace {

namespace fs = std::filesystem;

struct Decoded {
    std::string text;
    std::string chosen;
};

Decoded decode_golden(const Sources& sources, const fs::path& input, const std::string& source)
{
    const std::string bytes = testing::read_file(input);
    auto reader = codec::RecordReader::open(codec::memory_bytes(bytes)).value();
    std::vector<model::Record> records;
    model::Record record;
    while (reader->next(record).value()) {
        records.push_back(record);
    }
    std::vector<std::string_view> first;
    for (const model::Record& one : records) {
        first.push_back(one.bytes);
    }
    model::StreamContext stream;
    stream.source = source;
    stream.timezone = "Asia/Jakarta";
    stream.reference_time = base::parse_rfc3339("2026-10-10T00:00:00Z").value();
    const auto received = base::parse_rfc3339("2026-10-10T00:00:01Z").value();
    model::EventBatch batch;
    const auto rejected = decode(sources, stream, records, received, batch);

    Decoded out{.text = {}, .chosen = sources.choose(first)};
    for (const model::Event& event : batch.events) {
        out.text += model::render_json(event, {.with_id = false, .with_ingested = false}) + "\n";
    }
    for (const Rejected& one : rejected) {
        out.text += "quarantined record " + std::to_string(one.record_index + 1) + ": " +
                    std::string(model::name_of(one.reason)) + ": " + one.detail + "\n";
    }
    return out;
}

TEST(Golden, every_source_gives_the_events_that_were_read_and_agreed)
{
    std::vector<Diagnostic> diagnostics;
    const auto sources = testing::load_shipped(diagnostics);
    const fs::path root = TANGGAP_SOURCE_DIR "/tests/golden/sources";
    const bool update = std::getenv("TANGGAP_GOLDEN_UPDATE") != nullptr;
    std::set<std::string> covered;
    for (const fs::path& input : testing::files_below(root)) {
        if (input.filename().string().ends_with(".events.jsonl")) {
            continue;
        }
        SCOPED_TRACE(input.string());
        const std::string source = input.parent_path().filename().string();
        covered.insert(source);
        const Decoded found = decode_golden(*sources, input, source);
        const fs::path expected = fs::path(input).replace_extension(".events.jsonl");
        if (update) {
            std::ofstream(expected, std::ios::binary) << found.text;
        }
        EXPECT_EQ(testing::read_file(expected), found.text);
        if (source != "nginx_access" && source != "generic_text") {
            EXPECT_EQ(found.chosen, source);
        }
    }
    for (const SourceInfo& info : sources->list()) {
        EXPECT_TRUE(covered.contains(info.id)) << info.id << " has no golden sample";
    }
}

} // namespace
} // namespace tanggap::normalize
