// Assets by longest prefix: rows of a CSV that people keep.
#include <algorithm>
#include <array>
#include <charconv>
#include <expected>
#include <map>
#include <optional>
#include <unordered_map>

#include "base/text.h"
#include "normalize/detail/address.h"
#include "normalize/enrich.h"

namespace tanggap::normalize {
namespace {

using Bits = std::array<unsigned char, 16>;
constexpr unsigned kIpv4Prefix = 96; ///< IPv4 lies in ::ffff:0:0/96
constexpr std::size_t kColumns = 5;

struct Network {
    Bits bits{};
    unsigned length = 0; ///< 0..128
};

Bits masked(Bits bits, unsigned length)
{
    for (unsigned i = 0; i < bits.size(); ++i) {
        const unsigned kept = length <= i * 8 ? 0 : std::min(length - i * 8, 8U);
        bits[i] = static_cast<unsigned char>(bits[i] & (0xFF00U >> kept & 0xFFU));
    }
    return bits;
}

std::optional<Network> parse_network(std::string_view text)
{
    const auto slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const auto bits = detail::address_bits(address);
    if (!bits) {
        return std::nullopt;
    }
    const bool ipv4 = address.find(':') == std::string_view::npos;
    const unsigned most = ipv4 ? 32 : 128;
    unsigned length = most;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), length);
        if (error != std::errc{} || end != digits.data() + digits.size() || length > most) {
            return std::nullopt;
        }
    }
    length += ipv4 ? kIpv4Prefix : 0;
    return Network{.bits = masked(*bits, length), .length = length};
}

/// Takes one CSV field. Source: RFC 4180 §2.
std::string take_field(std::string_view& line, char separator)
{
    std::string out;
    if (!line.starts_with('"')) {
        const auto end = std::min(line.find(separator), line.size());
        out = base::trim(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
        return out;
    }
    std::size_t i = 1;
    for (; i < line.size(); ++i) {
        if (line[i] == '"' && (i + 1 == line.size() || line[i + 1] != '"')) {
            break;
        }
        i += line[i] == '"' ? 1 : 0;
        out += line[i];
    }
    const auto next = line.find(separator, std::min(i, line.size()));
    line.remove_prefix(next == std::string_view::npos ? line.size() : next + 1);
    return out;
}

bool is_text(std::string_view line)
{
    return base::is_utf8(line) && std::ranges::none_of(line, [](char c) {
               return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f';
           });
}

/// One row, or what is wrong with it; the caller knows the line.
std::expected<Asset, AssetProblem> parse_row(std::string_view line, char separator)
{
    using enum AssetProblem::Kind;
    const auto wrong = [](AssetProblem::Kind kind, std::string_view found) {
        return std::unexpected(AssetProblem{.kind = kind, .found = std::string(found)});
    };
    if (!is_text(line)) {
        return wrong(Text, line);
    }
    std::array<std::string, kColumns> fields;
    const bool closed = std::ranges::count(line, '"') % 2 == 0;
    for (std::string_view rest = line; std::string & field : fields) {
        field = take_field(rest, separator);
        if (&field == &fields.back() && (!rest.empty() || !closed)) {
            return wrong(Columns, line);
        }
    }
    if (!parse_network(fields[0])) {
        return wrong(Network, fields[0]);
    }
    if (fields[1].empty()) {
        return wrong(Name, line);
    }
    Asset asset{
        .network = fields[0], .name = fields[1], .organisation = fields[2], .contact = fields[3]};
    if (!fields[4].empty()) {
        if (fields[4].size() != 1 || fields[4][0] < '1' || fields[4][0] > '3') {
            return wrong(Value, fields[4]);
        }
        asset.value = fields[4][0] - '0';
    }
    return asset;
}

bool is_header(std::string_view line, char separator)
{
    return base::equals_ignore_case_ascii(take_field(line, separator), "network");
}

char separator_of(std::string_view csv)
{
    const std::string_view first = csv.substr(0, csv.find('\n'));
    return first.find(',') == first.npos && first.find(';') != first.npos ? ';' : ',';
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
    std::size_t line_number = 0;
    csv.remove_prefix(csv.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    const char separator = separator_of(csv);
    while (!csv.empty()) {
        const auto end = std::min(csv.find('\n'), csv.size());
        const std::string_view line = base::trim(csv.substr(0, end));
        csv.remove_prefix(std::min(end + 1, csv.size()));
        ++line_number;
        if (line.empty() || line.starts_with('#') ||
            (line_number == 1 && is_header(line, separator))) {
            continue;
        }
        auto row = parse_row(line, separator);
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
