// A queue between two stages, bounded in items and in bytes. Full means the producer waits or is
// refused: it never grows. Thread: any number of producers and consumers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace tanggap::base {

struct QueueLimits {
    std::size_t items_max = 0;
    std::size_t bytes_max = 0;
};

template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(QueueLimits limits) : limits_(limits) {}

    /// Waits while full. False: the queue was closed and `item` was not taken.
    /// An item above bytes_max is taken when the queue is empty, so nothing waits for ever.
    bool push(T item, std::size_t bytes)
    {
        std::unique_lock lock(mutex_);
        not_full_.wait(lock, [&] { return closed_ || fits(bytes); });
        if (closed_) {
            return false;
        }
        put(std::move(item), bytes);
        return true;
    }

    /// False when full or closed; the refusal is counted and `item` is left as it was.
    bool try_push(T& item, std::size_t bytes)
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || !fits(bytes)) {
            ++refused_;
            return false;
        }
        put(std::move(item), bytes);
        return true;
    }

    /// Waits for an item. Empty: closed and drained.
    std::optional<T> pop()
    {
        std::unique_lock lock(mutex_);
        not_empty_.wait(lock, [&] { return closed_ || !items_.empty(); });
        return take();
    }

    /// As pop, but also empty after `wait` without an item; `closed()` tells the two apart.
    template <class Rep, class Period>
    std::optional<T> pop_for(std::chrono::duration<Rep, Period> wait)
    {
        std::unique_lock lock(mutex_);
        not_empty_.wait_for(lock, wait, [&] { return closed_ || !items_.empty(); });
        return take();
    }

    /// No more pushes; what is inside can still be popped.
    void close()
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        not_full_.notify_all();
        not_empty_.notify_all();
    }

    bool closed() const
    {
        const std::lock_guard lock(mutex_);
        return closed_ && items_.empty();
    }
    std::size_t items() const
    {
        const std::lock_guard lock(mutex_);
        return items_.size();
    }
    std::size_t bytes() const
    {
        const std::lock_guard lock(mutex_);
        return bytes_;
    }
    std::uint64_t refused() const
    {
        const std::lock_guard lock(mutex_);
        return refused_;
    }

private:
    bool fits(std::size_t bytes) const
    {
        return items_.empty() ||
               (items_.size() < limits_.items_max && bytes_ + bytes <= limits_.bytes_max);
    }

    void put(T item, std::size_t bytes)
    {
        items_.emplace_back(std::move(item), bytes);
        bytes_ += bytes;
        not_empty_.notify_one();
    }

    std::optional<T> take()
    {
        if (items_.empty()) {
            return std::nullopt;
        }
        auto [item, bytes] = std::move(items_.front());
        items_.pop_front();
        bytes_ -= bytes;
        not_full_.notify_all();
        return std::optional<T>(std::move(item));
    }

    const QueueLimits limits_;
    mutable std::mutex mutex_;
    std::condition_variable not_full_;
    std::condition_variable not_empty_;
    std::deque<std::pair<T, std::size_t>> items_;
    std::size_t bytes_ = 0;
    std::uint64_t refused_ = 0;
    bool closed_ = false;
};

} // namespace tanggap::base
