#include "cli/lists.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <vector>

#include "base/limits.h"
#include "cli/detail/api_client.h"

namespace tanggap::cli {
namespace {

using detail::ApiClient;
using detail::Json;
using detail::text_of;

void add_parameter(std::string& target, std::string_view name, std::string_view value)
{
    if (!value.empty()) {
        target += target.find('?') == std::string::npos ? '?' : '&';
        target += fmt::format("{}={}", name, net::percent_encode(value));
    }
}

/// Gives `take` every item, page by page, up to `limit`.
base::Status walk(ApiClient& client, const std::string& target, std::size_t limit,
                  const std::function<void(const Json&)>& take)
{
    std::string cursor;
    while (limit > 0) {
        std::string page_target = target;
        add_parameter(page_target, "limit",
                      std::to_string(std::min(limit, base::limits::kPageItemsMax)));
        add_parameter(page_target, "cursor", cursor);
        TRY(const Json page, client.get(page_target));
        const Json items = page.value("items", Json::array());
        for (const Json& item : items) {
            take(item);
        }
        limit -= std::min(limit, items.size());
        cursor = text_of(page, "next");
        if (cursor.empty() || items.empty()) {
            break;
        }
    }
    return {};
}

using Row = std::vector<std::string>;

std::string aligned(const std::vector<Row>& rows)
{
    std::vector<std::size_t> widths;
    for (const Row& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::string text;
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += i + 1 == row.size() ? row[i] : fmt::format("{:{}}  ", row[i], widths[i]);
        }
        text += '\n';
    }
    return text;
}

/// A list as JSON lines or as an aligned table of `columns`.
struct Listing {
    std::string target;
    Row head;
    std::function<Row(const Json&)> row;
};

int run_listing(const ListOptions& options, const Console& console, Listing listing)
{
    add_parameter(listing.target, "q", options.query);
    add_parameter(listing.target, "from", options.from);
    add_parameter(listing.target, "to", options.to);
    add_parameter(listing.target, "sort", options.sort);
    auto client = ApiClient::open(options.server);
    if (!client) {
        return report(console, client.error());
    }
    const bool table = !options.jsonl && console.out_is_terminal;
    std::vector<Row> rows{listing.head};
    const base::Status walked = walk(*client, listing.target, options.limit, [&](const Json& item) {
        if (table) {
            rows.push_back(listing.row(item));
        } else {
            console.out(item.dump() + "\n");
        }
    });
    if (!walked) {
        return report(console, walked.error());
    }
    if (table) {
        console.out(aligned(rows));
    }
    return 0;
}

Row alert_row(const Json& alert)
{
    return {text_of(alert, "number"),
            std::to_string(detail::count_of(alert, "priority")),
            text_of(alert, "severity"),
            text_of(alert, "outcome"),
            text_of(alert, "last_seen"),
            std::to_string(detail::count_of(alert, "events")),
            printable(text_of(alert, "source")),
            printable(text_of(alert, "target")),
            printable(text_of(alert, "title"))};
}

Row event_row(const Json& event)
{
    const Json inner = event.value("event", Json::object());
    return {text_of(event, "@timestamp"), text_of(inner, "dataset"),
            printable(text_of(inner, "original"))};
}

Row quarantine_row(const Json& entry)
{
    return {text_of(entry, "id"), text_of(entry, "received"), printable(text_of(entry, "sensor")),
            text_of(entry, "reason"), printable(text_of(entry, "detail"))};
}

int print(const Console& console, const base::Result<Json>& answer)
{
    if (!answer) {
        return report(console, answer.error());
    }
    console.out(answer->dump(2) + "\n");
    return 0;
}

} // namespace

int run_alert_list(const ListOptions& options, const Console& console)
{
    return run_listing(options, console,
                       {"/api/v1/alerts",
                        {"NUMBER", "PRIO", "SEVERITY", "OUTCOME", "LAST SEEN", "EVENTS", "SOURCE",
                         "TARGET", "TITLE"},
                        alert_row});
}

int run_event_search(const ListOptions& options, const Console& console)
{
    return run_listing(options, console,
                       {"/api/v1/events", {"TIME", "DATASET", "ORIGINAL"}, event_row});
}

int run_quarantine_list(const ListOptions& options, const Console& console)
{
    return run_listing(
        options, console,
        {"/api/v1/quarantine", {"ID", "RECEIVED", "SENSOR", "REASON", "DETAIL"}, quarantine_row});
}

int run_alert_show(const ItemOptions& options, const Console& console)
{
    auto client = ApiClient::open(options.server);
    if (!client) {
        return report(console, client.error());
    }
    const std::string target = "/api/v1/alerts/" + net::percent_encode(options.id);
    auto alert = client->get(target);
    if (!alert) {
        return report(console, alert.error());
    }
    auto why = client->get(target + "/why");
    if (!why) {
        return report(console, why.error());
    }
    (*alert)["why"] = std::move(*why);
    return print(console, alert);
}

int run_api_get(const ItemOptions& options, const Console& console)
{
    auto client = ApiClient::open(options.server);
    if (!client) {
        return report(console, client.error());
    }
    return print(console, client->get(options.id));
}

int run_quarantine_rerun(const RerunOptions& options, const Console& console)
{
    auto client = ApiClient::open(options.server);
    if (!client) {
        return report(console, client.error());
    }
    Json request = Json::object();
    if (!options.sensor.empty()) {
        request["sensor"] = options.sensor;
    }
    if (!options.reason.empty()) {
        request["reason"] = options.reason;
    }
    return print(console, client->post("/api/v1/quarantine/rerun", request));
}

} // namespace tanggap::cli
