// parse and hunt: files without a server.
#include <cstdlib>
#include <fmt/format.h>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/content.h"
#include "app/hunt.h"
#include "app/parse.h"
#include "app/print_evtx.h"
#include "app/verbs/verbs.h"
#include "cli/interrupt.h"

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
    std::string since;
    std::string until;
    std::string level;
    std::string colour = "auto";
    std::vector<std::string> fields;
    bool jsonl = false;
    bool csv = false;
    bool timeline = false;
    bool quiet = false;
};

HuntOptions::Form form_of(const HuntVerb& verb)
{
    using Form = HuntOptions::Form;
    if (verb.jsonl || verb.csv || verb.timeline) {
        return verb.jsonl ? Form::JsonLines : verb.csv ? Form::Csv : Form::Timeline;
    }
    return cli::process_console().out_is_terminal ? Form::Table : Form::JsonLines;
}

/// --color, then NO_COLOR and TERM, then whether a person looks (ui.md §7.1).
bool wants_colour(const std::string& asked)
{
    const char* const no_colour = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
    const bool silent = (no_colour != nullptr && *no_colour != '\0') || dumb;
    return asked == "always" ||
           (asked == "auto" && !silent && cli::process_console().out_is_terminal);
}

std::size_t terminal_columns()
{
    constexpr std::size_t kUsual = 100;
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : kUsual;
}

/// "2026-10-03T07:05:09Z", "2026-10-03" (its first moment, UTC), or "24h": so long ago.
base::Result<base::Time> parse_moment(const std::string& text)
{
    constexpr std::pair<char, int> kUnits[] = {{'m', 60}, {'h', 3'600}, {'d', 86'400}};
    constexpr std::size_t kDateLength = 10;
    constexpr std::size_t kDigitsMax = 6;
    const bool digits = text.find_first_not_of("0123456789") + 1 == text.size();
    for (const auto& [unit, seconds] : kUnits) {
        if (digits && text.size() > 1 && text.size() <= kDigitsMax && text.back() == unit) {
            return base::system_clock().now() -
                   std::chrono::seconds{std::stol(text) * static_cast<long>(seconds)};
        }
    }
    return base::parse_rfc3339(text.size() == kDateLength ? text + "T00:00:00Z" : text);
}

base::Status fill(HuntOptions& options, const HuntVerb& verb)
{
    options.form = form_of(verb);
    if (!verb.fail_on.empty()) {
        TRY(options.fail_on, model::parse_level(verb.fail_on));
    }
    if (!verb.level.empty()) {
        TRY(options.filter.level, model::parse_level(verb.level));
    }
    if (!verb.reference_time.empty()) {
        TRY(options.reference_time, base::parse_rfc3339(verb.reference_time));
    }
    if (!verb.since.empty()) {
        TRY(options.since, parse_moment(verb.since));
    }
    if (!verb.until.empty()) {
        TRY(options.until, parse_moment(verb.until));
    }
    for (const std::string& text : verb.fields) {
        TRY(auto test, hunting::parse_field_test(text));
        options.filter.fields.push_back(std::move(test));
    }
    options.style = {.colour = wants_colour(verb.colour),
                     .language = hunting::language_of_environment(),
                     .columns = terminal_columns()};
    if (!verb.quiet) {
        options.progress = cli::process_console().err_is_terminal ? hunting::ProgressStyle::Terminal
                                                                  : hunting::ProgressStyle::Lines;
    }
    options.stop = &cli::catch_interrupts();
    return {};
}

/// As `parse` checks them: an option that names nothing known is a matter of usage.
base::Status check_names(const HuntOptions& options, const Content& content)
{
    if (options.source.empty() && options.timezone.empty()) {
        return {};
    }
    std::vector<normalize::Diagnostic> told_by_the_hunt;
    const auto sources = normalize::Sources::load(content.sources, told_by_the_hunt);
    return check({.source = options.source,
                  .timezone = options.timezone.empty() ? "UTC" : options.timezone,
                  .reference_time = {}},
                 *sources);
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
    if (const base::Status named = check_names(options, *content); !named) {
        exit_code_of(named.error());
        return kUsageExit;
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
    verb_hunt
        ->add_option("files", hunt->options.files,
                     "Event logs, JSON, CSV, XML, syslog, web logs; folders and .zip, .tar, .gz, "
                     ".zst of them; or - for standard input")
        ->required();
    const auto list = [verb_hunt](const char* name, std::vector<std::string>& to,
                                  const char* help) {
        verb_hunt->add_option(name, to, help)
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    };
    list("--rules", hunt->options.rules, "Rule file or folder (repeat; default: ours)");
    list("--indicators", hunt->options.indicators,
         "Indicators: a list, CSV, MISP or STIX file (repeat)");
    CLI::Option* jsonl =
        verb_hunt->add_flag("--jsonl", hunt->jsonl, "One finding a line (the default when piped)");
    CLI::Option* csv = verb_hunt->add_flag("--csv", hunt->csv, "One finding a row");
    verb_hunt->add_flag("--timeline", hunt->timeline, "One finding a line for people, by time")
        ->excludes(jsonl)
        ->excludes(csv);
    csv->excludes(jsonl);
    verb_hunt->add_option("--html", hunt->options.html,
                          "Also write a page with charts and a table that needs nothing else");
    verb_hunt->add_option("--since", hunt->since,
                          "Only events from this time on (RFC 3339, a date, or 24h)");
    verb_hunt->add_option("--until", hunt->until, "Only events before this time");
    verb_hunt->add_option("--level", hunt->level, "Only findings of this level or above");
    list("--rule", hunt->options.filter.rules, "Only rules of this id or part of a title (repeat)");
    list("--tag", hunt->options.filter.tags, "Only rules with this tag, as t1110* (repeat)");
    list("--exclude", hunt->options.filter.excluded,
         "No rules of this id or part of a title (repeat)");
    list("--field", hunt->fields, "Only events with this, as host.name=dc-* (repeat)");
    verb_hunt->add_flag("--tamper", hunt->options.tamper,
                        "Signs of tampering with logs also as lines of --jsonl and --csv");
    verb_hunt->add_option("--threads", hunt->options.threads, "Default: one for each processor")
        ->check(CLI::Range(1, 256));
    verb_hunt->add_option("--color", hunt->colour, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    verb_hunt->add_flag("--quiet", hunt->quiet, "No progress");
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
