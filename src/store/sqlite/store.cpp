#include "store/sqlite/store.h"

#include <array>

#include "base/life.h"
#include "base/limits.h"
#include "base/triage_limits.h"
#include "store/alert_state.h"
#include "store/sqlite/change.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/ranges.h"
#include "store/sqlite/sqlite_case_store.h"
#include "triage/state_fields.h"

namespace tanggap::store {

base::Result<std::unique_ptr<CaseStore>> open_sqlite(const std::string& folder)
{
    return sqlite::SqliteCaseStore::open(folder);
}

namespace sqlite {
namespace {

/// Ranges told at once: their annotations lie in memory, and the archiver asks until none is left.
constexpr std::uint64_t kPendingRangesMax = 64;

/// The rows of the table `counters` and where they live in memory.
struct CounterField {
    std::string_view name;
    std::uint64_t Counters::* member;
};
constexpr std::array kCounterFields{
    CounterField{"cursor", &Counters::cursor},
    CounterField{"last_alert_number", &Counters::last_alert_number},
    CounterField{"alerts", &Counters::alerts},
    CounterField{"detections", &Counters::detections},
    CounterField{"detected_events", &Counters::detected_events},
    CounterField{"committed", &Counters::committed},
    CounterField{"archived", &Counters::archived},
    CounterField{"quarantined", &Counters::quarantined},
    CounterField{"lost", &Counters::lost},
};

} // namespace

base::Result<std::unique_ptr<CaseStore>> SqliteCaseStore::open(const std::string& folder)
{
    TRY(auto connections, Connections::open(folder));
    TRY_STATUS(migrate(connections->writer()));
    std::unique_ptr<SqliteCaseStore> store(new SqliteCaseStore(std::move(connections)));
    TRY_STATUS(store->load_counters());
    return std::unique_ptr<CaseStore>(std::move(store));
}

base::Status SqliteCaseStore::load_counters()
{
    TRY(Statement * rows,
        connections_->writer().prepared("SELECT name, value FROM counters", "", "ti"));
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        for (const CounterField& field : kCounterFields) {
            if (field.name == rows->text(0)) {
                counters_.*field.member = rows->natural(1);
            }
        }
        return {};
    }));
    last_number_given_ = counters_.last_alert_number;
    return {};
}

base::Status SqliteCaseStore::save_counters(const Counters& counters)
{
    TRY(Statement * update,
        connections_->writer().prepared("UPDATE counters SET value = ? WHERE name = ?", "it"));
    for (const CounterField& field : kCounterFields) {
        TRY_STATUS(update->bind(counters.*field.member, field.name).run());
    }
    return {};
}

Counters SqliteCaseStore::counters() const
{
    const std::lock_guard lock(counters_mutex_);
    return counters_;
}

void SqliteCaseStore::publish(const Counters& counters)
{
    const std::lock_guard lock(counters_mutex_);
    counters_ = counters;
}

void SqliteCaseStore::restart_numbers()
{
    const std::lock_guard lock(counters_mutex_);
    last_number_given_ = counters_.last_alert_number;
}

std::uint64_t SqliteCaseStore::next_number()
{
    const std::lock_guard lock(counters_mutex_);
    return ++last_number_given_;
}

std::uint64_t SqliteCaseStore::cursor() const
{
    return counters().cursor;
}

model::Ledger SqliteCaseStore::ledger() const
{
    const Counters now = counters();
    model::Ledger ledger;
    ledger.stored = now.archived;
    ledger.in_flight = now.committed - now.archived - now.lost;
    ledger.quarantined = now.quarantined;
    if (now.lost != 0) {
        ledger.lost[std::string(model::kLostBeforeArchive)] = now.lost;
    }
    ledger.detections = now.detections;
    ledger.detected_events = now.detected_events;
    ledger.alerts = now.alerts;
    return ledger;
}

base::Status SqliteCaseStore::commit(const Commit& commit)
{
    base::life::step();
    const auto writing = connections_->writing();
    const Counters before = counters();
    if (commit.cursor <= before.cursor) {
        return base::fail(base::Code::Conflict,
                          "commit up to journal entry " + std::to_string(commit.cursor) +
                              ": entries up to " + std::to_string(before.cursor) +
                              " are committed already");
    }
    Counters after = before;
    const auto done = in_transaction(connections_->writer(), [&]() -> base::Status {
        TRY(after, apply(commit, before));
        return save_counters(after);
    });
    if (!done) {
        alert_writer_.forget();
        restart_numbers();
        return done;
    }
    publish(after);
    restart_numbers();
    tell(commit, before.last_alert_number);
    return connections_->checkpoint_if_long();
}

