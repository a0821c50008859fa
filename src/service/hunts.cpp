#include "service/hunts.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <tuple>

#include "base/id.h"
#include "base/log.h"
#include "base/rule_limits.h"
#include "base/text.h"
#include "triage/triage.h"

namespace tanggap::service {
namespace {

namespace limits = base::limits;

/// Nothing came before: the alerts of a hunt are its own.
class NoPast final : public triage::Past {
public:
    base::Result<std::vector<model::Alert>> alerts_of(const model::AlertKey&, base::Time,
                                                      base::Time) override
    {
        return std::vector<model::Alert>{};
    }
    std::uint64_t next_number() override { return ++last_; }

private:
    std::uint64_t last_ = 0;
};

/// What runs over the events: rules, or a list of indicators.
struct Matcher {
    std::set<std::string, std::less<>> rules; ///< whose detections count; empty: all
    std::unique_ptr<detect::Evaluator> evaluator;
    std::unique_ptr<detect::Correlator> correlator;
    std::unique_ptr<detect::IndicatorMatcher> indicators;
    std::shared_ptr<const detect::ExceptionSet> exceptions; ///< null: none

    std::vector<model::Detection> match(const store::ScanPiece& piece)
    {
        std::vector<model::Detection> detections;
        if (indicators != nullptr) {
            indicators->match(piece.batch, detections);
        }
        if (evaluator != nullptr) {
            std::vector<detect::Signal> signals;
            evaluator->evaluate(piece.batch, detections, signals);
            correlator->feed(piece.batch, signals, detections);
            correlator->take_changes(); // nothing of it is kept
        }
        std::erase_if(detections, [&](const model::Detection& detection) {
            const std::string& rule = detection.rule->id;
            return (!rules.empty() && !rules.contains(rule)) ||
                   (exceptions != nullptr &&
                    exceptions->find(rule, piece.batch.events[detection.event_index]) != nullptr);
        });
        return detections;
    }
};

std::string day_of(base::Time time)
{
    return base::format_rfc3339(time).substr(0, 10);
}

/// Adds up what a hunt finds.
class Tally {
public:
    explicit Tally(base::Time now) : now_(now), grouper_(past_, limits::kHuntAlertsMax) {}

    base::Status add(const store::ScanPiece& piece, const std::vector<model::Detection>& detections,
                     Hunt& hunt)
    {
        if (detections.empty()) {
            return {}; // what was told before is still so
        }
        std::set<std::size_t> events;
        for (const model::Detection& detection : detections) {
            const model::Event& event = piece.batch.events[detection.event_index];
            const auto& before = piece.detected[detection.event_index].rule_ids;
            const bool known = std::ranges::find(before, detection.rule->id) != before.end();
            ++hunt.detections;
            hunt.known += known ? 1 : 0;
            ++days_[day_of(event.time)].detections;
            if (events.insert(detection.event_index).second &&
                hunt.samples.size() < limits::kHuntSamplesTold) {
                hunt.samples.push_back(model::render_json(event));
            }
        }
        hunt.detected_events += events.size();
        TRY_STATUS(group(piece, detections, hunt));
        tell(hunt);
        return {};
    }

private:
    base::Status group(const store::ScanPiece& piece,
                       const std::vector<model::Detection>& detections, Hunt& hunt)
    {
        if (hunt.alerts_cut) {
            return {};
        }
        TRY(auto groups, grouper_.group(piece.batch, detections, now_));
        for (model::Alert& alert : groups.changed) {
            const auto [place, fresh] = alerts_.try_emplace(alert.number);
            if (fresh) {
                ++days_[day_of(alert.first_seen)].alerts;
            }
            place->second = {
                .source = alert.key.source,
                .technique = alert.key.technique,
                .target = alert.key.target,
                .severity = alert.severity,
                .first_seen = alert.first_seen,
                .last_seen = alert.last_seen,
                .events = alert.events,
                .days_ago =
                    std::chrono::duration_cast<std::chrono::days>(now_ - alert.last_seen).count()};
        }
        hunt.alerts = alerts_.size();
        hunt.alerts_cut = alerts_.size() >= limits::kHuntAlertsMax;
        return {};
    }

