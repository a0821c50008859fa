#include "app/places.h"

#include <filesystem>

namespace tanggap::app {

namespace fs = std::filesystem;

std::string clone_folder()
{
    std::error_code error;
    // build/<preset>/src/tanggap lies four steps below the clone.
    fs::path folder = fs::read_symlink("/proc/self/exe", error);
    for (int i = 0; i < 4 && !error; ++i) {
        folder = folder.parent_path();
    }
    return !error && fs::exists(folder / "tools/engine/package.json", error) ? folder.string() : "";
}

store::LibrarySearch engine_search(const std::string& data, const std::string& option)
{
    return {.option = option, .data = data, .source_root = clone_folder()};
}

std::string find_country_database(const std::string& data, const std::string& option)
{
    if (!option.empty()) {
        return option;
    }
    const fs::path places[] = {
        fs::path(data) / "geo/country.mmdb",
        fs::path(clone_folder()) / "tools/geo/node_modules/@ip-location-db/"
                                   "geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb",
    };
    std::error_code ignored; // what cannot be looked at is not there
    for (const fs::path& place : places) {
        if (fs::exists(place, ignored)) {
            return place.string();
        }
    }
    return "";
}

} // namespace tanggap::app
