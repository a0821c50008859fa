#include "connect/detail/appender.h"

#include <functional>

#include "base/limits.h"
#include "base/log.h"

namespace tanggap::connect::detail {
namespace {

/// Appends under way at once share one sync: eight lanes carry some 2,000 batches a second on a
/// disk that syncs in 4 ms.
constexpr std::size_t kLanes = 8;
constexpr base::QueueLimits kLaneLimits{.items_max = base::limits::kInputLaneBatchesMax,
                                        .bytes_max = base::limits::kInputLaneBytesMax};
constexpr std::chrono::milliseconds kRetryFirst{50};
constexpr std::chrono::milliseconds kRetryLast{2000};

std::size_t bytes_of(const disk::AppendRequest& request)
{
    std::size_t bytes = 0;
    for (const disk::NewRecord& record : request.records) {
        bytes += sizeof record + record.bytes.size();
    }
    return bytes;
}

} // namespace

Appender::Appender(disk::Journal& journal) : journal_(journal)
{
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        lanes_.push_back(std::make_unique<Queue>(kLaneLimits));
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        threads_.emplace_back([this, lane] { run(lane); });
    }
}

void Appender::submit(disk::AppendRequest request)
{
    const std::size_t lane = std::hash<std::string>()(request.stream.origin) % kLanes;
    const std::size_t bytes = bytes_of(request);
    const std::size_t records = request.records.size();
    if (!lanes_[lane]->push(std::move(request), bytes)) {
        lost_ += records;
    }
}

void Appender::stop()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stopping_changed_.notify_all();
    for (const auto& lane : lanes_) {
        lane->close();
    }
    for (std::thread& thread : threads_) {
        if (thread.joinable()) {
            thread.join();
        }
    }
}

std::string Appender::problem() const
{
    const std::lock_guard lock(mutex_);
    return problem_;
}

void Appender::set_problem(std::string text)
{
    const std::lock_guard lock(mutex_);
    if (problem_ != text) {
        base::log(base::LogLevel::Warning, text.empty() ? "input_resumes" : "input_waits", text);
    }
    problem_ = std::move(text);
}

void Appender::run(std::size_t lane)
{
    while (auto request = lanes_[lane]->pop()) {
        append(std::move(*request));
    }
}

/// False: the input stops, no more tries.
bool Appender::wait_before_retry(std::chrono::milliseconds span)
{
    std::unique_lock lock(mutex_);
    return !stopping_changed_.wait_for(lock, span, [&] { return stopping_; });
}

void Appender::append(const disk::AppendRequest& request)
{
    const std::size_t records = request.records.size();
    std::chrono::milliseconds wait = kRetryFirst;
    for (;;) {
        // Nothing of a refused append is kept, so the same may be tried again.
        const auto result = journal_.append(request);
        if (result) {
            appended_ += result->received;
            set_problem("");
            return;
        }
        set_problem(result.error().message);
        if (!base::traits_of(result.error().code).retry || !wait_before_retry(wait)) {
            lost_ += records;
            base::log(base::LogLevel::Error, "input_lost_records",
                      std::to_string(records) + " records of " + request.stream.origin + ": " +
                          result.error().message);
            return;
        }
        wait = std::min(wait * 2, kRetryLast);
    }
}

} // namespace tanggap::connect::detail
