#include "pipeline/detail/archiver.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/log.h"
#include "base/metrics.h"

namespace tanggap::pipeline::detail {
namespace {

/// Rows of each event day, in journal order.
using Days = std::map<std::int64_t, std::vector<store::ArchiveRow>>;

Days split_by_day(const Batch& batch, const store::ArchiveRange& range)
{
    Days days;
    auto annotation = range.annotations.begin();
    std::vector<std::pair<Place, std::size_t>> order;
    order.reserve(batch.places.size());
    for (std::size_t i = 0; i < batch.places.size(); ++i) {
        order.emplace_back(batch.places[i], i);
    }
    if (!std::ranges::is_sorted(order)) {
        std::ranges::sort(order); // decode_range appends what it reads as text
    }
    for (const auto& [place, index] : order) {
        store::ArchiveRow row{.event = &batch.events.events[index], .rule_ids = {}, .alerts = {}};
        const auto behind = [&, at = place](const store::Annotation& a) {
            return Place{a.sequence, a.record_index} < at;
        };
        annotation = std::find_if_not(annotation, range.annotations.end(), behind);
        if (annotation != range.annotations.end() &&
            Place{annotation->sequence, annotation->record_index} == place) {
            row.rule_ids = annotation->rule_ids;
            row.alerts = annotation->alerts;
            row.level = annotation->level;
        }
        days[row.event->time.day()].push_back(row);
    }
    return days;
}

base::Result<Chunks> read_range(disk::Journal& journal, std::uint64_t first, std::uint64_t last)
{
    Chunks chunks;
    std::uint64_t after = first - 1;
    while (after < last) {
        TRY(const auto some, journal.read(after, base::limits::kBatchBytesMax, 0));
        if (some.empty() || (chunks.empty() && some.front()->sequence != first)) {
            return base::corrupt("journal entries " + std::to_string(first) + " to " +
                                 std::to_string(last) + " are committed but not all there; found " +
                                 std::to_string(chunks.size()));
        }
        for (const auto& chunk : some) {
            if (chunk->sequence <= last) {
                chunks.push_back(chunk);
            }
        }
        after = some.back()->sequence;
    }
    return chunks;
}

} // namespace

Archiver::Archiver(const Stores& stores, const Options& options, const KnowledgeSource& knowledge,
                   std::mutex& balance_mutex, const StopSignal& stop)
    : stores_(stores),
      options_(options),
      knowledge_(knowledge),
      balance_mutex_(balance_mutex),
      stop_(stop)
{
}

void Archiver::offer(RangeWork work)
{
    std::unique_lock lock(mutex_);
    offered_last_ = work.range.last;
    changed_.wait(lock, [&] {
        return behind_ || queue_.size() < base::limits::kArchiveQueueRangesMax || stop_.stopped();
    });
    if (!behind_) {
        put(std::move(work));
    }
}

/// Under mutex_.
void Archiver::put(RangeWork work)
{
    open_.insert(work.range.first);
    queue_.push_back(std::move(work));
    changed_.notify_all();
}

void Archiver::run()
{
    while (!stop_.stopped() && run_once()) {
    }
}

bool Archiver::run_once()
{
    auto work = next();
    return work ? archive(std::move(*work)) : refill();
}

void Archiver::wake()
{
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
}

std::string Archiver::delay() const
{
    const std::lock_guard lock(mutex_);
    if (!delay_.empty() || aside_.empty()) {
        return delay_;
    }
    return std::to_string(aside_.size()) +
           " ranges of the journal are set aside and tried again later, the first from entry " +
           std::to_string(aside_.begin()->first) + ": " + aside_.begin()->second.reason;
}

std::size_t Archiver::set_aside() const
{
    const std::lock_guard lock(mutex_);
    return aside_.size();
}

std::size_t Archiver::queued() const
{
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

bool Archiver::idle() const
{
    const std::lock_guard lock(mutex_);
    return !behind_ && queue_.empty();
}

/// Waits for a range: queued, or set aside and due. Empty: we are behind and the queue is empty, or
/// it is time to stop.
std::optional<RangeWork> Archiver::next()
{
    std::unique_lock lock(mutex_);
    while (queue_.empty() && !stop_.stopped()) {
        if (behind_ && !refilling_) {
            return std::nullopt;
        }
        const auto due = std::ranges::min_element(
            aside_, {}, [](const auto& entry) { return entry.second.retry_at; });
        if (due == aside_.end() || due->second.trying) {
            changed_.wait(lock);
        } else if (due->second.retry_at <= std::chrono::steady_clock::now()) {
            due->second.trying = true;
            due->second.retry_at = std::chrono::steady_clock::time_point::max();
            return RangeWork{.range = due->second.range, .batch = nullptr, .again = true};
        } else {
            changed_.wait_until(lock, due->second.retry_at);
        }
    }
    if (queue_.empty()) {
        return std::nullopt;
    }
    RangeWork work = std::move(queue_.front());
    queue_.pop_front();
    changed_.notify_all();
    return work;
}

/// What the case database holds goes into the queue, to be decoded again. Once nothing is pending
/// there, entries without events are done too: no range was made of them. Near again only when
/// nothing was offered since the last look: such a range was not queued.
bool Archiver::refill()
{
    std::uint64_t offered_before = 0;
    {
        const std::lock_guard lock(mutex_);
        if (stop_.stopped() || refilling_) {
            return !stop_.stopped();
        }
        refilling_ = true;
        offered_before = offered_last_;
    }
    const std::uint64_t cursor = stores_.cases.cursor();
    std::vector<store::ArchiveRange> pending;
    const bool listed = insist([&]() -> base::Status {
        TRY(pending, stores_.cases.pending_ranges());
        return {};
    });
    bool put_some = false;
    {
        const std::lock_guard lock(mutex_);
        for (store::ArchiveRange& range : pending) {
            if (!open_.contains(range.first) && !aside_.contains(range.first)) {
                put({.range = std::move(range), .batch = nullptr, .again = true});
                put_some = true;
            }
        }
    }
    const bool retired =
        listed && (put_some || cursor == 0 || insist([&] { return retire(cursor); }));
    const std::lock_guard lock(mutex_);
    refilling_ = false;
    if (retired && !put_some && offered_last_ == offered_before) {
        behind_ = false;
        if (open_.empty()) {
            delay_.clear(); // else another thread may be waiting for the store
        }
    }
    changed_.notify_all();
    return retired;
}

bool Archiver::archive(RangeWork work)
{
    Backoff backoff(options_.retry_first, options_.retry_last);
    for (int refusals = 0; !stop_.stopped();) {
        const base::Status done = send(work);
        if (done) {
            return finish(work);
        }
        failed(done.error());
        // What can be mended by waiting concerns the store; the rest concerns this range.
        refusals += base::traits_of(done.error().code).retry ? 0 : 1;
        if (refusals == base::limits::kRangeRefusalsMax && put_aside(work, done.error().message)) {
            return true;
        }
        stop_.wait_for(backoff.next());
    }
    return false;
}

/// False: there are too many already.
bool Archiver::put_aside(const RangeWork& work, const std::string& reason)
{
    static auto& times = base::counter("tanggap_archive_set_aside_total",
                                       "Times a range was set aside because it was refused");
    const std::lock_guard lock(mutex_);
    if (!aside_.contains(work.range.first) && aside_.size() >= base::limits::kRangesSetAsideMax) {
        return false;
    }
    Aside& aside = aside_[work.range.first];
    open_.erase(work.range.first);
    aside.range = work.range;
    aside.reason = reason;
    aside.trying = false;
    aside.wait = std::clamp(aside.wait * 2, options_.aside_retry_first, options_.aside_retry_last);
    aside.retry_at = std::chrono::steady_clock::now() + aside.wait;
    times.add();
    base::log(base::LogLevel::Error, "archive_range_set_aside",
              "journal entries " + std::to_string(work.range.first) + " to " +
                  std::to_string(work.range.last) + ": " + reason);
    delay_.clear();
    changed_.notify_all();
    return true;
}

base::Status Archiver::send(RangeWork& work)
{
    if (work.range.token.empty()) {
        return {}; // Nothing of it goes to the archive.
    }
    TRY_STATUS(load(work));
    return insert(work);
}

base::Status Archiver::load(RangeWork& work) const
{
    if (work.batch != nullptr) {
        return {};
    }
    TRY(Chunks chunks, read_range(stores_.journal, work.range.first, work.range.last));
    const auto knowledge = knowledge_.get();
    work.batch =
        std::make_shared<const Batch>(decode_range(*knowledge, std::move(chunks), work.range));
    return {};
}

base::Status Archiver::insert(const RangeWork& work)
{
    static auto& rows_total =
        base::counter("tanggap_archive_rows_total", "Events given to the event store");
    static auto& inserts_total =
        base::counter("tanggap_archive_inserts_total", "Inserts into the event store");
    for (const auto& [day, rows] : split_by_day(*work.batch, work.range)) {
        std::string token = work.range.token + "-" + std::to_string(day);
        std::size_t there = 0;
        if (work.again) {
            TRY(there, count_there(rows));
            token += there == 0 ? std::string() : "-" + std::to_string(there);
        }
        if (there == rows.size()) {
            continue;
        }
        const auto missing = std::span(rows).subspan(there);
        TRY_STATUS(stores_.events.insert(missing, token));
        rows_total.add(missing.size());
        inserts_total.add();
    }
    return {};
}

/// How many of a day's rows the store has. Asked where the token may be too old for it to know. The
/// store takes a large insert in pieces, in order and each whole: what it has are the first rows.
base::Result<std::size_t> Archiver::count_there(std::span<const store::ArchiveRow> rows)
{
    TRY(const bool first, is_there(rows.front()));
    TRY(const bool last, first ? is_there(rows.back()) : base::Result<bool>(false));
    if (!first || last) {
        return last ? rows.size() : 0;
    }
    std::size_t low = 0;                // there
    std::size_t high = rows.size() - 1; // not there
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        TRY(const bool there, is_there(rows[middle]));
        (there ? low : high) = middle;
    }
    return high;
}

base::Result<bool> Archiver::is_there(const store::ArchiveRow& row)
{
    const auto found = stores_.events.find(row.event->id.text());
    if (!found && found.error().code != base::Code::NotFound) {
        return std::unexpected(found.error());
    }
    return found.has_value();
}

/// The order matters: what is retired from the journal cannot be decoded again. False: stopped.
bool Archiver::finish(const RangeWork& work)
{
    const bool marked = work.range.token.empty() || insist([&]() -> base::Status {
                            const std::lock_guard lock(balance_mutex_);
                            const base::Status done = stores_.cases.mark_archived(
                                work.range.first, work.batch->events.events.size());
                            // Gone already: the answer to an earlier attempt was lost.
                            const bool before = !done && done.error().code == base::Code::NotFound;
                            return before ? base::Status() : done;
                        });
    if (!marked) {
        return false;
    }
    std::uint64_t last = 0;
    {
        const std::lock_guard lock(mutex_);
        aside_.erase(work.range.first);
        open_.erase(work.range.first);
        last = done_last_ = std::max(done_last_, work.range.last);
    }
    const bool retired = insist([&] { return retire(last); });
    set_delay({});
    return retired;
}

/// Up to `sequence`, or to the first entry of a range that is not done.
base::Status Archiver::retire(std::uint64_t sequence)
{
    {
        const std::lock_guard lock(mutex_);
        if (!open_.empty()) {
            sequence = std::min(sequence, *open_.begin() - 1);
        }
        if (!aside_.empty()) {
            sequence = std::min(sequence, aside_.begin()->first - 1);
        }
    }
    TRY_STATUS(stores_.journal.retire(sequence));
    std::uint64_t known = archived_.load();
    while (known < sequence && !archived_.compare_exchange_weak(known, sequence)) {
    }
    return {};
}

template <class Step>
bool Archiver::insist(Step step)
{
    Backoff backoff(options_.retry_first, options_.retry_last);
    while (!stop_.stopped()) {
        const base::Status done = step();
        if (done) {
            return true;
        }
        failed(done.error());
        stop_.wait_for(backoff.next());
    }
    return false;
}

void Archiver::failed(const base::Error& error)
{
    static auto& failures =
        base::counter("tanggap_archive_failures_total", "Attempts to archive that failed");
    failures.add();
    set_delay(error.message);
}

/// A reason makes us behind: the processor stops waiting for us. It is logged when it changes.
void Archiver::set_delay(std::string reason)
{
    const std::lock_guard lock(mutex_);
    if (!reason.empty() && !behind_) {
        behind_ = true;
        changed_.notify_all();
    }
    if (reason == delay_) {
        return;
    }
    base::log(reason.empty() ? base::LogLevel::Info : base::LogLevel::Warning,
              reason.empty() ? "archive_continues" : "archive_waits", reason);
    delay_ = std::move(reason);
}

} // namespace tanggap::pipeline::detail
