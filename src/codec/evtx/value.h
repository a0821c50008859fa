// Values of substitutions: the types of BinXML, and how each is written.
#pragma once

#include <cstdint>

#include "codec/evtx.h"
#include "codec/evtx/bytes.h"
#include "codec/evtx/text.h"

namespace tanggap::codec::evtx {

/// Source: MS-EVEN6 §2.2.12, value types; 0x80 marks an array of the type below it.
enum class Type : std::uint8_t {
    Null = 0x00,
    String = 0x01,
    AnsiString = 0x02,
    Int8 = 0x03,
    UInt8 = 0x04,
    Int16 = 0x05,
    UInt16 = 0x06,
    Int32 = 0x07,
    UInt32 = 0x08,
    Int64 = 0x09,
    UInt64 = 0x0A,
    Real32 = 0x0B,
    Real64 = 0x0C,
    Bool = 0x0D,
    Binary = 0x0E,
    Guid = 0x0F,
    SizeT = 0x10,
    FileTime = 0x11,
    SystemTime = 0x12,
    Sid = 0x13,
    Hex32 = 0x14,
    Hex64 = 0x15,
    BinXml = 0x21,
};
inline constexpr std::uint8_t kArrayFlag = 0x80;

/// Bytes of a chunk and how they are meant.
struct Value {
    Type type = Type::Null;
    Bytes bytes;

    bool is_array() const { return (static_cast<std::uint8_t>(type) & kArrayFlag) != 0; }
};

/// Whether writing it gives at least one character.
bool has_text(const Value& value);
/// Whether JSON writes it without quotes: whole numbers and truth values.
bool is_bare(const Value& value);

/// Writes a value that is no array and no BinXML. Bytes that do not fit their type are written in
/// hex: nothing is lost, and no record fails for one odd value.
void append_value(TextBuffer& out, const Value& value, Escape escape, EvtxStyle style);

/// Takes the items of an array one by one. Shape: strings end with a zero or with the array.
class ArrayItems {
public:
    explicit ArrayItems(const Value& array);
    /// False: no more.
    bool next(Value& item);

private:
    Type type_;
    Bytes left_;
};

} // namespace tanggap::codec::evtx
