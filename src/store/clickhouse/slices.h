// Cuts the time that a search covers into slices, newest first: it can stop when a page is full.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace tanggap::store::clickhouse {

/// A partition of the table and how many events it holds.
struct Day {
    std::int64_t day = 0; ///< days since 1970-01-01 UTC
    std::uint64_t rows = 0;
};

struct Slice {
    base::Time from;        ///< inclusive
    base::Time to;          ///< exclusive
    std::uint64_t rows = 0; ///< about how many events it holds
};

/// Slices of [from, to): each begins where the one before ended, none is left out, and together
/// they cover everything. Days without events cost nothing. Row counts are estimates: inside a day
/// events are taken as spread evenly. Boundaries are whole microseconds, as the table's times.
class Slices {
public:
    Slices(const std::vector<Day>& days, base::Time from, base::Time to);

    /// The newest slice not yet taken, of about `rows_wanted` events; nothing when all are taken.
    std::optional<Slice> take(std::uint64_t rows_wanted);
    std::uint64_t rows_left() const { return rows_left_; }
    bool done() const { return parts_.empty(); }

private:
    std::vector<Slice> parts_; ///< oldest first, one a day, cut to [from, to)
    base::Time from_;
    base::Time next_to_;
    std::uint64_t rows_left_ = 0;
};

/// How large the next slice shall be: small first, for pages that fill at once; then as many events
/// as the last ones let hope for in one kSliceTime, so that a search can report, stop and be
/// cancelled that often.
class Pace {
public:
    static constexpr std::uint64_t kRowsFirst = 500'000;
    static constexpr std::uint64_t kRowsMin = 100'000;
    static constexpr std::uint64_t kGrowthMax = 16; ///< of one slice over the one before
    static constexpr std::chrono::milliseconds kSliceTime{250};

    explicit Pace(std::uint64_t rows_first = kRowsFirst) : rows_(rows_first) {}
    std::uint64_t rows() const { return rows_; }
    void took(std::uint64_t rows, std::chrono::milliseconds time);

private:
    std::uint64_t rows_;
};

} // namespace tanggap::store::clickhouse
