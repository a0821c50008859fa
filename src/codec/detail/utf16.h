// UTF-16, as Windows exports it, to UTF-8.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "codec/compress.h"

namespace tanggap::codec::detail {

bool has_utf16_mark(std::string_view head);

/// Reads `head` and then `rest`, whose first two bytes are the byte order mark, as UTF-8 without
/// the mark. A half of a pair that stands alone becomes U+FFFD.
std::unique_ptr<ByteReader> utf16_to_utf8(std::unique_ptr<ByteReader> rest, std::string head);

} // namespace tanggap::codec::detail
