#include "normalize/detail/pattern.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "normalize/detail/address.h"

namespace tanggap::normalize::detail {
namespace {

/// Ways a text may be tried against one pattern; a hostile line stops here.
constexpr std::size_t kStepsMax = 20'000;

struct TypeName {
    std::string_view word;
    ValueType type;
};
constexpr std::array kTypeNames{
    TypeName{"text", ValueType::Text},     TypeName{"word", ValueType::Word},
    TypeName{"lower", ValueType::Lower},   TypeName{"int", ValueType::Integer},
    TypeName{"number", ValueType::Number}, TypeName{"bool", ValueType::Boolean},
    TypeName{"ip", ValueType::Ip},         TypeName{"address", ValueType::Address},
    TypeName{"port", ValueType::Port},     TypeName{"endpoint", ValueType::Endpoint},
    TypeName{"url", ValueType::Url},       TypeName{"account", ValueType::Account},
};

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Types whose values hold no spaces: a hole of such a type ends at one.
bool ends_at_space(ValueType type)
{
    return type != ValueType::Text && type != ValueType::Lower && type != ValueType::Url &&
           type != ValueType::Account;
}

/// Where a value of `type` at the start of `text` ends at the latest.
std::size_t run_length(ValueType type, std::string_view text)
{
    if (!ends_at_space(type)) {
        return text.size();
    }
    const auto stops = [type](char c) {
        const bool number = type == ValueType::Integer || type == ValueType::Port;
        return c == ' ' || c == '\t' || (number && !is_digit(c) && c != '-');
    };
    return static_cast<std::size_t>(std::ranges::find_if(text, stops) - text.begin());
}

} // namespace

base::Result<ValueType> parse_value_type(std::string_view word)
{
    const auto found = std::ranges::find(kTypeNames, word, &TypeName::word);
    if (found != kTypeNames.end()) {
        return found->type;
    }
    return base::invalid(base::quoted(word) + " is not a type; use text, word, lower, int, number, "
                                              "bool, ip, address, port, endpoint or url");
}

bool has_shape(ValueType type, std::string_view text)
{
    const auto digits = [](std::string_view t) {
        return !t.empty() && std::ranges::all_of(t, is_digit);
    };
    switch (type) {
    case ValueType::Text:
    case ValueType::Lower:
    case ValueType::Url:
    case ValueType::Account:
        return true;
    case ValueType::Word:
    case ValueType::Address:
        return !text.empty() && text.find(' ') == std::string_view::npos;
    case ValueType::Integer:
        return digits(text.starts_with('-') ? text.substr(1) : text) && text.size() <= 19;
    case ValueType::Port:
        return digits(text) && text.size() <= 5;
    case ValueType::Number:
        return !text.empty() && text.find_first_not_of("0123456789.-+eE") == std::string_view::npos;
    case ValueType::Boolean:
        return text == "true" || text == "false";
    case ValueType::Ip:
        return is_address(text);
    case ValueType::Endpoint:
        return split_endpoint(text).has_value();
    }
    return false;
}

base::Status Pattern::add_hole(std::string_view inside)
{
    Capture capture;
    Step step{.kind = Kind::Hole, .literal = {}, .capture = captures_.size()};
    const auto colon = inside.find(':');
    std::string_view name = inside.substr(0, colon);
    if (colon != std::string_view::npos) {
        TRY(capture.type, parse_value_type(inside.substr(colon + 1)));
    }
    if (name.ends_with('*')) {
        step.longest = true;
        name.remove_suffix(1);
    }
    const auto is_name_part = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
               c == '@' || c == '-';
    };
    if (name.empty() || !std::ranges::all_of(name, is_name_part)) {
        return base::invalid("{" + std::string(inside.substr(0, 60)) +
                             "} has no field name such as user.name");
    }
    if (!steps_.empty() && steps_.back().kind == Kind::Hole) {
        return base::invalid("{" + std::string(inside.substr(0, 60)) +
                             "} follows another hole at once; put the text between them");
    }
    capture.name = name;
    captures_.push_back(std::move(capture));
    steps_.push_back(std::move(step));
    return {};
}

