// Rules: how they stand, what people set of them and let pass, what they did.
#include <algorithm>
#include <map>

#include "api/detail/page.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/rule_limits.h"
#include "service/rule_exceptions.h"
#include "service/rule_settings.h"

namespace tanggap::api {
namespace {

/// What rows tell beside the rule itself.
struct Beside {
    service::RuleStanding standing;
    std::map<std::string, service::RuleCount, std::less<>> counts;
};

base::Result<Beside> beside_rules(const Call& call)
{
    Beside beside{.standing = {}, .counts = call.shared.context.administration.rules->counts()};
    TRY(beside.standing, service::rule_standing(call.world()));
    return beside;
}

template <class Map>
auto value_of(const Map& map, const std::string& key) -> typename Map::mapped_type
{
    const auto found = map.find(key);
    return found == map.end() ? typename Map::mapped_type{} : found->second;
}

Json rule_row(const model::RuleInfo& rule, const Beside& beside)
{
    const auto& settings = beside.standing.settings;
    const auto set = std::ranges::find(settings, rule.id, &store::RuleSetting::rule_id);
    const store::RuleSetting now = set == settings.end() ? store::RuleSetting{} : *set;
    const service::RuleCount count = value_of(beside.counts, rule.id);
    return {{"id", rule.id},
            {"title", rule.title},
            {"title_id", rule.title_id},
            {"level", model::name_of(rule.level)},
            {"status", rule.status},
            {"author", rule.author},
            {"license", rule.license},
            {"techniques", rule.techniques},
            {"correlation", rule.correlation},
            {"overriding", rule.overriding},
            {"enabled", now.enabled},
            {"exceptions", value_of(beside.standing.exceptions, rule.id)},
            {"counts", {{"detections", count.detections}, {"excepted", count.excepted}}},
            {"set",
             {{"level", now.level ? Json(model::name_of(*now.level)) : Json()},
              {"owner", now.owner},
              {"reason", now.reason},
              {"by", now.set_by},
              {"at", time_or_null(now.set_at)}}}};
}

Answer list_rules(Call& call)
{
    TRY(const Beside beside, beside_rules(call));
    const auto rules = call.world().rules();
    return page_of(call, rules, [&](const auto& rule) { return rule_row(*rule, beside); });
}

Answer get_rule(Call& call)
{
    TRY(const auto rule, service::find_rule(call.world(), call.path.at("id")));
    TRY(const Beside beside, beside_rules(call));
    std::uint64_t version = 0;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto seen, store::version_of(snapshot, store::rule_object(rule->id)));
        version = seen.version;
        return {};
    }));
    Json body = rule_row(*rule, beside);
    body["description"] = rule->description;
    body["description_id"] = rule->description_id;
    body["references"] = rule->references;
    body["false_positives"] = rule->false_positives;
    body["tags"] = rule->tags;
    body["confidence"] = rule->confidence;
    body["version"] = version;
    Reply reply = reply_json(body);
    reply.version = version;
    return reply;
}

Answer put_rule(Call& call)
{
    service::RuleChange to{.enabled = call.body.value("enabled", true),
                           .level = std::nullopt,
                           .owner = call.body.value("owner", "")};
    if (call.body.contains("level") && call.body.at("level").is_string()) {
        TRY(to.level, model::parse_level(call.body.at("level").get<std::string>()));
    }
    TRY_STATUS(service::change_rule(call.world(), call.shared.context.administration,
                                    call.command(call.body.value("reason", "")),
                                    call.expected_version, call.path.at("id"), to));
    return get_rule(call);
}

Json exception_json(const store::KeptException& kept)
{
    Json conditions = Json::array();
    for (const detect::ExceptionCondition& condition : kept.exception.conditions) {
        conditions.push_back({{"field", condition.field},
                              {"test", detect::name_of(condition.test)},
                              {"value", condition.value}});
    }
    return {{"id", kept.exception.id},
            {"rule", kept.exception.rule_id},
            {"conditions", std::move(conditions)},
            {"owner", kept.owner},
            {"reason", kept.reason},
            {"by", kept.set_by},
            {"at", base::format_rfc3339(kept.set_at)},
            {"expires_at", base::format_rfc3339(kept.exception.expires)}};
}

base::Result<service::ExceptionWish> read_wish(const Call& call)
{
    service::ExceptionWish wish;
    for (const Json& condition : call.body.at("conditions")) {
        TRY(const auto test, detect::parse_exception_test(condition.at("test").get<std::string>()));
        wish.conditions.push_back({.field = condition.at("field").get<std::string>(),
                                   .test = test,
                                   .value = condition.at("value").get<std::string>()});
    }
    wish.owner = call.body.value("owner", "");
    if (call.body.contains("expires_at")) {
        TRY(wish.expires, base::parse_rfc3339(call.body.at("expires_at").get<std::string>()));
    }
    return wish;
}

Answer list_exceptions(Call& call)
{
    TRY(const auto exceptions, service::list_exceptions(call.world(), call.path.at("id")));
    return page_of(call, exceptions, exception_json);
}

Answer add_exception(Call& call)
{
    TRY(const auto wish, read_wish(call));
    TRY(const std::string id,
        service::add_exception(call.world(), call.shared.context.administration,
                               call.command(call.body.value("reason", "")), call.path.at("id"),
                               wish));
    TRY(const auto exceptions, service::list_exceptions(call.world(), call.path.at("id")));
    const auto made =
        std::ranges::find_if(exceptions, [&](const auto& each) { return each.exception.id == id; });
    return made == exceptions.end() ? Answer(base::not_found("it was ended already"))
                                    : Answer(reply_json(exception_json(*made), 201));
}

