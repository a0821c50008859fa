#include "cli/indicators.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/detail/api_client.h"

namespace tanggap::cli {
namespace {

using detail::ApiClient;
using detail::Json;

base::Result<std::string> read_list(const std::string& file)
{
    constexpr std::size_t kMax = base::limits::kIndicatorBodyBytesMax;
    std::ifstream opened;
    std::istream* in = &std::cin;
    if (file != "-") {
        std::error_code error;
        if (std::filesystem::is_directory(file, error)) {
            return base::invalid(file + " is a folder, expected a file of indicators");
        }
        opened.open(file, std::ios::binary);
        if (!opened) {
            return base::system_error("cannot open " + file, errno);
        }
        in = &opened;
    }
    std::string text(kMax + 1, '\0');
    in->read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in->bad()) {
        return base::system_error("cannot read " + file, errno);
    }
    text.resize(static_cast<std::size_t>(in->gcount()));
    if (text.size() > kMax) {
        return base::invalid(fmt::format("{} is longer than {} MiB; put it into DATA/indicators of "
                                         "the server and send it SIGHUP",
                                         file, kMax / 1024 / 1024));
    }
    return text;
}

/// "Feeds/My List.csv" is the list "my-list.csv".
std::string list_of(const IndicatorImportOptions& options)
{
    if (!options.list.empty()) {
        return options.list;
    }
    std::string name =
        options.file == "-"
            ? "stdin"
            : base::to_lower_ascii(std::filesystem::path(options.file).filename().string());
    for (char& c : name) {
        const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
        c = good ? c : '-';
    }
    return name;
}

base::Status send_list(const IndicatorImportOptions& options, const Console& console)
{
    TRY(auto client, ApiClient::open(options.server));
    TRY(std::string text, read_list(options.file));
    const auto first = text.find_first_not_of(" \t\r\n");
    const bool json = first != std::string::npos && (text[first] == '{' || text[first] == '[');
    TRY(const net::HttpResponse response,
        client.send({.method = "PUT",
                     .target = "/api/v1/indicators/" + list_of(options) +
                               (options.dry_run ? "?dry_run=true" : ""),
                     .headers = {{"Content-Type", json ? "application/json" : "text/csv"}},
                     .body = std::move(text)}));
    TRY(const Json done, detail::parse_json(response));
    if (done.contains("problems") && done["problems"].is_array()) {
        for (const Json& problem : done["problems"]) {
            console.err(
                fmt::format("{}: {}\n", printable(options.file),
                            printable(problem.is_string() ? problem.get<std::string>() : "")));
        }
    }
    if (options.json || !console.out_is_terminal) {
        console.out(done.dump() + "\n");
        return {};
    }
    console.out(fmt::format("{}: {} indicators ({}), {} refused, {} left out{}\n", list_of(options),
                            detail::count_of(done, "indicators"), detail::text_of(done, "format"),
                            detail::count_of(done, "refused"), detail::count_of(done, "left_out"),
                            options.dry_run ? " (dry run: nothing was changed)" : ""));
    return {};
}

base::Status remove_list(const IndicatorRemoveOptions& options)
{
    TRY(auto client, ApiClient::open(options.server));
    TRY(const net::HttpResponse response,
        client.send({.method = "DELETE",
                     .target = "/api/v1/indicators/" + options.list,
                     .headers = {},
                     .body = {}}));
    if (response.status != 204) {
        TRY([[maybe_unused]] const Json problem, detail::parse_json(response));
    }
    return {};
}

} // namespace

int run_indicator_import(const IndicatorImportOptions& options, const Console& console)
{
    const base::Status sent = send_list(options, console);
    return sent ? 0 : report(console, sent.error());
}

int run_indicator_remove(const IndicatorRemoveOptions& options, const Console& console)
{
    const base::Status removed = remove_list(options);
    return removed ? 0 : report(console, removed.error());
}

} // namespace tanggap::cli
