// The figures of a period as values. What is frozen as a publication is their JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "count/period.h"
#include "count/spread.h"
#include "model/words.h"

namespace tanggap::count {

/// Of the definitions in words.cpp. Raised where a figure comes to mean something else.
inline constexpr int kDefinitions = 1;

/// `list` and `q`: alerts, cases, reports or events, and the query that gives the same count.
/// Empty list: no list has it.
struct Figure {
    std::string id{};
    std::string rung{}; ///< "L3"; empty: no rung of the ladder
    std::optional<std::uint64_t> value{};
    std::string list{};
    std::string q{};
    std::string problem{}; ///< why there is no value

    friend bool operator==(const Figure&, const Figure&) = default;
};

struct Row {
    std::string value{}; ///< empty: unknown
    model::Words label{};
    std::uint64_t count = 0;
    std::string q{};

    friend bool operator==(const Row&, const Row&) = default;
};

struct Breakdown {
    std::string id{};
    std::string list{};
    std::uint64_t values = 0; ///< distinct ones, shown or not
    std::vector<Row> rows{};  ///< most first; closed sets in their own order

    friend bool operator==(const Breakdown&, const Breakdown&) = default;
};

/// How long something took, over the n things of the list.
struct Interval {
    std::string id{};
    std::string list{};
    std::string q{};
    Spread spread{};

    friend bool operator==(const Interval&, const Interval&) = default;
};

struct Day {
    std::string date{};
    std::uint64_t attempts = 0;
    std::uint64_t alerts = 0;
    std::uint64_t events = 0;
    int hours = 0;   ///< of the day that have passed
    int covered = 0; ///< of those, hours with an event of any sensor; fewer: a gap, not a zero

    friend bool operator==(const Day&, const Day&) = default;
};

struct SensorCoverage {
    std::string name{};
    std::uint64_t events = 0;
    std::uint64_t hours_up = 0;      ///< hours with at least one event
    std::vector<int> hours_by_day{}; ///< as many as days

    friend bool operator==(const SensorCoverage&, const SensorCoverage&) = default;
};

struct Coverage {
    bool known = false;
    std::string problem{};   ///< why it is not known
    std::uint64_t hours = 0; ///< of the period that have passed
    std::vector<SensorCoverage> sensors{};

    friend bool operator==(const Coverage&, const Coverage&) = default;
};

struct Statistics {
    std::string period{}; ///< Period::name
    std::string zone{};
    base::Time from{};
    base::Time to{};
    base::Time as_of{}; ///< when they were counted
    int definitions = kDefinitions;
    bool demo = false;
    std::vector<Figure> ladder{};
    std::vector<Figure> figures{};
    std::vector<Breakdown> breakdowns{};
    std::vector<Interval> intervals{};
    std::vector<Day> days{};
    Coverage coverage{};

    const Figure* find(std::string_view id) const; ///< of ladder or figures
    const Breakdown* find_breakdown(std::string_view id) const;
    friend bool operator==(const Statistics&, const Statistics&) = default;
};

/// The period it is about.
Period period_of(const Statistics& statistics);

/// One JSON object, members in a fixed order: the same figures are the same bytes.
std::string write_json(const Statistics& statistics);
/// Errors: Corrupt, where it is not what write_json wrote.
base::Result<Statistics> read_statistics(std::string_view json);

/// The figures as a table: section, id, name, value, n, mean, median, p90, list, query.
std::string write_csv(const Statistics& statistics, model::Language language);
/// One field, in quotes; what a spreadsheet would take for a formula gets a ' before it.
void append_csv_field(std::string& out, std::string_view text);

/// "X percobaan serangan (kelompok aktivitas) dari Y alamat, Z insiden terkonfirmasi."
std::string press_sentence(const Statistics& statistics, std::string_view team,
                           model::Language language);

/// "74.000" or "74,000".
std::string format_count(std::uint64_t count, model::Language language);
/// "3 jam 12 menit", "2 days 4 hours", "45 detik": the two largest units.
std::string format_seconds(std::int64_t seconds, model::Language language);

} // namespace tanggap::count
