#include "codec/evtx/template.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/evtx/compiler.h"
#include "codec/evtx/limits.h"

namespace tanggap::codec::evtx {
namespace {

bool needs_no_escape(std::string_view text)
{
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' ||
               c == '\'' || c == '\x7F' || byte >= 0xEF; // U+FFFE and U+FFFF start with EF
    });
}

/// What an element or attribute may not be called in XML becomes '_': a name is not to end a tag.
void mend_name(std::string& name)
{
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                            c == ':' || static_cast<unsigned char>(c) >= 0x80;
        const bool later = (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!letter && !(later && i > 0)) {
            name[i] = '_';
        }
    }
}

} // namespace

std::uint32_t hash_of(std::string_view text)
{
    std::uint32_t hash = 2166136261U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return hash;
}

TemplateTable::TemplateTable()
    : arena_(kArenaBytes), name_index_(kChunkBytes), template_index_(kChunkBytes)
{
    templates_.reserve(kTemplatesMax);
    names_.reserve(kNamesMax);
}

void TemplateTable::reset(Bytes chunk)
{
    chunk_ = chunk;
    for (const std::uint32_t place : touched_) {
        name_index_[place] = 0;
        template_index_[place] = 0;
    }
    touched_.clear();
    names_.clear();
    templates_.clear();
    pieces_ = 0;
    kept_bytes_ = 0;
    arena_.release();
}

/// Shape: next (4, unused), hash (2), count of units (2), the units, a zero unit.
const TemplateTable::Name* TemplateTable::name_at(std::size_t offset)
{
    constexpr std::size_t kHead = 8;
    constexpr std::size_t kUnitsMax = 1024;
    if (offset < kChunkHeadBytes || offset + kHead > chunk_.size()) {
        return nullptr;
    }
    if (const std::uint16_t known = name_index_[offset]; known != 0) {
        return &names_[known - 1U];
    }
    const std::size_t units = load<std::uint16_t>(chunk_.data() + offset + 6);
    const std::size_t size = kHead + units * 2 + 2;
    if (units == 0 || units > kUnitsMax || offset + size > chunk_.size() ||
        load<std::uint16_t>(chunk_.data() + offset + size - 2) != 0 || names_.size() == kNamesMax) {
        return nullptr;
    }
    text_.clear();
    append_utf16(text_, chunk_.subspan(offset + kHead, units * 2), Escape::None);
    std::string text(text_.view());
    mend_name(text);
    const std::string_view kept = keep(text);
    names_.push_back(
        {.text = kept, .size = size, .hash = hash_of(kept), .plain = needs_no_escape(kept)});
    name_index_[offset] = static_cast<std::uint16_t>(names_.size());
    touched_.push_back(static_cast<std::uint32_t>(offset));
    return &names_.back();
}

std::string_view TemplateTable::keep(std::string_view text)
{
    kept_bytes_ += text.size();
    auto* const to = static_cast<char*>(arena_.allocate(text.size() + 1, 1));
    std::ranges::copy(text, to);
    return {to, text.size()};
}

std::string_view TemplateTable::keep_utf16(Bytes utf16)
{
    text_.clear();
    append_utf16(text_, utf16, Escape::None);
    return keep(text_.view());
}

base::Result<const Template*> TemplateTable::keep_template(const std::vector<Piece>& pieces)
{
    if (templates_.size() == kTemplatesMax) {
        return base::corrupt(fmt::format("more than {} templates in one chunk", kTemplatesMax));
    }
    auto* const to =
        static_cast<Piece*>(arena_.allocate(pieces.size() * sizeof(Piece), alignof(Piece)));
    std::uninitialized_copy(pieces.begin(), pieces.end(), to);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (to[i].kind == Piece::Kind::Text) {
            to[i].hash = hash_of(to[i].text);
            to[i].plain = needs_no_escape(to[i].text);
        }
    }
    templates_.push_back(
        {.pieces = {to, pieces.size()}, .serial = static_cast<std::uint32_t>(templates_.size())});
    return &templates_.back();
}

base::Result<const Template*> TemplateTable::at(std::uint32_t offset)
{
    if (offset < kChunkHeadBytes || offset + kDefinitionHead > chunk_.size()) {
        return base::corrupt(fmt::format("a template at byte {}, outside its chunk", offset));
    }
    if (const std::uint16_t known = template_index_[offset]; known != 0) {
        return &templates_[known - 1U];
    }
    const std::size_t size = load<std::uint32_t>(chunk_.data() + offset + 20);
    ByteCursor cursor(chunk_, offset + kDefinitionHead, offset + kDefinitionHead + size);
    Compiler compiler(*this, cursor, Compiler::Where::Template);
    TRY_STATUS(compiler.compile(scratch_));
    TRY(const Template* const kept, keep_template(scratch_));
    template_index_[offset] = static_cast<std::uint16_t>(templates_.size());
    touched_.push_back(offset);
    return kept;
}

base::Result<const Template*> TemplateTable::inline_elements(ByteCursor& cursor)
{
    Compiler compiler(*this, cursor, Compiler::Where::Record);
    TRY_STATUS(compiler.compile(scratch_));
    return keep_template(scratch_);
}

} // namespace tanggap::codec::evtx
