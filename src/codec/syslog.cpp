#include "codec/syslog.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace tanggap::codec {
namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::string_view next_word(std::string_view& rest)
{
    const auto end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
}

std::string_view without_nil(std::string_view word)
{
    return word == "-" ? std::string_view{} : word;
}

bool is_month(std::string_view text)
{
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto at = text.size() < 3 ? std::string_view::npos : kMonths.find(text.substr(0, 3));
    return at != std::string_view::npos && at % 3 == 0;
}

/// "07:05:09", also with a fraction: its length, or 0.
std::size_t clock_length(std::string_view text)
{
    constexpr std::string_view kShape = "00:00:00";
    if (text.size() < kShape.size()) {
        return 0;
    }
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        if (kShape[i] == ':' ? text[i] != ':' : !is_digit(text[i])) {
            return 0;
        }
    }
    std::size_t length = kShape.size();
    if (length < text.size() && (text[length] == '.' || text[length] == ',')) {
        do {
            ++length;
        } while (length < text.size() && is_digit(text[length]));
    }
    return length;
}

std::size_t skip(std::string_view line, std::size_t at, char wanted)
{
    while (at < line.size() && line[at] == wanted) {
        ++at;
    }
    return at;
}

std::size_t digits_at(std::string_view line, std::size_t at)
{
    std::size_t count = 0;
    while (at + count < line.size() && is_digit(line[at + count])) {
        ++count;
    }
    return count;
}

/// Length of "Oct  3 07:05:09", "Oct 3 2026 07:05:09" or "Oct  3 07:05:09 2026"; 0 where there is
/// none.
std::size_t bsd_time_length(std::string_view line)
{
    if (!is_month(line) || line.size() < 4 || line[3] != ' ') {
        return 0;
    }
    std::size_t at = skip(line, 3, ' ');
    const std::size_t day = digits_at(line, at);
    if (day == 0 || day > 2) {
        return 0;
    }
    at = skip(line, at + day, ' ');
    if (digits_at(line, at) == 4 && at + 4 < line.size() && line[at + 4] == ' ') {
        at += 5;
    }
    const std::size_t clock = clock_length(line.substr(std::min(at, line.size())));
    if (clock == 0) {
        return 0;
    }
    at += clock;
    if (digits_at(line, at + 1) == 4 && line[at] == ' ' &&
        (at + 5 == line.size() || line[at + 5] == ' ')) {
        at += 5;
    }
    return at;
}

/// Length of an RFC 3339 time at the start, 0 where there is none. `line` may go on with ' ' or
/// ':'.
std::size_t iso_time_length(std::string_view line)
{
    constexpr std::string_view kDate = "0000-00-00";
    if (line.size() < 19) {
        return 0;
    }
    for (std::size_t i = 0; i < kDate.size(); ++i) {
        if (kDate[i] == '-' ? line[i] != '-' : !is_digit(line[i])) {
            return 0;
        }
    }
    const std::size_t clock = clock_length(line.substr(11));
    if ((line[10] != 'T' && line[10] != ' ') || clock == 0) {
        return 0;
    }
    std::size_t at = 11 + clock;
    if (at < line.size() && (line[at] == 'Z' || line[at] == 'z')) {
        return at + 1;
    }
    if (at + 2 < line.size() && (line[at] == '+' || line[at] == '-') && is_digit(line[at + 1])) {
        ++at;
        while (at < line.size() &&
               (is_digit(line[at]) ||
                (line[at] == ':' && at + 1 < line.size() && is_digit(line[at + 1])))) {
            ++at;
        }
    }
    return at;
}

/// Whether `word` is a tag: "sshd[811]:", "[sshd]:", "sudo:", "su(pam_unix)[3]:".
bool is_tag(std::string_view word)
{
    return word.ends_with(':') || word.ends_with("]") ||
           (word.starts_with('[') && word.ends_with(']'));
}

