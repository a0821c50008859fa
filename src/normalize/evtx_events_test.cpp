// Event logs straight to events: the same as through their JSON, for every log of the corpora.
#include "normalize/evtx_events.h"

#include <gtest/gtest.h>

#include "codec/evtx/logs_for_test.h"
#include "codec/evtx/writer_for_test.h"
#include "codec/records.h"
#include "normalize/sources_for_test.h"

namespace tanggap::normalize {
namespace {

constexpr const char* kSource = "windows_evtx";

std::shared_ptr<const Sources> shipped()
{
    std::vector<Diagnostic> problems;
    return testing::load_shipped(problems);
}

struct Decoded {
    std::vector<model::Record> records;
    model::EventBatch batch;
    std::vector<Rejected> rejected;
};

model::StreamContext stream()
{
    return {.sensor = "hunt",
            .source = kSource,
            .timezone = "",
            .reference_time = base::Time::from_seconds(1'790'000'000),
            .origin = ""};
}

Decoded through_json(const Sources& sources, const std::string& file)
{
    Decoded out;
    auto reader = codec::RecordReader::open(codec::memory_bytes(file)).value();
    model::Record record;
    while (reader->next(record).value_or(false)) {
        out.records.push_back(record);
    }
    out.rejected = decode(sources, stream(), out.records, stream().reference_time, out.batch);
    return out;
}

Decoded straight(std::shared_ptr<const Sources> sources, const std::string& file,
                 EvtxEventsOptions options)
{
    Decoded out;
    auto reader = codec::EvtxReader::open(codec::memory_bytes(file)).value();
    options.source = kSource;
    EvtxEvents events(std::move(sources), stream(), std::move(options));
    events.begin(out.batch, stream().reference_time, stream().reference_time);
    codec::EvtxRecord record;
    for (std::size_t i = 0; reader->next(record).value_or(false); ++i) {
        if (auto rejected = events.decode(*reader, record, out.batch)) {
            rejected->record_index = i;
            out.rejected.push_back(std::move(*rejected));
        }
    }
    // Names are kept by the batch, not by what made it.
    return out;
}

std::string text_of(const model::Event& event)
{
    std::string out = base::format_rfc3339(event.time) + " " + std::string(event.dataset) + "\n";
    for (const auto& field : event.fields) {
        out += std::string(field.name) + " " + std::to_string(static_cast<int>(field.value.kind)) +
               " " + std::to_string(field.value.integer) + (field.value.boolean ? " t " : " ") +
               std::string(field.value.text) + "\n";
    }
    return out + std::string(event.original);
}

/// False after the first difference of a log: one is enough to read.
bool expect_same(const Decoded& expected, const Decoded& found, const std::string& name)
{
    EXPECT_EQ(found.batch.events.size(), expected.batch.events.size()) << name;
    EXPECT_EQ(found.rejected.size(), expected.rejected.size()) << name;
    for (std::size_t i = 0; i < std::min(found.rejected.size(), expected.rejected.size()); ++i) {
        EXPECT_EQ(found.rejected[i].record_index, expected.rejected[i].record_index) << name;
        EXPECT_EQ(found.rejected[i].reason, expected.rejected[i].reason) << name;
        EXPECT_EQ(found.rejected[i].detail, expected.rejected[i].detail) << name;
    }
    for (std::size_t i = 0; i < std::min(found.batch.events.size(), expected.batch.events.size());
         ++i) {
        const auto is = text_of(found.batch.events[i]);
        const auto should = text_of(expected.batch.events[i]);
        EXPECT_EQ(is, should) << name << ", event " << i;
        if (is != should) {
            return false;
        }
    }
    return true;
}

TEST(EvtxEvents, a_record_gives_the_event_that_its_json_gives)
{
    const auto sources = shipped();
    const auto file = codec::evtx::testing::file_of({codec::evtx::testing::usual_chunk()});
    const auto expected = through_json(*sources, file);
    ASSERT_EQ(expected.batch.events.size(), 3U);
    expect_same(expected, straight(sources, file, {}), "usual");
}

TEST(EvtxEvents, every_log_gives_the_events_that_its_json_gives)
{
    const auto root = codec::testing::event_logs();
    if (root.empty()) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    const auto sources = shipped();
    std::size_t logs = 0;
    std::size_t events = 0;
    for (const std::string set : codec::testing::kLogSets) {
        for (const auto& [name, file] : codec::testing::files_of_tar(
                 codec::testing::unpacked(root / (set + "-shared.tar.zst")))) {
            const auto expected = through_json(*sources, file);
            if (!expect_same(expected, straight(sources, file, {}), name)) {
                return;
            }
            ++logs;
            events += expected.batch.events.size();
        }
    }
    EXPECT_EQ(logs, 306U);
    EXPECT_GT(events, 24'000U);
}

TEST(EvtxEvents, only_what_is_asked_for_is_read)
{
    const auto sources = shipped();
    const auto file = codec::evtx::testing::file_of({codec::evtx::testing::usual_chunk()});
    std::vector<std::string> heads;
    EvtxEventsOptions options{.source = {},
                              .choose = {},
                              .choose_reads = {"event.code", "winlog.provider_name"},
                              .with_original = false};
    options.choose = [&](const model::Event& head, const auto& may_come) {
        heads.push_back(std::string(head.text("event.code")) + " " +
                        std::string(head.text("winlog.provider_name")) + " " +
                        std::string(head.text("event.kind")));
        EXPECT_TRUE(may_come("winlog.event_data.CommandLine"));
        EXPECT_TRUE(may_come("process.command_line"));
        EXPECT_FALSE(may_come("process.name"));
        model::FieldSet out;
        out.names.insert("process.command_line");
        return out;
    };
    const auto found = straight(sources, file, std::move(options));
    ASSERT_EQ(found.batch.events.size(), 3U);
    const auto& event = found.batch.events[1];
    EXPECT_EQ(event.text("process.command_line"), "cmd <1>");
    EXPECT_EQ(event.find("winlog.event_data.Threat Name"), nullptr);
    EXPECT_EQ(event.text("event.code"), "2");
    EXPECT_EQ(event.original, "");
    // One answer for each kind of event, not for each event.
    EXPECT_EQ(heads, (std::vector<std::string>{"2 Test-Provider event", "3 Test-Provider event"}));
}

} // namespace
} // namespace tanggap::normalize
