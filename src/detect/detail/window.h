// What one group of one correlation remembers, and when that is enough.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

/// Events of one group near each other in event time, whatever order they arrive in.
///
/// A window is any stretch of event time no longer than the timespan, both ends included. A late
/// event completes a window just as an early one would, as long as its neighbours are still
/// remembered: the nearest ones are, up to a bound that depends on the condition alone.
/// Determinism: the same events in the same order give the same answers, also across encode()
/// and decode() at any point.
class Window {
public:
    struct Entry {
        std::int64_t ns = 0;
        std::uint16_t member = 0;
        std::uint64_t value = 0; ///< value_count: hash of the counted value
        friend auto operator<=>(const Entry&, const Entry&) = default;
    };
    struct Completed {
        std::uint64_t count = 0;  ///< what the condition looked at
        std::uint64_t events = 0; ///< events in the window
        bool again = false;       ///< a window within one timespan was reported before
    };

    /// Adds `entry`; says whether a window around it meets the condition.
    std::optional<Completed> add(const CorrelationRule& rule, const Entry& entry);

    std::string encode() const;
    static base::Result<Window> decode(std::string_view text);

    std::uint64_t touched = 0; ///< order of last use, for eviction
    std::int64_t received = 0; ///< receipt of the last event, for expiry
    std::size_t size() const { return entries_.size(); }

private:
    std::size_t insert(const CorrelationRule& rule, const Entry& entry);
    void forget_far(const CorrelationRule& rule, const Entry& entry);
    std::optional<Completed> complete_count(const CorrelationRule& rule, std::int64_t at,
                                            std::int64_t& end) const;
    std::optional<Completed> complete_order(const CorrelationRule& rule, std::size_t added,
                                            std::int64_t& end) const;
    std::uint64_t measure(const CorrelationRule& rule, std::size_t first, std::size_t last) const;

    std::vector<Entry> entries_;      ///< by time, then member
    std::vector<std::int64_t> fired_; ///< ends of reported windows, the latest few
};

/// Whether `count` meets every bound; without bounds `otherwise` does.
bool meets(const std::vector<CorrelationBound>& bounds, std::uint64_t count,
           std::uint64_t otherwise);

} // namespace tanggap::detect
