#include <algorithm>
#include <nlohmann/json.hpp>

#include "count/statistics.h"

namespace tanggap::count {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Figure& figure)
{
    return {{"id", figure.id},
            {"rung", figure.rung},
            {"value", figure.value ? Json(*figure.value) : Json()},
            {"list", figure.list},
            {"q", figure.q},
            {"problem", figure.problem}};
}
Figure read_figure(const Json& json)
{
    Figure figure{.id = json.at("id"),
                  .rung = json.at("rung"),
                  .value = {},
                  .list = json.at("list"),
                  .q = json.at("q"),
                  .problem = json.at("problem")};
    if (!json.at("value").is_null()) {
        figure.value = json.at("value").get<std::uint64_t>();
    }
    return figure;
}

Json json_of(const Breakdown& breakdown)
{
    Json rows = Json::array();
    for (const Row& row : breakdown.rows) {
        rows.push_back({{"value", row.value},
                        {"label", {{"id", row.label.id}, {"en", row.label.en}}},
                        {"count", row.count},
                        {"q", row.q}});
    }
    return {{"id", breakdown.id},
            {"list", breakdown.list},
            {"values", breakdown.values},
            {"rows", std::move(rows)}};
}
Breakdown read_breakdown(const Json& json)
{
    Breakdown breakdown{
        .id = json.at("id"), .list = json.at("list"), .values = json.at("values"), .rows = {}};
    for (const Json& row : json.at("rows")) {
        breakdown.rows.push_back(
            {.value = row.at("value"),
             .label = {.id = row.at("label").at("id"), .en = row.at("label").at("en")},
             .count = row.at("count"),
             .q = row.at("q")});
    }
    return breakdown;
}

Json json_of(const Interval& interval)
{
    const bool any = interval.spread.n > 0;
    const auto seconds = [&](std::int64_t value) { return any ? Json(value) : Json(); };
    return {{"id", interval.id},
            {"list", interval.list},
            {"q", interval.q},
            {"n", interval.spread.n},
            {"mean_seconds", seconds(interval.spread.mean)},
            {"median_seconds", seconds(interval.spread.median)},
            {"p90_seconds", seconds(interval.spread.p90)}};
}
Interval read_interval(const Json& json)
{
    const auto seconds = [&](const char* name) {
        return json.at(name).is_null() ? 0 : json.at(name).get<std::int64_t>();
    };
    return {.id = json.at("id"),
            .list = json.at("list"),
            .q = json.at("q"),
            .spread = {.n = json.at("n"),
                       .mean = seconds("mean_seconds"),
                       .median = seconds("median_seconds"),
                       .p90 = seconds("p90_seconds")}};
}

Json json_of(const Day& day)
{
    return {{"date", day.date},     {"attempts", day.attempts}, {"alerts", day.alerts},
            {"events", day.events}, {"hours", day.hours},       {"covered", day.covered}};
}
Day read_day(const Json& json)
{
    return {.date = json.at("date"),
            .attempts = json.at("attempts"),
            .alerts = json.at("alerts"),
            .events = json.at("events"),
            .hours = json.at("hours"),
            .covered = json.at("covered")};
}

Json json_of(const Coverage& coverage)
{
    Json sensors = Json::array();
    for (const SensorCoverage& sensor : coverage.sensors) {
        sensors.push_back({{"name", sensor.name},
                           {"events", sensor.events},
                           {"hours_up", sensor.hours_up},
                           {"hours_by_day", sensor.hours_by_day}});
    }
    return {{"known", coverage.known},
            {"problem", coverage.problem},
            {"hours", coverage.hours},
            {"sensors", std::move(sensors)}};
}
Coverage read_coverage(const Json& json)
{
    Coverage coverage{.known = json.at("known"),
                      .problem = json.at("problem"),
                      .hours = json.at("hours"),
                      .sensors = {}};
    for (const Json& sensor : json.at("sensors")) {
        coverage.sensors.push_back({.name = sensor.at("name"),
                                    .events = sensor.at("events"),
                                    .hours_up = sensor.at("hours_up"),
                                    .hours_by_day = sensor.at("hours_by_day")});
    }
    return coverage;
}

template <class Value>
Json list_of(const std::vector<Value>& values)
{
    Json list = Json::array();
    for (const Value& value : values) {
        list.push_back(json_of(value));
    }
    return list;
}

template <class Value>
std::vector<Value> read_list(const Json& json, Value (*read)(const Json&))
{
    std::vector<Value> values;
    for (const Json& each : json) {
        values.push_back(read(each));
    }
    return values;
}

Statistics read_members(const Json& json)
{
    const auto time = [&](const char* name) {
        return base::parse_rfc3339(json.at(name).get<std::string>()).value_or(base::Time{});
    };
    return {.period = json.at("period"),
            .zone = json.at("zone"),
            .from = time("from"),
            .to = time("to"),
            .as_of = time("as_of"),
            .definitions = json.at("definitions"),
            .demo = json.at("demo"),
            .ladder = read_list(json.at("ladder"), read_figure),
            .figures = read_list(json.at("figures"), read_figure),
            .breakdowns = read_list(json.at("breakdowns"), read_breakdown),
            .intervals = read_list(json.at("intervals"), read_interval),
            .days = read_list(json.at("days"), read_day),
            .coverage = read_coverage(json.at("coverage"))};
}

} // namespace

const Figure* Statistics::find(std::string_view id) const
{
    for (const std::vector<Figure>* list : {&ladder, &figures}) {
        const auto found = std::ranges::find(*list, id, &Figure::id);
        if (found != list->end()) {
            return &*found;
        }
    }
    return nullptr;
}

const Breakdown* Statistics::find_breakdown(std::string_view id) const
{
    const auto found = std::ranges::find(breakdowns, id, &Breakdown::id);
    return found == breakdowns.end() ? nullptr : &*found;
}

Period period_of(const Statistics& statistics)
{
    return {.name = statistics.period,
            .zone = statistics.zone,
            .from = statistics.from,
            .to = statistics.to};
}

std::string write_json(const Statistics& statistics)
{
    const Json json{{"period", statistics.period},
                    {"zone", statistics.zone},
                    {"from", base::format_rfc3339(statistics.from)},
                    {"to", base::format_rfc3339(statistics.to)},
                    {"as_of", base::format_rfc3339(statistics.as_of)},
                    {"definitions", statistics.definitions},
                    {"demo", statistics.demo},
                    {"ladder", list_of(statistics.ladder)},
                    {"figures", list_of(statistics.figures)},
                    {"breakdowns", list_of(statistics.breakdowns)},
                    {"intervals", list_of(statistics.intervals)},
                    {"days", list_of(statistics.days)},
                    {"coverage", json_of(statistics.coverage)}};
    // Values come from logs: what is no UTF-8 is replaced, never thrown at.
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

base::Result<Statistics> read_statistics(std::string_view text)
{
    // nlohmann's exceptions end here: a missing or wrong member is damage.
    try {
        return read_members(Json::parse(text));
    } catch (const Json::exception& wrong) {
        return base::corrupt(std::string("kept figures cannot be read: ") + wrong.what());
    }
}

} // namespace tanggap::count
