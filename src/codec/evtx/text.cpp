#include "codec/evtx/text.h"

#include <algorithm>
#include <array>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/utf8.h"

namespace tanggap::codec::evtx {
namespace {

/// A character takes at most this many bytes: "\u0001", "&quot;".
constexpr std::size_t kEscapedMax = 6;

bool is_plain(std::uint32_t code, Escape escape)
{
    switch (escape) {
    case Escape::None:
        return true;
    case Escape::Json:
        return code >= 0x20 && code != '"' && code != '\\';
    case Escape::Xml:
        return (code >= 0x20 || code == '\n' || code == '\t') && code != '<' && code != '>' &&
               code != '&' && code != '"' && code != '\'' && code != 0xFFFE && code != 0xFFFF;
    }
    return false;
}

char* put(char* to, std::string_view text)
{
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

char* put_json_escape(char* to, std::uint32_t code)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    switch (code) {
    case '"':
        return put(to, "\\\"");
    case '\\':
        return put(to, "\\\\");
    case '\n':
        return put(to, "\\n");
    case '\r':
        return put(to, "\\r");
    case '\t':
        return put(to, "\\t");
    default:
        to = put(to, "\\u00");
        *to++ = kDigits[code >> 4];
        *to++ = kDigits[code & 0xF];
        return to;
    }
}

char* put_xml_escape(char* to, std::uint32_t code)
{
    switch (code) {
    case '<':
        return put(to, "&lt;");
    case '>':
        return put(to, "&gt;");
    case '&':
        return put(to, "&amp;");
    case '"':
        return put(to, "&quot;");
    case '\'':
        return put(to, "&apos;");
    case '\r':
        return put(to, "&#13;");
    default:
        return base::put_utf8(to, 0xFFFD);
    }
}

char* put_code(char* to, std::uint32_t code, Escape escape)
{
    if (is_plain(code, escape)) {
        return base::put_utf8(to, code);
    }
    return escape == Escape::Json ? put_json_escape(to, code) : put_xml_escape(to, code);
}

#if defined(__SSE2__)
constexpr std::size_t kGroup = 8;

/// Writes the eight units at `from` as bytes; false where one of them is not plain ASCII.
bool copy_group(const void* from, char* to, Escape escape)
{
    const __m128i zero = _mm_setzero_si128();
    const auto equal = [](__m128i bytes, char c) {
        return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
    };
    const __m128i wide = _mm_loadu_si128(static_cast<const __m128i*>(from));
    const __m128i high = _mm_and_si128(wide, _mm_set1_epi16(static_cast<short>(0xFF80)));
    __m128i special = _mm_xor_si128(_mm_cmpeq_epi16(high, zero), _mm_set1_epi16(-1));
    const __m128i bytes = _mm_packus_epi16(wide, wide);
    if (escape != Escape::None) {
        __m128i found = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
        found = _mm_or_si128(found, equal(bytes, '"'));
        if (escape == Escape::Json) {
            found = _mm_or_si128(found, equal(bytes, '\\'));
        } else {
            found = _mm_or_si128(found, _mm_or_si128(equal(bytes, '<'), equal(bytes, '>')));
            found = _mm_or_si128(found, _mm_or_si128(equal(bytes, '&'), equal(bytes, '\'')));
        }
        special = _mm_or_si128(special, found);
    }
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
    return _mm_movemask_epi8(special) == 0;
}

/// Copies plain ASCII units from the front of `from`, all of them or whole groups of eight; gives
/// how many. Up to eight bytes behind what is copied are written over.
std::size_t copy_plain(const std::uint8_t* from, std::size_t units, char* to, Escape escape)
{
    std::size_t done = 0;
    while (done + kGroup <= units) {
        if (!copy_group(from + done * 2, to + done, escape)) {
            return done;
        }
        done += kGroup;
    }
    if (done == units) {
        return done;
    }
    if (units >= kGroup) { // the last eight, some of them once more
        const std::size_t last = units - kGroup;
        return copy_group(from + last * 2, to + last, escape) ? units : done;
    }
    std::array<char16_t, kGroup> few;
    few.fill(u' ');
    std::memcpy(few.data(), from, units * 2);
    return copy_group(few.data(), to, escape) ? units : done;
}
#else
std::size_t copy_plain(const std::uint8_t* from, std::size_t units, char* to, Escape escape)
{
    std::size_t done = 0;
    for (; done < units; ++done) {
        const auto unit = load<std::uint16_t>(from + done * 2);
        if (unit >= 0x80 || !is_plain(unit, escape)) {
            break;
        }
        to[done] = static_cast<char>(unit);
    }
    return done;
}
#endif

/// The character at `units[0]`; `used` says whether it took one unit or a pair.
std::uint32_t take_code(const std::uint8_t* from, std::size_t units, std::size_t& used)
{
    const std::uint32_t first = load<std::uint16_t>(from);
    used = 1;
    if (first < 0xD800 || first > 0xDFFF) {
        return first;
    }
    const std::uint32_t second = units > 1 ? load<std::uint16_t>(from + 2) : 0;
    if (first > 0xDBFF || second < 0xDC00 || second > 0xDFFF) {
        return 0xFFFD;
    }
    used = 2;
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

} // namespace

void TextBuffer::grow(std::size_t count)
{
    const std::size_t capacity = std::max(capacity_ * 2, size_ + count + 4096);
    auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) {
        std::memcpy(bigger.get(), data_.get(), size_);
    }
    data_ = std::move(bigger);
    capacity_ = capacity;
}

void TextBuffer::insert(std::size_t at, std::string_view text)
{
    (void)room(text.size());
    std::memmove(data_.get() + at + text.size(), data_.get() + at, size_ - at);
    std::memcpy(data_.get() + at, text.data(), text.size());
    size_ += text.size();
}

void append_utf16(TextBuffer& out, Bytes utf16, Escape escape)
{
    const std::size_t units = utf16.size() / 2;
    // A pair gives at most four bytes, a single unit at most kEscapedMax.
    char* const begin = out.room(units * kEscapedMax + 8);
    char* to = begin;
    std::size_t at = 0;
    while (at < units) {
        const std::size_t plain = copy_plain(utf16.data() + at * 2, units - at, to, escape);
        at += plain;
        to += plain;
        // Up to the next group, or past what stopped the run.
        for (std::size_t stop = std::min(units, at + 8); at < stop;) {
            std::size_t used = 0;
            to = put_code(to, take_code(utf16.data() + at * 2, units - at, used), escape);
            at += used;
        }
    }
    out.advance(static_cast<std::size_t>(to - begin));
}

void append_utf8(TextBuffer& out, std::string_view text, Escape escape)
{
    if (escape == Escape::None) {
        out.append(text);
        return;
    }
    char* const begin = out.room(text.size() * kEscapedMax);
    char* to = begin;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80) {
            *to++ = c;
        } else {
            to = put_code(to, byte, escape);
        }
    }
    out.advance(static_cast<std::size_t>(to - begin));
}

/// Source: WHATWG Encoding, index windows-1252; the five bytes without a character stay controls.
void append_ansi(TextBuffer& out, Bytes ansi, Escape escape)
{
    constexpr std::array<std::uint16_t, 32> kUpper{
        0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
        0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
    char* const begin = out.room(ansi.size() * kEscapedMax);
    char* to = begin;
    for (const std::uint8_t byte : ansi) {
        const std::uint32_t code = byte >= 0x80 && byte < 0xA0 ? kUpper[byte - 0x80U] : byte;
        to = put_code(to, code, escape);
    }
    out.advance(static_cast<std::size_t>(to - begin));
}

} // namespace tanggap::codec::evtx
