#include "cli/sensors.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/detail/api_client.h"
#include "cli/detail/printing.h"
#include "net/http.h"

namespace tanggap::cli {
namespace {

using detail::ApiClient;
using detail::exit_code_of;
using detail::Json;

std::string sensor_row(const Json& sensor)
{
    const auto shown = [&](const char* name, std::string_view otherwise) {
        const std::string text = printable(detail::text_of(sensor, name));
        return text.empty() ? std::string(otherwise) : text;
    };
    const std::uint64_t rate = detail::count_of(sensor, "rate_max");
    return fmt::format("{:20} {:7} {:18} {:16} {:24} {}", shown("name", "-"), shown("health", "-"),
                       shown("source", "by content"), shown("timezone", "install's"),
                       shown("owner", "-"),
                       rate == 0 ? std::string("no limit") : fmt::format("{}/s", rate));
}

void put(Json& body, const char* name, const auto& value)
{
    if (value) {
        body[name] = *value;
    }
}

struct Seen {
    Json settings = Json::object();
    std::string tag = "\"v0\"";
};

/// Settings as they are now; none where there is no such sensor yet.
base::Result<Seen> see(ApiClient& client, const std::string& target)
{
    TRY(const net::HttpResponse answer, client.send({.target = target}));
    Seen seen;
    if (answer.status == 404) {
        return seen;
    }
    TRY(const Json sensor, detail::parse_json(answer));
    for (const char* const name :
         {"title", "source", "timezone", "zone", "owner", "rate_max", "silent_after_seconds"}) {
        if (sensor.contains(name)) {
            seen.settings[name] = sensor.at(name);
        }
    }
    for (const auto& [name, value] : answer.headers) {
        seen.tag = base::equals_ignore_case_ascii(name, "etag") ? value : seen.tag;
    }
    return seen;
}

base::Status set(const SensorSetOptions& options, const Console& console)
{
    TRY(auto client, ApiClient::open(options.server));
    const std::string target = "/api/v1/sensors/" + net::percent_encode(options.name);
    TRY(Seen seen, see(client, target));
    Json& body = seen.settings;
    put(body, "title", options.title);
    put(body, "source", options.source);
    put(body, "timezone", options.timezone);
    put(body, "zone", options.zone);
    put(body, "owner", options.owner);
    put(body, "rate_max", options.rate_max);
    put(body, "silent_after_seconds", options.silent_after_seconds);
    body["reason"] = options.reason;
    TRY(const net::HttpResponse answer,
        client.send({.method = "PUT",
                     .target = target,
                     .headers = {{"Content-Type", "application/json"}, {"If-Match", seen.tag}},
                     .body = body.dump()}));
    TRY(const Json changed, detail::parse_json(answer));
    const bool as_json = options.json || !console.out_is_terminal;
    console.out((as_json ? changed.dump() : sensor_row(changed)) + "\n");
    return {};
}

} // namespace

int run_sensor_list(const QueryOptions& options, const Console& console)
{
    return exit_code_of(detail::print_list(options, "/api/v1/sensors", sensor_row, console),
                        console);
}

int run_sensor_set(const SensorSetOptions& options, const Console& console)
{
    return exit_code_of(set(options, console), console);
}

} // namespace tanggap::cli
