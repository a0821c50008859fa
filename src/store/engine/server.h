// The engine child's server: a thread for each client, a turn for each query, and a watch that ends
// the queries of clients that have gone.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "store/engine/chdb_api.h"

namespace tanggap::store::engine {

struct ServerOptions {
    std::string data;
    std::string config;
    std::size_t readers = 4;
};

/// Binds a unix socket with mode 0600, replacing a stale one. Returns the listening descriptor.
base::Result<int> listen_on(const std::string& path);

/// Opens the engine and serves `listener` for ever. Returns only with an error.
base::Error serve(int listener, const ChdbApi& api, const ServerOptions& options);

} // namespace tanggap::store::engine