Answer end_exception(Call& call)
{
    TRY_STATUS(service::end_exception(call.world(), call.shared.context.administration,
                                      call.command(), call.path.at("id"),
                                      call.path.at("exception")));
    Reply reply;
    reply.status = 204;
    return reply;
}

Json preview_json(const service::ExceptionPreview& preview)
{
    Json body{{"from", base::format_rfc3339(preview.from)},
              {"to", base::format_rfc3339(preview.to)},
              {"detections", preview.detections},
              {"hidden", preview.hidden},
              {"complete", preview.complete},
              {"days", Json::array()},
              {"groups", Json::array()},
              {"alerts", preview.alerts},
              {"real_alerts", preview.real_alerts},
              {"samples", Json::array()}};
    for (const auto& day : preview.days) {
        body["days"].push_back(
            {{"day", day.day}, {"detections", day.detections}, {"hidden", day.hidden}});
    }
    for (const auto& group : preview.groups) {
        body["groups"].push_back(
            {{"source", group.source}, {"target", group.target}, {"hidden", group.hidden}});
    }
    for (const std::string& sample : preview.samples) {
        body["samples"].push_back(Json::parse(sample, nullptr, false));
    }
    return body;
}

Answer preview_exception(Call& call)
{
    constexpr int kDaysDefault = 30;
    TRY(const auto wish, read_wish(call));
    const int days = call.body.value("days", kDaysDefault);
    if (days < 1 || days > base::limits::kExceptionPreviewDaysMax) {
        return base::invalid("`days` is 1 to " +
                             std::to_string(base::limits::kExceptionPreviewDaysMax));
    }
    auto preview = service::preview_exception(
        call.world(), *call.shared.context.administration.rules, call.principal, call.path.at("id"),
        wish, days, call.request.abandoned);
    return preview ? Answer(reply_json(preview_json(*preview)))
                   : engine_answer(call, std::move(preview).error());
}

/// What people set of the rule and of its exceptions, newest first.
Answer list_history(Call& call)
{
    return history_of(call, store::rule_object(call.path.at("id")));
}

std::vector<Route> exception_routes()
{
    return {
        {.method = "GET",
         .path = "/api/v1/rules/{id}/exceptions",
         .id = "listRuleExceptions",
         .summary = "What is let pass of a rule, expired ones too",
         .summary_id = "Pengecualian sebuah aturan, juga yang sudah lewat",
         .parameters = {kLimit, kCursor},
         .request = {},
         .response = "RuleExceptionPage",
         .handle = list_exceptions},
        {.method = "POST",
         .path = "/api/v1/rules/{id}/exceptions",
         .id = "addRuleException",
         .summary = "Let pass what is known and permitted, until a day",
         .summary_id = "Kecualikan yang sudah dikenal dan diizinkan, sampai suatu hari",
         .scope = policy::Scope::Admin,
         .parameters = {},
         .request = "RuleExceptionWish",
         .response = "RuleException",
         .status = 201,
         .handle = add_exception},
        {.method = "POST",
         .path = "/api/v1/rules/{id}/exceptions/preview",
         .id = "previewRuleException",
         .summary = "What an exception would have hidden of stored detections",
         .summary_id = "Deteksi tersimpan yang akan disembunyikan sebuah pengecualian",
         .parameters = {},
         .request = "RuleExceptionTrial",
         .response = "RuleExceptionPreview",
         .handle = preview_exception,
         .searches = true},
        {.method = "DELETE",
         .path = "/api/v1/rules/{id}/exceptions/{exception}",
         .id = "endRuleException",
         .summary = "End an exception before its day",
         .summary_id = "Akhiri pengecualian sebelum harinya",
         .scope = policy::Scope::Admin,
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = end_exception},
    };
}

} // namespace

std::vector<Route> rule_routes()
{
    std::vector<Route> all = exception_routes();
    const std::vector<Route> rest{
        {.method = "GET",
         .path = "/api/v1/rules",
         .id = "listRules",
         .summary = "Loaded rules",
         .summary_id = "Aturan yang dimuat",
         .parameters = {kLimit, kCursor},
         .request = {},
         .response = "RulePage",
         .handle = list_rules},
        {.method = "GET",
         .path = "/api/v1/rules/{id}",
         .id = "getRule",
         .summary = "One rule",
         .summary_id = "Satu aturan",
         .parameters = {},
         .request = {},
         .response = "Rule",
         .handle = get_rule},
        {.method = "PUT",
         .path = "/api/v1/rules/{id}/setting",
         .id = "putRuleSetting",
         .summary = "Switch a rule on or off, or give it another level, and say why",
         .summary_id = "Aktifkan atau matikan aturan, atau ubah tingkatnya, dengan alasan",
         .scope = policy::Scope::Admin,
         .parameters = {},
         .request = "RuleSetting",
         .response = "Rule",
         .handle = put_rule,
         .versioned = true,
         .current = get_rule},
        {.method = "GET",
         .path = "/api/v1/rules/{id}/history",
         .id = "listRuleHistory",
         .summary = "What people set of a rule, newest first",
         .summary_id = "Perubahan sebuah aturan, terbaru dahulu",
         .parameters = {kLimit, kCursor},
         .request = {},
         .response = "History",
         .handle = list_history},
    };
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
}

} // namespace tanggap::api
