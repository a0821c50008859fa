// For tests: writes a small MaxMind DB, so that none has to be shipped.
// Source: MaxMind DB File Format Specification 2.0.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "normalize/detail/address.h"

namespace tanggap::normalize::testing {

/// Shape: 24-bit records, IPv6 tree, IPv4 at ::/96, each network with {"country_code": "…"}.
class MmdbWriter {
public:
    explicit MmdbWriter(std::uint32_t built_s) : built_s_(built_s) {}

    /// The shorter networks first. `address` canonical, `length` in bits of its own family.
    void add(std::string_view address, unsigned length, std::string_view country)
    {
        auto bits = detail::address_bits(address).value();
        const bool ipv4 = address.find(':') == std::string_view::npos;
        if (ipv4) {
            bits[10] = bits[11] = 0; // ::ffff:0:0/96 in our form, ::/96 in the file
            length += 96;
        }
        const auto data = static_cast<std::uint32_t>(data_.size());
        data_ += map_head(1) + text("country_code") + text(country);
        std::size_t node = 0;
        for (unsigned depth = 0; depth < length; ++depth) {
            const std::size_t side = bits[depth / 8] >> (7 - depth % 8) & 1U;
            if (depth + 1 == length) {
                nodes_[node][side] = {.kind = Kind::Data, .value = data};
            } else if (nodes_[node][side].kind == Kind::Node) {
                node = nodes_[node][side].value;
            } else {
                // A shorter network that was here goes on in both halves.
                const Record shorter = nodes_[node][side];
                nodes_[node][side] = {.kind = Kind::Node,
                                      .value = static_cast<std::uint32_t>(nodes_.size())};
                node = nodes_.size();
                nodes_.push_back({shorter, shorter});
            }
        }
    }

    std::string bytes() const
    {
        const auto count = static_cast<std::uint32_t>(nodes_.size());
        std::string out;
        for (const auto& node : nodes_) {
            for (const Record& record : node) {
                const std::uint32_t value = record.kind == Kind::Node   ? record.value
                                            : record.kind == Kind::Data ? count + 16 + record.value
                                                                        : count;
                out += big_endian(value, 3);
            }
        }
        out += std::string(16, '\0') + data_;
        out += "\xAB\xCD\xEFMaxMind.com";
        out += map_head(9) + text("description") + map_head(1) + text("en") + text("test") +
               text("node_count") + number(6, count) + text("record_size") + number(5, 24) +
               text("ip_version") + number(5, 6) + text("database_type") + text("Test-Country") +
               text("languages") + std::string("\x00\x04", 2) +
               text("binary_format_major_version") + number(5, 2) +
               text("binary_format_minor_version") + number(5, 0) + text("build_epoch") +
               std::string("\x08\x02", 2) + big_endian(0, 4) + big_endian(built_s_, 4);
        return out;
    }

private:
    enum class Kind { Empty, Node, Data };
    struct Record {
        Kind kind = Kind::Empty;
        std::uint32_t value = 0;
    };

    static std::string big_endian(std::uint32_t value, int bytes)
    {
        std::string out;
        for (int i = bytes - 1; i >= 0; --i) {
            out += static_cast<char>(value >> (8 * i));
        }
        return out;
    }
    static std::string map_head(unsigned pairs) { return {static_cast<char>(7U << 5 | pairs)}; }
    static std::string text(std::string_view value)
    {
        TANGGAP_ASSERT(value.size() < 285);
        if (value.size() < 29) {
            return std::string(1, static_cast<char>(2U << 5 | value.size())).append(value);
        }
        return (std::string(1, static_cast<char>(2U << 5 | 29)) +
                static_cast<char>(value.size() - 29))
            .append(value);
    }
    /// Type 5 is a 16-bit, 6 a 32-bit number.
    static std::string number(unsigned type, std::uint32_t value)
    {
        const int bytes = type == 5 ? 2 : 4;
        return std::string(1, static_cast<char>(type << 5 | static_cast<unsigned>(bytes))) +
               big_endian(value, bytes);
    }

    std::uint32_t built_s_;
    std::vector<std::array<Record, 2>> nodes_ = std::vector<std::array<Record, 2>>(1);
    std::string data_;
};

} // namespace tanggap::normalize::testing
