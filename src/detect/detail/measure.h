// What the condition of a correlation looks at in a window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "detect/detail/packed_entries.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

/// The number that sums, averages and percentiles have for a value.
double number_in(const WindowEntry& entry);

/// Numbers of entries that come and go, and the n-th smallest of those there are.
/// Cost: as the logarithm of the entries, for each call.
class Ranks {
public:
    explicit Ranks(std::span<const WindowEntry> entries);
    /// Of the entry with this index, `by` more are there.
    void change(std::size_t entry, int by);
    /// Index of the entry. Range: from 1 to as many as there are.
    std::size_t find(int nth) const;

private:
    std::vector<std::uint32_t> by_number_; ///< indices of entries
    std::vector<std::uint32_t> places_;    ///< of entries, in by_number_
    /// counts_[i]: those among the last (lowest bit of i) of the first i.
    std::vector<int> counts_;
};

/// Measures windows of one group that all hold the same event and only move to the right, so that
/// each entry comes in and goes out once: all of them cost little more than one.
/// Lifetime: rule and entries are others'.
class WindowMeasure {
public:
    /// `entries` by time; `added`: the event around which the windows are.
    WindowMeasure(const CorrelationRule& rule, std::span<const WindowEntry> entries,
                  const WindowEntry& added);

    /// Of the entries from `first` on that stand before `behind`; neither is less than it was.
    double of(std::size_t first, std::size_t behind);
    /// Of the window measured last.
    std::uint64_t events() const { return events_; }

private:
    enum class Step : std::uint8_t { In, Out };
    void start(std::size_t first, std::size_t behind);
    void take(std::size_t index, Step step);
    double percentile() const;

    const CorrelationRule& rule_;
    const std::span<const WindowEntry> entries_;
    const WindowEntry& added_;
    std::size_t start_ = 0; ///< of the first window
    std::size_t first_ = 0;
    std::size_t behind_ = 0; ///< 0: no window yet
    std::uint64_t events_ = 0;

    std::unordered_map<std::uint64_t, std::size_t> held_; ///< how many of each value or member
    std::size_t alike_ = 0;                               ///< with the value of the event
    /// Sums of the first window from each of its entries on, and of what came behind it. Nothing is
    /// taken off a sum: that would leave the error of a large number that went.
    std::vector<double> sums_;
    double sum_behind_ = 0;
    std::optional<Ranks> ranks_; ///< of the entries from start_ on
};

} // namespace tanggap::detect
