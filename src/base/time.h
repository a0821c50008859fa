// Points in time (UTC, nanoseconds) and their RFC 3339 text.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tanggap::base {

using Duration = std::chrono::nanoseconds;

/// A point in time. Units: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
/// Range: years 1678 to 2262.
struct Time {
    std::int64_t ns = 0;

    static constexpr Time from_seconds(std::int64_t seconds) { return {seconds * 1'000'000'000}; }
    constexpr std::int64_t seconds() const
    {
        return ns >= 0 ? ns / 1'000'000'000 : -((-ns + 999'999'999) / 1'000'000'000);
    }
    constexpr std::int64_t micros() const { return ns >= 0 ? ns / 1000 : -((-ns + 999) / 1000); }
    /// Days since 1970-01-01, the archive's partition.
    constexpr std::int64_t day() const
    {
        return seconds() >= 0 ? seconds() / 86400 : -((-seconds() + 86399) / 86400);
    }
    friend constexpr auto operator<=>(Time, Time) = default;
    friend constexpr Time operator+(Time t, Duration d) { return {t.ns + d.count()}; }
    friend constexpr Time operator-(Time t, Duration d) { return {t.ns - d.count()}; }
    friend constexpr Duration operator-(Time a, Time b) { return Duration{a.ns - b.ns}; }
};

struct CivilTime {
    int year = 1970;
    int month = 1; ///< 1..12
    int day = 1;   ///< 1..31
    int hour = 0;
    int minute = 0;
    int second = 0; ///< 0..60; 60 is taken as the following second.
    int nanosecond = 0;
};

/// Reads civil UTC fields. Errors: Invalid where a field is outside its range (30 February, hour
/// 24).
Result<Time> time_from_civil(const CivilTime& civil);
CivilTime civil_from_time(Time time);

/// "2026-10-03T07:05:09.123Z": as many fraction digits (0, 3, 6, 9) as the value needs.
std::string format_rfc3339(Time time);
/// Appends the same text without an allocation of its own.
void append_rfc3339(std::string& out, Time time);

/// Reads RFC 3339, and the looser forms logs use: a space for T, an offset without colon (+0700),
/// no offset (taken as UTC), 1 to 9 fraction digits after '.' or ','.
Result<Time> parse_rfc3339(std::string_view text);

/// The seam for the clock: brains take times as arguments, edges ask this.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

/// The machine's clock (CLOCK_REALTIME).
const Clock& system_clock();

} // namespace tanggap::base