    void tell(Hunt& hunt) const
    {
        hunt.days.clear();
        for (const auto& [name, day] : days_) {
            hunt.days.push_back({name, day.detections, day.alerts});
        }
        if (hunt.days.size() > limits::kHuntDaysTold) {
            const auto over = static_cast<std::ptrdiff_t>(hunt.days.size() - limits::kHuntDaysTold);
            hunt.days.erase(hunt.days.begin(), hunt.days.begin() + over);
        }
        hunt.largest = largest();
    }

    std::vector<Hunt::Alert> largest() const
    {
        std::vector<const Hunt::Alert*> all;
        for (const auto& [number, alert] : alerts_) {
            all.push_back(&alert);
        }
        const std::size_t told = std::min(all.size(), limits::kHuntAlertsTold);
        std::ranges::partial_sort(
            all, all.begin() + static_cast<std::ptrdiff_t>(told),
            [](const Hunt::Alert* a, const Hunt::Alert* b) {
                return std::tie(b->events, a->first_seen.ns, a->source, a->target) <
                       std::tie(a->events, b->first_seen.ns, b->source, b->target);
            });
        std::vector<Hunt::Alert> out;
        for (std::size_t i = 0; i < told; ++i) {
            out.push_back(*all[i]);
        }
        return out;
    }

    const base::Time now_;
    NoPast past_;
    triage::Grouper grouper_;
    std::map<std::string, Hunt::Day> days_;
    std::map<std::uint64_t, Hunt::Alert> alerts_;
};

} // namespace

struct Hunts::Job {
    HuntWish wish;
    Hunt hunt; // under Hunts::mutex_
    Matcher matcher;
    std::atomic<bool> cancelled = false;
};

std::string_view name_of(HuntState state)
{
    switch (state) {
    case HuntState::Waiting:
        return "waiting";
    case HuntState::Running:
        return "running";
    case HuntState::Done:
        return "done";
    case HuntState::Cancelled:
        return "cancelled";
    case HuntState::Failed:
        return "failed";
    }
    return "failed";
}

Hunts::Hunts(const World& world, const RuleDesk& desk, Worker worker) : world_(world), desk_(desk)
{
    if (worker == Worker::Own) {
        worker_ = std::thread([this] { run(); });
    }
}

Hunts::~Hunts()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const auto& [id, job] : jobs_) {
            job->cancelled = true;
        }
    }
    wake_.notify_all();
    if (worker_.joinable()) {
        worker_.join();
    }
}

namespace {

base::Status use_rules(const ChosenRules& chosen, Matcher& matcher, Hunt& hunt)
{
    if (chosen.set == nullptr || chosen.rules.empty()) {
        return base::invalid(first_error(chosen));
    }
    for (const auto& rule : chosen.rules) {
        matcher.rules.insert(rule->id);
    }
    matcher.evaluator = std::make_unique<detect::Evaluator>(chosen.set);
    matcher.correlator = std::make_unique<detect::Correlator>(chosen.set);
    hunt.subject = chosen.rules.back()->id;
    hunt.title = chosen.rules.back()->title;
    hunt.title_id = chosen.rules.back()->title_id;
    return {};
}

base::Status make_ready(const HuntWish& wish, const RuleDesk& desk, Matcher& matcher, Hunt& hunt)
{
    const int named = !wish.rule_id.empty() + !wish.yaml.empty() + !wish.list.empty();
    if (named != 1) {
        return base::invalid("name one of `rule`, `yaml` and `list`");
    }
    if (wish.from >= wish.to) {
        return base::invalid("`from` must be before `to`");
    }
    if (!wish.list.empty()) {
        TRY(auto set, desk.indicator_list(wish.list));
        matcher.indicators = std::make_unique<detect::IndicatorMatcher>(std::move(set));
        hunt.subject = hunt.title = wish.list;
        return {};
    }
    matcher.exceptions = desk.exceptions();
    const auto sources = desk.sources();
    if (!wish.yaml.empty()) {
        return use_rules(choose_text(*sources, wish.yaml), matcher, hunt);
    }
    TRY(const auto chosen, choose_rule(*sources, wish.rule_id));
    return use_rules(chosen, matcher, hunt);
}

} // namespace

base::Status Hunts::check_room(const Principal& principal) const
{
    const auto own = std::ranges::count_if(
        waiting_, [&](const auto& each) { return each->hunt.account == principal.user_id; });
    const bool full = waiting_.size() >= limits::kHuntsWaitingMax ||
                      static_cast<std::size_t>(own) >= limits::kHuntsWaitingOfOneMax;
    return full ? base::Status(base::exhausted("too many hunts are waiting; wait for one to end"))
                : base::Status();
}

