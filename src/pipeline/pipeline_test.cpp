#include "pipeline/pipeline.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <thread>

#include "generated/source_dir.h"
#include "pipeline/detail/archiver.h"
#include "pipeline/detail/processor.h"
#include "pipeline/detail/test_world.h"

namespace tanggap::pipeline {
namespace {

using testing::MemoryEventStore;

class TestClock final : public base::Clock {
public:
    base::Time now() const override { return base::Time::from_seconds(1'790'000'000); }
};

/// Stages driven by hand, one step at a time, on real stores.
class PipelineTest : public ::testing::Test {
protected:
    PipelineTest()
        : folder_(std::filesystem::temp_directory_path() /
                  ("tanggap_pipeline_" + base::make_uuid_v7(base::system_clock().now()).text()))
    {
        options_.clock = &clock_;
        options_.batch_age = std::chrono::milliseconds(0);
        options_.retry_first = std::chrono::milliseconds(1);
        options_.retry_last = std::chrono::milliseconds(1);
        options_.aside_retry_first = std::chrono::milliseconds(1);
        options_.aside_retry_last = std::chrono::milliseconds(1);
        open();
    }

    ~PipelineTest() override
    {
        close();
        std::filesystem::remove_all(folder_);
    }

    static std::shared_ptr<const Knowledge> knowledge()
    {
        static const auto loaded =
            testing::load_content(TANGGAP_SOURCE_DIR "/content", {"linux", "web"});
        return loaded;
    }

    void open()
    {
        disk::JournalOptions journal_options;
        journal_options.free_bytes_min = 0;
        journal_options.clock = &clock_;
        auto journal = disk::Journal::open((folder_ / "journal").string(), journal_options);
        ASSERT_TRUE(journal) << journal.error().message;
        journal_ = std::move(*journal);
        auto cases = store::open_sqlite(folder_.string());
        ASSERT_TRUE(cases) << cases.error().message;
        cases_ = std::move(*cases);
        stop_ = std::make_unique<detail::StopSignal>();
        source_ = std::make_unique<detail::KnowledgeSource>(knowledge());
        archiver_ =
            std::make_unique<detail::Archiver>(stores(), options_, *source_, mutex_, *stop_);
        reader_ = std::make_unique<detail::Reader>(stores(), options_, *source_, *stop_);
        detector_ = std::make_unique<detail::Detector>(*reader_, *stop_);
        processor_ = std::make_unique<detail::Processor>(stores(), options_, *source_, *detector_,
                                                         *archiver_, mutex_, *stop_);
        ASSERT_TRUE(processor_->restore());
    }

    void close()
    {
        processor_.reset();
        detector_.reset();
        reader_.reset();
        archiver_.reset();
        cases_.reset();
        journal_.reset();
    }

    void restart()
    {
        close();
        open();
    }

    Stores stores() { return {*journal_, *cases_, events_}; }

    std::uint64_t append(const std::string& source, std::vector<std::string> lines)
    {
        disk::AppendRequest request;
        request.stream.sensor = "sensor-" + source;
        request.stream.source = source;
        request.stream.reference_time = clock_.now();
        request.stream_id = "stream";
        for (std::string& line : lines) {
            request.records.push_back({std::move(line), "", 0, ""});
        }
        const auto result = journal_->append(std::move(request));
        EXPECT_TRUE(result);
        return result->sequence;
    }

    /// Processes one batch of one entry each until the cursor is at the journal's end.
    void process_all()
    {
        while (cases_->cursor() < journal_->totals().last_sequence) {
            const auto read = reader_->run_once();
            ASSERT_TRUE(read) << read.error().message;
            detector_->run_once();
            const auto done = processor_->run_once();
            ASSERT_TRUE(done) << done.error().message;
        }
    }

    /// Until nothing is pending but what is set aside.
    void archive_all()
    {
        do {
            ASSERT_TRUE(archiver_->run_once());
        } while (!archiver_->idle());
    }

    /// The ledger counted here from its parts, as Pipeline::ledger does.
    void expect_balanced()
    {
        const model::Ledger cases = cases_->ledger();
        const disk::JournalBalance journal = journal_->balance(cases_->cursor());
        const std::uint64_t quarantined = cases.quarantined - journal.totals.requeued;
        EXPECT_EQ(journal.totals.received, cases.stored + journal.totals.duplicate + quarantined +
                                               cases.in_flight + journal.records_after);
    }

    static std::string access(int i, const std::string& path)
    {
        return "192.0.2." + std::to_string(i % 250) +
               " - - [20/Sep/2026:13:55:" + std::to_string(10 + i % 50) + " +0000] \"GET " + path +
               "?n=" + std::to_string(i) + " HTTP/1.1\" 200 123 \"-\" \"Mozilla/5.0\"";
    }
    static std::string failed_login(int i)
    {
        return "Sep 20 10:00:" + std::to_string(10 + i) + " host sshd[" + std::to_string(800 + i) +
               "]: Failed password for root from 203.0.113.7 port 5" + std::to_string(1000 + i) +
               " ssh2";
    }

    std::filesystem::path folder_;
    TestClock clock_;
    Options options_;
    MemoryEventStore events_;
    std::unique_ptr<disk::Journal> journal_;
    std::unique_ptr<store::CaseStore> cases_;
    std::mutex mutex_;
    std::unique_ptr<detail::StopSignal> stop_;
    std::unique_ptr<detail::KnowledgeSource> source_;
    std::unique_ptr<detail::Archiver> archiver_;
    std::unique_ptr<detail::Reader> reader_;
    std::unique_ptr<detail::Detector> detector_;
    std::unique_ptr<detail::Processor> processor_;
};

TEST_F(PipelineTest, archives_each_event_once_with_what_detection_said)
{
    append("apache_access", {access(1, "/"), access(2, "/../../../../etc/passwd")});
    process_all();
    expect_balanced();
    EXPECT_EQ(cases_->ledger().in_flight, 2U);
    archive_all();
    const auto rows = events_.rows();
    ASSERT_EQ(rows.size(), 2U);
    std::size_t detected = 0;
    for (const auto& [id, row] : rows) {
        EXPECT_EQ(row.copies, 1);
        EXPECT_EQ(row.rules.empty(), row.alerts.empty());
        detected += row.rules.empty() ? 0 : 1;
    }
    EXPECT_EQ(detected, 1U);
    EXPECT_EQ(cases_->ledger().stored, 2U);
    EXPECT_EQ(cases_->ledger().alerts, 1U);
    EXPECT_EQ(journal_->totals().first_sequence, 0U) << "retired once archived";
    expect_balanced();
}

TEST_F(PipelineTest, an_indicator_in_an_event_is_a_detection_that_names_it)
{
    detect::IndicatorSet::Builder builder;
    ASSERT_TRUE(builder.add({.kind = model::IndicatorKind::Network,
                             .value = "192.0.2.0/30",
                             .source = "feed-1",
                             .label = "Scanner",
                             .tlp = "TLP:GREEN",
                             .confidence = 90,
                             .expires = {}}));
    auto with_indicators = std::make_shared<Knowledge>(*knowledge());
    with_indicators->indicators = builder.build();
    source_->set(with_indicators);
    append("apache_access", {access(1, "/"), access(9, "/")});
    process_all();
    ASSERT_EQ(cases_->ledger().alerts, 1U);
    const auto alert = cases_->find_alert("ALR-1");
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->title, "Network of an indicator");
    ASSERT_EQ(alert->first_reasons.size(), 1U);
    EXPECT_EQ(alert->first_reasons[0].pattern,
              "192.0.2.0/30 · Scanner · feed-1 · TLP:GREEN · confidence 90");
    archive_all();
    EXPECT_EQ(std::ranges::count_if(events_.rows(),
                                    [](const auto& row) { return !row.second.rules.empty(); }),
              1);
}

TEST_F(PipelineTest, what_an_exception_lets_pass_makes_no_alert_until_it_expires)
{
    append("apache_access", {access(2, "/../../../../etc/passwd")});
    process_all();
    archive_all();
    ASSERT_EQ(cases_->ledger().alerts, 1U);
    const auto alert = cases_->find_alert("ALR-1");
    ASSERT_TRUE(alert);
    const std::string rule = alert->rules.front().rule_id;
    const auto let_pass = [&](base::Time expires) {
        std::vector<detect::RuleException> kept;
        for (const model::AlertRule& each : alert->rules) {
            kept.push_back({.id = "x",
                            .rule_id = each.rule_id,
                            .conditions = {{.field = "source.ip",
                                            .test = detect::ExceptionTest::InNetwork,
                                            .value = "192.0.2.0/29"}},
                            .expires = expires});
        }
        const auto exceptions = detect::ExceptionSet::build(kept);
        ASSERT_TRUE(exceptions);
        auto changed = std::make_shared<Knowledge>(*knowledge());
        changed->exceptions = *exceptions;
        source_->set(changed);
    };
    let_pass(clock_.now() + std::chrono::seconds(1));
    append("apache_access",
           {access(3, "/../../../../etc/passwd"), access(9, "/../../../../etc/passwd")});
    process_all();
    EXPECT_EQ(cases_->ledger().alerts, 2U) << "192.0.2.9 is outside the network";
    EXPECT_EQ(processor_->rule_counts().at(rule), (RuleCount{.detections = 2, .excepted = 1}));
    archive_all();
    let_pass(clock_.now());
    append("apache_access", {access(4, "/../../../../etc/passwd")});
    process_all();
    EXPECT_EQ(cases_->ledger().alerts, 3U) << "it has expired";
    archive_all();
    EXPECT_EQ(std::ranges::count_if(events_.rows(),
                                    [](const auto& row) { return !row.second.rules.empty(); }),
              3)
        << "the event that passed is stored without a detection";
}

/// The shipped rules for Linux with one more.
std::shared_ptr<const detect::RuleSet> rules_with(const std::string& yaml)
{
    const std::filesystem::path content = TANGGAP_SOURCE_DIR "/content";
    std::vector<detect::RuleFile> rules{
        {.name = "own", .yaml = yaml, .origin = detect::RuleOrigin::Own}};
    for (auto& [name, text] : testing::read_folder(content / "rules/linux")) {
        rules.push_back({.name = name, .yaml = text});
    }
    std::vector<detect::MappingFile> mappings;
    for (auto& [name, text] : testing::read_folder(content / "mappings")) {
        mappings.push_back({name, text});
    }
    std::vector<detect::Diagnostic> problems;
    return detect::RuleSet::load(rules, mappings, problems);
}

TEST_F(PipelineTest, new_rules_hold_from_the_next_batch_and_correlations_go_on)
{
    constexpr const char* kGuessing = "a778dd68-1931-5ac4-8207-a101592f6085"; // six in ten minutes
    constexpr const char* kOwn = "0b7a1f3e-6f0c-4a7e-9a55-0d6a3e8a1c11";
    const auto with = [&](const std::string& rule) {
        return std::ranges::count_if(events_.rows(), [&](const auto& row) {
            return std::ranges::find(row.second.rules, rule) != row.second.rules.end();
        });
    };
    for (int i = 0; i < 3; ++i) {
        append("linux_auth", {failed_login(i)});
    }
    process_all();
    auto changed = std::make_shared<Knowledge>(*knowledge());
    changed->rules = rules_with(std::string("title: Own\nid: ") + kOwn +
                                "\nlevel: low\nlogsource:\n    product: linux\ndetection:\n"
                                "    words:\n        - 'Failed password for root'\n"
                                "    condition: words\n");
    source_->set(changed);
    for (int i = 3; i < 6; ++i) {
        append("linux_auth", {failed_login(i)});
    }
    process_all();
    archive_all();
    const auto rows = events_.rows();
    EXPECT_EQ(rows.size(), 6U) << "none was dropped";
    EXPECT_TRUE(std::ranges::all_of(rows, [](const auto& row) { return row.second.copies == 1; }));
    EXPECT_EQ(with(kOwn), 3) << "those after the change";
    EXPECT_EQ(with(kGuessing), 1) << "three before and three after are six";
    expect_balanced();
}

TEST_F(PipelineTest, gives_the_same_rows_near_and_behind)
{
    append("apache_access", {access(1, "/"), access(2, "/../../../../etc/passwd")});
    process_all();
    archive_all(); // behind: decoded again
    append("apache_access", {access(3, "/"), access(4, "/../../../../etc/passwd")});
    process_all();
    EXPECT_EQ(archiver_->queued(), 1U); // near: with its events
    archive_all();
    EXPECT_EQ(events_.rows().size(), 4U);
    EXPECT_FALSE(events_.replays_differ());
    expect_balanced();
}

TEST_F(PipelineTest, stores_once_when_the_answer_to_an_insert_is_lost)
{
    append("apache_access", {access(1, "/"), access(2, "/x")});
    process_all();
    events_.lose_answers(2);
    archive_all();
    for (const auto& [id, row] : events_.rows()) {
        EXPECT_EQ(row.copies, 1);
    }
    EXPECT_FALSE(events_.replays_differ());
    EXPECT_EQ(cases_->ledger().stored, 2U);
}

TEST_F(PipelineTest, a_restart_after_an_insert_that_was_not_marked_stores_nothing_twice)
{
    append("apache_access", {access(1, "/"), access(2, "/../../../../etc/passwd")});
    process_all();
    const auto pending = *cases_->pending_ranges();
    ASSERT_EQ(pending.size(), 1U);
    // The insert of a process that died before it could mark the range.
    const auto chunks = *journal_->read(0, 1 << 20, 0);
    const auto batch = detail::decode_range(*knowledge(), chunks, pending[0]);
    std::vector<store::ArchiveRow> rows;
    for (const model::Event& event : batch.events.events) {
        rows.push_back({.event = &event, .rule_ids = {}, .alerts = {}});
    }
    const std::string day = std::to_string(batch.events.events[0].time.day());
    ASSERT_TRUE(events_.insert(rows, pending[0].token + "-" + day));
    restart();
    archive_all();
    EXPECT_FALSE(events_.replays_differ());
    EXPECT_EQ(events_.rows().size(), 2U);
    expect_balanced();
}

TEST_F(PipelineTest, correlates_across_batches_and_restarts_as_in_one_run)
{
    for (int i = 0; i < 12; ++i) {
        append("linux_auth", {failed_login(i)});
        process_all();
        restart();
    }
    archive_all();
    const auto in_pieces = cases_->ledger();
    EXPECT_GE(in_pieces.alerts, 1U);
    EXPECT_EQ(events_.rows().size(), 12U);
    close();
    std::filesystem::remove_all(folder_);
    open();
    std::vector<std::string> lines;
    for (int i = 0; i < 12; ++i) {
        lines.push_back(failed_login(i));
    }
    append("linux_auth", lines);
    process_all();
    EXPECT_EQ(cases_->ledger().alerts, in_pieces.alerts);
    EXPECT_EQ(cases_->ledger().detections, in_pieces.detections);
}

TEST_F(PipelineTest, goes_on_without_the_event_store_and_drains_when_it_appears)
{
    events_.set_missing(true);
    std::thread archiving([&] { archiver_->run(); });
    for (int i = 0; i < 10; ++i) {
        append("apache_access", {access(i, "/../../../../etc/passwd")});
        process_all();
        expect_balanced();
    }
    EXPECT_EQ(cases_->cursor(), 10U);
    EXPECT_GE(cases_->ledger().alerts, 1U);
    while (archiver_->delay().empty()) {
        std::this_thread::yield();
    }
    events_.set_missing(false);
    while (cases_->ledger().in_flight != 0) {
        std::this_thread::yield();
    }
    stop_->stop();
    archiver_->wake();
    archiving.join();
    EXPECT_EQ(events_.rows().size(), 10U);
    expect_balanced();
}

TEST_F(PipelineTest, a_range_that_is_refused_waits_aside_and_those_behind_it_go_on)
{
    events_.refuse("poison");
    append("apache_access", {access(1, "/")});
    process_all();
    append("apache_access", {access(2, "/poison")});
    process_all();
    append("apache_access", {access(3, "/")});
    process_all();
    archive_all();
    EXPECT_EQ(archiver_->set_aside(), 1U);
    EXPECT_NE(archiver_->delay().find("set aside"), std::string::npos) << archiver_->delay();
    EXPECT_EQ(events_.rows().size(), 2U);
    EXPECT_EQ(cases_->ledger().in_flight, 1U);
    EXPECT_EQ(journal_->totals().first_sequence, 2U) << "kept for the range set aside";
    expect_balanced();

    append("apache_access", {access(4, "/")}); // near: new ranges do not wait for it
    process_all();
    archive_all();
    EXPECT_EQ(events_.rows().size(), 3U);

    events_.refuse({});
    archive_all(); // its time has come
    EXPECT_EQ(archiver_->set_aside(), 0U);
    EXPECT_EQ(archiver_->delay(), "");
    EXPECT_EQ(events_.rows().size(), 4U);
    EXPECT_EQ(cases_->ledger().in_flight, 0U);
    EXPECT_EQ(journal_->totals().first_sequence, 0U);
    expect_balanced();
}

TEST_F(PipelineTest, a_range_tried_again_after_its_tokens_are_forgotten_stores_nothing_twice)
{
    events_.refuse("poison");
    append("generic_json", {R"({"@timestamp":"2026-09-19T12:00:00Z","message":"first day"})",
                            R"({"@timestamp":"2026-09-20T12:00:00Z","message":"poison"})"});
    process_all();
    archive_all();
    ASSERT_EQ(events_.rows().size(), 1U) << "the first day went in before the second was refused";
    events_.forget_tokens();
    events_.refuse({});
    restart();
    archive_all();
    for (const auto& [id, row] : events_.rows()) {
        EXPECT_EQ(row.copies, 1);
    }
    EXPECT_EQ(events_.rows().size(), 2U);
    expect_balanced();
}

TEST_F(PipelineTest, an_insert_that_went_in_half_is_completed)
{
    std::vector<std::string> lines;
    for (int i = 0; i < 9; ++i) {
        lines.push_back(access(i, "/"));
    }
    append("apache_access", lines);
    process_all();
    const auto pending = *cases_->pending_ranges();
    const auto batch =
        detail::decode_range(*knowledge(), *journal_->read(0, 1 << 20, 0), pending[0]);
    std::vector<store::ArchiveRow> rows;
    for (const model::Event& event : batch.events.events) {
        rows.push_back({.event = &event, .rule_ids = {}, .alerts = {}});
    }
    ASSERT_TRUE(events_.insert(std::span(rows).first(4), "a first piece, its token forgotten"));
    restart();
    archive_all();
    EXPECT_EQ(events_.rows().size(), 9U);
    for (const auto& [id, row] : events_.rows()) {
        EXPECT_EQ(row.copies, 1);
    }
    expect_balanced();
}

TEST_F(PipelineTest, a_store_that_refuses_everything_is_waited_for)
{
    events_.refuse("HTTP");
    for (int i = 0; i < 12; ++i) {
        append("apache_access", {access(i, "/")});
        process_all();
    }
    std::thread archiving([&] { archiver_->run(); });
    while (archiver_->set_aside() < base::limits::kRangesSetAsideMax) {
        std::this_thread::yield();
    }
    EXPECT_FALSE(archiver_->idle());
    events_.refuse({});
    while (cases_->ledger().in_flight != 0) {
        std::this_thread::yield();
    }
    stop_->stop();
    archiver_->wake();
    archiving.join();
    EXPECT_EQ(events_.rows().size(), 12U);
    expect_balanced();
}

TEST_F(PipelineTest, keeps_what_does_not_decode_and_takes_it_again_once)
{
    append("generic_json", {"{\"message\":\"fine\"}", "{broken", "[1,"});
    process_all();
    const auto page = *journal_->list_quarantine({}, 10);
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page[0].reason, "bad_json");
    expect_balanced();
    archive_all();
    EXPECT_EQ(*journal_->requeue(std::vector{page[0].id, page[1].id}, cases_->cursor()), 2U);
    expect_balanced();
    process_all();
    EXPECT_EQ(journal_->list_quarantine({}, 10)->size(), 2U) << "still broken: back again";
    expect_balanced();
    archive_all();
    EXPECT_EQ(events_.rows().size(), 1U);
    const auto batch = *cases_->find_batch(1);
    EXPECT_EQ(batch.records, 3U);
    EXPECT_EQ(batch.stored, 1U);
}

TEST_F(PipelineTest, a_replayed_batch_writes_the_same_quarantine)
{
    append("generic_json", {"{broken"});
    // A process that died between the quarantine entry and the commit.
    const auto chunks = *journal_->read(0, 1 << 20, 0);
    const auto batch = detail::decode_chunks(*knowledge(), chunks);
    ASSERT_TRUE(journal_->put_quarantine(detail::make_quarantine(batch)));
    restart();
    process_all();
    EXPECT_EQ(journal_->list_quarantine({}, 10)->size(), 1U);
    expect_balanced();
}

TEST_F(PipelineTest, splits_a_range_by_the_days_of_its_events)
{
    append("generic_json", {R"({"@timestamp":"2026-09-19T23:59:59Z","message":"a"})",
                            R"({"@timestamp":"2026-09-20T00:00:01Z","message":"b"})",
                            R"({"@timestamp":"2026-09-19T12:00:00Z","message":"c"})"});
    process_all();
    archive_all();
    EXPECT_FALSE(events_.days_differ());
    EXPECT_EQ(events_.rows().size(), 3U);
}

TEST_F(PipelineTest, new_rules_take_the_next_batch_and_not_those_under_way)
{
    std::vector<std::string> storm;
    for (int i = 0; i < 30; ++i) {
        storm.push_back(failed_login(i));
    }
    append("linux_auth", storm);
    ASSERT_TRUE(reader_->run_once());
    detector_->run_once();
    source_->set(testing::load_content(TANGGAP_SOURCE_DIR "/content", {"web"}));
    for (std::string& line : storm) {
        line.replace(line.find("203.0.113.7"), 11, "203.0.113.8");
    }
    append("linux_auth", storm);
    ASSERT_TRUE(reader_->run_once());
    ASSERT_TRUE(processor_->run_once());
    const std::uint64_t detections = cases_->ledger().detections;
    EXPECT_GT(detections, 0U) << "found and counted with the rules it was decoded with";
    detector_->run_once();
    ASSERT_TRUE(processor_->run_once());
    EXPECT_EQ(cases_->cursor(), journal_->totals().last_sequence);
    EXPECT_EQ(cases_->ledger().detections, detections) << "those rules are gone";
}

TEST_F(PipelineTest, threads_balance_at_every_instant_and_drain)
{
    close();
    open();
    processor_.reset();
    archiver_.reset();
    auto pipeline = Pipeline::start(stores(), knowledge(), options_);
    ASSERT_TRUE(pipeline) << pipeline.error().message;
    std::thread sender([&] {
        for (int i = 0; i < 60; ++i) {
            append("apache_access",
                   {access(2 * i, "/a"), access(2 * i + 1, "/../../../etc/passwd")});
            append("generic_json", {"{broken" + std::to_string(i)});
        }
    });
    for (int i = 0; i < 200; ++i) {
        const model::Ledger ledger = (*pipeline)->ledger();
        EXPECT_TRUE(ledger.balances()) << ledger.received << " received";
    }
    sender.join();
    while ((*pipeline)->ledger().in_flight != 0) {
        std::this_thread::yield();
    }
    const model::Ledger ledger = (*pipeline)->ledger();
    EXPECT_EQ(ledger.received, 180U);
    EXPECT_EQ(ledger.stored, 120U);
    EXPECT_EQ(ledger.quarantined, 60U);
    EXPECT_TRUE(ledger.balances());
    EXPECT_FALSE((*pipeline)->failure().has_value());
    (*pipeline)->stop();
    EXPECT_EQ(events_.rows().size(), 120U);
}

} // namespace
} // namespace tanggap::pipeline
