// Where libchdb.so is (rulings 8, 9).
#pragma once

#include <string>

#include "base/error.h"

namespace tanggap::store {

struct LibrarySearch {
    std::string option;      ///< --engine-library; when given nothing else is tried
    std::string data;        ///< data folder: DATA/engine/libchdb.so
    std::string source_root; ///< the clone, for tools/engine/node_modules; may be empty
};

/// Order: the option, TANGGAP_ENGINE_LIBRARY, DATA/engine, ./var/engine, then the package below
/// tools/engine of the clone or of the folder the program was built in.
/// Errors: NotFound, naming every place looked at and the command that installs it.
base::Result<std::string> find_engine_library(const LibrarySearch& search);

} // namespace tanggap::store