/// Cuts "su(pam_unix)[14592]:" into program and pid.
void cut_tag(std::string_view tag, SyslogEnvelope& out)
{
    if (tag.ends_with(':')) {
        tag.remove_suffix(1);
    }
    const auto open = tag.rfind('[');
    if (tag.ends_with(']') && open != std::string_view::npos && open > 0) {
        out.pid = tag.substr(open + 1, tag.size() - open - 2);
        tag = tag.substr(0, open);
    } else if (tag.starts_with('[') && tag.ends_with(']')) {
        tag = tag.substr(1, tag.size() - 2);
    }
    const auto paren = tag.find('(');
    if (paren != std::string_view::npos && paren > 0 && tag.ends_with(')')) {
        tag = tag.substr(0, paren);
    }
    const auto slash = tag.starts_with('/') ? tag.rfind('/') : std::string_view::npos;
    out.program = slash == std::string_view::npos ? tag : tag.substr(slash + 1);
}

/// Where a tag ends in `text`: behind "name[pid]" or "name:". 0 where no tag stands there.
std::size_t tag_length(std::string_view text)
{
    constexpr std::size_t kTagBytesMax = 128;
    for (std::size_t i = 0; i < std::min(text.size(), kTagBytesMax); ++i) {
        if (text[i] == ' ') {
            return i > 0 && is_tag(text.substr(0, i)) ? i : 0;
        }
        if (text[i] == ':' && (i + 1 == text.size() || text[i + 1] == ' ')) {
            return i + 1;
        }
        if (text[i] == ']' && i > 0) {
            return i + 1 < text.size() && text[i + 1] == ':' ? i + 2 : i + 1;
        }
    }
    return text.size() <= kTagBytesMax && is_tag(text) ? text.size() : 0;
}

/// "auth.info", which BusyBox writes behind the host: its priority.
/// Source: busybox sysklogd, syslog.h names.
std::optional<unsigned> facility_and_severity(std::string_view word)
{
    constexpr std::array<std::string_view, 24> kFacilities{
        "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
        "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
        "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};
    constexpr std::array<std::string_view, 8> kSeverities{"emerg", "alert",  "crit", "err",
                                                          "warn",  "notice", "info", "debug"};
    const auto dot = word.find('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const auto facility = std::ranges::find(kFacilities, word.substr(0, dot));
    const auto severity = std::ranges::find(kSeverities, word.substr(dot + 1));
    if (facility == kFacilities.end() || severity == kSeverities.end()) {
        return std::nullopt;
    }
    return static_cast<unsigned>(facility - kFacilities.begin()) * 8 +
           static_cast<unsigned>(severity - kSeverities.begin());
}

/// Cuts what follows the time in RFC 3164 lines: host, tag, message.
void cut_host_and_tag(std::string_view rest, SyslogEnvelope& out)
{
    const auto trim_front = [](std::string_view text) {
        return text.substr(std::min(text.find_first_not_of(' '), text.size()));
    };
    rest = trim_front(rest);
    if (tag_length(rest) == 0) {
        std::string_view after = rest;
        const std::string_view host = next_word(after);
        after = trim_front(after);
        // A last single word is a message, not a host with nothing to say.
        if (!after.empty()) {
            out.host = host;
            rest = after;
            if (const auto priority = facility_and_severity(next_word(after))) {
                out.priority = out.priority ? out.priority : priority;
                rest = trim_front(after);
            }
        }
    }
    if (const std::size_t length = tag_length(rest); length > 0) {
        cut_tag(rest.substr(0, length), out);
        rest = rest.substr(length);
    }
    out.message = trim_front(rest);
}

/// Length of structured data at the start: "-" or "[id name="value"…]…". 0 where it is broken.
std::size_t structured_length(std::string_view text)
{
    if (text.starts_with('-')) {
        return 1;
    }
    std::size_t at = 0;
    while (at < text.size() && text[at] == '[') {
        bool quoted = false;
        for (++at; at < text.size() && (quoted || text[at] != ']'); ++at) {
            if (quoted && text[at] == '\\') {
                ++at;
            } else if (text[at] == '"') {
                quoted = !quoted;
            }
        }
        if (at >= text.size()) {
            return 0;
        }
        ++at;
    }
    return at;
}

std::optional<SyslogEnvelope> cut_rfc5424(std::string_view line, std::optional<unsigned> priority)
{
    std::string_view rest = line.substr(2);
    SyslogEnvelope out;
    out.priority = priority;
    out.time = next_word(rest);
    out.time_style = out.time == "-" ? SyslogTime::Nil : SyslogTime::Rfc3339;
    if (out.time_style == SyslogTime::Rfc3339 && iso_time_length(out.time) != out.time.size()) {
        return std::nullopt;
    }
    out.host = without_nil(next_word(rest));
    out.program = without_nil(next_word(rest));
    out.pid = without_nil(next_word(rest));
    out.message_id = without_nil(next_word(rest));
    const std::size_t length = structured_length(rest);
    if (length == 0) {
        return std::nullopt;
    }
    out.structured = without_nil(rest.substr(0, length));
    rest.remove_prefix(length);
    rest = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.starts_with("\xEF\xBB\xBF")) {
        rest.remove_prefix(3);
    }
    out.message = rest;
    return out;
}

} // namespace

