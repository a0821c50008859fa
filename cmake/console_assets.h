// The console's built files, inside the program. Made from TANGGAP_WEB_DIST by cmake/web.cmake;
// an empty table where the program was built without a console.
#pragma once

#include <span>
#include <string_view>

namespace tanggap::console {

/// One file below /app/.
/// Lifetime: all views last as long as the program.
struct Asset {
    std::string_view path;      ///< "index.html", "assets/index-CD6qnvim.js"
    std::string_view type;      ///< media type
    std::string_view plain;
    std::string_view brotli;    ///< empty: not smaller than plain
    std::string_view gzip;      ///< empty: not smaller than plain
    std::string_view etag;      ///< with its quotes; of the plain bytes
    bool immutable = false;     ///< the name holds a hash: cache for a year
};

/// Sorted by path.
std::span<const Asset> assets();

} // namespace tanggap::console
