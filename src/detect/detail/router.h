// Which partitions an event belongs to, and what is asked of its values there.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "detect/detail/compiled.h"
#include "detect/detail/event_view.h"

namespace tanggap::detect {

struct Route {
    /// All matchers of one field at once.
    struct Field {
        SlotId slot = 0;
        std::uint64_t scope = 0; ///< of remembered values
        std::vector<const TextMatcher*> matchers;

        /// Whether to remember values now: of a field whose values hardly come again, only a few
        /// are tried from time to time.
        bool repeats()
        {
            constexpr std::uint32_t kTried = 1'024;
            constexpr std::uint32_t kLeftAlone = 16'384;
            if (alone > 0) {
                --alone;
                return false;
            }
            if (++tried == kTried) {
                alone = known < kTried / 4 ? kLeftAlone : 0;
                tried = 0;
                known = 0;
            }
            return true;
        }
        std::uint32_t tried = 0;
        std::uint32_t known = 0; ///< of those tried
        std::uint32_t alone = 0; ///< values to come that are not tried
    };
    std::vector<std::uint32_t> partitions;
    std::vector<Field> fields;
    std::vector<const TextMatcher*> keywords;
};

/// Fields that decide have few known values, so their combinations are few: remembered.
/// Thread: one owner.
class Router {
public:
    explicit Router(const RuleSet::Compiled& set);
    /// Lifetime: until the next call.
    Route& route(const EventView& view);

private:
    /// A value seen before and what it is to one field; another may take its place.
    struct Known {
        std::string text;
        std::uint32_t id = 0; ///< 0: none yet
    };
    using KnownValues = std::array<Known, 16>;
    std::uint32_t id_of(std::size_t field, std::string_view text);
    /// Lifetime: until the next call.
    std::string_view key_of(const EventView& view);
    Route route_slowly(const model::Event& event);

    const RuleSet::Compiled& set_;
    std::vector<KnownValues> known_; ///< by deciding field
    std::vector<std::uint32_t> ids_; ///< of all deciding fields, a zero behind those of each
    std::unordered_map<std::string, Route, TextHash, std::equal_to<>> routes_;
    Route slow_route_;
    std::uint64_t next_scope_; ///< those before it are the predicates'; never one twice
};

} // namespace tanggap::detect