base::Result<Pattern> Pattern::compile(std::string_view text)
{
    Pattern pattern;
    std::vector<std::size_t> open; // steps that start an optional part
    const auto literal = [&pattern](char c) {
        auto& steps = pattern.steps_;
        if (steps.empty() || steps.back().kind != Kind::Literal) {
            steps.emplace_back();
        }
        steps.back().literal += c;
    };
    // A literal behind an optional part must not grow the one inside it.
    const auto part = [&pattern] { pattern.steps_.emplace_back(); };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view pair = text.substr(i, 2);
        if (pair == "{{" || pair == "}}") {
            literal(text[i++]);
        } else if (pair == "[[") {
            open.push_back(pattern.steps_.size());
            pattern.steps_.emplace_back().kind = Kind::Maybe;
            ++i;
        } else if (pair == "]]" && !open.empty()) {
            part();
            pattern.steps_[open.back()].skip_to = pattern.steps_.size() - 1;
            open.pop_back();
            ++i;
        } else if (text[i] == '{') {
            const auto close = text.find('}', i);
            if (close == std::string_view::npos) {
                return base::invalid("pattern has a '{' without '}'");
            }
            TRY_STATUS(pattern.add_hole(text.substr(i + 1, close - i - 1)));
            i = close;
        } else {
            literal(text[i]);
        }
    }
    if (!open.empty()) {
        return base::invalid("pattern has a '[[' without ']]'");
    }
    return pattern;
}

/// One attempt to match. Backtracks, within kStepsMax.
struct Pattern::Run {
    const Pattern& pattern;
    std::string_view text;
    std::span<std::string_view> values;
    std::size_t steps_left = kStepsMax;

    bool match(std::size_t step, std::size_t at)
    {
        if (steps_left == 0) {
            return false;
        }
        --steps_left;
        if (step == pattern.steps_.size()) {
            return at == text.size();
        }
        const Step& now = pattern.steps_[step];
        switch (now.kind) {
        case Kind::Literal:
            return text.substr(at).starts_with(now.literal) &&
                   match(step + 1, at + now.literal.size());
        case Kind::Maybe:
            if (match(step + 1, at)) {
                return true;
            }
            forget(step, now.skip_to);
            return match(now.skip_to, at);
        case Kind::Hole:
            return fill(step, at);
        }
        return false;
    }

    void forget(std::size_t from, std::size_t to)
    {
        for (std::size_t i = from; i < to; ++i) {
            if (pattern.steps_[i].kind == Kind::Hole) {
                values[pattern.steps_[i].capture] = {};
            }
        }
    }

    bool fill(std::size_t step, std::size_t at)
    {
        const Step& hole = pattern.steps_[step];
        const ValueType type = pattern.captures_[hole.capture].type;
        const std::size_t most = run_length(type, text.substr(at));
        const bool last = step + 1 == pattern.steps_.size();
        if (last) {
            return most == text.size() - at && try_end(step, at, text.size());
        }
        const Step& next = pattern.steps_[step + 1];
        const std::string_view stop =
            next.kind == Kind::Literal ? std::string_view(next.literal) : std::string_view{};
        const auto fits = [&](std::size_t length) {
            return text.substr(at + length).starts_with(stop) && try_end(step, at, at + length);
        };
        // A word before an optional part takes all of itself: "{port:port}[[ ssh2]]".
        const std::size_t least = stop.empty() && ends_at_space(type) ? most : 0;
        if (hole.longest) {
            for (std::size_t length = most + 1; length-- > least;) {
                if (fits(length)) {
                    return true;
                }
            }
            return false;
        }
        for (std::size_t length = least; length <= most && steps_left > 0; ++length) {
            if (!stop.empty()) {
                const auto found = text.find(stop, at + length);
                if (found == std::string_view::npos || found - at > most) {
                    return false;
                }
                length = found - at;
            }
            if (fits(length)) {
                return true;
            }
        }
        return false;
    }

    bool try_end(std::size_t step, std::size_t begin, std::size_t end)
    {
        const Step& hole = pattern.steps_[step];
        const std::string_view value = text.substr(begin, end - begin);
        if (!has_shape(pattern.captures_[hole.capture].type, value)) {
            return false;
        }
        if (!match(step + 1, end)) {
            return false;
        }
        values[hole.capture] = value;
        return true;
    }
};

bool Pattern::match(std::string_view text, std::span<std::string_view> values) const
{
    if (!steps_.empty() && steps_.front().kind == Kind::Literal &&
        !text.starts_with(steps_.front().literal)) {
        return false;
    }
    std::ranges::fill(values, std::string_view{});
    Run run{.pattern = *this, .text = text, .values = values};
    return run.match(0, 0);
}

} // namespace tanggap::normalize::detail
