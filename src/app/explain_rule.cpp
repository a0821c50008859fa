#include "app/explain_rule.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;
using cli::printable;
using detect::ExplainNode;

constexpr int kInvalidExit = 6;

/// What is to be explained: the set and one rule of it.
struct Chosen {
    std::shared_ptr<const detect::RuleSet> rules;
    std::shared_ptr<const model::RuleInfo> rule;
    std::vector<detect::Diagnostic> problems;
};

base::Result<Chosen> choose_rule(const ExplainRuleOptions& options, const Content& content)
{
    Chosen out;
    std::error_code error;
    const bool file = fs::exists(options.rule, error);
    std::vector<detect::RuleFile> files = content.rules;
    if (file) {
        files.clear();
        TRY_STATUS(add_rules(options.rule, files));
    }
    out.rules = detect::RuleSet::load(files, content.mappings, out.problems);
    const auto all = out.rules->rules();
    const auto found = std::ranges::find_if(all, [&](const auto& rule) {
        return file ? !rule->correlation
                    : rule->id == options.rule || rule->name == options.rule ||
                          rule->title == options.rule;
    });
    if (found != all.end()) {
        out.rule = *found;
    } else if (!file) {
        return base::not_found(options.rule + " is no rule file and no id, name or title of a "
                                              "loaded rule; 'tanggap rules list' shows them");
    }
    return out;
}

std::string tree_of(const ExplainNode& node, std::size_t depth)
{
    const std::string found = node.absent          ? "  (the event has no such field)"
                              : node.found.empty() ? ""
                                                   : "  found: " + printable(node.found);
    auto out = fmt::format("{:{}}{} {}{}\n", "", depth * 2, node.matched ? "+" : "-",
                           printable(node.text), found);
    for (const auto& child : node.children) {
        out += tree_of(child, depth + 1);
    }
    return out;
}

nlohmann::ordered_json object_of(const ExplainNode& node)
{
    nlohmann::ordered_json out{{"text", node.text}, {"matched", node.matched}};
    if (node.absent) {
        out["absent"] = true;
    } else if (!node.found.empty()) {
        out["found"] = node.found;
    }
    for (const auto& child : node.children) {
        out["children"].push_back(object_of(child));
    }
    return out;
}

struct Explained {
    std::uint64_t record = 0;
    ExplainNode tree;
};

/// The event asked for, or the first that matches, or the first.
base::Result<std::optional<Explained>> explain_file(const ExplainRuleOptions& options,
                                                    const Content& content, const Chosen& chosen)
{
    std::vector<normalize::Diagnostic> source_problems;
    const auto sources = normalize::Sources::load(content.sources, source_problems);
    TRY_STATUS(check(options.decode, *sources));
    std::optional<Explained> out;
    std::optional<base::Error> failed;
    const auto take = [&](DecodedPiece& piece) {
        const auto ordinals = piece.event_ordinals();
        for (std::size_t i = 0; i < piece.batch.events.size(); ++i) {
            const bool asked =
                options.record == 0 ? !out || !out->tree.matched : ordinals[i] == options.record;
            if (!asked || failed) {
                continue;
            }
            auto tree = detect::explain(*chosen.rules, chosen.rule->id, piece.batch.events[i]);
            if (!tree) {
                failed = tree.error();
            } else if (!out || tree->matched) {
                out = Explained{.record = ordinals[i], .tree = std::move(*tree)};
            }
        }
    };
    DecodedTotals totals;
    TRY_STATUS(decode_file(options.event, options.decode, *sources, totals, take));
    if (failed) {
        return std::unexpected(*failed);
    }
    return out;
}

base::Result<int> explain_rule(const ExplainRuleOptions& options, const cli::Console& console)
{
    TRY(const Content content, load_content(options.folders));
    TRY(const Chosen chosen, choose_rule(options, content));
    if (chosen.rule == nullptr) {
        for (const auto& one : chosen.problems) {
            console.err(fmt::format("{}:{}:{}: {}{}{}\n", printable(one.file), one.line, one.column,
                                    printable(one.message), one.hint.empty() ? "" : "; ",
                                    printable(one.hint)));
        }
        return kInvalidExit;
    }
    TRY(const auto explained, explain_file(options, content, chosen));
    if (!explained) {
        return base::not_found(options.record == 0 ? options.event + " holds no event"
                                                   : fmt::format("{} has no event at record {}",
                                                                 options.event, options.record));
    }
    if (options.json) {
        const nlohmann::ordered_json object{{"rule", chosen.rule->id},
                                            {"title", chosen.rule->title},
                                            {"file", options.event},
                                            {"record", explained->record},
                                            {"matched", explained->tree.matched},
                                            {"tree", object_of(explained->tree)}};
        console.out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
        return 0;
    }
    console.out(fmt::format("{} {} record {} of {}\n", printable(chosen.rule->title),
                            explained->tree.matched ? "matches" : "does not match",
                            explained->record, printable(options.event)));
    console.out(tree_of(explained->tree, 1));
    return 0;
}

} // namespace

int run_explain_rule(const ExplainRuleOptions& options, const cli::Console& console)
{
    const auto done = explain_rule(options, console);
    return done ? *done : report(console, done.error());
}

} // namespace tanggap::app
