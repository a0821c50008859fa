#include "app/command_line.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "app/verbs/verbs.h"

namespace tanggap::app {
namespace {

constexpr const char* kVersion = "0.1.0";

/// Letters to change, add or leave out, and neighbours to swap, to make one of the other
/// (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::vector<std::size_t>> cost(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            cost[i][j] =
                std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

/// The name nearest to `typed`, where one is near enough to be meant.
std::string nearest(std::string_view typed, const std::vector<std::string>& names)
{
    constexpr std::size_t kTypedMax = 40; // longer is no slip of the finger
    std::string best;
    std::size_t best_distance = std::min<std::size_t>(typed.size() / 2 + 1, 3);
    for (const std::string& name : names) {
        if (typed.size() > kTypedMax) {
            break;
        }
        if (const std::size_t d = distance(typed, name); d < best_distance) {
            best = name;
            best_distance = d;
        }
    }
    return best;
}

/// What may stand at a place of the command line: verbs, and options as "--name".
std::vector<std::string> names_at(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (!verb->get_group().empty()) {
            names.push_back(verb->get_name());
        }
    }
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            names.push_back("--" + name);
        }
    }
    return names;
}

/// "tanggap alert lst" meant "tanggap alert list".
void suggest(const CLI::App& root, int argc, char** argv)
{
    const CLI::App* app = &root;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const std::string name(word.substr(0, word.find('=')));
        const std::vector<std::string> names = names_at(*app);
        const bool option = name.starts_with("--");
        const bool verbs = !app->get_subcommands([](const CLI::App*) { return true; }).empty();
        if (std::ranges::find(names, name) != names.end()) {
            app = option ? app : app->get_subcommand(name);
            continue;
        }
        if ((option && name.size() > 2) || (verbs && !name.starts_with("-"))) {
            if (const std::string meant = nearest(name, names); !meant.empty()) {
                fmt::print(stderr, "Did you mean {}?\n", meant);
            }
            return;
        }
    }
}

/// An option takes one value each time it is given (rulings 50): left to itself, one that may be
/// repeated takes every word behind it, files included.
void take_one_value_each(CLI::App& app)
{
    for (CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
        if (option->nonpositional()) {
            option->allow_extra_args(false);
        }
    }
    for (CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
        take_one_value_each(*verb);
    }
}

} // namespace

int exit_code_of(const base::Error& error)
{
    fmt::print(stderr, "tanggap: {}\n", error.message);
    return base::traits_of(error.code).exit_code;
}

int run_command_line(int argc, char** argv)
{
    CommandLine line;
    line.app.require_subcommand(1);
    line.app.set_version_flag("--version", kVersion);
    line.app.footer(
        "Exit codes: docs/reference/exit-codes.md. Help of a verb: tanggap VERB --help");
    add_install_verbs(line);
    add_content_verbs(line);
    add_server_verbs(line);
    add_file_verbs(line);
    add_manual(line);
    add_completion(line);
    take_one_value_each(line.app);
    if (argc > 1 && std::string_view(argv[1]) == "__complete") { // asked by the shells' scripts
        fmt::print("{}", complete(line.app, {argv + 2, argv + argc}));
        return 0;
    }
    try {
        line.app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (line.app.exit(error) == 0) {
            return 0;
        }
        suggest(line.app, argc, argv);
        return kUsageExit;
    }
    return line.chosen();
}

} // namespace tanggap::app
