#include "codec/evtx/compiler.h"

#include <array>

#include <fmt/format.h>

#include "codec/evtx/limits.h"

namespace tanggap::codec::evtx {
namespace {

/// Source: MS-EVEN6 §2.2.12; 0x40 says that attributes or more of the same follow.
enum Token : std::uint8_t {
    kEndOfFragment = 0x00,
    kOpenStart = 0x01,
    kCloseStart = 0x02,
    kCloseEmpty = 0x03,
    kEndElement = 0x04,
    kValue = 0x05,
    kAttribute = 0x06,
    kCData = 0x07,
    kCharacter = 0x08,
    kEntity = 0x09,
    kInstructionTarget = 0x0A,
    kInstructionData = 0x0B,
    kTemplate = 0x0C,
    kSubstitution = 0x0D,
    kOptionalSubstitution = 0x0E,
    kFragmentHead = 0x0F,
};
constexpr std::uint8_t kMoreFlag = 0x40;

} // namespace

base::Status Compiler::compile(std::vector<Piece>& pieces)
{
    pieces_ = &pieces;
    pieces.clear();
    while (cursor_.left() > 0) {
        if (open_.empty() && (cursor_.peek() & ~kMoreFlag) == kTemplate) {
            break; // the caller's, where elements and templates stand side by side
        }
        const auto next = cursor_.take<std::uint8_t>();
        if (next == kEndOfFragment) {
            break;
        }
        TRY_STATUS(token(next));
        if (cursor_.failed()) {
            return broken("cut short");
        }
    }
    if (!open_.empty()) {
        return broken("ends inside an element");
    }
    return {};
}

base::Status Compiler::token(std::uint8_t token)
{
    switch (token & ~kMoreFlag) {
    case kOpenStart:
        return open((token & kMoreFlag) != 0);
    case kCloseStart:
        return close_start();
    case kCloseEmpty:
        TRY_STATUS(close_start());
        return close();
    case kEndElement:
        return close();
    case kAttribute:
        return attribute();
    case kValue:
        return text_value();
    case kCData:
        return add_text(
            table_.keep_utf16(cursor_.take_bytes(std::size_t{cursor_.take<std::uint16_t>()} * 2)));
    case kCharacter: {
        const auto unit = cursor_.take<std::uint16_t>();
        const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(unit & 0xFF),
                                                static_cast<std::uint8_t>(unit >> 8)};
        return add_text(table_.keep_utf16(bytes));
    }
    case kEntity:
        return entity();
    case kSubstitution:
    case kOptionalSubstitution:
        return hole();
    case kInstructionTarget: // instructions are no data: left out
        return instruction();
    case kInstructionData:
        cursor_.skip(std::size_t{cursor_.take<std::uint16_t>()} * 2);
        return {};
    case kFragmentHead:
        cursor_.skip(3);
        return {};
    default:
        return broken(fmt::format("a token {:#04x} where an element goes on", token));
    }
}

/// Shape: dependency (2, in templates), size (4), name; with attributes their size (4).
base::Status Compiler::open(bool with_attributes)
{
    if (in_start_) {
        return broken("an element inside a start tag");
    }
    if (open_.size() == kDepthMax) {
        return broken(fmt::format("more than {} elements in each other", kDepthMax));
    }
    Piece piece{.kind = Piece::Kind::Open};
    if (has_dependency()) {
        piece.slot = cursor_.take<std::uint16_t>();
    }
    cursor_.skip(4);
    TRY(const auto* const name, take_name());
    if (with_attributes) {
        cursor_.skip(4);
    }
    piece.text = name->text;
    piece.hash = name->hash;
    piece.plain = name->plain;
    open_.push_back(static_cast<std::uint32_t>(pieces_->size()));
    in_start_ = true;
    return add(piece);
}

/// Records differ in whether the two bytes are there; the place of the name tells.
bool Compiler::has_dependency()
{
    if (where_ == Where::Template) {
        return true;
    }
    const auto name_follows = [this](std::size_t head) {
        ByteCursor ahead = cursor_;
        ahead.skip(head);
        const auto offset = ahead.take<std::uint32_t>();
        return !ahead.failed() && offset <= ahead.at() && table_.name_at(offset) != nullptr;
    };
    return !name_follows(4) && name_follows(6);
}

