// Cases and what lies in them: reading from a snapshot, writing in a change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "casework/case.h"
#include "query/query.h"
#include "store/activity.h"

namespace tanggap::store {

/// Who looks: cases at TLP:RED are there only for their owner and members.
struct CaseViewer {
    std::string account; ///< id
};

/// What the store keeps of a case's clocks, so that lists and the ticker need not compute them.
struct CaseDue {
    std::optional<base::Time> next{};    ///< earliest due time still ahead
    std::optional<base::Time> overdue{}; ///< earliest due time that has passed and still asks
};

ObjectRef object_of(const casework::Case& subject);

/// The next of the year, taken. Numbers of a change that fails are given again.
base::Result<casework::CaseNumber> take_case_number(Change& change, int year);
/// By UUID, KAS-… or INS-…. Errors: NotFound, also where the viewer may not see it.
base::Result<casework::Case> find_case(Snapshot& snapshot, std::string_view id,
                                       const CaseViewer& viewer);
/// Whatever its TLP: for the program itself.
base::Result<casework::Case> find_case_by_id(Snapshot& snapshot, std::string_view id);
/// The case that an object of an activity record belongs to: itself, or what lies in it.
/// Nothing for other kinds. Errors: NotFound.
base::Result<std::optional<casework::Case>> find_case_of(Snapshot& snapshot,
                                                         const ObjectRef& object);
/// Makes or replaces it.
base::Status put_case(Change& change, const casework::Case& subject, const CaseDue& due);
/// Says that something in it changed at `now`.
base::Status touch_case(Change& change, std::string_view id, base::Time now);

struct CaseCounts {
    std::uint64_t tasks = 0;
    std::uint64_t tasks_open = 0;
    std::uint64_t entries = 0;
    std::uint64_t notes = 0;
    std::uint64_t observables = 0;
    std::uint64_t alerts = 0;
    std::uint64_t evidence = 0;
};
base::Result<CaseCounts> count_in_case(Snapshot& snapshot, std::string_view id);

enum class CaseSort : std::uint8_t { UpdatedDesc, OpenedDesc, Priority, Due };

struct CasePageRequest {
    const query::Node* filter = nullptr; ///< of query::case_scope(); null: all
    CaseSort sort = CaseSort::UpdatedDesc;
    std::size_t limit = 50;
    std::string after{}; ///< CasePage::next; empty: first page
    base::Time now;
    CaseViewer viewer;
    bool exact_total = false; ///< also above limits::kListTotalMax
};

struct CasePage {
    std::vector<casework::Case> cases;
    std::vector<CaseCounts> counts;     ///< of each
    std::vector<base::Time> updated_at; ///< of each
    std::string next;                   ///< empty: no more
    std::uint64_t total = 0;
    bool total_is_lower_bound = false; ///< counting stops at limits::kListTotalMax
};
base::Result<CasePage> list_cases(Snapshot& snapshot, const CasePageRequest& request);
/// How many there are, however many.
base::Result<std::uint64_t> count_cases(Snapshot& snapshot, const query::Node* filter,
                                        base::Time now, const CaseViewer& viewer);
/// Value → count of one field: stage, priority, owner, organisation, class, label, tlp, team.
base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
case_facet(Snapshot& snapshot, std::string_view field, const query::Node* filter, std::size_t top,
           base::Time now, const CaseViewer& viewer);

base::Status put_task(Change& change, const casework::Task& task);
base::Result<casework::Task> find_task(Snapshot& snapshot, std::string_view id);
base::Result<std::vector<casework::Task>> list_tasks(Snapshot& snapshot, std::string_view case_id);

base::Status put_entry(Change& change, const casework::Entry& entry);
base::Result<casework::Entry> find_entry(Snapshot& snapshot, std::string_view id);
/// Of those at or before `before`, newest first; removed ones are left out.
base::Result<std::vector<casework::Entry>> list_entries(Snapshot& snapshot,
                                                        std::string_view case_id,
                                                        std::optional<base::Time> before,
                                                        std::size_t limit);

base::Status put_note(Change& change, const casework::Note& note);
base::Result<casework::Note> find_note(Snapshot& snapshot, std::string_view id);
base::Result<std::vector<casework::Note>> list_notes(Snapshot& snapshot, std::string_view case_id);

/// The next of the year, taken.
base::Result<casework::CaseNumber> take_evidence_number(Change& change, int year);
base::Status put_evidence(Change& change, const casework::Evidence& evidence);
base::Result<casework::Evidence> find_evidence(Snapshot& snapshot, std::string_view id);
base::Result<std::vector<casework::Evidence>> list_evidence(Snapshot& snapshot,
                                                            std::string_view case_id);

base::Status put_observable(Change& change, const casework::CaseObservable& observable);
base::Result<casework::CaseObservable> find_observable(Snapshot& snapshot, std::string_view id);
/// The one of this type and value in the case, removed or not; nothing where there is none.
base::Result<std::optional<casework::CaseObservable>>
find_observable_by_value(Snapshot& snapshot, std::string_view case_id, std::string_view type,
                         std::string_view value);

struct SeenObservable {
    casework::CaseObservable observable;
    std::uint64_t other_cases = 0; ///< that the viewer may see
};
base::Result<std::vector<SeenObservable>> list_observables(Snapshot& snapshot,
                                                           std::string_view case_id,
                                                           const CaseViewer& viewer,
                                                           std::size_t limit);
/// Cases with this value, newest first.
base::Result<std::vector<casework::Case>> find_cases_with(Snapshot& snapshot, std::string_view type,
                                                          std::string_view value,
                                                          const CaseViewer& viewer,
                                                          std::size_t limit);

/// An alert as far as a case needs it.
struct CaseAlert {
    std::uint64_t number = 0;
    std::string id; ///< UUID
    std::string title;
    std::string title_id;
    std::string source;
    std::string target;
    std::string technique;
    std::string organisation;
    std::string case_id; ///< empty: in no case
    int severity = 0;    ///< model::Level
    std::uint64_t events = 0;
    base::Time first_seen;
    base::Time last_seen;
    base::Time raised_at; ///< when we made it

    ObjectRef object() const { return {.kind = "alert", .id = id}; }
};
/// By "ALR-12" or UUID. Errors: NotFound.
base::Result<CaseAlert> find_case_alert(Snapshot& snapshot, std::string_view id);
base::Result<CaseAlert> find_case_alert(Snapshot& snapshot, std::uint64_t number);

/// Numbers of the alerts in a case, newest first.
base::Result<std::vector<std::uint64_t>> list_case_alerts(Snapshot& snapshot, std::string_view id,
                                                          std::size_t limit);

/// Ids of cases whose next due time has come, oldest first.
base::Result<std::vector<std::string>> find_due_cases(Snapshot& snapshot, base::Time now,
                                                      std::size_t limit);
/// Every case with a clock that still asks for something: after clocks changed.
base::Result<std::vector<std::string>>
find_clocked_cases(Snapshot& snapshot, std::string_view after, std::size_t limit);
/// Whether this breach is new; it is kept. Once for each rule and due time of a case.
base::Result<bool> keep_breach(Change& change, std::string_view case_id, std::string_view rule,
                               base::Time due);

} // namespace tanggap::store
