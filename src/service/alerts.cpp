#include "service/alerts.h"

#include <algorithm>

namespace tanggap::service {
namespace {

/// Reasons told in the sentence; the page lists them all.
constexpr std::size_t kReasonsTold = 3;

struct Verb {
    std::string_view id;
    std::string_view en;
};

/// From the shape of the pattern: "*x*" is contained, "x*" starts, "*x" ends, else it is equal.
Verb verb_of(std::string_view pattern)
{
    const bool front = pattern.starts_with('*');
    const bool back = pattern.size() > 1 && pattern.ends_with('*');
    if (front && back) {
        return {"berisi", "contains"};
    }
    if (back) {
        return {"diawali", "starts with"};
    }
    if (front) {
        return {"diakhiri", "ends with"};
    }
    return pattern.contains('*') || pattern.contains('?') ? Verb{"cocok dengan", "matches"}
                                                          : Verb{"adalah", "is"};
}

void tell_reason(const model::MatchReason& reason, bool first, Sentence& sentence)
{
    const Verb verb = reason.field.empty() ? Verb{"berisi", "contains"} : verb_of(reason.pattern);
    const std::string& field = reason.event_field.empty() ? reason.field : reason.event_field;
    const std::string pattern = " '" + reason.pattern + "'";
    sentence.id += first ? "" : " dan ";
    sentence.en += first ? "" : " and ";
    sentence.id += (field.empty() ? "catatan" : field) + " " + std::string(verb.id) + pattern;
    sentence.en += (field.empty() ? "the record" : field) + " " + std::string(verb.en) + pattern;
}

void tell_reasons(const model::Alert& alert, Sentence& sentence)
{
    const std::size_t told = std::min(alert.first_reasons.size(), kReasonsTold);
    for (std::size_t i = 0; i < told; ++i) {
        tell_reason(alert.first_reasons[i], i == 0, sentence);
    }
    if (const std::size_t rest = alert.first_reasons.size() - told; rest > 0) {
        sentence.id += " (dan " + std::to_string(rest) + " alasan lain)";
        sentence.en += " (and " + std::to_string(rest) + " more)";
    }
}

model::RuleInfo info_of(const model::AlertRule& rule,
                        const std::vector<std::shared_ptr<const model::RuleInfo>>& loaded)
{
    const auto known =
        std::ranges::find_if(loaded, [&](const auto& info) { return info->id == rule.rule_id; });
    if (known != loaded.end()) {
        return **known;
    }
    model::RuleInfo info;
    info.id = rule.rule_id;
    info.title = rule.title;
    info.title_id = rule.title_id;
    info.level = rule.level;
    return info;
}

} // namespace

Sentence sentence_of(const model::Alert& alert)
{
    Sentence sentence{.id = "Menyala karena ", .en = "Fired because "};
    if (!alert.summary.empty()) {
        sentence.id += alert.summary;
        sentence.en += alert.summary;
    } else if (!alert.first_reasons.empty()) {
        tell_reasons(alert, sentence);
    } else {
        sentence.id += "aturannya cocok dengan catatan";
        sentence.en += "its rule matched the record";
    }
    const std::string& title_id = alert.title_id.empty() ? alert.title : alert.title_id;
    sentence.id += ", menurut aturan \"" + title_id + "\".";
    sentence.en += ", says the rule \"" + alert.title + "\".";
    return sentence;
}

base::Result<Why> why_alert(const World& world, std::string_view id)
{
    TRY(auto alert, world.cases.find_alert(id));
    Why why{.alert = {}, .sentence = sentence_of(alert), .rules = {}};
    const auto loaded = world.rules();
    for (const model::AlertRule& rule : alert.rules) {
        why.rules.push_back(info_of(rule, loaded));
    }
    why.alert = std::move(alert);
    return why;
}

base::Result<store::EventPage> list_alert_events(const World& world, std::string_view id,
                                                 std::size_t limit, std::string after)
{
    TRY(const auto alert, world.cases.find_alert(id));
    query::Node filter;
    filter.op = query::Operator::Equals;
    filter.field = "alert";
    filter.type = query::FieldType::Integer;
    filter.value = std::to_string(alert.number);
    store::EventPageRequest request;
    request.filter = &filter;
    request.from = alert.first_seen;
    request.to = alert.last_seen + base::Duration(std::chrono::seconds(1)); // `to` is exclusive
    request.limit = limit;
    request.after = std::move(after);
    request.now = world.clock.now();
    return world.events.list(request);
}

} // namespace tanggap::service
