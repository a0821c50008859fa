// The queue in groups: one pass over what matches, whatever the number of groups, for the page and
// for its total.
#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>

#include "base/text.h"
#include "store/sqlite/change.h"
#include "store/sqlite/triage_filter.h"

namespace tanggap::store {
namespace {

using sqlite::AlertFilter;
using sqlite::Database;
using sqlite::Row;
using sqlite::Statement;

/// What rows of one value add up to.
struct Sums {
    std::uint64_t rows = 0;
    std::uint64_t events = 0;
    std::int64_t priority = 0;
    std::int64_t severity = 0;
    std::int64_t last_seen = 0;
    std::int64_t first_seen = 0; ///< the latest

    void add(const Sums& more)
    {
        events += more.events;
        priority = std::max(priority, more.priority);
        severity = std::max(severity, more.severity);
        last_seen = rows == 0 ? more.last_seen : std::max(last_seen, more.last_seen);
        first_seen = rows == 0 ? more.first_seen : std::max(first_seen, more.first_seen);
        rows += more.rows;
    }
};

/// Of the columns from `first` on, in the order of Sums.
Sums sums_of(const Row& row, std::size_t first)
{
    return {.rows = static_cast<std::uint64_t>(row.integer(first)),
            .events = static_cast<std::uint64_t>(row.integer(first + 1)),
            .priority = row.integer(first + 2),
            .severity = row.integer(first + 3),
            .last_seen = row.integer(first + 4),
            .first_seen = row.integer(first + 5)};
}

constexpr std::string_view kAlertSums =
    " AS v, count(*) AS c, sum(a.events) AS e, max(a.priority) AS p, max(a.severity) AS s,"
    " max(a.last_seen) AS l, max(a.first_seen) AS f FROM alerts a WHERE ";
constexpr std::string_view kReportSums =
    " AS v, count(*) AS c, count(*) AS e, max(r.priority) AS p, max(r.severity) AS s,"
    " max(r.updated_at) AS l, max(r.received_at) AS f FROM reports r WHERE ";

/// Where a group stands: keys descending, then value ascending.
struct Place {
    std::int64_t first = 0;
    std::int64_t second = 0;
    std::string value;
};

std::string text_of(const Place& place)
{
    return std::to_string(place.first) + "." + std::to_string(place.second) + "." + place.value;
}

base::Result<Place> parse_place(std::string_view text)
{
    std::array<std::int64_t, 2> keys{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::int64_t& key : keys) {
        const auto [next, error] = std::from_chars(at, end, key);
        if (error != std::errc{} || next == end || *next != '.') {
            return base::invalid("cursor position " + base::quoted(text) +
                                 " is damaged; ask for the list again from its start");
        }
        at = next + 1;
    }
    return Place{.first = keys[0], .second = keys[1], .value = std::string(at, end)};
}

/// The groups that come first behind a place, however many there are.
class FirstGroups {
public:
    FirstGroups(TriageSort sort, std::optional<Place> after, std::size_t count)
        : sort_(sort), after_(std::move(after)), count_(count)
    {
    }

    void add(std::string_view value, const Sums& sums)
    {
        total_ += 1;
        Found found{.place = place_of(value, sums), .sums = sums};
        if (after_ && !comes_before(*after_, found.place)) {
            return;
        }
        found_.push_back(std::move(found));
        std::ranges::push_heap(found_, comes_before, &Found::place);
        if (found_.size() > count_) { // The last of them leads the heap.
            std::ranges::pop_heap(found_, comes_before, &Found::place);
            found_.pop_back();
        }
    }

    struct Found {
        Place place;
        Sums sums;
    };
    /// In order.
    std::vector<Found> take()
    {
        std::ranges::sort_heap(found_, comes_before, &Found::place);
        return std::move(found_);
    }
    std::uint64_t total() const { return total_; } ///< of all groups

private:
    Place place_of(std::string_view value, const Sums& sums) const
    {
        Place place{.first = 0, .second = 0, .value = std::string(value)};
        switch (sort_) {
        case TriageSort::PriorityDesc:
            place.first = sums.priority;
            place.second = sums.last_seen;
            break;
        case TriageSort::LastSeenDesc:
            place.first = sums.last_seen;
            break;
        case TriageSort::FirstSeenDesc:
            place.first = sums.first_seen;
            break;
        case TriageSort::EventsDesc:
            place.first = static_cast<std::int64_t>(sums.events);
            break;
        }
        return place;
    }

    static bool comes_before(const Place& a, const Place& b)
    {
        return std::tie(b.first, b.second, a.value) < std::tie(a.first, a.second, b.value);
    }

