#include "codec/evtx/value.h"

#include <array>
#include <charconv>

namespace tanggap::codec::evtx {
namespace {

/// Bytes of a type that always has the same; 0 for the others.
std::size_t width_of(Type type)
{
    switch (type) {
    case Type::Int8:
    case Type::UInt8:
        return 1;
    case Type::Int16:
    case Type::UInt16:
        return 2;
    case Type::Int32:
    case Type::UInt32:
    case Type::Real32:
    case Type::Bool:
    case Type::Hex32:
        return 4;
    case Type::Int64:
    case Type::UInt64:
    case Type::Real64:
    case Type::FileTime:
    case Type::Hex64:
        return 8;
    case Type::Guid:
    case Type::SystemTime:
        return 16;
    default:
        return 0;
    }
}

Bytes without_trailing_zeros(Bytes utf16)
{
    std::size_t size = utf16.size() / 2 * 2;
    while (size >= 2 && utf16[size - 1] == 0 && utf16[size - 2] == 0) {
        size -= 2;
    }
    return utf16.first(size);
}

Bytes without_trailing_zero_bytes(Bytes ansi)
{
    while (!ansi.empty() && ansi.back() == 0) {
        ansi = ansi.first(ansi.size() - 1);
    }
    return ansi;
}

template <class Number>
void append_number(TextBuffer& out, Number number, int base = 10)
{
    constexpr std::size_t kDigitsMax = 32;
    char* const to = out.room(kDigitsMax);
    out.advance(
        static_cast<std::size_t>(std::to_chars(to, to + kDigitsMax, number, base).ptr - to));
}

template <class Number>
void append_real(TextBuffer& out, Number number)
{
    constexpr std::size_t kDigitsMax = 32;
    char* const to = out.room(kDigitsMax);
    out.advance(static_cast<std::size_t>(std::to_chars(to, to + kDigitsMax, number).ptr - to));
}

template <class Number>
void append_hex_number(TextBuffer& out, Number number)
{
    out.append("0x");
    append_number(out, number, 16);
}

char* put_hex(char* to, std::uint8_t byte)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    *to++ = kDigits[byte >> 4];
    *to++ = kDigits[byte & 0xF];
    return to;
}

void append_hex(TextBuffer& out, Bytes bytes)
{
    char* to = out.room(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        to = put_hex(to, byte);
    }
    out.advance(bytes.size() * 2);
}

/// Shape: the first three groups are little-endian.
void append_guid(TextBuffer& out, const std::uint8_t* bytes, EvtxStyle style)
{
    constexpr std::array<std::uint8_t, 16> kOrder{3, 2, 1,  0,  5,  4,  7,  6,
                                                  8, 9, 10, 11, 12, 13, 14, 15};
    char* const begin = out.room(40);
    char* to = begin;
    if (style == EvtxStyle::Windows) {
        *to++ = '{';
    }
    for (std::size_t i = 0; i < kOrder.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *to++ = '-';
        }
        to = put_hex(to, bytes[kOrder[i]]);
    }
    if (style == EvtxStyle::Windows) {
        *to++ = '}';
    }
    out.advance(static_cast<std::size_t>(to - begin));
}

