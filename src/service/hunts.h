// A rule or a list of indicators over stored events: what it would have found, before it is
// switched on or because it is new. The same matcher as live, on events as they were received.
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

#include "service/principal.h"
#include "service/rule_choice.h"
#include "service/rule_desk.h"
#include "service/world.h"

namespace tanggap::service {

/// One of `rule_id`, `yaml` and `list`.
struct HuntWish {
    std::string rule_id; ///< a loaded rule, switched off or not
    std::string yaml;    ///< rules that are not loaded
    std::string list;    ///< a list of indicators
    base::Time from;     ///< inclusive
    base::Time to;       ///< exclusive
};

enum class HuntState : std::uint8_t { Waiting, Running, Done, Cancelled, Failed };
std::string_view name_of(HuntState state);

/// A hunt as far as it is.
struct Hunt {
    std::string id;
    std::string subject; ///< id of the rule, or name of the list
    std::string title;
    std::string title_id;
    HuntState state = HuntState::Waiting;
    std::string error; ///< Failed
    base::Time from;
    base::Time to;
    std::uint64_t events = 0; ///< looked at
    std::uint64_t total = 0;  ///< in the period, about
    std::uint64_t detections = 0;
    std::uint64_t detected_events = 0;
    std::uint64_t known = 0; ///< of the detections: made when the event was received
    struct Day {
        std::string day; ///< "2026-10-01", UTC
        std::uint64_t detections = 0;
        std::uint64_t alerts = 0; ///< that begin on it
    };
    std::vector<Day> days; ///< oldest first
    /// What its detections would be as alerts.
    std::uint64_t alerts = 0;
    bool alerts_cut = false; ///< limits::kHuntAlertsMax were reached; there may be more
    struct Alert {
        std::string source;
        std::string technique;
        std::string target;
        model::Level severity = model::Level::Medium;
        base::Time first_seen;
        base::Time last_seen;
        std::uint64_t events = 0;
        std::int64_t days_ago = 0; ///< whole days from last_seen to the hunt
    };
    std::vector<Alert> largest;       ///< most events first
    std::vector<std::string> samples; ///< detected events, model::render_json
    std::string started_by;
    std::string account; ///< of who started it
    base::Time started_at;
    base::Time ended_at; ///< zero: it has not ended
};

/// Thread: any. Hunts are carried out by a thread of its own, one after the other. They are kept in
/// memory: they change nothing, and are asked again after a restart.
class Hunts {
public:
    enum class Worker : std::uint8_t { Own, None }; ///< None: tests call work_once()

    /// `world` and `desk` outlive it.
    Hunts(const World& world, const RuleDesk& desk, Worker worker = Worker::Own);
    ~Hunts();
    Hunts(const Hunts&) = delete;
    Hunts& operator=(const Hunts&) = delete;

    /// Errors: Invalid (the wish, the text), NotFound, Exhausted (too many wait).
    base::Result<Hunt> start(const Principal& principal, const HuntWish& wish);
    /// Errors: NotFound.
    base::Result<Hunt> find(std::string_view id) const;
    /// Newest first.
    std::vector<Hunt> list() const;
    /// One's own, or anybody's for who may set rules. What it found so far stays; one that waits
    /// ends at once. Errors: NotFound.
    base::Status cancel(const Principal& principal, std::string_view id);
    /// The next hunt, whole. False: none waits.
    bool work_once();

private:
    struct Job;
    /// Errors: Exhausted. Under mutex_.
    base::Status check_room(const Principal& principal) const;
    void carry_out(Job& job);
    /// How it ended: done or cancelled.
    base::Result<HuntState> look(Job& job);
    /// Under mutex_.
    void end(Job& job, HuntState state);
    void run();

    const World& world_;
    const RuleDesk& desk_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;                    // under mutex_
    std::deque<std::shared_ptr<Job>> waiting_; // under mutex_
    /// Waiting, running and ended; ids are in the order of their start.
    std::map<std::string, std::shared_ptr<Job>, std::less<>> jobs_; // under mutex_
    std::thread worker_;
};

} // namespace tanggap::service
