// An input takes records from outside and puts them into the journal. The face that all share.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tanggap::connect {

/// Units: records unless said otherwise, since the input was opened.
struct InputCounters {
    std::uint64_t bytes = 0;                       ///< received
    std::uint64_t appended = 0;                    ///< acknowledged by the journal
    std::map<std::string, std::uint64_t> rejected; ///< by model::RejectReason name
    /// Ends that could not be read: last frames cut by the end of their connection, files removed
    /// or truncated before they were read.
    std::uint64_t truncated = 0;
    /// Never reached the journal and cannot be read again: kernel drops, and what a full journal
    /// left in memory when the program ended.
    std::uint64_t lost_before_receipt = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t lag_bytes = 0; ///< written to tailed files, not yet read
    std::string problem;         ///< why it cannot take what it should; empty: all is well
};

/// Thread: any. Work runs on threads of its own.
class Input {
public:
    virtual ~Input() = default;
    /// Takes no more, hands over what was received, ends. Twice is fine.
    virtual void stop() = 0;
    virtual InputCounters counters() const = 0;
    /// "syslog-udp 127.0.0.1:5514", "tail /var/log/*.log": for people.
    virtual std::string name() const = 0;
};

} // namespace tanggap::connect
