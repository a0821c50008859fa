#include "codec/evtx/json_sink.h"

#include <charconv>

#include "codec/evtx/limits.h"

namespace tanggap::codec::evtx {
namespace {

constexpr std::string_view kText = "#text";
const std::uint32_t kTextHash = hash_of(kText);

} // namespace

void NameCounts::clear()
{
    ++epoch_;
    used_ = 0;
    if (epoch_ == 0) { // came round: old marks would look new
        slots_.assign(slots_.size(), {});
        epoch_ = 1;
    }
}

std::uint32_t NameCounts::next(std::uint32_t serial, std::uint32_t hash)
{
    constexpr std::size_t kProbesMax = 32;
    if (used_ * 2 >= slots_.size()) {
        grow();
    }
    const std::uint64_t key = std::uint64_t{serial} << 32 | hash;
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = ((key * 0x9E3779B97F4A7C15U) >> 32) & mask;
    for (std::size_t probe = 0; probe < kProbesMax; ++probe, at = (at + 1) & mask) {
        Slot& slot = slots_[at];
        if (slot.epoch != epoch_) {
            slot = {.key = key, .epoch = epoch_, .count = 1};
            ++used_;
            return 0;
        }
        if (slot.key == key) {
            return slot.count++;
        }
    }
    return 0;
}

void NameCounts::grow()
{
    const std::vector<Slot> old = std::move(slots_);
    slots_.assign(old.size() * 2, {});
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.epoch != epoch_) {
            continue;
        }
        std::size_t at = ((slot.key * 0x9E3779B97F4A7C15U) >> 32) & mask;
        while (slots_[at].epoch == epoch_) {
            at = (at + 1) & mask;
        }
        slots_[at] = slot;
    }
}

JsonSink::JsonSink(TextBuffer& out, JsonMemory& memory, const EvtxJsonOptions& options)
    : out_(out), memory_(memory), options_(options)
{
    memory_.frames.resize(kDepthMax + 2);
    memory_.counts.clear();
    memory_.frames[0] = {.form = JsonFrame::Form::Object};
    depth_ = 1;
    out_.append('{');
}

void JsonSink::open(const Piece& piece)
{
    make_object();
    const bool in_container = top().is_container;
    ++depth_;
    top() = {.name = &piece,
             .is_container = piece.text == "EventData" || piece.text == "UserData",
             .is_data = in_container && piece.text == "Data",
             .serial = ++serials_};
}

void JsonSink::attribute(const Piece& piece)
{
    attribute_ = &piece;
    attribute_text_ = {};
    if (top().is_data && piece.text == "Name") {
        memory_.key.clear();
    }
}

void JsonSink::content()
{
    if (top().has_attributes) {
        out_.append('}');
    }
}

void JsonSink::text(const Piece& piece)
{
    const Escape escape = piece.plain ? Escape::None : Escape::Json;
    if (!piece.text.empty()) {
        add_part(false, [&](TextBuffer& out) { append_utf8(out, piece.text, escape); });
    }
}

void JsonSink::value(const Value& value)
{
    if (has_text(value)) {
        add_part(is_bare(value),
                 [&](TextBuffer& out) { append_value(out, value, Escape::Json, options_.style); });
    }
}

/// Values come in parts: a number alone stays bare, a second part makes both one string.
template <class Write>
void JsonSink::add_part(bool bare, Write write)
{
    if (attribute_ != nullptr && is_namespace()) {
        return;
    }
    if (attribute_ != nullptr && top().is_data) {
        if (attribute_->text == "Name") {
            write(memory_.key);
            top().is_named = true;
        }
        return;
    }
    Scalar& scalar = attribute_ != nullptr ? *scalar_for_attribute() : *scalar_for_text();
    if (!scalar.open) {
        scalar = {.open = true, .bare = bare, .at = out_.size()};
    } else if (scalar.bare) {
        scalar.bare = false;
        out_.insert(scalar.at, "\"");
    } else {
        out_.resize_down(out_.size() - 1); // the quote at its end
        write(out_);
        out_.append('"');
        return;
    }
    if (bare && scalar.bare) {
        write(out_);
        return;
    }
    if (scalar.at == out_.size()) {
        out_.append('"');
    }
    write(out_);
    out_.append('"');
}

/// Namespaces are part of the markup; the plain style shows them as other parsers do.
bool JsonSink::is_namespace() const
{
    return options_.style == EvtxStyle::Windows && attribute_->text.starts_with("xmlns");
}

