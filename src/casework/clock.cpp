#include "casework/clock.h"

#include <algorithm>

namespace tanggap::casework {
namespace {

/// One rule applied to one case.
class Computation {
public:
    Computation(const ClockRule& rule, const History& history, const WorkCalendar* calendar,
                base::Time now)
        : rule_(rule), history_(history), calendar_(calendar), now_(now)
    {
    }

    std::optional<Clock> compute()
    {
        const auto start = started();
        const auto& limit = rule_.limits[static_cast<std::size_t>(priority())];
        if (!start || !limit || *start > now_) {
            return std::nullopt;
        }
        clock_.rule_id = rule_.id;
        clock_.started = *start;
        clock_.time = limit->kind;
        clock_.limit = length_of(*limit);
        clock_.met = met();
        run();
        clock_.guessed =
            working() && (calendar_ == nullptr || calendar_->year_of(clock_.due.value_or(now_)) >
                                                      calendar_->covers_until());
        return clock_;
    }

private:
    bool service() const { return rule_.kind == ClockKind::Service; }
    bool working() const { return clock_.time == TimeKind::Working; }
    Priority priority() const { return history_.priority.value_or(Priority::P3); }

    std::optional<base::Time> started() const
    {
        auto start = history_.milestones.at(rule_.starts);
        if (!start && rule_.starts == Milestone::FirstAlert) {
            start = history_.opened; // nobody raised an alert: the case itself is the first word
        }
        if (!start || !service()) {
            return start;
        }
        if (!rule_.met_by && history_.updated) {
            start = std::max(*start, *history_.updated);
        }
        const bool met_before = rule_.met_by && history_.milestones.at(*rule_.met_by) &&
                                history_.reopened &&
                                *history_.milestones.at(*rule_.met_by) < *history_.reopened;
        return history_.reopened && !met_before ? std::max(*start, *history_.reopened) : start;
    }

    base::Duration length_of(const Limit& limit) const
    {
        if (limit.working_days == 0) {
            return std::chrono::seconds(limit.seconds);
        }
        const std::int64_t day = calendar_ != nullptr ? calendar_->working_day() : 86'400;
        return std::chrono::seconds(limit.working_days * day);
    }

    std::optional<base::Time> met() const
    {
        if (service()) {
            return rule_.met_by ? history_.milestones.at(*rule_.met_by) : std::nullopt;
        }
        const auto done = history_.fulfilled.find(rule_.id);
        return done == history_.fulfilled.end() ? std::nullopt : std::optional(done->second.at);
    }

    bool waived() const
    {
        const auto done = history_.fulfilled.find(rule_.id);
        return !service() && done != history_.fulfilled.end() && done->second.waived;
    }

    base::Duration between(base::Time from, base::Time to) const
    {
        if (working() && calendar_ != nullptr) {
            return calendar_->between(from, to);
        }
        return to > from ? to - from : base::Duration{0};
    }

    base::Time add(base::Time from, base::Duration length) const
    {
        return working() && calendar_ != nullptr ? calendar_->add(from, length) : from + length;
    }

    /// Walks from the start to due, stepping over the times of waiting.
    void find_due()
    {
        base::Time at = clock_.started;
        base::Duration left = clock_.limit;
        for (const Interval& wait : history_.waiting) {
            if (!service() || (wait.to && *wait.to <= at)) {
                continue;
            }
            const base::Time pause = std::max(at, wait.from);
            const base::Duration before = between(at, pause);
            if (before >= left) {
                break;
            }
            left -= before;
            if (!wait.to) {
                clock_.remaining = left;
                return; // paused: due is not known
            }
            at = *wait.to;
        }
        clock_.due = add(at, left);
    }

    /// Clock time from `at` to due, below zero after it.
    base::Duration left_at(base::Time at) const
    {
        if (at > *clock_.due) {
            return -between(*clock_.due, at);
        }
        base::Duration left = between(at, *clock_.due);
        for (const Interval& wait : history_.waiting) {
            if (service() && wait.to) {
                left -= between(std::max(at, wait.from), std::min(*clock_.due, *wait.to));
            }
        }
        return left;
    }

    void run()
    {
        find_due();
        const base::Time end = clock_.met.value_or(
            service() && history_.ended ? std::min(*history_.ended, now_) : now_);
        if (clock_.due) {
            clock_.remaining = left_at(end);
        }
        clock_.state = state_at(end);
    }

    ClockState state_at(base::Time end) const
    {
        if (waived()) {
            return ClockState::Waived;
        }
        const bool over = clock_.due && end > *clock_.due;
        if (clock_.met) {
            return over ? ClockState::MetLate : ClockState::Met;
        }
        if (service() && history_.ended) {
            return ClockState::Stopped;
        }
        if (!clock_.due) {
            return ClockState::Paused;
        }
        return over ? ClockState::Breached : ClockState::Running;
    }

    const ClockRule& rule_;
    const History& history_;
    const WorkCalendar* calendar_;
    base::Time now_;
    Clock clock_;
};

bool concerns(const ClockRule& rule, const History& history)
{
    switch (rule.concerns) {
    case Concerns::Every:
        return true;
    case Concerns::VitalSystem:
        return history.vital_system;
    case Concerns::PersonalData:
        return history.personal_data;
    case Concerns::HighRisk:
        return history.priority && *history.priority <= Priority::P2 &&
               history.milestones.at(Milestone::Validated);
    }
    return false;
}

} // namespace

std::string_view name_of(ClockKind kind)
{
    return kind == ClockKind::Service ? "service" : "statutory";
}

std::string_view name_of(Concerns concerns)
{
    constexpr std::array<std::string_view, 4> kNames{"every", "vital_system", "personal_data",
                                                     "high_risk"};
    return kNames[static_cast<std::size_t>(concerns)];
}

std::string_view name_of(ClockState state)
{
    constexpr std::array<std::string_view, 7> kNames{"running",  "paused",  "breached", "met",
                                                     "met_late", "stopped", "waived"};
    return kNames[static_cast<std::size_t>(state)];
}

std::vector<Clock> compute_clocks(std::span<const ClockRule> rules, const History& history,
                                  const WorkCalendar* calendar, base::Time now)
{
    std::vector<Clock> clocks;
    for (const ClockRule& rule : rules) {
        if (!rule.enabled || !concerns(rule, history)) {
            continue;
        }
        if (auto clock = Computation(rule, history, calendar, now).compute()) {
            clocks.push_back(std::move(*clock));
        }
    }
    return clocks;
}

const Clock* most_pressing(std::span<const Clock> clocks)
{
    const Clock* first = nullptr;
    for (const Clock& clock : clocks) {
        if (is_open(clock.state) && clock.due && (first == nullptr || *clock.due < *first->due)) {
            first = &clock;
        }
    }
    return first;
}

} // namespace tanggap::casework
