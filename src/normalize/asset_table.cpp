// Assets by longest prefix: rows of a CSV that people keep.
#include <algorithm>
#include <array>
#include <expected>
#include <map>
#include <optional>
#include <unordered_map>

#include "base/text.h"
#include "codec/csv_row.h"
#include "normalize/asset_row.h"
#include "normalize/detail/address.h"
#include "normalize/detail/network.h"
#include "normalize/enrich.h"

namespace tanggap::normalize {
namespace {

using detail::Bits;
using detail::masked;
using detail::parse_network;
constexpr std::size_t kColumns = 5;

/// One row, or what is wrong with it; the caller knows the line.
std::expected<Asset, AssetProblem> parse_row(std::string_view line, char separator)
{
    using enum AssetProblem::Kind;
    const auto wrong = [](AssetProblem::Kind kind, std::string_view found) {
        return std::unexpected(AssetProblem{.kind = kind, .found = std::string(found)});
    };
    if (!codec::is_plain_text(line)) {
        return wrong(Text, line);
    }
    std::array<std::string, kColumns> cells;
    if (!codec::split_cells(line, separator, cells)) {
        return wrong(Columns, line);
    }
    auto& [network, name, organisation, contact, value] = cells;
    const bool digit = value.size() == 1 && value[0] >= '0' && value[0] <= '9';
    if (!value.empty() && !digit) {
        return wrong(Value, value);
    }
    Asset asset{.network = std::move(network),
                .name = std::move(name),
                .organisation = std::move(organisation),
                .contact = std::move(contact)};
    asset.value = digit ? value[0] - '0' : asset.value;
    if (auto problem = problem_of(asset)) {
        return std::unexpected(std::move(*problem));
    }
    return asset;
}

} // namespace

struct AssetTable::Index {
    /// By prefix length, the longest first; usually two or three lengths in all.
    std::map<unsigned, std::map<Bits, std::size_t>, std::greater<>> networks;
    std::unordered_map<std::string, std::size_t> names; ///< lower case
};

AssetTable::AssetTable() : index_(std::make_unique<Index>()) {}
AssetTable::~AssetTable() = default;

std::shared_ptr<const AssetTable> AssetTable::from_rows(std::vector<Asset> rows)
{
    std::shared_ptr<AssetTable> table(new AssetTable());
    table->rows_ = std::move(rows);
    for (std::size_t i = 0; i < table->rows_.size(); ++i) {
        const Asset& asset = table->rows_[i];
        if (const auto network = parse_network(asset.network)) {
            table->index_->networks[network->length].emplace(network->bits, i);
        }
        table->index_->names.emplace(base::to_lower_ascii(asset.name), i);
    }
    return table;
}

base::Result<std::shared_ptr<const AssetTable>>
AssetTable::parse_csv(std::string_view csv, std::vector<AssetProblem>& problems)
{
    std::vector<Asset> rows;
    std::map<std::pair<unsigned, Bits>, std::size_t> seen; // network → line
    const codec::Table table = codec::read_table(csv, "network");
    for (const auto& [line_number, line] : table.lines) {
        auto row = parse_row(line, table.separator);
        if (!row) {
            problems.push_back(std::move(row).error());
            problems.back().line = line_number;
            continue;
        }
        const auto network = parse_network(row->network);
        const auto [place, added] =
            seen.emplace(std::pair(network->length, network->bits), line_number);
        if (!added) {
            problems.push_back({.kind = AssetProblem::Kind::Twice,
                                .line = line_number,
                                .found = row->network,
                                .other_line = place->second});
            continue;
        }
        rows.push_back(std::move(*row));
    }
    if (!problems.empty()) {
        return base::invalid(std::to_string(problems.size()) +
                             " of the asset rows are wrong; nothing was taken");
    }
    return from_rows(std::move(rows));
}

const Asset* AssetTable::find(std::string_view ip) const
{
    const auto bits = detail::address_bits(ip);
    if (!bits) {
        return nullptr;
    }
    for (const auto& [length, networks] : index_->networks) {
        const auto found = networks.find(masked(*bits, length));
        if (found != networks.end()) {
            return &rows_[found->second];
        }
    }
    return nullptr;
}

const Asset* AssetTable::find_name(std::string_view name) const
{
    const auto found = index_->names.find(base::to_lower_ascii(name));
    return found == index_->names.end() ? nullptr : &rows_[found->second];
}

} // namespace tanggap::normalize
