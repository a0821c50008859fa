// content, rules and sources: knowledge as files.
#include <fmt/format.h>

#include "app/content.h"
#include "app/explain_rule.h"
#include "app/rule_coverage.h"
#include "app/rule_tests.h"
#include "app/rules.h"
#include "app/sources.h"
#include "app/verbs/verbs.h"

namespace tanggap::app {
namespace {

int run_content_export(const std::string& folder)
{
    const auto written = export_content(folder);
    if (!written) {
        return exit_code_of(written.error());
    }
    fmt::print("{} files in {}\n", *written, folder);
    return 0;
}

void declare_folders(CLI::App& verb, ContentFolders& folders)
{
    verb.add_option("--content", folders.given, "Folder whose content overrides ours");
    verb.add_option("--data", folders.data, "Data folder, whose content overrides ours")
        ->envname("TANGGAP_DATA");
}

void add_rules_verbs(CommandLine& line)
{
    CLI::App* rules =
        line.app.add_subcommand("rules", "Sigma rules as files")->require_subcommand(1);
    auto list = std::make_shared<RulesOptions>();
    CLI::App* verb_list =
        add_verb(line, *rules, "list", "The rules that are loaded, with author and licence", list,
                 [](const RulesOptions& o) { return run_rules_list(o, cli::process_console()); });
    declare_folders(*verb_list, list->folders);
    verb_list->add_flag("--jsonl", list->jsonl, "One object a line (the default when piped)");

    auto check = std::make_shared<RulesOptions>();
    CLI::App* verb_check = add_verb(
        line, *rules, "check", "Say what is wrong with rule files; exit 6 with errors", check,
        [](const RulesOptions& o) { return run_rules_check(o, cli::process_console()); });
    verb_check->add_option("paths", check->paths, "Files and folders (default: what is loaded)");
    declare_folders(*verb_check, check->folders);
    verb_check->add_flag("--jsonl", check->jsonl, "One problem a line on standard output");
    verb_check->add_flag("--strict", check->strict, "Warnings are errors");

    auto import = std::make_shared<RulesImportOptions>();
    CLI::App* verb_import = add_verb(
        line, *rules, "import", "Copy a rule set to DATA/content/rules, errors left out", import,
        [](const RulesImportOptions& o) { return run_rules_import(o, cli::process_console()); });
    verb_import->add_option("folder", import->from, "Folder or file of rules")->required();
    verb_import->add_option("--data", import->data, "Data folder")
        ->envname("TANGGAP_DATA")
        ->capture_default_str();
    verb_import->add_option("--content", import->content, "Folder whose mappings override ours");
    verb_import->add_flag("--replace", import->replace, "Write over files with other content");
    verb_import->add_flag("--dry-run", import->dry_run, "Only check and count");
}

void add_sources_verbs(CommandLine& line)
{
    CLI::App* sources =
        line.app.add_subcommand("sources", "Kinds of log as files")->require_subcommand(1);
    auto list = std::make_shared<SourcesOptions>();
    CLI::App* verb_list = add_verb(
        line, *sources, "list", "The kinds of log that are known, for --source", list,
        [](const SourcesOptions& o) { return run_sources_list(o, cli::process_console()); });
    declare_folders(*verb_list, list->folders);
    verb_list->add_flag("--jsonl", list->jsonl, "One object a line (the default when piped)");
    auto check = std::make_shared<SourcesOptions>();
    CLI::App* verb_check = add_verb(
        line, *sources, "check", "Say what is wrong with source files; exit 6 with errors", check,
        [](const SourcesOptions& o) { return run_sources_check(o, cli::process_console()); });
    declare_folders(*verb_check, check->folders);
}

void add_rules_explain(CommandLine& line)
{
    auto explain = std::make_shared<ExplainRuleOptions>();
    CLI::App* verb = add_verb(
        line, *line.app.get_subcommand("rules"), "explain",
        "Show line by line why a rule matches an event or does not", explain,
        [](const ExplainRuleOptions& o) { return run_explain_rule(o, cli::process_console()); });
    verb->add_option("rule", explain->rule, "Id, name or title of a rule, or a rule file")
        ->required();
    verb->add_option("--event", explain->event, "A log file (-: standard input)")->required();
    verb->add_option("--record", explain->record, "Which record (default: the first that matches)");
    verb->add_option("--source", explain->decode.source, "Kind of log (default: chosen)");
    verb->add_option("--timezone", explain->decode.timezone, "Of times without one");
    declare_folders(*verb, explain->folders);
    verb->add_flag("--json", explain->json, "One object");
}

void add_rules_test(CommandLine& line)
{
    auto tests = std::make_shared<RuleTestsOptions>();
    CLI::App* verb = add_verb(
        line, *line.app.get_subcommand("rules"), "test",
        "Try rules on the samples that travel with them; exit 6 where one fails", tests,
        [](const RuleTestsOptions& o) { return run_rule_tests(o, cli::process_console()); });
    verb->add_option("paths", tests->paths, "Rule files and folders, with NAME.samples.yaml beside")
        ->required();
    declare_folders(*verb, tests->folders);
    verb->add_flag("--jsonl", tests->jsonl, "One object for each sample");
    verb->add_flag("--strict", tests->strict, "A rule without samples is a failure");
}

void add_rules_coverage(CommandLine& line)
{
    auto coverage = std::make_shared<RuleCoverageOptions>();
    CLI::App* verb = add_verb(
        line, *line.app.get_subcommand("rules"), "coverage",
        "Say what rules can find in these logs, and which never can and why", coverage,
        [](const RuleCoverageOptions& o) { return run_rule_coverage(o, cli::process_console()); });
    verb->add_option("logs", coverage->logs, "Log files and folders (-: standard input)")
        ->required();
    verb->add_option("--rules", coverage->rules, "Rules in place of those that are loaded");
    verb->add_option("--source", coverage->decode.source, "Kind of log (default: chosen)");
    verb->add_option("--timezone", coverage->decode.timezone, "Of times without one");
    declare_folders(*verb, coverage->folders);
    verb->add_flag("--jsonl", coverage->jsonl, "One object for each rule");
}

} // namespace

void add_content_verbs(CommandLine& line)
{
    add_rules_verbs(line);
    add_sources_verbs(line);
    add_rules_explain(line);
    add_rules_test(line);
    add_rules_coverage(line);
    auto folder = std::make_shared<std::string>();
    CLI::App* content = line.app.add_subcommand("content", "Sources, rules and mappings as files")
                            ->require_subcommand(1);
    add_verb(line, *content, "export", "Write the built-in content to a folder", folder,
             run_content_export)
        ->add_option("folder", *folder, "An empty folder")
        ->required();
}

} // namespace tanggap::app