base::Status Compiler::attribute()
{
    if (!in_start_) {
        return broken("an attribute outside a start tag");
    }
    end_attribute();
    TRY(const auto* const name, take_name());
    in_attribute_ = true;
    return add({.kind = Piece::Kind::Attribute,
                .plain = name->plain,
                .hash = name->hash,
                .text = name->text});
}

void Compiler::end_attribute()
{
    if (in_attribute_) {
        in_attribute_ = false;
        pieces_->push_back({.kind = Piece::Kind::EndAttribute});
    }
}

base::Status Compiler::close_start()
{
    if (!in_start_) {
        return broken("the end of a start tag without its start");
    }
    end_attribute();
    in_start_ = false;
    return add({.kind = Piece::Kind::Content});
}

base::Status Compiler::close()
{
    if (open_.empty() || in_start_) {
        return broken("the end of an element without its start");
    }
    const std::uint32_t start = open_.back();
    open_.pop_back();
    Piece& opened = (*pieces_)[start];
    opened.next = static_cast<std::uint32_t>(pieces_->size() + 1);
    return add({.kind = Piece::Kind::Close,
                .plain = opened.plain,
                .hash = opened.hash,
                .text = opened.text});
}

/// Shape: a type (always a string), units (2), the units.
base::Status Compiler::text_value()
{
    constexpr std::uint8_t kString = 0x01;
    if (const auto type = cursor_.take<std::uint8_t>(); type != kString) {
        return broken(fmt::format("a written value of type {:#04x} instead of a string", type));
    }
    return add_text(
        table_.keep_utf16(cursor_.take_bytes(std::size_t{cursor_.take<std::uint16_t>()} * 2)));
}

/// Shape: slot (2), type (1); the type that counts is that of the value itself.
base::Status Compiler::hole()
{
    if (where_ == Where::Record) {
        return broken("a substitution outside a template");
    }
    const auto slot = cursor_.take<std::uint16_t>();
    cursor_.skip(1);
    if (!open_.empty()) {
        (*pieces_)[open_.back()].has_holes = true;
    }
    return add({.kind = Piece::Kind::Hole, .slot = slot});
}

base::Status Compiler::entity()
{
    TRY(const auto* const name, take_name());
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kKnown{
        {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}}};
    for (const auto& [entity, text] : kKnown) {
        if (entity == name->text) {
            return add_text(text);
        }
    }
    return add_text(table_.keep(fmt::format("&{};", name->text)));
}

base::Status Compiler::instruction()
{
    TRY(const auto* const name, take_name());
    (void)name;
    return {};
}

/// Shape: the place of the name (4); where that is right behind, the name itself.
base::Result<const TemplateTable::Name*> Compiler::take_name()
{
    const auto offset = cursor_.take<std::uint32_t>();
    const auto* const name = table_.name_at(offset);
    if (cursor_.failed() || name == nullptr) {
        return broken(fmt::format("a name at byte {}, where none can be read", offset));
    }
    if (offset == cursor_.at()) {
        cursor_.skip(name->size);
    }
    return name;
}

base::Status Compiler::add_text(std::string_view text)
{
    if (in_start_ && !in_attribute_) {
        return broken("text between attributes");
    }
    return text.empty() ? base::Status{} : add({.kind = Piece::Kind::Text, .text = text});
}

base::Status Compiler::add(Piece piece)
{
    if (++table_.pieces_ > kPiecesMax) {
        return broken(fmt::format("more than {} parts in the templates of one chunk", kPiecesMax));
    }
    if (table_.kept_bytes_ > kKeptBytesMax) {
        return broken(fmt::format("more than {} bytes of text in one chunk", kKeptBytesMax));
    }
    pieces_->push_back(piece);
    return {};
}

std::unexpected<base::Error> Compiler::broken(std::string_view what) const
{
    return base::corrupt(fmt::format("BinXML at byte {} of its chunk: {}", cursor_.at(), what));
}

} // namespace tanggap::codec::evtx
