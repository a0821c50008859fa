#include "service/figures.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "count/words.h"
#include "model/detection.h"
#include "model/report.h"
#include "query/report_scope.h"
#include "service/cases.h"
#include "service/report_form.h"
#include "store/figures.h"

namespace tanggap::service {
namespace {

using count::Breakdown;
using count::Figure;
using count::Row;
using count::Statistics;

/// Rows shown of what has no fixed values.
constexpr std::size_t kTopRows = 10;
constexpr std::int64_t kHourSeconds = 3600;
/// Exercises are no incidents (domain.md §1.10).
constexpr std::string_view kNoExercises = "-class:\"test/test\"";

std::string join(std::string_view a, std::string_view b)
{
    return b.empty() ? std::string(a) : std::string(a) + " " + std::string(b);
}

/// `field:value` as the query language writes it; for an empty value that the field has none.
std::string term(std::string_view field, std::string_view value)
{
    if (value.empty()) {
        return "-" + std::string(field) + ":*";
    }
    query::Node node;
    node.op = query::Operator::Equals;
    node.field = field;
    node.value = value;
    return query::format(node);
}

/// "opened>=… opened<…" and what else narrows the list.
std::string period_query(std::string_view field, const count::Period& period,
                         std::string_view narrower)
{
    std::string q = fmt::format("{}>={} {}<{}", field, base::format_rfc3339(period.from), field,
                                base::format_rfc3339(period.to));
    return narrower.empty() ? q : q + " (" + std::string(narrower) + ")";
}

Figure figure(std::string_view id, std::optional<std::uint64_t> value, std::string_view list,
              std::string q, std::string_view rung = {})
{
    return {.id = std::string(id),
            .rung = std::string(rung),
            .value = value,
            .list = std::string(list),
            .q = std::move(q),
            .problem = {}};
}

Figure unknown(std::string_view id, std::string problem, std::string_view rung = {})
{
    Figure none = figure(id, std::nullopt, {}, {}, rung);
    none.problem = std::move(problem);
    return none;
}

/// What a breakdown's rows link to: the list, the query that all of them have, the field.
struct Source {
    std::string_view id;
    std::string_view list;
    const std::string& q;
    std::string_view field;
};

Row row_of(const Source& source, std::string_view value, std::uint64_t count)
{
    return {.value = std::string(value),
            .label = count::label_of(source.id, value),
            .count = count,
            .q = join(source.q, term(source.field, value))};
}

Breakdown breakdown_of(const Source& source, const store::Ranking& ranking)
{
    Breakdown breakdown{.id = std::string(source.id),
                        .list = std::string(source.list),
                        .values = ranking.values,
                        .rows = {}};
    for (const auto& [value, n] : ranking.top) {
        breakdown.rows.push_back(row_of(source, value, n));
    }
    return breakdown;
}

Breakdown top_of(const Source& source, const store::Counts& counts)
{
    Breakdown breakdown{.id = std::string(source.id),
                        .list = std::string(source.list),
                        .values = counts.size(),
                        .rows = {}};
    using Entry = std::pair<std::uint64_t, std::string_view>;
    std::vector<Entry> entries;
    entries.reserve(counts.size());
    for (const auto& [value, n] : counts) {
        entries.emplace_back(n, value);
    }
    const std::size_t shown = std::min(kTopRows, entries.size());
    std::ranges::partial_sort(entries, entries.begin() + static_cast<std::ptrdiff_t>(shown),
                              [](const Entry& a, const Entry& b) {
                                  return a.first != b.first ? a.first > b.first
                                                            : a.second < b.second;
                              });
    for (const auto& [n, value] : std::span(entries).first(shown)) {
        breakdown.rows.push_back(row_of(source, value, n));
    }
    return breakdown;
}

/// Every value of a closed set, also those that nothing has.
Breakdown closed_set(const Source& source, const std::map<std::string, std::uint64_t>& counts)
{
    Breakdown breakdown{
        .id = std::string(source.id), .list = std::string(source.list), .values = 0, .rows = {}};
    for (const std::string_view value : count::values_of(source.id)) {
        const auto found = counts.find(std::string(value));
        const std::uint64_t n = found == counts.end() ? 0 : found->second;
        breakdown.values += n > 0 ? 1 : 0;
        breakdown.rows.push_back(row_of(source, value, n));
    }
    return breakdown;
}

std::map<std::string, std::uint64_t> sorted(const store::Counts& counts)
{
    return {counts.begin(), counts.end()};
}

/// One question put to everything: what it needs and where it puts its answers.
class Counting {
public:
    Counting(const World& world, const Viewpoint& viewpoint, const FiguresWish& wish,
             count::Period period)
        : world_(world),
          viewpoint_(viewpoint),
          wish_(wish),
          period_(std::move(period)),
          now_(world.clock.now())
    {
    }

