#include "cli/query.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/limits.h"
#include "cli/detail/api_client.h"
#include "net/http.h"

namespace tanggap::cli {
namespace {

using detail::ApiClient;
using detail::Json;

using Row = std::function<std::string(const Json&)>;

/// The text of one column, whatever type the member has; made safe for a terminal.
std::string cell(const Json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) {
        return "-";
    }
    return printable(found->is_string() ? found->get<std::string>() : found->dump());
}

std::string alert_row(const Json& alert)
{
    return fmt::format("{:<10} {:>3} {:<13} {:<9} {:<20} {:>8}  {} -> {}  {}",
                       cell(alert, "number"), cell(alert, "priority"), cell(alert, "severity"),
                       cell(alert, "outcome"), cell(alert, "last_seen").substr(0, 20),
                       cell(alert, "events"), cell(alert, "source"), cell(alert, "target"),
                       cell(alert, "title"));
}

std::string event_row(const Json& event)
{
    const auto nested = event.find("event");
    const Json& inner = nested == event.end() ? event : *nested;
    return fmt::format("{:<30} {:<18} {}", cell(event, "@timestamp"), cell(inner, "dataset"),
                       cell(inner, "original"));
}

std::string quarantine_row(const Json& entry)
{
    return fmt::format("{}  {:<16} {:<14} {:>9}  {}  {}", cell(entry, "id"), cell(entry, "sensor"),
                       cell(entry, "reason"), cell(entry, "length"), cell(entry, "detail"),
                       cell(entry, "preview"));
}

std::string asset_row(const Json& asset)
{
    return fmt::format("{:<20} {} {:<24} {:<28} {}", cell(asset, "network"), cell(asset, "value"),
                       cell(asset, "name"), cell(asset, "organisation"), cell(asset, "contact"));
}

void append_parameter(std::string& target, std::string_view name, const std::string& value)
{
    if (!value.empty()) {
        target += target.find('?') == std::string::npos ? '?' : '&';
        target += std::string(name) + "=" + net::percent_encode(value);
    }
}

/// Pages of `target` up to options.limit items, an item a line.
base::Status print_list(const QueryOptions& options, const std::string& target, const Row& row,
                        const Console& console)
{
    TRY(auto client, ApiClient::open(options.server));
    const bool as_json = options.jsonl || !console.out_is_terminal;
    std::string cursor;
    for (std::size_t left = options.limit; left > 0;) {
        std::string page_target = target;
        append_parameter(page_target, "limit",
                         std::to_string(std::min(left, base::limits::kPageItemsMax)));
        append_parameter(page_target, "cursor", cursor);
        TRY(const Json page, client.get(page_target));
        const auto items = page.find("items");
        if (items == page.end() || !items->is_array()) {
            return base::internal("the server's list has no items");
        }
        for (const Json& item : *items) {
            console.out((as_json ? item.dump() : row(item)) + "\n");
        }
        left -= std::min(left, items->size());
        cursor = detail::text_of(page, "next");
        if (cursor.empty() || items->empty()) {
            break;
        }
    }
    return {};
}

int exit_code_of(const base::Status& status, const Console& console)
{
    return status ? 0 : report(console, status.error());
}

base::Status print_get(const ServerOptions& server, const std::string& target,
                       const Console& console)
{
    TRY(auto client, ApiClient::open(server));
    TRY(const net::HttpResponse response, client.send({.target = target}));
    if (response.status >= 400) {
        return std::unexpected(detail::error_of(response));
    }
    const Json json = Json::parse(response.body, nullptr, false);
    const bool pretty = console.out_is_terminal && !json.is_discarded();
    console.out(pretty ? json.dump(2) + "\n" : response.body);
    if (!pretty && !response.body.ends_with('\n')) {
        console.out("\n");
    }
    return {};
}

} // namespace

int run_alert_list(const QueryOptions& options, const Console& console)
{
    std::string target = "/api/v1/alerts?sort=-priority";
    append_parameter(target, "q", options.query);
    return exit_code_of(print_list(options, target, alert_row, console), console);
}

int run_alert_show(const ServerOptions& server, const std::string& id, const Console& console)
{
    return exit_code_of(print_get(server, "/api/v1/alerts/" + net::percent_encode(id), console),
                        console);
}

int run_event_search(const QueryOptions& options, const Console& console)
{
    std::string target = "/api/v1/events";
    append_parameter(target, "q", options.query);
    append_parameter(target, "from", options.from);
    append_parameter(target, "to", options.to);
    return exit_code_of(print_list(options, target, event_row, console), console);
}

int run_quarantine_list(const QueryOptions& options, const Console& console)
{
    return exit_code_of(print_list(options, "/api/v1/quarantine", quarantine_row, console),
                        console);
}

int run_asset_list(const QueryOptions& options, const Console& console)
{
    std::string target = "/api/v1/assets";
    append_parameter(target, "text", options.query);
    return exit_code_of(print_list(options, target, asset_row, console), console);
}

int run_quarantine_rerun(const ServerOptions& server, const std::string& sensor,
                         const std::string& reason, const Console& console)
{
    const auto rerun = [&]() -> base::Status {
        TRY(auto client, ApiClient::open(server));
        Json body = Json::object();
        if (!sensor.empty()) {
            body["sensor"] = sensor;
        }
        if (!reason.empty()) {
            body["reason"] = reason;
        }
        TRY(const Json answer, client.post("/api/v1/quarantine/rerun", body));
        console.out(answer.dump() + "\n");
        return {};
    };
    return exit_code_of(rerun(), console);
}

int run_api_get(const ServerOptions& server, const std::string& path, const Console& console)
{
    const bool whole =
        path.starts_with("/api/") || path == "/health" || path == "/ready" || path == "/metrics";
    const std::string target =
        whole ? path : "/api/v1" + (path.starts_with('/') ? path : "/" + path);
    return exit_code_of(print_get(server, target, console), console);
}

} // namespace tanggap::cli
