// The queue: what waits for people, of every kind, in one order. And what was decided before on the
// same thing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/alert.h"
#include "model/alert_state.h"
#include "policy/policy.h"
#include "query/query.h"
#include "store/activity.h"
#include "store/facets.h"
#include "store/reports.h"

namespace tanggap::store {

/// What people decided about a listed alert, with names for ids.
struct AlertStanding {
    model::AlertState state;
    std::string assignee; ///< name of the account; empty: nobody
    std::uint64_t version = 0;
};

/// The kinds of rows, in the order in which equal ones stand, later ones first.
enum class TriageKind : std::uint8_t { Alert, Report };

/// One row by what its kind is numbered by: alerts by number, reports by sequence.
struct TriageKey {
    TriageKind kind = TriageKind::Alert;
    std::uint64_t number = 0;

    friend auto operator<=>(const TriageKey&, const TriageKey&) = default;
};

enum class TriageSort { PriorityDesc, LastSeenDesc, FirstSeenDesc, EventsDesc };

struct TriagePageRequest {
    const query::Node* filter = nullptr; ///< of query::triage_scope(); null: all
    TriageSort sort = TriageSort::PriorityDesc;
    std::size_t limit = 50;
    std::string after{}; ///< `next` of the page before; empty: first page
    base::Time now;
    policy::Filter visible;           ///< alerts that the asker sees; by default none
    policy::Filter visible_reports{}; ///< reports, likewise
    bool exact_total = false;         ///< also above limits::kListTotalMax
};

/// A question to the queue beside its list.
struct TriageQuestion {
    const query::Node* filter = nullptr; ///< of query::triage_scope(); null: all
    base::Time now;
    policy::Filter visible;           ///< alerts that the asker sees; by default none
    policy::Filter visible_reports{}; ///< reports, likewise
};

/// A report as the queue shows it.
struct QueuedReport {
    ReportHead head;
    std::string place;    ///< where it stands, in the words of alerts: new, accepted, in_case, …
    std::string assignee; ///< name of the account; empty: nobody
    std::uint64_t version = 0;
};

/// One row: a report, or else an alert. A further kind is a member here and an arm in the SQL.
struct TriageRow {
    model::Alert alert; ///< as AlertPage::alerts
    AlertStanding standing;
    std::optional<QueuedReport> report{};
};

struct TriagePage {
    std::vector<TriageRow> rows;
    std::string next; ///< empty: no more
    std::uint64_t total = 0;
    bool total_is_lower_bound = false; ///< counting stops at limits::kListTotalMax
};

base::Result<TriagePage> list_triage(Snapshot& snapshot, const TriagePageRequest& request);

/// What rows are put together by. A row without such a value, as a report without a rule, is in the
/// group "". Where a row has several rules it is in the group of each.
enum class TriageGrouping : std::uint8_t { Rule, Source, Organisation };

/// All rows of a query that share a value.
struct TriageGroup {
    std::string value;
    std::string title; ///< of a rule; empty: it has none
    std::string title_id;
    std::uint64_t rows = 0;
    std::uint64_t events = 0; ///< of all its rows; a report counts as one
    int priority = 0;         ///< the highest
    model::Level severity = model::Level::Informational; ///< the highest
    base::Time last_seen;                                ///< the latest
};

struct TriageGroupPage {
    std::vector<TriageGroup> groups;
    std::string next;        ///< empty: no more
    std::uint64_t total = 0; ///< exact
};

/// The groups of what matches. Order: most urgent, latest, latest begun or most events first, then
/// by value. Every page counts anew; each count is exact and that of the list with the value added
/// to its query.
base::Result<TriageGroupPage>
list_triage_groups(Snapshot& snapshot, const TriagePageRequest& request, TriageGrouping grouping);

/// A `count_max` that nothing reaches.
inline constexpr std::size_t kCountAll = INT64_MAX;
/// How many match, at most `count_max`.
base::Result<std::uint64_t> count_triage(Snapshot& snapshot, const TriageQuestion& question,
                                         std::size_t count_max);
/// How many that match came into the queue after `since`: made, or back by themselves.
base::Result<std::uint64_t> count_triage_news(Snapshot& snapshot, const TriageQuestion& question,
                                              base::Time since, std::size_t count_max);
/// As CaseStore::alert_facets, over every kind: fields that reports have count them too.
base::Result<std::vector<FacetValues>> triage_facets(Snapshot& snapshot,
                                                     std::span<const std::string> fields,
                                                     const TriageQuestion& question,
                                                     std::size_t top);

/// What matches and was there at `as_of`: alerts, then reports, newest first.
/// Errors: Exhausted above `count_max`.
base::Result<std::vector<TriageKey>> find_matching(Snapshot& snapshot,
                                                   const TriageQuestion& question, base::Time as_of,
                                                   std::size_t count_max);

base::Result<AlertStanding> find_standing(Snapshot& snapshot, std::uint64_t number);

/// Settled alerts of one target that share a rule with `alert`, newest first, and how many there
/// are among the target's newest limits::kPrecedentsSearched.
struct Precedents {
    std::vector<TriageRow> rows;
    std::uint64_t total = 0;
};
base::Result<Precedents> find_precedents(Snapshot& snapshot, const model::Alert& alert,
                                         std::size_t limit, const policy::Filter& visible);

} // namespace tanggap::store
