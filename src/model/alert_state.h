// What people decided about an alert: never written by the pipeline. Source: ui.md §1.3.17.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::model {

/// Where an alert stands. Open: New to Snoozed; settled: the rest.
enum class AlertStatus : std::uint8_t {
    New,        ///< nobody has looked
    Accepted,   ///< somebody has, and goes on
    Escalating, ///< louder than forecast since somebody looked: back on top
    Regressed,  ///< was closed and went on
    Snoozed,    ///< out of sight until a time
    InCase,     ///< the work goes on in a case
    Closed,     ///< with a reason
    Archived,   ///< out of sight until it escalates
    Merged,     ///< a duplicate of another alert
};
inline constexpr std::size_t kAlertStatuses = 9;
std::string_view name_of(AlertStatus status);
base::Result<AlertStatus> parse_alert_status(std::string_view name);
constexpr bool is_open(AlertStatus status)
{
    return status <= AlertStatus::Snoozed;
}

/// Why an alert was closed.
enum class CloseReason : std::uint8_t {
    TruePositive,  ///< real, and dealt with outside a case
    FalsePositive, ///< the rule was wrong
    Benign,        ///< the rule was right, the act permitted: our own scanner
    OutOfScope,    ///< not ours to handle
    Resolved,      ///< over, nothing left to do
};
inline constexpr std::size_t kCloseReasons = 5;
std::string_view name_of(CloseReason reason);
base::Result<CloseReason> parse_close_reason(std::string_view name);

/// How loud an alert was when somebody last decided on it.
struct Baseline {
    std::uint64_t events = 0;
    std::uint64_t events_per_hour = 0; ///< over its life until then, at least 1
    base::Time at = {};                ///< zero: nobody decided yet

    friend bool operator==(const Baseline&, const Baseline&) = default;
};

inline constexpr int kNoPriority = -1;

struct AlertState {
    AlertStatus status = AlertStatus::New;
    base::Time since = {};                ///< of the status; zero: since it was made
    base::Time accepted_at = {};          ///< first acceptance; zero: never
    std::string close_reason = {};        ///< where Closed
    std::string assignee = {};            ///< id of an account; empty: nobody
    std::string case_id = {};             ///< where InCase
    std::uint64_t merged_into = 0;        ///< where Merged: number of the alert that stays
    base::Time snoozed_until = {};        ///< where Snoozed
    std::vector<std::string> labels = {}; ///< sorted, each once
    int priority = kNoPriority;           ///< 0..100 set by a person; wins over the computed one
    Baseline baseline = {};

    friend bool operator==(const AlertState&, const AlertState&) = default;
};

} // namespace tanggap::model
