// Where a record is written out: a buffer that grows, and UTF-16 to UTF-8 with escapes on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "codec/evtx/bytes.h"

namespace tanggap::codec::evtx {

/// Text with room ahead: one check for a run of writes. Memory is kept between records.
class TextBuffer {
public:
    /// Room for `count` bytes behind what is written; advance() says how many were used.
    char* room(std::size_t count)
    {
        if (capacity_ - size_ < count) {
            grow(count);
        }
        return data_.get() + size_;
    }
    void advance(std::size_t count) { size_ += count; }

    void append(std::string_view text)
    {
        std::memcpy(room(text.size()), text.data(), text.size());
        size_ += text.size();
    }
    void append(char c)
    {
        *room(1) = c;
        ++size_;
    }
    /// Puts `text` at `at`, moving what stands behind.
    void insert(std::size_t at, std::string_view text);

    void clear() { size_ = 0; }
    void resize_down(std::size_t size) { size_ = size; }
    std::size_t size() const { return size_; }
    std::string_view view() const { return {data_.get(), size_}; }

private:
    void grow(std::size_t count);

    std::unique_ptr<char[]> data_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// What a character must not be where it is written.
enum class Escape : std::uint8_t {
    None,
    Json, ///< inside a JSON string; quotes are the caller's
    Xml,  ///< text or attribute; characters that XML 1.0 does not know become U+FFFD
};

/// UTF-16LE, half of a pair alone is U+FFFD; an odd last byte is left out.
void append_utf16(TextBuffer& out, Bytes utf16, Escape escape);
/// UTF-8 that is known to be well-formed.
void append_utf8(TextBuffer& out, std::string_view text, Escape escape);
/// Windows-1252: what "ANSI" means on most machines; the file does not say which.
void append_ansi(TextBuffer& out, Bytes ansi, Escape escape);

} // namespace tanggap::codec::evtx
