#include "normalize/detail/event_builder.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "codec/access_log.h"
#include "normalize/detail/address.h"
#include "normalize/detail/url.h"

namespace tanggap::normalize::detail {

using model::Value;

void EventBuilder::add_integer(std::string_view name, std::string_view digits)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
        add_text(name, digits);
        return;
    }
    const bool padded = digits.size() > 1 && digits.front() == '0';
    if (padded) {
        add(name, model::integer_value(batch_, number));
    } else {
        add(name, {.kind = Value::Kind::Integer, .integer = number, .text = digits});
    }
}

void EventBuilder::add_constants(const Constants& constants)
{
    for (const Constant& constant : constants) {
        add_constant(constant);
    }
}

void EventBuilder::add_constant(const Constant& constant)
{
    add(constant.name, {.kind = constant.kind,
                        .boolean = constant.boolean,
                        .integer = constant.integer,
                        .text = constant.text});
}

void EventBuilder::add_address(std::string_view name, std::string_view ip_name,
                               std::string_view text)
{
    if (is_plain_ipv4(text)) {
        add(ip_name, model::string_value(text));
        return;
    }
    const auto address = canonical_address(text);
    if (!address) {
        add_text(name, text);
        return;
    }
    const std::string_view canonical = address->text();
    add(ip_name, model::string_value(canonical == text ? text : batch_.keep(canonical)));
}

std::string_view EventBuilder::without_escapes(std::string_view text)
{
    return codec::undo_log_escapes(text, scratch_) ? batch_.keep(scratch_) : text;
}

void EventBuilder::add_url(std::string_view target, bool is_connect)
{
    add_text("url.original", target);
    const UrlParts parts = split_url(target, is_connect);
    add_text("url.scheme", parts.scheme);
    add_text("url.domain", parts.domain);
    if (has_shape(ValueType::Port, parts.port)) {
        add_integer("url.port", parts.port);
    }
    add_text("url.path", parts.path);
    add_text("url.query", parts.query);
    if (decode_url(target, scratch_)) {
        add_text("tanggap.url.decoded", batch_.keep(scratch_));
    }
}

bool EventBuilder::add(const Target& target, std::string_view text)
{
    if (target.name.empty() || text.empty()) {
        return true;
    }
    if (!has_shape(target.type, text)) {
        return false;
    }
    const auto word = std::ranges::find_if(target.words, [text](const auto& pair) {
        return base::equals_ignore_case_ascii(pair.first, text);
    });
    if (word != target.words.end()) {
        add(target.name, model::string_value(word->second));
        return true;
    }
    switch (target.type) {
    case ValueType::Text:
    case ValueType::Word:
        add_text(target.name, text);
        break;
    case ValueType::Account: {
        const std::size_t after = text.rfind('\\') + 1; // npos + 1 is 0: the whole
        add_text(target.name, after < text.size() ? text.substr(after) : text);
        break;
    }
    case ValueType::Lower:
        add_text(target.name, batch_.keep(base::to_lower_ascii(text)));
        break;
    case ValueType::Integer:
    case ValueType::Port:
        add_integer(target.name, text);
        break;
    case ValueType::Number: {
        double real = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
        if (error != std::errc{} || end != text.data() + text.size()) {
            return false;
        }
        add(target.name, {.kind = Value::Kind::Float, .real = real, .text = text});
        break;
    }
    case ValueType::Boolean:
        add(target.name, {.kind = Value::Kind::Bool, .boolean = text == "true", .text = text});
        break;
    case ValueType::Ip:
        add_address(target.name, target.name, text);
        break;
    case ValueType::Address:
        add_address(target.name, target.ip_name, text);
        break;
    case ValueType::Endpoint: {
        const auto endpoint = split_endpoint(text);
        add_address(target.name, target.ip_name, endpoint->address);
        if (!endpoint->port.empty()) {
            add_integer(target.port_name, endpoint->port);
        }
        break;
    }
    case ValueType::Url:
        add_url(text, false);
        break;
    }
    return true;
}

} // namespace tanggap::normalize::detail
