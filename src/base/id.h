// Identifiers as types: no function takes two strings that can be swapped.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::base {

/// 128 bits. As text: 8-4-4-4-12 lower-case hex.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    std::string text() const;
    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

Result<Uuid> parse_uuid(std::string_view text);

/// UUID version 7 of `now` with 74 random bits. Source: RFC 9562 §5.7.
Uuid make_uuid_v7(Time now);

/// `count` random bytes from the system. Thread: any.
std::string random_bytes(std::size_t count);

/// SHA-256 of the concatenation of `parts`, 32 bytes.
std::array<std::uint8_t, 32> sha256(std::initializer_list<std::string_view> parts);
std::string sha256_hex(std::string_view bytes);
/// Its first eight bytes, the lowest first.
std::uint64_t sha256_number(std::string_view bytes);

} // namespace tanggap::base
