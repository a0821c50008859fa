// Reading the smallest pieces: words, quoted values, fields' spelling. For this room only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/query.h"

namespace tanggap::query::detail {

/// A value as written. `pattern` has every literal '*' and '\' escaped by a backslash.
struct RawValue {
    std::string pattern{};
    bool wildcard = false;
    bool quoted = false;
    std::size_t begin = 0;
    std::size_t end = 0;

    std::string literal() const;
};

bool is_space(char c);
/// Whether `c` ends a bare word.
bool ends_word(char c);
/// Whether `text` at `at` is the keyword `word` (any case) as a word of its own.
bool is_keyword_at(std::string_view text, std::size_t at, std::string_view word);

/// Reads a bare word at `at`. Never fails; may be empty.
RawValue read_word(std::string_view text, std::size_t at);
/// Reads `"…"` at `at`. False: the closing quote is missing; `value` then holds the rest.
bool read_quoted(std::string_view text, std::size_t at, RawValue& value);
/// Length of a field name at `at`: letters, digits, `_ . - @`, first no digit; 0 where there is
/// none.
std::size_t name_length(std::string_view text, std::size_t at);

/// Removes the escapes of a pattern.
std::string unescape_pattern(std::string_view pattern);

enum class Place { Value, Free };
/// Whether the value can be written without quotes and read back as it is.
bool is_plain(std::string_view pattern, bool wildcard, Place place);

/// The most similar of `known`, empty when none is similar. Cost: sizes are of field names.
std::string closest(std::string_view word, const std::vector<std::string>& known);

} // namespace tanggap::query::detail
