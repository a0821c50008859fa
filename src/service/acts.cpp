#include "service/acts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <span>

#include <nlohmann/json.hpp>

#include "base/command_limits.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "base/triage_limits.h"
#include "service/detail/act_piece.h"
#include "service/detail/case_change.h"
#include "service/protection.h"
#include "service/reports.h"
#include "store/actions.h"
#include "store/alert_state.h"
#include "store/triage_list.h"
#include "store/views.h"
#include "triage/life.h"
#include "triage/state_fields.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;
using store::AlertInHand;

struct KindName {
    ActKind kind;
    std::string_view name;
};
constexpr std::array kKinds{
    KindName{ActKind::Accept, "alert.accept"},     KindName{ActKind::Close, "alert.close"},
    KindName{ActKind::Snooze, "alert.snooze"},     KindName{ActKind::Archive, "alert.archive"},
    KindName{ActKind::Merge, "alert.merge"},       KindName{ActKind::Unmerge, "alert.unmerge"},
    KindName{ActKind::Reopen, "alert.reopen"},     KindName{ActKind::Assign, "alert.assign"},
    KindName{ActKind::Label, "alert.label"},       KindName{ActKind::Unlabel, "alert.unlabel"},
    KindName{ActKind::Priority, "alert.priority"}, KindName{ActKind::Attach, "alert.attach"},
    KindName{ActKind::Detach, "alert.detach"},
};

/// "ALR-12" or a UUID. Nothing: there is no such alert.
base::Result<std::optional<std::uint64_t>> number_of(store::Snapshot& snapshot, std::string_view id)
{
    std::uint64_t number = 0;
    if (id.starts_with("ALR-")) {
        const std::string_view digits = id.substr(4);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        const bool whole = error == std::errc{} && end == digits.data() + digits.size();
        return whole ? std::optional(number) : std::nullopt;
    }
    auto found = store::find_alert_number(snapshot, id);
    if (found) {
        return std::optional(*found);
    }
    return found.error().code == base::Code::NotFound
               ? base::Result<std::optional<std::uint64_t>>(std::nullopt)
               : std::unexpected(std::move(found).error());
}

/// An alert or a report by the number people read, or by its UUID. Nothing: there is none.
base::Result<std::optional<store::TriageKey>> key_of(store::Snapshot& snapshot, std::string_view id)
{
    TRY(const auto number, number_of(snapshot, id));
    if (number) {
        return store::TriageKey{.kind = store::TriageKind::Alert, .number = *number};
    }
    auto report = store::find_report_head(snapshot, id);
    if (report) {
        return store::TriageKey{.kind = store::TriageKind::Report, .number = report->sequence};
    }
    return report.error().code == base::Code::NotFound
               ? base::Result<std::optional<store::TriageKey>>(std::nullopt)
               : std::unexpected(std::move(report).error());
}

base::Status check_act(const Act& act, base::Time now)
{
    switch (act.kind) {
    case ActKind::Snooze:
        return triage::check_snooze(act.until, now);
    case ActKind::Label:
    case ActKind::Unlabel:
        return triage::check_label(act.label);
    case ActKind::Priority:
        return triage::check_priority(act.priority);
    case ActKind::Merge:
        return act.into.empty() ? base::invalid("into is missing: the alert that stays")
                                : base::Status{};
    default:
        return {};
    }
}

base::Status find_account(store::Snapshot& snapshot, ResolvedAct& resolved)
{
    if (resolved.act.assignee.empty()) {
        return {};
    }
    TRY(const auto assignees, store::list_assignees(snapshot));
    const auto wanted = std::ranges::find_if(assignees, [&](const store::Assignee& each) {
        return base::equals_ignore_case_ascii(each.name, resolved.act.assignee);
    });
    if (wanted == assignees.end()) {
        return base::not_found("there is no analyst or lead called " +
                               base::quoted(resolved.act.assignee));
    }
    resolved.account = wanted->id;
    return {};
}

base::Status find_target(store::Snapshot& snapshot, ResolvedAct& resolved)
{
    TRY(const auto number, number_of(snapshot, resolved.act.into));
    if (!number) {
        return base::not_found("there is no alert " + base::quoted(resolved.act.into) +
                               " to merge into");
    }
    TRY(const AlertInHand stays, store::find_alert_in_hand(snapshot, *number));
    resolved.into = *number;
    resolved.stays = stays.object();
    return check(snapshot, resolved.principal, policy::Action::Change, resolved.stays);
}