base::Result<Hunt> Hunts::start(const Principal& principal, const HuntWish& wish)
{
    const base::Time now = world_.clock.now();
    auto job = std::make_shared<Job>();
    job->wish = wish;
    job->hunt.id = base::make_uuid_v7(now).text();
    job->hunt.from = wish.from;
    job->hunt.to = wish.to;
    job->hunt.started_by = principal.name;
    job->hunt.account = principal.user_id;
    job->hunt.started_at = now;
    {
        const std::lock_guard lock(mutex_);
        TRY_STATUS(check_room(principal));
    }
    TRY_STATUS(make_ready(wish, desk_, job->matcher, job->hunt));
    const Hunt begun = job->hunt;
    {
        const std::lock_guard lock(mutex_);
        TRY_STATUS(check_room(principal)); // others came while the rules were made ready
        const auto over = std::ranges::find_if(
            jobs_, [](const auto& each) { return each.second->hunt.ended_at.ns != 0; });
        if (jobs_.size() >= limits::kHuntsKept && over != jobs_.end()) {
            jobs_.erase(over);
        }
        jobs_.emplace(begun.id, job);
        waiting_.push_back(std::move(job));
    }
    wake_.notify_one();
    return begun;
}

base::Result<Hunt> Hunts::find(std::string_view id) const
{
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? base::Result<Hunt>(base::not_found("no such hunt"))
                                : found->second->hunt;
}

std::vector<Hunt> Hunts::list() const
{
    const std::lock_guard lock(mutex_);
    std::vector<Hunt> out;
    for (auto each = jobs_.rbegin(); each != jobs_.rend(); ++each) {
        out.push_back(each->second->hunt);
    }
    return out;
}

base::Status Hunts::cancel(const Principal& principal, std::string_view id)
{
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    const bool may = found != jobs_.end() && (found->second->hunt.account == principal.user_id ||
                                              authorise(principal, Scope::Admin));
    if (!may) {
        return base::not_found("no such hunt");
    }
    Job& job = *found->second;
    job.cancelled = true;
    if (std::erase(waiting_, found->second) > 0) { // nobody works on it: it ends here
        end(job, HuntState::Cancelled);
    }
    return {};
}

void Hunts::end(Job& job, HuntState state)
{
    job.matcher = {};
    job.hunt.state = state;
    job.hunt.ended_at = world_.clock.now();
}

base::Result<HuntState> Hunts::look(Job& job)
{
    Hunt hunt;
    {
        const std::lock_guard lock(mutex_);
        job.hunt.state = HuntState::Running;
        hunt = job.hunt;
    }
    Tally tally(world_.clock.now());
    store::ScanRequest request{.from = job.wish.from,
                               .to = job.wish.to,
                               .now = world_.clock.now(),
                               .abandoned = [&job] { return job.cancelled.load(); }};
    do {
        if (job.cancelled) {
            return HuntState::Cancelled;
        }
        auto piece = desk_.events.scan(request);
        if (!piece) {
            return job.cancelled ? base::Result<HuntState>(HuntState::Cancelled)
                                 : std::unexpected(piece.error());
        }
        const auto detections = job.matcher.match(*piece);
        hunt.events += piece->batch.events.size();
        hunt.total = hunt.events + piece->left;
        TRY_STATUS(tally.add(*piece, detections, hunt));
        request.after = std::move(piece->next);
        request.limit = piece->next_limit;
        const std::lock_guard lock(mutex_);
        job.hunt = hunt;
    } while (!request.after.empty());
    return HuntState::Done;
}

void Hunts::carry_out(Job& job)
{
    const base::Result<HuntState> done = look(job);
    const std::lock_guard lock(mutex_);
    end(job, done.value_or(HuntState::Failed));
    if (!done) {
        job.hunt.error = done.error().message;
        base::log(base::LogLevel::Warning, "hunt_failed", job.hunt.id + " " + job.hunt.error);
    }
}

bool Hunts::work_once()
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
    return true;
}

void Hunts::run()
{
    while (true) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (stopping_) {
                return;
            }
        }
        work_once();
    }
}

} // namespace tanggap::service
