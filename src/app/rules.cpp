#include "app/rules.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <unistd.h>

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;
using cli::printable;
using Problems = std::vector<detect::Diagnostic>;
using Severity = detect::Diagnostic::Severity;

constexpr int kConflictExit = 5;
constexpr int kInvalidExit = 6;
constexpr int kPartialExit = 8;

void print(const detect::Diagnostic& p, bool as_json, const cli::Console& console)
{
    const char* severity = p.severity == Severity::Error ? "error" : "warning";
    if (as_json) {
        console.out(nlohmann::json{{"file", p.file},
                                   {"line", p.line},
                                   {"column", p.column},
                                   {"severity", severity},
                                   {"rule", p.rule_title},
                                   {"message", p.message},
                                   {"hint", p.hint}}
                        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
                    "\n");
        return;
    }
    console.err(fmt::format("{}:{}:{}: {}: {}{}{}\n", printable(p.file), p.line, p.column, severity,
                            printable(p.message), p.hint.empty() ? "" : "; ", printable(p.hint)));
}

std::size_t errors_of(const Problems& problems)
{
    return static_cast<std::size_t>(
        std::ranges::count(problems, Severity::Error, &detect::Diagnostic::severity));
}

std::string row_of(const model::RuleInfo& rule)
{
    return fmt::format("{:<36}  {:<13} {:<12} {}{}  ({}{}{})\n", printable(rule.id),
                       model::name_of(rule.level),
                       rule.techniques.empty() ? "-" : printable(rule.techniques.front()),
                       printable(rule.title), rule.overriding ? " [own]" : "",
                       rule.author.empty() ? "author unknown" : printable(rule.author),
                       rule.license.empty() ? "" : ", ", printable(rule.license));
}

std::string object_of(const model::RuleInfo& rule)
{
    return nlohmann::json{{"id", rule.id},
                          {"title", rule.title},
                          {"title_id", rule.title_id},
                          {"level", model::name_of(rule.level)},
                          {"status", rule.status},
                          {"author", rule.author},
                          {"license", rule.license},
                          {"techniques", rule.techniques},
                          {"correlation", rule.correlation},
                          {"overriding", rule.overriding}}
               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
           "\n";
}

/// The whole folder as rules, with mappings as they are loaded.
struct Checked {
    std::vector<detect::RuleFile> files;
    Problems problems;
    std::size_t rules = 0;
};

base::Result<Checked> check_paths(const Content& content, const std::vector<std::string>& paths)
{
    Checked checked;
    for (const std::string& path : paths) {
        std::error_code error;
        if (!fs::exists(path, error)) {
            return base::not_found(path + ": no such file or folder");
        }
        TRY_STATUS(add_rules(path, checked.files));
    }
    const auto loaded = detect::RuleSet::load(checked.files, content.mappings, checked.problems);
    checked.rules = loaded->rules().size();
    return checked;
}

/// What may be copied, and to where below the target.
struct Plan {
    std::vector<std::pair<fs::path, std::string>> copies; ///< relative path, bytes
    std::size_t same = 0;
    std::vector<fs::path> taken; ///< there with other content
    std::size_t refused = 0;
};

