// Cases and what lies in them: single objects. Lists: case_lists.cpp.
#include "store/cases.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "store/sqlite/case_sql.h"
#include "store/sqlite/change.h"

namespace tanggap::store {
namespace {

using sqlite::Database;
using sqlite::kCaseVisible;
using sqlite::kNoDue;
using sqlite::kNoPriority;
using sqlite::Statement;

/// Of a statement that reads one document: the object, or NotFound.
template <class Read>
auto read_one(Statement& row, std::string_view what, Read read)
    -> decltype(read(std::string_view()))
{
    std::string document;
    TRY(const bool found, one_row(row, [&] { document = row.text(0); }));
    if (!found) {
        return base::not_found("no such " + std::string(what));
    }
    return read(document);
}

template <class Read>
auto read_all(Statement& rows, Read read)
    -> base::Result<std::vector<std::decay_t<decltype(*read(std::string_view()))>>>
{
    std::vector<std::decay_t<decltype(*read(std::string_view()))>> all;
    TRY_STATUS(each_row(rows, [&]() -> base::Status {
        TRY(auto value, read(rows.text(0)));
        all.push_back(std::move(value));
        return {};
    }));
    return all;
}

base::Status put_item(Change& change, std::string_view kind, std::string_view id,
                      std::string_view case_id, std::string_view state, base::Time at,
                      std::string_view document)
{
    TRY(Statement * upsert,
        database_of(change).prepared(
            "INSERT INTO case_items (id, case_id, kind, state, at, document)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
            " at = excluded.at, document = excluded.document",
            "ttttit"));
    TRY_STATUS(upsert->bind(id, case_id, kind, state, at.ns, document).run());
    return touch_case(change, case_id, change.command().now);
}

base::Result<Statement*> item_row(Snapshot& snapshot, std::string_view kind, std::string_view id)
{
    TRY(Statement * row,
        database_of(snapshot).prepared("SELECT document FROM case_items WHERE id = ? AND kind = ?",
                                       "tt", "t"));
    return &row->bind(id, kind);
}

/// Items of one kind in the order they were made.
base::Result<Statement*> item_rows(Snapshot& snapshot, std::string_view kind,
                                   std::string_view case_id)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared("SELECT document FROM case_items WHERE case_id = ?"
                                       " AND kind = ? AND state <> 'removed' ORDER BY rowid",
                                       "tt", "t"));
    return &rows->bind(case_id, kind);
}

