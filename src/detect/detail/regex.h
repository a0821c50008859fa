// One regular expression of a rule, on the engine that can run it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tanggap::detect {

struct RegexFlags {
    bool ignore_case = false; ///< `i`
    bool multi_line = false;  ///< `m`: ^ and $ at each line
    bool dot_all = false;     ///< `s`: . takes a newline too
};

/// RE2 where it can (linear time), else PCRE2 interpreted with limits (rulings 45). One set of
/// characters many times over (`.{1000,}`), for which RE2's automaton grows too large to be quick,
/// is searched as runs of that set.
/// Thread: immutable; matches() from any.
class Regex {
public:
    /// Errors: Invalid with the engine's words where neither can read it, or it is too large.
    static base::Result<std::shared_ptr<const Regex>> compile(std::string_view pattern,
                                                              RegexFlags flags);
    ~Regex();
    Regex(const Regex&) = delete;

    /// Searches anywhere in `value`. A PCRE2 search that meets its limits is no match.
    bool matches(std::string_view value) const;
    /// False only where matches() is, and much faster: the value is too short, or lacks every sign
    /// of which a match has one.
    bool may_match(std::string_view value) const;

    /// Lower-case ASCII texts of which a matching value holds at least one (case ignored), as few
    /// and as rare as can be; empty where nothing can be said. Derived by RE2 from its parsed
    /// expression, never from the text.
    const std::vector<std::string>& required_texts() const { return required_texts_; }
    bool backtracks() const; ///< runs on PCRE2

private:
    Regex();
    struct Engines;

    std::unique_ptr<Engines> engines_;
    std::vector<std::string> required_texts_;
    std::string required_bytes_;   ///< a matching value holds one of them; empty: nothing is known
    std::size_t shortest_ = 0;     ///< bytes that a matching value has at least
    std::size_t run_shortest_ = 0; ///< characters in a row; 0: it is no search for runs
};

} // namespace tanggap::detect
