// The OpenAPI document, from the table of routes.
#include "api/detail/route.h"
#include "api/detail/schema.h"

namespace tanggap::api {
namespace {

Json schema_ref(std::string_view name)
{
    return {{"$ref", "#/components/schemas/" + std::string(name)}};
}

Json json_content(std::string_view schema, std::string_view media)
{
    return {{std::string(media), {{"schema", schema_ref(schema)}}}};
}

Json path_parameters(std::string_view path)
{
    Json parameters = Json::array();
    for (std::size_t at = path.find('{'); at != path.npos; at = path.find('{', at + 1)) {
        const std::string name(path.substr(at + 1, path.find('}', at) - at - 1));
        parameters.push_back(
            {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
    }
    return parameters;
}

Json describe(const Parameter& parameter)
{
    Json schema{{"type", parameter.kind == ParameterKind::Integer ? "integer" : "string"}};
    if (parameter.kind == ParameterKind::Integer) {
        schema["minimum"] = parameter.min;
        schema["maximum"] = parameter.max;
    }
    return {{"name", parameter.name},
            {"in", "query"},
            {"required", false},
            {"description", parameter.summary},
            {"schema", std::move(schema)}};
}

Json request_body(const Route& route)
{
    if (route.takes_records) {
        const Json bytes{{"schema", {{"type", "string"}}}};
        return {{"required", true},
                {"content",
                 {{"application/x-ndjson", bytes},
                  {"text/plain", bytes},
                  {"application/vnd.tanggap.records", bytes}}}};
    }
    if (route.csv_bytes_max > 0) {
        Json content{{"text/csv", {{"schema", {{"type", "string"}}}}}};
        if (route.or_json) {
            content["application/json"] = {{"schema", {{"type", "object"}}}};
        }
        return {{"required", true}, {"content", std::move(content)}};
    }
    return {{"required", true}, {"content", json_content(route.request, "application/json")}};
}

Json responses(const Route& route)
{
    Json good{{"description", "done"}};
    if (!route.response.empty()) {
        good["content"] = json_content(route.response, "application/json");
    }
    return {{std::to_string(route.status), std::move(good)},
            {"default",
             {{"description", "a problem (RFC 9457)"},
              {"content", json_content("Problem", "application/problem+json")}}}};
}

Json operation(const Route& route)
{
    Json described{{"operationId", route.id},
                   {"summary", route.summary},
                   {"x-summary-id", route.summary_id},
                   {"x-scope", policy::name_of(route.scope)},
                   {"responses", responses(route)}};
    Json parameters = path_parameters(route.path);
    for (const Parameter& parameter : route.parameters) {
        parameters.push_back(describe(parameter));
    }
    described["parameters"] = std::move(parameters);
    if (!route.request.empty() || route.takes_records || route.csv_bytes_max > 0) {
        described["requestBody"] = request_body(route);
    }
    if (route.scope == policy::Scope::Public) {
        described["security"] = Json::array();
    }
    return described;
}

std::string lower(std::string_view method)
{
    std::string text(method);
    for (char& c : text) {
        c = static_cast<char>(c | 0x20);
    }
    return text;
}

} // namespace

std::string openapi_json()
{
    Json paths = Json::object();
    for (const Route& route : routes()) {
        paths[std::string(route.path)][lower(route.method)] = operation(route);
    }
    const Json document{
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "Tanggap"},
          {"version", "1"},
          {"description", "Times are RFC 3339 UTC; lists are keyset pages; unknown parameters and"
                          " fields are refused. See docs/reference/api.md."}}},
        {"servers", Json::array({{{"url", "/"}}})},
        {"security", Json::array({{{"key", Json::array()}}, {{"session", Json::array()}}})},
        {"paths", std::move(paths)},
        {"components",
         {{"schemas", schemas()},
          {"securitySchemes",
           {{"key", {{"type", "http"}, {"scheme", "bearer"}}},
            {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-tanggap"}}}}}}}};
    return document.dump(2) + "\n";
}

} // namespace tanggap::api
