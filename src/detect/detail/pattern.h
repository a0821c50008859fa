// A Sigma string made ready to compare: its shape, its literal bytes and the exact answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detect/detail/sigma_string.h"

namespace tanggap::detect {

enum class Casing : std::uint8_t { Ignored, Kept };

/// Case is ignored for ASCII letters only; other letters compare byte for byte.
/// Thread: immutable, any.
class Pattern {
public:
    enum class Shape : std::uint8_t {
        Equals,
        Prefix,
        Suffix,
        Contains,
        Glob,       ///< wildcards inside; `literal` is its longest text, a necessary substring
        Everything, ///< `*`: any value that is not null
    };

    Pattern() = default;
    Pattern(SigmaString string, Casing casing);

    bool matches(std::string_view value) const;

    Shape shape() const { return shape_; }
    Casing casing() const { return casing_; }
    /// Lower case where case is ignored. May be empty (`''`, `?`).
    const std::string& literal() const { return literal_; }
    const SigmaString& string() const { return string_; }
    /// Texts of which a value holds one, at its start, end or anywhere, just where the pattern
    /// matches: its dashes written out. Empty where a wildcard stands inside, or there are too
    /// many.
    struct Spelled {
        Shape shape = Shape::Equals;
        std::vector<std::string> texts;
    };
    Spelled spelled_dashes() const;

private:
    bool glob_matches(std::string_view value) const;

    SigmaString string_;
    Shape shape_ = Shape::Equals;
    Casing casing_ = Casing::Ignored;
    std::string literal_;
};

/// Whether `text` equals / contains `lowered` when its ASCII letters are lowered.
bool equals_lowered(std::string_view text, std::string_view lowered);
bool contains_lowered(std::string_view text, std::string_view lowered);
inline char lower_ascii(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace tanggap::detect
