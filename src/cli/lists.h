// Verbs that read the server's lists, and the raw call (ui.md §7.1).
#pragma once

#include <string>

#include "cli/console.h"
#include "cli/server.h"

namespace tanggap::cli {

struct ListOptions {
    ServerOptions server = {};
    std::string query = {}; ///< -q, the same language everywhere
    std::string from = {};  ///< events: RFC 3339 or now-24h
    std::string to = {};
    std::string sort = {};
    std::size_t limit = 50; ///< items in all; pages are walked
    bool jsonl = false;     ///< one object a line; the default when stdout is no terminal
};

/// Exit codes of every verb here: 0, 3 no such thing, 4 key, 6 query, 7 server away.
int run_alert_list(const ListOptions& options, const Console& console);
int run_event_search(const ListOptions& options, const Console& console);
int run_quarantine_list(const ListOptions& options, const Console& console);

struct ItemOptions {
    ServerOptions server = {};
    std::string id = {};
};
/// The alert and why it fired.
int run_alert_show(const ItemOptions& options, const Console& console);
/// `id` is the path below the server, e.g. "/api/v1/ledger".
int run_api_get(const ItemOptions& options, const Console& console);

struct RerunOptions {
    ServerOptions server = {};
    std::string sensor = {};
    std::string reason = {};
};
/// Takes quarantined records through the journal again, after a source was mended.
int run_quarantine_rerun(const RerunOptions& options, const Console& console);

} // namespace tanggap::cli
