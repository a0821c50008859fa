// Little-endian values in and out of strings. Reads are bounded: what is too short is not read.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace tanggap::disk::detail {

template <class Integer>
    requires std::is_integral_v<Integer>
void put_fixed(std::string& out, Integer value)
{
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

/// Seven bits a byte, low first.
inline void put_varint(std::string& out, std::uint64_t value)
{
    while (value >= 0x80) {
        out += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    out += static_cast<char>(value);
}

inline void put_text(std::string& out, std::string_view text)
{
    put_varint(out, text.size());
    out += text;
}

/// Big-endian, so that key order is number order.
inline void put_key(std::string& out, std::uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift);
    }
}

inline std::uint64_t read_key(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8 && i < bytes.size(); ++i) {
        value = (value << 8) | static_cast<unsigned char>(bytes[i]);
    }
    return value;
}

/// Takes values off the front. After the first that does not fit, `ok()` is false and every value
/// is zero or empty.
class Reader {
public:
    explicit Reader(std::string_view bytes) : left_(bytes) {}

    template <class Integer>
        requires std::is_integral_v<Integer>
    Integer fixed()
    {
        Integer value{};
        const std::string_view bytes = take(sizeof value);
        if (bytes.size() == sizeof value) {
            std::memcpy(&value, bytes.data(), sizeof value);
        }
        return value;
    }

    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = fixed<std::uint8_t>();
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) {
                return ok_ ? value : 0;
            }
        }
        ok_ = false;
        return 0;
    }

    std::string_view take(std::uint64_t count)
    {
        if (!ok_ || count > left_.size()) {
            ok_ = false;
            return {};
        }
        const std::string_view front = left_.substr(0, count);
        left_.remove_prefix(count);
        return front;
    }

    std::string_view text() { return take(varint()); }
    std::string_view left() const { return left_; }
    bool ok() const { return ok_; }
    bool done() const { return ok_ && left_.empty(); }

private:
    std::string_view left_;
    bool ok_ = true;
};

} // namespace tanggap::disk::detail
