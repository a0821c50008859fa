#include "cli/query.h"

#include <fmt/format.h>

#include "cli/detail/api_client.h"
#include "cli/detail/printing.h"
#include "net/http.h"

namespace tanggap::cli {
namespace {

using detail::ApiClient;
using detail::Json;

using detail::append_parameter;
using detail::cell;
using detail::exit_code_of;
using detail::print_get;
using detail::print_list;

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
