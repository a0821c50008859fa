// Country, asset and owner organisation of the addresses of an event.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/event.h"
#include "normalize/normalizer.h"

namespace tanggap::normalize {

/// One row of `network,name,organisation,contact,value` (rulings 35).
struct Asset {
    std::string network; ///< CIDR or address, canonical
    std::string name;
    std::string organisation;
    std::string contact;
    int value = 2; ///< 1..3
};

/// What is wrong with one row of an asset file; words for it are made where it is shown.
struct AssetProblem {
    enum class Kind : std::uint8_t { Columns, Text, Network, Name, Value, Twice };
    Kind kind = Kind::Columns;
    std::size_t line = 0;       ///< 1-based, in the file
    std::string found;          ///< what the row says there
    std::size_t other_line = 0; ///< Twice: the line that has the network already
};

/// Longest-prefix table of assets. Immutable.
class AssetTable {
public:
    /// Columns are apart by commas, or by semicolons where the first line that is no comment has no
    /// comma (so do spreadsheets write them in Indonesia). Lines: empty ones and those with # are
    /// passed over.
    /// Errors: Invalid, with every bad row; two rows for the same network are refused.
    static base::Result<std::shared_ptr<const AssetTable>>
    parse_csv(std::string_view csv, std::vector<AssetProblem>& problems);
    static std::shared_ptr<const AssetTable> from_rows(std::vector<Asset> rows);
    const Asset* find(std::string_view ip) const;
    std::span<const Asset> rows() const { return rows_; }
    /// The asset of that name, without regard to case.
    const Asset* find_name(std::string_view name) const;
    ~AssetTable();

private:
    AssetTable();
    std::vector<Asset> rows_;
    struct Index;
    std::unique_ptr<Index> index_;
};

/// A MaxMind DB of countries, and optionally one of ASNs. Immutable, memory-mapped.
class GeoTable {
public:
    static base::Result<std::shared_ptr<const GeoTable>> open(const std::string& country_mmdb,
                                                              const std::string& asn_mmdb);
    /// ISO 3166 alpha-2, or empty. `ip` is textual v4 or v6; an address of a private or other local
    /// network, or one for documentation, has none, whatever the file says.
    /// Lifetime: the table's.
    std::string_view country(std::string_view ip) const;
    struct Network {
        std::uint32_t number = 0; ///< 0: unknown, or no such database
        std::string_view organisation;
    };
    Network network(std::string_view ip) const;
    base::Time built_at() const; ///< age shown beside figures (rulings 10)
    ~GeoTable();

private:
    GeoTable();
    struct Databases;
    std::unique_ptr<Databases> databases_;
};

struct Enrichment {
    std::shared_ptr<const GeoTable> geo;      ///< may be null
    std::shared_ptr<const AssetTable> assets; ///< may be null
};

/// Adds `source.geo.country_iso_code`, `destination.geo.country_iso_code`, `source.as.number`,
/// `source.as.organization.name`,
/// `tanggap.asset.{id,name,value}` and `organization.name` (of destination.ip, else host.ip, else
/// the asset whose name is host.name or url.domain).
void enrich(const Enrichment& enrichment, model::EventBatch& batch);

} // namespace tanggap::normalize
