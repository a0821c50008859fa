#include "casework/milestone.h"

#include <algorithm>

#include "base/text.h"

namespace tanggap::casework {
namespace {

struct MilestoneWords {
    std::string_view name;
    Text title;
    bool required = false;
};

const std::array<MilestoneWords, kMilestones>& words()
{
    static const std::array<MilestoneWords, kMilestones> all{{
        {"first_malicious", {"Aktivitas jahat pertama", "First malicious activity"}, false},
        {"first_alert", {"Peringatan pertama", "First alert"}, true},
        {"known", {"Diketahui", "Known"}, false},
        {"acknowledged", {"Diterima", "Acknowledged"}, false},
        {"validated", {"Dinyatakan insiden", "Validated as incident"}, true},
        {"escalated", {"Dieskalasi ke TTIS", "Escalated to the response team"}, true},
        {"severity_decided", {"Tingkat ditetapkan", "Severity decided"}, true},
        {"internal_notified", {"Pemberitahuan internal", "Internal notification"}, true},
        {"regulator_notified", {"Pemberitahuan ke regulator", "Regulator notification"}, true},
        {"first_action", {"Tindakan pertama", "First response action"}, false},
        {"contained", {"Tertahan", "Contained"}, false},
        {"eradicated", {"Tereradikasi", "Eradicated"}, false},
        {"service_restored", {"Layanan pulih", "Service restored"}, true},
        {"fix_verified", {"Perbaikan diverifikasi", "Fix verified"}, false},
        {"closed", {"Ditutup", "Closed"}, false},
    }};
    return all;
}

std::size_t index_of(Milestone milestone)
{
    return static_cast<std::size_t>(milestone);
}

/// The stage whose entry reaches each milestone.
struct ReachedBy {
    Milestone milestone;
    Stage stage;
};
constexpr std::array kReachedBy{
    ReachedBy{Milestone::Contained, Stage::Eradication},
    ReachedBy{Milestone::Eradicated, Stage::Recovery},
    ReachedBy{Milestone::ServiceRestored, Stage::Verification},
    ReachedBy{Milestone::FixVerified, Stage::Reporting},
    ReachedBy{Milestone::Closed, Stage::Closed},
};

/// What comes first must not lie after what comes later.
struct Order {
    Milestone first;
    Milestone later;
};
constexpr std::array kOrder{
    Order{Milestone::FirstMalicious, Milestone::Known},
    Order{Milestone::Known, Milestone::Validated},
    Order{Milestone::Known, Milestone::RegulatorNotified},
    Order{Milestone::FirstMalicious, Milestone::Contained},
    Order{Milestone::Known, Milestone::Contained},
    Order{Milestone::Contained, Milestone::Eradicated},
    Order{Milestone::FirstMalicious, Milestone::ServiceRestored},
    Order{Milestone::Eradicated, Milestone::FixVerified},
};

} // namespace

std::string_view name_of(Milestone milestone)
{
    return words()[index_of(milestone)].name;
}

const Text& title_of(Milestone milestone)
{
    return words()[index_of(milestone)].title;
}

base::Result<Milestone> parse_milestone(std::string_view name)
{
    std::string known;
    for (std::size_t i = 0; i < kMilestones; ++i) {
        if (words()[i].name == name) {
            return static_cast<Milestone>(i);
        }
        known += (i == 0 ? "" : ", ") + std::string(words()[i].name);
    }
    return base::invalid(base::quoted(name) + " is no milestone; milestones are " + known);
}

bool is_required(Milestone milestone)
{
    return words()[index_of(milestone)].required;
}

const std::optional<MilestoneTime>& Milestones::find(Milestone milestone) const
{
    return times_[index_of(milestone)];
}

std::optional<base::Time> Milestones::at(Milestone milestone) const
{
    const auto& value = find(milestone);
    return value && !value->not_applicable ? std::optional(value->at) : std::nullopt;
}

void Milestones::set(Milestone milestone, std::optional<MilestoneTime> value)
{
    if (value) {
        value->set_by = SetBy::Person;
    }
    times_[index_of(milestone)] = std::move(value);
}

void Milestones::reach(Milestone milestone, base::Time at)
{
    auto& value = times_[index_of(milestone)];
    if (!value) {
        value = MilestoneTime{.at = at, .set_by = SetBy::Program, .not_applicable = {}, .note = {}};
    }
}

void Milestones::reach_earlier(Milestone milestone, base::Time at)
{
    auto& value = times_[index_of(milestone)];
    if (value && value->set_by == SetBy::Program && at < value->at) {
        value->at = at;
    }
    reach(milestone, at);
}

void Milestones::leave(Milestone milestone)
{
    auto& value = times_[index_of(milestone)];
    if (value && value->set_by == SetBy::Program) {
        value.reset();
    }
}

void on_opened(Milestones& milestones, base::Time now)
{
    milestones.reach(Milestone::Known, now);
    milestones.reach(Milestone::Acknowledged, now);
    milestones.reach(Milestone::Escalated, now);
}

void on_attached(Milestones& milestones, base::Time raised)
{
    milestones.reach_earlier(Milestone::FirstAlert, raised);
}

void on_priority_decided(Milestones& milestones, base::Time now)
{
    milestones.reach(Milestone::SeverityDecided, now);
}

void on_incident_declared(Milestones& milestones, base::Time now)
{
    milestones.reach(Milestone::Validated, now);
}

void on_action_taken(Milestones& milestones, base::Time at)
{
    milestones.reach_earlier(Milestone::FirstAction, at);
}

void on_duty_done(Milestones& milestones, base::Time at)
{
    milestones.reach_earlier(Milestone::RegulatorNotified, at);
}

void on_stage(Milestones& milestones, Stage from, Stage to, base::Time now)
{
    if (from == Stage::Closed) {
        milestones.leave(Milestone::Closed);
    }
    if (to > Stage::Closed) {
        return;
    }
    for (const ReachedBy& each : kReachedBy) {
        if (to >= each.stage) {
            milestones.reach(each.milestone, now);
        } else {
            milestones.leave(each.milestone);
        }
    }
}

std::vector<Text> doubts_about(const Milestones& milestones, base::Time now)
{
    std::vector<Text> doubts;
    for (std::size_t i = 0; i < kMilestones; ++i) {
        const auto at = milestones.at(static_cast<Milestone>(i));
        if (at && *at > now) {
            const Text& title = words()[i].title;
            doubts.push_back(
                {title.id + " terletak di masa depan", title.en + " lies in the future"});
        }
    }
    for (const Order& order : kOrder) {
        const auto first = milestones.at(order.first);
        const auto later = milestones.at(order.later);
        if (first && later && *later < *first) {
            const Text& a = title_of(order.first);
            const Text& b = title_of(order.later);
            doubts.push_back({b.id + " terletak sebelum " + a.id, b.en + " lies before " + a.en});
        }
    }
    return doubts;
}

} // namespace tanggap::casework
