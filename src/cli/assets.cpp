#include "cli/assets.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "base/limits.h"
#include "cli/detail/api_client.h"

namespace tanggap::cli {
namespace {

using detail::ApiClient;
using detail::Json;

base::Result<std::string> read_csv(const std::string& file)
{
    std::ifstream opened;
    std::istream* in = &std::cin;
    if (file != "-") {
        std::error_code error;
        if (std::filesystem::is_directory(file, error)) {
            return base::invalid(file + " is a folder, expected a CSV file");
        }
        opened.open(file, std::ios::binary);
        if (!opened) {
            return base::system_error("cannot open " + file, errno);
        }
        in = &opened;
    }
    std::string text(base::limits::kAssetsCsvBytesMax + 1, '\0');
    in->read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in->bad()) {
        return base::system_error("cannot read " + file, errno);
    }
    text.resize(static_cast<std::size_t>(in->gcount()));
    if (text.size() > base::limits::kAssetsCsvBytesMax) {
        return base::invalid(file + " is longer than 8 MiB, the most a file of assets may be");
    }
    return text;
}

/// The rows that the server names, as FILE:LINE: what is wrong. False where it names none.
bool report_rows(const std::string& file, const net::HttpResponse& response, const Console& console)
{
    constexpr std::string_view kLines = "/lines/";
    const Json problem = Json::parse(response.body, nullptr, false);
    const auto errors = problem.is_object() ? problem.find("errors") : problem.end();
    bool any = false;
    if (!problem.is_object() || errors == problem.end() || !errors->is_array()) {
        return false;
    }
    for (const Json& error : *errors) {
        const std::string pointer = detail::text_of(error, "pointer");
        if (pointer.starts_with(kLines)) {
            any = true;
            console.err(fmt::format("{}:{}: {}\n", printable(file),
                                    printable(pointer.substr(kLines.size())),
                                    printable(detail::text_of(error, "detail"))));
        }
    }
    return any;
}

base::Status send_assets(const AssetImportOptions& options, const Console& console)
{
    TRY(auto client, ApiClient::open(options.server));
    TRY(std::string csv, read_csv(options.file));
    TRY(const net::HttpResponse response,
        client.send({.method = "PUT",
                     .target = options.dry_run ? "/api/v1/assets?dry_run=true" : "/api/v1/assets",
                     .headers = {{"Content-Type", "text/csv"}},
                     .body = std::move(csv)}));
    if (response.status == 400 && report_rows(options.file, response, console)) {
        const Json problem = Json::parse(response.body, nullptr, false);
        return base::invalid(printable(detail::text_of(problem, "detail")));
    }
    TRY(const Json done, detail::parse_json(response));
    if (options.json || !console.out_is_terminal) {
        console.out(done.dump() + "\n");
        return {};
    }
    console.out(fmt::format("{} assets: {} new, {} changed, {} removed{}\n",
                            detail::count_of(done, "assets"), detail::count_of(done, "added"),
                            detail::count_of(done, "changed"), detail::count_of(done, "removed"),
                            options.dry_run ? " (dry run: nothing was changed)" : ""));
    return {};
}

} // namespace

int run_asset_import(const AssetImportOptions& options, const Console& console)
{
    const base::Status sent = send_assets(options, console);
    return sent ? 0 : report(console, sent.error());
}

} // namespace tanggap::cli
