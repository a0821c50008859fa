// Countries and networks from MaxMind DB files.
#include <maxminddb.h>
#include <netinet/in.h>

#include <cstring>

#include "normalize/detail/address.h"
#include "normalize/enrich.h"

namespace tanggap::normalize {
namespace {

/// An open file; closed with its owner.
struct Database {
    MMDB_s file{};
    bool open = false;

    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database()
    {
        if (open) {
            MMDB_close(&file);
        }
    }

    base::Status open_file(const std::string& path)
    {
        const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file);
        if (status != MMDB_SUCCESS) {
            return base::invalid("cannot read the address database " + path + ": " +
                                 MMDB_strerror(status) + "; expected a MaxMind DB (.mmdb) file");
        }
        open = true;
        return {};
    }

    std::optional<MMDB_entry_s> find(std::string_view ip) const
    {
        const auto bits = open ? detail::address_bits(ip) : std::nullopt;
        if (!bits || detail::has_no_place(*bits)) {
            return std::nullopt;
        }
        sockaddr_storage address{};
        const bool mapped = std::memcmp(bits->data(), "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0;
        if (mapped) {
            auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
            v4->sin_family = AF_INET;
            std::memcpy(&v4->sin_addr, bits->data() + 12, 4);
        } else {
            auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
            v6->sin6_family = AF_INET6;
            std::memcpy(&v6->sin6_addr, bits->data(), 16);
        }
        int error = MMDB_SUCCESS;
        const MMDB_lookup_result_s result =
            MMDB_lookup_sockaddr(&file, reinterpret_cast<const sockaddr*>(&address), &error);
        if (error != MMDB_SUCCESS || !result.found_entry) {
            return std::nullopt;
        }
        return result.entry;
    }
};

std::string_view text_at(MMDB_entry_s& entry, const char* const* path)
{
    MMDB_entry_data_s data{};
    if (MMDB_aget_value(&entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
        data.type != MMDB_DATA_TYPE_UTF8_STRING) {
        return {};
    }
    return {data.utf8_string, data.data_size};
}

} // namespace

struct GeoTable::Databases {
    Database country;
    Database network;
};

GeoTable::GeoTable() : databases_(std::make_unique<Databases>()) {}
GeoTable::~GeoTable() = default;

base::Result<std::shared_ptr<const GeoTable>> GeoTable::open(const std::string& country_mmdb,
                                                             const std::string& asn_mmdb)
{
    std::shared_ptr<GeoTable> table(new GeoTable());
    if (!country_mmdb.empty()) {
        TRY_STATUS(table->databases_->country.open_file(country_mmdb));
    }
    if (!asn_mmdb.empty()) {
        TRY_STATUS(table->databases_->network.open_file(asn_mmdb));
    }
    return table;
}

std::string_view GeoTable::country(std::string_view ip) const
{
    auto entry = databases_->country.find(ip);
    if (!entry) {
        return {};
    }
    // MaxMind's own layout, then that of ip-location-db.
    constexpr const char* kNested[] = {"country", "iso_code", nullptr};
    constexpr const char* kFlat[] = {"country_code", nullptr};
    const std::string_view nested = text_at(*entry, kNested);
    return nested.empty() ? text_at(*entry, kFlat) : nested;
}

GeoTable::Network GeoTable::network(std::string_view ip) const
{
    auto entry = databases_->network.find(ip);
    if (!entry) {
        return {};
    }
    Network out;
    constexpr const char* kNumber[] = {"autonomous_system_number", nullptr};
    constexpr const char* kName[] = {"autonomous_system_organization", nullptr};
    MMDB_entry_data_s data{};
    if (MMDB_aget_value(&*entry, &data, kNumber) == MMDB_SUCCESS && data.has_data &&
        data.type == MMDB_DATA_TYPE_UINT32) {
        out.number = data.uint32;
    }
    out.organisation = text_at(*entry, kName);
    return out;
}

base::Time GeoTable::built_at() const
{
    if (!databases_->country.open) {
        return {};
    }
    return base::Time::from_seconds(
        static_cast<std::int64_t>(databases_->country.file.metadata.build_epoch));
}

} // namespace tanggap::normalize
