#include "app/sources.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tanggap::app {
namespace {

using cli::printable;
using Problems = std::vector<normalize::Diagnostic>;

constexpr int kInvalidExit = 6;

void print(const Problems& problems, const cli::Console& console)
{
    for (const normalize::Diagnostic& p : problems) {
        const bool error = p.severity == normalize::Diagnostic::Severity::Error;
        console.err(fmt::format("{}:{}:{}: {}: {}{}{}\n", printable(p.file), p.line, p.column,
                                error ? "error" : "warning", printable(p.message),
                                p.hint.empty() ? "" : "; ", printable(p.hint)));
    }
}

} // namespace

int run_sources_list(const SourcesOptions& options, const cli::Console& console)
{
    const auto content = load_content(options.folders);
    if (!content) {
        return report(console, content.error());
    }
    Problems problems;
    const auto loaded = normalize::Sources::load(content->sources, problems);
    print(problems, console);
    for (const normalize::SourceInfo& source : loaded->list()) {
        if (options.jsonl || !console.out_is_terminal) {
            console.out(nlohmann::json{{"id", source.id},
                                       {"title", source.title},
                                       {"title_id", source.title_id},
                                       {"dataset", source.dataset},
                                       {"overriding", source.overriding}}
                            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
                        "\n");
        } else {
            console.out(fmt::format("{:<22} {:<20} {}{}\n", printable(source.id),
                                    printable(source.dataset), printable(source.title),
                                    source.overriding ? " [own]" : ""));
        }
    }
    return 0;
}

int run_sources_check(const SourcesOptions& options, const cli::Console& console)
{
    const auto content = load_content(options.folders);
    if (!content) {
        return report(console, content.error());
    }
    Problems problems;
    const auto loaded = normalize::Sources::load(content->sources, problems);
    print(problems, console);
    const auto errors = std::ranges::count(problems, normalize::Diagnostic::Severity::Error,
                                           &normalize::Diagnostic::severity);
    console.err(fmt::format("tanggap: {} sources, {} errors, {} warnings\n", loaded->list().size(),
                            errors, problems.size() - static_cast<std::size_t>(errors)));
    return errors > 0 ? kInvalidExit : 0;
}

} // namespace tanggap::app
