// The envelope of a syslog line, in the forms that programs really write.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tanggap::codec {

/// How the time of an envelope is written; the decoder reads it with the stream's zone and year.
enum class SyslogTime : std::uint8_t {
    Bsd,     ///< "Oct  3 07:05:09", also with a year before or behind the clock, or a fraction
    Rfc3339, ///< "2026-10-03T07:05:09.123+07:00"
    Nil,     ///< "-" (RFC 5424)
};

/// Lifetime: views into the line.
struct SyslogEnvelope {
    std::optional<unsigned> priority; ///< 0..191: facility × 8 + severity
    SyslogTime time_style = SyslogTime::Bsd;
    std::string_view time;
    std::string_view host;       ///< empty where the line has none
    std::string_view program;    ///< "sshd"; "su" for "su(pam_unix)"
    std::string_view pid;        ///< digits, or what stands in its place
    std::string_view message_id; ///< RFC 5424 only
    std::string_view structured; ///< RFC 5424 only, "[…][…]"
    std::string_view message;
};

/// Reads RFC 5424, RFC 3164, and RFC 3164 with ISO times; the priority may be absent, the host may
/// be absent, the tag may be in brackets. Nothing where there is no time at the start.
/// Source: RFC 5424 §6, RFC 3164 §4, rsyslog's RSYSLOG_FileFormat and TraditionalFileFormat.
std::optional<SyslogEnvelope> cut_syslog(std::string_view line);

/// Takes the `<PRI>` that opens a syslog line; `line` then starts behind it.
/// Range: 0..191, one to three digits. Nothing, and `line` unchanged, where there is none.
/// Source: RFC 5424 §6.2.1.
std::optional<unsigned> take_priority(std::string_view& line);

/// "message repeated 3 times: [ text]" (rsyslog) gives 3 and leaves `text`; else 0.
std::uint64_t take_repetition(std::string_view& message);

/// One parameter of structured data, found by its name in any element; escapes stay.
std::string_view find_structured(std::string_view structured, std::string_view name);

} // namespace tanggap::codec
