// The words that schemas are written with, and the files that hold them by subject.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/detail/encoding.h"

namespace tanggap::api {

inline Json text()
{
    return {{"type", "string"}};
}
inline Json moment()
{
    return {{"type", "string"}, {"format", "date-time"}};
}
inline Json count()
{
    return {{"type", "integer"}, {"minimum", 0}};
}
inline Json number()
{
    return {{"type", "number"}};
}
inline Json truth()
{
    return {{"type", "boolean"}};
}
inline Json words(const std::vector<std::string>& allowed)
{
    return {{"type", "string"}, {"enum", allowed}};
}
inline Json ref(std::string_view name)
{
    return {{"$ref", "#/components/schemas/" + std::string(name)}};
}
inline Json list_of(Json items)
{
    return {{"type", "array"}, {"items", std::move(items)}};
}
inline Json map_of(Json values)
{
    return {{"type", "object"}, {"additionalProperties", std::move(values)}};
}
inline Json or_null(Json schema)
{
    schema["type"] = Json::array({schema.at("type"), "null"});
    return schema;
}

using Fields = std::vector<std::pair<std::string, Json>>;

/// Every field is required unless its name ends in '?'.
inline Json object(const Fields& fields)
{
    Json properties = Json::object();
    Json required = Json::array();
    for (const auto& [name, schema] : fields) {
        const bool optional = name.ends_with('?');
        const std::string bare = optional ? name.substr(0, name.size() - 1) : name;
        properties[bare] = schema;
        if (!optional) {
            required.push_back(bare);
        }
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

/// A text in both languages.
inline Json both()
{
    return ref("Both");
}

inline Json page_of(std::string_view item)
{
    return object({{"items", list_of(ref(item))},
                   {"next", or_null(text())},
                   {"total", object({{"value", count()}, {"relation", words({"eq", "gte"})}})},
                   {"as_of", moment()}});
}

inline Fields operator+(Fields first, const Fields& second)
{
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

// Each adds its subject's schemas: src/api/detail/schema_<subject>.cpp.
void add_activity(Json& all);
void add_people(Json& all);
void add_cases(Json& all);
void add_figures(Json& all);
void add_office(Json& all);
void add_reports(Json& all);
void add_profile(Json& all);
void add_rules(Json& all);
void add_triage(Json& all); ///< after AlertRow
/// What people decided about a listed alert.
Fields standing_fields();

} // namespace tanggap::api
