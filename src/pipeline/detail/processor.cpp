#include "pipeline/detail/processor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "pipeline/detail/stage_timer.h"

namespace tanggap::pipeline::detail {

Processor::Processor(const Stores& stores, const Options& options, const KnowledgeSource& knowledge,
                     Reader& reader, Archiver& archiver, std::mutex& balance_mutex,
                     const StopSignal& stop)
    : stores_(stores),
      options_(options),
      knowledge_source_(knowledge),
      reader_(reader),
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
    if (knowledge_ == nullptr || knowledge_->indicators != knowledge->indicators) {
        matcher_ = knowledge->indicators == nullptr
                       ? nullptr
                       : std::make_unique<detect::IndicatorMatcher>(knowledge->indicators);
    }
    knowledge_ = std::move(knowledge);
    if (same_rules) {
        return {};
    }
    correlator_.reset(); // its groups are read again, and need not be in memory twice
    TRY(const auto groups, stores_.cases.correlation_state());
    evaluator_ = std::make_unique<detect::Evaluator>(knowledge_->rules);
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
    auto decoded = reader_.next();
    if (!decoded) {
        return {};
    }
    if (decoded->knowledge != knowledge_) {
        TRY_STATUS(use(std::move(decoded->knowledge)));
    }
    return process(std::move(decoded->batch));
}

base::Status Processor::process(std::shared_ptr<Batch> batch)
{
    Findings findings = detect(*batch);
    TRY_STATUS(insist([&] { return group(*batch, findings); }));
    const store::Commit made = make_commit(*batch, std::move(findings));
    TRY_STATUS(insist([&] { return commit(*batch, made); }));
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
    archiver_.offer({made.range, std::move(batch)});
    return {};
}

Findings Processor::detect(const Batch& batch)
{
    static auto& evaluating = stage_counter("evaluate");
    static auto& correlating = stage_counter("correlate");
    Findings findings;
    std::vector<detect::Signal> signals;
    {
        const StageTimer timer(evaluating);
        static auto& cut = base::counter("tanggap_detections_cut_total",
                                         "Detections left out: one event had too many");
        const std::uint64_t before = evaluator_->cut();
        evaluator_->evaluate(batch.events, findings.detections, signals);
        cut.add(evaluator_->cut() - before);
    }
    match_indicators(batch, findings);
    const StageTimer timer(correlating);
    static auto& evicted = base::counter("tanggap_correlation_groups_evicted_total",
                                         "Groups of correlations forgotten to make room");
    const std::uint64_t before = correlator_->evictions();
    correlator_->feed(batch.events, signals, findings.detections);
    evicted.add(correlator_->evictions() - before);
    if (knowledge_->rule_settings != nullptr) {
        apply(*knowledge_->rule_settings, findings.detections);
    }
    RuleCounts counts;
    if (knowledge_->exceptions != nullptr) {
        apply(*knowledge_->exceptions, batch.events, findings.detections, counts);
    }
    findings.correlation = correlator_->take_changes();
    for (const model::Detection& detection : findings.detections) {
        ++counts[detection.rule->id].detections;
    }
    rule_counter_.add(counts);
    return findings;
}

void Processor::match_indicators(const Batch& batch, Findings& findings)
{
    static auto& matching = stage_counter("indicators");
    static auto& sightings = base::counter("tanggap_indicator_sightings_total",
                                           "Events that held a value of an indicator");
    if (matcher_ != nullptr) {
        const StageTimer timer(matching);
        const std::uint64_t before = matcher_->sightings_total();
        matcher_->match(batch.events, findings.detections);
        sightings.add(matcher_->sightings_total() - before);
    }
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