    TriageSort sort_;
    std::optional<Place> after_;
    std::size_t count_;
    std::uint64_t total_ = 0;
    std::vector<Found> found_; ///< a heap
};

/// What the groups are made of.
struct Filters {
    AlertFilter alerts;
    AlertFilter reports;
};

using SumsByValue = std::map<std::string, Sums, std::less<>>;

/// One row's, as Sums; the value before them.
constexpr std::string_view kAlertOnce =
    ", 1, a.events, a.priority, a.severity, a.last_seen, a.first_seen";

/// A table beside, in the order of rules. Reading the alerts in theirs first takes a third of the
/// time of a look at the alert of each of its rows.
base::Status add_rules(Database& database, const AlertFilter& filter, SumsByValue& rules)
{
    std::vector<Sums> matching; // by number
    TRY_STATUS(database.walk("a.number" + std::string(kAlertOnce),
                             "FROM alerts a WHERE " + filter.sql, filter.values,
                             [&](const Row& row) {
                                 const auto at = static_cast<std::size_t>(row.integer(0));
                                 if (at >= matching.size()) {
                                     matching.resize(std::max(at + 1, matching.size() * 2));
                                 }
                                 matching[at] = sums_of(row, 1);
                             }));
    auto rule = rules.end();
    return database.walk("rule_id, number", "FROM alert_rules", {}, [&](const Row& row) {
        const auto at = static_cast<std::size_t>(row.integer(1));
        if (at >= matching.size() || matching[at].rows == 0) {
            return;
        }
        const std::string_view id = row.text(0);
        if (rule == rules.end() || rule->first != id) {
            rule = rules.try_emplace(std::string(id)).first;
        }
        rule->second.add(matching[at]);
    });
}

base::Status add_organisations(Database& database, const AlertFilter& filter,
                               SumsByValue& organisations)
{
    return database.walk("a.organisation" + std::string(kAlertOnce),
                         "FROM alerts a WHERE " + filter.sql, filter.values, [&](const Row& row) {
                             auto known = organisations.find(row.text(0));
                             if (known == organisations.end()) {
                                 known = organisations.try_emplace(std::string(row.text(0))).first;
                             }
                             known->second.add(sums_of(row, 1));
                         });
}

/// Rules and organisations are few. A report has no rule: it is in the group without a value.
base::Status group_by_few(Database& database, const Filters& filters, TriageGrouping grouping,
                          FirstGroups& groups)
{
    SumsByValue values;
    const bool rules = grouping == TriageGrouping::Rule;
    TRY_STATUS(rules ? add_rules(database, filters.alerts, values)
                     : add_organisations(database, filters.alerts, values));
    std::string reports("FROM (SELECT ");
    reports.append(rules ? "''" : "r.organisation").append(kReportSums);
    reports.append(filters.reports.sql).append(" GROUP BY 1)");
    TRY_STATUS(
        database.walk("v, c, e, p, s, l, f", reports, filters.reports.values, [&](const Row& row) {
            values.try_emplace(std::string(row.text(0))).first->second.add(sums_of(row, 1));
        }));
    for (const auto& [value, sums] : values) {
        groups.add(value, sums);
    }
    return {};
}

/// There may be as many sources as alerts: SQLite sorts them, on the disk where need be. A report
/// has none. The `+` keeps SQLite from an index of the column: a look at each row from there took
/// twice the time.
base::Status group_by_source(Database& database, Filters filters, FirstGroups& groups)
{
    std::string sums("FROM (SELECT v, sum(c) AS c, sum(e) AS e, max(p) AS p, max(s) AS s,"
                     " max(l) AS l, max(f) AS f FROM (SELECT +a.source");
    sums.append(kAlertSums).append(filters.alerts.sql);
    sums.append(" GROUP BY 1 UNION ALL SELECT ''").append(kReportSums);
    sums.append(filters.reports.sql).append(" GROUP BY 1) GROUP BY v)");
    std::ranges::move(filters.reports.values, std::back_inserter(filters.alerts.values));
    return database.walk("v, c, e, p, s, l, f", sums, filters.alerts.values,
                         [&](const Row& row) { groups.add(row.text(0), sums_of(row, 1)); });
}

TriageGroup group_of(const FirstGroups::Found& found)
{
    TriageGroup group;
    group.value = found.place.value;
    group.rows = found.sums.rows;
    group.events = found.sums.events;
    group.priority = static_cast<int>(found.sums.priority);
    group.severity = static_cast<model::Level>(found.sums.severity);
    group.last_seen = {found.sums.last_seen};
    return group;
}

/// The titles as alerts brought them: also of a rule that is gone.
base::Status name_rules(Database& database, std::vector<TriageGroup>& groups)
{
    TRY(Statement * titles,
        database.prepared("SELECT title, title_id FROM rule_titles WHERE rule_id = ?", "t", "tt"));
    for (TriageGroup& group : groups) {
        TRY([[maybe_unused]] const bool known, one_row(titles->bind(group.value), [&] {
                group.title = titles->text(0);
                group.title_id = titles->text(1);
            }));
    }
    return {};
}

} // namespace

base::Result<TriageGroupPage>
list_triage_groups(Snapshot& snapshot, const TriagePageRequest& request, TriageGrouping grouping)
{
    Database& database = database_of(snapshot);
    std::optional<Place> after;
    if (!request.after.empty()) {
        TRY(after, parse_place(request.after));
    }
    const TriageQuestion question{.filter = request.filter,
                                  .now = request.now,
                                  .visible = request.visible,
                                  .visible_reports = request.visible_reports};
    Filters filters;
    TRY(filters.alerts, sqlite::queue_filter(database, TriageKind::Alert, question));
    TRY(filters.reports, sqlite::queue_filter(database, TriageKind::Report, question));
    FirstGroups groups(request.sort, std::move(after), request.limit + 1);
    TRY_STATUS(grouping == TriageGrouping::Source
                   ? group_by_source(database, std::move(filters), groups)
                   : group_by_few(database, filters, grouping, groups));

    TriageGroupPage page{.groups = {}, .next = {}, .total = groups.total()};
    std::vector<FirstGroups::Found> found = groups.take();
    if (found.size() > request.limit && request.limit > 0) {
        found.resize(request.limit);
        page.next = text_of(found.back().place);
    }
    for (const FirstGroups::Found& each : found) {
        page.groups.push_back(group_of(each));
    }
    if (grouping == TriageGrouping::Rule) {
        TRY_STATUS(name_rules(database, page.groups));
    }
    return page;
}

} // namespace tanggap::store
