// A text as a JSON string.
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"

namespace tanggap::codec::detail {

/// Appends `text` in quotes; bytes that are no UTF-8 become U+FFFD.
inline void append_json_string(std::string& out, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string mended;
    if (!base::is_utf8(text)) {
        base::make_utf8(text, mended);
        text = mended;
    }
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

} // namespace tanggap::codec::detail
