#include "detect/detail/condition.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::detect {
namespace {

struct Token {
    std::string_view text;
    std::size_t offset = 0;
};

bool is_name_byte(char c)
{
    return c != '(' && c != ')' && c != '|' && c != ' ' && c != '\t' && c != '\n' && c != '\r';
}

std::vector<Token> tokens_of(std::string_view text)
{
    std::vector<Token> tokens;
    // What stands behind a bar is an aggregation, which is read elsewhere.
    text = text.substr(0, text.find('|'));
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (is_name_byte(text[i]) && end < text.size() && is_name_byte(text[end])) {
            ++end;
        }
        tokens.push_back({.text = text.substr(i, end - i), .offset = i});
        i = end;
    }
    return tokens;
}

bool is_word(std::string_view token, std::string_view word)
{
    return base::equals_ignore_case_ascii(token, word);
}

ClausePtr combine(Clause::Kind kind, std::vector<ClausePtr> children)
{
    if (children.size() == 1) {
        return children.front();
    }
    auto clause = std::make_shared<Clause>();
    clause->kind = kind;
    clause->children = std::move(children);
    return clause;
}

/// Recursive descent; `failed_` after what breaks the grammar, which ends the reading. A name that
/// is no selection's is reported and read over.
class ConditionReader {
public:
    ConditionReader(const codec::YamlNode& at, const Selections& selections, Diagnoser& diagnose,
                    std::vector<std::string>& used)
        : at_(at),
          selections_(selections),
          diagnose_(diagnose),
          used_(used),
          tokens_(tokens_of(at.text))
    {
        for (const auto& [name, clause] : selections) {
            names_.push_back(name);
        }
    }

    ClausePtr read()
    {
        auto clause = read_or(1);
        if (!failed_ && next_ < tokens_.size()) {
            const auto& token = tokens_[next_];
            fail(token.offset, fmt::format("{} stands where 'and' or 'or' was expected",
                                           base::quoted(token.text)));
        }
        return failed_ || unknown_ ? nullptr : clause;
    }

private:
    void fail(std::size_t offset, std::string message, std::string hint = {})
    {
        if (!failed_) {
            diagnose_.error_inside(at_, offset, std::move(message), std::move(hint));
        }
        failed_ = true;
    }

    void report_unknown(const Token& token, std::string message, std::string hint)
    {
        if (!failed_) {
            diagnose_.error_inside(at_, token.offset, std::move(message), std::move(hint),
                                   token.text.size());
        }
        unknown_ = true;
    }

    bool take(std::string_view word)
    {
        if (failed_ || next_ >= tokens_.size() || !is_word(tokens_[next_].text, word)) {
            return false;
        }
        ++next_;
        return true;
    }

    ClausePtr read_or(std::size_t depth)
    {
        std::vector<ClausePtr> sides{read_and(depth)};
        while (take("or")) {
            sides.push_back(read_and(depth));
        }
        return failed_ ? nullptr : combine(Clause::Kind::Any, std::move(sides));
    }

    ClausePtr read_and(std::size_t depth)
    {
        std::vector<ClausePtr> sides{read_not(depth)};
        while (take("and")) {
            sides.push_back(read_not(depth));
        }
        return failed_ ? nullptr : combine(Clause::Kind::All, std::move(sides));
    }

    ClausePtr read_not(std::size_t depth)
    {
        if (depth > base::limits::kConditionDepthMax) {
            fail(0, fmt::format("the condition nests deeper than {}",
                                base::limits::kConditionDepthMax));
            return nullptr;
        }
        if (take("not")) {
            auto inner = read_not(depth + 1);
            if (failed_) {
                return nullptr;
            }
            auto clause = std::make_shared<Clause>();
            clause->kind = Clause::Kind::Not;
            clause->children.push_back(std::move(inner));
            return clause;
        }
        return read_operand(depth);
    }

    ClausePtr read_operand(std::size_t depth)
    {
        if (failed_ || next_ >= tokens_.size()) {
            fail(at_.text.size(), "the condition ends where a selection was expected");
            return nullptr;
        }
        if (take("(")) {
            auto inner = read_or(depth + 1);
            if (!failed_ && !take(")")) {
                fail(at_.text.size(), "a ')' is missing");
            }
            return inner;
        }
        const bool quantifier =
            next_ + 1 < tokens_.size() && is_word(tokens_[next_ + 1].text, "of");
        return quantifier ? read_quantified() : read_selection();
    }

    ClausePtr read_selection()
    {
        const auto& token = tokens_[next_++];
        const auto found = selections_.find(std::string(token.text));
        if (found == selections_.end()) {
            auto hint = token.text.contains('*')
                            ? fmt::format("write '1 of {0}' or 'all of {0}'", token.text)
                            : did_you_mean(token.text, names_);
            report_unknown(token, fmt::format("no selection is named {}", base::quoted(token.text)),
                           std::move(hint));
            return std::make_shared<Clause>();
        }
        used_.push_back(found->first);
        return found->second;
    }

    ClausePtr read_quantified()
    {
        const auto quantity = tokens_[next_];
        next_ += 2;
        const bool one = quantity.text == "1" || is_word(quantity.text, "any");
        if (!one && !is_word(quantity.text, "all")) {
            fail(quantity.offset, fmt::format("{} before 'of': only 1, any and all are known",
                                              base::quoted(quantity.text)));
            return nullptr;
        }
        if (next_ >= tokens_.size() || !is_name_byte(tokens_[next_].text.front())) {
            fail(at_.text.size(), "after 'of' a selection pattern or 'them' was expected");
            return nullptr;
        }
        const auto pattern = tokens_[next_++];
        const bool them = is_word(pattern.text, "them");
        std::vector<ClausePtr> chosen;
        for (const auto& [name, clause] : selections_) {
            if (them ? !name.starts_with('_') : name_matches(pattern.text, name)) {
                chosen.push_back(clause);
                used_.push_back(name);
            }
        }
        if (chosen.empty()) {
            report_unknown(pattern,
                           fmt::format("no selection is named like {}", base::quoted(pattern.text)),
                           them ? "names that start with _ are left out of 'them'" : "");
            return std::make_shared<Clause>();
        }
        return combine(one ? Clause::Kind::Any : Clause::Kind::All, std::move(chosen));
    }

    const codec::YamlNode& at_;
    const Selections& selections_;
    Diagnoser& diagnose_;
    std::vector<std::string>& used_;
    std::vector<Token> tokens_;
    std::vector<std::string> names_;
    std::size_t next_ = 0;
    bool failed_ = false;
    bool unknown_ = false; ///< a name was no selection's
};

} // namespace

bool name_matches(std::string_view pattern, std::string_view name)
{
    SigmaString glob;
    for (const char c : pattern) {
        if (c == '*') {
            glob.append(Part::Kind::Any);
        } else {
            glob.append_text({&c, 1});
        }
    }
    return Pattern(std::move(glob), Casing::Kept).matches(name);
}

ClausePtr parse_condition(const codec::YamlNode& at, const Selections& selections,
                          Diagnoser& diagnose, std::vector<std::string>& used)
{
    if (!at.is_scalar()) {
        diagnose.error(at, "a condition is text, or a list of texts");
        return nullptr;
    }
    return ConditionReader(at, selections, diagnose, used).read();
}

} // namespace tanggap::detect
