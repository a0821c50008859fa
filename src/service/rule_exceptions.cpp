#include "service/rule_exceptions.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/rule_limits.h"
#include "base/text.h"
#include "query/query.h"
#include "service/rule_settings.h"
#include "store/protection.h"
#include "store/triage_list.h"
#include "triage/triage.h"

namespace tanggap::service {
namespace {

namespace limits = base::limits;
using Json = nlohmann::ordered_json;

constexpr std::size_t kGroupsTold = 10;
constexpr std::size_t kSamplesTold = 5;

Json json_of(const store::KeptException& kept)
{
    Json conditions = Json::array();
    for (const detect::ExceptionCondition& condition : kept.exception.conditions) {
        conditions.push_back({{"field", condition.field},
                              {"test", detect::name_of(condition.test)},
                              {"value", condition.value}});
    }
    return {{"rule", kept.exception.rule_id},
            {"conditions", std::move(conditions)},
            {"owner", kept.owner},
            {"expires_at", base::format_rfc3339(kept.exception.expires)}};
}

base::Status too_long(std::string_view what, std::size_t most)
{
    return base::invalid(std::string(what) + " has more than " + std::to_string(most) + " bytes");
}

/// The conditions with fields under the names that events use. Errors: Invalid.
base::Result<std::vector<detect::ExceptionCondition>>
checked(std::vector<detect::ExceptionCondition> conditions)
{
    if (conditions.empty() || conditions.size() > limits::kExceptionConditionsMax) {
        return base::invalid("an exception has 1 to " +
                             std::to_string(limits::kExceptionConditionsMax) + " conditions");
    }
    for (detect::ExceptionCondition& condition : conditions) {
        condition.field = base::trim(condition.field);
        if (condition.field.size() > limits::kExceptionFieldBytesMax) {
            TRY_STATUS(too_long("`field`", limits::kExceptionFieldBytesMax));
        }
        if (condition.value.size() > limits::kExceptionValueBytesMax) {
            TRY_STATUS(too_long("`value`", limits::kExceptionValueBytesMax));
        }
        if (const auto* const known = query::event_scope().find(condition.field)) {
            condition.field = known->canonical;
        }
    }
    return conditions;
}

base::Status check_terms(const ExceptionWish& wish, const store::Command& command)
{
    if (base::trim(command.reason).empty()) {
        return base::invalid("`reason` is missing: say why this may pass");
    }
    if (base::trim(wish.owner).empty()) {
        return base::invalid("`owner` is missing: say who answers for it");
    }
    if (wish.owner.size() > limits::kExceptionOwnerBytesMax) {
        return too_long("`owner`", limits::kExceptionOwnerBytesMax);
    }
    if (wish.expires <= command.now ||
        wish.expires > command.now + base::Duration(limits::kExceptionLifeMax)) {
        return base::invalid("`expires_at` must be within the next " +
                             std::to_string(limits::kExceptionLifeMax.count()) + " days");
    }
    return {};
}

/// One look over the stored detections of a rule.
class Preview {
public:
    Preview(store::EventScan& events, base::Time now, std::shared_ptr<const model::RuleInfo> rule,
            std::shared_ptr<const detect::ExceptionSet> exceptions)
        : events_(events), now_(now), rule_(std::move(rule)), exceptions_(std::move(exceptions))
    {
        filter_.op = query::Operator::Equals;
        filter_.field = "rule";
        filter_.value = rule_->id;
    }

    base::Status run(const store::Abandoned& abandoned)
    {
        const auto deadline = std::chrono::steady_clock::now() + limits::kExceptionPreviewTime;
        const auto day = base::Duration(std::chrono::days(1));
        for (base::Time to = out.to; to > out.from; to = std::max(out.from, to - day)) {
            const bool enough = out.detections >= limits::kExceptionPreviewDetectionsMax ||
                                std::chrono::steady_clock::now() >= deadline;
            if (enough) {
                out.complete = false;
                out.from = to;
                break;
            }
            TRY_STATUS(look(std::max(out.from, to - day), to, abandoned));
        }
        finish();
        return {};
    }

    ExceptionPreview out;
    std::set<std::uint64_t> take_alerts() { return std::move(alerts_); }

private:
    base::Status look(base::Time from, base::Time to, const store::Abandoned& abandoned)
    {
        store::ScanRequest request{
            .filter = &filter_, .from = from, .to = to, .now = now_, .abandoned = abandoned};
        do {
            TRY(auto piece, events_.scan(request));
            for (std::size_t i = 0; i < piece.batch.events.size(); ++i) {
                take(piece.batch.events[i], piece.detected[i]);
            }
            request.after = std::move(piece.next);
            request.limit = piece.next_limit;
        } while (!request.after.empty());
        return {};
    }

    void take(model::Event& event, const store::Detected& detected)
    {
        ++out.detections;
        ExceptionPreview::Day& day = days_[base::format_rfc3339(event.time).substr(0, 10)];
        ++day.detections;
        // As if it came now: an exception is for what comes.
        event.received = now_;
        if (exceptions_->find(rule_->id, event) == nullptr) {
            return;
        }
        ++out.hidden;
        ++day.hidden;
        const model::AlertKey key = triage::key_of(event, *rule_);
        ++groups_[{key.source, key.target}];
        alerts_.insert(detected.alerts.begin(), detected.alerts.end());
        if (out.samples.size() < kSamplesTold) {
            out.samples.push_back(model::render_json(event));
        }
    }

