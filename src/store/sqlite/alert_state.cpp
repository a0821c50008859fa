#include "store/alert_state.h"

#include <algorithm>
#include <charconv>

#include "model/alert.h"
#include "store/sqlite/change.h"

namespace tanggap::store {

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

base::Result<AlertState> find_alert_state(Snapshot& snapshot, std::uint64_t number)
{
    auto& database = database_of(snapshot);
    TRY(Statement * row,
        database.prepared("SELECT status, close_reason, assignee, case_id, snoozed_until"
                          " FROM alerts WHERE number = ?",
                          "i", "tttti"));
    AlertState state;
    TRY(const bool found, one_row(row->bind(number), [&] {
            state = {.status = row->text(0),
                     .close_reason = row->text(1),
                     .assignee = row->text(2),
                     .case_id = row->text(3),
                     .snoozed_until = {row->integer(4)},
                     .labels = {}};
        }));
    if (!found) {
        return base::not_found("no alert " + model::alert_number_text(number));
    }
    TRY(Statement * labels,
        database.prepared("SELECT label FROM alert_labels WHERE number = ? ORDER BY label", "i",
                          "t"));
    TRY_STATUS(each_row(labels->bind(number), [&]() -> base::Status {
        state.labels.push_back(labels->text(0));
        return {};
    }));
    return state;
}

base::Status put_alert_state(Change& change, std::uint64_t number, const AlertState& state)
{
    auto& database = database_of(change);
    TRY(Statement * update,
        database.prepared("UPDATE alerts SET status = ?, close_reason = ?, assignee = ?,"
                          " case_id = ?, snoozed_until = ? WHERE number = ?",
                          "ttttii"));
    TRY_STATUS(update
                   ->bind(state.status, state.close_reason, state.assignee, state.case_id,
                          state.snoozed_until.ns, number)
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

} // namespace tanggap::store
