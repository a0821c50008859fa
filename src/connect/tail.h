// Files that grow: each line once, across rotation, truncation and restarts.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "connect/input.h"
#include "disk/journal.h"

namespace tanggap::connect {

struct TailOptions {
    std::string glob; ///< "/var/log/apache2/*.log"; packed files are passed over
    std::string sensor;
    std::string source = {};      ///< empty: chosen from each batch's records
    std::string timezone = {};    ///< empty: UTC
    std::size_t files_max = 1024; ///< each holds a descriptor
};

/// "GLOB=SENSOR". Errors: Invalid where there is no '=' or a part is empty.
base::Result<TailOptions> parse_tail(const std::string& text);

/// Where reading stands is saved in the same write as the records read, so a restart goes on
/// exactly there. Lifetime: `journal` outlives the input.
base::Result<std::unique_ptr<Input>> open_tail(const TailOptions& options, disk::Journal& journal);

} // namespace tanggap::connect
