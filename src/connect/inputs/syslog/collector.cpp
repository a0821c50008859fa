#include "connect/inputs/syslog/collector.h"

#include <algorithm>

#include "model/record.h"

namespace tanggap::connect::syslog {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kBatchRecords = 5000;
constexpr std::size_t kBatchBytes = 1024 * 1024;
constexpr milliseconds kNothingDue{1000};

} // namespace

Collector::Collector(const SyslogOptions& options, disk::Journal& journal)
    : options_(options), appender_(journal)
{
}

Collector::Pending& Collector::pending_of(std::string_view peer)
{
    const auto found = pending_.find(peer);
    if (found != pending_.end()) {
        return found->second;
    }
    Pending& pending = pending_[std::string(peer)];
    pending.since = steady_clock::now();
    pending.request.identity = disk::Identity::Never;
    pending.request.stream = {.sensor = options_.sensor,
                              .source = options_.source,
                              .timezone = options_.timezone,
                              .reference_time = {},
                              .origin = std::string(peer)};
    return pending;
}

void Collector::reject(Pending& pending, std::string_view reason, std::uint64_t count)
{
    if (count == 0) {
        return;
    }
    // One entry a reason: a flood of empty datagrams must not make a list of them.
    auto& rejected = pending.request.rejected;
    const auto known = std::ranges::find(rejected, reason,
                                         [](const auto& r) { return std::string_view(r.first); });
    if (known == rejected.end()) {
        rejected.emplace_back(reason, count);
    } else {
        known->second += count;
    }
}

void Collector::add(std::string_view peer, Frames frames)
{
    if (frames.records.empty() && frames.bad_frame + frames.too_large + frames.empty == 0) {
        return;
    }
    Pending& pending = pending_of(peer);
    reject(pending, model::name_of(model::RejectReason::BadFrame), frames.bad_frame);
    reject(pending, model::name_of(model::RejectReason::TooLarge), frames.too_large);
    reject(pending, model::name_of(model::RejectReason::Empty), frames.empty);
    bad_frame_ += frames.bad_frame;
    too_large_ += frames.too_large;
    empty_ += frames.empty;
    Pending* batch = &pending;
    for (disk::NewRecord& record : frames.records) {
        batch->bytes += record.bytes.size();
        batch->request.records.push_back(std::move(record));
        if (batch->request.records.size() >= kBatchRecords || batch->bytes >= kBatchBytes) {
            submit(std::move(batch->request));
            pending_.erase(pending_.find(peer));
            batch = &pending_of(peer);
        }
    }
}

void Collector::submit(disk::AppendRequest request)
{
    if (!request.records.empty() || !request.rejected.empty()) {
        appender_.submit(std::move(request));
    }
}

milliseconds Collector::flush_due()
{
    const auto now = steady_clock::now();
    milliseconds next = kNothingDue;
    for (auto it = pending_.begin(); it != pending_.end();) {
        const auto age = std::chrono::floor<milliseconds>(now - it->second.since);
        if (age >= kBatchAge) {
            submit(std::move(it->second.request));
            it = pending_.erase(it);
        } else {
            next = std::min(next, kBatchAge - age);
            ++it;
        }
    }
    return next;
}

void Collector::flush_all()
{
    for (auto& [peer, pending] : pending_) {
        submit(std::move(pending.request));
    }
    pending_.clear();
}

void Collector::stop()
{
    flush_all();
    appender_.stop();
}

void Collector::fill(InputCounters& counters) const
{
    counters.appended = appender_.appended();
    counters.lost_before_receipt += appender_.lost();
    counters.problem = appender_.problem();
    const std::pair<model::RejectReason, std::uint64_t> rejected[] = {
        {model::RejectReason::BadFrame, bad_frame_},
        {model::RejectReason::TooLarge, too_large_},
        {model::RejectReason::Empty, empty_},
    };
    for (const auto& [reason, count] : rejected) {
        if (count > 0) {
            counters.rejected[std::string(model::name_of(reason))] = count;
        }
    }
    counters.truncated = bad_frame_;
}

} // namespace tanggap::connect::syslog
