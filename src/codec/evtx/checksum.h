// CRC-32 as zlib has it, many times faster where the processor multiplies without carries.
#pragma once

#include <cstdint>

#include "codec/evtx/bytes.h"

namespace tanggap::codec::evtx {

/// Goes on from `start`, the sum of what came before; 0 at the beginning.
std::uint32_t sum_of(std::uint32_t start, Bytes bytes);

} // namespace tanggap::codec::evtx
