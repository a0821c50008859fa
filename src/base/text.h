// Showing foreign bytes to people without letting them do anything.
#pragma once

#include <string>
#include <string_view>

namespace tanggap::base {

/// `text` in single quotes, control and non-ASCII bytes as \xNN, cut to `bytes_max` with "…".
std::string quoted(std::string_view text, std::size_t bytes_max = 60);

/// Replaces each byte that is not part of well-formed UTF-8 by U+FFFD (Unicode 15, §3.9, D93b).
/// Returns whether anything had to be replaced.
bool make_utf8(std::string_view bytes, std::string& out);
bool is_utf8(std::string_view bytes);

/// `text`, which is UTF-8, where it has at most `bytes_max` bytes. Else what is cut from it, "~"
/// and a hash of the whole, so that two texts that differ late do not become one. Range:  bytes_max
/// from 32 on.
std::string cut_with_hash(std::string_view text, std::size_t bytes_max);

std::string to_lower_ascii(std::string_view text);
bool equals_ignore_case_ascii(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);
std::string to_hex(std::string_view bytes);

} // namespace tanggap::base
