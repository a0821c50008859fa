#include "detect/oracle/oracle.h"

#include <algorithm>

#include "detect/oracle/content.h"

namespace tanggap::detect {

namespace oracle {
namespace {

using Values = std::vector<model::Value>;

std::string lower(std::string_view text)
{
    std::string out(text);
    for (auto& c : out) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return out;
}

/// Whether the record is text for people: neither JSON nor XML.
bool is_text(std::string_view original)
{
    while (!original.empty() &&
           std::string_view(" \t\r\n").find(original[0]) != std::string_view::npos) {
        original.remove_prefix(1);
        if (original.empty()) {
            return true;
        }
    }
    return !original.empty() && original[0] != '{' && original[0] != '[' && original[0] != '<';
}

/// `time` keeps the text of the event's time alive.
Values values_of(const model::Event& event, const std::string& field, std::string& time)
{
    Values out;
    if (field == "event.dataset") {
        return {model::string_value(event.dataset)};
    }
    if (field == "event.original") {
        return {model::string_value(event.original)};
    }
    if (field == "@timestamp") {
        time = base::format_rfc3339(event.time);
        return {model::string_value(time)};
    }
    if (field == "observer.name" && !event.sensor.empty()) {
        out.push_back(model::string_value(event.sensor));
    }
    for (const auto& one : event.fields) {
        if (one.name == field) {
            out.push_back(one.value);
        }
    }
    return out;
}

Values values_of(const model::Event& event, const Variant& variant, const std::string& name,
                 std::string& time)
{
    Values out;
    for (const auto& field : variant.fields_of(name)) {
        const auto some = values_of(event, field, time);
        out.insert(out.end(), some.begin(), some.end());
    }
    return out;
}

Values all_values(const model::Event& event)
{
    Values out;
    for (const auto& field : event.fields) {
        out.push_back(field.value);
    }
    if (is_text(event.original)) {
        out.push_back(model::string_value(event.original));
    }
    return out;
}

bool is_null(const model::Value& value)
{
    return value.kind == model::Value::Kind::Null;
}

bool question_holds(const Question& question, const std::string& field, const Variant& variant,
                    const model::Event& event)
{
    std::string time;
    const auto values = field.empty() ? all_values(event) : values_of(event, variant, field, time);
    if (question.kind == Question::Kind::Exists) {
        return values.empty() != question.exists;
    }
    if (question.kind == Question::Kind::Null) {
        return values.empty() || std::any_of(values.begin(), values.end(), is_null);
    }
    std::string other_time;
    const auto others = question.kind == Question::Kind::Field
                            ? values_of(event, variant, question.field, other_time)
                            : Values();
    for (const auto& value : values) {
        if (is_null(value)) {
            continue;
        }
        if (question.kind == Question::Kind::Field) {
            for (const auto& other : others) {
                if (!is_null(other) && refers(question, value, other)) {
                    return true;
                }
            }
        } else if (holds(question, value)) {
            return true;
        }
    }
    return false;
}

bool line_holds(const Line& line, const Variant& variant, const model::Event& event)
{
    std::size_t count = 0;
    for (const auto& question : line.values) {
        count += question_holds(question, line.field, variant, event) ? 1 : 0;
    }
    return (line.all ? count == line.values.size() : count > 0) != line.negated;
}

bool selection_holds(const Selection& selection, const Variant& variant, const model::Event& event)
{
    return std::any_of(selection.begin(), selection.end(), [&](const auto& lines) {
        return std::all_of(lines.begin(), lines.end(),
                           [&](const Line& line) { return line_holds(line, variant, event); });
    });
}

bool condition_holds(const Condition& condition, const Logic& logic, const Variant& variant,
                     const model::Event& event)
{
    const auto child_holds = [&](const Condition& child) {
        return condition_holds(child, logic, variant, event);
    };
    switch (condition.kind) {
    case Condition::Kind::And:
        return std::all_of(condition.children.begin(), condition.children.end(), child_holds);
    case Condition::Kind::Or:
        return std::any_of(condition.children.begin(), condition.children.end(), child_holds);
    case Condition::Kind::Not:
        return !child_holds(condition.children.front());
    case Condition::Kind::Name:
        break;
    }
    return selection_holds(logic.selections.at(condition.name), variant, event);
}

} // namespace

bool Variant::applies(const model::Event& event) const
{
    return std::all_of(when.begin(), when.end(), [&](const auto& test) {
        std::string time;
        const auto values = values_of(event, test.first, time);
        return std::any_of(values.begin(), values.end(), [&](const model::Value& value) {
            return !is_null(value) &&
                   (test.second.empty() || std::find(test.second.begin(), test.second.end(),
                                                     lower(value.text)) != test.second.end());
        });
    });
}

std::vector<std::string> Variant::fields_of(const std::string& name) const
{
    if (const auto known = names.find(name); known != names.end()) {
        return known->second;
    }
    std::vector<std::string> out;
    for (const auto& other : others) {
        const auto at = other.find("{}");
        if (name.find('.') == std::string::npos) {
            out.push_back(other.substr(0, at) + name + other.substr(at + 2));
        }
    }
    return out.empty() ? std::vector{name} : out;
}

} // namespace oracle

bool Oracle::Content::holds(const oracle::Rule& rule, const model::Event& event) const
{
    return std::any_of(rule.variants.begin(), rule.variants.end(), [&](std::size_t index) {
        const auto& variant = variants[index];
        return variant.applies(event) &&
               std::all_of(rule.logic.begin(), rule.logic.end(), [&](const oracle::Logic& logic) {
                   return oracle::condition_holds(logic.condition, logic, variant, event);
               });
    });
}

Oracle::Oracle() : content_(std::make_unique<Content>()) {}
Oracle::~Oracle() = default;

std::shared_ptr<const Oracle> Oracle::load(std::span<const RuleFile> rules,
                                           std::span<const MappingFile> mappings)
{
    const std::shared_ptr<Oracle> out(new Oracle());
    oracle::read_mappings(mappings, *out->content_);
    oracle::read_rules(rules, *out->content_);
    return out;
}

std::vector<std::string> Oracle::rules() const
{
    std::vector<std::string> out;
    for (const auto& rule : content_->rules) {
        out.push_back(rule.id);
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> Oracle::matches(const model::Event& event) const
{
    // The same variant serves many rules: asked once an event.
    std::vector<bool> applies;
    for (const auto& variant : content_->variants) {
        applies.push_back(variant.applies(event));
    }
    std::vector<std::string> out;
    for (const auto& rule : content_->rules) {
        const bool asked = std::any_of(rule.variants.begin(), rule.variants.end(),
                                       [&](std::size_t variant) { return applies[variant]; });
        if (asked && content_->holds(rule, event)) {
            out.push_back(rule.id);
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

} // namespace tanggap::detect