base::Status find_case(store::Snapshot& snapshot, ResolvedAct& resolved)
{
    if (resolved.act.into_case.empty()) {
        return policy::authorise(subject_of(resolved.principal), policy::Scope::CasesWrite);
    }
    TRY(const auto subject, case_to_work_on(snapshot, resolved.principal, resolved.act.into_case));
    resolved.case_id = subject.id;
    return {};
}

Json json_of(const ActionOutcome& outcome)
{
    Json skipped = Json::array();
    for (const Skipped& each : outcome.skipped) {
        skipped.push_back({{"reason", each.reason}, {"count", each.count}, {"ids", each.ids}});
    }
    return {{"id", outcome.id},
            {"type", outcome.type},
            {"state", name_of(outcome.state)},
            {"matched", outcome.matched},
            {"changed", outcome.changed},
            {"skipped_count", outcome.skipped_count},
            {"skipped", std::move(skipped)},
            {"ids", outcome.ids},
            {"case", outcome.case_number},
            {"started_at", base::format_rfc3339(outcome.started_at)}};
}

base::Result<ActionOutcome> outcome_of(const store::StoredAction& stored)
{
    try {
        const Json document = Json::parse(stored.document);
        ActionOutcome outcome{
            .id = stored.id,
            .type = document.at("type").get<std::string>(),
            // Nobody works on it any more, or it would have been found alive.
            .state = document.at("state") == "done" ? ActionState::Done : ActionState::Interrupted,
            .dry_run = false,
            .matched = document.at("matched").get<std::uint64_t>(),
            .changed = document.at("changed").get<std::uint64_t>(),
            .skipped_count = document.at("skipped_count").get<std::uint64_t>(),
            .skipped = {},
            .ids = document.at("ids").get<std::vector<std::string>>(),
            .case_number = document.value("case", ""),
            .started_at = stored.started_at,
            .undo_until = stored.started_at + base::Duration(base::limits::kUndoWindow)};
        for (const Json& each : document.at("skipped")) {
            outcome.skipped.push_back({.reason = each.at("reason").get<std::string>(),
                                       .count = each.at("count").get<std::uint64_t>(),
                                       .ids = each.at("ids").get<std::vector<std::string>>()});
        }
        return outcome;
    } catch (const Json::exception& broken) {
        return base::corrupt("action " + stored.id + " in the case database: " + broken.what());
    }
}

store::StoredAction stored_of(const ActionOutcome& outcome, const store::Actor& actor)
{
    return {.id = outcome.id,
            .actor_id = actor.id,
            .started_at = outcome.started_at,
            .document = json_of(outcome).dump()};
}

} // namespace

std::string_view name_of(ActKind kind)
{
    return std::ranges::find(kKinds, kind, &KindName::kind)->name;
}

base::Result<ActKind> parse_act(std::string_view name)
{
    const auto* const known = std::ranges::find(kKinds, name, &KindName::name);
    if (known != kKinds.end()) {
        return known->kind;
    }
    std::string listed;
    for (const KindName& each : kKinds) {
        listed.append(listed.empty() ? "" : ", ").append(each.name);
    }
    return base::invalid(base::quoted(name) + " is no action; use " + listed);
}

std::string_view name_of(ActionState state)
{
    constexpr std::array<std::string_view, 3> kNames{"done", "running", "interrupted"};
    return kNames.at(static_cast<std::size_t>(state));
}

struct Acts::Job {
    store::Command command;
    ResolvedAct resolved;
    std::vector<store::TriageKey> keys;
    ActionOutcome outcome;
};

Acts::Acts(const World& world, Worker worker) : world_(world), cases_(world.cases)
{
    if (worker == Worker::Own) {
        worker_ = std::thread([this] { run(); });
    }
}

Acts::~Acts()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (worker_.joinable()) {
        worker_.join();
    }
}

