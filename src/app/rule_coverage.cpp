#include "app/rule_coverage.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <nlohmann/json.hpp>

#include "detect/coverage.h"

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;
using cli::printable;
using detect::RuleCoverage;
using Gap = RuleCoverage::Gap;

constexpr int kInvalidExit = 6;
constexpr int kPartialExit = 8;

std::string_view name_of(Gap gap)
{
    switch (gap) {
    case Gap::None:
        return "none";
    case Gap::Mapping:
        return "mapping";
    case Gap::Events:
        return "events";
    case Gap::Fields:
        return "fields";
    case Gap::Members:
        return "members";
    }
    return {};
}

std::string reason_of(const RuleCoverage& one)
{
    const auto source = printable(one.rule->logsource);
    const auto missing = printable(fmt::format("{}", fmt::join(one.missing, ", ")));
    switch (one.gap) {
    case Gap::None:
        return {};
    case Gap::Mapping:
        return fmt::format("no mapping says where {} is; add one to content/mappings", source);
    case Gap::Events:
        return fmt::format("no event is of {}", source);
    case Gap::Fields:
        return fmt::format("{} events of {}, none with {}", one.events, source, missing);
    case Gap::Members:
        return fmt::format("what it counts can never fire: {}", missing);
    }
    return {};
}

struct Looked {
    std::map<std::string, std::uint64_t> datasets; ///< events by event.dataset
    DecodedTotals totals;
    std::size_t files = 0;
    std::size_t unreadable = 0;
};

base::Result<Looked> look(const RuleCoverageOptions& options, const normalize::Sources& sources,
                          detect::Coverage& coverage, const cli::Console& console)
{
    TRY_STATUS(check(options.decode, sources));
    Looked out;
    for (const std::string& path : options.logs) {
        std::error_code error;
        if (path != "-" && !fs::exists(path, error)) {
            return base::not_found(path + ": no such file or folder");
        }
        for (const std::string& file : logs_below(path)) {
            DecodedTotals totals;
            const auto read =
                decode_file(file, options.decode, sources, totals, [&](DecodedPiece& piece) {
                    for (const auto& event : piece.batch.events) {
                        coverage.take(event);
                        ++out.datasets[std::string(event.dataset)];
                    }
                });
            ++out.files;
            out.totals.records += totals.records;
            out.totals.events += totals.events;
            out.totals.quarantined += totals.quarantined;
            if (!read) {
                ++out.unreadable;
                console.err(printable(read.error().message) + "\n");
            }
        }
    }
    return out;
}

void print_objects(const std::vector<RuleCoverage>& all, const cli::Console& console)
{
    for (const auto& one : all) {
        const nlohmann::ordered_json object{{"id", one.rule->id},
                                            {"title", one.rule->title},
                                            {"logsource", one.rule->logsource},
                                            {"techniques", one.rule->techniques},
                                            {"can_fire", one.gap == Gap::None},
                                            {"gap", name_of(one.gap)},
                                            {"events", one.events},
                                            {"missing", one.missing}};
        console.out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    }
}

struct Share {
    std::uint64_t events = 0;
    std::size_t can_fire = 0;
    std::size_t rules = 0;
};

void print_shares(std::string_view title, const std::map<std::string, Share>& shares,
                  const cli::Console& console)
{
    console.out(fmt::format("{:<56} {:>10} {:>10} {:>10}\n", title, "events", "can fire", "rules"));
    for (const auto& [name, share] : shares) {
        console.out(fmt::format("{:<56} {:>10} {:>10} {:>10}\n", printable(name), share.events,
                                share.can_fire, share.rules));
    }
    console.out("\n");
}

void print_tables(const std::vector<RuleCoverage>& all, const Looked& looked,
                  const cli::Console& console)
{
    console.out(fmt::format("{:<56} {:>10}\n", "Events by data set", "events"));
    for (const auto& [dataset, events] : looked.datasets) {
        console.out(fmt::format("{:<56} {:>10}\n", printable(dataset), events));
    }
    console.out("\n");
    std::map<std::string, Share> sources;
    std::map<std::string, Share> techniques;
    for (const auto& one : all) {
        const auto add = [&one](Share& share) {
            share.events = std::max(share.events, one.events);
            share.can_fire += one.gap == Gap::None ? 1 : 0;
            ++share.rules;
        };
        if (one.events > 0) {
            add(sources[one.rule->logsource]);
        }
        for (const auto& technique : one.rule->techniques) {
            add(techniques[technique]);
        }
    }
    print_shares("Log sources of rules", sources, console);
    print_shares("ATT&CK techniques", techniques, console);
    console.out("Rules that can never fire here\n");
    for (const auto& one : all) {
        if (one.gap != Gap::None) {
            console.out(fmt::format("{:<36}  {}: {}\n", printable(one.rule->id),
                                    printable(one.rule->title), reason_of(one)));
        }
    }
}

base::Result<int> cover(const RuleCoverageOptions& options, const cli::Console& console)
{
    TRY(Content content, load_content(options.folders));
    if (!options.rules.empty()) {
        content.rules.clear();
    }
    for (const std::string& path : options.rules) {
        TRY_STATUS(add_rules(path, content.rules));
    }
    std::vector<normalize::Diagnostic> source_problems;
    const auto sources = normalize::Sources::load(content.sources, source_problems);
    std::vector<detect::Diagnostic> problems;
    const auto rules = detect::RuleSet::load(content.rules, content.mappings, problems);
    if (rules->rules().empty()) {
        console.err("tanggap: no rule could be loaded; 'tanggap rules check' says why\n");
        return kInvalidExit;
    }
    detect::Coverage coverage(rules);
    TRY(const Looked looked, look(options, *sources, coverage, console));
    const auto all = coverage.rules();
    if (options.jsonl) {
        print_objects(all, console);
    } else {
        print_tables(all, looked, console);
    }
    const auto can_fire = std::ranges::count(all, Gap::None, &RuleCoverage::gap);
    console.err(
        fmt::format("tanggap: {} of {} rules can fire; {} files, {} events, {} quarantined, "
                    "{} files could not be read\n",
                    can_fire, all.size(), looked.files, looked.totals.events,
                    looked.totals.quarantined, looked.unreadable));
    return looked.unreadable > 0 ? kPartialExit : 0;
}

} // namespace

int run_rule_coverage(const RuleCoverageOptions& options, const cli::Console& console)
{
    const auto done = cover(options, console);
    return done ? *done : report(console, done.error());
}

} // namespace tanggap::app