char* put_padded(char* to, std::uint64_t number, unsigned digits)
{
    for (unsigned i = digits; i > 0; --i) {
        to[i - 1] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
    return to + digits;
}

struct Civil {
    std::uint64_t year = 1601;
    std::uint64_t month = 1;
    std::uint64_t day = 1;
    std::uint64_t second = 0; ///< of the day
    std::uint64_t fraction = 0;
    unsigned fraction_digits = 0;
};

void append_time(TextBuffer& out, const Civil& time)
{
    char* const begin = out.room(40);
    char* to = put_padded(begin, time.year, time.year > 9999 ? 5 : 4);
    *to++ = '-';
    to = put_padded(to, time.month, 2);
    *to++ = '-';
    to = put_padded(to, time.day, 2);
    *to++ = 'T';
    to = put_padded(to, time.second / 3600, 2);
    *to++ = ':';
    to = put_padded(to, time.second / 60 % 60, 2);
    *to++ = ':';
    to = put_padded(to, time.second % 60, 2);
    *to++ = '.';
    to = put_padded(to, time.fraction, time.fraction_digits);
    *to++ = 'Z';
    out.advance(static_cast<std::size_t>(to - begin));
}

/// Units: 100 ns since 1601-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", civil_from_days, with days counted from 1600-03-01.
void append_file_time(TextBuffer& out, std::uint64_t ticks, EvtxStyle style)
{
    constexpr std::uint64_t kTicks = 10'000'000;
    const std::uint64_t seconds = ticks / kTicks;
    const std::uint64_t days = seconds / 86'400 + 306;
    const std::uint64_t era = days / 146'097;
    const std::uint64_t day_of_era = days % 146'097;
    const std::uint64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::uint64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::uint64_t shifted = (5 * day_of_year + 2) / 153;
    Civil time;
    time.day = day_of_year - (153 * shifted + 2) / 5 + 1;
    time.month = shifted < 10 ? shifted + 3 : shifted - 9;
    time.year = 1600 + era * 400 + year_of_era + (time.month <= 2 ? 1 : 0);
    time.second = seconds % 86'400;
    time.fraction = style == EvtxStyle::Windows ? ticks % kTicks : ticks % kTicks / 10;
    time.fraction_digits = style == EvtxStyle::Windows ? 7 : 6;
    append_time(out, time);
}

/// Shape: eight 16-bit numbers: year, month, day of week, day, hour, minute, second, millisecond.
void append_system_time(TextBuffer& out, const std::uint8_t* bytes, EvtxStyle style)
{
    const auto part = [bytes](std::size_t index) -> std::uint64_t {
        return load<std::uint16_t>(bytes + index * 2);
    };
    const std::uint64_t scale = style == EvtxStyle::Windows ? 10'000 : 1'000;
    append_time(out, {.year = part(0),
                      .month = part(1),
                      .day = part(3),
                      .second = part(4) * 3600 + part(5) * 60 + part(6),
                      .fraction = part(7) * scale,
                      .fraction_digits = style == EvtxStyle::Windows ? 7U : 6U});
}

/// Shape: revision, count, authority (48 bit, big-endian), count × 32 bit. 0 where it is no SID.
std::size_t size_of_sid(Bytes bytes)
{
    if (bytes.size() < 8) {
        return 0;
    }
    const std::size_t size = 8 + std::size_t{bytes[1]} * 4;
    return size <= bytes.size() ? size : 0;
}

void append_sid(TextBuffer& out, Bytes sid)
{
    std::uint64_t authority = 0;
    for (std::size_t i = 2; i < 8; ++i) {
        authority = authority << 8 | sid[i];
    }
    out.append("S-");
    append_number(out, unsigned{sid[0]});
    out.append('-');
    if (authority >> 32 != 0) {
        append_hex_number(out, authority);
    } else {
        append_number(out, authority);
    }
    for (std::size_t at = 8; at + 4 <= sid.size(); at += 4) {
        out.append('-');
        append_number(out, load<std::uint32_t>(sid.data() + at));
    }
}

/// A type of one width, whose bytes were checked to have it.
void append_fixed(TextBuffer& out, const Value& value, EvtxStyle style)
{
    const std::uint8_t* at = value.bytes.data();
    switch (value.type) {
    case Type::Int8:
        return append_number(out, int{static_cast<std::int8_t>(*at)});
    case Type::UInt8:
        return append_number(out, unsigned{*at});
    case Type::Int16:
        return append_number(out, load<std::int16_t>(at));
    case Type::UInt16:
        return append_number(out, load<std::uint16_t>(at));
    case Type::Int32:
        return append_number(out, load<std::int32_t>(at));
    case Type::UInt32:
        return append_number(out, load<std::uint32_t>(at));
    case Type::Int64:
        return append_number(out, load<std::int64_t>(at));
    case Type::UInt64:
        return append_number(out, load<std::uint64_t>(at));
    case Type::Real32:
        return append_real(out, load<float>(at));
    case Type::Real64:
        return append_real(out, load<double>(at));
    case Type::Bool: // any bit set is true: Windows writes 1, others have written more
        return out.append(load<std::uint32_t>(at) != 0 ? "true" : "false");
    case Type::Guid:
        return append_guid(out, at, style);
    case Type::FileTime:
        return append_file_time(out, load<std::uint64_t>(at), style);
    case Type::SystemTime:
        return append_system_time(out, at, style);
    case Type::Hex32:
        return append_hex_number(out, load<std::uint32_t>(at));
    case Type::Hex64:
        return append_hex_number(out, load<std::uint64_t>(at));
    default:
        return append_hex(out, value.bytes);
    }
}

} // namespace