/// Looks up what the act and its target name, in one view of the database.
base::Result<Acts::Job> Acts::prepare(const Principal& principal, const store::Command& command,
                                      const Act& act, const ActTarget& target)
{
    TRY_STATUS(check_act(act, command.now));
    if (act.kind == ActKind::Priority && act.priority != model::kNoPriority &&
        base::trim(command.reason).empty()) {
        return base::invalid("a priority of one's own needs a reason");
    }
    Job job{.command = command,
            .resolved = {.act = act, .principal = principal},
            .keys = {},
            .outcome = {}};
    job.outcome.type = name_of(act.kind);
    job.outcome.started_at = command.now;
    job.outcome.undo_until = command.now + base::Duration(base::limits::kUndoWindow);
    TRY_STATUS(cases_.read([&](store::Snapshot& snapshot) -> base::Status {
        if (act.kind == ActKind::Merge) {
            TRY_STATUS(find_target(snapshot, job.resolved));
        }
        if (act.kind == ActKind::Assign) {
            TRY_STATUS(find_account(snapshot, job.resolved));
        }
        if (act.kind == ActKind::Attach) {
            TRY_STATUS(find_case(snapshot, job.resolved));
        }
        if (target.matching) {
            const store::TriageQuestion question{
                .filter = &target.filter,
                .now = command.now,
                .visible = policy::filter_of(subject_of(principal), policy::Kind::Alert),
                .visible_reports = visible_reports(principal)};
            TRY(job.keys, store::find_matching(snapshot, question, target.as_of,
                                               base::limits::kActionItemsMax));
        }
        std::set<store::TriageKey> excluded;
        for (const std::string& id : target.exclude) {
            TRY(const auto key, key_of(snapshot, id));
            if (key) {
                excluded.insert(*key);
            }
        }
        std::erase_if(job.keys,
                      [&](const store::TriageKey& key) { return excluded.contains(key); });
        for (const std::string& id : target.ids) {
            TRY(const auto key, key_of(snapshot, id));
            if (!key) {
                skip(job.outcome, "not_found", id);
            } else if (std::ranges::find(job.keys, *key) == job.keys.end()) {
                job.keys.push_back(*key);
            }
        }
        return {};
    }));
    job.outcome.matched = job.keys.size() + job.outcome.skipped_count;
    if (act.kind == ActKind::Attach) {
        std::ranges::sort(job.keys); // The first alert names a new case and dates it, once.
    }
    return job;
}

base::Result<ActionOutcome> Acts::perform(const Principal& principal, const store::Command& command,
                                          const Act& act, const ActTarget& target)
{
    TRY(Job job, prepare(principal, command, act, target));
    if (job.keys.size() > base::limits::kActionItemsAtOnce) {
        return enqueue(std::move(job));
    }
    ActionOutcome outcome;
    TRY(std::string id, cases_.change(command, [&](store::Change& change) -> base::Status {
        outcome = job.outcome;
        ActPiece piece(world_, job.resolved, outcome);
        return piece.perform(change, job.keys);
    }));
    outcome.id = std::move(id);
    return outcome;
}

base::Result<ActionOutcome> Acts::rehearse(const Principal& principal,
                                           const store::Command& command, const Act& act,
                                           const ActTarget& target)
{
    TRY(Job job, prepare(principal, command, act, target));
    job.outcome.dry_run = true;
    if (job.keys.size() > base::limits::kActionItemsAtOnce) {
        return job.outcome; // Only how many match: asking each would take as long as doing it.
    }
    TRY_STATUS(cases_.read([&](store::Snapshot& snapshot) {
        return ActPiece(world_, job.resolved, job.outcome)
            .rehearse(snapshot, job.keys, command.now);
    }));
    return job.outcome;
}

base::Result<ActionOutcome> Acts::enqueue(Job job)
{
    job.outcome.id = base::make_uuid_v7(job.command.now).text();
    job.outcome.state = ActionState::Running;
    // Whoever asked again is answered by what was answered first: the key is taken by that.
    job.command.idempotency_key.clear();
    ActionOutcome outcome = job.outcome;
    {
        const std::lock_guard lock(mutex_);
        if (live_.size() >= base::limits::kActionsWaitingMax) {
            return base::exhausted("too many long actions are waiting; try again in a moment");
        }
        live_.emplace(outcome.id, Live{job.command.actor.id, outcome});
        waiting_.push_back(std::make_shared<Job>(std::move(job)));
    }
    wake_.notify_one();
    return outcome;
}

/// Piece by piece, so that commits of the pipeline and other people come between. A piece that
/// fails ends it: what was done stays, and is told and can be taken back.
void Acts::carry_out(Job& job)
{
    ActionOutcome& outcome = job.outcome;
    const auto tell = [&] {
        const std::lock_guard lock(mutex_);
        live_.at(outcome.id).outcome = outcome;
    };
    std::uint64_t ordinal = 0;
    for (std::size_t at = 0; at < job.keys.size(); at += base::limits::kActionItemsAtOnce) {
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) {
                return;
            }
        }
        const std::size_t count = std::min(base::limits::kActionItemsAtOnce, job.keys.size() - at);
        const auto piece = std::span(job.keys).subspan(at, count);
        ActionOutcome after;
        std::string case_id;
        const auto done = cases_.change(job.command, [&](store::Change& change) -> base::Status {
            after = outcome;
            ActPiece work(world_, job.resolved, after);
            TRY_STATUS(work.perform(change, piece));
            case_id = work.case_id();
            if (change.recorded() == 0) {
                return {};
            }
            TRY_STATUS(store::put_action(change, stored_of(after, job.command.actor)));
            return store::add_action_command(change, after.id, ordinal);
        });
        if (!done) {
            base::log(base::LogLevel::Error, "action_failed",
                      outcome.id + " " + done.error().message);
            outcome.state = ActionState::Interrupted;
            break;
        }
        ordinal += done->empty() ? 0 : 1;
        outcome = std::move(after);
        job.resolved.case_id = std::move(case_id); // One new case for all pieces.
        tell();
    }
    if (outcome.state == ActionState::Running) {
        outcome.state = ActionState::Done;
    }
    const auto finished = cases_.change(job.command, [&](store::Change& change) -> base::Status {
        TRY_STATUS(store::put_action(change, stored_of(outcome, job.command.actor)));
        Json figures = json_of(outcome);
        figures.erase("ids");
        figures.erase("skipped");
        return change.record({.action = "action.finish",
                              .object = {.kind = "action", .id = outcome.id},
                              .touched = {},
                              .after = figures.dump()});
    });
    if (!finished) {
        base::log(base::LogLevel::Error, "action_failed",
                  outcome.id + " " + finished.error().message);
    }
}

