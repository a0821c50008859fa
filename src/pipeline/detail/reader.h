// Journal entries in order, decoded one batch ahead of the one that is being processed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "pipeline/detail/batch.h"
#include "pipeline/detail/knowledge.h"
#include "pipeline/detail/retry.h"
#include "pipeline/pipeline.h"

namespace tanggap::pipeline::detail {

/// What a batch was decoded with is what it is to be processed with.
struct Decoded {
    std::shared_ptr<const Knowledge> knowledge;
    std::shared_ptr<Batch> batch;
};

/// While the processor waits for its commit, the next batch is decoded. Bound: one batch waits, and
/// none is read before it is taken.
class Reader {
public:
    Reader(const Stores& stores, const Options& options, const KnowledgeSource& knowledge,
           const StopSignal& stop);

    /// Thread: one, its own; until stopped. Errors: what cannot be retried, e.g. damage in the
    /// journal.
    base::Status run();
    /// One batch, if there is one. The one before must have been taken.
    base::Status run_once();
    /// The next batch; nothing once stopped. Thread: the processor's.
    std::optional<Decoded> next();
    /// After a stop, for whoever waits here.
    void wake();

private:
    bool wait_until_taken();
    base::Result<Chunks> collect() const;
    void put(Decoded decoded);

    const Stores stores_;
    const Options options_;
    const KnowledgeSource& knowledge_;
    const StopSignal& stop_;

    std::uint64_t position_; ///< last entry that was read
    std::chrono::steady_clock::time_point read_at_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Decoded> waiting_; ///< under mutex_
};

} // namespace tanggap::pipeline::detail
