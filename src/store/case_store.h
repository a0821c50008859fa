// The case database port: alerts, detection state, users, keys. One commit per journal range.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "detect/engine.h"
#include "model/alert.h"
#include "model/ledger.h"
#include "normalize/enrich.h"
#include "policy/policy.h"
#include "query/query.h"
#include "store/activity.h"
#include "store/reports.h"
#include "store/triage_list.h"
#include "triage/triage.h"

namespace tanggap::store {

class NewsFeed;

/// One event's part in detections, kept until the range is archived: after a crash the range is
/// decoded again but not detected again.
struct Annotation {
    std::uint64_t sequence = 0;     ///< journal entry
    std::uint32_t record_index = 0; ///< in that entry
    std::vector<std::string> rule_ids;
    std::vector<std::uint64_t> alerts;
    int level = -1; ///< highest model::Level, -1 none
};

/// Rulings 20: a fixed journal range. It is written before its first insert; its token is the hash
/// of the range, so a replay is byte-identical. One insert per event day, token + day.
struct ArchiveRange {
    std::uint64_t first = 0; ///< journal entries first..last
    std::uint64_t last = 0;
    std::string token;
    std::vector<Annotation> annotations;
};

/// What became of the records of one journal entry. Units: records, except detections.
struct BatchResult {
    std::uint64_t sequence = 0; ///< of the journal entry
    std::uint64_t records = 0;
    std::uint64_t stored = 0;
    std::vector<std::pair<std::string, std::uint64_t>> quarantined; ///< by reason
    std::uint64_t detections = 0;
    std::vector<std::uint64_t> alerts; ///< numbers, made or joined
};

struct Sensor {
    std::string name;
    std::string source; ///< empty: chosen by content
    std::string timezone;
    std::string zone;
    std::string owner;
    std::uint64_t records = 0;
    base::Time first_seen_at;
    base::Time last_seen_at; ///< receipt of its latest record
    std::uint64_t quarantined = 0;
};

/// Everything that processing entries (cursor, range.last] changed, applied in one transaction.
struct Commit {
    std::uint64_t cursor = 0; ///< new value: every entry ≤ cursor is processed
    ArchiveRange range;
    std::vector<model::Alert> alerts; ///< new or changed, whole
    std::uint64_t last_alert_number = 0;
    std::vector<detect::GroupState> correlation;
    std::uint64_t stored = 0; ///< events of the range
    std::uint64_t quarantined = 0;
    std::uint64_t detections = 0;
    std::uint64_t detected_events = 0;
    /// What the range saw of each sensor: records and quarantined are added to the sensor's, its
    /// first and last times widened; a sensor that is not there yet is made.
    std::vector<Sensor> sensors;
    std::vector<BatchResult> batches; ///< the newest limits::kBatchResultsKept stay readable
};

enum class AlertSort { PriorityDesc, LastSeenDesc, FirstSeenDesc, NumberDesc, EventsDesc };

struct AlertPageRequest {
    const query::Node* filter = nullptr; ///< null: all
    AlertSort sort = AlertSort::PriorityDesc;
    std::size_t limit = 50;
    std::string after; ///< opaque keyset position from AlertPage::next; empty: first page
    base::Time now;
    policy::Filter visible;   ///< what the asker sees; by default nothing
    bool exact_total = false; ///< also above limits::kListTotalMax
};

/// A list row is the Alert without factors, rules, reasons, summary and confidence.
struct AlertPage {
    std::vector<model::Alert> alerts;
    std::vector<AlertStanding> standings; ///< of the alerts, in their order
    std::string next;                     ///< empty: no more
    std::uint64_t total = 0;
    bool total_is_lower_bound = false; ///< counting stops at limits::kListTotalMax
};

struct CaseDue;

class CaseStore : public triage::Past, public Changes, public ReporterStore {
public:
    ~CaseStore() override = default;

    virtual std::uint64_t cursor() const = 0;
    virtual base::Result<std::vector<detect::GroupState>> correlation_state() = 0;
    virtual base::Status commit(const Commit& commit) = 0;
    /// Ranges committed but not yet archived, oldest first.
    virtual base::Result<std::vector<ArchiveRange>> pending_ranges() = 0;
    /// `events`: those of the range that the archive took. What the commit counted beyond them is
    /// lost: the journal no longer had it.
    virtual base::Status mark_archived(std::uint64_t range_first, std::uint64_t events) = 0;
    /// The store's part: `stored` = archived, `in_flight` = committed but not yet archived,
    /// `quarantined` = ever, lost, detections, detected_events, alerts. Receipt and what left
    /// quarantine: the journal.
    virtual model::Ledger ledger() const = 0;
    virtual base::Result<BatchResult> find_batch(std::uint64_t sequence) = 0;

    /// What commits and commands changed, for those who watch.
    virtual NewsFeed& feed() = 0;

    virtual base::Result<AlertPage> list_alerts(const AlertPageRequest& request) = 0;
    /// `id`: "ALR-12" or the UUID.
    virtual base::Result<model::Alert> find_alert(std::string_view id) = 0;
    /// Of each field, in their order, its `top` values: severity, status, assignee (names), label,
    /// rule, technique, source, source_country, target, asset, organisation, outcome, sensor, kind.
    /// Errors: Invalid for another.
    virtual base::Result<std::vector<FacetValues>> alert_facets(std::span<const std::string> fields,
                                                                const query::Node* filter,
                                                                std::size_t top, base::Time now,
                                                                const policy::Filter& visible) = 0;

    /// "Last used" and "last seen": bookkeeping, no change that a person made.
    virtual base::Status touch_api_key(std::string_view id, base::Time now) = 0;
    virtual base::Status touch_session(std::string_view token_hash, base::Time now) = 0;

    /// Makes the sensor or sets its source, timezone, zone and owner where given (not empty).
    /// Counts and times belong to commit().
    virtual base::Status upsert_sensor(const Sensor& sensor) = 0;
    virtual base::Result<std::vector<Sensor>> list_sensors() = 0;
    /// What lists and the watch know of a case's clocks: computed, so no command and no record.
    virtual base::Status put_case_due(std::string_view case_id, const CaseDue& due) = 0;
};

} // namespace tanggap::store
