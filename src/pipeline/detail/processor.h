// Owner of the detection state: reads entries in journal order, says what they mean, commits.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "detect/engine.h"
#include "pipeline/detail/archiver.h"
#include "pipeline/detail/batch.h"
#include "pipeline/detail/committing.h"
#include "pipeline/detail/knowledge.h"
#include "pipeline/detail/retry.h"
#include "pipeline/pipeline.h"
#include "triage/triage.h"

namespace tanggap::pipeline::detail {

/// Thread: one, its own. A crash anywhere leaves the state of the last commit; what came after is
/// done again from the journal, with the same result.
class Processor {
public:
    Processor(const Stores& stores, const Options& options, const KnowledgeSource& knowledge,
              Archiver& archiver, std::mutex& balance_mutex, const StopSignal& stop);

    /// Takes back the correlation state of the last commit. Call before `run`.
    base::Status restore();
    /// Until stopped. Errors: what cannot be retried, e.g. damage in the journal.
    base::Status run();
    /// One batch, if there is one.
    base::Status run_once();
    /// Thread: any.
    RuleCounts rule_counts() const { return rule_counter_.counts(); }

private:
    base::Result<Chunks> collect();
    base::Status process(Chunks chunks);
    base::Status use(std::shared_ptr<const Knowledge> knowledge);
    void match_indicators(const Batch& batch, Findings& findings);
    Findings detect(const Batch& batch);
    base::Status group(const Batch& batch, Findings& findings);
    base::Status commit(const Batch& batch, const store::Commit& commit);
    template <class Step>
    base::Status insist(Step step);

    const Stores stores_;
    const Options options_;
    const KnowledgeSource& knowledge_source_;
    Archiver& archiver_;
    std::mutex& balance_mutex_;
    const StopSignal& stop_;

    std::shared_ptr<const Knowledge> knowledge_;
    std::unique_ptr<detect::Evaluator> evaluator_;
    std::unique_ptr<detect::Correlator> correlator_;
    std::unique_ptr<detect::IndicatorMatcher> matcher_; ///< null: no indicators
    triage::Grouper grouper_;
    RuleCounter rule_counter_;
    std::uint64_t cursor_ = 0;
    std::chrono::steady_clock::time_point committed_at_;
};

} // namespace tanggap::pipeline::detail
