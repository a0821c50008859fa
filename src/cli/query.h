// Reading verbs on server data: `alert list|show`, `event search`, `quarantine list|rerun`, `api`.
#pragma once

#include <cstddef>
#include <string>

#include "cli/console.h"
#include "cli/server.h"

namespace tanggap::cli {

struct QueryOptions {
    ServerOptions server = {};
    std::string query = {}; ///< of the query language, `-q`
    std::string from = {};  ///< events only: RFC 3339 or now-24h
    std::string to = {};
    std::size_t limit = 50;
    bool jsonl = false; ///< an object a line; default where stdout is no terminal
};

int run_alert_list(const QueryOptions& options, const Console& console);
/// `id`: "ALR-12" or a UUID.
int run_alert_show(const ServerOptions& server, const std::string& id, const Console& console);
int run_event_search(const QueryOptions& options, const Console& console);
int run_quarantine_list(const QueryOptions& options, const Console& console);
/// `query`: a text that name, network, organisation or contact must hold.
int run_asset_list(const QueryOptions& options, const Console& console);
/// All of one reason or sensor; both empty: everything.
int run_quarantine_rerun(const ServerOptions& server, const std::string& sensor,
                         const std::string& reason, const Console& console);
/// The body of GET `path` as it is, e.g. "/api/v1/ledger" or "/ledger".
int run_api_get(const ServerOptions& server, const std::string& path, const Console& console);

} // namespace tanggap::cli
