// What the encoding modifiers do to bytes.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace tanggap::detect {

std::string encode_base64(std::string_view bytes);

/// The part of the Base64 text that does not depend on what stands before and after `bytes`, for
/// each of the three alignments. A short value may leave an alignment empty.
std::array<std::string, 3> encode_base64_offsets(std::string_view bytes);

enum class Utf16 { LittleEndian, BigEndian, WithMark };
/// `text` must be UTF-8. WithMark is a little-endian byte order mark and text.
std::string encode_utf16(std::string_view text, Utf16 form);

} // namespace tanggap::detect
