// Some names of event fields: what is read of an event, and so what must be there.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace tanggap::model {

struct FieldSet {
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const
        {
            return std::hash<std::string_view>{}(text);
        }
    };

    bool all = false; ///< every field, whatever `names` says
    std::unordered_set<std::string, Hash, std::equal_to<>> names;

    bool contains(std::string_view name) const { return all || names.contains(name); }
};

} // namespace tanggap::model
