#include "detect/detail/router.h"

#include <algorithm>
#include <map>

#include "detect/detail/pattern.h"
#include "detect/detail/reasons.h"

namespace tanggap::detect {

Router::Router(const RuleSet::Compiled& set)
    : set_(set),
      known_(set.routes.size()),
      next_scope_(static_cast<std::uint32_t>(set.predicates.size()))
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

Route& Router::route(const EventView& view)
{
    constexpr std::size_t kRoutesMax = 65'536;
    constexpr std::size_t kKeyMax = 512;
    key_.clear();
    for (std::size_t i = 0; i < set_.routes.size(); ++i) {
        const auto add = [&](std::uint32_t id) {
            key_.append(reinterpret_cast<const char*>(&id), sizeof id);
        };
        view.any_of_slot(set_.routes[i].slot, [&](std::uint32_t number) {
            const auto& value = view.value(number);
            if (value.kind != model::Value::Kind::Null) {
                add(id_of(i, value.text));
            }
            return key_.size() > kKeyMax;
        });
        add(0); // the next field
    }
    if (key_.size() > kKeyMax) {
        slow_route_ = route_slowly(view.event());
        return slow_route_;
    }
    if (const auto found = routes_.find(key_); found != routes_.end()) {
        return found->second;
    }
    if (routes_.size() >= kRoutesMax) {
        routes_.clear();
    }
    return routes_.emplace(key_, route_slowly(view.event())).first->second;
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