base::Status put_words(Change& change, std::string_view id, std::string_view kind,
                       const std::vector<std::string>& words)
{
    Database& database = database_of(change);
    TRY(Statement * clear,
        database.prepared("DELETE FROM case_words WHERE case_id = ? AND kind = ?", "tt"));
    TRY_STATUS(clear->bind(id, kind).run());
    TRY(Statement * add, database.prepared("INSERT INTO case_words (kind, word, case_id)"
                                           " VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                                           "ttt"));
    for (const std::string& word : words) {
        TRY_STATUS(add->bind(kind, word, id).run());
    }
    return {};
}

base::Status put_members(Change& change, const casework::Case& subject)
{
    Database& database = database_of(change);
    TRY(Statement * clear, database.prepared("DELETE FROM case_members WHERE case_id = ?", "t"));
    TRY_STATUS(clear->bind(subject.id).run());
    TRY(Statement * add, database.prepared("INSERT INTO case_members (case_id, account)"
                                           " VALUES (?, ?) ON CONFLICT DO NOTHING",
                                           "tt"));
    for (const std::string& account : subject.members) {
        TRY_STATUS(add->bind(subject.id, account).run());
    }
    return {};
}

/// What figures measure of its times, beside it (store/figures.h).
base::Status put_times(Change& change, const casework::Case& subject)
{
    using enum casework::Milestone;
    TRY(Statement * put,
        database_of(change).prepared(
            "INSERT OR REPLACE INTO case_times (ref, opened, detected, first_malicious,"
            " first_alert, acknowledged, first_action, contained, eradicated, service_restored,"
            " closed) SELECT ref, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM cases WHERE id = ?",
            "iiiiiiiiiit"));
    const auto at = [&](casework::Milestone milestone) {
        return subject.milestones.at(milestone).value_or(base::Time{}).ns;
    };
    const std::int64_t detected = at(FirstAlert) > 0 ? at(FirstAlert) : at(Known);
    return put
        ->bind(subject.opened_at.ns, detected, at(FirstMalicious), at(FirstAlert), at(Acknowledged),
               at(FirstAction), at(Contained), at(Eradicated), at(ServiceRestored), at(Closed),
               subject.id)
        .run();
}

base::Result<casework::CaseNumber> take_number(Change& change, std::string_view kind, int year)
{
    TRY(Statement * row,
        database_of(change).prepared("INSERT INTO case_numbers (kind, year, last) VALUES (?, ?, 1)"
                                     " ON CONFLICT (kind, year) DO UPDATE SET last = last + 1"
                                     " RETURNING last",
                                     "ti", "i"));
    casework::CaseNumber number{.year = year, .ordinal = 0};
    TRY([[maybe_unused]] const bool found,
        one_row(row->bind(kind, year), [&] { number.ordinal = row->natural(0); }));
    return number;
}

} // namespace

ObjectRef object_of(const casework::Case& subject)
{
    return {.kind = "case", .id = subject.id};
}

base::Result<casework::CaseNumber> take_case_number(Change& change, int year)
{
    return take_number(change, "case", year);
}

base::Result<casework::CaseNumber> take_evidence_number(Change& change, int year)
{
    return take_number(change, "evidence", year);
}

base::Result<casework::Case> find_case(Snapshot& snapshot, std::string_view id,
                                       const CaseViewer& viewer)
{
    Database& database = database_of(snapshot);
    const std::string visible(kCaseVisible);
    if (const auto number = casework::parse_case_number(id)) {
        TRY(Statement * row, database.prepared("SELECT c.document FROM cases c WHERE c.year = ?"
                                               " AND c.ordinal = ? AND " +
                                                   visible,
                                               "iitt", "t"));
        return read_one(row->bind(number->year, number->ordinal, viewer.account, viewer.account),
                        "case", casework::read_case);
    }
    TRY(Statement * row,
        database.prepared("SELECT c.document FROM cases c WHERE c.id = ? AND " + visible, "ttt",
                          "t"));
    return read_one(row->bind(id, viewer.account, viewer.account), "case", casework::read_case);
}

base::Result<casework::Case> find_case_by_id(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row,
        database_of(snapshot).prepared("SELECT c.document FROM cases c WHERE c.id = ?", "t", "t"));
    return read_one(row->bind(id), "case", casework::read_case);
}

base::Result<std::optional<casework::Case>> find_case_of(Snapshot& snapshot,
                                                         const ObjectRef& object)
{
    constexpr std::array<std::string_view, 4> kItems{"task", "entry", "note", "evidence"};
    std::string id = object.id;
    if (object.kind == "clock") {
        id = object.id.substr(0, object.id.find('/'));
    } else if (object.kind == "observable") {
        TRY(const auto observable, find_observable(snapshot, object.id));
        id = observable.case_id;
    } else if (std::ranges::find(kItems, object.kind) != kItems.end()) {
        TRY(Statement * row, database_of(snapshot).prepared(
                                 "SELECT case_id FROM case_items WHERE id = ?", "t", "t"));
        TRY(const bool found, one_row(row->bind(object.id), [&] { id = row->text(0); }));
        if (!found) {
            return base::not_found("no such " + object.kind);
        }
    } else if (object.kind != "case") {
        return std::nullopt;
    }
    TRY(auto subject, find_case_by_id(snapshot, id));
    return std::optional(std::move(subject));
}

base::Status put_case(Change& change, const casework::Case& subject, const CaseDue& due)
{
    TRY(Statement * upsert,
        database_of(change).prepared(
            "INSERT INTO cases (id, year, ordinal, incident, title, stage, open, priority, owner,"
            " team, organisation, tlp, opened_at, updated_at, ended_at, next_due, overdue, due,"
            " document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET incident = excluded.incident, title = excluded.title,"
            " stage = excluded.stage, open = excluded.open, priority = excluded.priority,"
            " owner = excluded.owner, team = excluded.team,"
            " organisation = excluded.organisation, tlp = excluded.tlp,"
            " updated_at = excluded.updated_at, ended_at = excluded.ended_at,"
            " next_due = excluded.next_due, overdue = excluded.overdue, due = excluded.due,"
            " document = excluded.document",
            "tiiitiiittti"
            "iiiiiit"));
    const auto priority = subject.priority();
    const std::int64_t next = due.next ? due.next->ns : kNoDue;
    const std::int64_t overdue = due.overdue ? due.overdue->ns : kNoDue;
    TRY_STATUS(upsert
                   ->bind(subject.id, subject.number.year, subject.number.ordinal,
                          subject.incident ? 1 : 0, subject.title,
                          static_cast<int>(subject.place.stage),
                          casework::is_ended(subject.place.stage) ? 0 : 1,
                          priority ? static_cast<std::int64_t>(*priority) : kNoPriority,
                          subject.owner, subject.team, subject.organisation,
                          static_cast<int>(subject.tlp), subject.opened_at.ns,
                          change.command().now.ns, subject.ended_at ? subject.ended_at->ns : 0,
                          next, overdue, std::min(next, overdue), write_json(subject))
                   .run());
    TRY_STATUS(put_times(change, subject));
    TRY_STATUS(put_words(change, subject.id, "class", subject.classes));
    TRY_STATUS(put_words(change, subject.id, "label", subject.labels));
    return put_members(change, subject);
}

