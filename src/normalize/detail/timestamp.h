// Times as logs write them: formats as data, zones, and the year that is not written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::normalize::detail {

/// What a text says about a time. Absent parts stay unset.
struct WrittenTime {
    base::CivilTime civil;
    bool has_year = false;
    std::optional<int> offset_s;        ///< Units: seconds east of UTC
    std::optional<base::Time> absolute; ///< epoch formats
};

/// One format of a source file.
/// Shape: "iso", "epoch" (seconds, milli-, micro- or nanoseconds by size), "bsd", "clf", or
/// strftime-like: %Y %y %m %d %e %b %a %H %I %M %S (with fraction) %p %z %Z %%; a space matches
/// any run of spaces.
class TimeFormat {
public:
    static base::Result<TimeFormat> compile(std::string_view text);
    /// Reads from the front of `text`; gives the length read, 0 where it does not fit.
    std::size_t read(std::string_view text, WrittenTime& out) const;

private:
    enum class Kind : std::uint8_t { Iso, Epoch, Clf, Pattern };
    Kind kind_ = Kind::Pattern;
    std::string pattern_;
};

/// A zone by IANA name ("Asia/Jakarta") or offset ("+07:00"); empty is UTC.
class Zone {
public:
    static base::Result<Zone> find(std::string_view name);
    /// Of a local time that happens twice the earlier is taken; one that never happens is read
    /// with the offset before the gap.
    base::Time to_utc(base::Time local) const;

private:
    int offset_s_ = 0;
    const void* rules_ = nullptr;             ///< date::time_zone, of the process-wide table
    mutable std::int64_t cached_begin_s_ = 0; ///< local seconds for which offset_s_ holds
    mutable std::int64_t cached_end_s_ = 0;
    mutable int cached_offset_s_ = 0;
};

/// Turns what is written into a point in time (rulings 22). A time without a year gets the year
/// nearest to the reference, but none that lies more than a day behind it: a log written in
/// December and read in May is of last December. Thread: one owner.
class TimeReader {
public:
    TimeReader(Zone zone, base::Time reference) : zone_(zone), reference_(reference) {}

    TimeReader in_utc() const { return {Zone{}, reference_}; }

    /// The first format that reads all of `text`. Nothing where none does or a field is wrong.
    std::optional<base::Time> read(std::string_view text, const std::vector<TimeFormat>& formats);
    /// The first format that reads the front of `text` up to a character that no time has.
    std::optional<base::Time> read_front(std::string_view text,
                                         const std::vector<TimeFormat>& formats);
    std::optional<base::Time> resolve(const WrittenTime& written) const;

private:
    std::optional<base::Time> with_nearest_year(const WrittenTime& written) const;

    Zone zone_;
    base::Time reference_;
    std::string last_text_; ///< the same second comes many times in a row
    std::optional<base::Time> last_time_;
    const void* last_formats_ = nullptr;
};

} // namespace tanggap::normalize::detail
