#include "app/indicator_files.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "exchange/indicators.h"

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const std::string& folder)
{
    std::vector<fs::path> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const bool hidden = entry.path().filename().string().starts_with('.');
        if (entry.is_regular_file(error) && !hidden) {
            out.push_back(entry.path());
        }
    }
    std::ranges::sort(out);
    return out;
}

base::Result<exchange::IndicatorReport> add_file(const fs::path& path,
                                                 detect::IndicatorSet::Builder& builder)
{
    TRY(auto bytes, codec::open_file_bytes(path.string()));
    const exchange::IndicatorDefaults defaults{
        .source = path.filename().string(), .tlp = {}, .expires = {}};
    return exchange::read_indicators(std::move(bytes), defaults,
                                     [&](const auto& one) { return builder.add(one); });
}

} // namespace

base::Result<std::shared_ptr<const detect::IndicatorSet>> load_indicators(const std::string& folder)
{
    const auto files = files_of(folder);
    if (files.empty()) {
        return nullptr;
    }
    detect::IndicatorSet::Builder builder;
    for (const fs::path& path : files) {
        const auto report = add_file(path, builder);
        if (!report) {
            base::log(base::LogLevel::Error, "indicator_problem",
                      fmt::format("{}: {}", path.string(), report.error().message));
            continue;
        }
        for (const std::string& problem : report->problems) {
            base::log(base::LogLevel::Warning, "indicator_problem",
                      fmt::format("{}: {}", path.string(), problem));
        }
        base::log(base::LogLevel::Info, "indicators_loaded",
                  fmt::format("{}: {} indicators ({}), {} refused", path.string(), report->taken,
                              report->format, report->refused));
    }
    return builder.build();
}

base::Result<std::shared_ptr<const detect::IndicatorSet>>
load_indicator_list(const std::string& folder, const std::string& name)
{
    const auto files = files_of(folder);
    const auto file = std::ranges::find_if(
        files, [&](const fs::path& path) { return path.filename().string() == name; });
    if (file == files.end()) {
        return base::not_found("no list of indicators is named " + base::quoted(name));
    }
    detect::IndicatorSet::Builder builder;
    TRY(const auto report, add_file(*file, builder));
    return report.taken > 0
               ? base::Result<std::shared_ptr<const detect::IndicatorSet>>(builder.build())
               : base::invalid("no indicator in " + base::quoted(name));
}

} // namespace tanggap::app
