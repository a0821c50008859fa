// A record as flat values with the paths that its JSON has, without the JSON.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/evtx.h"
#include "codec/evtx/json_sink.h"
#include "codec/evtx/leaf_names.h"
#include "codec/evtx/template.h"
#include "codec/evtx/text.h"
#include "codec/evtx/value.h"

namespace tanggap::codec::evtx {

/// What LeafSink keeps from record to record.
struct LeafMemory {
    struct Frame {
        const Piece* name = nullptr;
        const Piece* data_name = nullptr; ///< Data: its Name where that is one text of the template
        JsonFrame::Form form = JsonFrame::Form::Empty;
        bool in_list = false;      ///< Data without names at the end of this object
        bool is_container = false; ///< EventData or UserData
        bool is_data = false;
        bool is_named = false;
        bool has_key = false;
        bool has_attributes = false;
        bool has_suffix = false;
        bool text_open = false;
        std::uint32_t suffix = 0;
        std::uint32_t serial = 0;
        std::uint32_t path = 0;
        std::uint32_t list_path = 0;
        std::uint32_t attributes_path = 0;
        std::size_t text_leaf = 0;
    };
    std::vector<Frame> frames;
    NameCounts counts;
    TextBuffer key;
    LeafNames names;
    std::vector<EvtxLeaf> leaves;
};

/// Shape: what JsonSink writes with EvtxAttributes::Inside and EvtxStyle::Windows, flattened: names
/// with dots, the items of a list under one name. A test compares both over real logs.
class LeafSink {
public:
    LeafSink(TextBuffer& out, LeafMemory& memory, EvtxWanted* wanted);

    void open(const Piece& piece);
    void attribute(const Piece& piece);
    void end_attribute() { attribute_ = nullptr; }
    void content() {}
    void text(const Piece& piece);
    void value(const Value& value);
    void close(const Piece& piece);
    std::size_t size() const { return out_.size(); }
    bool keeps_absent() const { return false; }

    /// Names or values beyond the bounds: what was collected is not the record.
    bool overflowed() const { return overflowed_; }

private:
    using Frame = LeafMemory::Frame;
    using Form = JsonFrame::Form;
    static constexpr std::size_t kNoLeaf = SIZE_MAX;

    Frame& top() { return memory_.frames[depth_ - 1]; }
    Frame& parent() { return memory_.frames[depth_ - 2]; }
    void make_object();
    void write_key();
    std::uint32_t suffix_of(Frame& frame, std::uint32_t hash);
    std::uint32_t known(std::uint32_t name);
    std::size_t leaf_for_text();
    std::size_t leaf_for_attribute();
    std::size_t add_leaf(std::uint32_t name);
    template <class Write>
    void add_part(const Value* bare, Write write);

    TextBuffer& out_;
    LeafMemory& memory_;
    EvtxWanted* wanted_;
    std::size_t depth_ = 0;
    std::uint32_t serials_ = 0;
    const Piece* attribute_ = nullptr;
    bool attribute_open_ = false;
    std::size_t attribute_leaf_ = kNoLeaf;
    bool overflowed_ = false;
};

} // namespace tanggap::codec::evtx
