// From journal to alerts and archive: the threads between what was received and what people see.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/limits.h"
#include "base/time.h"
#include "detect/engine.h"
#include "detect/indicators.h"
#include "disk/journal.h"
#include "model/ledger.h"
#include "normalize/enrich.h"
#include "normalize/normalizer.h"
#include "pipeline/rule_settings.h"
#include "pipeline/sensor_owners.h"
#include "store/case_store.h"
#include "store/event_store.h"

namespace tanggap::pipeline {

/// What processing knows. Immutable; a new one is published whole.
struct Knowledge {
    std::shared_ptr<const normalize::Sources> sources;
    std::shared_ptr<const detect::RuleSet> rules;
    std::shared_ptr<const detect::IndicatorSet> indicators; ///< null: none
    normalize::Enrichment enrichment;
    std::shared_ptr<const RuleSettings> rule_settings;      ///< null: none
    std::shared_ptr<const detect::ExceptionSet> exceptions; ///< null: none
    std::shared_ptr<const SensorOwners> owners;             ///< null: none
};

/// Lifetime: all outlive the pipeline.
struct Stores {
    disk::Journal& journal;
    store::CaseStore& cases;
    store::EventStore& events;
};

struct Options {
    std::size_t batch_records_max = base::limits::kBatchRecordsMax;
    std::size_t batch_bytes_max = base::limits::kBatchBytesMax;
    /// How long a small batch waits for more, counted from when the last was read.
    std::chrono::milliseconds batch_age = base::limits::kArchiveBatchAge;
    std::chrono::milliseconds retry_first = base::limits::kStoreRetryFirst;
    std::chrono::milliseconds retry_last = base::limits::kStoreRetryLast;
    std::chrono::milliseconds aside_retry_first = base::limits::kSetAsideRetryFirst;
    std::chrono::milliseconds aside_retry_last = base::limits::kSetAsideRetryLast;
    const base::Clock* clock = &base::system_clock();
};

/// How far the pipeline is. Units: journal sequences.
struct Progress {
    std::uint64_t journal_last = 0;
    std::uint64_t processed = 0; ///< detected, alerted, committed
    std::uint64_t archived = 0;  ///< every entry up to here can be found by search
};

/// Thread: any. Threads of its own: the processor (detection state) and those that archive.
class Pipeline {
public:
    /// Restores correlation state and ranges that were committed but not archived, then starts.
    static base::Result<std::unique_ptr<Pipeline>> start(const Stores& stores,
                                                         std::shared_ptr<const Knowledge> knowledge,
                                                         const Options& options = {});
    virtual ~Pipeline() = default;

    /// Ends after the batch and the insert under way; the rest waits in the journal.
    virtual void stop() = 0;

    /// Used from the next batch on.
    virtual void publish(std::shared_ptr<const Knowledge> knowledge) = 0;

    /// The whole equation at one instant. `lost_before_receipt` is not known here.
    virtual model::Ledger ledger() const = 0;
    virtual Progress progress() const = 0;

    /// Quarantine entries go through the journal again, under their old record ids, once their
    /// range is committed. Gives the number of records moved.
    virtual base::Result<std::uint64_t> rerun_quarantine(std::span<const std::string> ids) = 0;

    /// Why processing stopped for good, e.g. damage in the journal. Intake goes on without it.
    virtual std::optional<base::Error> failure() const = 0;
    /// Why ranges wait for the archive; empty: none waits.
    virtual std::string archive_delay() const = 0;
    virtual RuleCounts rule_counts() const = 0;
    /// Ranges the archive refused, tried again later.
    virtual std::size_t set_aside() const = 0;
};

} // namespace tanggap::pipeline