std::optional<unsigned> take_priority(std::string_view& line)
{
    constexpr unsigned kPriorityMax = 191;
    const auto close = line.substr(0, 5).find('>');
    if (!line.starts_with('<') || close == std::string_view::npos || close < 2) {
        return std::nullopt;
    }
    unsigned priority = 0;
    const auto [end, error] = std::from_chars(line.data() + 1, line.data() + close, priority);
    if (error != std::errc{} || end != line.data() + close || priority > kPriorityMax) {
        return std::nullopt;
    }
    line.remove_prefix(close + 1);
    return priority;
}

std::optional<SyslogEnvelope> cut_syslog(std::string_view line)
{
    const auto priority = take_priority(line);
    if (line.starts_with("1 ")) {
        if (auto envelope = cut_rfc5424(line, priority)) {
            return envelope;
        }
        if (iso_time_length(line.substr(2)) > 0) {
            return std::nullopt;
        }
    }
    SyslogEnvelope out;
    out.priority = priority;
    std::size_t length = bsd_time_length(line);
    if (length == 0) {
        length = iso_time_length(line);
        out.time_style = SyslogTime::Rfc3339;
    }
    if (length == 0 && priority) {
        // Source: RFC 3164 §4.3.2: a priority alone makes it syslog; the rest is the message.
        out.time_style = SyslogTime::Nil;
        if (const std::size_t tag = tag_length(line); tag > 0 && !line.starts_with('[')) {
            cut_tag(line.substr(0, tag), out);
            line.remove_prefix(tag);
        }
        out.message = line.substr(std::min(line.find_first_not_of(' '), line.size()));
        return out;
    }
    if (length == 0) {
        return std::nullopt;
    }
    out.time = line.substr(0, length);
    std::string_view rest = line.substr(length);
    if (!rest.empty() && rest.front() != ' ' && rest.front() != ':') {
        return std::nullopt;
    }
    rest.remove_prefix(rest.starts_with(':') ? 1 : 0);
    cut_host_and_tag(rest, out);
    return out;
}

std::uint64_t take_repetition(std::string_view& message)
{
    constexpr std::string_view kOpen = "message repeated ";
    constexpr std::string_view kMiddle = " times: [";
    if (!message.starts_with(kOpen) || !message.ends_with(']')) {
        return 0;
    }
    const auto middle = message.find(kMiddle, kOpen.size());
    if (middle == std::string_view::npos) {
        return 0;
    }
    const std::string_view digits = message.substr(kOpen.size(), middle - kOpen.size());
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (!all_digits(digits) || error != std::errc{} || end != digits.data() + digits.size()) {
        return 0;
    }
    message.remove_prefix(middle + kMiddle.size());
    message.remove_suffix(1);
    message = base::trim(message);
    return count;
}

std::string_view find_structured(std::string_view structured, std::string_view name)
{
    for (auto at = structured.find(name); at != std::string_view::npos;
         at = structured.find(name, at + 1)) {
        const std::string_view rest = structured.substr(at + name.size());
        if (at == 0 || structured[at - 1] != ' ' || !rest.starts_with("=\"")) {
            continue;
        }
        const std::string_view value = rest.substr(2);
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (value[i] == '\\') {
                ++i;
            } else if (value[i] == '"') {
                return value.substr(0, i);
            }
        }
    }
    return {};
}

} // namespace tanggap::codec
