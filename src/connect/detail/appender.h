// Batches of records to the journal, by several threads so that peers share one sync; records of
// one peer keep their order.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "disk/journal.h"

namespace tanggap::connect::detail {

/// Thread: submit() from one; the counters from any.
class Appender {
public:
    explicit Appender(disk::Journal& journal);
    ~Appender() { stop(); }
    Appender(const Appender&) = delete;
    Appender& operator=(const Appender&) = delete;

    /// Waits while the journal is behind: who does not come back here holds its senders back.
    void submit(disk::AppendRequest request);
    /// Hands over what was submitted. What the journal still refuses then is counted as lost.
    void stop();

    std::uint64_t appended() const { return appended_; }
    std::uint64_t lost() const { return lost_; }
    std::string problem() const;

private:
    void run(std::size_t lane);
    void append(const disk::AppendRequest& request);
    bool wait_before_retry(std::chrono::milliseconds span);
    void set_problem(std::string text);

    using Queue = base::BoundedQueue<disk::AppendRequest>;

    disk::Journal& journal_;
    std::vector<std::unique_ptr<Queue>> lanes_;
    std::vector<std::thread> threads_;
    std::atomic<std::uint64_t> appended_{0};
    std::atomic<std::uint64_t> lost_{0};
    // Wakes lanes that wait for a full journal when the input stops; guards problem_.
    mutable std::mutex mutex_;
    std::condition_variable stopping_changed_;
    bool stopping_ = false;
    std::string problem_;
};

} // namespace tanggap::connect::detail
