// One thing at a time from one thread to the next.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "pipeline/detail/retry.h"

namespace tanggap::pipeline::detail {

/// Bound: one waits. Who waits here ends at a stop once it was woken.
template <class T>
class Handover {
public:
    explicit Handover(const StopSignal& stop) : stop_(stop) {}

    /// Precondition: the one before was taken.
    void put(T one)
    {
        const std::lock_guard lock(mutex_);
        waiting_ = std::move(one);
        changed_.notify_all();
    }
    /// False: stopped.
    bool wait_until_taken()
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !waiting_ || stop_.stopped(); });
        return !stop_.stopped();
    }
    /// Nothing once stopped.
    std::optional<T> next()
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ || stop_.stopped(); });
        if (stop_.stopped()) {
            return std::nullopt;
        }
        changed_.notify_all();
        return std::exchange(waiting_, std::nullopt);
    }
    /// After a stop.
    void wake()
    {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }

private:
    const StopSignal& stop_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<T> waiting_; ///< under mutex_
};

} // namespace tanggap::pipeline::detail