Scalar* JsonSink::scalar_for_attribute()
{
    if (attribute_text_.open) {
        return &attribute_text_;
    }
    JsonFrame& frame = top();
    if (frame.has_attributes) {
        out_.append(',');
    } else if (options_.attributes == EvtxAttributes::Inside) {
        write_key();
        out_.append("{\"#attributes\":{");
        frame.form = JsonFrame::Form::Object;
        frame.has_members = true;
    } else {
        end_data_list(parent());
        comma(parent());
        (void)suffix_of(frame, frame.name->hash);
        write_name(frame, "_attributes\":{");
    }
    frame.has_attributes = true;
    out_.append('"');
    append_utf8(out_, attribute_->text, attribute_->plain ? Escape::None : Escape::Json);
    out_.append("\":");
    return &attribute_text_;
}

Scalar* JsonSink::scalar_for_text()
{
    JsonFrame& frame = top();
    if (frame.text.open) {
        return &frame.text;
    }
    if (frame.form == JsonFrame::Form::Empty) {
        write_key();
        frame.form = JsonFrame::Form::Scalar;
        return &frame.text;
    }
    end_data_list(frame);
    comma(frame);
    const std::uint32_t suffix = memory_.counts.next(frame.serial, kTextHash);
    out_.append(suffix == 0 ? "\"#text\":" : "\"#text_" + std::to_string(suffix) + "\":");
    return &frame.text;
}

void JsonSink::make_object()
{
    JsonFrame& frame = top();
    if (frame.form == JsonFrame::Form::Empty) {
        write_key();
        out_.append('{');
    } else if (frame.form == JsonFrame::Form::Scalar) {
        out_.insert(frame.text.at, "{\"#text\":");
        (void)memory_.counts.next(frame.serial, kTextHash);
        frame.has_members = true;
    }
    frame.form = JsonFrame::Form::Object;
    frame.text.open = false;
}

void JsonSink::write_key()
{
    JsonFrame& frame = top();
    if (frame.has_key) {
        return;
    }
    frame.has_key = true;
    if (frame.is_data) {
        return write_data_key(frame);
    }
    end_data_list(parent());
    comma(parent());
    (void)suffix_of(frame, frame.name->hash);
    write_name(frame, "\":");
}

void JsonSink::write_name(const JsonFrame& frame, std::string_view behind)
{
    out_.append('"');
    append_utf8(out_, frame.name->text, frame.name->plain ? Escape::None : Escape::Json);
    if (frame.suffix != 0) {
        out_.append("_" + std::to_string(frame.suffix));
    }
    out_.append(behind);
}

void JsonSink::write_data_key(JsonFrame& frame)
{
    if (!frame.is_named) {
        return next_data_item();
    }
    end_data_list(parent());
    comma(parent());
    out_.append('"');
    out_.append(memory_.key.view());
    if (suffix_of(frame, hash_of(memory_.key.view())) != 0) {
        out_.append("_" + std::to_string(frame.suffix));
    }
    out_.append("\":");
}

/// The first stands alone; a second makes a list of both.
void JsonSink::next_data_item()
{
    JsonFrame& container = parent();
    if (container.list == JsonFrame::List::None) {
        comma(container);
        (void)suffix_of(top(), top().name->hash);
        write_name(top(), "\":{\"#text\":");
        container.list = JsonFrame::List::One;
        container.list_at = out_.size();
        return;
    }
    if (container.list == JsonFrame::List::One) {
        container.list = JsonFrame::List::Many;
        out_.insert(container.list_at, "[");
    }
    out_.append(',');
}

void JsonSink::end_data_list(JsonFrame& frame)
{
    if (frame.list != JsonFrame::List::None) {
        out_.append(frame.list == JsonFrame::List::One ? "}" : "]}");
        frame.list = JsonFrame::List::None;
    }
}

void JsonSink::comma(JsonFrame& frame)
{
    if (frame.has_members) {
        out_.append(',');
    }
    frame.has_members = true;
}

std::uint32_t JsonSink::suffix_of(JsonFrame& frame, std::uint32_t hash)
{
    if (!frame.has_suffix) {
        frame.has_suffix = true;
        frame.suffix = memory_.counts.next(parent().serial, hash);
    }
    return frame.suffix;
}

void JsonSink::close(const Piece& /*piece*/)
{
    JsonFrame& frame = top();
    const bool only_beside = frame.has_attributes && options_.attributes == EvtxAttributes::Beside;
    if (frame.form == JsonFrame::Form::Object) {
        end_data_list(frame);
        out_.append('}');
    } else if (frame.form == JsonFrame::Form::Empty && !only_beside) {
        write_key();
        out_.append(frame.is_data ? "\"\"" : "null");
    }
    --depth_;
}

} // namespace tanggap::codec::evtx
