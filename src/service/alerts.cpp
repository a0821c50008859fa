#include "service/alerts.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "service/protection.h"

namespace tanggap::service {
namespace {

/// Values told in the sentence; the page lists all reasons, with the patterns of the rule.
constexpr std::size_t kValuesTold = 3;
/// Bytes of a value: enough to recognise a path, too few to drown the sentence.
constexpr std::size_t kValueBytes = 80;

struct Found {
    std::string field;
    std::string value; ///< of the event; of the rule where the event's is not kept
};

/// What the events held, each field and value once: a rule may ask the same field three times.
std::vector<Found> found_values(const model::Alert& alert)
{
    std::vector<Found> found;
    for (const model::MatchReason& reason : alert.first_reasons) {
        const std::string& field = reason.event_field.empty() ? reason.field : reason.event_field;
        const std::string& value = reason.value.empty() ? reason.pattern : reason.value;
        const bool known = std::ranges::any_of(
            found, [&](const Found& each) { return each.field == field && each.value == value; });
        if (!known) {
            found.push_back({field, value});
        }
    }
    return found;
}

/// The start of a value, never ending inside a character.
std::string in_quotes(std::string_view value)
{
    std::size_t size = std::min(value.size(), kValueBytes);
    const bool cut = size < value.size();
    while (cut && size > 0 && (static_cast<unsigned char>(value[size]) & 0xC0U) == 0x80U) {
        --size;
    }
    return "“" + std::string(value.substr(0, size)) + (cut ? "…”" : "”");
}

std::string join(const std::vector<std::string>& parts, std::string_view last_joint)
{
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        text += i == 0 ? "" : i + 1 == parts.size() ? last_joint : ", ";
        text += parts[i];
    }
    return text;
}

/// "url.path “/x.php” and http.request.method “POST”", in both languages.
Sentence values_of(const model::Alert& alert)
{
    const std::vector<Found> found = found_values(alert);
    const std::size_t told = std::min(found.size(), kValuesTold);
    std::vector<std::string> id;
    std::vector<std::string> en;
    for (const Found& each : std::span(found).first(told)) {
        const std::string value = in_quotes(each.value);
        id.push_back((each.field.empty() ? "isi catatan" : each.field) + " " + value);
        en.push_back((each.field.empty() ? "its text" : each.field) + " " + value);
    }
    if (const std::size_t rest = found.size() - told; rest > 0) {
        id.push_back(std::to_string(rest) + " isian lain");
        en.push_back(std::to_string(rest) + (rest == 1 ? " more value" : " more values"));
    }
    return {.id = join(id, " dan "), .en = join(en, " and ")};
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
    const std::string id_rule =
        " cocok dengan aturan “" + (alert.title_id.empty() ? alert.title : alert.title_id) + "”.";
    const std::string en_rule = " matched the rule “" + alert.title + "”.";
    const Sentence values = values_of(alert);
    if (!alert.summary.empty()) {
        const bool known = !alert.first_reasons.empty();
        return {.id = "Menyala karena rangkaian peristiwa" +
                      (known ? " dengan " + values.id : std::string()) + id_rule,
                .en = "Fired because a series of events" +
                      (known ? " with " + values.en : std::string()) + en_rule};
    }
    if (alert.first_reasons.empty()) {
        return {.id = "Menyala karena catatannya" + id_rule,
                .en = "Fired because its record" + en_rule};
    }
    return {.id = "Menyala karena " + values.id + id_rule,
            .en = "Fired because " + values.en + en_rule};
}

base::Result<model::Alert> see_alert(const World& world, const Principal& principal,
                                     std::string_view id)
{
    TRY(auto alert, world.cases.find_alert(id));
    const store::ObjectRef object{.kind = "alert", .id = alert.id.text()};
    const base::Status seen = world.cases.read(
        [&](store::Snapshot& snapshot) { return see(snapshot, principal, object); });
    if (!seen) {
        // In the words of an alert that is not there.
        return seen.error().code == base::Code::NotFound
                   ? base::not_found("no alert " + base::quoted(id))
                   : std::unexpected(seen.error());
    }
    return alert;
}

base::Result<Why> why_alert(const World& world, const Principal& principal, std::string_view id)
{
    TRY(auto alert, see_alert(world, principal, id));
    Why why{.alert = {}, .sentence = sentence_of(alert), .rules = {}};
    const auto loaded = world.rules();
    for (const model::AlertRule& rule : alert.rules) {
        why.rules.push_back(info_of(rule, loaded));
    }
    why.alert = std::move(alert);
    return why;
}

base::Result<store::EventPage> list_alert_events(const World& world, const Principal& principal,
                                                 std::string_view id, std::size_t limit,
                                                 std::string after, store::Abandoned abandoned)
{
    TRY(const auto alert, see_alert(world, principal, id));
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
    request.abandoned = std::move(abandoned);
    return world.events.list(request);
}

} // namespace tanggap::service