void SqliteCaseStore::tell(const Commit& commit, std::uint64_t last_number_before)
{
    if (commit.alerts.size() > base::limits::kNewsPerCommitMax) {
        feed_.publish({{.position = 0,
                        .topic = "alerts",
                        .id = {},
                        .version = 0,
                        .changed = {"created", "events"}}});
        return;
    }
    std::vector<News> news;
    for (const model::Alert& alert : commit.alerts) {
        news.push_back({.position = 0,
                        .topic = "alerts",
                        .id = alert.id.text(),
                        .version = 0,
                        .changed = {alert.number > last_number_before ? "created" : "events"}});
    }
    feed_.publish(std::move(news));
}

base::Result<Counters> SqliteCaseStore::apply(const Commit& commit, Counters counters)
{
    for (const model::Alert& alert : commit.alerts) {
        counters.alerts += alert.number > counters.last_alert_number ? 1 : 0;
        TRY_STATUS(write_alert(alert));
    }
    TRY_STATUS(write_range(commit));
    TRY_STATUS(write_correlation(commit));
    TRY_STATUS(write_batches(commit));
    TRY_STATUS(write_sensors(commit));
    counters.cursor = commit.cursor;
    counters.last_alert_number = std::max(counters.last_alert_number, commit.last_alert_number);
    for (const model::Alert& alert : commit.alerts) {
        counters.last_alert_number = std::max(counters.last_alert_number, alert.number);
    }
    counters.committed += commit.stored;
    counters.quarantined += commit.quarantined;
    counters.detections += commit.detections;
    counters.detected_events += commit.detected_events;
    return counters;
}

/// An alert that a person decided on and that grows may come back, and its history says so.
base::Status SqliteCaseStore::write_alert(const model::Alert& alert)
{
    Database& database = connections_->writer();
    TRY(Statement * decided, database.prepared("SELECT uuid FROM alerts WHERE number = ?"
                                               " AND status IN ('accepted', 'closed', 'archived')",
                                               "i", "t"));
    std::string id;
    TRY(const bool may_come_back,
        one_row(decided->bind(alert.number), [&] { id = decided->text(0); }));
    TRY_STATUS(alert_writer_.write(alert));
    if (!may_come_back) {
        return {};
    }
    TRY(const model::AlertState before, read_state(database, alert.number));
    const triage::AlertFacts facts{
        .events = alert.events, .first_seen = alert.first_seen, .last_seen = alert.last_seen};
    const auto after = triage::after_growth(before, facts, alert.updated_at);
    if (!after) {
        return {};
    }
    const Command command{.actor = {.name = "pipeline"}, .now = alert.updated_at};
    OpenChange change(database, command);
    TRY_STATUS(put_alert_state(change, alert.number, *after));
    auto fields = triage::difference(before, *after);
    const bool louder = after->status == model::AlertStatus::Escalating;
    return change.record({.action = louder ? "alert.escalate" : "alert.reopen",
                          .object = {.kind = "alert", .id = id},
                          .before = std::move(fields.before),
                          .after = std::move(fields.after)});
}

base::Status SqliteCaseStore::write_range(const Commit& commit)
{
    if (commit.range.token.empty() && commit.stored == 0) {
        return {}; // Nothing of it goes to the archive.
    }
    TRY(Statement * insert,
        connections_->writer().prepared("INSERT INTO archive_ranges (first, last, token, stored,"
                                        " annotations) VALUES (?, ?, ?, ?, ?)",
                                        "iitit"));
    const ArchiveRange& range = commit.range;
    return insert
        ->bind(range.first, range.last, range.token, commit.stored,
               write_annotations(range.annotations))
        .run();
}

base::Status SqliteCaseStore::write_correlation(const Commit& commit)
{
    TRY(Statement * upsert,
        connections_->writer().prepared("INSERT INTO correlation_groups (rule_id, group_key, state)"
                                        " VALUES (?, ?, ?) ON CONFLICT (rule_id, group_key)"
                                        " DO UPDATE SET state = excluded.state",
                                        "ttt"));
    TRY(Statement * remove,
        connections_->writer().prepared(
            "DELETE FROM correlation_groups WHERE rule_id = ? AND group_key = ?", "tt"));
    for (const detect::GroupState& group : commit.correlation) {
        TRY_STATUS(group.state.empty()
                       ? remove->bind(group.rule_id, group.group).run()
                       : upsert->bind(group.rule_id, group.group, group.state).run());
    }
    return {};
}

base::Status SqliteCaseStore::write_batches(const Commit& commit)
{
    TRY(Statement * insert,
        connections_->writer().prepared(
            "INSERT OR REPLACE INTO batches (sequence, document) VALUES (?, ?)", "it"));
    for (const BatchResult& batch : commit.batches) {
        TRY_STATUS(insert->bind(batch.sequence, write_batch(batch)).run());
    }
    if (commit.cursor <= base::limits::kBatchResultsKept) {
        return {};
    }
    TRY(Statement * forget,
        connections_->writer().prepared("DELETE FROM batches WHERE sequence <= ?", "i"));
    return forget->bind(commit.cursor - base::limits::kBatchResultsKept).run();
}

