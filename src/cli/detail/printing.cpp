#include "cli/detail/printing.h"

#include <algorithm>

#include "base/limits.h"
#include "net/http.h"

namespace tanggap::cli::detail {

std::string cell(const Json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) {
        return "-";
    }
    return printable(found->is_string() ? found->get<std::string>() : found->dump());
}

void append_parameter(std::string& target, std::string_view name, const std::string& value)
{
    if (!value.empty()) {
        target += target.find('?') == std::string::npos ? '?' : '&';
        target += std::string(name) + "=" + net::percent_encode(value);
    }
}

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
        cursor = text_of(page, "next");
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
        return std::unexpected(error_of(response));
    }
    const Json json = Json::parse(response.body, nullptr, false);
    const bool pretty = console.out_is_terminal && !json.is_discarded();
    console.out(pretty ? json.dump(2) + "\n" : response.body);
    if (!pretty && !response.body.ends_with('\n')) {
        console.out("\n");
    }
    return {};
}

} // namespace tanggap::cli::detail
