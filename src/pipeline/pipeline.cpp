#include "pipeline/pipeline.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/metrics.h"
#include "pipeline/detail/archiver.h"
#include "pipeline/detail/detector.h"
#include "pipeline/detail/knowledge.h"
#include "pipeline/detail/processor.h"
#include "pipeline/detail/reader.h"
#include "pipeline/detail/retry.h"

namespace tanggap::pipeline {
namespace {

class StagePipeline;
void register_gauges(const StagePipeline& pipeline);
void unregister_gauges();

class StagePipeline final : public Pipeline {
public:
    StagePipeline(const Stores& stores, std::shared_ptr<const Knowledge> knowledge,
                  const Options& options)
        : stores_(stores),
          knowledge_(std::move(knowledge)),
          archiver_(stores, options, knowledge_, balance_mutex_, stop_),
          reader_(stores, options, knowledge_, stop_),
          detector_(reader_, stop_),
          processor_(stores, options, knowledge_, detector_, archiver_, balance_mutex_, stop_)
    {
    }

    ~StagePipeline() override;

    base::Status start()
    {
        TRY_STATUS(processor_.restore());
        register_gauges(*this);
        for (std::thread& archiving : archiving_) {
            archiving = std::thread([this] { archiver_.run(); });
        }
        reading_ = std::thread([this] { end_with("reading_stopped", reader_.run()); });
        detecting_ = std::thread([this] { detector_.run(); });
        processing_ = std::thread([this] { end_with("processing_stopped", processor_.run()); });
        return {};
    }

    void stop() override
    {
        const std::lock_guard lock(stopping_mutex_);
        stop_.stop();
        archiver_.wake();
        reader_.wake();
        detector_.wake();
        const auto join = [](std::thread& thread) {
            if (thread.joinable()) {
                thread.join();
            }
        };
        join(reading_);
        join(detecting_);
        join(processing_);
        std::ranges::for_each(archiving_, join);
    }

    void publish(std::shared_ptr<const Knowledge> knowledge) override
    {
        knowledge_.set(std::move(knowledge));
    }

    model::Ledger ledger() const override
    {
        const std::lock_guard lock(balance_mutex_);
        model::Ledger ledger = stores_.cases.ledger();
        const disk::JournalBalance journal = stores_.journal.balance(stores_.cases.cursor());
        ledger.received = journal.totals.received;
        ledger.duplicate = journal.totals.duplicate;
        for (const auto& [reason, count] : journal.totals.rejected) {
            ledger.rejected[reason] = count;
        }
        ledger.in_flight += journal.records_after;
        if (journal.totals.lost != 0) {
            ledger.lost[std::string(model::kLostFromJournal)] = journal.totals.lost;
        }
        // The journal counts what left quarantine, in the same write that moves it.
        ledger.quarantined -= journal.totals.requeued;
        return ledger;
    }

    Progress progress() const override
    {
        Progress progress;
        progress.archived = archiver_.archived();
        progress.processed = stores_.cases.cursor();
        progress.journal_last = stores_.journal.totals().last_sequence;
        return progress;
    }

    base::Result<std::uint64_t> rerun_quarantine(std::span<const std::string> ids) override
    {
        return stores_.journal.requeue(ids, stores_.cases.cursor());
    }

    std::optional<base::Error> failure() const override
    {
        const std::lock_guard lock(failure_mutex_);
        return failure_;
    }

    std::string archive_delay() const override { return archiver_.delay(); }
    disk::JournalTotals journal_totals() const { return stores_.journal.totals(); }
    std::size_t archive_queued() const { return archiver_.queued(); }
    RuleCounts rule_counts() const override { return processor_.rule_counts(); }
    std::size_t set_aside() const override { return archiver_.set_aside(); }

private:
    void end_with(std::string_view event, const base::Status& ended)
    {
        if (!ended) {
            base::log(base::LogLevel::Error, event, ended.error().message);
            const std::lock_guard lock(failure_mutex_);
            failure_ = ended.error();
        }
    }

    const Stores stores_;
    detail::StopSignal stop_;
    detail::KnowledgeSource knowledge_;
    /// Held while the case database's side of the ledger moves, and while the ledger is read.
    mutable std::mutex balance_mutex_;
    detail::Archiver archiver_;
    detail::Reader reader_;
    detail::Detector detector_;
    detail::Processor processor_;
    std::array<std::thread, base::limits::kArchiveInsertsAtOnce> archiving_;
    std::thread reading_;
    std::thread detecting_;
    std::thread processing_;
    std::mutex stopping_mutex_;
    mutable std::mutex failure_mutex_;
    std::optional<base::Error> failure_;
};

struct GaugeRow {
    const char* name;
    const char* help;
    std::uint64_t (*read)(const StagePipeline&);
};

constexpr GaugeRow kGauges[] = {
    {"tanggap_pipeline_waiting_entries", "Journal entries not yet processed",
     [](const StagePipeline& p) {
         const Progress progress = p.progress();
         return progress.journal_last - progress.processed;
     }},
    {"tanggap_archive_queued_ranges", "Decoded ranges that wait for the event store",
     [](const StagePipeline& p) { return std::uint64_t{p.archive_queued()}; }},
    {"tanggap_archive_set_aside_ranges", "Ranges the event store refused, tried again later",
     [](const StagePipeline& p) { return std::uint64_t{p.set_aside()}; }},
    {"tanggap_records_received", "Records received, since the data folder was made",
     [](const StagePipeline& p) { return p.ledger().received; }},
    {"tanggap_records_stored", "Of those, events in the archive",
     [](const StagePipeline& p) { return p.ledger().stored; }},
    {"tanggap_records_duplicate", "Of those, delivered before",
     [](const StagePipeline& p) { return p.ledger().duplicate; }},
    {"tanggap_records_quarantined", "Of those, now in quarantine",
     [](const StagePipeline& p) { return p.ledger().quarantined; }},
    {"tanggap_quarantine_bytes", "Quarantine on disk, before its compression",
     [](const StagePipeline& p) { return p.journal_totals().quarantine_bytes; }},
    {"tanggap_quarantine_forgotten_records", "Oldest records dropped from a full quarantine",
     [](const StagePipeline& p) { return p.journal_totals().quarantine_forgotten; }},
    {"tanggap_records_in_flight", "Of those, journalled and not yet archived",
     [](const StagePipeline& p) { return p.ledger().in_flight; }},
};

void register_gauges(const StagePipeline& pipeline)
{
    for (const GaugeRow& row : kGauges) {
        base::gauge(row.name, row.help, {},
                    [&pipeline, read = row.read] { return static_cast<double>(read(pipeline)); });
    }
}

/// The registry outlives the pipeline: a scrape after it reads zero.
void unregister_gauges()
{
    for (const GaugeRow& row : kGauges) {
        base::gauge(row.name, row.help, {}, [] { return 0.0; });
    }
}

StagePipeline::~StagePipeline()
{
    unregister_gauges();
    stop();
}

} // namespace

base::Result<std::unique_ptr<Pipeline>> Pipeline::start(const Stores& stores,
                                                        std::shared_ptr<const Knowledge> knowledge,
                                                        const Options& options)
{
    auto pipeline = std::make_unique<StagePipeline>(stores, std::move(knowledge), options);
    TRY_STATUS(pipeline->start());
    return pipeline;
}

} // namespace tanggap::pipeline
