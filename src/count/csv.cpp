#include <array>

#include "count/statistics.h"
#include "count/words.h"

namespace tanggap::count {
namespace {

void append_row(std::string& out, const std::array<std::string, 10>& fields)
{
    for (std::size_t i = 0; i < fields.size(); ++i) {
        out += i == 0 ? "" : ",";
        append_csv_field(out, fields[i]);
    }
    out += "\r\n"; // RFC 4180
}

std::string title(std::string_view id, model::Language language)
{
    const Term* const term = find_term(id);
    return std::string(term == nullptr ? id : term->title(language));
}

void append_figures(std::string& out, std::string_view section, const std::vector<Figure>& figures,
                    model::Language language)
{
    for (const Figure& figure : figures) {
        append_row(out, {std::string(section), figure.id, title(figure.id, language),
                         figure.value ? std::to_string(*figure.value) : "", "", "", "", "",
                         figure.list, figure.q});
    }
}

void append_breakdown(std::string& out, const Breakdown& breakdown, model::Language language)
{
    for (const Row& row : breakdown.rows) {
        append_row(out, {"breakdown", breakdown.id, row.label.in(language),
                         std::to_string(row.count), "", "", "", "", breakdown.list, row.q});
    }
}

void append_interval(std::string& out, const Interval& interval, model::Language language)
{
    const Spread& spread = interval.spread;
    const auto seconds = [&](std::int64_t value) {
        return spread.n > 0 ? std::to_string(value) : std::string();
    };
    append_row(out, {"interval", interval.id, title(interval.id, language), "",
                     std::to_string(spread.n), seconds(spread.mean), seconds(spread.median),
                     seconds(spread.p90), interval.list, interval.q});
}

} // namespace

void append_csv_field(std::string& out, std::string_view text)
{
    constexpr std::string_view kFormula = "=+-@\t\r\n";
    out += '"';
    if (!text.empty() && kFormula.find(text.front()) != kFormula.npos) {
        out += '\''; // a spreadsheet would calculate it
    }
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    out += '"';
}

std::string write_csv(const Statistics& statistics, model::Language language)
{
    std::string out;
    append_row(out, {"section", "id", "name", "value", "n", "mean_seconds", "median_seconds",
                     "p90_seconds", "list", "query"});
    const auto fact = [&](const char* id, std::string value) {
        append_row(out, {"period", id, id, std::move(value), "", "", "", "", "", ""});
    };
    fact("period", statistics.period);
    fact("zone", statistics.zone);
    fact("from", base::format_rfc3339(statistics.from));
    fact("to", base::format_rfc3339(statistics.to));
    fact("as_of", base::format_rfc3339(statistics.as_of));
    fact("definitions", std::to_string(statistics.definitions));
    append_figures(out, "ladder", statistics.ladder, language);
    append_figures(out, "figure", statistics.figures, language);
    for (const Breakdown& breakdown : statistics.breakdowns) {
        append_breakdown(out, breakdown, language);
    }
    for (const Interval& interval : statistics.intervals) {
        append_interval(out, interval, language);
    }
    for (const Day& day : statistics.days) {
        const bool gap = statistics.coverage.known && day.hours > 0 && day.covered == 0;
        append_row(out, {"day", "attempts", day.date, gap ? "" : std::to_string(day.attempts), "",
                         "", "", "", "", ""});
    }
    for (const SensorCoverage& sensor : statistics.coverage.sensors) {
        append_row(out, {"sensor", "hours_up", sensor.name, std::to_string(sensor.hours_up),
                         std::to_string(statistics.coverage.hours), "", "", "", "events", ""});
    }
    return out;
}

} // namespace tanggap::count
