#include "codec/json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::codec {
namespace {

using base::limits::kEventFieldsMax;
using base::limits::kNestingMax;
using model::QuarantineReason;
using model::Value;
namespace dom = simdjson::dom;

/// Walks a parsed document. The parser has bounded the depth, so recursion is bounded.
class Walk {
public:
    Walk(model::EventBatch& batch, std::vector<model::Field>& fields)
        : batch_(batch), fields_(fields)
    {
    }

    /// False: too many fields.
    bool object(dom::object object)
    {
        note_duplicates(object);
        const std::size_t length = name_.size();
        for (const auto [key, value] : object) {
            if (length > 0) {
                name_ += '.';
            }
            name_ += key;
            const bool fits = element(value);
            name_.resize(length);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    bool duplicate_key() const { return duplicate_key_; }

private:
    bool element(const dom::element& element)
    {
        switch (element.type()) {
        case dom::element_type::OBJECT:
            return object(element.get_object().value_unsafe());
        case dom::element_type::ARRAY:
            return std::ranges::all_of(
                element.get_array().value_unsafe(),
                [this](const dom::element& item) { return this->element(item); });
        default:
            if (fields_.size() >= kEventFieldsMax) {
                return false;
            }
            fields_.push_back({.name = kept_name(), .value = scalar(element)});
            return true;
        }
    }

    /// Elements of an array have one name: it is kept once.
    std::string_view kept_name()
    {
        if (!fields_.empty() && fields_.back().name == name_) {
            return fields_.back().name;
        }
        return batch_.keep(name_);
    }

    Value scalar(const dom::element& element)
    {
        switch (element.type()) {
        case dom::element_type::STRING:
            return model::string_value(batch_.keep(element.get_string().value_unsafe()));
        case dom::element_type::INT64:
            return model::integer_value(batch_, element.get_int64().value_unsafe());
        case dom::element_type::UINT64:
            // Above the signed range: digits as text, so that nothing is rounded.
            return model::string_value(
                batch_.keep(std::to_string(element.get_uint64().value_unsafe())));
        case dom::element_type::DOUBLE:
            return real(element.get_double().value_unsafe());
        case dom::element_type::BOOL: {
            const bool value = element.get_bool().value_unsafe();
            return {.kind = Value::Kind::Bool, .boolean = value, .text = value ? "true" : "false"};
        }
        default:
            return {.kind = Value::Kind::Null, .text = ""};
        }
    }

    Value real(double number)
    {
        std::array<char, 32> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        return {.kind = Value::Kind::Float,
                .real = number,
                .text =
                    batch_.keep({digits.data(), static_cast<std::size_t>(end - digits.data())})};
    }

    void note_duplicates(dom::object object)
    {
        keys_.clear();
        for (const auto [key, value] : object) {
            keys_.push_back(key);
        }
        std::ranges::sort(keys_);
        duplicate_key_ = duplicate_key_ || std::ranges::adjacent_find(keys_) != keys_.end();
    }

    model::EventBatch& batch_;
    std::vector<model::Field>& fields_;
    std::vector<std::string_view> keys_;
    std::string name_;
    bool duplicate_key_ = false;
};

JsonProblem problem_of(simdjson::error_code error, std::string_view object)
{
    if (error == simdjson::DEPTH_ERROR) {
        return {QuarantineReason::TooDeep,
                "JSON is nested deeper than " + std::to_string(kNestingMax) + " levels"};
    }
    return {QuarantineReason::BadJson, std::string("not a JSON object (") +
                                           simdjson::error_message(error) + "): found " +
                                           base::quoted(object)};
}

bool is_number_part(char c)
{
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/// Quotes numbers that no machine number holds ("1e999", 30 digits): valid JSON, kept as text.
/// Returns whether there were any.
bool quote_great_numbers(std::string_view json, std::string& out)
{
    constexpr std::size_t kSafeDigits = 18;
    bool quoted = false;
    bool in_string = false;
    out.clear();
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string || c == '"') {
            in_string = in_string == (c != '"');
            out += c;
            if (in_string && c == '\\' && i + 1 < json.size()) {
                out += json[++i];
            }
            continue;
        }
        std::size_t end = i;
        while (end < json.size() && ((c >= '0' && c <= '9') || c == '-') &&
               is_number_part(json[end])) {
            ++end;
        }
        const std::string_view number = json.substr(i, end - i);
        const bool great =
            number.size() > kSafeDigits || number.find_first_of("eE") != std::string_view::npos;
        quoted = quoted || (great && !number.empty());
        if (great) {
            out.append("\"").append(number).append("\"");
        } else if (!number.empty()) {
            out.append(number);
        } else {
            out += c;
        }
        i += number.empty() ? 0 : number.size() - 1;
    }
    return quoted;
}

} // namespace

struct JsonFlattener::Parser {
    /// A record is at most kLineBytesMax; quoting great numbers adds two bytes to each.
    dom::parser parser{2 * base::limits::kLineBytesMax};
    std::string padded;
};

JsonFlattener::JsonFlattener() : parser_(std::make_unique<Parser>()) {}
JsonFlattener::~JsonFlattener() = default;
JsonFlattener::JsonFlattener(JsonFlattener&&) noexcept = default;
JsonFlattener& JsonFlattener::operator=(JsonFlattener&&) noexcept = default;

std::optional<JsonProblem> JsonFlattener::flatten(std::string_view object, model::EventBatch& batch,
                                                  std::vector<model::Field>& fields,
                                                  bool& duplicate_key)
{
    std::string& padded = parser_->padded;
    padded.reserve(object.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(object);
    if (const auto error =
            parser_->parser.allocate(std::max<std::size_t>(object.size(), 1024), kNestingMax)) {
        return problem_of(error, object);
    }
    dom::element root;
    auto error = parser_->parser.parse(padded.data(), padded.size(), false).get(root);
    if (error == simdjson::NUMBER_ERROR && quote_great_numbers(object, padded)) {
        error = parser_->parser.parse(padded).get(root);
    }
    if (error != simdjson::SUCCESS) {
        return problem_of(error, object);
    }
    dom::object members;
    if (root.get(members) != simdjson::SUCCESS) {
        return JsonProblem{QuarantineReason::BadJson,
                           "expected a JSON object, found " + base::quoted(object)};
    }
    const std::size_t before = fields.size();
    Walk walk(batch, fields);
    if (!walk.object(members)) {
        fields.resize(before);
        return JsonProblem{QuarantineReason::TooManyFields,
                           "more than " + std::to_string(kEventFieldsMax) + " fields"};
    }
    duplicate_key = walk.duplicate_key();
    return std::nullopt;
}

} // namespace tanggap::codec