std::string bytes_of(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Plan plan_copies(const RulesImportOptions& options, Checked checked, const fs::path& target)
{
    std::set<std::string> bad;
    for (const detect::Diagnostic& p : checked.problems) {
        if (p.severity == Severity::Error) {
            bad.insert(p.file);
        }
    }
    Plan plan;
    std::error_code error;
    const fs::path root = fs::is_directory(options.from, error)
                              ? fs::path(options.from)
                              : fs::path(options.from).parent_path();
    for (detect::RuleFile& file : checked.files) {
        if (bad.contains(file.name)) {
            ++plan.refused;
            continue;
        }
        const fs::path relative = fs::path(file.name).lexically_relative(root.empty() ? "." : root);
        const fs::path there = target / relative;
        if (fs::exists(there, error)) {
            if (bytes_of(there) == file.yaml) {
                ++plan.same;
                continue;
            }
            if (!options.replace) {
                plan.taken.push_back(there);
                continue;
            }
        }
        plan.copies.emplace_back(relative, std::move(file.yaml));
    }
    return plan;
}

/// Whole or not at all: a reader never sees half a file.
base::Status write_file(const fs::path& path, const std::string& bytes)
{
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    const fs::path part = path.string() + ".part";
    std::ofstream out(part, std::ios::binary);
    out << bytes;
    if (error || !out.flush()) {
        return base::system_error("cannot write " + path.string(), errno);
    }
    out.close();
    fs::rename(part, path, error);
    return error ? base::Status(base::system_error("cannot write " + path.string(), error.value()))
                 : base::Status();
}

base::Result<int> import_rules(const RulesImportOptions& options, const cli::Console& console)
{
    TRY(const Content content, load_content({options.content, options.data}));
    TRY(Checked checked, check_paths(content, {options.from}));
    for (const detect::Diagnostic& p : checked.problems) {
        print(p, false, console);
    }
    if (checked.files.empty()) {
        return base::invalid(options.from + " holds no .yaml or .yml file");
    }
    const fs::path target = fs::path(options.data) / "content" / "rules";
    const Plan plan = plan_copies(options, std::move(checked), target);
    for (const fs::path& path : plan.taken) {
        console.err(
            fmt::format("tanggap: {} is there with other content; --replace writes over it\n",
                        printable(path.string())));
    }
    if (!plan.taken.empty()) {
        return kConflictExit; // nothing is copied: half a set is no set
    }
    if (!options.dry_run) {
        for (const auto& [relative, bytes] : plan.copies) {
            TRY_STATUS(write_file(target / relative, bytes));
        }
    }
    console.out(fmt::format("{} files {} {}, {} already there, {} left out for their errors\n",
                            plan.copies.size(),
                            options.dry_run ? "would be copied to" : "copied to",
                            printable(target.string()), plan.same, plan.refused));
    if (!options.dry_run && !plan.copies.empty()) {
        console.err("tanggap: a running server takes them after SIGHUP or a restart\n");
    }
    if (plan.refused > 0) {
        return plan.copies.empty() && plan.same == 0 ? kInvalidExit : kPartialExit;
    }
    return 0;
}

} // namespace

int run_rules_list(const RulesOptions& options, const cli::Console& console)
{
    const auto content = load_content(options.folders);
    if (!content) {
        return report(console, content.error());
    }
    Problems problems;
    const auto loaded = detect::RuleSet::load(content->rules, content->mappings, problems);
    for (const detect::Diagnostic& p : problems) {
        print(p, false, console);
    }
    const bool lines = options.jsonl || !console.out_is_terminal;
    for (const auto& rule : loaded->rules()) {
        console.out(lines ? object_of(*rule) : row_of(*rule));
    }
    return 0;
}

int run_rules_check(const RulesOptions& options, const cli::Console& console)
{
    const auto content = load_content(options.folders);
    if (!content) {
        return report(console, content.error());
    }
    Checked checked;
    if (options.paths.empty()) {
        checked.files = content->rules;
        const auto loaded =
            detect::RuleSet::load(checked.files, content->mappings, checked.problems);
        checked.rules = loaded->rules().size();
    } else if (auto read = check_paths(*content, options.paths)) {
        checked = std::move(*read);
    } else {
        return report(console, read.error());
    }
    for (const detect::Diagnostic& p : checked.problems) {
        print(p, options.jsonl, console);
    }
    const std::size_t errors = errors_of(checked.problems);
    const std::size_t warnings = checked.problems.size() - errors;
    console.err(fmt::format("tanggap: {} rules in {} files, {} errors, {} warnings\n",
                            checked.rules, checked.files.size(), errors, warnings));
    return errors > 0 || (options.strict && warnings > 0) ? kInvalidExit : 0;
}

int run_rules_import(const RulesImportOptions& options, const cli::Console& console)
{
    const auto done = import_rules(options, console);
    return done ? *done : report(console, done.error());
}

} // namespace tanggap::app
