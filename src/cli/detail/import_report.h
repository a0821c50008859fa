// What came of an import: per file and in all (rulings 52).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/detail/api_client.h"

namespace tanggap::cli::detail {

using Counts = std::map<std::string, std::uint64_t>;

/// Units: records, but for detections. records = created + duplicate + quarantined + Σ rejected.
struct FileReport {
    std::string path;
    std::string sensor;
    std::string source;
    std::uint64_t records = 0;
    std::uint64_t duplicate = 0;
    Counts rejected;
    Counts quarantined;
    std::uint64_t detections = 0;
    std::set<std::string> alerts; ///< numbers
    std::string error;            ///< why not all of it could be read or sent

    std::uint64_t quarantined_records() const;
    std::uint64_t rejected_records() const;
    std::uint64_t created() const; ///< "new"
};

struct ImportReport {
    std::vector<FileReport> files;
    double seconds = 0;
};

/// An object a line, a line a file.
std::string to_lines(const ImportReport& report);
/// The summary object (rulings 52).
Json to_json(const ImportReport& report);
/// An aligned table with a row a file and a line of totals.
std::string to_text(const ImportReport& report);

} // namespace tanggap::cli::detail