    base::Result<Statistics> run()
    {
        out_.period = period_.name;
        out_.zone = period_.zone;
        out_.from = period_.from;
        out_.to = period_.to;
        out_.as_of = now_;
        out_.demo = world_.demo;
        for (std::size_t day = 0; day < period_.days(); ++day) {
            out_.days.push_back({.date = period_.date_of(day)});
        }
        TRY_STATUS(count_events());
        // One snapshot: the figures of one answer belong together.
        TRY_STATUS(world_.cases.read([&](store::Snapshot& snapshot) -> base::Status {
            TRY_STATUS(count_records(snapshot));
            TRY_STATUS(count_alerts(snapshot));
            out_.ladder.push_back(unknown("campaigns", "not kept by this version", "L4"));
            TRY_STATUS(count_cases(snapshot));
            return count_reports(snapshot);
        }));
        return std::move(out_);
    }

private:
    base::Status count_records(store::Snapshot& snapshot)
    {
        TRY(const store::ReceivedRecords received,
            store::count_received(snapshot, period_.from, period_.to));
        Figure records = figure("records", received.records, {}, {}, "L0");
        if (received.since > period_.from) {
            records.problem = "counted since " + base::format_rfc3339(received.since);
            if (received.since >= period_.to) {
                records.value.reset(); // unknown, which is not zero
            }
        }
        out_.ladder.insert(out_.ladder.begin(), std::move(records));
        return {};
    }

    /// Hours of the period that have begun by now.
    std::uint64_t hours_until_now(base::Time from, base::Time to) const
    {
        const std::int64_t seconds = std::min(to, now_).seconds() - from.seconds();
        return seconds <= 0
                   ? 0
                   : static_cast<std::uint64_t>((seconds + kHourSeconds - 1) / kHourSeconds);
    }

    /// Without the archive these figures are unknown, and said to be; the others stand.
    base::Status count_events()
    {
        auto hours = world_.events.sensor_hours(period_.from, period_.to);
        if (!hours && hours.error().code == base::Code::Unavailable) {
            out_.coverage.problem = hours.error().message;
            out_.ladder.push_back(unknown("events", out_.coverage.problem, "L1"));
            out_.ladder.push_back(unknown("detected_events", out_.coverage.problem, "L2"));
            return {};
        }
        if (!hours) {
            return std::unexpected(std::move(hours.error()));
        }
        query::Node detected;
        detected.op = query::Operator::Has;
        detected.value = "detection";
        TRY(const std::uint64_t hits,
            world_.events.count(&detected, period_.from, period_.to, now_));
        std::uint64_t events = 0;
        for (const store::SensorHour& hour : *hours) {
            events += hour.events;
        }
        out_.ladder.push_back(figure("events", events, "events", "", "L1"));
        out_.ladder.push_back(figure("detected_events", hits, "events", "has:detection", "L2"));
        return cover(*hours);
    }

