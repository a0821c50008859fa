#include "service/quarantine.h"

#include "base/limits.h"

namespace tanggap::service {
namespace {

/// Records of one page, in memory at once: it then ends early.
constexpr std::size_t kPageBytesMax = 8 * 1024 * 1024;

bool passes(const QuarantineFilter& filter, const disk::QuarantineEntry& entry)
{
    return (filter.sensor.empty() || filter.sensor == entry.stream.sensor) &&
           (filter.reason.empty() || filter.reason == entry.reason);
}

} // namespace

base::Result<QuarantinePage> list_quarantine(const World& world, const QuarantineFilter& filter,
                                             std::string before, std::size_t limit)
{
    QuarantinePage page;
    std::size_t looked_at = 0;
    std::size_t bytes = 0;
    while (looked_at < base::limits::kQuarantineScanMax) {
        TRY(auto entries, world.journal.list_quarantine(before, base::limits::kPageItemsMax));
        for (disk::QuarantineEntry& entry : entries) {
            ++looked_at;
            before = entry.id;
            if (!passes(filter, entry)) {
                continue;
            }
            bytes += entry.record.bytes.size();
            page.entries.push_back(std::move(entry));
            if (page.entries.size() == limit || bytes >= kPageBytesMax) {
                page.next = before;
                return page;
            }
        }
        if (entries.empty()) {
            return page;
        }
    }
    page.next = before;
    return page;
}

base::Result<std::uint64_t> rerun_quarantine(const World& world, std::vector<std::string> ids,
                                             const QuarantineFilter& filter)
{
    if (!ids.empty()) {
        return world.rerun_quarantine(ids);
    }
    std::uint64_t moved = 0;
    std::string before;
    do {
        TRY(const auto page, list_quarantine(world, filter, before, base::limits::kPageItemsMax));
        ids.clear();
        for (const disk::QuarantineEntry& entry : page.entries) {
            ids.push_back(entry.id);
        }
        if (!ids.empty()) {
            TRY(const std::uint64_t now, world.rerun_quarantine(ids));
            moved += now;
        }
        before = page.next;
    } while (!before.empty());
    return moved;
}

} // namespace tanggap::service
