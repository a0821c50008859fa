// A TCP byte stream cut into syslog messages. Pure: bytes in, records out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connect/detail/record_collector.h"
#include "disk/journal.h"

namespace tanggap::connect::syslog {

struct Frames {
    std::vector<disk::NewRecord> records;
    std::uint64_t empty = 0;     ///< messages without a byte
    std::uint64_t bad_frame = 0; ///< a counted message cut by the end of the connection
    std::uint64_t too_large = 0; ///< a count above limits::kSyslogFrameBytesMax
};

/// One connection. Octet counting is `<count> SP <` …; anything else is a line up to LF, also in
/// the midst of counted frames, so that a sender with broken framing loses nothing.
/// Source: RFC 6587 §3.4.1, §3.4.2; RFC 5425 §4.3.
class Framer {
public:
    /// False: the stream cannot be read further (a count beyond all reason); close it.
    bool feed(std::string_view bytes, Frames& out);
    /// The end of the connection. A line without LF is a record; a counted frame cut short is not.
    void finish(Frames& out);
    std::size_t held_bytes() const { return collector_.held_bytes() + count_.size(); }

private:
    enum class State : std::uint8_t { Start, Count, Payload, Line };

    bool step(std::string_view& bytes, Frames& out);
    void take_count(std::string_view& bytes, Frames& out);
    void take_payload(std::string_view& bytes, Frames& out);
    void take_line(std::string_view& bytes, Frames& out);
    void emit(Frames& out);

    State state_ = State::Start;
    std::string count_;           ///< digits, then the blank
    std::uint64_t remaining_ = 0; ///< of a counted payload
    detail::RecordCollector collector_;
};

} // namespace tanggap::connect::syslog
