#include "codec/detail/json_scan.h"

#include "base/text.h"

namespace tanggap::codec::detail {

std::size_t JsonScanner::scan(std::string_view piece, bool& complete)
{
    for (std::size_t i = 0; i < piece.size(); ++i) {
        const char c = piece[i];
        if (!started_) {
            started_ = true;
            bare_ = c != '{' && c != '[' && c != '"';
        }
        if (bare_) {
            complete = c == '\n' || c == ',';
            if (complete) {
                return i;
            }
            continue;
        }
        if (in_string_) {
            if (c == '\n') {
                complete = true;
                return i;
            }
            if (escaped_) {
                escaped_ = false;
            } else if (c == '\\') {
                escaped_ = true;
            } else if (c == '"') {
                in_string_ = false;
            }
        } else if (c == '"') {
            in_string_ = true;
        } else if (c == '{' || c == '[') {
            ++depth_;
        } else if ((c == '}' || c == ']') && depth_ > 0) {
            --depth_;
        }
        if (depth_ == 0 && !in_string_) {
            complete = true;
            return i + 1;
        }
    }
    return piece.size();
}

bool is_json_values(std::string_view head)
{
    constexpr std::string_view kSpace = " \t\r\n";
    const auto after_space = [&](std::string_view text) {
        const auto first = text.find_first_not_of(kSpace);
        return first == std::string_view::npos ? std::string_view{} : text.substr(first);
    };
    head = after_space(head);
    if (head.starts_with('[')) {
        const std::string_view inner = after_space(head.substr(1));
        const std::string_view member = inner.starts_with('{') ? after_space(inner.substr(1)) : "";
        return member.starts_with('"') || member.starts_with('}');
    }
    const auto line_end = head.find('\n');
    if (!head.starts_with('{')) {
        return false;
    }
    JsonScanner scanner;
    bool complete = false;
    const std::string_view first = head.substr(0, line_end);
    const std::size_t length = scanner.scan(first, complete);
    if (complete || line_end == std::string_view::npos) {
        return complete && after_space(first.substr(length)).starts_with('{');
    }
    const std::string_view second = after_space(head.substr(line_end));
    return second.starts_with('"') || second.starts_with('}');
}

} // namespace tanggap::codec::detail
