// What one group of one correlation remembers, and when that is enough.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
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
    struct Entry {
        std::int64_t ns = 0;
        std::uint64_t value = 0;  ///< hash of the counted value, or the bits of a number
        std::uint32_t weight = 1; ///< events in one: sums and averages of large groups
        std::uint16_t member = 0;
        friend auto operator<=>(const Entry&, const Entry&) = default;
    };
    struct Completed {
        double measure = 0;       ///< what the condition looked at
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
    void forget_alike(const CorrelationRule& rule, const Entry& entry);
    void forget_far(const CorrelationRule& rule, const Entry& entry);
    void join_nearest(const Entry& kept);
    std::optional<Completed> complete_measure(const CorrelationRule& rule, const Entry& added,
                                              std::int64_t& end) const;
    std::optional<Completed> complete_order(const CorrelationRule& rule, std::size_t added,
                                            std::int64_t& end) const;

    std::vector<Entry> entries_;      ///< by time, then member
    std::vector<std::int64_t> fired_; ///< ends of reported windows, the latest few
};

/// What the condition of `rule` looks at among `entries`, for a window around `added`.
double measure_of(const CorrelationRule& rule, std::span<const Window::Entry> entries,
                  const Window::Entry& added);

/// Whether `measure` meets every bound of `rule`; without bounds all its members are needed.
bool meets(const CorrelationRule& rule, double measure);

} // namespace tanggap::detect