    base::Status cover(const std::vector<store::SensorHour>& hours)
    {
        out_.coverage.known = true;
        out_.coverage.hours = hours_until_now(period_.from, period_.to);
        std::map<std::string, count::SensorCoverage> by_sensor;
        TRY(const auto sensors, world_.cases.list_sensors());
        for (const store::Sensor& sensor : sensors) {
            by_sensor[sensor.name]; // one that sent nothing is a gap from end to end
        }
        std::vector<std::set<std::int64_t>> covered(out_.days.size());
        for (const store::SensorHour& hour : hours) {
            add_hour(hour, by_sensor, covered);
        }
        for (std::size_t day = 0; day < out_.days.size(); ++day) {
            out_.days[day].hours = static_cast<int>(
                hours_until_now(period_.day_begin(day), period_.day_begin(day + 1)));
            out_.days[day].covered = static_cast<int>(covered[day].size());
        }
        for (auto& [name, sensor] : by_sensor) {
            sensor.name = name;
            sensor.hours_by_day.resize(out_.days.size());
            out_.coverage.sensors.push_back(std::move(sensor));
        }
        return {};
    }

    void add_hour(const store::SensorHour& hour,
                  std::map<std::string, count::SensorCoverage>& by_sensor,
                  std::vector<std::set<std::int64_t>>& covered)
    {
        const std::int64_t into = hour.hour.seconds() - period_.from.seconds();
        const auto day = static_cast<std::size_t>(std::max<std::int64_t>(into, 0) / 86'400);
        if (day >= out_.days.size()) {
            return;
        }
        count::SensorCoverage& sensor = by_sensor[hour.sensor];
        sensor.hours_by_day.resize(out_.days.size());
        sensor.events += hour.events;
        out_.days[day].events += hour.events;
        if (hour.hour < now_) { // clocks of senders run ahead
            ++sensor.hours_up;
            ++sensor.hours_by_day[day];
            covered[day].insert(hour.hour.seconds());
        }
    }

    base::Status count_alerts(store::Snapshot& snapshot)
    {
        const std::string all = period_query("first_seen", period_, wish_.alerts);
        const std::string attempts = join(all, "-" + std::string(store::kSetAside));
        TRY(const query::Node narrower, query::parse_or_error(wish_.alerts, query::alert_scope()));
        TRY(const store::AlertTally tally,
            store::tally_alerts(snapshot, {.from = period_.from,
                                           .to = period_.to,
                                           .filter = &narrower,
                                           .now = now_,
                                           .visible = viewpoint_.alerts,
                                           .days = out_.days.size(),
                                           .top = kTopRows}));
        for (std::size_t day = 0; day < out_.days.size(); ++day) {
            out_.days[day].alerts = tally.alerts_by_day[day];
            out_.days[day].attempts = tally.attempts_by_day[day];
        }
        out_.ladder.push_back(figure("detections", tally.detections, {}, all, "L2"));
        out_.ladder.push_back(figure("alerts", tally.alerts, "alerts", all, "L3"));
        out_.ladder.push_back(figure("attempts", tally.attempts, "alerts", attempts, "L3"));
        out_.figures.push_back(figure("set_aside", tally.alerts - tally.attempts, "alerts",
                                      join(all, store::kSetAside)));
        out_.figures.push_back(figure("unique_sources", tally.sources.values, {}, attempts));
        out_.figures.push_back(figure("unique_addresses", tally.addresses, {}, attempts));
        out_.figures.push_back(figure("unique_targets", tally.targets.values, {}, attempts));
        add_alert_breakdowns(tally, attempts);
        return {};
    }

    void add_alert_breakdowns(const store::AlertTally& tally, const std::string& q)
    {
        std::map<std::string, std::uint64_t> outcomes;
        for (std::size_t i = 0; i < tally.outcomes.size(); ++i) {
            outcomes[std::string(model::name_of(static_cast<model::Outcome>(i)))] =
                tally.outcomes.at(i);
        }
        std::map<std::string, std::uint64_t> severities;
        for (std::size_t i = 0; i < tally.severities.size(); ++i) {
            severities[std::string(model::name_of(static_cast<model::Level>(i)))] =
                tally.severities.at(i);
        }
        const auto source = [&](std::string_view id, std::string_view field) {
            return Source{.id = id, .list = "alerts", .q = q, .field = field};
        };
        out_.breakdowns.push_back(closed_set(source("outcome", "outcome"), outcomes));
        out_.breakdowns.push_back(closed_set(source("severity", "severity"), severities));
        out_.breakdowns.push_back(
            techniques(breakdown_of(source("technique", "technique"), tally.techniques)));
        out_.breakdowns.push_back(breakdown_of(source("source", "source"), tally.sources));
        out_.breakdowns.push_back(
            breakdown_of(source("country", "source_country"), tally.countries));
        out_.breakdowns.push_back(breakdown_of(source("target", "target"), tally.targets));
        out_.breakdowns.push_back(
            breakdown_of(source("organisation", "organisation"), tally.organisations));
    }

    /// A rule that names no technique stands for itself (rulings 26): by its title, not its id.
    Breakdown techniques(Breakdown breakdown) const
    {
        const auto rules = world_.rules();
        for (Row& row : breakdown.rows) {
            const auto rule = std::ranges::find_if(
                rules, [&](const auto& known) { return known->id == row.value; });
            if (rule != rules.end()) {
                const model::RuleInfo& info = **rule;
                row.label = {.id = info.title_id.empty() ? info.title : info.title_id,
                             .en = info.title};
            }
        }
        return breakdown;
    }

    base::Status count_cases(store::Snapshot& snapshot)
    {
        if (!viewpoint_.sees_cases) {
            out_.ladder.push_back(unknown("incidents", "needs the scope cases:read", "L5"));
            return {};
        }
        const std::string q = join(period_query("opened", period_, wish_.cases), kNoExercises);
        const std::string ended = join(period_query("ended", period_, wish_.cases), kNoExercises);
        TRY(const query::Node filter, query::parse_or_error(q, query::case_scope()));
        TRY(const query::Node ended_filter, query::parse_or_error(ended, query::case_scope()));
        TRY(const store::CaseTally tally,
            store::tally_cases(snapshot, &filter, now_, viewpoint_.cases));
        TRY(const std::uint64_t ends,
            store::count_cases(snapshot, &ended_filter, now_, viewpoint_.cases));
        out_.ladder.push_back(
            figure("incidents", tally.incidents, "cases", join(q, "is:incident"), "L5"));
        out_.figures.push_back(figure("cases", tally.cases, "cases", q));
        out_.figures.push_back(figure("cases_open", tally.open, "cases", join(q, "is:open")));
        out_.figures.push_back(figure("cases_ended", ends, "cases", ended));
        add_case_breakdowns(tally, q);
        TRY_STATUS(add_classes(snapshot, filter, q));
        for (std::size_t i = 0; i < store::kCaseIntervals.size(); ++i) {
            const store::CaseInterval& interval = store::kCaseIntervals.at(i);
            out_.intervals.push_back({.id = std::string(interval.id),
                                      .list = "cases",
                                      .q = join(q, "has:" + std::string(interval.has)),
                                      .spread = count::spread_of(tally.intervals.at(i))});
        }
        return {};
    }

    void add_case_breakdowns(const store::CaseTally& tally, const std::string& q)
    {
        std::map<std::string, std::uint64_t> priorities;
        for (const auto& [rank, n] : tally.priorities) {
            priorities[rank > 3 ? "none" : "P" + std::to_string(rank + 1)] += n;
        }
        std::map<std::string, std::uint64_t> stages;
        for (std::size_t i = 0; i < tally.stages.size(); ++i) {
            stages[std::string(casework::name_of(static_cast<casework::Stage>(i)))] =
                tally.stages.at(i);
        }
        const auto source = [&](std::string_view id, std::string_view field) {
            return Source{.id = id, .list = "cases", .q = q, .field = field};
        };
        out_.breakdowns.push_back(closed_set(source("case_priority", "priority"), priorities));
        out_.breakdowns.push_back(closed_set(source("case_stage", "stage"), stages));
        out_.breakdowns.push_back(
            top_of(source("case_organisation", "organisation"), tally.organisations));
    }

    base::Status add_classes(store::Snapshot& snapshot, const query::Node& filter,
                             const std::string& q)
    {
        TRY(const store::Counts counts,
            store::tally_classes(snapshot, &filter, now_, viewpoint_.cases));
        Breakdown breakdown =
            top_of({.id = "case_class", .list = "cases", .q = q, .field = "class"}, counts);
        const auto knowledge = world_.casework ? world_.casework() : nullptr;
        for (Row& row : breakdown.rows) {
            const auto* known = knowledge ? knowledge->find_class(row.value) : nullptr;
            if (known != nullptr) {
                row.label = {.id = known->title.id, .en = known->title.en};
            }
        }
        out_.breakdowns.push_back(std::move(breakdown));
        return {};
    }

    base::Status count_reports(store::Snapshot& snapshot)
    {
        if (!viewpoint_.sees_reports) {
            return {};
        }
        const std::string q = period_query("received", period_, wish_.reports);
        TRY(const query::Node filter, query::parse_or_error(q, query::report_scope()));
        TRY(const store::ReportTally tally,
            store::tally_reports(snapshot, &filter, now_, viewpoint_.reports));
        const auto source = [&](std::string_view id, std::string_view field) {
            return Source{.id = id, .list = "reports", .q = q, .field = field};
        };
        out_.figures.push_back(figure("reports", tally.reports, "reports", q));
        out_.figures.push_back(figure("reports_acknowledged", tally.acknowledged.size(), "reports",
                                      join(q, "-is:new")));
        out_.breakdowns.push_back(
            closed_set(source("report_channel", "channel"), sorted(tally.channels)));
        Breakdown kinds = top_of(source("report_kind", "kind"), tally.kinds);
        const auto form = world_.report_form ? world_.report_form() : nullptr;
        for (Row& row : kinds.rows) {
            const FormOption* const option = form ? form->find_kind(row.value) : nullptr;
            row.label = option != nullptr ? option->label : row.label;
        }
        out_.breakdowns.push_back(std::move(kinds));
        out_.breakdowns.push_back(
            closed_set(source("report_status", "status"), sorted(tally.statuses)));
        out_.intervals.push_back({.id = "report_acknowledge",
                                  .list = "reports",
                                  .q = join(q, "-is:new"),
                                  .spread = count::spread_of(tally.acknowledged)});
        return {};
    }

    const World& world_;
    const Viewpoint& viewpoint_;
    const FiguresWish& wish_;
    count::Period period_;
    base::Time now_;
    Statistics out_{};
};

} // namespace

Viewpoint viewpoint_of(const Principal& principal)
{
    const policy::Subject subject = subject_of(principal);
    return {.alerts = policy::filter_of(subject, policy::Kind::Alert),
            .reports = policy::filter_of(subject, policy::Kind::Report),
            .cases = viewer_of(principal),
            .sees_cases = subject.has(Scope::CasesRead),
            .sees_reports = subject.has(Scope::ReportsRead)};
}

Viewpoint team_viewpoint()
{
    return {.alerts = policy::Filter::unrestricted(),
            .reports = policy::Filter::unrestricted(),
            .cases = {},
            .sees_cases = true,
            .sees_reports = true};
}

base::Result<count::Period> period_of(const World& world, std::string_view text)
{
    TRY(const KeptProfile kept, find_profile(world.cases, world.first_profile));
    const std::string& zone = kept.profile.time_zone;
    return text.empty() ? count::month_of(world.clock.now(), zone)
                        : count::parse_period(text, zone);
}

base::Result<Statistics> count_figures(const World& world, const Viewpoint& viewpoint,
                                       const FiguresWish& wish)
{
    TRY(count::Period period, period_of(world, wish.period));
    return Counting(world, viewpoint, wish, std::move(period)).run();
}

} // namespace tanggap::service
