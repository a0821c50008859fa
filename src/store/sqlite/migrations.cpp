#include "store/sqlite/migrations.h"

#include <array>

#include "base/time.h"

namespace tanggap::store::sqlite {
namespace {

// Columns that filters and sorts use come first and are narrow: a filter without an index reads a
// million rows in about 0.2 s. What only the detail page shows is in alert_details.
// `source_bits`: an IPv4 address as number, or the upper half of an IPv6 /64; for cidr filters.
constexpr std::array<std::string_view, 29> kFirst{
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE alerts (number INTEGER PRIMARY KEY, severity INTEGER NOT NULL,"
    " priority INTEGER NOT NULL, outcome INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
    " first_seen INTEGER NOT NULL, events INTEGER NOT NULL, detections INTEGER NOT NULL,"
    " recurs_of INTEGER NOT NULL, source_bits INTEGER NOT NULL, title_ref INTEGER NOT NULL,"
    " status TEXT NOT NULL, technique TEXT NOT NULL, source_country TEXT NOT NULL,"
    " sensor TEXT NOT NULL, organisation TEXT NOT NULL, asset_name TEXT NOT NULL,"
    " source TEXT NOT NULL, target TEXT NOT NULL, asset_id TEXT NOT NULL,"
    " asset_value INTEGER NOT NULL, succeeded INTEGER NOT NULL, unknown INTEGER NOT NULL,"
    " failed INTEGER NOT NULL, blocked INTEGER NOT NULL, created_at INTEGER NOT NULL,"
    " updated_at INTEGER NOT NULL, uuid TEXT NOT NULL)",
    "CREATE INDEX alerts_priority ON alerts (priority, last_seen, severity, status, outcome)",
    "CREATE INDEX alerts_last_seen ON alerts (last_seen)",
    "CREATE INDEX alerts_first_seen ON alerts (first_seen)",
    "CREATE INDEX alerts_events ON alerts (events)",
    "CREATE INDEX alerts_key ON alerts (source, technique, target, first_seen)",
    "CREATE INDEX alerts_technique ON alerts (technique, priority, last_seen)",
    "CREATE INDEX alerts_organisation ON alerts (organisation, priority, last_seen)",
    "CREATE INDEX alerts_target ON alerts (target)",
    "CREATE INDEX alerts_status ON alerts (status, severity)",
    "CREATE UNIQUE INDEX alerts_uuid ON alerts (uuid)",
    "CREATE TABLE alert_titles (ref INTEGER PRIMARY KEY, title TEXT NOT NULL,"
    " title_id TEXT NOT NULL, UNIQUE (title, title_id))",
    "CREATE TABLE alert_rules (rule_id TEXT NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY (rule_id, number)) WITHOUT ROWID",
    "CREATE TABLE rule_titles (rule_id TEXT PRIMARY KEY, title TEXT NOT NULL,"
    " title_id TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE alert_details (number INTEGER PRIMARY KEY, document TEXT NOT NULL)",
    "CREATE TABLE correlation_groups (rule_id TEXT NOT NULL, group_key TEXT NOT NULL,"
    " state TEXT NOT NULL, PRIMARY KEY (rule_id, group_key)) WITHOUT ROWID",
    "CREATE TABLE archive_ranges (first INTEGER PRIMARY KEY, last INTEGER NOT NULL,"
    " token TEXT NOT NULL, stored INTEGER NOT NULL, annotations TEXT NOT NULL)",
    "CREATE TABLE batches (sequence INTEGER PRIMARY KEY, document TEXT NOT NULL)",
    "CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE,"
    " password_hash TEXT NOT NULL, totp_secret_wrapped TEXT NOT NULL,"
    " totp_last_step INTEGER NOT NULL, disabled INTEGER NOT NULL, created_at INTEGER NOT NULL)",
    "CREATE TABLE user_roles (user_id TEXT NOT NULL, role TEXT NOT NULL,"
    " PRIMARY KEY (user_id, role)) WITHOUT ROWID",
    "CREATE TABLE api_keys (id TEXT PRIMARY KEY, name TEXT NOT NULL, secret_hash TEXT NOT NULL,"
    " scopes TEXT NOT NULL, user_id TEXT NOT NULL, created_at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL, last_used_at INTEGER NOT NULL)",
    "CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL,"
    " csrf TEXT NOT NULL, created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL)",
    "CREATE INDEX sessions_created_at ON sessions (created_at)",
    "CREATE TABLE sensors (name TEXT PRIMARY KEY, source TEXT NOT NULL, timezone TEXT NOT NULL,"
    " zone TEXT NOT NULL, owner TEXT NOT NULL, records INTEGER NOT NULL,"
    " quarantined INTEGER NOT NULL, first_seen_at INTEGER NOT NULL,"
    " last_seen_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE assets (network TEXT PRIMARY KEY, name TEXT NOT NULL,"
    " organisation TEXT NOT NULL, contact TEXT NOT NULL, value INTEGER NOT NULL)",
    "INSERT INTO counters (name, value) VALUES ('cursor', 0), ('last_alert_number', 0),"
    " ('alerts', 0), ('detections', 0), ('detected_events', 0)",
    "INSERT INTO counters (name, value) VALUES ('committed', 0), ('archived', 0)",
    "INSERT INTO counters (name, value) VALUES ('quarantined', 0), ('requeued', 0)",
};

// What people decide about an alert lies in columns of its row, so that lists filter without a
// join; commit() does not write them (store/alert_state.h).
constexpr std::array<std::string_view, 17> kCommands{
    "ALTER TABLE alerts ADD COLUMN close_reason TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE alerts ADD COLUMN assignee TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE alerts ADD COLUMN case_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE alerts ADD COLUMN snoozed_until INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE alert_labels (label TEXT NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY (label, number)) WITHOUT ROWID",
    "CREATE INDEX alert_labels_number ON alert_labels (number, label)",
    // `document` is the canonical JSON that `leaf` is the hash of; the other columns repeat what
    // lists look for, and are compared with it by the verifier.
    "CREATE TABLE activity (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    " command TEXT NOT NULL, time INTEGER NOT NULL, actor_id TEXT NOT NULL,"
    " action_kind TEXT NOT NULL, action TEXT NOT NULL, undoes TEXT NOT NULL,"
    " document TEXT NOT NULL, leaf TEXT NOT NULL)",
    "CREATE INDEX activity_command ON activity (command)",
    "CREATE INDEX activity_actor ON activity (actor_id, sequence)",
    "CREATE INDEX activity_action ON activity (action, sequence)",
    "CREATE INDEX activity_action_kind ON activity (action_kind, sequence)",
    "CREATE INDEX activity_undoes ON activity (undoes) WHERE undoes <> ''",
    "CREATE TABLE activity_objects (kind TEXT NOT NULL, id TEXT NOT NULL,"
    " sequence INTEGER NOT NULL, PRIMARY KEY (kind, id, sequence)) WITHOUT ROWID",
    "CREATE TABLE activity_head (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " count INTEGER NOT NULL, head TEXT NOT NULL)",
    "INSERT INTO activity_head (one, count, head) VALUES (1, 0,"
    " '0000000000000000000000000000000000000000000000000000000000000000')",
    // The version of every object that a command has changed, and the record that did so last.
    "CREATE TABLE objects (kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID",
    "CREATE TABLE idempotency_keys (actor TEXT NOT NULL, key TEXT NOT NULL,"
    " created_at INTEGER NOT NULL, fingerprint TEXT NOT NULL, command TEXT NOT NULL,"
    " answered INTEGER NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,"
    " headers TEXT NOT NULL, PRIMARY KEY (actor, key)) WITHOUT ROWID",
};

constexpr std::array<std::string_view, 16> kPeople{
    "CREATE INDEX activity_objects_sequence ON activity_objects (sequence)",
    "ALTER TABLE users ADD COLUMN last_sign_in_at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE users ADD COLUMN totp_pending_wrapped TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE recovery_codes (user_id TEXT NOT NULL, hash TEXT NOT NULL,"
    " PRIMARY KEY (user_id, hash)) WITHOUT ROWID",
    // Sessions from before have no name to be ended by: their people sign in again.
    "DELETE FROM sessions",
    "ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sessions ADD COLUMN authenticated_at INTEGER NOT NULL DEFAULT 0",
    "CREATE UNIQUE INDEX sessions_id ON sessions (id)",
    "CREATE INDEX sessions_user_id ON sessions (user_id)",
    "CREATE INDEX api_keys_user_id ON api_keys (user_id)",
    "CREATE TABLE invites (id TEXT PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL, user_id TEXT NOT NULL,"
    " made_by TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL)",
    // The label of an object that is not the default, and who needs to know. `restricted` repeats
    // policy::is_restricted(), so that lists find the few that are.
    "CREATE TABLE protections (kind TEXT NOT NULL, id TEXT NOT NULL, tlp INTEGER NOT NULL,"
    " restricted INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID",
    "CREATE INDEX protections_restricted ON protections (kind, id) WHERE restricted = 1",
    "CREATE TABLE named_persons (kind TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,"
    " PRIMARY KEY (kind, id, user_id)) WITHOUT ROWID",
};

// Columns of `cases` are what lists filter and sort by; `document` is the whole case
// (casework::write_json). `due` is the earlier of the next due time and the earliest that has
// passed. Words are classes and labels. What lies in a case is one table by kind; observables have
// their own, since cases are linked through their values.
constexpr std::array<std::string_view, 20> kCases{
    "CREATE TABLE case_numbers (kind TEXT NOT NULL, year INTEGER NOT NULL,"
    " last INTEGER NOT NULL, PRIMARY KEY (kind, year)) WITHOUT ROWID",
    "CREATE TABLE cases (ref INTEGER PRIMARY KEY, open INTEGER NOT NULL, stage INTEGER NOT NULL,"
    " priority INTEGER NOT NULL, tlp INTEGER NOT NULL, incident INTEGER NOT NULL,"
    " opened_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,"
    " next_due INTEGER NOT NULL, overdue INTEGER NOT NULL, due INTEGER NOT NULL,"
    " year INTEGER NOT NULL, ordinal INTEGER NOT NULL, owner TEXT NOT NULL, team TEXT NOT NULL,"
    " organisation TEXT NOT NULL, title TEXT NOT NULL, id TEXT NOT NULL UNIQUE,"
    " document TEXT NOT NULL, UNIQUE (year, ordinal))",
    "CREATE INDEX cases_updated ON cases (updated_at)",
    "CREATE INDEX cases_opened ON cases (opened_at)",
    "CREATE INDEX cases_priority ON cases (priority, due)",
    "CREATE INDEX cases_due ON cases (due, priority)",
    "CREATE INDEX cases_open_updated ON cases (updated_at) WHERE open = 1",
    "CREATE INDEX cases_open_opened ON cases (opened_at) WHERE open = 1",
    "CREATE INDEX cases_open_priority ON cases (priority, due) WHERE open = 1",
    "CREATE INDEX cases_open_due ON cases (due, priority) WHERE open = 1",
    "CREATE INDEX cases_next_due ON cases (next_due)",
    "CREATE TABLE case_words (kind TEXT NOT NULL, word TEXT NOT NULL, case_id TEXT NOT NULL,"
    " PRIMARY KEY (kind, word, case_id)) WITHOUT ROWID",
    "CREATE INDEX case_words_case ON case_words (case_id, kind)",
    "CREATE TABLE case_members (case_id TEXT NOT NULL, account TEXT NOT NULL,"
    " PRIMARY KEY (case_id, account)) WITHOUT ROWID",
    "CREATE TABLE case_items (id TEXT PRIMARY KEY, case_id TEXT NOT NULL, kind TEXT NOT NULL,"
    " state TEXT NOT NULL, at INTEGER NOT NULL, document TEXT NOT NULL)",
    "CREATE INDEX case_items_case ON case_items (case_id, kind, at, state)",
    "CREATE TABLE case_observables (id TEXT PRIMARY KEY, case_id TEXT NOT NULL,"
    " type TEXT NOT NULL, value TEXT NOT NULL, removed INTEGER NOT NULL, document TEXT NOT NULL,"
    " UNIQUE (type, value, case_id))",
    "CREATE INDEX case_observables_case ON case_observables (case_id)",
    "CREATE TABLE clock_breaches (case_id TEXT NOT NULL, rule TEXT NOT NULL, due INTEGER NOT NULL,"
    " PRIMARY KEY (case_id, rule, due)) WITHOUT ROWID",
    "CREATE INDEX alerts_of_case ON alerts (case_id, number) WHERE case_id <> ''",
};

// Reports (store/reports.h). `answers` and the texts of the conversation are the reporter's words;
// `code_hash` is a keyed hash: without the master key it tells nothing of the code.
constexpr std::array<std::string_view, 17> kReports{
    "CREATE TABLE reports (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
    " number TEXT NOT NULL UNIQUE, title TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,"
    " ended INTEGER NOT NULL, channel TEXT NOT NULL, identity TEXT NOT NULL,"
    " language TEXT NOT NULL, organisation TEXT NOT NULL,"
    " assignee TEXT NOT NULL, case_id TEXT NOT NULL, received_at INTEGER NOT NULL,"
    " acknowledged_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, waiting INTEGER NOT NULL,"
    " code_hash TEXT NOT NULL, answers TEXT NOT NULL)",
    "CREATE INDEX reports_received ON reports (received_at, sequence)",
    "CREATE INDEX reports_updated ON reports (updated_at, sequence)",
    "CREATE INDEX reports_open ON reports (ended, received_at, sequence)",
    "CREATE INDEX reports_case ON reports (case_id, sequence) WHERE case_id <> ''",
    "CREATE TABLE report_messages (report INTEGER NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL,"
    " from_team INTEGER NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL,"
    " PRIMARY KEY (report, at, id)) WITHOUT ROWID",
    "CREATE TABLE report_notes (report INTEGER NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL,"
    " text TEXT NOT NULL, author TEXT NOT NULL, PRIMARY KEY (report, at, id)) WITHOUT ROWID",
    "CREATE TABLE report_files (report INTEGER NOT NULL, added_at INTEGER NOT NULL,"
    " id TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,"
    " PRIMARY KEY (report, added_at, id)) WITHOUT ROWID",
    "CREATE INDEX report_files_sha256 ON report_files (sha256)",
    "CREATE TABLE report_marks (value TEXT NOT NULL, report INTEGER NOT NULL, kind TEXT NOT NULL,"
    " PRIMARY KEY (value, report, kind)) WITHOUT ROWID",
    "CREATE INDEX report_marks_report ON report_marks (report)",
    "CREATE VIRTUAL TABLE report_words USING fts5 (words, content = '',"
    " tokenize = 'unicode61 remove_diacritics 2')",
    "CREATE TABLE report_drafts (token_hash TEXT PRIMARY KEY, document TEXT NOT NULL,"
    " started_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, files TEXT NOT NULL,"
    " sent_number TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX report_drafts_expires ON report_drafts (expires_at)",
    "CREATE TABLE reporter_sessions (token_hash TEXT PRIMARY KEY, report_id TEXT NOT NULL,"
    " expires_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX reporter_sessions_expires ON reporter_sessions (expires_at)",
    "CREATE TABLE profile (one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL)",
};

// How an alert lives in people's hands (model/alert_state.h), what many acts in one were, views and
// looks. `priority` is what lists sort by: the one a person set, or else the computed one.
constexpr std::array<std::string_view, 19> kTriage{
    "ALTER TABLE alerts ADD COLUMN state_since INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE alerts ADD COLUMN accepted_at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE alerts ADD COLUMN merged_into INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE alerts ADD COLUMN priority_set INTEGER NOT NULL DEFAULT -1",
    "ALTER TABLE alerts ADD COLUMN computed_priority INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE alerts ADD COLUMN baseline_events INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE alerts ADD COLUMN baseline_per_hour INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE alerts ADD COLUMN baseline_at INTEGER NOT NULL DEFAULT 0",
    "UPDATE alerts SET computed_priority = priority,"
    " status = CASE status WHEN 'open' THEN 'new' ELSE status END,"
    " baseline_events = CASE status WHEN 'closed' THEN events ELSE 0 END",
    "CREATE INDEX alerts_assignee ON alerts (assignee, priority, last_seen) WHERE assignee <> ''",
    "CREATE INDEX alerts_merged ON alerts (merged_into) WHERE merged_into > 0",
    "CREATE INDEX alerts_snoozed ON alerts (snoozed_until) WHERE snoozed_until > 0",
    "CREATE INDEX alerts_back ON alerts (state_since)"
    " WHERE status IN ('escalating', 'regressed')",
    // One act on many objects is many commands; `document` is its outcome as told.
    "CREATE TABLE actions (id TEXT PRIMARY KEY, actor_id TEXT NOT NULL,"
    " started_at INTEGER NOT NULL, document TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE action_commands (action TEXT NOT NULL, ordinal INTEGER NOT NULL,"
    " command TEXT NOT NULL, PRIMARY KEY (action, ordinal)) WITHOUT ROWID",
    "CREATE TABLE views (id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL,"
    " query TEXT NOT NULL, sort TEXT NOT NULL, shared INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX views_owner ON views (owner)",
    "CREATE INDEX views_shared ON views (shared) WHERE shared = 1",
    "CREATE TABLE preferences (user_id TEXT NOT NULL, page TEXT NOT NULL,"
    " document TEXT NOT NULL, PRIMARY KEY (user_id, page)) WITHOUT ROWID",
};

constexpr std::array<std::string_view, 1> kLost{
    "INSERT INTO counters (name, value) VALUES ('lost', 0)",
};

/// What lay in a case before its alerts said so themselves.
constexpr std::array<std::string_view, 1> kInCase{
    "UPDATE alerts SET status = 'in_case' WHERE case_id <> '' AND status <> 'in_case'",
};

// Reports in the queue beside alerts. `severity` is that of the kind of report in the form, and
// decides its priority; `place` is where it stands, in the words of alerts: who writes to a report
// that ended, or that went into a case, has not been answered.
constexpr std::array<std::string_view, 6> kQueuedReports{
    "ALTER TABLE reports ADD COLUMN severity INTEGER NOT NULL DEFAULT 2",
    "ALTER TABLE reports ADD COLUMN priority INTEGER NOT NULL DEFAULT 50",
    "UPDATE reports SET severity = 3, priority = 75"
    " WHERE kind IN ('website', 'data_leak', 'malware')",
    "ALTER TABLE reports ADD COLUMN place TEXT GENERATED ALWAYS AS (CASE"
    " WHEN ended = 1 AND waiting = 0 THEN 'closed'"
    " WHEN ended = 1 OR (case_id <> '' AND acknowledged_at > 0 AND waiting = 1) THEN 'regressed'"
    " WHEN case_id <> '' THEN 'in_case'"
    " WHEN status = 'received' AND acknowledged_at = 0 THEN 'new'"
    " ELSE 'accepted' END) VIRTUAL",
    "CREATE INDEX reports_place ON reports (place, priority, updated_at, sequence)",
    "CREATE INDEX reports_priority ON reports (priority, updated_at, sequence)",
};

// Advisories from the desk; `document` is the service's JSON.
constexpr std::array<std::string_view, 1> kAdvisories{
    "CREATE TABLE advisories (id TEXT PRIMARY KEY, state TEXT NOT NULL, document TEXT NOT NULL,"
    " updated_at INTEGER NOT NULL) WITHOUT ROWID",
};

// Figures (store/figures.h, store/publications.h). `case_times` repeats milestones of the case's
// document, 0 where there is none; `detected` is the first alert, or else when it became known.
// `received_hours`: records by the hour of their receipt. Publications and documents are written
// once.
constexpr std::array<std::string_view, 8> kFigures{
    "CREATE TABLE case_times (ref INTEGER PRIMARY KEY, opened INTEGER NOT NULL,"
    " detected INTEGER NOT NULL, first_malicious INTEGER NOT NULL, first_alert INTEGER NOT NULL,"
    " acknowledged INTEGER NOT NULL, first_action INTEGER NOT NULL, contained INTEGER NOT NULL,"
    " eradicated INTEGER NOT NULL, service_restored INTEGER NOT NULL, closed INTEGER NOT NULL)",
    "INSERT INTO case_times SELECT c.ref, c.opened_at,"
    " ifnull(max(CASE m.name WHEN 'first_alert' THEN m.at END),"
    " ifnull(max(CASE m.name WHEN 'known' THEN m.at END), 0)),"
    " ifnull(max(CASE m.name WHEN 'first_malicious' THEN m.at END), 0),"
    " ifnull(max(CASE m.name WHEN 'first_alert' THEN m.at END), 0),"
    " ifnull(max(CASE m.name WHEN 'acknowledged' THEN m.at END), 0),"
    " ifnull(max(CASE m.name WHEN 'first_action' THEN m.at END), 0),"
    " ifnull(max(CASE m.name WHEN 'contained' THEN m.at END), 0),"
    " ifnull(max(CASE m.name WHEN 'eradicated' THEN m.at END), 0),"
    " ifnull(max(CASE m.name WHEN 'service_restored' THEN m.at END), 0),"
    " ifnull(max(CASE m.name WHEN 'closed' THEN m.at END), 0)"
    " FROM cases c LEFT JOIN (SELECT d.ref, j.key AS name,"
    " unixepoch(json_extract(j.value, '$.at')) * 1000000000 AS at"
    " FROM cases d, json_each(d.document, '$.milestones') j"
    " WHERE json_extract(j.value, '$.not_applicable') = 0) m ON m.ref = c.ref GROUP BY c.ref",
    "CREATE INDEX cases_ended ON cases (ended_at)",
    "CREATE TABLE received_hours (hour INTEGER NOT NULL, sensor TEXT NOT NULL,"
    " records INTEGER NOT NULL, PRIMARY KEY (hour, sensor)) WITHOUT ROWID",
    "CREATE TABLE publications (id TEXT PRIMARY KEY, period TEXT NOT NULL,"
    " version INTEGER NOT NULL, correction TEXT NOT NULL, frozen_at INTEGER NOT NULL,"
    " frozen_by TEXT NOT NULL, sha256 TEXT NOT NULL, document TEXT NOT NULL,"
    " UNIQUE (period, version))",
    "CREATE INDEX publications_frozen ON publications (frozen_at)",
    "CREATE TABLE documents (id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL,"
    " language TEXT NOT NULL, data_sha256 TEXT NOT NULL, file_sha256 TEXT NOT NULL,"
    " bytes INTEGER NOT NULL, made_at INTEGER NOT NULL, made_by TEXT NOT NULL)",
    "CREATE INDEX documents_subject ON documents (kind, subject, made_at)",
};

constexpr std::array<std::string_view, 4> kSettings{
    "ALTER TABLE sensors ADD COLUMN title TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sensors ADD COLUMN rate_max INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sensors ADD COLUMN silent_after INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE rule_settings (rule_id TEXT PRIMARY KEY, enabled INTEGER NOT NULL,"
    " level TEXT NOT NULL, owner TEXT NOT NULL, reason TEXT NOT NULL, set_by TEXT NOT NULL,"
    " set_at INTEGER NOT NULL) WITHOUT ROWID",
};

// Counts of attempts by day and of alerts by hour (figures_alerts.cpp), in UTC, so that the figures
// of a year are not counted row by row. Triggers count every alert where its row is written: no
// change goes round them. An attempt is an alert that nobody set aside (kSetAside).
// `figure_days.dimension` is of figure_counts.h, its `value` a row of `figure_values`; a count may
// be 0. `alert_moves` and `detection_moves` hold nothing: what is put into them is counted.
// Then indexes that have all that is counted of cases and reports.
constexpr std::array<std::string_view, 19> kCounts{
    "CREATE TABLE figure_values (ref INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE)",
    "CREATE TABLE figure_hours (hour INTEGER PRIMARY KEY, alerts INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL, detections INTEGER NOT NULL)",
    "CREATE TABLE figure_days (day INTEGER NOT NULL, dimension INTEGER NOT NULL,"
    " value INTEGER NOT NULL, attempts INTEGER NOT NULL,"
    " PRIMARY KEY (day, dimension, value)) WITHOUT ROWID",
    "CREATE VIEW alert_facts AS SELECT number, first_seen / 3600000000000 AS hour,"
    " first_seen / 86400000000000 AS day, NOT (status = 'merged' OR close_reason IN"
    " ('false_positive', 'benign', 'out_of_scope')) AS attempt, severity, outcome, technique,"
    " source, source_bits <> -9223372036854775808 AS is_address, source_country, target,"
    " organisation FROM alerts",
    "CREATE VIEW alert_values AS"
    " SELECT day, 0 AS dimension, CAST(severity AS TEXT) AS value FROM alert_facts WHERE attempt"
    " UNION ALL SELECT day, 1, CAST(outcome AS TEXT) FROM alert_facts WHERE attempt"
    " UNION ALL SELECT day, 2, technique FROM alert_facts WHERE attempt"
    " UNION ALL SELECT day, CASE WHEN is_address THEN 3 ELSE 4 END, source FROM alert_facts"
    " WHERE attempt"
    " UNION ALL SELECT day, 5, source_country FROM alert_facts WHERE attempt"
    " UNION ALL SELECT day, 6, target FROM alert_facts WHERE attempt"
    " UNION ALL SELECT day, 7, organisation FROM alert_facts WHERE attempt",
    "CREATE VIEW alert_moves AS SELECT 1 AS sign, * FROM alert_facts",
    "CREATE TRIGGER alert_moves_hour INSTEAD OF INSERT ON alert_moves BEGIN"
    " INSERT INTO figure_hours (hour, alerts, attempts, detections)"
    " VALUES (NEW.hour, NEW.sign, NEW.sign * NEW.attempt, 0) ON CONFLICT (hour) DO UPDATE"
    " SET alerts = alerts + excluded.alerts, attempts = attempts + excluded.attempts; END",
    "CREATE TRIGGER alert_moves_day INSTEAD OF INSERT ON alert_moves WHEN NEW.attempt BEGIN"
    " INSERT INTO figure_values (value) VALUES (NEW.severity), (NEW.outcome), (NEW.technique),"
    " (NEW.source), (NEW.source_country), (NEW.target), (NEW.organisation)"
    " ON CONFLICT (value) DO NOTHING;"
    " INSERT INTO figure_days (day, dimension, value, attempts) VALUES"
    " (NEW.day, 0, (SELECT ref FROM figure_values WHERE value = CAST(NEW.severity AS TEXT)),"
    " NEW.sign),"
    " (NEW.day, 1, (SELECT ref FROM figure_values WHERE value = CAST(NEW.outcome AS TEXT)),"
    " NEW.sign),"
    " (NEW.day, 2, (SELECT ref FROM figure_values WHERE value = NEW.technique), NEW.sign),"
    " (NEW.day, CASE WHEN NEW.is_address THEN 3 ELSE 4 END,"
    " (SELECT ref FROM figure_values WHERE value = NEW.source), NEW.sign),"
    " (NEW.day, 5, (SELECT ref FROM figure_values WHERE value = NEW.source_country), NEW.sign),"
    " (NEW.day, 6, (SELECT ref FROM figure_values WHERE value = NEW.target), NEW.sign),"
    " (NEW.day, 7, (SELECT ref FROM figure_values WHERE value = NEW.organisation), NEW.sign)"
    " ON CONFLICT (day, dimension, value) DO UPDATE SET attempts = attempts + excluded.attempts;"
    " END",
    "CREATE VIEW detection_moves AS SELECT 0 AS hour, 0 AS detections",
    "CREATE TRIGGER detection_moves_hour INSTEAD OF INSERT ON detection_moves BEGIN"
    " INSERT INTO figure_hours (hour, alerts, attempts, detections)"
    " VALUES (NEW.hour, 0, 0, NEW.detections) ON CONFLICT (hour) DO UPDATE"
    " SET detections = detections + excluded.detections; END",
    "CREATE TRIGGER alerts_counted AFTER INSERT ON alerts BEGIN"
    " INSERT INTO alert_moves SELECT 1, * FROM alert_facts WHERE number = NEW.number;"
    " INSERT INTO detection_moves VALUES (NEW.first_seen / 3600000000000, NEW.detections); END",
    // Out of the old place before the row changes, into the new one after it has.
    "CREATE TRIGGER alerts_leave BEFORE UPDATE ON alerts WHEN (OLD.first_seen, OLD.status,"
    " OLD.close_reason, OLD.severity, OLD.outcome, OLD.technique, OLD.source, OLD.source_bits,"
    " OLD.source_country, OLD.target, OLD.organisation) IS NOT (NEW.first_seen, NEW.status,"
    " NEW.close_reason, NEW.severity, NEW.outcome, NEW.technique, NEW.source, NEW.source_bits,"
    " NEW.source_country, NEW.target, NEW.organisation)"
    " BEGIN INSERT INTO alert_moves SELECT -1, * FROM alert_facts WHERE number = OLD.number; END",
    "CREATE TRIGGER alerts_arrive AFTER UPDATE ON alerts WHEN (OLD.first_seen, OLD.status,"
    " OLD.close_reason, OLD.severity, OLD.outcome, OLD.technique, OLD.source, OLD.source_bits,"
    " OLD.source_country, OLD.target, OLD.organisation) IS NOT (NEW.first_seen, NEW.status,"
    " NEW.close_reason, NEW.severity, NEW.outcome, NEW.technique, NEW.source, NEW.source_bits,"
    " NEW.source_country, NEW.target, NEW.organisation)"
    " BEGIN INSERT INTO alert_moves SELECT 1, * FROM alert_facts WHERE number = NEW.number; END",
    "CREATE TRIGGER alerts_grow AFTER UPDATE OF detections, first_seen ON alerts"
    " WHEN (OLD.detections, OLD.first_seen) IS NOT (NEW.detections, NEW.first_seen) BEGIN"
    " INSERT INTO detection_moves VALUES (OLD.first_seen / 3600000000000, -OLD.detections),"
    " (NEW.first_seen / 3600000000000, NEW.detections); END",
    "CREATE TRIGGER alerts_gone BEFORE DELETE ON alerts BEGIN"
    " INSERT INTO alert_moves SELECT -1, * FROM alert_facts WHERE number = OLD.number;"
    " INSERT INTO detection_moves VALUES (OLD.first_seen / 3600000000000, -OLD.detections); END",
    "INSERT INTO figure_hours SELECT f.hour, count(*), sum(f.attempt), sum(a.detections)"
    " FROM alert_facts f JOIN alerts a ON a.number = f.number GROUP BY f.hour",
    "INSERT INTO figure_values (value) SELECT DISTINCT value FROM alert_values",
    "INSERT INTO figure_days SELECT v.day, v.dimension, f.ref, count(*) FROM alert_values v"
    " JOIN figure_values f ON f.value = v.value GROUP BY 1, 2, 3",
    "CREATE INDEX cases_figures ON cases (opened_at, tlp, owner, incident, open, priority, stage,"
    " organisation, id)",
};

// Who was put into a case unheard waits on: their report is new until they are told that we have
// it.
constexpr std::array<std::string_view, 4> kToldReporters{
    "DROP INDEX reports_place",
    "ALTER TABLE reports DROP COLUMN place",
    "ALTER TABLE reports ADD COLUMN place TEXT GENERATED ALWAYS AS (CASE"
    " WHEN ended = 1 AND waiting = 0 THEN 'closed'"
    " WHEN ended = 1 THEN 'regressed'"
    " WHEN acknowledged_at = 0 AND (case_id <> '' OR status = 'received') THEN 'new'"
    " WHEN case_id = '' THEN 'accepted'"
    " WHEN waiting = 1 THEN 'regressed'"
    " ELSE 'in_case' END) VIRTUAL",
    "CREATE INDEX reports_place ON reports (place, priority, updated_at, sequence)",
};

// Exceptions of rules, and rules that people wrote here; `id` of a rule is that in its text.
constexpr std::array<std::string_view, 3> kRules{
    "CREATE TABLE rule_exceptions (id TEXT PRIMARY KEY, rule_id TEXT NOT NULL,"
    " conditions TEXT NOT NULL, expires_at INTEGER NOT NULL, owner TEXT NOT NULL,"
    " reason TEXT NOT NULL, set_by TEXT NOT NULL, set_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX rule_exceptions_rule ON rule_exceptions (rule_id, set_at)",
    "CREATE TABLE own_rules (id TEXT PRIMARY KEY, yaml TEXT NOT NULL) WITHOUT ROWID",
};

constexpr std::array<std::string_view, 3> kOffice{
    "CREATE TABLE organisations (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " note TEXT NOT NULL, contacts TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE own_holidays (date TEXT PRIMARY KEY, name TEXT NOT NULL, set_by TEXT NOT NULL,"
    " set_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE casework_off (kind TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL,"
    " set_by TEXT NOT NULL, set_at INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID",
};

constexpr std::array<std::string_view, 1> kHelped{
    "ALTER TABLE reports ADD COLUMN helped TEXT NOT NULL DEFAULT ''",
};

// Words are looked for here: among the values of one index, and in rows a tenth as long.
constexpr std::array<std::string_view, 3> kNames{
    "CREATE INDEX alerts_asset ON alerts (asset_name)",
    "CREATE INDEX cases_named ON cases (title, organisation)",
    "CREATE INDEX cases_owner ON cases (owner, priority, due)",
};

constexpr std::array kMigrations{
    Migration{1, "alerts, detection state, accounts, sensors, assets", kFirst},
    Migration{2, "commands: activity records, versions, idempotency keys, alert states", kCommands},
    Migration{3, "recovery codes, invitations, names of sessions, labels of objects", kPeople},
    Migration{4, "cases and what lies in them", kCases},
    Migration{5, "reports: conversation, files, drafts; the organisation's profile", kReports},
    Migration{6, "triage: the life of alerts, acts on many, views, looks", kTriage},
    Migration{7, "events that damage took before the archive had them", kLost},
    Migration{8, "alerts in a case say so", kInCase},
    Migration{9, "reports in the queue: severity, priority, place", kQueuedReports},
    Migration{10, "advisories from the desk", kAdvisories},
    Migration{11, "figures: times of cases, records by hour, publications, documents", kFigures},
    Migration{12, "what people set of sensors and rules", kSettings},
    Migration{13, "counts of alerts by day and hour", kCounts},
    Migration{14, "reports in a case wait until their reporters were told", kToldReporters},
    Migration{15, "exceptions of rules, own rules", kRules},
    Migration{16, "organisations with contacts, own days off, playbooks and clocks off", kOffice},
    Migration{17, "reports: whether we were of help", kHelped},
    Migration{18, "words in alerts and cases are found by indexes", kNames},
};

base::Status apply(Database& database, const Migration& migration)
{
    return in_transaction(database, [&]() -> base::Status {
        for (const std::string_view statement : migration.statements) {
            TRY_STATUS(database.run(std::string(statement)));
        }
        TRY(Statement * record,
            database.prepared("INSERT INTO schema_migrations (version, name, applied_at)"
                              " VALUES (?, ?, ?)",
                              "iti"));
        return record->bind(migration.version, migration.name, base::system_clock().now().ns).run();
    });
}

} // namespace

std::span<const Migration> migrations()
{
    return kMigrations;
}

base::Status migrate(Database& database)
{
    TRY_STATUS(database.run("CREATE TABLE IF NOT EXISTS schema_migrations"
                            " (version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
                            " applied_at INTEGER NOT NULL)"));
    TRY(const std::int64_t found,
        database.integer_of("SELECT coalesce(max(version), 0) FROM schema_migrations"));
    const int known = kMigrations.back().version;
    if (found > known) {
        return base::invalid("the case database has schema version " + std::to_string(found) +
                             ", this program knows up to " + std::to_string(known) +
                             "; start the newer program that made it");
    }
    for (const Migration& migration : kMigrations) {
        if (migration.version > found) {
            TRY_STATUS(apply(database, migration));
        }
    }
    return {};
}

} // namespace tanggap::store::sqlite
