// Where things outside the binary lie: the engine library and the country database (rulings 8-10).
#pragma once

#include <string>

#include "store/engine/library.h"

namespace tanggap::app {

/// The clone this binary was built in, found from where the binary lies; empty when installed
/// elsewhere.
std::string clone_folder();

store::LibrarySearch engine_search(const std::string& data, const std::string& option);

/// Order: the option, DATA/geo/country.mmdb, the package below tools/geo of the clone. Empty: none.
std::string find_country_database(const std::string& data, const std::string& option);

} // namespace tanggap::app
