#include "store/alert_state.h"

#include <charconv>

#include "model/alert.h"
#include "store/sqlite/alert_rows.h"
#include "store/sqlite/change.h"

namespace tanggap::store {

using model::AlertState;
using sqlite::Statement;

base::Result<std::string> find_alert_id(Snapshot& snapshot, std::string_view id)
{
    constexpr std::string_view kPrefix = "ALR-";
    const bool numbered = id.starts_with(kPrefix);
    std::uint64_t number = 0;
    if (numbered) {
        const std::string_view digits = id.substr(kPrefix.size());
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error != std::errc{} || end != digits.data() + digits.size()) {
            return base::not_found("no such alert");
        }
    }
    TRY(Statement * row,
        database_of(snapshot).prepared(std::string("SELECT uuid FROM alerts WHERE ") +
                                           (numbered ? "number = ?" : "uuid = ?"),
                                       numbered ? "i" : "t", "t"));
    numbered ? row->bind(number) : row->bind(id);
    std::string found;
    TRY(const bool there, one_row(*row, [&] { found = row->text(0); }));
    return there ? base::Result<std::string>(found) : base::not_found("no such alert");
}

base::Result<std::uint64_t> find_alert_number(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row,
        database_of(snapshot).prepared("SELECT number FROM alerts WHERE uuid = ?", "t", "i"));
    std::uint64_t number = 0;
    TRY(const bool found, one_row(row->bind(id), [&] { number = row->natural(0); }));
    return found ? base::Result<std::uint64_t>(number) : base::not_found("no such alert");
}

base::Result<AlertInHand> find_alert_in_hand(Snapshot& snapshot, std::uint64_t number)
{
    auto& database = database_of(snapshot);
    static const std::string kSql = "SELECT a.uuid, a.events, a.first_seen, a.last_seen FROM"
                                    " alerts a WHERE a.number = ?";
    TRY(Statement * row, database.prepared(kSql, "i", "tiii"));
    AlertInHand alert{.number = number, .id = {}, .facts = {}, .state = {}};
    TRY(const bool found, one_row(row->bind(number), [&] {
            alert.id = row->text(0);
            alert.facts = {.events = row->natural(1),
                           .first_seen = {row->integer(2)},
                           .last_seen = {row->integer(3)}};
        }));
    if (!found) {
        return base::not_found("no alert " + model::alert_number_text(number));
    }
    TRY(alert.state, find_alert_state(snapshot, number));
    return alert;
}

base::Result<AlertState> find_alert_state(Snapshot& snapshot, std::uint64_t number)
{
    return sqlite::read_state(database_of(snapshot), number);
}

base::Status put_alert_state(Change& change, std::uint64_t number, const AlertState& state)
{
    auto& database = database_of(change);
    TRY(Statement * update,
        database.prepared(
            "UPDATE alerts SET status = ?, state_since = ?, accepted_at = ?, close_reason = ?,"
            " assignee = ?, case_id = ?, merged_into = ?, snoozed_until = ?, priority_set = ?,"
            " priority = CASE WHEN ? < 0 THEN computed_priority ELSE ? END, baseline_events = ?,"
            " baseline_per_hour = ?, baseline_at = ? WHERE number = ?",
            "tiitttiiiiiiiii"));
    TRY_STATUS(update
                   ->bind(model::name_of(state.status), state.since.ns, state.accepted_at.ns,
                          state.close_reason, state.assignee, state.case_id, state.merged_into,
                          state.snoozed_until.ns, state.priority, state.priority, state.priority,
                          state.baseline.events, state.baseline.events_per_hour,
                          state.baseline.at.ns, number)
                   .run());
    TRY(const std::int64_t updated, database.integer_of("SELECT changes()"));
    if (updated == 0) {
        return base::not_found("no alert " + model::alert_number_text(number));
    }
    TRY(Statement * clear, database.prepared("DELETE FROM alert_labels WHERE number = ?", "i"));
    TRY_STATUS(clear->bind(number).run());
    TRY(Statement * add, database.prepared("INSERT INTO alert_labels (label, number)"
                                           " VALUES (?, ?) ON CONFLICT DO NOTHING",
                                           "ti"));
    for (const std::string& label : state.labels) {
        TRY_STATUS(add->bind(label, number).run());
    }
    return {};
}

base::Result<std::uint64_t> count_duplicates(Snapshot& snapshot, std::uint64_t number)
{
    TRY(Statement * row,
        database_of(snapshot).prepared("SELECT count(*) FROM alerts WHERE merged_into = ?"
                                       " AND merged_into > 0",
                                       "i", "i"));
    std::uint64_t count = 0;
    TRY([[maybe_unused]] const bool found,
        one_row(row->bind(number), [&] { count = row->natural(0); }));
    return count;
}

base::Result<std::vector<std::uint64_t>> find_due_alerts(Snapshot& snapshot, base::Time now,
                                                         std::size_t count_max)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(
            "SELECT number FROM alerts WHERE snoozed_until > 0 AND snoozed_until <= ?"
            " ORDER BY snoozed_until LIMIT ?",
            "ii", "i"));
    std::vector<std::uint64_t> numbers;
    TRY_STATUS(each_row(rows->bind(now.ns, std::uint64_t{count_max}), [&]() -> base::Status {
        numbers.push_back(rows->natural(0));
        return {};
    }));
    return numbers;
}

} // namespace tanggap::store
