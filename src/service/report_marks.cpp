#include "service/report_marks.h"

#include <algorithm>

#include "base/report_limits.h"
#include "casework/observable.h"

namespace tanggap::service {
namespace {

constexpr std::size_t kNumberDigitsMin = 9;
constexpr std::size_t kNumberDigitsMax = 18;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

std::string_view mark_kind_of(casework::ObservableType type)
{
    using enum casework::ObservableType;
    switch (type) {
    case Url:
        return "url";
    case Domain:
        return "host";
    case Ipv4:
    case Ipv6:
        return "address";
    case Email:
        return "email";
    default:
        return {};
    }
}

store::ReportMark mark_of_digits(std::string digits, bool plus)
{
    if (digits.starts_with("62") && (plus || digits.starts_with("628"))) {
        digits = "0" + digits.substr(2);
    }
    const bool phone = plus || digits.starts_with("0");
    return {.kind = phone ? "phone" : "account", .value = std::move(digits)};
}

/// Takes digits with at most one blank, dot or hyphen between two of them.
std::string take_digits(std::string_view& text)
{
    std::string digits;
    std::size_t at = 0;
    std::size_t end = 0;
    while (at < text.size()) {
        if (is_digit(text[at])) {
            digits += text[at];
            end = ++at;
        } else if (at == end && (text[at] == ' ' || text[at] == '-' || text[at] == '.')) {
            ++at;
        } else {
            break;
        }
    }
    text.remove_prefix(end);
    return digits;
}

void add(std::vector<store::ReportMark>& marks, store::ReportMark mark)
{
    if (marks.size() < base::limits::kReportMarksMax &&
        std::ranges::find(marks, mark) == marks.end()) {
        marks.push_back(std::move(mark));
    }
}

} // namespace

std::vector<store::ReportMark> marks_of(std::string_view text)
{
    std::vector<store::ReportMark> marks;
    for (const casework::Observable& found : casework::extract_observables(text)) {
        if (const std::string_view kind = mark_kind_of(found.type); !kind.empty()) {
            add(marks, {.kind = std::string(kind), .value = found.value});
        }
    }
    bool plus = false;
    bool inside_word = false;
    while (!text.empty()) {
        if (!is_digit(text.front()) || inside_word) {
            const char c = text.front();
            plus = c == '+';
            inside_word = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
            text.remove_prefix(1);
            continue;
        }
        std::string digits = take_digits(text);
        if (digits.size() >= kNumberDigitsMin && digits.size() <= kNumberDigitsMax) {
            add(marks, mark_of_digits(std::move(digits), plus));
        }
        plus = false;
    }
    return marks;
}

} // namespace tanggap::service
