// Wanted fields of a record: for each template which slot holds which, worked out once.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "codec/evtx.h"
#include "codec/evtx/template.h"
#include "codec/evtx/walker.h"

namespace tanggap::codec {

struct EvtxFieldNames::Table {
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const
        {
            return std::hash<std::string_view>{}(text);
        }
    };
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> index;
    std::uint64_t id = 0; ///< tells tables apart
};

} // namespace tanggap::codec

namespace tanggap::codec::evtx {

/// What to take from the values of one template.
struct Plan {
    struct Take {
        std::uint32_t field = 0;
        std::uint16_t slot = Piece::kNoSlot; ///< kNoSlot: `text`
        bool joined = false;                 ///< goes on with the value before it
        std::string_view text;
    };
    std::vector<Take> takes;
    /// Slots that may hold BinXML: holes that stand where an element could.
    std::vector<std::uint16_t> nested;
};

/// Plans of the templates of the chunk at hand. Lifetime: until reset().
class Plans {
public:
    void reset() { plans_.clear(); }
    const Plan& of(const Template& found, const EvtxFieldNames::Table& names);

private:
    /// By Template::serial; a deque, as plans in use stay where they are.
    std::deque<std::pair<bool, Plan>> plans_;
    std::uint64_t names_ = 0;
};

/// Reads the fields of the record whose BinXML lies from `begin` to `end`.
base::Status take_fields(TemplateTable& table, ValueStack& stack, Plans& plans,
                         const EvtxFieldNames::Table& names, std::size_t begin, std::size_t end,
                         TextBuffer& text, std::vector<EvtxField>& fields);

} // namespace tanggap::codec::evtx
