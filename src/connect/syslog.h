// Syslog over UDP (RFC 5426) and TCP (RFC 6587). Records are kept whole; reading them is
// normalize's work. Every datagram or frame is a record of its own: nothing is deduplicated.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "connect/input.h"
#include "disk/journal.h"

namespace tanggap::connect {

struct SyslogOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0; ///< 0: any free one
    /// All senders of one listener are one sensor; who sent stands in the record's origin.
    std::string sensor = "syslog";
    std::string source = {};   ///< empty: chosen from each batch's records
    std::string timezone = {}; ///< of RFC 3164 times; empty: UTC
};

class SyslogInput : public Input {
public:
    virtual std::uint16_t port() const = 0;
};

/// Lifetime: `journal` outlives the input.
base::Result<std::unique_ptr<SyslogInput>> open_syslog_udp(const SyslogOptions& options,
                                                           disk::Journal& journal);
/// Framing is found per connection: octet counting, or one message a line.
base::Result<std::unique_ptr<SyslogInput>> open_syslog_tcp(const SyslogOptions& options,
                                                           disk::Journal& journal);

} // namespace tanggap::connect
