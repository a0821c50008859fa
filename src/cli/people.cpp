#include "cli/people.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/detail/api_client.h"
#include "cli/detail/printing.h"
#include "net/http.h"

namespace tanggap::cli {
namespace {

using detail::ApiClient;
using detail::cell;
using detail::exit_code_of;
using detail::Json;

std::string joined(const Json& object, const char* name)
{
    std::string text;
    const auto found = object.find(name);
    for (const Json& one : found == object.end() ? Json::array() : *found) {
        text += (text.empty() ? "" : " ") + (one.is_string() ? one.get<std::string>() : one.dump());
    }
    return printable(text);
}

std::string user_row(const Json& user)
{
    const bool disabled = user.value("disabled", false);
    return fmt::format("{:<24} {:<30} {:<9} {}", cell(user, "name"), joined(user, "roles"),
                       disabled ? "disabled" : "active", cell(user, "last_sign_in_at"));
}

std::string activity_row(const Json& activity)
{
    const Json actor = activity.value("actor", Json::object());
    const Json object = activity.value("object", Json::object());
    return fmt::format("{:>8} {:<24} {:<16} {:<26} {} {}", cell(activity, "sequence"),
                       cell(activity, "time").substr(0, 24), cell(actor, "name"),
                       cell(activity, "action"), cell(object, "kind"), cell(object, "id"));
}

base::Result<std::string> add_user(ApiClient& client, const std::string& name,
                                   const std::vector<std::string>& roles)
{
    TRY(const Json made, client.post("/api/v1/invites", {{"name", name}, {"roles", roles}}));
    return client.server() + detail::text_of(made, "path");
}

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> words;
    while (!(text = base::trim(text)).empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

struct ImportCount {
    std::size_t good = 0;
    std::size_t bad = 0;
};

base::Result<ImportCount> import_users(const UserImportOptions& options, const Console& console)
{
    TRY(auto client, ApiClient::open(options.server));
    std::ifstream file(options.file);
    if (!file) {
        return base::system_error("cannot read " + options.file, errno);
    }
    ImportCount count;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        const std::string_view text = base::trim(line);
        const bool header = number == 1 && text == "name,roles";
        if (text.empty() || text.front() == '#' || header) {
            continue;
        }
        const std::size_t comma = text.find(',');
        const std::string name(base::trim(text.substr(0, comma)));
        const auto link = comma == std::string_view::npos
                              ? base::Result<std::string>(base::invalid(
                                    "expected name,roles with roles separated by spaces"))
                              : add_user(client, name, words_of(text.substr(comma + 1)));
        if (link) {
            console.out(printable(name) + "\t" + *link + "\n");
            ++count.good;
        } else {
            console.err(fmt::format("tanggap: {}:{}: {}\n", printable(options.file), number,
                                    printable(link.error().message)));
            ++count.bad;
        }
    }
    return count;
}

base::Result<Json> find_user(ApiClient& client, const std::string& name)
{
    TRY(const Json page, client.get("/api/v1/users"));
    for (const Json& user : page.value("items", Json::array())) {
        if (base::equals_ignore_case_ascii(detail::text_of(user, "name"), name)) {
            return user;
        }
    }
    return base::not_found("no account '" + printable(name) + "'");
}

base::Status put_state(const UserStateOptions& options, const Console& console)
{
    TRY(auto client, ApiClient::open(options.server));
    TRY(const Json user, find_user(client, options.name));
    const std::string target = "/api/v1/users/" + net::percent_encode(detail::text_of(user, "id"));
    TRY(const net::HttpResponse seen, client.send({.target = target}));
    if (seen.status >= 400) {
        return std::unexpected(detail::error_of(seen));
    }
    std::string tag = "*";
    for (const auto& [name, value] : seen.headers) {
        tag = base::equals_ignore_case_ascii(name, "etag") ? value : tag;
    }
    const Json body{{"disabled", options.disabled}, {"reason", options.reason}};
    TRY(const net::HttpResponse answer,
        client.send({.method = "PATCH",
                     .target = target,
                     .headers = {{"Content-Type", "application/json"}, {"If-Match", tag}},
                     .body = body.dump()}));
    TRY(const Json changed, detail::parse_json(answer));
    console.out(user_row(changed) + "\n");
    return {};
}

} // namespace

int run_whoami(const ServerOptions& server, const Console& console)
{
    return exit_code_of(detail::print_get(server, "/api/v1/me", console), console);
}

int run_user_list(const QueryOptions& options, const Console& console)
{
    const auto list = [&]() -> base::Status {
        TRY(auto client, ApiClient::open(options.server));
        TRY(const Json page, client.get("/api/v1/users"));
        const bool as_json = options.jsonl || !console.out_is_terminal;
        for (const Json& user : page.value("items", Json::array())) {
            console.out((as_json ? user.dump() : user_row(user)) + "\n");
        }
        return {};
    };
    return exit_code_of(list(), console);
}

int run_audit_list(const QueryOptions& options, const Console& console)
{
    std::string target = "/api/v1/audit";
    detail::append_parameter(target, "from", options.from);
    detail::append_parameter(target, "to", options.to);
    return exit_code_of(detail::print_list(options, target, activity_row, console), console);
}

int run_user_add(const UserAddOptions& options, const Console& console)
{
    const auto add = [&]() -> base::Status {
        TRY(auto client, ApiClient::open(options.server));
        TRY(const std::string link, add_user(client, options.name, options.roles));
        console.out(link + "\n");
        return {};
    };
    return exit_code_of(add(), console);
}

int run_user_import(const UserImportOptions& options, const Console& console)
{
    const auto count = import_users(options, console);
    if (!count) {
        return report(console, count.error());
    }
    constexpr int kInvalid = 6;
    constexpr int kPartial = 8;
    return count->bad == 0 ? 0 : count->good == 0 ? kInvalid : kPartial;
}

int run_user_state(const UserStateOptions& options, const Console& console)
{
    return exit_code_of(put_state(options, console), console);
}

} // namespace tanggap::cli
