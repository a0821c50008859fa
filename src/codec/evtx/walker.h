// A record, template by template, value by value, to a sink that writes it out.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "codec/evtx/limits.h"
#include "codec/evtx/template.h"
#include "codec/evtx/value.h"

namespace tanggap::codec::evtx {

/// The values of one template instance: its part of Values::all.
struct Values {
    std::span<Value> slots;
    bool any_array = false;
};

/// Reads `size (2), type (1), 0 (1)` for each value and then the values. Values of templates inside
/// values lie behind those around them; all of a record fit, as each takes four bytes of it.
class ValueStack {
public:
    ValueStack() { all_.reserve(kChunkBytes / 4); }

    std::size_t size() const { return all_.size(); }
    void shrink(std::size_t size) { all_.resize(size); }
    /// False: the bytes do not hold them.
    bool push(ByteCursor& cursor, std::size_t count, Values& values);

private:
    std::vector<Value> all_;
};

/// What a sink is told, in the order of the document.
template <class T>
concept Sink = requires(T sink, const Piece& piece, const Value& value) {
    sink.open(piece);
    sink.attribute(piece);
    sink.end_attribute();
    sink.content();
    sink.text(piece);
    sink.value(value);
    sink.close(piece);
    { sink.size() } -> std::convertible_to<std::size_t>;
    { sink.keeps_absent() } -> std::convertible_to<bool>;
};

/// Shape of a template instance: 1 (1), id (4), place of the definition (4), the definition where
/// it is used first, count (4), descriptors, values. `values` is pushed on `stack`.
base::Result<const Template*> take_instance(ByteCursor& cursor, TemplateTable& table,
                                            ValueStack& stack, Values& values);

/// Bounds: kStepsMax steps, kDepthMax elements and fragments in each other, kTextBytesMax written.
template <Sink S>
class Walker {
public:
    Walker(TemplateTable& table, ValueStack& stack, S& sink)
        : table_(table), stack_(stack), sink_(sink)
    {
    }

    /// The BinXML fragment from `begin` to `end` of the chunk.
    base::Status fragment(std::size_t begin, std::size_t end)
    {
        constexpr std::uint8_t kMoreFlag = 0x40;
        constexpr std::uint8_t kFragmentHead = 0x0F;
        constexpr std::uint8_t kTemplate = 0x0C;
        if (++fragments_ > kDepthMax) {
            return base::corrupt(fmt::format("more than {} fragments in each other", kDepthMax));
        }
        ByteCursor cursor(table_.chunk(), begin, end);
        while (cursor.left() > 0) {
            const auto token = static_cast<std::uint8_t>(cursor.peek() & ~kMoreFlag);
            if (token == 0) {
                break;
            }
            if (token == kFragmentHead) {
                cursor.skip(4);
            } else if (token == kTemplate) {
                cursor.skip(1);
                TRY_STATUS(instance(cursor));
            } else {
                TRY(const Template* const elements, table_.inline_elements(cursor));
                TRY_STATUS(walk(elements->pieces, 0, elements->pieces.size(), {}));
                if ((cursor.peek() & ~kMoreFlag) != kTemplate) {
                    break; // the end was read; only a template may follow elements
                }
            }
        }
        --fragments_;
        return {};
    }

private:
    base::Status instance(ByteCursor& cursor)
    {
        const std::size_t before = stack_.size();
        Values values;
        TRY(const Template* const found, take_instance(cursor, table_, stack_, values));
        auto done = walk(found->pieces, 0, found->pieces.size(), values);
        stack_.shrink(before);
        return done;
    }

    base::Status walk(std::span<const Piece> pieces, std::size_t at, std::size_t end,
                      const Values& values)
    {
        for (; at < end; ++at) {
            const Piece& piece = pieces[at];
            if (++steps_ > kStepsMax || sink_.size() > kTextBytesMax) {
                return too_much();
            }
            switch (piece.kind) {
            case Piece::Kind::Open:
                if (is_absent(piece, values) && !sink_.keeps_absent()) {
                    at = piece.next - 1;
                } else if (values.any_array && piece.has_holes && has_array(pieces, at, values)) {
                    TRY_STATUS(repeat(pieces, at, values));
                    at = piece.next - 1;
                } else {
                    TRY_STATUS(enter(piece));
                }
                break;
            case Piece::Kind::Attribute:
                in_attribute_ = true;
                sink_.attribute(piece);
                break;
            case Piece::Kind::EndAttribute:
                in_attribute_ = false;
                sink_.end_attribute();
                break;
            case Piece::Kind::Content:
                sink_.content();
                break;
            case Piece::Kind::Text:
                sink_.text(piece);
                break;
            case Piece::Kind::Hole:
                TRY_STATUS(fill(piece, values));
                break;
            case Piece::Kind::Close:
                --depth_;
                sink_.close(piece);
                break;
            }
        }
        return {};
    }

