// What one group of one correlation remembers, and when that is enough.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "detect/detail/packed_entries.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

/// Events of one group near each other in event time, whatever order they arrive in.
///
/// A window is any stretch of event time no longer than the timespan, both ends included, that ends
/// at an event. A late event completes a window just as an early one would, as long as its
/// neighbours are still remembered: all of a small group are, of a large one the nearest, up to a
/// bound that depends on the condition alone.
/// Determinism: the same events in the same order give the same answers, also across encode()
/// and decode() at any point.
class Window {
public:
    using Entry = WindowEntry;
    /// Memory that groups share while one of them is looked at.
    using Scratch = std::vector<Entry>;
    struct Completed {
        double measure = 0;       ///< what the condition looked at
        std::uint64_t events = 0; ///< events in the window
        bool again = false;       ///< a window within one timespan was reported before
    };

    /// Adds `entry`; says whether a window around it meets the condition. `rule` is the same for
    /// every call.
    std::optional<Completed> add(const CorrelationRule& rule, Entry entry, Scratch& scratch);

    /// `meaning`: CompiledCorrelation::meaning.
    std::string encode(const CorrelationRule& rule, std::uint64_t meaning) const;
    /// Errors: Corrupt, also where it was written with another meaning.
    static base::Result<Window> decode(const CorrelationRule& rule, std::uint64_t meaning,
                                       std::string_view text);

    std::uint64_t touched = 0; ///< order of last use, for eviction
    std::int64_t received = 0; ///< receipt of the last event, for expiry

private:
    std::optional<Completed> add_time(const CorrelationRule& rule, const Entry& entry,
                                      Scratch& scratch, std::int64_t& end);

    PackedEntries entries_;                            ///< by time, then value, weight and member
    std::unique_ptr<std::vector<std::int64_t>> fired_; ///< ends of reported windows, the latest few
};

} // namespace tanggap::detect