base::Status touch_case(Change& change, std::string_view id, base::Time now)
{
    TRY(Statement * update,
        database_of(change).prepared("UPDATE cases SET updated_at = ? WHERE id = ?", "it"));
    return update->bind(now.ns, id).run();
}

base::Result<CaseCounts> count_in_case(Snapshot& snapshot, std::string_view id)
{
    Database& database = database_of(snapshot);
    CaseCounts counts;
    TRY(Statement * items,
        database.prepared("SELECT kind, state, count(*) FROM case_items WHERE case_id = ?"
                          " GROUP BY kind, state",
                          "t", "tti"));
    TRY_STATUS(each_row(items->bind(id), [&]() -> base::Status {
        const std::string& kind = items->text(0);
        const std::string& state = items->text(1);
        const std::uint64_t n = items->natural(2);
        counts.tasks += kind == "task" ? n : 0;
        counts.tasks_open += kind == "task" && (state == "open" || state == "doing") ? n : 0;
        counts.entries += kind == "entry" && state != "removed" ? n : 0;
        counts.notes += kind == "note" && state != "removed" ? n : 0;
        counts.evidence += kind == "evidence" && state != "removed" ? n : 0;
        return {};
    }));
    TRY(Statement * observables,
        database.prepared("SELECT count(*) FROM case_observables WHERE case_id = ?"
                          " AND removed = 0",
                          "t", "i"));
    TRY([[maybe_unused]] const bool some,
        one_row(observables->bind(id), [&] { counts.observables = observables->natural(0); }));
    TRY(Statement * alerts,
        database.prepared("SELECT count(*) FROM alerts WHERE case_id = ? AND case_id <> ''", "t",
                          "i"));
    TRY([[maybe_unused]] const bool any,
        one_row(alerts->bind(id), [&] { counts.alerts = alerts->natural(0); }));
    return counts;
}

base::Status put_task(Change& change, const casework::Task& task)
{
    return put_item(change, "task", task.id, task.case_id, casework::name_of(task.state),
                    task.due.value_or(base::Time{}), casework::write_json(task));
}

base::Result<casework::Task> find_task(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row, item_row(snapshot, "task", id));
    return read_one(*row, "task", casework::read_task);
}

base::Result<std::vector<casework::Task>> list_tasks(Snapshot& snapshot, std::string_view case_id)
{
    TRY(Statement * rows, item_rows(snapshot, "task", case_id));
    return read_all(*rows, casework::read_task);
}

base::Status put_entry(Change& change, const casework::Entry& entry)
{
    return put_item(change, "entry", entry.id, entry.case_id, entry.removed ? "removed" : "kept",
                    entry.at, casework::write_json(entry));
}

base::Result<casework::Entry> find_entry(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row, item_row(snapshot, "entry", id));
    return read_one(*row, "entry of the timeline", casework::read_entry);
}

base::Result<std::vector<casework::Entry>> list_entries(Snapshot& snapshot,
                                                        std::string_view case_id,
                                                        std::optional<base::Time> before,
                                                        std::size_t limit)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(
            "SELECT document FROM case_items WHERE case_id = ? AND kind = 'entry' AND at <= ?"
            " AND state <> 'removed' ORDER BY at DESC, id DESC LIMIT ?",
            "tii", "t"));
    rows->bind(case_id, before ? before->ns : INT64_MAX, static_cast<std::int64_t>(limit));
    return read_all(*rows, casework::read_entry);
}

base::Status put_note(Change& change, const casework::Note& note)
{
    return put_item(change, "note", note.id, note.case_id, note.removed ? "removed" : "kept",
                    note.updated_at, casework::write_json(note));
}

