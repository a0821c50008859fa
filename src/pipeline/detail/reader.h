// Journal entries in order, decoded ahead of the batch that is being processed.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "pipeline/detail/batch.h"
#include "pipeline/detail/handover.h"
#include "pipeline/detail/knowledge.h"
#include "pipeline/detail/retry.h"
#include "pipeline/pipeline.h"

namespace tanggap::pipeline::detail {

/// What a batch was decoded with is what it is to be processed with.
struct Decoded {
    std::shared_ptr<const Knowledge> knowledge;
    std::shared_ptr<Batch> batch;
};

/// While the batch before is detected or committed, the next is decoded. None is read before the
/// one that waits is taken.
class Reader {
public:
    Reader(const Stores& stores, const Options& options, const KnowledgeSource& knowledge,
           const StopSignal& stop);

    /// Thread: one, its own; until stopped. Errors: what cannot be retried, e.g. damage in the
    /// journal.
    base::Status run();
    /// One batch, if there is one. The one before must have been taken.
    base::Status run_once();
    /// Nothing once stopped. Thread: the detector's.
    std::optional<Decoded> next() { return out_.next(); }
    /// After a stop, for whoever waits here.
    void wake() { out_.wake(); }

private:
    base::Result<Chunks> collect() const;

    const Stores stores_;
    const Options options_;
    const KnowledgeSource& knowledge_;
    const StopSignal& stop_;

    std::uint64_t position_; ///< last entry that was read
    std::chrono::steady_clock::time_point read_at_;
    Handover<Decoded> out_;
};

} // namespace tanggap::pipeline::detail
