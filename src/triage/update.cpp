#include "triage/detail/update.h"

#include <algorithm>

namespace tanggap::triage::detail {
namespace {

using model::Alert;
using model::AlertRule;
using model::Detection;
using model::RuleInfo;

/// A user may replace a rule while its alert is alive: the entry keeps the highest level it had.
AlertRule& rule_entry(Alert& alert, const RuleInfo& rule)
{
    const auto found = std::ranges::find(alert.rules, rule.id, &AlertRule::rule_id);
    AlertRule& entry = found != alert.rules.end() ? *found : alert.rules.emplace_back();
    entry.rule_id = rule.id;
    entry.title = rule.title;
    entry.title_id = rule.title_id;
    entry.level = std::max(entry.detections > 0 ? entry.level : rule.level, rule.level);
    return entry;
}

bool is_leading(const Alert& alert, const RuleInfo& rule)
{
    const auto lead = std::ranges::find(alert.rules, alert.severity, &AlertRule::level);
    return lead != alert.rules.end() && lead->rule_id == rule.id;
}

/// The title names the worst that was seen, and the reasons explain that.
void lead_with(Alert& alert, const Detection& detection)
{
    alert.severity = detection.rule->level;
    alert.title = detection.rule->title;
    alert.title_id = detection.rule->title_id;
    alert.first_reasons = detection.reasons;
    alert.summary = detection.correlation_summary;
}

void add_detection(Alert& alert, const Detection& detection)
{
    const RuleInfo& rule = *detection.rule;
    const bool takes_lead = alert.rules.empty() || rule.level > alert.severity;
    rule_entry(alert, rule).detections += 1;
    alert.detections += 1;
    alert.confidence =
        alert.detections == 1 ? rule.confidence : std::max(alert.confidence, rule.confidence);
    if (takes_lead) {
        lead_with(alert, detection);
    } else if (!detection.correlation_summary.empty() && is_leading(alert, rule)) {
        alert.summary = detection.correlation_summary;
    }
}

/// The latest owner and value of the target. An event without an asset tells only whose sensor saw
/// it, which counts where no asset is known.
void take_asset(Alert& alert, const model::Event& event)
{
    const std::string_view id = event.text("tanggap.asset.id");
    if (id.empty()) {
        const std::string_view owner = event.text("organization.name");
        if (alert.asset_id.empty() && !owner.empty()) {
            alert.organisation = owner;
        }
        return;
    }
    alert.asset_id = id;
    alert.asset_name = event.text("tanggap.asset.name");
    alert.organisation = event.text("organization.name");
    const model::Value* value = event.find("tanggap.asset.value");
    if (value != nullptr && value->kind == model::Value::Kind::Integer) {
        alert.asset_value = static_cast<int>(std::clamp<std::int64_t>(value->integer, 1, 3));
    }
}

} // namespace

Alert new_alert(const model::AlertKey& key, const model::Event& event, std::uint64_t number,
                base::Time now)
{
    Alert alert;
    alert.number = number;
    alert.id = base::make_uuid_v7(now);
    alert.key = key;
    alert.first_seen = event.time;
    alert.last_seen = event.time;
    alert.sensor = event.sensor;
    alert.created_at = now;
    return alert;
}

void add_event(Alert& alert, const model::Event& event,
               std::span<const Detection* const> detections, base::Time now)
{
    alert.first_seen = std::min(alert.first_seen, event.time);
    alert.last_seen = std::max(alert.last_seen, event.time);
    alert.events += 1;
    for (const Detection* detection : detections) {
        add_detection(alert, *detection);
    }
    alert.outcomes.add(outcome_of(event, detections));
    if (alert.source_country.empty()) {
        alert.source_country = event.text("source.geo.country_iso_code");
    }
    take_asset(alert, event);

    Priority priority =
        priority_of(alert.severity, alert.asset_value, alert.confidence, alert.outcomes.group());
    alert.priority = priority.value;
    alert.factors = std::move(priority.factors);
    alert.updated_at = now;
}

} // namespace tanggap::triage::detail