base::Result<casework::Note> find_note(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row, item_row(snapshot, "note", id));
    return read_one(*row, "note", casework::read_note);
}

base::Result<std::vector<casework::Note>> list_notes(Snapshot& snapshot, std::string_view case_id)
{
    TRY(Statement * rows, item_rows(snapshot, "note", case_id));
    return read_all(*rows, casework::read_note);
}

base::Status put_evidence(Change& change, const casework::Evidence& evidence)
{
    return put_item(change, "evidence", evidence.id, evidence.case_id,
                    evidence.removed ? "removed" : "kept", evidence.created_at,
                    casework::write_json(evidence));
}

base::Result<casework::Evidence> find_evidence(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row, item_row(snapshot, "evidence", id));
    return read_one(*row, "evidence", casework::read_evidence);
}

base::Result<std::vector<casework::Evidence>> list_evidence(Snapshot& snapshot,
                                                            std::string_view case_id)
{
    TRY(Statement * rows, item_rows(snapshot, "evidence", case_id));
    return read_all(*rows, casework::read_evidence);
}

base::Status put_observable(Change& change, const casework::CaseObservable& observable)
{
    TRY(Statement * upsert,
        database_of(change).prepared(
            "INSERT INTO case_observables (id, case_id, type, value, removed, document)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " removed = excluded.removed, document = excluded.document",
            "ttttit"));
    TRY_STATUS(upsert
                   ->bind(observable.id, observable.case_id, observable.type, observable.value,
                          observable.removed ? 1 : 0, casework::write_json(observable))
                   .run());
    return touch_case(change, observable.case_id, change.command().now);
}

base::Result<casework::CaseObservable> find_observable(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row, database_of(snapshot).prepared(
                             "SELECT document FROM case_observables WHERE id = ?", "t", "t"));
    return read_one(row->bind(id), "observable", casework::read_observable);
}

base::Result<std::optional<casework::CaseObservable>>
find_observable_by_value(Snapshot& snapshot, std::string_view case_id, std::string_view type,
                         std::string_view value)
{
    TRY(Statement * row,
        database_of(snapshot).prepared("SELECT document FROM case_observables WHERE type = ?"
                                       " AND value = ? AND case_id = ?",
                                       "ttt", "t"));
    std::string document;
    TRY(const bool found,
        one_row(row->bind(type, value, case_id), [&] { document = row->text(0); }));
    if (!found) {
        return std::nullopt;
    }
    TRY(auto observable, casework::read_observable(document));
    return std::optional(std::move(observable));
}

base::Result<std::vector<SeenObservable>> list_observables(Snapshot& snapshot,
                                                           std::string_view case_id,
                                                           const CaseViewer& viewer,
                                                           std::size_t limit)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(
            "SELECT o.document, (SELECT count(*) FROM case_observables e JOIN cases c"
            " ON c.id = e.case_id WHERE e.type = o.type AND e.value = o.value"
            " AND e.removed = 0 AND e.case_id <> o.case_id AND " +
                std::string(kCaseVisible) +
                ") FROM case_observables o WHERE o.case_id = ? AND o.removed = 0"
                " ORDER BY o.id LIMIT ?",
            "ttti", "ti"));
    rows->bind(viewer.account, viewer.account, case_id, static_cast<std::int64_t>(limit));
    std::vector<SeenObservable> all;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        TRY(auto observable, casework::read_observable(rows->text(0)));
        all.push_back({std::move(observable), rows->natural(1)});
        return {};
    }));
    return all;
}

base::Result<std::vector<casework::Case>> find_cases_with(Snapshot& snapshot, std::string_view type,
                                                          std::string_view value,
                                                          const CaseViewer& viewer,
                                                          std::size_t limit)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(
            "SELECT c.document FROM case_observables o JOIN cases c ON c.id = o.case_id"
            " WHERE o.type = ? AND o.value = ? AND o.removed = 0 AND " +
                std::string(kCaseVisible) + " ORDER BY c.ref DESC LIMIT ?",
            "tttti", "t"));
    rows->bind(type, value, viewer.account, viewer.account, static_cast<std::int64_t>(limit));
    return read_all(*rows, casework::read_case);
}

