// Counting for a period: what the list of the same query, asked by the same person, has. Alerts
// that nothing but the period narrows are read from counts that are kept with them; everything else
// is one pass over what matches.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "policy/policy.h"
#include "query/query.h"
#include "store/activity.h"
#include "store/cases.h"

namespace tanggap::store {

using Counts = std::unordered_map<std::string, std::uint64_t>;

/// The most frequent values of something: most first, of as many the smaller value.
struct Ranking {
    std::uint64_t values = 0; ///< distinct ones, shown or not
    std::vector<std::pair<std::string, std::uint64_t>> top;

    friend bool operator==(const Ranking&, const Ranking&) = default;
};

struct AlertTally {
    std::uint64_t alerts = 0;
    std::uint64_t detections = 0;
    /// Of attempts: alerts that nobody set aside (kSetAside).
    std::uint64_t attempts = 0;
    std::array<std::uint64_t, 4> outcomes{};   ///< by model::Outcome
    std::array<std::uint64_t, 5> severities{}; ///< by model::Level
    Ranking techniques;
    Ranking sources;
    Ranking countries;
    Ranking targets;
    Ranking organisations;
    std::uint64_t addresses = 0;              ///< distinct sources that are addresses
    std::vector<std::uint64_t> alerts_by_day; ///< by first event, as many as days were asked for
    std::vector<std::uint64_t> attempts_by_day;

    friend bool operator==(const AlertTally&, const AlertTally&) = default;
};

/// The alerts that are no attempts, as the list of alerts is asked for them.
inline constexpr std::string_view kSetAside =
    "(is:merged OR reason:(false_positive OR benign OR out_of_scope))";

/// Alerts whose first event is in [from, to).
struct AlertQuestion {
    base::Time from{};
    base::Time to{};
    const query::Node* filter = nullptr; ///< of query::alert_scope(), narrows it; null: all of them
    base::Time now{};
    policy::Filter visible{};
    std::size_t days = 0; ///< that are counted each, from `from` on
    std::size_t top = 10; ///< values of a ranking
};
base::Result<AlertTally> tally_alerts(Snapshot& snapshot, const AlertQuestion& question);

/// From one milestone of a case to another. `has` is the term by which lists find the cases that
/// have it (has:time_to_contain).
struct CaseInterval {
    std::string_view id;
    std::string_view has;
    std::string_view begin; ///< column of case_times
    std::string_view end;
};
inline constexpr std::array kCaseIntervals{
    CaseInterval{"detect", "time_to_detect", "first_malicious", "detected"},
    CaseInterval{"acknowledge", "time_to_acknowledge", "first_alert", "acknowledged"},
    CaseInterval{"respond", "time_to_respond", "detected", "first_action"},
    CaseInterval{"contain", "time_to_contain", "detected", "contained"},
    CaseInterval{"recover", "time_to_recover", "detected", "service_restored"},
    CaseInterval{"dwell", "dwell_time", "first_malicious", "eradicated"},
    CaseInterval{"close", "time_to_close", "opened", "closed"},
};

struct CaseTally {
    std::uint64_t cases = 0;
    std::uint64_t incidents = 0;
    std::uint64_t open = 0;
    std::map<std::int64_t, std::uint64_t> priorities; ///< casework::Priority; 9: not decided
    std::array<std::uint64_t, 12> stages{};           ///< by casework::Stage
    Counts organisations;
    /// Units: seconds. Of kCaseIntervals, for the cases that have both times in their order.
    std::array<std::vector<std::int64_t>, kCaseIntervals.size()> intervals;
};
/// `filter` of query::case_scope().
base::Result<CaseTally> tally_cases(Snapshot& snapshot, const query::Node* filter, base::Time now,
                                    const CaseViewer& viewer);
base::Result<Counts> tally_classes(Snapshot& snapshot, const query::Node* filter, base::Time now,
                                   const CaseViewer& viewer);

struct ReportTally {
    std::uint64_t reports = 0;
    Counts channels;
    Counts kinds;
    Counts statuses;
    std::vector<std::int64_t> acknowledged; ///< seconds from receipt
};
/// `filter` of query::report_scope().
base::Result<ReportTally> tally_reports(Snapshot& snapshot, const query::Node* filter,
                                        base::Time now, const policy::Filter& visible);

/// Records received in [from, to), by the hours of their receipt. Counted since `since`: those
/// from before are not known by hour.
struct ReceivedRecords {
    std::uint64_t records = 0;
    base::Time since{}; ///< zero: nothing was counted yet
};
base::Result<ReceivedRecords> count_received(Snapshot& snapshot, base::Time from, base::Time to);

/// The kept counts against the alerts themselves.
struct CountsCheck {
    bool kept = false; ///< false: a database from before they were
    std::uint64_t counts = 0;
    std::uint64_t differences = 0;
    std::vector<std::string> examples; ///< the first few differences, for people
};
/// Of a case database, also beside a server: nothing is written.
/// Errors: NotFound; Corrupt where the file cannot be read.
base::Result<CountsCheck> check_counts(const std::string& folder);

} // namespace tanggap::store
