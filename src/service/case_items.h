// What lies in a case: tasks, the timeline, observables, notes. Each is an object of its own with
// its own version; its records stand in the case's history too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casework/merge.h"
#include "service/cases.h"

namespace tanggap::service {

/// A wish about one thing in a case.
struct ItemWish {
    const Principal& principal;
    store::Command command;
    std::string case_id; ///< UUID or number
    std::string id;      ///< of the thing; empty where it is to be made
    std::optional<std::uint64_t> expected_version{};
};

/// Tasks of the playbook's templates that the case does not have yet, in a change of another use
/// case. Errors: Invalid where there is no such playbook.
base::Status apply_playbook(store::Change& change, const World& world,
                            const casework::Case& subject, std::string_view playbook);
base::Status apply_playbook(const World& world, const CaseWish& wish, std::string_view playbook);

struct TaskEdit {
    std::optional<std::string> title{};
    std::optional<std::string> why{};
    std::optional<casework::Stage> stage{};
    std::optional<casework::TeamRole> role{};
    std::optional<std::string> owner{}; ///< name of an account; "": nobody
    std::optional<casework::TaskState> state{};
    std::optional<bool> mandatory{};
    std::optional<std::optional<base::Time>> due{};
    std::optional<std::vector<bool>> ticked{};
    std::optional<std::string> outcome{};
};
/// Gives the task as it is then. Dropping a mandatory one needs an outcome: why.
base::Result<casework::Task> add_task(const World& world, const ItemWish& wish,
                                      const TaskEdit& edit);
base::Result<casework::Task> edit_task(const World& world, const ItemWish& wish,
                                       const TaskEdit& edit);

struct EntryEdit {
    std::optional<casework::EntryKind> kind{};
    std::optional<std::string> text{};
    std::optional<base::Time> at{};
    std::optional<bool> starred{};
    std::optional<bool> removed{};
};
/// A new entry counts as news of the case; an action, as its first response if it is the first.
base::Result<casework::Entry> add_entry(const World& world, const ItemWish& wish,
                                        const EntryEdit& edit);
base::Result<casework::Entry> edit_entry(const World& world, const ItemWish& wish,
                                         const EntryEdit& edit);

/// One line of the merged timeline: what a person wrote, or what was done.
struct TimelineLine {
    base::Time at;
    std::optional<casework::Entry> entry;
    std::uint64_t entry_version = 0;
    std::optional<store::Activity> activity;
};
struct TimelinePage {
    std::vector<TimelineLine> lines; ///< newest first
    std::string next;                ///< empty: no more
};
base::Result<TimelinePage> list_timeline(const World& world, const Principal& principal,
                                         std::string_view case_id, std::size_t limit,
                                         std::string_view after);

struct ObservableInput {
    std::string type{};
    std::string value{};
    std::string note{};
};
/// What is found in `text`; those that are in the case already are left alone. Gives how many came.
base::Result<std::size_t> add_observables(const World& world, const ItemWish& wish,
                                          std::string_view text,
                                          const std::vector<ObservableInput>& given);
base::Status add_found_observables(store::Change& change, const casework::Case& subject,
                                   std::string_view text, std::string_view note);
struct ObservableEdit {
    std::optional<std::string> note{};
    std::optional<bool> indicator{};
    std::optional<bool> removed{};
};
base::Result<casework::CaseObservable> edit_observable(const World& world, const ItemWish& wish,
                                                       const ObservableEdit& edit);

struct NoteEdit {
    std::optional<std::string> title{};
    std::optional<std::string> text{};
    std::optional<bool> removed{};
};
base::Result<casework::Note> add_note(const World& world, const ItemWish& wish,
                                      const NoteEdit& edit);
base::Result<casework::Note> edit_note(const World& world, const ItemWish& wish,
                                       const NoteEdit& edit);
/// What is in the store now against what the writer began from and wrote.
struct NoteMerge {
    casework::Merge merge;
    casework::Note theirs;
    std::uint64_t version = 0;
};
base::Result<NoteMerge> merge_note(const World& world, const ItemWish& wish, std::string_view base,
                                   std::string_view ours);

} // namespace tanggap::service
