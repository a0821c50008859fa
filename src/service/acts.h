// What people do to rows of the queue: to one, to several, to all that match; and taking it back.
// Reports take part in what they have as well: accepting, closing, opening again, assigning, cases.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/alert_state.h"
#include "query/query.h"
#include "service/undo.h"
#include "service/world.h"
#include "store/activity.h"
#include "store/case_store.h"

namespace tanggap::service {

enum class ActKind : std::uint8_t {
    Accept,
    Close,
    Snooze,
    Archive,
    Merge,
    Unmerge,
    Reopen,
    Assign,
    Label,
    Unlabel,
    Priority,
    Attach, ///< to a case, an open one or a new one
    Detach, ///< from its case
};
/// "alert.close": also the action of the activity record.
std::string_view name_of(ActKind kind);
base::Result<ActKind> parse_act(std::string_view name);

/// What is done. Each kind reads its own member.
struct Act {
    ActKind kind = ActKind::Accept;
    model::CloseReason close_reason = model::CloseReason::Resolved;
    base::Time until;
    std::string assignee; ///< name of an account; empty: nobody
    std::string label;
    int priority = model::kNoPriority;
    std::string into;       ///< "ALR-12" or UUID of the alert that stays
    std::string into_case;  ///< Attach: number or UUID; empty: a new case is opened
    std::string case_title; ///< of the new one; empty: as the first alert's
};

/// To what: these, or all that match.
struct ActTarget {
    std::vector<std::string> ids; ///< "ALR-12", "LPR-7K3M-92QF" or UUID
    bool matching = false;
    query::Node filter;               ///< matching
    base::Time as_of;                 ///< matching: what came later is left out
    std::vector<std::string> exclude; ///< matching
};

struct Skipped {
    std::string reason; ///< a stable word: triage::Refusal, not_found, case_ended, report
    std::uint64_t count = 0;
    std::vector<std::string> ids; ///< the first of them
};

enum class ActionState : std::uint8_t { Done, Running, Interrupted };
std::string_view name_of(ActionState state);

struct ActionOutcome {
    std::string id; ///< to take it back; empty: nothing was changed
    std::string type;
    ActionState state = ActionState::Done;
    bool dry_run = false;
    std::uint64_t matched = 0;
    std::uint64_t changed = 0;
    std::uint64_t skipped_count = 0;
    std::vector<Skipped> skipped;
    std::vector<std::string> ids; ///< of what changed, where they are few
    std::string case_number{};    ///< Attach: of the case they are in now
    base::Time started_at;
    base::Time undo_until;
};

/// Thread: any. Long actions are done by a thread of its own, one after the other; it also brings
/// snoozed alerts back.
class Acts {
public:
    enum class Worker : std::uint8_t { Own, None }; ///< None: tests call work_once()

    /// `world` outlives it.
    explicit Acts(const World& world, Worker worker = Worker::Own);
    ~Acts();
    Acts(const Acts&) = delete;
    Acts& operator=(const Acts&) = delete;

    /// Up to limits::kActionItemsAtOnce at once; more are Running when it returns.
    /// Errors: Invalid (the act, for every alert), NotFound (the alert that stays, the account, the
    /// case), Conflict (the case has ended), Exhausted (too many match, too many actions wait).
    /// What the principal may not change is passed over as if it were not there.
    base::Result<ActionOutcome> perform(const Principal& principal, const store::Command& command,
                                        const Act& act, const ActTarget& target);
    /// What perform() would do, without doing it.
    base::Result<ActionOutcome> rehearse(const Principal& principal, const store::Command& command,
                                         const Act& act, const ActTarget& target);
    /// A long action: as far as it is. Errors: NotFound, also where it is another account's.
    base::Result<ActionOutcome> find(std::string_view account, std::string_view id);
    /// Of a command or a long action. Errors: as undo_command(); Conflict while it runs.
    base::Result<Undone> undo(const Principal& principal, const store::Command& by,
                              std::string_view id);

    /// Alerts whose snoozing is over are back. Gives how many.
    base::Result<std::size_t> wake_snoozed();
    /// The next long action, whole. False: none waits.
    bool work_once();

private:
    struct Job;
    base::Result<Job> prepare(const Principal& principal, const store::Command& command,
                              const Act& act, const ActTarget& target);
    base::Result<ActionOutcome> enqueue(Job job);
    void carry_out(Job& job);
    void run();

    const World& world_;
    store::CaseStore& cases_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;                    // under mutex_
    std::deque<std::shared_ptr<Job>> waiting_; // under mutex_
    struct Live {
        std::string actor_id;
        ActionOutcome outcome;
    };
    std::map<std::string, Live, std::less<>> live_; // under mutex_: waiting or running
    std::thread worker_;
};

} // namespace tanggap::service
