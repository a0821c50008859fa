// BinXML compiled once: a template (or an element that stands in a record) as text and holes.
#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "codec/evtx/bytes.h"
#include "codec/evtx/text.h"

namespace tanggap::codec::evtx {

/// A step of writing an element out, in the order of the document.
struct Piece {
    enum class Kind : std::uint8_t {
        Open,         ///< text: name; slot: dependency; next: behind its Close
        Attribute,    ///< text: name
        EndAttribute, ///< closes the attribute
        Content,      ///< the attributes end here
        Text,         ///< text as it is
        Hole,         ///< slot
        Close,        ///< text: name of the element
    };

    Kind kind = Kind::Text;
    bool plain = false;     ///< text needs no escape anywhere
    bool has_holes = false; ///< Open: a hole stands in it or its attributes, not in a child
    std::uint16_t slot = kNoSlot;
    std::uint32_t next = 0;
    std::uint32_t hash = 0; ///< of text
    std::string_view text = {};
    /// What LeafNames found for `text`, so that it is looked up once in a chunk and not in every
    /// record: `name` below `parent`, while `generation` is that of the names.
    struct Memo {
        std::uint32_t generation = 0;
        std::uint32_t parent = 0;
        std::uint32_t name = 0;
    };
    mutable Memo memo = {};

    static constexpr std::uint16_t kNoSlot = 0xFFFF;
};

/// Shape: `pieces` is one or more whole elements. `serial` tells the templates of a chunk apart.
struct Template {
    std::span<const Piece> pieces;
    std::uint32_t serial = 0;
};

/// FNV-1a, for names.
std::uint32_t hash_of(std::string_view text);

/// Names and templates of the chunk at hand. Lifetime: all given is valid until reset().
/// Bounds: what the names and pieces of one chunk may take is limited (kPiecesMax), so that a chunk
/// whose records point at ever new places costs no more than it should.
class TemplateTable {
public:
    TemplateTable();

    /// Forgets everything and turns to another chunk.
    void reset(Bytes chunk);

    /// The template whose definition stands at `offset`. Errors: Corrupt, with the place.
    base::Result<const Template*> at(std::uint32_t offset);

    /// Elements written straight into a record or a value, without a template; `cursor` ends behind
    /// the last. Valid until reset() as well.
    base::Result<const Template*> inline_elements(ByteCursor& cursor);

    Bytes chunk() const { return chunk_; }

    /// Definitions: next (4), GUID (16), size of the BinXML (4).
    static constexpr std::size_t kDefinitionHead = 24;

private:
    friend class Compiler;

    struct Name {
        std::string_view text;
        std::size_t size = 0; ///< bytes it takes where it stands
        std::uint32_t hash = 0;
        bool plain = false;
    };

    /// The name at `offset`; nullptr where none can stand.
    const Name* name_at(std::size_t offset);
    std::string_view keep_utf16(Bytes utf16);
    std::string_view keep(std::string_view text);
    base::Result<const Template*> keep_template(const std::vector<Piece>& pieces);

    Bytes chunk_;
    std::pmr::monotonic_buffer_resource arena_;
    std::vector<Name> names_;
    std::vector<Template> templates_;
    /// Place in the chunk → 1 + index into names_ and templates_; 0: not seen.
    std::vector<std::uint16_t> name_index_;
    std::vector<std::uint16_t> template_index_;
    std::vector<std::uint32_t> touched_;
    std::size_t pieces_ = 0;
    std::size_t kept_bytes_ = 0;
    std::vector<Piece> scratch_;
    TextBuffer text_;
};

} // namespace tanggap::codec::evtx
