// parse and hunt: files without a server.
#include <fmt/format.h>
#include <iostream>

#include "app/content.h"
#include "app/hunt.h"
#include "app/parse.h"
#include "app/print_evtx.h"
#include "app/verbs/verbs.h"

namespace tanggap::app {
namespace {

struct ParseVerb {
    ParseOptions options;
    std::string content;
    bool raw = false;
    bool separate_attributes = false;
    bool xml = false;
    bool recover = false;

    bool as_records() const { return raw || separate_attributes || xml || recover; }
};

int run_print_evtx(const ParseVerb& verb)
{
    const EvtxForm json = verb.separate_attributes ? EvtxForm::SeparateAttributes : EvtxForm::Json;
    return print_evtx({.files = verb.options.files,
                       .form = verb.xml ? EvtxForm::Xml : json,
                       .strict = verb.options.strict,
                       .recover = verb.recover},
                      cli::process_console());
}

int run_parse_verb(const ParseVerb& verb)
{
    if (verb.as_records()) {
        return run_print_evtx(verb);
    }
    const auto content = load_content({verb.content, ""});
    if (!content) {
        return exit_code_of(content.error());
    }
    std::vector<normalize::Diagnostic> problems;
    const auto sources = normalize::Sources::load(content->sources, problems);
    for (const normalize::Diagnostic& p : problems) {
        fmt::print(stderr, "tanggap: {}:{}:{}: {}\n", p.file, p.line, p.column, p.message);
    }
    return run_parse(verb.options, *sources, cli::process_console());
}

struct HuntVerb {
    HuntOptions options;
    std::string content;
    std::string fail_on;
    std::string reference_time;
    bool jsonl = false;
};

base::Status fill(HuntOptions& options, const HuntVerb& verb)
{
    const bool lines = verb.jsonl || !cli::process_console().out_is_terminal;
    options.form = lines ? HuntOptions::Form::JsonLines : HuntOptions::Form::Table;
    if (!verb.fail_on.empty()) {
        TRY(options.fail_on, model::parse_level(verb.fail_on));
    }
    if (!verb.reference_time.empty()) {
        TRY(options.reference_time, base::parse_rfc3339(verb.reference_time));
    }
    return {};
}

int run_hunt_verb(const HuntVerb& verb)
{
    HuntOptions options = verb.options;
    if (const base::Status filled = fill(options, verb); !filled) {
        exit_code_of(filled.error());
        return kUsageExit;
    }
    const auto content = load_content({verb.content, ""});
    if (!content) {
        return exit_code_of(content.error());
    }
    const auto summary = hunt(options, *content, std::cout, std::cerr);
    std::cout.flush();
    return summary ? app::exit_code_of(options, *summary) : exit_code_of(summary.error());
}

} // namespace

void add_file_verbs(CommandLine& line)
{
    auto parse = std::make_shared<ParseVerb>();
    CLI::App* verb_parse =
        add_verb(line, line.app, "parse", "Print files as events, one JSON object a line", parse,
                 run_parse_verb);
    verb_parse->add_option("files", parse->options.files, "Files, or - for standard input")
        ->required();
    verb_parse->add_option("--source", parse->options.decode.source,
                           "Kind of log (default: chosen by content)");
    verb_parse->add_option("--timezone", parse->options.decode.timezone,
                           "Zone of times that name none (default: UTC)");
    verb_parse->add_option("--reference-time", parse->options.decode.reference_time,
                           "For times without a year (default: the file's)");
    verb_parse->add_option("--content", parse->content, "Folder whose sources override ours");
    verb_parse->add_flag("--quarantine", parse->options.quarantine,
                         "Print records that gave no event, too");
    verb_parse->add_flag("--strict", parse->options.strict, "Exit 8 when a record was quarantined");
    verb_parse->add_flag("--raw", parse->raw,
                         "Event logs (EVTX): the records as JSON with #attributes, not events");
    verb_parse->add_flag("--separate-attributes", parse->separate_attributes,
                         "Event logs: as --raw, attributes beside their element");
    verb_parse->add_flag("--xml", parse->xml, "Event logs: the records as XML");
    verb_parse->add_flag("--recover", parse->recover,
                         "Event logs: as --raw, and read on behind damaged records");

    auto hunt = std::make_shared<HuntVerb>();
    CLI::App* verb_hunt = add_verb(line, line.app, "hunt",
                                   "Find attacks in files, without a server", hunt, run_hunt_verb);
    verb_hunt->add_option("files", hunt->options.files, "Files, or - for standard input")
        ->required();
    verb_hunt
        ->add_option("--rules", hunt->options.rules, "Rule file or folder (repeat; default: ours)")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    verb_hunt->add_flag("--jsonl", hunt->jsonl, "One finding a line (the default when piped)");
    verb_hunt->add_flag("--summary-json", hunt->options.summary_json,
                        "Summary as JSON on standard error");
    verb_hunt->add_flag("--strict", hunt->options.strict,
                        "Refuse expressions that need backtracking");
    verb_hunt->add_option("--fail-on", hunt->fail_on,
                          "Exit 10 on a finding of this level or above");
    verb_hunt->add_option("--source", hunt->options.source,
                          "Kind of log (default: chosen by content)");
    verb_hunt->add_option("--timezone", hunt->options.timezone,
                          "Zone of times that name none (default: UTC)");
    verb_hunt->add_option("--reference-time", hunt->reference_time,
                          "For times without a year (default: the file's)");
    verb_hunt->add_option("--content", hunt->content, "Folder whose content overrides ours");
}

} // namespace tanggap::app
