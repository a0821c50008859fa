#include "codec/evtx/leaf_sink.h"

#include <utility>

#include "codec/evtx/limits.h"

namespace tanggap::codec::evtx {
namespace {

const std::uint32_t kTextHash = hash_of("#text");

/// `value` is bare: a whole number or a truth value whose bytes fit its type.
void set_number(EvtxLeaf& leaf, const Value& value)
{
    const std::uint8_t* const at = value.bytes.data();
    leaf.kind = model::Value::Kind::Integer;
    switch (value.type) {
    case Type::Int8:
        leaf.integer = static_cast<std::int8_t>(*at);
        break;
    case Type::UInt8:
        leaf.integer = *at;
        break;
    case Type::Int16:
        leaf.integer = load<std::int16_t>(at);
        break;
    case Type::UInt16:
        leaf.integer = load<std::uint16_t>(at);
        break;
    case Type::Int32:
        leaf.integer = load<std::int32_t>(at);
        break;
    case Type::UInt32:
        leaf.integer = load<std::uint32_t>(at);
        break;
    case Type::Int64:
        leaf.integer = load<std::int64_t>(at);
        break;
    case Type::UInt64: {
        const auto number = load<std::uint64_t>(at);
        leaf.kind = number > INT64_MAX ? model::Value::Kind::String : model::Value::Kind::Integer;
        leaf.integer = number > INT64_MAX ? 0 : static_cast<std::int64_t>(number);
        break;
    }
    default:
        leaf.kind = model::Value::Kind::Bool;
        leaf.boolean = load<std::uint32_t>(at) != 0;
    }
}

} // namespace

LeafSink::LeafSink(TextBuffer& out, LeafMemory& memory, EvtxWanted* wanted)
    : out_(out), memory_(memory), wanted_(wanted)
{
    memory_.frames.resize(kDepthMax + 2);
    memory_.counts.clear();
    memory_.leaves.clear();
    memory_.names.begin_record();
    memory_.frames[0] = {.form = Form::Object, .path = LeafNames::kRoot};
    depth_ = 1;
    if (wanted_ != nullptr) {
        wanted_->begin(memory_.names);
    }
}

void LeafSink::open(const Piece& piece)
{
    make_object();
    const bool in_container = top().is_container;
    ++depth_;
    top() = {.name = &piece,
             .is_container = piece.text == "EventData" || piece.text == "UserData",
             .is_data = in_container && piece.text == "Data",
             .serial = ++serials_};
}

void LeafSink::attribute(const Piece& piece)
{
    attribute_ = &piece;
    attribute_open_ = false;
    if (top().is_data && piece.text == "Name") {
        memory_.key.clear();
        top().data_name = nullptr;
    }
}

void LeafSink::text(const Piece& piece)
{
    if (piece.text.empty()) {
        return;
    }
    Frame& frame = top();
    if (attribute_ != nullptr && frame.is_data && !frame.is_named && attribute_->text == "Name") {
        frame.is_named = true;
        frame.data_name = &piece;
    } else {
        add_part(nullptr, [&](TextBuffer& out) { out.append(piece.text); });
    }
}

void LeafSink::value(const Value& value)
{
    if (has_text(value)) {
        add_part(is_bare(value) ? &value : nullptr, [&](TextBuffer& out) {
            append_value(out, value, Escape::None, EvtxStyle::Windows);
        });
    }
}

/// A second part makes both one string.
template <class Write>
void LeafSink::add_part(const Value* bare, Write write)
{
    if (attribute_ != nullptr && attribute_->text.starts_with("xmlns")) {
        return;
    }
    if (attribute_ != nullptr && top().is_data) {
        if (attribute_->text == "Name") {
            if (const auto* const before = std::exchange(top().data_name, nullptr)) {
                memory_.key.append(before->text);
            }
            write(memory_.key);
            top().is_named = true;
        }
        return;
    }
    const bool goes_on = attribute_ != nullptr ? attribute_open_ : top().text_open;
    const std::size_t index = attribute_ != nullptr ? leaf_for_attribute() : leaf_for_text();
    if (index == kNoLeaf) {
        return;
    }
    EvtxLeaf& leaf = memory_.leaves[index];
    if (goes_on) {
        if (leaf.at + leaf.size != out_.size()) { // something was written behind the first part
            const auto at = static_cast<std::uint32_t>(out_.size());
            const std::string before(out_.view().substr(leaf.at, leaf.size));
            out_.append(before);
            leaf.at = at;
        }
        leaf.kind = model::Value::Kind::String;
    } else if (bare != nullptr) {
        set_number(leaf, *bare);
    }
    write(out_);
    leaf.size = static_cast<std::uint32_t>(out_.size()) - leaf.at;
}

std::size_t LeafSink::add_leaf(std::uint32_t name)
{
    if (name == LeafNames::kOverflow || (wanted_ != nullptr && !wanted_->wants(name))) {
        return kNoLeaf;
    }
    memory_.leaves.push_back({.name = name,
                              .at = static_cast<std::uint32_t>(out_.size()),
                              .kind = model::Value::Kind::String});
    return memory_.leaves.size() - 1;
}

std::size_t LeafSink::leaf_for_attribute()
{
    if (attribute_open_) {
        return attribute_leaf_;
    }
    Frame& frame = top();
    if (!frame.has_attributes) {
        write_key();
        frame.form = Form::Object;
        frame.has_attributes = true;
        frame.attributes_path = known(memory_.names.attributes_below(frame.path));
    }
    attribute_open_ = true;
    attribute_leaf_ = add_leaf(known(memory_.names.child(frame.attributes_path, *attribute_, 0)));
    return attribute_leaf_;
}

std::size_t LeafSink::leaf_for_text()
{
    Frame& frame = top();
    if (frame.text_open) {
        return frame.text_leaf;
    }
    if (frame.form == Form::Empty) {
        write_key();
        frame.form = Form::Scalar;
        frame.text_leaf = add_leaf(frame.path);
    } else {
        frame.in_list = false;
        const std::uint32_t suffix = memory_.counts.next(frame.serial, kTextHash);
        frame.text_leaf = add_leaf(known(memory_.names.text_below(frame.path, suffix)));
    }
    frame.text_open = true;
    return frame.text_leaf;
}

/// What was one text becomes "#text" beside the elements that follow.
void LeafSink::make_object()
{
    Frame& frame = top();
    if (frame.form == Form::Empty) {
        write_key();
    } else if (frame.form == Form::Scalar) {
        (void)memory_.counts.next(frame.serial, kTextHash);
        if (frame.text_leaf != kNoLeaf) {
            memory_.leaves[frame.text_leaf].name = known(memory_.names.text_below(frame.path, 0));
        }
    }
    frame.form = Form::Object;
    frame.text_open = false;
}

void LeafSink::write_key()
{
    Frame& frame = top();
    if (frame.has_key) {
        return;
    }
    frame.has_key = true;
    Frame& around = parent();
    if (frame.is_data && !frame.is_named) {
        if (!around.in_list) {
            around.in_list = true;
            const std::uint32_t suffix = suffix_of(frame, frame.name->hash);
            const std::uint32_t data = known(memory_.names.child(around.path, *frame.name, suffix));
            around.list_path = known(memory_.names.text_below(data, 0));
        }
        frame.path = around.list_path;
        return;
    }
    around.in_list = false;
    if (frame.is_data && frame.data_name == nullptr) {
        const std::uint32_t hash = hash_of(memory_.key.view());
        frame.path = known(
            memory_.names.child(around.path, memory_.key.view(), hash, suffix_of(frame, hash)));
        return;
    }
    const Piece& name = frame.is_data ? *frame.data_name : *frame.name;
    frame.path = known(memory_.names.child(around.path, name, suffix_of(frame, name.hash)));
}

std::uint32_t LeafSink::suffix_of(Frame& frame, std::uint32_t hash)
{
    if (!frame.has_suffix) {
        frame.has_suffix = true;
        frame.suffix = memory_.counts.next(parent().serial, hash);
    }
    return frame.suffix;
}

std::uint32_t LeafSink::known(std::uint32_t name)
{
    overflowed_ = overflowed_ || name == LeafNames::kOverflow;
    return name;
}

void LeafSink::close(const Piece& piece)
{
    constexpr std::size_t kSystemDepth = 3; // below the root and Event
    Frame& frame = top();
    if (frame.form == Form::Object) {
        frame.in_list = false;
    } else if (frame.form == Form::Empty) {
        write_key();
        if (const std::size_t leaf = add_leaf(frame.path); leaf != kNoLeaf && !frame.is_data) {
            memory_.leaves[leaf].kind = model::Value::Kind::Null;
        }
    }
    if (wanted_ != nullptr && depth_ == kSystemDepth && piece.text == "System") {
        wanted_->system_read(
            {.leaves = memory_.leaves, .text = out_.view(), .names = &memory_.names});
    }
    --depth_;
}

} // namespace tanggap::codec::evtx
