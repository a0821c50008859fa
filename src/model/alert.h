// L3: an activity group. Source = product.md ladder, rulings 26-28.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "model/detection.h"

namespace tanggap::model {

/// What makes two detections the same activity.
struct AlertKey {
    std::string source;    ///< IPv4, IPv6 /64, user@host or host
    std::string technique; ///< "T1110", or the rule id
    std::string target;    ///< asset id, url.domain, host.name or destination.ip

    friend auto operator<=>(const AlertKey&, const AlertKey&) = default;
};

struct OutcomeCounts {
    std::uint64_t succeeded = 0;
    std::uint64_t unknown = 0;
    std::uint64_t failed = 0;
    std::uint64_t blocked = 0;

    /// Succeeded if any, else unknown, failed, blocked (rulings 27).
    Outcome group() const;
    void add(Outcome outcome, std::uint64_t n = 1);
};

/// One rule's part in an alert.
struct AlertRule {
    std::string rule_id;
    std::string title;
    std::string title_id;
    Level level = Level::Medium;
    std::uint64_t detections = 0;
};

/// A factor of the priority, for "why 87?".
struct PriorityFactor {
    std::string name;  ///< severity, asset, confidence, outcome
    std::string value; ///< "high", "2", "0.8", "failed"
    double factor = 1;
};

struct Alert {
    std::uint64_t number = 0; ///< shown as ALR-<number>
    base::Uuid id;            ///< UUIDv7
    AlertKey key;
    std::string title; ///< of the leading rule (highest level, then first seen)
    std::string title_id;
    Level severity = Level::Medium;
    int priority = 0; ///< 0..100
    std::vector<PriorityFactor> factors;
    base::Time first_seen;
    base::Time last_seen;
    std::uint64_t events = 0; ///< distinct detected events
    std::uint64_t detections = 0;
    OutcomeCounts outcomes;
    std::vector<AlertRule> rules;
    std::string technique_name; ///< reserved for the name of key.technique, may be empty
    std::string sensor;         ///< of the first event
    std::string source_country; ///< ISO 3166 alpha-2, of the first event that has one
    std::string asset_id;
    std::string asset_name;
    std::string organisation;    ///< owner of the asset, by longest prefix; else of the sensor
    int asset_value = 2;         ///< 1..3; unknown asset counts as 2
    double confidence = 0.8;     ///< highest of its rules
    std::uint64_t recurs_of = 0; ///< number of the earlier alert with the same key ("berulang")
    std::vector<MatchReason> first_reasons; ///< why the first detection fired
    std::string summary;                    ///< correlation summary where the leading rule is one
    std::string status = "new"; ///< model/alert_state.h: people's; the pipeline only makes it new
    base::Time created_at;
    base::Time updated_at;
};

std::string alert_number_text(std::uint64_t number); ///< "ALR-81234"

} // namespace tanggap::model
