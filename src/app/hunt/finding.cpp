#include "app/hunt/finding.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"

namespace tanggap::app::hunting {
namespace {

constexpr std::size_t kDetailBytes = 240;

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool contains(std::string_view text, std::string_view part)
{
    return base::to_lower_ascii(text).find(base::to_lower_ascii(part)) != std::string::npos;
}

/// Whether `text` fits `pattern`: * is any run of characters, ? one byte.
bool fits(std::string_view text, std::string_view pattern)
{
    std::size_t at = 0;
    std::size_t in_pattern = 0;
    std::size_t star = std::string_view::npos;
    std::size_t after_star = 0;
    while (at < text.size()) {
        const bool more = in_pattern < pattern.size();
        if (more && pattern[in_pattern] == '*') {
            star = in_pattern++;
            after_star = at;
        } else if (more &&
                   (pattern[in_pattern] == '?' || lower(pattern[in_pattern]) == lower(text[at]))) {
            ++in_pattern;
            ++at;
        } else if (star != std::string_view::npos) {
            in_pattern = star + 1;
            at = ++after_star;
        } else {
            return false;
        }
    }
    return pattern.substr(in_pattern).find_first_not_of('*') == std::string_view::npos;
}

bool names_rule(const std::vector<std::string>& names, const model::RuleInfo& rule)
{
    return std::ranges::any_of(names, [&](const std::string& name) {
        return base::equals_ignore_case_ascii(name, rule.id) || contains(rule.title, name);
    });
}

bool has_tag(const std::vector<std::string>& wanted, const model::RuleInfo& rule)
{
    return std::ranges::any_of(wanted, [&](const std::string& one) {
        return std::ranges::any_of(rule.tags, [&](const std::string& tag) {
            const bool attack = std::string_view(tag).starts_with("attack.");
            return fits(tag, one) || (attack && fits(std::string_view(tag).substr(7), one));
        });
    });
}

/// Whole characters of the front of `text`, at most `bytes` of them, on one line.
std::string shortened(std::string_view text, std::size_t bytes)
{
    std::string out;
    base::make_utf8(text.substr(0, bytes), out);
    if (text.size() > bytes) {
        out += "…";
    }
    return out;
}

std::string detail_of(const model::Detection& detection)
{
    if (!detection.correlation_summary.empty()) {
        return shortened(detection.correlation_summary, kDetailBytes);
    }
    std::string out;
    for (const auto& reason : detection.reasons) {
        if (out.size() > kDetailBytes) {
            break;
        }
        const auto& field = reason.event_field.empty() ? reason.field : reason.event_field;
        out += out.empty() ? "" : "  ";
        out += field.empty() ? "" : field + "=";
        out += shortened(reason.value, kDetailBytes);
    }
    return shortened(out, kDetailBytes);
}

void append_member(std::string& out, std::string_view name, std::string_view value)
{
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
}

void append_rule(std::string& out, const model::RuleInfo& rule)
{
    out += ",\"rule\":{";
    append_member(out, "id", rule.id);
    out += ',';
    append_member(out, "title", rule.title);
    out += ',';
    append_member(out, "level", model::name_of(rule.level));
    out += ',';
    append_member(out, "author", rule.author);
    out += ',';
    append_member(out, "license", rule.license);
    out += ",\"techniques\":[";
    for (std::size_t i = 0; i < rule.techniques.size(); ++i) {
        out += i == 0 ? "" : ",";
        append_json_string(out, rule.techniques[i]);
    }
    out += "]}";
}

void append_reasons(std::string& out, const model::Detection& detection)
{
    out += ",\"reasons\":[";
    bool first = true;
    for (const auto& reason : detection.reasons) {
        out += std::exchange(first, false) ? "{" : ",{";
        append_member(out, "selection", reason.selection);
        out += ',';
        append_member(out, "field", reason.field);
        out += ',';
        append_member(out, "event_field", reason.event_field);
        out += ',';
        append_member(out, "value", reason.value);
        out += ',';
        append_member(out, "pattern", reason.pattern);
        out += '}';
    }
    out += ']';
}

void write_json(const model::Event& event, const model::Detection& detection, Finding& finding)
{
    std::string& head = finding.json_head;
    head = "{";
    append_member(head, "@timestamp", base::format_rfc3339(event.time));
    append_rule(head, *detection.rule);
    head += ',';
    append_member(head, "file", *finding.file);
    head += ",\"record\":";
    std::string& tail = finding.json_tail;
    append_reasons(tail, detection);
    if (!detection.correlation_summary.empty()) {
        tail += fmt::format(",\"correlation\":{{\"events\":{},", detection.correlated_events);
        append_member(tail, "summary", detection.correlation_summary);
        tail += '}';
    }
    tail += ",\"event\":";
    tail += model::render_json(event,
                               {.with_id = false, .with_ingested = false, .with_original = true});
    tail += '}';
}

} // namespace

bool FindingFilter::takes(const model::RuleInfo& rule) const
{
    return (!level || rule.level >= *level) && (rules.empty() || names_rule(rules, rule)) &&
           !names_rule(excluded, rule) && (tags.empty() || has_tag(tags, rule));
}

bool FindingFilter::takes(const model::Event& event) const
{
    return std::ranges::all_of(fields, [&](const FieldTest& test) {
        return std::ranges::any_of(event.fields, [&](const model::Field& field) {
            return field.name == test.name && fits(field.value.text, test.pattern);
        });
    });
}

base::Result<FindingFilter::FieldTest> parse_field_test(std::string_view text)
{
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return base::invalid("--field " + base::quoted(text) +
                             " is no NAME=PATTERN, as in host.name=dc-*");
    }
    return FindingFilter::FieldTest{.name = std::string(text.substr(0, equals)),
                                    .pattern = std::string(text.substr(equals + 1))};
}

Finding make_finding(const model::Event& event, const model::Detection& detection,
                     std::shared_ptr<const std::string> file, std::uint64_t record, WithJson json)
{
    constexpr std::size_t kNameBytes = 120;
    Finding out{.rule = detection.rule,
                .time = event.time,
                .file = std::move(file),
                .record = record,
                .host = shortened(event.text("host.name"), kNameBytes),
                .user = shortened(event.text("user.name"), kNameBytes),
                .address = shortened(event.text("source.ip"), kNameBytes),
                .detail = detail_of(detection),
                .json_head = {},
                .json_tail = {}};
    if (json == WithJson::Yes) {
        write_json(event, detection, out);
    }
    return out;
}

std::string printable(std::string_view text)
{
    std::string out;
    base::make_utf8(text, out);
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    // C1 controls are two bytes in UTF-8: C2 80 to C2 9F.
    for (std::size_t i = 0; i + 1 < out.size(); ++i) {
        const auto next = static_cast<unsigned char>(out[i + 1]);
        if (out[i] == '\xC2' && next < 0xA0) {
            out[i] = out[i + 1] = '?';
        }
    }
    return out;
}

void append_json_string(std::string& out, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string mended;
    if (!base::is_utf8(text)) {
        base::make_utf8(text, mended);
        text = mended;
    }
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

} // namespace tanggap::app::hunting
