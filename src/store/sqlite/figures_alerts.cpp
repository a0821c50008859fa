// Alerts of a period. Where nothing narrows it, whole days of UTC are read from `figure_days` and
// hours from `figure_hours`; the hours of the organisation's zone at both ends are counted alert by
// alert, and what the asker does not see is counted the same way and taken off. So the counts of a
// year are read, not its alerts, and every zone has the same tables.
#include <algorithm>
#include <charconv>

#include "model/detection.h"
#include "store/figures.h"
#include "store/sqlite/alert_lists.h"
#include "store/sqlite/alert_rows.h"
#include "store/sqlite/alert_sql.h"
#include "store/sqlite/change.h"
#include "store/sqlite/figure_counts.h"
#include "store/sqlite/visibility.h"

namespace tanggap::store {
namespace {

using sqlite::AlertFilter;
using sqlite::Database;
using sqlite::Dimension;
using sqlite::SqlValue;
using sqlite::Statement;

constexpr std::int64_t kHour = 3'600'000'000'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::size_t kDimensions = sqlite::kDimensionNames.size();

/// kSetAside as SQL; tests hold the two together.
constexpr std::string_view kSetAsideSql =
    "(a.status = 'merged' OR a.close_reason IN ('false_positive', 'benign', 'out_of_scope'))";

/// Counts may be below zero while what is hidden has been taken off and the rest not yet added.
using ByText = std::unordered_map<std::string, std::int64_t>;
using ByRef = std::unordered_map<std::int64_t, std::int64_t>;

constexpr std::size_t at(Dimension dimension)
{
    return static_cast<std::size_t>(dimension);
}

AlertFilter in_period(base::Time from, base::Time to)
{
    return {.sql = "a.first_seen >= ? AND a.first_seen < ?",
            .values = {SqlValue::of(from.ns), SqlValue::of(to.ns)}};
}

/// The first `top` of `entries` (count, key). Of equal counts the texts decide, so only the texts
/// of those that may be among them are asked for.
template <class Key, class TextOf>
base::Result<Ranking> rank(std::vector<std::pair<std::int64_t, Key>> entries, std::size_t top,
                           TextOf text_of)
{
    Ranking ranking{.values = entries.size(), .top = {}};
    const std::size_t shown = std::min(top, entries.size());
    if (shown == 0) {
        return ranking;
    }
    const auto least = entries.begin() + static_cast<std::ptrdiff_t>(shown) - 1;
    std::ranges::nth_element(entries, least, std::greater{}, [](const auto& e) { return e.first; });
    const std::int64_t enough = least->first;
    for (const auto& [count, key] : entries) {
        if (count >= enough) {
            TRY(std::string text, text_of(key));
            ranking.top.emplace_back(std::move(text), static_cast<std::uint64_t>(count));
        }
    }
    std::ranges::sort(ranking.top, [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    ranking.top.resize(shown);
    return ranking;
}

/// Those above zero, as rank() takes them.
template <class Key, class Map>
void append(std::vector<std::pair<std::int64_t, Key>>& entries, const Map& counts)
{
    for (const auto& [key, count] : counts) {
        if (count > 0) {
            if constexpr (std::is_pointer_v<Key>) {
                entries.emplace_back(count, &key);
            } else {
                entries.emplace_back(count, key);
            }
        }
    }
}

class Tallier {
public:
    Tallier(Database& database, const AlertQuestion& question)
        : database_(database), question_(question)
    {
        tally_.alerts_by_day.resize(question.days);
        tally_.attempts_by_day.resize(question.days);
    }

    base::Result<AlertTally> run()
    {
        if (!is_kept()) {
            TRY_STATUS(add_matching());
            return ranked<const std::string*>(
                texts_, [](const std::string* text) { return base::Result<std::string>(*text); });
        }
        TRY_STATUS(add_kept());
        TRY_STATUS(take_off_hidden());
        TRY_STATUS(fold_texts());
        return ranked<std::int64_t>(refs_, [this](std::int64_t ref) { return text_of(ref); });
    }

private:
    enum class Part : std::uint8_t { All, ValuesOnly };

    bool is_kept() const
    {
        const query::Node* const filter = question_.filter;
        const bool whole =
            filter == nullptr || (filter->op == query::Operator::And && filter->children.empty());
        return whole && question_.visible.span == policy::Filter::Span::NotRestricted &&
               question_.from.ns >= 0 && question_.from < question_.to &&
               question_.from.ns % kHour == 0 && question_.to.ns % kHour == 0;
    }

    base::Status add_matching()
    {
        TRY(AlertFilter narrower,
            sqlite::compile_filter(database_, question_.filter, question_.now));
        AlertFilter filter = in_period(question_.from, question_.to);
        filter.sql += " AND " + narrower.sql;
        std::ranges::move(narrower.values, std::back_inserter(filter.values));
        TRY_STATUS(sqlite::hide(database_, question_.visible, filter));
        return add_rows(filter, 1, Part::All);
    }

    base::Status add_kept()
    {
        TRY_STATUS(add_hours());
        const std::int64_t first = (question_.from.ns + kDay - 1) / kDay;
        const std::int64_t last = question_.to.ns / kDay;
        if (first >= last) {
            return add_rows(in_period(question_.from, question_.to), 1, Part::ValuesOnly);
        }
        TRY_STATUS(add_days(first, last));
        TRY_STATUS(add_rows(in_period(question_.from, {first * kDay}), 1, Part::ValuesOnly));
        return add_rows(in_period({last * kDay}, question_.to), 1, Part::ValuesOnly);
    }

    base::Status take_off_hidden()
    {
        TRY(const std::uint64_t hidden,
            sqlite::count_hidden(database_, question_.visible, policy::Kind::Alert));
        if (hidden == 0) {
            return {};
        }
        // The few hidden ones lead, not the period: "+" keeps its index away.
        AlertFilter filter = in_period(question_.from, question_.to);
        sqlite::HiddenIds ids = sqlite::hidden_ids(question_.visible, policy::Kind::Alert);
        filter.sql = "+a.first_seen >= ? AND +a.first_seen < ? AND a.uuid IN (" + ids.sql + ")";
        std::ranges::move(ids.values, std::back_inserter(filter.values));
        return add_rows(filter, -1, Part::All);
    }

    base::Status add_hours()
    {
        TRY(Statement * rows, database_.prepared("SELECT hour, alerts, attempts, detections FROM"
                                                 " figure_hours WHERE hour >= ? AND hour < ?",
                                                 "ii", "iiii"));
        rows->bind(question_.from.ns / kHour, question_.to.ns / kHour);
        return each_row(*rows, [&]() -> base::Status {
            add_to_day(rows->integer(0) * kHour, rows->integer(1), rows->integer(2));
            detections_ += rows->integer(3);
            return {};
        });
    }

    base::Status add_days(std::int64_t first, std::int64_t last)
    {
        TRY(Statement * rows, database_.prepared("SELECT dimension, value, attempts FROM"
                                                 " figure_days WHERE day >= ? AND day < ?",
                                                 "ii", "iii"));
        return each_row(rows->bind(first, last), [&]() -> base::Status {
            const auto dimension = static_cast<std::size_t>(rows->integer(0));
            if (dimension >= kDimensions) {
                return base::corrupt("the counts of figures have a kind that is not known");
            }
            refs_.at(dimension)[rows->integer(1)] += rows->integer(2);
            return {};
        });
    }

    void add_to_day(std::int64_t when, std::int64_t alerts, std::int64_t attempts)
    {
        alerts_ += alerts;
        attempts_ += attempts;
        const std::int64_t into = when - question_.from.ns;
        if (into >= 0 && static_cast<std::size_t>(into / kDay) < question_.days) {
            const auto day = static_cast<std::size_t>(into / kDay);
            // Unsigned: taking off wraps back to what is left.
            tally_.alerts_by_day[day] += static_cast<std::uint64_t>(alerts);
            tally_.attempts_by_day[day] += static_cast<std::uint64_t>(attempts);
        }
    }

    /// Each alert that matches, `sign` times.
    base::Status add_rows(const AlertFilter& filter, std::int64_t sign, Part part)
    {
        std::string sql("SELECT a.severity, a.outcome, a.first_seen, a.detections, ");
        sql.append(kSetAsideSql).append(", a.source_bits, a.technique, a.source,");
        sql.append(" a.source_country, a.target, a.organisation FROM alerts a WHERE ");
        sql.append(filter.sql);
        TRY(const auto rows, database_.prepare_once(sql, filter.types(), "iiiiiittttt"));
        filter.bind_to(*rows);
        return each_row(*rows, [&]() -> base::Status {
            const bool attempt = rows->integer(4) == 0;
            if (part == Part::All) {
                add_to_day(rows->integer(2), sign, attempt ? sign : 0);
                detections_ += sign * rows->integer(3);
            }
            if (attempt) {
                add_values(*rows, sign);
            }
            return {};
        });
    }

    void add_values(const Statement& row, std::int64_t sign)
    {
        const auto text = [&](Dimension dimension) -> ByText& { return texts_.at(at(dimension)); };
        const bool address = row.integer(5) != sqlite::kNoSourceBits;
        severities_.at(static_cast<std::size_t>(row.integer(0))) += sign;
        outcomes_.at(static_cast<std::size_t>(row.integer(1))) += sign;
        text(Dimension::Technique)[row.text(6)] += sign;
        text(address ? Dimension::Address : Dimension::Name)[row.text(7)] += sign;
        text(Dimension::Country)[row.text(8)] += sign;
        text(Dimension::Target)[row.text(9)] += sign;
        text(Dimension::Organisation)[row.text(10)] += sign;
    }

    /// What was counted by its text joins what was counted by its row.
    base::Status fold_texts()
    {
        TRY(Statement * row,
            database_.prepared("SELECT ref FROM figure_values WHERE value = ?", "t", "i"));
        for (std::size_t dimension = 0; dimension < kDimensions; ++dimension) {
            for (const auto& [text, count] : texts_.at(dimension)) {
                std::int64_t ref = 0;
                TRY(const bool found, one_row(row->bind(text), [&] { ref = row->integer(0); }));
                if (!found) {
                    return base::corrupt("an alert is not among the counts of figures; stop the"
                                         " server and ask `tanggap verify` what is missing");
                }
                refs_.at(dimension)[ref] += count;
            }
        }
        TRY_STATUS(add_digits(Dimension::Severity, severities_));
        return add_digits(Dimension::Outcome, outcomes_);
    }

    template <std::size_t N>
    base::Status add_digits(Dimension dimension, std::array<std::int64_t, N>& counts)
    {
        for (const auto& [ref, count] : refs_.at(at(dimension))) {
            TRY(const std::string text, text_of(ref));
            std::size_t value = N;
            std::from_chars(text.data(), text.data() + text.size(), value);
            if (value >= N) {
                return base::corrupt("the counts of figures have the " +
                                     std::string(sqlite::kDimensionNames.at(at(dimension))) + " '" +
                                     text + "'");
            }
            counts.at(value) += count;
        }
        return {};
    }

    base::Result<std::string> text_of(std::int64_t ref)
    {
        TRY(Statement * row,
            database_.prepared("SELECT value FROM figure_values WHERE ref = ?", "i", "t"));
        std::string text;
        TRY(const bool found, one_row(row->bind(ref), [&] { text = row->text(0); }));
        if (!found) {
            return base::corrupt("a value of the counts of figures is gone");
        }
        return text;
    }

    template <class Key, class Maps, class TextOf>
    base::Result<AlertTally> ranked(const Maps& maps, TextOf text_of)
    {
        const auto ranking = [&](std::initializer_list<Dimension> of) {
            std::vector<std::pair<std::int64_t, Key>> entries;
            for (const Dimension dimension : of) {
                append(entries, maps.at(at(dimension)));
            }
            return rank(std::move(entries), question_.top, text_of);
        };
        TRY(tally_.techniques, ranking({Dimension::Technique}));
        TRY(tally_.sources, ranking({Dimension::Address, Dimension::Name}));
        TRY(tally_.countries, ranking({Dimension::Country}));
        TRY(tally_.targets, ranking({Dimension::Target}));
        TRY(tally_.organisations, ranking({Dimension::Organisation}));
        tally_.addresses = static_cast<std::uint64_t>(std::ranges::count_if(
            maps.at(at(Dimension::Address)), [](const auto& entry) { return entry.second > 0; }));
        const auto natural = [](std::int64_t count) { return static_cast<std::uint64_t>(count); };
        std::ranges::transform(severities_, tally_.severities.begin(), natural);
        std::ranges::transform(outcomes_, tally_.outcomes.begin(), natural);
        tally_.alerts = natural(alerts_);
        tally_.attempts = natural(attempts_);
        tally_.detections = natural(detections_);
        return std::move(tally_);
    }

    Database& database_;
    const AlertQuestion& question_;
    AlertTally tally_;
    std::int64_t alerts_ = 0;
    std::int64_t attempts_ = 0;
    std::int64_t detections_ = 0;
    std::array<std::int64_t, 5> severities_{};
    std::array<std::int64_t, 4> outcomes_{};
    std::array<ByText, kDimensions> texts_;
    std::array<ByRef, kDimensions> refs_;
};

} // namespace

base::Result<AlertTally> tally_alerts(Snapshot& snapshot, const AlertQuestion& question)
{
    return Tallier(database_of(snapshot), question).run();
}

} // namespace tanggap::store
