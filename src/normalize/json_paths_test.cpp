// A JSON record gives the same event whichever reader reads it: the quick one, or the thorough one
// for what is unusual. A value nested deeply and empty gives no field, but makes any object
// unusual.
#include <gtest/gtest.h>

#include <cstdlib>

#include "codec/json_leaves.h"
#include "codec/records.h"
#include "normalize/sources_for_test.h"

namespace tanggap::normalize {
namespace {

std::string made_unusual(std::string object)
{
    constexpr std::size_t kDeep = 40;
    object.pop_back();
    return object + ",\"~\":" + std::string(kDeep, '[') + std::string(kDeep, ']') + "}";
}

std::string text_of(const model::Event& event)
{
    std::string out = base::format_rfc3339(event.time) + " " + std::string(event.dataset) + "\n";
    for (const model::Field& field : event.fields) {
        out += std::string(field.name) + " " + std::to_string(static_cast<int>(field.value.kind)) +
               " " + std::to_string(field.value.integer) + " " + std::to_string(field.value.real) +
               (field.value.boolean ? " t " : " ") + std::string(field.value.text) + "\n";
    }
    return out;
}

std::vector<std::string> events_of(const Sources& sources, const std::string& source,
                                   const std::vector<std::string>& objects)
{
    std::vector<model::Record> records;
    for (const std::string& object : objects) {
        records.push_back({.id = {}, .bytes = object, .full_length = 0, .full_sha256 = {}});
    }
    model::StreamContext stream;
    stream.source = source;
    stream.timezone = "Asia/Jakarta";
    stream.reference_time = base::parse_rfc3339("2026-10-10T00:00:00Z").value();
    model::EventBatch batch;
    const auto rejected = decode(sources, stream, records, stream.reference_time, batch);
    std::vector<std::string> out;
    for (const model::Event& event : batch.events) {
        out.push_back(text_of(event));
    }
    for (const Rejected& one : rejected) {
        out.push_back("quarantined " + std::to_string(one.record_index) + ": " + one.detail);
    }
    return out;
}

/// Gives how many events were compared.
std::size_t expect_same(const Sources& sources, const std::string& source,
                        const std::vector<std::string>& objects)
{
    std::vector<std::string> unusual;
    for (const std::string& object : objects) {
        unusual.push_back(made_unusual(object));
    }
    const auto found = events_of(sources, source, objects);
    const auto expected = events_of(sources, source, unusual);
    EXPECT_EQ(found.size(), expected.size()) << source;
    for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
        EXPECT_EQ(found[i], expected[i]) << source << ": " << objects[i];
        if (found[i] != expected[i]) {
            break; // one difference is enough to read
        }
    }
    return found.size();
}

/// Objects that the quick reader reads and that stay objects with a member more.
std::vector<std::string> usual_objects(const std::filesystem::path& file, std::size_t most)
{
    std::vector<std::string> out;
    codec::JsonLeaves leaves;
    auto reader = codec::open_records(file.string());
    model::Record record;
    while (out.size() < most && reader && (*reader)->next(record).value_or(false)) {
        model::EventBatch batch;
        if (record.bytes.ends_with('}') && leaves.read(record.bytes, batch) &&
            !leaves.leaves().empty()) {
            out.push_back(record.bytes);
        }
    }
    return out;
}

std::shared_ptr<const Sources> shipped()
{
    std::vector<Diagnostic> problems;
    return testing::load_shipped(problems);
}

TEST(JsonPaths, both_readers_give_the_same_event)
{
    const auto sources = shipped();
    const std::vector<std::string> objects{
        R"({"EventID":4688,"Channel":"Security","@timestamp":"no time","UtcTime":"2026-10-03 07:05:09.5","EventTime":"2026-10-03 01:00:00","CommandLine":"cmd \"x\"","IpAddress":"::ffff:192.0.2.1"})",
        R"({"EventID":4624,"Channel":"security","TimeCreated":"x","TimeCreated":"2026-10-03T07:05:09Z","TargetUserName":"KOTA\\budi","user.name":"siti","event":{"kind":"own"}})",
        R"({"timestamp":"2026-10-03T07:05:09.123456+0700","event_type":"alert","src_ip":"192.0.2.1","src_port":"x","tags":["a","b"],"":{"a":1},"source.ip":"no address","source":{"ip":"2001:DB8::1"},"tanggap":{"x":1}})",
        R"({"@timestamp":"2026-10-03T07:05:09Z","message":"m","@timestamp":"2026-10-04T07:05:09Z","ecs.version":1,"n":1.50})",
        R"({"Event":{"System":{"EventID":{"#text":1102},"Channel":"Security","TimeCreated":{"#attributes":{"SystemTime":"2026-10-03T07:05:09Z"}}},"UserData":{"LogFileCleared":{"SubjectUserName":"budi"}}}})",
    };
    for (const SourceInfo& info : sources->list()) {
        if (info.format == "json") {
            EXPECT_EQ(expect_same(*sources, info.id, objects), objects.size());
        }
    }
}

TEST(JsonPaths, both_readers_give_the_same_events_of_golden_files_and_corpora)
{
    const auto sources = shipped();
    std::size_t compared = 0;
    for (const SourceInfo& info : sources->list()) {
        const auto golden =
            std::filesystem::path(TANGGAP_SOURCE_DIR "/tests/golden/sources") / info.id;
        if (info.format != "json" || !std::filesystem::is_directory(golden)) {
            continue;
        }
        for (const auto& file : testing::files_below(golden)) {
            if (!file.filename().string().ends_with(".events.jsonl")) {
                compared += expect_same(*sources, info.id, usual_objects(file, 1'000));
            }
        }
    }
    EXPECT_GT(compared, 10U);
    const char* root = std::getenv("TANGGAP_CORPORA");
    if (root == nullptr) {
        return;
    }
    constexpr std::size_t kObjectsOfAFile = 2'000;
    for (const char* folder : {"winjson", "suricata"}) {
        for (const auto& file : testing::files_below(std::filesystem::path(root) / folder)) {
            const std::string name = file.filename().string();
            if (name.find(".json") == std::string::npos || name.find(".tar") != std::string::npos ||
                name.find("schema") != std::string::npos) {
                continue;
            }
            const auto objects = usual_objects(file, kObjectsOfAFile);
            const std::vector<std::string_view> first(objects.begin(), objects.end());
            compared += expect_same(*sources, sources->choose(first), objects);
            ASSERT_FALSE(::testing::Test::HasFailure()) << file;
        }
    }
    std::printf("%zu events compared\n", compared);
    EXPECT_GT(compared, 10'000U);
}

} // namespace
} // namespace tanggap::normalize
