// A journal in memory for the tests of inputs: keeps every append, can be full for a while.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "disk/journal.h"

namespace tanggap::connect::detail {

class MemoryJournal final : public disk::Journal {
public:
    base::Result<disk::AppendResult> append(disk::AppendRequest request) override
    {
        const std::lock_guard lock(mutex_);
        if (full) {
            ++refused;
            changed_.notify_all();
            return base::exhausted("the journal is full");
        }
        const std::uint64_t records = request.records.size();
        if (!request.state_key.empty()) {
            state[request.state_key] = request.state_value;
        }
        appends.push_back(std::move(request));
        changed_.notify_all();
        return disk::AppendResult{.sequence = appends.size(), .received = records};
    }

    /// Records in the order appended. Waits until there are `count`.
    std::vector<std::string> wait_for(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return records().size() >= count; });
        return records();
    }
    void wait_for_refusals(int count)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return refused >= count; });
    }
    void set_full(bool value)
    {
        const std::lock_guard lock(mutex_);
        full = value;
    }

    std::vector<std::string> records() const
    {
        std::vector<std::string> out;
        for (const auto& append : appends) {
            for (const auto& record : append.records) {
                out.push_back(record.bytes);
            }
        }
        return out;
    }

    base::Result<std::vector<std::shared_ptr<const model::Chunk>>> read(std::uint64_t, std::size_t,
                                                                        int) override
    {
        return base::internal("not used by inputs");
    }
    base::Status retire(std::uint64_t) override { return {}; }
    base::Status put_quarantine(std::span<const disk::QuarantineEntry>) override { return {}; }
    base::Result<std::vector<disk::QuarantineEntry>> list_quarantine(std::string_view,
                                                                     std::size_t) override
    {
        return base::internal("not used by inputs");
    }
    base::Result<disk::QuarantineEntry> find_quarantine(std::string_view) override
    {
        return base::internal("not used by inputs");
    }
    base::Status remove_quarantine(std::span<const std::string>) override { return {}; }
    base::Result<std::uint64_t> requeue(std::span<const std::string>, std::uint64_t) override
    {
        return 0;
    }
    base::Result<std::optional<std::string>> find_state(std::string_view key) override
    {
        const auto found = state.find(std::string(key));
        return found == state.end() ? std::nullopt : std::optional(found->second);
    }
    disk::JournalTotals totals() const override { return {}; }
    disk::JournalBalance balance(std::uint64_t) const override { return {}; }

    std::vector<disk::AppendRequest> appends;
    std::map<std::string, std::string> state;
    bool full = false;
    int refused = 0;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
};

} // namespace tanggap::connect::detail
