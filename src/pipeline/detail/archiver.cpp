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
        queue_.push_back(std::move(work));
        changed_.notify_all();
    }
}

void Archiver::run()
{
    while (!stop_.stopped() && run_once()) {
    }
}

bool Archiver::run_once()
{
    auto work = next();
    return work ? archive(std::move(*work)) : catch_up();
}

void Archiver::wake()
{
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
}

std::string Archiver::delay() const
{
    const std::lock_guard lock(mutex_);
    return delay_;
}

std::size_t Archiver::queued() const
{
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

bool Archiver::behind() const
{
    const std::lock_guard lock(mutex_);
    return behind_ && queue_.empty();
}

std::optional<RangeWork> Archiver::next()
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !queue_.empty() || behind_ || stop_.stopped(); });
    if (queue_.empty()) {
        return std::nullopt;
    }
    RangeWork work = std::move(queue_.front());
    queue_.pop_front();
    changed_.notify_all();
    return work;
}

/// Ranges without events are not in the case database; once nothing is pending they are done too.
/// Near again only when nothing was offered since the last look: such a range was not queued.
bool Archiver::catch_up()
{
    while (!stop_.stopped()) {
        std::uint64_t offered_before = 0;
        {
            const std::lock_guard lock(mutex_);
            offered_before = offered_last_;
        }
        const std::uint64_t cursor = stores_.cases.cursor();
        std::vector<store::ArchiveRange> pending;
        const bool listed = insist([&]() -> base::Status {
            TRY(pending, stores_.cases.pending_ranges());
            return {};
        });
        if (!listed) {
            return false;
        }
        for (store::ArchiveRange& range : pending) {
            if (!archive({std::move(range), nullptr})) {
                return false;
            }
        }
        if (!pending.empty()) {
            continue;
        }
        if (cursor != 0 && !insist([&] { return retire(cursor); })) {
            return false;
        }
        const std::lock_guard lock(mutex_);
        if (offered_last_ == offered_before) {
            behind_ = false;
            return true;
        }
    }
    return false;
}

bool Archiver::archive(RangeWork work)
{
    const bool done = insist([&]() -> base::Status {
        if (work.range.token.empty()) {
            return {}; // Nothing of it goes to the archive.
        }
        TRY_STATUS(load(work));
        return insert(work);
    });
    return done && insist([&] { return finish(work); });
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
        TRY_STATUS(stores_.events.insert(rows, work.range.token + "-" + std::to_string(day)));
        rows_total.add(rows.size());
        inserts_total.add();
    }
    return {};
}

/// The order matters: what is retired from the journal cannot be decoded again.
base::Status Archiver::finish(const RangeWork& work)
{
    if (!work.range.token.empty()) {
        const std::lock_guard lock(balance_mutex_);
        TRY_STATUS(stores_.cases.mark_archived(work.range.first));
    }
    return retire(work.range.last);
}

base::Status Archiver::retire(std::uint64_t sequence)
{
    TRY_STATUS(stores_.journal.retire(sequence));
    archived_ = sequence;
    set_delay({});
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
        static auto& failures =
            base::counter("tanggap_archive_failures_total", "Attempts to archive that failed");
        failures.add();
        set_delay(done.error().message);
        stop_.wait_for(backoff.next());
    }
    return false;
}

/// A reason makes us behind: the processor stops waiting for us. It is logged when it changes.
void Archiver::set_delay(std::string reason)
{
    const std::lock_guard lock(mutex_);
    if (reason == delay_) {
        return;
    }
    if (!reason.empty()) {
        behind_ = true;
        changed_.notify_all();
    }
    base::log(reason.empty() ? base::LogLevel::Info : base::LogLevel::Warning,
              reason.empty() ? "archive_continues" : "archive_waits", reason);
    delay_ = std::move(reason);
}

} // namespace tanggap::pipeline::detail
