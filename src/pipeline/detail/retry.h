// Waiting between attempts: doubled from first to last, and ended at once by a stop.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace tanggap::pipeline::detail {

/// Tells every thread of the pipeline to end. Thread: any.
class StopSignal {
public:
    void stop()
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }
    bool stopped() const
    {
        const std::lock_guard lock(mutex_);
        return stopped_;
    }
    /// False: stopped before the time was over.
    bool wait_for(std::chrono::milliseconds time) const
    {
        std::unique_lock lock(mutex_);
        return !changed_.wait_for(lock, time, [&] { return stopped_; });
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    bool stopped_ = false;
};

/// Owner: one thread.
class Backoff {
public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds last)
        : first_(first), last_(last), next_(first)
    {
    }
    std::chrono::milliseconds next()
    {
        const auto now = next_;
        next_ = std::min(next_ * 2, last_);
        return now;
    }
    void reset() { next_ = first_; }

private:
    const std::chrono::milliseconds first_;
    const std::chrono::milliseconds last_;
    std::chrono::milliseconds next_;
};

} // namespace tanggap::pipeline::detail