    base::Status enter(const Piece& piece)
    {
        if (++depth_ > kDepthMax) {
            return base::corrupt(fmt::format("more than {} elements in each other", kDepthMax));
        }
        sink_.open(piece);
        return {};
    }

    /// An element that depends on a value is there only with it.
    static bool is_absent(const Piece& piece, const Values& values)
    {
        return piece.slot < values.slots.size() && values.slots[piece.slot].type == Type::Null;
    }

    base::Status fill(const Piece& piece, const Values& values)
    {
        if (piece.slot >= values.slots.size()) {
            return {}; // fewer values than holes: the rest is empty
        }
        const Value& value = values.slots[piece.slot];
        if (value.type == Type::Null) {
            return {};
        }
        if (value.type != Type::BinXml || in_attribute_) {
            sink_.value(value);
            return {};
        }
        const auto begin = static_cast<std::size_t>(value.bytes.data() - table_.chunk().data());
        return value.bytes.empty() ? base::Status{} : fragment(begin, begin + value.bytes.size());
    }

    /// Calls `each` with the slot of every hole of the element at `open` that is not in a child.
    template <class Each>
    static void holes_of(std::span<const Piece> pieces, std::size_t open, Each each)
    {
        const std::size_t last = pieces[open].next - 1;
        for (std::size_t at = open + 1; at < last; ++at) {
            if (pieces[at].kind == Piece::Kind::Open) {
                at = pieces[at].next - 1;
            } else if (pieces[at].kind == Piece::Kind::Hole) {
                each(pieces[at].slot);
            }
        }
    }

    static bool has_array(std::span<const Piece> pieces, std::size_t open, const Values& values)
    {
        bool found = false;
        holes_of(pieces, open, [&](std::size_t slot) {
            found = found || (slot < values.slots.size() && values.slots[slot].is_array());
        });
        return found;
    }

    /// An array gives the element around it once for each of its items (MS-EVEN6 §3.1.4.7.5).
    /// Several arrays in one element are taken side by side.
    base::Status repeat(std::span<const Piece> pieces, std::size_t open, const Values& values)
    {
        struct Array {
            std::size_t slot;
            Value whole;
            ArrayItems items;
        };
        std::vector<Array> arrays;
        holes_of(pieces, open, [&](std::size_t slot) {
            if (slot < values.slots.size() && values.slots[slot].is_array()) {
                arrays.push_back({slot, values.slots[slot], ArrayItems(values.slots[slot])});
                values.slots[slot] = {}; // a second hole of this slot is the same array
            }
        });
        base::Status done;
        for (bool first = true, more = true; done; first = false) {
            more = false;
            for (Array& array : arrays) {
                Value& value = values.slots[array.slot];
                value = {};
                more = array.items.next(value) || more;
            }
            if (!more && !first) {
                break; // an empty array still gives one empty element
            }
            done = element(pieces, open, values);
        }
        for (const Array& array : arrays) {
            values.slots[array.slot] = array.whole;
        }
        return done;
    }

    base::Status element(std::span<const Piece> pieces, std::size_t open, const Values& values)
    {
        TRY_STATUS(enter(pieces[open]));
        return walk(pieces, open + 1, pieces[open].next, values);
    }

    base::Status too_much() const
    {
        return base::corrupt(fmt::format("the record writes out to more than {} bytes or {} parts",
                                         kTextBytesMax, kStepsMax));
    }

    TemplateTable& table_;
    ValueStack& stack_;
    S& sink_;
    std::size_t steps_ = 0;
    std::size_t depth_ = 0;
    std::size_t fragments_ = 0;
    bool in_attribute_ = false;
};

} // namespace tanggap::codec::evtx
