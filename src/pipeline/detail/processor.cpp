#include "pipeline/detail/processor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "pipeline/detail/stage_timer.h"

namespace tanggap::pipeline::detail {

Processor::Processor(const Stores& stores, const Options& options, const KnowledgeSource& knowledge,
                     Detector& detector, Archiver& archiver, std::mutex& balance_mutex,
                     const StopSignal& stop)
    : stores_(stores),
      options_(options),
      knowledge_source_(knowledge),
      detector_(detector),
      archiver_(archiver),
      balance_mutex_(balance_mutex),
      stop_(stop),
      grouper_(stores.cases, base::limits::kAlertKeysCachedMax)
{
}

base::Status Processor::restore()
{
    return use(knowledge_source_.get());
}

/// New rules go on with the groups of the last commit: the next one deletes those of rules that are
/// gone.
base::Status Processor::use(std::shared_ptr<const Knowledge> knowledge)
{
    const bool same_rules = knowledge_ != nullptr && knowledge_->rules == knowledge->rules;
    knowledge_ = std::move(knowledge);
    if (same_rules) {
        return {};
    }
    correlator_.reset(); // its groups are read again, and need not be in memory twice
    TRY(const auto groups, stores_.cases.correlation_state());
    correlator_ = std::make_unique<detect::Correlator>(knowledge_->rules);
    correlator_->restore(groups);
    return {};
}

base::Status Processor::run()
{
    while (!stop_.stopped()) {
        TRY_STATUS(run_once());
    }
    return {};
}

base::Status Processor::run_once()
{
    auto detected = detector_.next();
    if (!detected) {
        return {};
    }
    if (detected->knowledge != knowledge_) {
        TRY_STATUS(use(detected->knowledge));
    }
    return process(std::move(*detected));
}

base::Status Processor::process(Detected detected)
{
    const Batch& batch = *detected.batch;
    Findings findings = correlate(detected);
    TRY_STATUS(insist([&] { return group(batch, findings); }));
    const store::Commit made = make_commit(batch, std::move(findings));
    TRY_STATUS(insist([&] { return commit(batch, made); }));
    if (stores_.cases.cursor() < made.cursor) {
        return {}; // Stopped while a store refused: the next start does it again.
    }
    grouper_.committed();
    static auto& events = base::counter("tanggap_events_total", "Events processed and committed");
    static auto& detections =
        base::counter("tanggap_detections_total", "Rules that matched an event");
    static auto& quarantined =
        base::counter("tanggap_quarantined_total", "Records that went to quarantine");
    events.add(made.stored);
    detections.add(made.detections);
    quarantined.add(made.quarantined);
    archiver_.offer({made.range, std::move(detected.batch)});
    return {};
}

Findings Processor::correlate(Detected& detected)
{
    static auto& correlating = stage_counter("correlate");
    const model::EventBatch& events = detected.batch->events;
    Findings findings;
    findings.detections = std::move(detected.detections);
    const StageTimer timer(correlating);
    static auto& evicted = base::counter("tanggap_correlation_groups_evicted_total",
                                         "Groups of correlations forgotten to make room");
    const std::uint64_t before = correlator_->evictions();
    correlator_->feed(events, detected.signals, findings.detections);
    evicted.add(correlator_->evictions() - before);
    if (knowledge_->rule_settings != nullptr) {
        apply(*knowledge_->rule_settings, findings.detections);
    }
    RuleCounts counts;
    if (knowledge_->exceptions != nullptr) {
        apply(*knowledge_->exceptions, events, findings.detections, counts);
    }
    findings.correlation = correlator_->take_changes();
    for (const model::Detection& detection : findings.detections) {
        ++counts[detection.rule->id].detections;
    }
    rule_counter_.add(counts);
    return findings;
}

base::Status Processor::group(const Batch& batch, Findings& findings)
{
    static auto& grouping = stage_counter("group");
    const StageTimer timer(grouping);
    auto groups = grouper_.group(batch.events, findings.detections, options_.clock->now());
    if (!groups) {
        grouper_.forget_uncommitted();
        return std::unexpected(groups.error());
    }
    findings.groups = std::move(*groups);
    return {};
}

/// Quarantine first: after a crash in between, the replay writes the same entries again.
/// An answer that was lost on its way is no failure: the cursor tells.
base::Status Processor::commit(const Batch& batch, const store::Commit& commit)
{
    static auto& committing = stage_counter("commit");
    const StageTimer timer(committing);
    TRY_STATUS(stores_.journal.put_quarantine(make_quarantine(batch)));
    const std::lock_guard lock(balance_mutex_);
    const base::Status done = stores_.cases.commit(commit);
    return stores_.cases.cursor() >= commit.cursor ? base::Status() : done;
}

/// Runs `step` until the stores take it or we are stopped. Correlation state is ahead of the last
/// commit here, so the same step is tried again, never a new batch.
/// Errors: what trying again cannot mend.
template <class Step>
base::Status Processor::insist(Step step)
{
    Backoff backoff(options_.retry_first, options_.retry_last);
    while (!stop_.stopped()) {
        const base::Status done = step();
        if (done || !base::traits_of(done.error().code).retry) {
            return done;
        }
        base::log(base::LogLevel::Warning, "processing_waits", done.error().message);
        stop_.wait_for(backoff.next());
    }
    return {};
}

} // namespace tanggap::pipeline::detail