bool has_text(const Value& value)
{
    switch (value.type) {
    case Type::Null:
        return false;
    case Type::String:
        return !without_trailing_zeros(value.bytes).empty();
    case Type::AnsiString:
        return !without_trailing_zero_bytes(value.bytes).empty();
    default:
        return !value.bytes.empty();
    }
}

bool is_bare(const Value& value)
{
    const bool number = value.type >= Type::Int8 && value.type <= Type::UInt64;
    return (number || value.type == Type::Bool) && value.bytes.size() == width_of(value.type);
}

void append_value(TextBuffer& out, const Value& value, Escape escape, EvtxStyle style)
{
    switch (value.type) {
    case Type::Null:
        return;
    case Type::String:
        return append_utf16(out, without_trailing_zeros(value.bytes), escape);
    case Type::AnsiString:
        return append_ansi(out, without_trailing_zero_bytes(value.bytes), escape);
    case Type::Sid:
        if (const std::size_t size = size_of_sid(value.bytes); size != 0) {
            return append_sid(out, value.bytes.first(size));
        }
        return append_hex(out, value.bytes);
    case Type::SizeT: // as wide as the machine that wrote it
        if (value.bytes.size() == 4) {
            return append_hex_number(out, load<std::uint32_t>(value.bytes.data()));
        }
        if (value.bytes.size() == 8) {
            return append_hex_number(out, load<std::uint64_t>(value.bytes.data()));
        }
        return append_hex(out, value.bytes);
    default:
        break;
    }
    const std::size_t width = width_of(value.type);
    if (width != 0 && width == value.bytes.size()) {
        return append_fixed(out, value, style);
    }
    append_hex(out, value.bytes);
}

ArrayItems::ArrayItems(const Value& array)
    : type_(static_cast<Type>(static_cast<std::uint8_t>(array.type) & ~kArrayFlag)),
      left_(array.bytes)
{
}

bool ArrayItems::next(Value& item)
{
    if (left_.empty()) {
        return false;
    }
    std::size_t size = width_of(type_);
    std::size_t step = size;
    if (type_ == Type::String) {
        size = 0;
        while (size + 2 <= left_.size() && (left_[size] != 0 || left_[size + 1] != 0)) {
            size += 2;
        }
        step = size + 2;
    } else if (type_ == Type::AnsiString) {
        while (size < left_.size() && left_[size] != 0) {
            ++size;
        }
        step = size + 1;
    } else if (type_ == Type::Sid) {
        step = size = size_of_sid(left_);
    }
    if (size > left_.size() || step == 0) {
        step = size = left_.size(); // the rest in one, shown in hex
    }
    item = {.type = type_, .bytes = left_.first(size)};
    left_ = left_.subspan(step < left_.size() ? step : left_.size());
    return true;
}

} // namespace tanggap::codec::evtx
