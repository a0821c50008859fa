// What people do with cases. Every change is one command with its activity records; what lies in a
// case (tasks, entries, notes, observables) has its own version and stands in the case's history.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "casework/closing.h"
#include "service/principal.h"
#include "service/world.h"
#include "store/cases.h"
#include "store/reports.h"

namespace tanggap::service {

/// A wish about one case. `expected_version` not given: whatever version it has.
struct CaseWish {
    const Principal& principal;
    store::Command command;
    std::string id; ///< UUID or number
    std::optional<std::uint64_t> expected_version{};
};

store::CaseViewer viewer_of(const Principal& principal);
/// What of a case decides: its label, and at TLP:RED its owner and members.
policy::Object object_for_policy(const casework::Case& subject);
base::Status may(const Principal& principal, policy::Action action, const casework::Case& subject);

struct CaseView {
    casework::Case subject;
    store::CaseCounts counts;
    std::uint64_t version = 0;
    std::string updated_by;
    base::Time updated_at;
    std::vector<casework::Clock> clocks;
    std::vector<casework::PriorityReason> priority_reasons;
    std::vector<casework::Missing> missing;
    std::vector<casework::Text> doubts;
};
/// Errors: NotFound, also where it may not be seen.
base::Result<CaseView> view_case(const World& world, const Principal& principal,
                                 std::string_view id);
/// The clocks of a case as they stand now.
std::vector<casework::Clock> clocks_of(const World& world, const casework::Case& subject);
/// What the store keeps of them.
store::CaseDue due_of(const World& world, const casework::Case& subject, base::Time now);

struct NewCase {
    std::string title{};               ///< empty: the first alert's
    std::vector<std::string> alerts{}; ///< "ALR-12" or UUID
    std::vector<std::string> classes{};
    casework::Assessment assessment{};
    std::string organisation{};
    std::string contact{};
    std::string summary{};
    std::string team{};
    casework::Tlp tlp = casework::Tlp::Amber;
    bool incident = false;
    std::string playbook{};             ///< empty: none
    std::optional<std::string> owner{}; ///< name of an account; not given: who opens it
    std::vector<store::ReportHead> reports{};
};
/// Opens a case, puts alerts and reports into it and applies the playbook, in one command.
/// Errors: Invalid; NotFound; Conflict where an alert is in another case.
base::Result<casework::Case> open_case(const World& world, const Principal& principal,
                                       const store::Command& command, const NewCase& wish);
/// The same inside a change of another use case, which records what it does beside it.
base::Result<casework::Case> open_case(store::Change& change, const World& world,
                                       const Principal& principal, const NewCase& wish);

/// Attaches them to an open case: their sources and targets become observables. An alert that is
/// in it already is left alone. Errors: NotFound; Conflict where one is in another case, or merged.
base::Status attach_alerts(const World& world, const CaseWish& wish,
                           std::span<const std::string> alerts);
/// The same inside a change of another use case, with reports beside them: what the reporters wrote
/// becomes observables, too, and the earliest word of all is the first alert of the case.
base::Status attach(store::Change& change, const World& world, const Principal& principal,
                    casework::Case& subject, std::span<const std::string> alerts,
                    std::span<const store::ReportHead> reports);
base::Status detach_alert(const World& world, const CaseWish& wish, std::string_view alert);

/// Fields not given stay.
struct CaseEdit {
    std::optional<std::string> title{};
    std::optional<std::string> owner{}; ///< name of an account; "": nobody
    std::optional<std::string> team{};
    std::optional<std::string> organisation{};
    std::optional<std::string> contact{};
    std::optional<casework::Tlp> tlp{};
    std::optional<std::vector<std::string>> classes{};
    std::optional<std::vector<std::string>> labels{};
    std::optional<std::vector<std::string>> members{}; ///< names of accounts
    std::optional<std::string> summary{};
    std::optional<std::string> cause{};
    std::optional<std::string> impact{};
    std::optional<std::string> measures{};
    std::optional<std::string> lessons{};
    std::optional<casework::Resolution> resolution{};
    std::optional<casework::Assessment> assessment{};
    /// P1…P4 over what the assessment gives, with its reason; "" takes it back.
    std::optional<std::string> priority{};
    std::optional<std::string> priority_reason{};
};
base::Status edit_case(const World& world, const CaseWish& wish, const CaseEdit& edit);

struct StageMove {
    casework::Stage to = casework::Stage::Triage;
    std::string waiting_for{};
    std::string transferred_to{};
    std::string duplicate_of{}; ///< number or UUID
    bool declare_incident = false;
};
/// Errors: Conflict where there is no such move; Invalid with what it needs, by name.
base::Status move_case(const World& world, const CaseWish& wish, const StageMove& move);

/// Declares it an incident, or takes that back with a reason: KAS- becomes INS-.
base::Status declare_incident(const World& world, const CaseWish& wish, bool incident);

/// `value` nothing: takes the time back.
base::Status set_milestone(const World& world, const CaseWish& wish, casework::Milestone milestone,
                           std::optional<casework::MilestoneTime> value);

struct DutyWish {
    std::string rule{};
    bool open_again = false;
    bool waived = false;
    std::optional<base::Time> at{}; ///< not given: now
    std::string proof{};            ///< where the proof is, or why waived
};
/// A statutory duty is done or waived. Errors: NotFound where the case has no such duty.
base::Status fulfil_duty(const World& world, const CaseWish& wish, const DutyWish& duty);

/// Records the breaches of one case's clocks that are not recorded yet, by the program itself.
base::Status record_breaches(const World& world, std::string_view case_id);

} // namespace tanggap::service
