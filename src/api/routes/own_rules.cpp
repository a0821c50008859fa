// The text of rules: read, checked, written and removed here.
#include "service/own_rules.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/text.h"
#include "store/rule_settings.h"

namespace tanggap::api {
namespace {

const service::RuleDesk& desk_of(const Call& call)
{
    return *call.shared.context.administration.rules;
}

Json line_json(const service::RuleLine& line)
{
    return {{"field", line.field},
            {"modifiers", line.modifiers},
            {"values", line.values},
            {"more", line.more}};
}

Json words_json(const service::RuleWords& words)
{
    Json selections = Json::array();
    for (const service::RuleSelection& selection : words.selections) {
        Json any_of = Json::array();
        for (const auto& lines : selection.any_of) {
            Json all = Json::array();
            for (const service::RuleLine& line : lines) {
                all.push_back(line_json(line));
            }
            any_of.push_back(std::move(all));
        }
        selections.push_back({{"name", selection.name}, {"any_of", std::move(any_of)}});
    }
    Json counting;
    if (words.counting) {
        counting = {{"type", words.counting->type},
                    {"rules", words.counting->rules},
                    {"group_by", words.counting->group_by},
                    {"timespan", words.counting->timespan},
                    {"condition", words.counting->condition}};
    }
    return {{"logsource", words.logsource},
            {"condition", words.condition},
            {"selections", std::move(selections)},
            {"counting", std::move(counting)}};
}

Answer get_text(Call& call)
{
    const std::string& id = call.path.at("id");
    TRY(const auto text, service::read_rule_text(desk_of(call), id));
    std::uint64_t version = 0;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto seen, store::version_of(snapshot, store::rule_object(id)));
        version = seen.version;
        return {};
    }));
    Reply reply = reply_json({{"id", id},
                              {"file", text.file},
                              {"yaml", text.yaml},
                              {"own", text.own},
                              {"version", version},
                              {"words", words_json(text.words)}});
    reply.version = version;
    return reply;
}

Answer put_text(Call& call)
{
    TRY_STATUS(service::keep_own_rule(
        call.world(), desk_of(call), call.command(call.body.value("reason", "")),
        call.expected_version, call.path.at("id"), call.body.at("yaml").get<std::string>()));
    return get_text(call);
}

Answer delete_text(Call& call)
{
    TRY_STATUS(service::remove_own_rule(call.world(), desk_of(call), call.command(),
                                        call.expected_version, call.path.at("id")));
    Reply reply;
    reply.status = 204;
    return reply;
}

Answer check_text(Call& call)
{
    const auto chosen =
        service::choose_text(*desk_of(call).sources(), call.body.at("yaml").get<std::string>());
    Json problems = Json::array();
    for (const detect::Diagnostic& problem : chosen.problems) {
        const bool error = problem.severity == detect::Diagnostic::Severity::Error;
        problems.push_back({{"severity", error ? "error" : "warning"},
                            {"line", problem.line},
                            {"column", problem.column},
                            {"message", problem.message},
                            {"hint", problem.hint}});
    }
    Json rules = Json::array();
    for (const auto& rule : chosen.rules) {
        rules.push_back({{"id", rule->id},
                         {"title", rule->title},
                         {"level", model::name_of(rule->level)},
                         {"correlation", rule->correlation}});
    }
    return reply_json({{"problems", std::move(problems)}, {"rules", std::move(rules)}});
}

} // namespace

std::vector<Route> own_rule_routes()
{
    return {
        {.method = "GET",
         .path = "/api/v1/rules/{id}/text",
         .id = "getRuleText",
         .summary = "A rule as it is written, and what it looks for",
         .summary_id = "Teks sebuah aturan dan apa yang dicarinya",
         .parameters = {},
         .request = {},
         .response = "RuleText",
         .handle = get_text},
        {.method = "PUT",
         .path = "/api/v1/rules/{id}/text",
         .id = "putRuleText",
         .summary = "Write an own rule; a new one starts switched off",
         .summary_id = "Tulis aturan sendiri; yang baru dimulai dalam keadaan mati",
         .scope = policy::Scope::Admin,
         .parameters = {},
         .request = "RuleTextWish",
         .response = "RuleText",
         .handle = put_text,
         .versioned = true,
         .current = get_text},
        {.method = "DELETE",
         .path = "/api/v1/rules/{id}/text",
         .id = "deleteRuleText",
         .summary = "Remove an own rule; one of ours that it replaced is back",
         .summary_id = "Hapus aturan sendiri; aturan bawaan yang digantikannya kembali",
         .scope = policy::Scope::Admin,
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_text,
         .versioned = true,
         .current = get_text},
        {.method = "POST",
         .path = "/api/v1/rules/check",
         .id = "checkRuleText",
         .summary = "What is wrong with the text of a rule; nothing is kept",
         .summary_id = "Periksa teks aturan; tidak ada yang disimpan",
         .parameters = {},
         .request = "RuleTextCheck",
         .response = "RuleTextChecked",
         .handle = check_text},
    };
}

} // namespace tanggap::api
