// Where one JSON value ends, without reading what it says: for framing only.
#pragma once

#include <cstddef>
#include <string_view>

namespace tanggap::codec::detail {

/// Follows braces, brackets and strings over pieces of a value.
class JsonScanner {
public:
    /// Takes bytes of the value from the front of `piece` and gives how many; `complete` when the
    /// value ended within them. A line break inside a string, or behind text that is no object,
    /// array or string, also ends it: so one broken value does not swallow those behind it.
    std::size_t scan(std::string_view piece, bool& complete);

private:
    std::size_t depth_ = 0;
    bool started_ = false;
    bool in_string_ = false;
    bool escaped_ = false;
    bool bare_ = false; ///< a number, a word, or rubbish: ends with the line or a comma
};

/// Whether `head` starts one JSON array of objects, objects written over several lines, or several
/// on its first line. False for JSON lines, whose records are lines.
bool is_json_values(std::string_view head);

} // namespace tanggap::codec::detail
