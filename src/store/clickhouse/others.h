// Values of hot fields that their column cannot hold: a second value, a number out of range, an
// address that is none. Kept so that a search finds each value, as detection does.
#pragma once

#include <string>
#include <string_view>

namespace tanggap::store::clickhouse {

/// Ends an entry "field=value" of the column `others`.
inline constexpr char kOtherEnd = '\x1e';

inline void append_other(std::string& others, std::string_view field, std::string_view value)
{
    others += field;
    others += '=';
    for (const char c : value) { // a record separator inside a value cannot split it
        others += c == kOtherEnd ? ' ' : c;
    }
    others += kOtherEnd;
}

} // namespace tanggap::store::clickhouse
