// Owner of the detection state: says what batches mean together, in journal order, and commits.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "pipeline/detail/archiver.h"
#include "pipeline/detail/batch.h"
#include "pipeline/detail/committing.h"
#include "pipeline/detail/detector.h"
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
              Detector& detector, Archiver& archiver, std::mutex& balance_mutex,
              const StopSignal& stop);

    /// Takes back the correlation state of the last commit. Call before `run`.
    base::Status restore();
    /// Until stopped. Errors: what cannot be retried, e.g. damage in the journal.
    base::Status run();
    /// The detector's next batch, when it has one.
    base::Status run_once();
    /// Thread: any.
    RuleCounts rule_counts() const { return rule_counter_.counts(); }

private:
    base::Status process(Detected detected);
    base::Status use(std::shared_ptr<const Knowledge> knowledge);
    Findings correlate(Detected& detected);
    base::Status group(const Batch& batch, Findings& findings);
    base::Status commit(const Batch& batch, const store::Commit& commit);
    template <class Step>
    base::Status insist(Step step);

    const Stores stores_;
    const Options options_;
    const KnowledgeSource& knowledge_source_;
    Detector& detector_;
    Archiver& archiver_;
    std::mutex& balance_mutex_;
    const StopSignal& stop_;

    std::shared_ptr<const Knowledge> knowledge_;
    std::unique_ptr<detect::Correlator> correlator_;
    triage::Grouper grouper_;
    RuleCounter rule_counter_;
};

} // namespace tanggap::pipeline::detail
