// The journal as inputs see it: records come with what their sensor is configured to, at its rate.
#pragma once

#include <condition_variable>
#include <mutex>

#include "disk/journal.h"
#include "service/sensors.h"

namespace tanggap::service {

/// An append waits for its sensor's turn: who appends holds its senders back, or lets the kernel
/// drop and count what it cannot hold. Thread: any. Lifetime: journal and catalog outlive it.
class SensorGate final : public disk::Journal {
public:
    SensorGate(disk::Journal& journal, SensorCatalog& catalog, const base::Clock& clock)
        : journal_(journal), catalog_(catalog), clock_(clock)
    {
    }

    base::Result<disk::AppendResult> append(disk::AppendRequest request) override;
    /// Nobody waits any more: what was received goes on at once.
    void open_wide();

    base::Result<std::vector<std::shared_ptr<const model::Chunk>>>
    read(std::uint64_t after, std::size_t bytes_max, int wait_ms) override
    {
        return journal_.read(after, bytes_max, wait_ms);
    }
    base::Status retire(std::uint64_t sequence) override { return journal_.retire(sequence); }
    base::Status put_quarantine(std::span<const disk::QuarantineEntry> entries) override
    {
        return journal_.put_quarantine(entries);
    }
    base::Result<std::vector<disk::QuarantineEntry>> list_quarantine(std::string_view before,
                                                                     std::size_t limit) override
    {
        return journal_.list_quarantine(before, limit);
    }
    base::Result<disk::QuarantineEntry> find_quarantine(std::string_view id) override
    {
        return journal_.find_quarantine(id);
    }
    base::Status remove_quarantine(std::span<const std::string> ids) override
    {
        return journal_.remove_quarantine(ids);
    }
    base::Result<std::uint64_t> requeue(std::span<const std::string> ids,
                                        std::uint64_t committed) override
    {
        return journal_.requeue(ids, committed);
    }
    base::Result<std::optional<std::string>> find_state(std::string_view key) override
    {
        return journal_.find_state(key);
    }
    disk::JournalTotals totals() const override { return journal_.totals(); }
    disk::JournalBalance balance(std::uint64_t cursor) const override
    {
        return journal_.balance(cursor);
    }

private:
    disk::Journal& journal_;
    SensorCatalog& catalog_;
    const base::Clock& clock_;
    std::mutex mutex_;
    std::condition_variable opened_;
    bool open_ = false; ///< under mutex_
};

} // namespace tanggap::service
