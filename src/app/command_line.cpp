#include "app/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <functional>
#include <iostream>
#include <memory>

#include "api/api.h"
#include "app/certificate.h"
#include "app/content.h"
#include "app/demo.h"
#include "app/doctor.h"
#include "app/hunt.h"
#include "app/parse.h"
#include "app/print_evtx.h"
#include "app/serve.h"
#include "app/settings.h"
#include "cli/import.h"
#include "cli/interrupt.h"
#include "cli/query.h"
#include "cli/setup.h"
#include "store/engine/engine_child.h"

namespace tanggap::app {
namespace {

constexpr int kUsage = 2;
constexpr const char* kVersion = "0.1.0";

int exit_code_of(const base::Error& error)
{
    fmt::print(stderr, "tanggap: {}\n", error.message);
    return base::traits_of(error.code).exit_code;
}

/// Each verb keeps its options here and, when it is the one asked for, leaves what to run.
struct CommandLine {
    CLI::App app{"Tanggap: the operating platform of a CSIRT", "tanggap"};
    std::function<int()> chosen;

    CommandLine()
    {
        app.require_subcommand(1);
        app.set_version_flag("--version", kVersion);
        app.footer("Exit codes: docs/reference/exit-codes.md. Help of a verb: tanggap VERB --help");
        add_serve();
        add_local_verbs();
        add_content_verbs();
        add_server_verbs();
        add_file_verbs();
    }

    void add_serve();
    void add_local_verbs();
    void add_content_verbs();
    void add_server_verbs();
    void add_file_verbs();