base::Status SqliteCaseStore::write_sensors(const Commit& commit)
{
    TRY(Statement * upsert,
        connections_->writer().prepared(
            "INSERT INTO sensors (name, source, timezone, zone, owner, records, quarantined,"
            " first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET records = records + excluded.records,"
            " quarantined = quarantined + excluded.quarantined,"
            " first_seen_at = CASE WHEN first_seen_at = 0 THEN excluded.first_seen_at"
            " ELSE min(first_seen_at, excluded.first_seen_at) END,"
            " last_seen_at = max(last_seen_at, excluded.last_seen_at)",
            "tttttiiii"));
    // By the hour of the commit's latest record: a commit spans moments, not hours.
    TRY(Statement * hours,
        connections_->writer().prepared(
            "INSERT INTO received_hours (hour, sensor, records) VALUES (?, ?, ?)"
            " ON CONFLICT (hour, sensor) DO UPDATE SET records = records + excluded.records",
            "iti"));
    constexpr std::int64_t kHour = 3'600'000'000'000;
    for (const Sensor& sensor : commit.sensors) {
        TRY_STATUS(hours
                       ->bind(sensor.last_seen_at.ns - sensor.last_seen_at.ns % kHour, sensor.name,
                              sensor.records + sensor.quarantined)
                       .run());
        TRY_STATUS(upsert
                       ->bind(sensor.name, sensor.source, sensor.timezone, sensor.zone,
                              sensor.owner, sensor.records, sensor.quarantined,
                              sensor.first_seen_at.ns, sensor.last_seen_at.ns)
                       .run());
    }
    return {};
}

base::Result<std::vector<detect::GroupState>> SqliteCaseStore::correlation_state()
{
    const auto reader = connections_->reader();
    TRY(Statement * rows, reader->prepared("SELECT rule_id, group_key, state"
                                           " FROM correlation_groups ORDER BY rule_id, group_key",
                                           "", "ttt"));
    std::vector<detect::GroupState> groups;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        groups.push_back(
            {.rule_id = rows->text(0), .group = rows->text(1), .state = rows->text(2)});
        return {};
    }));
    return groups;
}

base::Result<std::vector<ArchiveRange>> SqliteCaseStore::pending_ranges()
{
    const auto reader = connections_->reader();
    TRY(Statement * rows, reader->prepared("SELECT first, last, token, annotations"
                                           " FROM archive_ranges ORDER BY first LIMIT ?",
                                           "i", "iitt"));
    std::vector<ArchiveRange> ranges;
    TRY_STATUS(each_row(rows->bind(kPendingRangesMax), [&]() -> base::Status {
        TRY(auto annotations, read_annotations(rows->text(3)));
        ranges.push_back({.first = rows->natural(0),
                          .last = rows->natural(1),
                          .token = rows->text(2),
                          .annotations = std::move(annotations)});
        return {};
    }));
    return ranges;
}

base::Status SqliteCaseStore::mark_archived(std::uint64_t range_first, std::uint64_t events)
{
    const auto writing = connections_->writing();
    TRY(Statement * find, connections_->writer().prepared(
                              "SELECT stored FROM archive_ranges WHERE first = ?", "i", "i"));
    std::uint64_t stored = 0;
    TRY(const bool found, one_row(find->bind(range_first), [&] { stored = find->natural(0); }));
    if (!found) {
        return base::not_found("no archive range starts at journal entry " +
                               std::to_string(range_first));
    }
    Counters changed = counters();
    changed.archived += std::min(events, stored);
    changed.lost += stored - std::min(events, stored);
    TRY_STATUS(in_transaction(connections_->writer(), [&]() -> base::Status {
        TRY(Statement * remove,
            connections_->writer().prepared("DELETE FROM archive_ranges WHERE first = ?", "i"));
        TRY_STATUS(remove->bind(range_first).run());
        return save_counters(changed);
    }));
    publish(changed);
    return connections_->checkpoint_if_long();
}

base::Result<BatchResult> SqliteCaseStore::find_batch(std::uint64_t sequence)
{
    const auto reader = connections_->reader();
    TRY(Statement * row,
        reader->prepared("SELECT document FROM batches WHERE sequence = ?", "i", "t"));
    std::string document;
    TRY(const bool found, one_row(row->bind(sequence), [&] { document = row->text(0); }));
    if (!found) {
        return base::not_found("batch " + std::to_string(sequence) +
                               " is unknown, not yet processed, or forgotten");
    }
    return read_batch(document);
}

} // namespace sqlite
} // namespace tanggap::store
