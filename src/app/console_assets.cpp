#include "app/console_assets.h"

#include <algorithm>
#include <console_assets.h>

namespace tanggap::app {

std::optional<api::Asset> find_console_asset(std::string_view path)
{
    const auto assets = console::assets();
    const auto found = std::ranges::lower_bound(assets, path, {}, &console::Asset::path);
    if (found == assets.end() || found->path != path) {
        return std::nullopt;
    }
    std::string_view hash = found->etag;
    hash.remove_prefix(1);
    hash.remove_suffix(1);
    return api::Asset{.bytes = found->plain,
                      .content_type = found->type,
                      .hash = hash,
                      .brotli = found->brotli,
                      .gzip = found->gzip};
}

} // namespace tanggap::app
