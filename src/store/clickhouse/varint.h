// LEB128 numbers, as ClickHouse's formats use them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tanggap::store::clickhouse {

inline void append_varint(std::string& out, std::uint64_t value)
{
    while (value >= 0x80) {
        out += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    out += static_cast<char>(value);
}

/// Takes a number from the front. False: cut off, or longer than 64 bits.
inline bool take_varint(std::string_view& bytes, std::uint64_t& value)
{
    value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

inline void append_text(std::string& out, std::string_view text)
{
    append_varint(out, text.size());
    out += text;
}

inline bool take_text(std::string_view& bytes, std::string_view& text)
{
    std::uint64_t size = 0;
    if (!take_varint(bytes, size) || size > bytes.size()) {
        return false;
    }
    text = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return true;
}

} // namespace tanggap::store::clickhouse