    template <class Options>
    CLI::App* verb(CLI::App& parent, const char* name, const char* help,
                   std::shared_ptr<Options> options, int (*run)(const Options&))
    {
        CLI::App* added = parent.add_subcommand(name, help);
        added->callback([this, options = std::move(options), run] {
            chosen = [options, run] { return run(*options); };
        });
        return added;
    }
};

void CommandLine::add_serve()
{
    auto settings = std::make_shared<Settings>();
    CLI::App* serve =
        app.add_subcommand("serve", "Take logs in, find attacks, serve console and API");
    declare(*serve, *settings);
    serve->callback([this, serve, settings] {
        chosen = [serve, settings] {
            base::Status fit = apply_config_file(*serve, *settings);
            if (fit) {
                fit = check(*settings);
            }
            if (!fit) {
                exit_code_of(fit.error());
                return kUsage;
            }
            return run_serve(*settings);
        };
    });
}

void CommandLine::add_local_verbs()
{
    auto doctor = std::make_shared<DoctorOptions>();
    CLI::App* verb_doctor = verb(app, "doctor", "Say what is there, what is missing and what to do",
                                 doctor, run_doctor);
    verb_doctor->add_option("--data", doctor->data, "Data folder")->capture_default_str();
    verb_doctor->add_option("--content", doctor->content, "Folder whose content overrides ours");
    verb_doctor->add_option("--engine-library", doctor->engine_library, "Path of libchdb.so");
    verb_doctor->add_option("--geo-country", doctor->geo_country, "Country database (MMDB)");
    verb_doctor->add_flag("--salvage", doctor->salvage,
                          "Copy what is readable of a damaged journal");

    auto data = std::make_shared<std::string>("var");
    verb<std::string>(app, "verify", "Check every stored byte of a stopped server", data,
                      [](const std::string& folder) { return run_verify(folder); })
        ->add_option("--data", *data, "Data folder")
        ->capture_default_str();

    auto child = std::make_shared<store::EngineChildOptions>();
    CLI::App* engine =
        verb<store::EngineChildOptions>(app, "engine-child", "", child, store::run_engine_child);
    engine->group(""); // hidden: serve starts it
    engine->add_option("--socket", child->socket)->required();
    engine->add_option("--data", child->data)->required();
    engine->add_option("--library", child->library)->required();
    engine->add_option("--readers", child->readers);
    engine->add_flag("--no-sandbox{false}", child->sandbox);

    app.add_subcommand("openapi", "Print the API document")->callback([this] {
        chosen = [] {
            fmt::print("{}", api::openapi_json());
            return 0;
        };
    });
}

struct CertOptions {
    std::string cert = "tanggap-cert.pem";
    std::string key = "tanggap-key.pem";
    std::vector<std::string> names{"localhost", "127.0.0.1"};
};

int run_cert(const CertOptions& options)
{
    const base::Status made = make_self_signed(options.cert, options.key, options.names);
    if (!made) {
        return exit_code_of(made.error());
    }
    fmt::print("{}\n{}\n", options.cert, options.key);
    return 0;
}

struct DemoVerb {
    DemoOptions options;
    std::string kind = "city";
    std::string end;
};

int run_demo(const DemoVerb& verb)
{
    DemoOptions options = verb.options;
    options.kind = verb.kind == "load" ? DemoOptions::Kind::Load : DemoOptions::Kind::City;
    options.end = base::system_clock().now();
    if (!verb.end.empty()) {
        const auto end = base::parse_rfc3339(verb.end);
        if (!end) {
            exit_code_of(end.error());
            return kUsage;
        }
        options.end = *end;
    }
    const auto summary = generate_demo(options);
    if (!summary) {
        return exit_code_of(summary.error());
    }
    fmt::print("seed {}: {} lines in {}, {} of them attacks; last attack from {}\n", options.seed,
               summary->lines, options.folder, summary->attacks, summary->last_attack_address);
    return 0;
}

int run_content_export(const std::string& folder)
{
    const auto written = export_content(folder);
    if (!written) {
        return exit_code_of(written.error());
    }
    fmt::print("{} files in {}\n", *written, folder);
    return 0;
}

void CommandLine::add_content_verbs()
{
    auto folder = std::make_shared<std::string>();
    CLI::App* content = app.add_subcommand("content", "Sources, rules and mappings as files")
                            ->require_subcommand(1);
    verb<std::string>(*content, "export", "Write the built-in content to a folder", folder,
                      run_content_export)
        ->add_option("folder", *folder, "An empty folder")
        ->required();

    auto cert = std::make_shared<CertOptions>();
    CLI::App* certs = app.add_subcommand("cert", "Certificates")->require_subcommand(1);
    CLI::App* self_signed =
        verb(*certs, "self-signed", "Make a key and a certificate for a year", cert, run_cert);
    self_signed->add_option("--cert", cert->cert, "File to write")->capture_default_str();
    self_signed->add_option("--key", cert->key, "File to write, readable by you alone")
        ->capture_default_str();
    self_signed->add_option("--name", cert->names, "Host name or address (repeat)")
        ->capture_default_str();

    auto demo = std::make_shared<DemoVerb>();
    CLI::App* demos = app.add_subcommand("demo", "Made-up logs of a city")->require_subcommand(1);
    CLI::App* generate =
        verb(*demos, "generate", "Write 30 days of logs with one intrusion", demo, run_demo);
    generate->add_option("--out", demo->options.folder, "Folder to write to")->required();
    generate->add_option("--seed", demo->options.seed, "Same seed, same bytes")
        ->capture_default_str();
    generate->add_option("--lines", demo->options.access_lines, "Lines of web access")
        ->capture_default_str();
    generate->add_option("--end", demo->end, "Last moment (RFC 3339; default: now)");
    generate->add_option("--kind", demo->kind, "city or load")
        ->check(CLI::IsMember({"city", "load"}))
        ->capture_default_str();
}

template <class Options>
using ClientVerb = int (*)(const Options&, const cli::Console&);

void declare_server(CLI::App& verb, cli::ServerOptions& server)
{
    verb.add_option("--server", server.server,
                    "Address of the server (default: http://127.0.0.1:8460)")
        ->envname("TANGGAP_SERVER");
    verb.add_option("--token-file", server.token_file, "File with an API key")
        ->envname("TANGGAP_TOKEN_FILE");
    verb.add_option("--ca-file", server.ca_file, "Certificate to trust, for https of one's own");
}

template <class Options>
CLI::App* client_verb(CommandLine& line, CLI::App& parent, const char* name, const char* help,
                      std::shared_ptr<Options> options, ClientVerb<Options> run)
{
    CLI::App* added = parent.add_subcommand(name, help);
    added->callback([&line, options = std::move(options), run] {
        line.chosen = [options, run] { return run(*options, cli::process_console()); };
    });
    return added;
}

/// Whether a list takes a time range besides the options of every list.
enum class Range : std::uint8_t { None, Times };

CLI::App* list_verb(CommandLine& line, CLI::App& parent, const char* name, const char* help,
                    Range range, ClientVerb<cli::QueryOptions> run)
{
    auto options = std::make_shared<cli::QueryOptions>();
    CLI::App* added = client_verb(line, parent, name, help, options, run);
    declare_server(*added, options->server);
    added->add_option("--limit", options->limit, "Items in all")->capture_default_str();
    added->add_flag("--jsonl", options->jsonl, "One JSON object a line");
    added->add_option("-q,--query", options->query, "Query (docs/reference/query-language.md)");
    if (range == Range::Times) {
        added->add_option("--from", options->from, "RFC 3339 or now-24h");
        added->add_option("--to", options->to, "RFC 3339 or now");
    }
    return added;
}

struct ItemOptions {
    cli::ServerOptions server;
    std::string id;
};

CLI::App* item_verb(CommandLine& line, CLI::App& parent, const char* name, const char* help,
                    const char* id_help, ClientVerb<ItemOptions> run)
{
    auto options = std::make_shared<ItemOptions>();
    CLI::App* added = client_verb(line, parent, name, help, options, run);
    added->add_option("id", options->id, id_help)->required();
    declare_server(*added, options->server);
    return added;
}

int show_alert(const ItemOptions& item, const cli::Console& console)
{
    return cli::run_alert_show(item.server, item.id, console);
}

int get_path(const ItemOptions& item, const cli::Console& console)
{
    return cli::run_api_get(item.server, item.id, console);
}

struct RerunOptions {
    cli::ServerOptions server;
    std::string sensor;
    std::string reason;
};

int rerun_quarantine(const RerunOptions& options, const cli::Console& console)
{
    return cli::run_quarantine_rerun(options.server, options.sensor, options.reason, console);
}

int run_import(const cli::ImportOptions& options, const cli::Console& console)
{
    cli::ImportOptions stoppable = options;
    stoppable.stop = &cli::catch_interrupts();
    return cli::run_import(stoppable, console);
}

void CommandLine::add_server_verbs()
{
    auto import = std::make_shared<cli::ImportOptions>();
    CLI::App* verb_import = client_verb(
        *this, app, "import", "Send files to a server, each record once", import, run_import);
    verb_import
        ->add_option("paths", import->paths, "Files, patterns, folders, or - for standard input")
        ->required();
    declare_server(*verb_import, import->server);
    verb_import->add_option("--sensor", import->sensor,
                            "Who sent these records (default: from the path)");
    verb_import->add_option("--source", import->source, "Kind of log (default: chosen by content)");
    verb_import->add_option("--timezone", import->timezone, "Zone of times that name none");
    verb_import->add_option("--reference-time", import->reference_time,
                            "For times without a year (default: the file's)");
    verb_import->add_flag("--json", import->json, "Print the summary as JSON");
    verb_import->add_flag("--quiet", import->quiet, "No progress");

    auto setup = std::make_shared<cli::SetupOptions>();
    CLI::App* verb_setup =
        client_verb(*this, app, "setup", "Make the first account", setup, cli::run_setup);
    verb_setup->add_option("--server", setup->server.server, "Address of the server")
        ->envname("TANGGAP_SERVER");
    verb_setup->add_option("--ca-file", setup->server.ca_file,
                           "Certificate to trust, for https of one's own");
    verb_setup
        ->add_option("--token-file", setup->server.token_file, "The set-up token that serve wrote")
        ->required();
    verb_setup->add_option("--admin", setup->admin, "Name of the account")->required();
    verb_setup
        ->add_option("--password-file", setup->password_file, "Its first line is the password")
        ->required();
    verb_setup
        ->add_option("--totp-secret-out", setup->totp_secret_out,
                     "File to write the second factor to")
        ->required();
    verb_setup->add_option("--api-key-out", setup->api_key_out, "File to write an API key to")
        ->required();

    CLI::App* alert = app.add_subcommand("alert", "Alerts")->require_subcommand(1);
    list_verb(*this, *alert, "list", "Alerts, most urgent first", Range::None, cli::run_alert_list);
    item_verb(*this, *alert, "show", "One alert and why it fired", "ALR-12 or its UUID",
              show_alert);
    CLI::App* event = app.add_subcommand("event", "Events")->require_subcommand(1);
    list_verb(*this, *event, "search", "Events, newest first", Range::Times, cli::run_event_search);
    CLI::App* quarantine = app.add_subcommand("quarantine", "Records that could not become events")
                               ->require_subcommand(1);
    list_verb(*this, *quarantine, "list", "Entries, newest first", Range::None,
              cli::run_quarantine_list);
    auto rerun = std::make_shared<RerunOptions>();
    CLI::App* verb_rerun =
        client_verb(*this, *quarantine, "rerun", "Try entries again, after a source was mended",
                    rerun, rerun_quarantine);
    declare_server(*verb_rerun, rerun->server);
    verb_rerun->add_option("--sensor", rerun->sensor, "Only of this sensor");
    verb_rerun->add_option("--reason", rerun->reason, "Only of this reason");
    CLI::App* api = app.add_subcommand("api", "Raw calls")->require_subcommand(1);
    item_verb(*this, *api, "get", "GET a path and print the answer", "/api/v1/…", get_path);
}

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
        return kUsage;
    }
    const auto content = load_content({verb.content, ""});
    if (!content) {
        return exit_code_of(content.error());
    }
    const auto summary = hunt(options, *content, std::cout, std::cerr);
    std::cout.flush();
    return summary ? app::exit_code_of(options, *summary) : exit_code_of(summary.error());
}

void CommandLine::add_file_verbs()
{
    auto parse = std::make_shared<ParseVerb>();
    CLI::App* verb_parse =
        verb(app, "parse", "Print files as events, one JSON object a line", parse, run_parse_verb);
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
    CLI::App* verb_hunt =
        verb(app, "hunt", "Find attacks in files, without a server", hunt, run_hunt_verb);
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

} // namespace

int run_command_line(int argc, char** argv)
{
    CommandLine line;
    try {
        line.app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return line.app.exit(error) == 0 ? 0 : kUsage;
    }
    return line.chosen();
}

} // namespace tanggap::app
