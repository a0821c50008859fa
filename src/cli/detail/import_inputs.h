// What an import is asked to read: paths, globs, folders and "-" to files with a sensor each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::cli::detail {

struct Input {
    std::string path; ///< as given or found; "-" is standard input
    std::string sensor;
    base::Time modified;     ///< zero for standard input
    std::uint64_t bytes = 0; ///< 0 where unknown
};

struct InputList {
    std::vector<Input> files;
    std::vector<std::pair<std::string, base::Error>> unreadable; ///< path and why
};

/// Folders are read recursively in name order; a pattern without a match is unreadable.
InputList find_inputs(const std::vector<std::string>& paths, const std::string& sensor);

/// Shape: "/var/log/apache2/access.log.2.gz" gives "apache2-access": rotation numbers, dates and
/// packing do not change the sensor, so that a file counts once whatever it is called by now.
std::string sensor_of(std::string_view path);

} // namespace tanggap::cli::detail
