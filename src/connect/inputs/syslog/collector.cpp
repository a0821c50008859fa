#include "connect/inputs/syslog/collector.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "base/log.h"
#include "model/record.h"

namespace tanggap::connect::syslog {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace limits = base::limits;

constexpr milliseconds kNothingDue{1000};
/// A crash forgets what was lost in this time.
constexpr std::chrono::seconds kLostSavedEvery{1};

std::uint64_t read_lost(disk::Journal& journal, const std::string& key)
{
    const auto saved = journal.find_state(key);
    std::uint64_t lost = 0;
    if (!saved) {
        base::log(base::LogLevel::Warning, "input_losses_unknown", saved.error().message);
    } else if (*saved) {
        // Written by write_lost(); anything else reads as none.
        std::from_chars((*saved)->data(), (*saved)->data() + (*saved)->size(), lost);
    }
    return lost;
}

} // namespace

Collector::Collector(const SyslogOptions& options, std::string_view listener,
                     disk::Journal& journal)
    : options_(options),
      journal_(journal),
      lost_key_("lost/" + std::string(listener)),
      lost_before_(read_lost(journal, lost_key_)),
      lost_saved_(lost_before_),
      appender_(journal)
{
}

void Collector::save_lost(std::uint64_t lost_in_kernel)
{
    const std::uint64_t lost = lost_before_ + lost_in_kernel + appender_.lost();
    const auto now = steady_clock::now();
    if (lost != lost_saved_ && now - lost_saved_at_ >= kLostSavedEvery) {
        lost_saved_at_ = now;
        write_lost(lost);
    }
}

void Collector::write_lost(std::uint64_t lost)
{
    disk::AppendRequest request;
    request.state_key = lost_key_;
    request.state_value = std::to_string(lost);
    if (const auto done = journal_.append(std::move(request)); done) {
        lost_saved_ = lost;
    } else {
        base::log(base::LogLevel::Warning, "input_losses_not_saved", done.error().message);
    }
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
        if (batch->request.records.size() >= limits::kSyslogBatchRecords ||
            batch->bytes >= limits::kSyslogBatchBytes) {
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

void Collector::stop(std::uint64_t lost_in_kernel)
{
    flush_all();
    appender_.stop();
    const std::uint64_t lost = lost_before_ + lost_in_kernel + appender_.lost();
    if (lost != lost_saved_) {
        write_lost(lost);
    }
}

void Collector::fill(InputCounters& counters) const
{
    counters.appended = appender_.appended();
    counters.lost_before_receipt += lost_before_ + appender_.lost();
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
