// Messages of many peers to one append per peer and moment.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "connect/detail/appender.h"
#include "connect/inputs/syslog/framing.h"
#include "connect/syslog.h"

namespace tanggap::connect::syslog {

/// A batch leaves when it is full or this old: late enough to share a sync, early enough to be
/// live.
inline constexpr std::chrono::milliseconds kBatchAge{20};

/// Thread: the input's own; counters from any.
class Collector {
public:
    /// `listener` names what was lost before a restart: "syslog-udp 127.0.0.1:514", the port as
    /// configured.
    Collector(const SyslogOptions& options, std::string_view listener, disk::Journal& journal);

    void add(std::string_view peer, Frames frames);
    /// Sends what is due. Gives how long nothing will be due.
    std::chrono::milliseconds flush_due();
    void flush_all();
    /// Keeps the sum of what was lost, with `lost_in_kernel` of this run, at most once in a while.
    void save_lost(std::uint64_t lost_in_kernel);
    void stop(std::uint64_t lost_in_kernel);
    void fill(InputCounters& counters) const;

private:
    struct Pending {
        disk::AppendRequest request;
        std::size_t bytes = 0;
        std::chrono::steady_clock::time_point since;
    };
    Pending& pending_of(std::string_view peer);
    void submit(disk::AppendRequest request);
    void write_lost(std::uint64_t lost);
    void reject(Pending& pending, std::string_view reason, std::uint64_t count);

    const SyslogOptions options_;
    disk::Journal& journal_;
    const std::string lost_key_;
    const std::uint64_t lost_before_; ///< by earlier runs
    std::uint64_t lost_saved_;        ///< the input's thread
    std::chrono::steady_clock::time_point lost_saved_at_;
    detail::Appender appender_;
    std::map<std::string, Pending, std::less<>> pending_;
    std::atomic<std::uint64_t> bad_frame_{0};
    std::atomic<std::uint64_t> too_large_{0};
    std::atomic<std::uint64_t> empty_{0};
};

} // namespace tanggap::connect::syslog