    void finish()
    {
        for (auto& [name, day] : days_) {
            day.day = name;
            out.days.push_back(day);
        }
        for (const auto& [key, hidden] : groups_) {
            out.groups.push_back({.source = key.first, .target = key.second, .hidden = hidden});
        }
        std::ranges::sort(out.groups, [](const auto& a, const auto& b) {
            return std::tie(b.hidden, a.source, a.target) < std::tie(a.hidden, b.source, b.target);
        });
        out.groups.resize(std::min(out.groups.size(), kGroupsTold));
    }

    store::EventScan& events_;
    const base::Time now_;
    std::shared_ptr<const model::RuleInfo> rule_;
    std::shared_ptr<const detect::ExceptionSet> exceptions_;
    query::Node filter_;
    std::map<std::string, ExceptionPreview::Day> days_;
    std::map<std::pair<std::string, std::string>, std::uint64_t> groups_;
    std::set<std::uint64_t> alerts_;
};

/// Whether people took the alert for real: dealt with as such, or in a case.
bool is_real(const model::AlertState& state)
{
    return state.status == model::AlertStatus::InCase ||
           state.close_reason == model::name_of(model::CloseReason::TruePositive);
}

/// Of the alerts those that the principal may see.
base::Status tell_alerts(const World& world, const Principal& principal,
                         std::set<std::uint64_t> alerts, ExceptionPreview& out)
{
    const policy::Filter visible = policy::filter_of(subject_of(principal), policy::Kind::Alert);
    return world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto hidden, store::hidden_alerts(snapshot, visible));
        for (const std::uint64_t number : hidden) {
            alerts.erase(number);
        }
        out.alerts = alerts.size();
        std::size_t asked = 0;
        for (auto number = alerts.rbegin();
             number != alerts.rend() && asked < limits::kExceptionPreviewAlertsMax;
             ++number, ++asked) {
            const auto standing = store::find_standing(snapshot, *number);
            if (standing && is_real(standing->state)) { // one that is gone hinders nobody
                out.real_alerts.push_back(model::alert_number_text(*number));
            }
        }
        return {};
    });
}

} // namespace

base::Result<std::vector<store::KeptException>> list_exceptions(const World& world,
                                                                std::string_view rule_id)
{
    TRY([[maybe_unused]] const auto rule, find_rule(world, rule_id));
    std::vector<store::KeptException> out;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(out, store::list_exceptions(snapshot, rule_id));
        return {};
    }));
    return out;
}

base::Result<ExceptionPreview> preview_exception(const World& world, const RuleDesk& desk,
                                                 const Principal& principal,
                                                 std::string_view rule_id,
                                                 const ExceptionWish& wish, int days,
                                                 const store::Abandoned& abandoned)
{
    TRY(auto rule, find_rule(world, rule_id));
    TRY(auto conditions, checked(wish.conditions));
    const base::Time now = world.clock.now();
    const std::vector<detect::RuleException> one{
        {.id = "preview",
         .rule_id = rule->id,
         .conditions = std::move(conditions),
         .expires = now + base::Duration(std::chrono::seconds(1))}};
    TRY(auto exceptions, detect::ExceptionSet::build(one));
    Preview preview(desk.events, now, std::move(rule), std::move(exceptions));
    preview.out.to = now + base::Duration(limits::kEventFutureMax);
    preview.out.from = now - base::Duration(std::chrono::days(days));
    TRY_STATUS(preview.run(abandoned));
    TRY_STATUS(tell_alerts(world, principal, preview.take_alerts(), preview.out));
    return std::move(preview.out);
}

base::Result<std::string> add_exception(const World& world, const Administration& administration,
                                        const store::Command& command, std::string_view rule_id,
                                        const ExceptionWish& wish)
{
    TRY([[maybe_unused]] const auto rule, find_rule(world, rule_id));
    TRY(auto conditions, checked(wish.conditions));
    TRY_STATUS(check_terms(wish, command));
    store::KeptException kept{.exception = {.id = base::make_uuid_v7(command.now).text(),
                                            .rule_id = std::string(rule_id),
                                            .conditions = std::move(conditions),
                                            .expires = wish.expires},
                              .owner = std::string(base::trim(wish.owner)),
                              .reason = command.reason,
                              .set_by = command.actor.name,
                              .set_at = command.now};
    TRY([[maybe_unused]] const auto ready,
        detect::ExceptionSet::build(std::span(&kept.exception, 1)));
    TRY([[maybe_unused]] const std::string id,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto all, store::list_exceptions(change));
            const auto of_rule = std::ranges::count(all, rule_id, [](const auto& each) {
                return std::string_view(each.exception.rule_id);
            });
            if (static_cast<std::size_t>(of_rule) >= limits::kRuleExceptionsMax ||
                all.size() >= limits::kExceptionsMax) {
                return base::exhausted("there are too many exceptions; end those that are over, or"
                                       " change the rule");
            }
            TRY_STATUS(store::add_exception(change, kept));
            return change.record({.action = "exception.add",
                                  .object = kept.object(),
                                  .touched = {store::rule_object(rule_id)},
                                  .after = json_of(kept).dump()});
        }));
    TRY_STATUS(administration.reload_rule_settings());
    return kept.exception.id;
}

base::Status end_exception(const World& world, const Administration& administration,
                           const store::Command& command, std::string_view rule_id,
                           std::string_view id)
{
    TRY([[maybe_unused]] const std::string done,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto all, store::list_exceptions(change, rule_id));
            const auto found = std::ranges::find_if(
                all, [&](const auto& each) { return each.exception.id == id; });
            if (found == all.end()) {
                return base::not_found("the rule has no exception " + base::quoted(id));
            }
            TRY_STATUS(store::remove_exception(change, id));
            return change.record({.action = "exception.end",
                                  .object = found->object(),
                                  .touched = {store::rule_object(rule_id)},
                                  .before = json_of(*found).dump()});
        }));
    return administration.reload_rule_settings();
}

} // namespace tanggap::service