namespace {

base::Result<CaseAlert> find_alert_where(Snapshot& snapshot, std::string_view condition,
                                         sqlite::SqlValue value)
{
    TRY(Statement * row,
        database_of(snapshot).prepared(
            "SELECT a.number, a.uuid, t.title, t.title_id, a.source, a.target, a.technique,"
            " a.organisation, a.case_id, a.severity, a.events, a.first_seen, a.last_seen,"
            " a.created_at FROM alerts a JOIN alert_titles t ON t.ref = a.title_ref WHERE " +
                std::string(condition),
            value.is_text ? "t" : "i", "ittttttttiiiii"));
    value.is_text ? row->bind(value.text) : row->bind(value.integer);
    CaseAlert alert;
    TRY(const bool found, one_row(*row, [&] {
            alert = {.number = row->natural(0),
                     .id = row->text(1),
                     .title = row->text(2),
                     .title_id = row->text(3),
                     .source = row->text(4),
                     .target = row->text(5),
                     .technique = row->text(6),
                     .organisation = row->text(7),
                     .case_id = row->text(8),
                     .severity = static_cast<int>(row->integer(9)),
                     .events = row->natural(10),
                     .first_seen = {row->integer(11)},
                     .last_seen = {row->integer(12)},
                     .raised_at = {row->integer(13)}};
        }));
    return found ? base::Result<CaseAlert>(std::move(alert)) : base::not_found("no such alert");
}

} // namespace

base::Result<CaseAlert> find_case_alert(Snapshot& snapshot, std::uint64_t number)
{
    return find_alert_where(snapshot, "a.number = ?",
                            sqlite::SqlValue::of(static_cast<std::int64_t>(number)));
}

base::Result<CaseAlert> find_case_alert(Snapshot& snapshot, std::string_view id)
{
    if (!id.starts_with("ALR-")) {
        return find_alert_where(snapshot, "a.uuid = ?", sqlite::SqlValue::of(id));
    }
    std::uint64_t number = 0;
    const std::string_view digits = id.substr(4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
        return base::not_found("no alert " + base::quoted(id));
    }
    return find_case_alert(snapshot, number);
}

base::Result<std::vector<std::uint64_t>> list_case_alerts(Snapshot& snapshot, std::string_view id,
                                                          std::size_t limit)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared("SELECT number FROM alerts WHERE case_id = ?"
                                       " AND case_id <> '' ORDER BY number DESC LIMIT ?",
                                       "ti", "i"));
    std::vector<std::uint64_t> numbers;
    TRY_STATUS(each_row(rows->bind(id, static_cast<std::int64_t>(limit)), [&]() -> base::Status {
        numbers.push_back(rows->natural(0));
        return {};
    }));
    return numbers;
}

base::Result<std::vector<std::string>> find_due_cases(Snapshot& snapshot, base::Time now,
                                                      std::size_t limit)
{
    TRY(Statement * rows, database_of(snapshot).prepared("SELECT id FROM cases WHERE next_due <= ?"
                                                         " ORDER BY next_due LIMIT ?",
                                                         "ii", "t"));
    std::vector<std::string> ids;
    TRY_STATUS(
        each_row(rows->bind(now.ns, static_cast<std::int64_t>(limit)), [&]() -> base::Status {
            ids.push_back(rows->text(0));
            return {};
        }));
    return ids;
}

base::Result<std::vector<std::string>> find_clocked_cases(Snapshot& snapshot,
                                                          std::string_view after, std::size_t limit)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared("SELECT id FROM cases WHERE (open = 1 OR due < ?)"
                                       " AND id > ? ORDER BY id LIMIT ?",
                                       "iti", "t"));
    std::vector<std::string> ids;
    TRY_STATUS(each_row(rows->bind(kNoDue, after, static_cast<std::int64_t>(limit)),
                        [&]() -> base::Status {
                            ids.push_back(rows->text(0));
                            return {};
                        }));
    return ids;
}

base::Result<bool> keep_breach(Change& change, std::string_view case_id, std::string_view rule,
                               base::Time due)
{
    Database& database = database_of(change);
    TRY(Statement * known,
        database.prepared("SELECT 1 FROM clock_breaches WHERE case_id = ? AND rule = ? AND due = ?",
                          "tti", "i"));
    TRY(const bool there, one_row(known->bind(case_id, rule, due.ns), [] {}));
    if (there) {
        return false;
    }
    TRY(Statement * insert,
        database.prepared("INSERT INTO clock_breaches (case_id, rule, due) VALUES (?, ?, ?)",
                          "tti"));
    TRY_STATUS(insert->bind(case_id, rule, due.ns).run());
    return true;
}

} // namespace tanggap::store
