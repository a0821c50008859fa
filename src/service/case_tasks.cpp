// Tasks of cases: from playbooks and by hand.
#include <algorithm>

#include "service/detail/item_change.h"

namespace tanggap::service {
namespace {

using casework::Case;
using casework::Task;
using casework::TaskState;

/// Tasks of one case: a plan longer than this is no plan.
constexpr std::size_t kTasksMax = 500;

Task task_of(const casework::Playbook& book, const casework::TaskTemplate& from,
             const Case& subject, const casework::WorkCalendar* calendar, base::Time now)
{
    Task task{.id = base::make_uuid_v7(now).text(),
              .case_id = subject.id,
              .title = from.title.id,
              .title_en = from.title.en,
              .why = from.why.id,
              .why_en = from.why.en,
              .stage = from.stage,
              .role = from.role,
              .mandatory = from.mandatory,
              .due = casework::due_of(from, calendar, now),
              .steps = from.steps,
              .ticked = {},
              .playbook = book.id + "/" + from.id,
              .created_at = now};
    task.ticked.assign(task.steps.size(), false);
    return task;
}

base::Status take_state(TaskState to, Task& task, const Principal& principal, base::Time now)
{
    const bool ends = to == TaskState::Done || to == TaskState::Dropped;
    if (task.state == to) {
        return {};
    }
    if (to == TaskState::Dropped && task.mandatory && base::trim(task.outcome).empty()) {
        return base::invalid("dropping a mandatory task needs `outcome`: why");
    }
    task.state = to;
    task.done_at = ends ? std::optional(now) : std::nullopt;
    task.done_by = ends ? principal.name : "";
    if (task.owner.empty() && to != TaskState::Open) {
        task.owner = principal.user_id; // who takes it has it
    }
    return {};
}

base::Status apply(store::Change& change, const ItemWish& wish, const TaskEdit& edit, Task& task)
{
    if (edit.title) {
        TRY(task.title, checked_text("title", *edit.title, kCaseTitleBytesMax, true));
        task.title_en = task.title;
    }
    if (edit.why) {
        TRY(task.why, checked_text("why", *edit.why, kCaseTextBytesMax));
        task.why_en = task.why;
    }
    if (edit.outcome) {
        TRY(task.outcome, checked_text("outcome", *edit.outcome, kCaseTextBytesMax));
    }
    if (edit.owner) {
        task.owner.clear();
        if (!edit.owner->empty()) {
            TRY(task.owner, account_of(change, *edit.owner));
        }
    }
    if (edit.stage && !casework::is_working(*edit.stage)) {
        return base::invalid("a task belongs to a stage that work is done in");
    }
    task.stage = edit.stage.value_or(task.stage);
    task.role = edit.role.value_or(task.role);
    task.mandatory = edit.mandatory.value_or(task.mandatory);
    task.due = edit.due.value_or(task.due);
    if (edit.ticked) {
        if (edit.ticked->size() != task.steps.size()) {
            return base::invalid("`ticked` has as many values as the task has steps");
        }
        task.ticked = *edit.ticked;
    }
    return take_state(edit.state.value_or(task.state), task, wish.principal, change.command().now);
}

} // namespace

base::Status apply_playbook(store::Change& change, const World& world, const Case& subject,
                            std::string_view id)
{
    const auto knowledge = world.casework();
    const casework::Playbook* book = knowledge->find_playbook(id);
    if (book == nullptr) {
        return base::invalid("there is no playbook " + base::quoted(id));
    }
    if (!book->enabled) {
        return base::invalid("the playbook " + base::quoted(id) + " is switched off");
    }
    TRY(const auto there, store::list_tasks(change, subject.id));
    std::size_t added = 0;
    for (const casework::TaskTemplate& from : book->tasks) {
        const Task task =
            task_of(*book, from, subject, knowledge->calendar.get(), change.command().now);
        if (std::ranges::find(there, task.playbook, &Task::playbook) == there.end()) {
            TRY_STATUS(store::put_task(change, task));
            ++added;
        }
    }
    if (added == 0) {
        return {};
    }
    return change.record({.action = "case.playbook",
                          .object = store::object_of(subject),
                          .before = "null",
                          .after = R"({"playbook":")" + book->id + R"(","tasks":)" +
                                   std::to_string(added) + R"(,"version":)" +
                                   std::to_string(book->version) + "}",
                          .reversible = store::Reversible::No});
}

base::Status apply_playbook(const World& world, const CaseWish& wish, std::string_view playbook)
{
    const auto done = world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
        TRY(const Case subject, case_to_work_on(change, wish.principal, wish.id));
        return apply_playbook(change, world, subject, playbook);
    });
    return done ? base::Status() : base::Status(std::unexpected(done.error()));
}

base::Result<Task> add_task(const World& world, const ItemWish& wish, const TaskEdit& edit)
{
    return make_item<Task>(
        world, wish, "task", store::put_task,
        [&](store::Change& change, const Case& subject, Task& task) -> base::Status {
            TRY(const auto there, store::list_tasks(change, subject.id));
            if (there.size() >= kTasksMax) {
                return base::exhausted("a case has at most 500 tasks");
            }
            if (!edit.title) {
                return base::invalid("a task needs a title");
            }
            task.stage = casework::is_working(subject.place.stage) ? subject.place.stage
                                                                   : subject.place.resume;
            return apply(change, wish, edit, task);
        });
}

base::Result<Task> edit_task(const World& world, const ItemWish& wish, const TaskEdit& edit)
{
    return change_item<Task>(world, wish, "task", store::find_task, store::put_task,
                             [&](store::Change& change, const Case&, Task& task) {
                                 return apply(change, wish, edit, task);
                             });
}

} // namespace tanggap::service