bool Acts::work_once()
{
    std::shared_ptr<Job> job;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) {
            return false;
        }
        job = waiting_.front();
        waiting_.pop_front();
    }
    carry_out(*job);
    const std::lock_guard lock(mutex_);
    live_.erase(job->outcome.id);
    return true;
}

void Acts::run()
{
    while (true) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, base::limits::kSnoozeCheck,
                           [this] { return stopping_ || !waiting_.empty(); });
            if (stopping_) {
                return;
            }
        }
        if (work_once()) {
            continue;
        }
        if (const auto woken = wake_snoozed(); !woken) {
            base::log(base::LogLevel::Error, "snooze_failed", woken.error().message);
        }
    }
}

base::Result<std::size_t> Acts::wake_snoozed()
{
    const store::Command command{.actor = {.kind = store::ActorKind::System, .name = "tanggap"},
                                 .now = world_.clock.now()};
    std::vector<std::uint64_t> due;
    TRY_STATUS(cases_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(due, store::find_due_alerts(snapshot, command.now, 1));
        return {};
    }));
    std::size_t woken = 0;
    if (due.empty()) {
        return woken;
    }
    TRY_STATUS(cases_.change(command, [&](store::Change& change) -> base::Status {
        TRY(const auto numbers,
            store::find_due_alerts(change, command.now, base::limits::kActionItemsAtOnce));
        for (const std::uint64_t number : numbers) {
            TRY(const AlertInHand alert, store::find_alert_in_hand(change, number));
            const auto next = triage::after_time(alert.state, command.now);
            if (!next) {
                continue;
            }
            TRY_STATUS(store::put_alert_state(change, number, *next));
            auto fields = triage::difference(alert.state, *next);
            TRY_STATUS(change.record({.action = "alert.wake",
                                      .object = alert.object(),
                                      .before = std::move(fields.before),
                                      .after = std::move(fields.after)}));
            ++woken;
        }
        return {};
    }));
    return woken;
}

base::Result<ActionOutcome> Acts::find(std::string_view account, std::string_view id)
{
    {
        const std::lock_guard lock(mutex_);
        if (const auto live = live_.find(id);
            live != live_.end() && live->second.actor_id == account) {
            return live->second.outcome;
        }
    }
    store::StoredAction stored;
    TRY_STATUS(cases_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(stored, store::find_action(snapshot, id));
        return {};
    }));
    if (stored.actor_id != account) {
        return base::not_found("no such action");
    }
    return outcome_of(stored);
}

base::Result<Undone> Acts::undo(const Principal& principal, const store::Command& by,
                                std::string_view id)
{
    {
        const std::lock_guard lock(mutex_);
        if (live_.contains(id)) {
            return base::fail(base::Code::Conflict, "it is still being done; wait for its end");
        }
    }
    std::vector<std::string> commands;
    TRY_STATUS(cases_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(commands, store::commands_of_action(snapshot, id));
        return {};
    }));
    if (commands.empty()) {
        return undo_command(cases_, principal, by, id);
    }
    Undone all;
    store::Command piece = by;
    for (auto command = commands.rbegin(); command != commands.rend(); ++command) {
        TRY(Undone undone, undo_command(cases_, principal, piece, *command));
        piece.idempotency_key.clear();
        all.command = all.command.empty() ? undone.command : all.command;
        std::ranges::move(undone.objects, std::back_inserter(all.objects));
        std::ranges::move(undone.conflicts, std::back_inserter(all.conflicts));
    }
    return all;
}

} // namespace tanggap::service
