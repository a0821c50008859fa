// A record as one JSON object, on one line.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/evtx.h"
#include "codec/evtx/template.h"
#include "codec/evtx/text.h"
#include "codec/evtx/value.h"

namespace tanggap::codec::evtx {

/// Counts how often a name came in one object, for `Header`, `Header_1`, … Names are told apart by
/// their hash; beyond a bounded search a name counts as new. Memory is kept between records.
class NameCounts {
public:
    void clear();
    /// 0 for the first of `hash` in the object `serial`.
    std::uint32_t next(std::uint32_t serial, std::uint32_t hash);

private:
    struct Slot {
        std::uint64_t key = 0;
        std::uint32_t epoch = 0;
        std::uint32_t count = 0;
    };
    void grow();

    std::vector<Slot> slots_ = std::vector<Slot>(256);
    std::uint32_t epoch_ = 1;
    std::size_t used_ = 0;
};

/// A value being written: a number or true, or a string once more than one part comes.
struct Scalar {
    bool open = false; ///< the next part belongs to it
    bool bare = false; ///< written without quotes
    std::size_t at = 0;
};

/// An element whose end has not come.
struct JsonFrame {
    enum class Form : std::uint8_t {
        Empty,  ///< nothing yet: null in the end
        Scalar, ///< its text is written
        Object, ///< '{' is written
    };
    enum class List : std::uint8_t { None, One, Many };

    const Piece* name = nullptr;
    Form form = Form::Empty;
    List list = List::None;      ///< Data without names at the end of this object
    bool is_container = false;   ///< EventData or UserData
    bool is_data = false;        ///< Data of a container
    bool is_named = false;       ///< Data: its Name is in JsonMemory::key
    bool has_key = false;        ///< its name is written
    bool has_attributes = false; ///< some were written
    bool has_members = false;    ///< Object: a comma comes before the next
    bool has_suffix = false;
    std::uint32_t suffix = 0;
    std::uint32_t serial = 0;
    std::size_t list_at = 0;
    Scalar text = {};
};

/// What JsonSink keeps from record to record.
struct JsonMemory {
    std::vector<JsonFrame> frames;
    NameCounts counts;
    TextBuffer key; ///< the Name of the Data at hand, escaped
};

/// Shape: an element with text alone is its text, one with attributes or elements an object with
/// "#attributes" and "#text", one with nothing null. `<Data Name="x">y</Data>` in EventData is
/// "x": "y"; `<Data>` without a name is "Data": {"#text": …}, a list where several follow each
/// other. Other attributes of Data are left out; XML has them.
class JsonSink {
public:
    JsonSink(TextBuffer& out, JsonMemory& memory, const EvtxJsonOptions& options);

    void open(const Piece& piece);
    void attribute(const Piece& piece);
    void end_attribute() { attribute_ = nullptr; }
    void content();
    void text(const Piece& piece);
    void value(const Value& value);
    void close(const Piece& piece);
    std::size_t size() const { return out_.size(); }
    bool keeps_absent() const { return options_.style == EvtxStyle::Plain; }
    /// Behind the last element.
    void finish() { out_.append('}'); }

private:
    JsonFrame& top() { return memory_.frames[depth_ - 1]; }
    JsonFrame& parent() { return memory_.frames[depth_ - 2]; }
    void make_object();
    void write_key();
    void write_name(const JsonFrame& frame, std::string_view behind);
    void write_data_key(JsonFrame& frame);
    void next_data_item();
    void end_data_list(JsonFrame& frame);
    void comma(JsonFrame& frame);
    std::uint32_t suffix_of(JsonFrame& frame, std::uint32_t hash);
    bool is_namespace() const;
    Scalar* scalar_for_text();
    Scalar* scalar_for_attribute();
    template <class Write>
    void add_part(bool bare, Write write);

    TextBuffer& out_;
    JsonMemory& memory_;
    EvtxJsonOptions options_;
    std::size_t depth_ = 0;
    std::uint32_t serials_ = 0;
    const Piece* attribute_ = nullptr;
    Scalar attribute_text_;
};

} // namespace tanggap::codec::evtx
