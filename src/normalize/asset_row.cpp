#include "normalize/asset_row.h"

#include <string>

#include "codec/csv_row.h"
#include "normalize/detail/network.h"

namespace tanggap::normalize {

std::optional<AssetProblem> problem_of(const Asset& asset)
{
    using enum AssetProblem::Kind;
    for (const std::string* text : {&asset.name, &asset.organisation, &asset.contact}) {
        if (!codec::is_plain_text(*text)) {
            return AssetProblem{.kind = Text, .found = *text};
        }
    }
    if (!detail::parse_network(asset.network)) {
        return AssetProblem{.kind = Network, .found = asset.network};
    }
    if (asset.name.empty()) {
        return AssetProblem{.kind = Name, .found = asset.network};
    }
    if (asset.value < 1 || asset.value > 3) {
        return AssetProblem{.kind = Value, .found = std::to_string(asset.value)};
    }
    return std::nullopt;
}

bool is_same_network(std::string_view a, std::string_view b)
{
    const auto network = detail::parse_network(a);
    return network && network == detail::parse_network(b);
}

} // namespace tanggap::normalize
