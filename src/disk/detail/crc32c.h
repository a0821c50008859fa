// CRC-32C (Castagnoli), as RocksDB writes it in its log records.
#pragma once

#include <cstdint>
#include <string_view>

namespace tanggap::disk::detail {

/// CRC of `bytes` continuing from `crc` (0 to start).
std::uint32_t crc32c(std::uint32_t crc, std::string_view bytes);

/// RocksDB stores CRCs of bytes that hold CRCs, so it rotates them and adds a constant.
constexpr std::uint32_t masked_crc32c(std::uint32_t crc)
{
    return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

} // namespace tanggap::disk::detail
