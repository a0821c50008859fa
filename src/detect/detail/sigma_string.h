// Strings as Sigma writes them, and the one meaning each has: literal bytes and wildcards.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::detect {

/// What Part::Kind::Dash stands for: the two ASCII signs, en dash, em dash, horizontal bar.
inline constexpr std::array<std::string_view, 5> kDashes{"-", "/", "\xE2\x80\x93", "\xE2\x80\x94",
                                                         "\xE2\x80\x95"};
/// Bytes of the dash that `text` begins with; 0: with none.
std::size_t dash_length(std::string_view text);

/// A piece of a Sigma string.
struct Part {
    enum class Kind : std::uint8_t {
        Text, ///< these bytes
        Any,  ///< `*`: any bytes, also none
        One,  ///< `?`: exactly one character
        Dash, ///< `windash`: one of - / – — ―
    };
    Kind kind = Kind::Text;
    std::string text; ///< Text only, never empty

    friend bool operator==(const Part&, const Part&) = default;
};

/// Shape: no two Text parts and no two Any parts in a row.
struct SigmaString {
    std::vector<Part> parts;

    bool is_plain() const;     ///< no wildcard of any kind
    std::string plain() const; ///< the bytes of the Text parts
    /// As a rule would write it: wildcards bare, literal ones escaped.
    std::string written() const;

    void append_text(std::string_view text);
    void append(Part::Kind wildcard);
    void prepend_any();

    friend bool operator==(const SigmaString&, const SigmaString&) = default;
};

/// Reads wildcards and escapes. `\*`, `\?`, `\\` give the plain character; a backslash before
/// anything else is itself, so `\\*` is a backslash and a wildcard and `\\\*` two plain characters.
/// Source: Sigma 2.1.0, "Escape Character".
SigmaString parse_sigma_string(std::string_view text);

/// Bytes that mean themselves: nothing is read as a wildcard.
SigmaString plain_string(std::string_view text);

/// A regular expression that finds what `string` finds.
std::string expression_of(const SigmaString& string);

/// Turns each dash or slash that opens a flag into Part::Dash: no word character before it, one
/// after it.
/// Source: Sigma 2.1.0 modifier `windash`.
SigmaString with_dashes(const SigmaString& string);

} // namespace tanggap::detect
