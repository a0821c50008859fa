#include "detect/detail/router.h"

#include <algorithm>
#include <map>
#include <span>

#include "base/rule_limits.h"
#include "detect/detail/pattern.h"
#include "detect/detail/reasons.h"

namespace tanggap::detect {

Router::Router(const RuleSet::Compiled& set)
    : set_(set), known_(set.routes.size()), next_scope_(set.predicates.size())
{
}

/// 1 is any value that no partition asks for.
std::uint32_t Router::id_of(std::size_t field, std::string_view text)
{
    constexpr std::size_t kTextMax = 128;
    if (text.size() > kTextMax) {
        return 1;
    }
    const auto mixed = text.empty() ? 0
                                    : text.size() + 7 * static_cast<unsigned char>(text.back()) +
                                          static_cast<unsigned char>(text[text.size() / 2]);
    auto& known = known_[field][mixed % std::tuple_size_v<KnownValues>];
    if (known.id == 0 || known.text != text) {
        char lowered[kTextMax];
        std::ranges::transform(text, lowered, lower_ascii);
        const auto& values = set_.routes[field].values;
        const auto found = values.find(std::string_view(lowered, text.size()));
        known.id = found == values.end() ? 1U : found->second;
        known.text = text;
    }
    return known.id;
}

/// Which values there are decides, not how often or in which order a sender names them.
std::string_view Router::key_of(const EventView& view)
{
    ids_.clear();
    for (std::size_t i = 0; i < set_.routes.size(); ++i) {
        const auto before = ids_.size();
        view.any_of_slot(set_.routes[i].slot, [&](std::uint32_t number) {
            const auto& value = view.value(number);
            if (value.kind != model::Value::Kind::Null) {
                ids_.push_back(id_of(i, value.text));
            }
            return false;
        });
        if (ids_.size() - before > 1) {
            const auto own = std::span(ids_).subspan(before);
            std::ranges::sort(own);
            const auto repeated = std::ranges::unique(own);
            ids_.resize(ids_.size() - repeated.size());
        }
        ids_.push_back(0); // the next field
    }
    return {reinterpret_cast<const char*>(ids_.data()), ids_.size() * sizeof ids_.front()};
}

Route& Router::route(const EventView& view)
{
    using base::limits::kRoutesMax;
    constexpr std::size_t kKeyMax = 512;
    const auto key = key_of(view);
    if (key.size() > kKeyMax) {
        slow_route_ = route_slowly(view.event());
        return slow_route_;
    }
    if (const auto found = routes_.find(key); found != routes_.end()) {
        return found->second;
    }
    if (routes_.size() >= kRoutesMax) {
        routes_.clear();
    }
    return routes_.emplace(key, route_slowly(view.event())).first->second;
}

Route Router::route_slowly(const model::Event& event)
{
    Route out;
    std::map<SlotId, std::vector<const TextMatcher*>> by_slot;
    for (std::uint32_t i = 0; i < set_.partitions.size(); ++i) {
        const auto& partition = set_.partitions[i];
        if (!variant_applies(*partition.variant, event)) {
            continue;
        }
        out.partitions.push_back(i);
        for (const auto& [slot, matcher] : partition.matchers) {
            by_slot[slot].push_back(&matcher);
        }
        if (partition.keywords.size() > 0) {
            out.keywords.push_back(&partition.keywords);
        }
    }
    for (auto& [slot, matchers] : by_slot) {
        out.fields.push_back(
            {.slot = slot, .scope = next_scope_++, .matchers = std::move(matchers)});
    }
    return out;
}

} // namespace tanggap::detect
