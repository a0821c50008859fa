// A case and what lies in it, as values. What is stored and what activity records say is their
// JSON.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "casework/clock.h"
#include "casework/milestone.h"
#include "casework/playbook.h"
#include "casework/priority.h"
#include "casework/stage.h"

namespace tanggap::casework {

/// KAS-2026-0042; INS-2026-0042 once declared an incident. Both name the same case.
struct CaseNumber {
    int year = 0;
    std::uint64_t ordinal = 0; ///< from 1 in each year of the install's zone

    friend auto operator<=>(const CaseNumber&, const CaseNumber&) = default;
};
std::string number_text(const CaseNumber& number, bool incident);
/// Nothing where `text` is no number of a case.
std::optional<CaseNumber> parse_case_number(std::string_view text);

enum class Tlp : std::uint8_t { Clear, Green, Amber, AmberStrict, Red };
std::string_view name_of(Tlp tlp); ///< "amber+strict"
base::Result<Tlp> parse_tlp(std::string_view name);

/// How a closed case ended.
enum class Resolution : std::uint8_t {
    None,
    Resolved,
    Mitigated, ///< the harm ended, the cause is not gone
    Unresolved,
    NoResponse, ///< the owner did not answer
};
std::string_view name_of(Resolution resolution); ///< "" for None
base::Result<Resolution> parse_resolution(std::string_view name);

struct DutyDone {
    Fulfilment done{};
    std::string proof{}; ///< where the proof of dispatch is, or why it was waived
    std::string by{};    ///< name of the account
};

struct Case {
    std::string id{}; ///< UUIDv7
    CaseNumber number{};
    bool incident = false;
    std::string title{};
    Place place{};
    Assessment assessment{};
    std::optional<Priority> priority_set{}; ///< by a person, over what the assessment gives
    std::string priority_reason{};
    std::string owner{}; ///< id of an account; empty: nobody
    std::string team{};
    std::string organisation{};
    std::string contact{};
    Tlp tlp = Tlp::Amber;
    std::vector<std::string> classes{};
    std::vector<std::string> labels{};
    std::vector<std::string> members{}; ///< ids of accounts that may see it at TLP:RED

    std::string summary{};
    std::string cause{};
    std::string impact{};
    std::string measures{};
    std::string lessons{};
    Resolution resolution = Resolution::None;

    std::string stage_reason{}; ///< of the latest move that gave one
    std::string waiting_for{};
    std::string transferred_to{};
    std::string duplicate_of{}; ///< id of a case

    base::Time opened_at{};
    Milestones milestones{};
    std::vector<Interval> waiting{};
    std::optional<base::Time> ended_at{};
    std::optional<base::Time> reopened_at{};
    std::optional<base::Time> news_at{};                   ///< the latest fact, action or decision
    std::map<std::string, DutyDone, std::less<>> duties{}; ///< by clock rule

    std::string number_text() const { return casework::number_text(number, incident); }
    /// What a person set, else what the assessment gives; nothing where neither is known.
    std::optional<Priority> priority() const;
    History history() const;
};

/// Moves it and sets what the move sets. The caller has checked needs_of.
void move(Case& subject, Stage to, base::Time now);

enum class TaskState : std::uint8_t { Open, Doing, Done, Dropped };
std::string_view name_of(TaskState state);
base::Result<TaskState> parse_task_state(std::string_view name);

struct Task {
    std::string id{};
    std::string case_id{};
    std::string title{};
    std::string title_en{}; ///< from a playbook; by hand both are the same
    std::string why{};
    std::string why_en{};
    Stage stage = Stage::Triage;
    TeamRole role = TeamRole::Analyst;
    std::string owner{};
    TaskState state = TaskState::Open;
    bool mandatory = false;
    std::optional<base::Time> due{};
    std::vector<Text> steps{};
    std::vector<bool> ticked{}; ///< as many as steps
    std::string playbook{};
    std::string outcome{}; ///< what came of it, or why it was dropped
    base::Time created_at{};
    std::optional<base::Time> done_at{};
    std::string done_by{};
};

enum class EntryKind : std::uint8_t { Fact, Action, Decision };
std::string_view name_of(EntryKind kind);
base::Result<EntryKind> parse_entry_kind(std::string_view name);

/// One line of the timeline that a person wrote. `at`: when it happened, not when it was written.
struct Entry {
    std::string id{};
    std::string case_id{};
    EntryKind kind = EntryKind::Fact;
    std::string text{};
    base::Time at{};
    bool starred = false; ///< goes to the report
    bool removed = false;
    std::string by{};
    base::Time created_at{};
};

struct Note {
    std::string id{};
    std::string case_id{};
    std::string title{};
    std::string text{};
    bool removed = false;
    std::string by{}; ///< who wrote last
    base::Time created_at{};
    base::Time updated_at{};
};

struct CaseObservable {
    std::string id{};
    std::string case_id{};
    std::string type{}; ///< name of ObservableType
    std::string value{};
    std::string note{};
    bool indicator = false; ///< an analyst says it is bad
    bool removed = false;
    std::string by{};
    base::Time created_at{};
};

/// EV-2026-0007
struct Evidence {
    std::string id{};
    std::string case_id{};
    CaseNumber number{};
    std::string name{}; ///< of the file, as given; never a path
    std::string kind{}; ///< "log", "disk_image", …; see evidence_kinds()
    std::string description{};
    std::string source{}; ///< host, address or person it came from
    std::string method{}; ///< how and with what it was taken
    std::optional<base::Time> acquired_at{};
    std::uint64_t size = 0;
    std::string sha256{};
    bool removed = false; ///< no longer counted; the file stays
    std::string by{};
    base::Time created_at{};

    std::string number_text() const;
};
std::span<const std::string_view> evidence_kinds();

// Text of JSON objects with every field, and back. Errors: Corrupt, with the field.
std::string write_json(const Case& value);
std::string write_json(const Task& value);
std::string write_json(const Entry& value);
std::string write_json(const Note& value);
std::string write_json(const CaseObservable& value);
std::string write_json(const Evidence& value);
base::Result<Case> read_case(std::string_view json);
base::Result<Task> read_task(std::string_view json);
base::Result<Entry> read_entry(std::string_view json);
base::Result<Note> read_note(std::string_view json);
base::Result<CaseObservable> read_observable(std::string_view json);
base::Result<Evidence> read_evidence(std::string_view json);

/// The fields of two objects that differ, as two objects: what an activity record says. A field
/// that one lacks is null in its part.
struct Difference {
    std::string before;
    std::string after;
    bool empty = true;
};
Difference difference_of(std::string_view before_json, std::string_view after_json);
/// `json` with the fields of `fields` in place of its own; null takes a field away. Errors:
/// Corrupt.
base::Result<std::string> with_fields(std::string_view json, std::string_view fields);

} // namespace tanggap::casework
