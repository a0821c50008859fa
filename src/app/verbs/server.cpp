// Verbs on server data, by the public API only.
#include "app/verbs/verbs.h"
#include "cli/assets.h"
#include "cli/import.h"
#include "cli/indicators.h"
#include "cli/interrupt.h"
#include "cli/people.h"
#include "cli/query.h"
#include "cli/sensors.h"
#include "cli/setup.h"

namespace tanggap::app {
namespace {

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

void add_import(CommandLine& line)
{
    auto import = std::make_shared<cli::ImportOptions>();
    CLI::App* verb = client_verb(line, line.app, "import",
                                 "Send files to a server, each record once", import, run_import);
    verb->add_option("paths", import->paths, "Files, patterns, folders, or - for standard input")
        ->required();
    declare_server(*verb, import->server);
    verb->add_option("--sensor", import->sensor, "Who sent these records (default: from the path)");
    verb->add_option("--source", import->source, "Kind of log (default: chosen by content)");
    verb->add_option("--timezone", import->timezone, "Zone of times that name none");
    verb->add_option("--reference-time", import->reference_time,
                     "For times without a year (default: the file's)");
    verb->add_flag("--json", import->json, "Print the summary as JSON");
    verb->add_flag("--each", import->each, "With --json: before it an object a line for each file");
    verb->add_flag("--quiet", import->quiet, "No progress");
}

void add_setup(CommandLine& line)
{
    auto setup = std::make_shared<cli::SetupOptions>();
    CLI::App* verb =
        client_verb(line, line.app, "setup", "Make the first account", setup, cli::run_setup);
    verb->add_option("--server", setup->server.server, "Address of the server")
        ->envname("TANGGAP_SERVER");
    verb->add_option("--ca-file", setup->server.ca_file,
                     "Certificate to trust, for https of one's own");
    verb->add_option("--token-file", setup->server.token_file, "The set-up token that serve wrote")
        ->required();
    verb->add_option("--admin", setup->admin, "Name of the account")->required();
    verb->add_option("--password-file", setup->password_file, "Its first line is the password")
        ->required();
    verb->add_option("--totp-secret-out", setup->totp_secret_out,
                     "File to write the second factor to")
        ->required();
    verb->add_option("--api-key-out", setup->api_key_out, "File to write an API key to")
        ->required();
    verb->add_option("--recovery-codes-out", setup->recovery_codes_out,
                     "File to write the recovery codes to");
}

void add_quarantine(CommandLine& line)
{
    CLI::App* quarantine =
        line.app.add_subcommand("quarantine", "Records that could not become events")
            ->require_subcommand(1);
    list_verb(line, *quarantine, "list", "Entries, newest first", Range::None,
              cli::run_quarantine_list);
    auto rerun = std::make_shared<RerunOptions>();
    CLI::App* verb =
        client_verb(line, *quarantine, "rerun", "Try entries again, after a source was mended",
                    rerun, rerun_quarantine);
    declare_server(*verb, rerun->server);
    verb->add_option("--sensor", rerun->sensor, "Only of this sensor");
    verb->add_option("--reason", rerun->reason, "Only of this reason");
}

void add_assets(CommandLine& line)
{
    CLI::App* asset =
        line.app.add_subcommand("asset", "Whose address it is")->require_subcommand(1);
    auto import = std::make_shared<cli::AssetImportOptions>();
    CLI::App* verb = client_verb(line, *asset, "import", "Replace all assets by those of a file",
                                 import, cli::run_asset_import);
    verb->add_option("file", import->file,
                     "CSV of network,name,organisation,contact,value 1-3; - for standard input")
        ->required();
    declare_server(*verb, import->server);
    verb->add_flag("--dry-run", import->dry_run, "Only check the file and say what would change");
    verb->add_flag("--json", import->json, "Print the result as JSON");
    list_verb(line, *asset, "list", "Assets by network", Range::None, cli::run_asset_list);
}

void add_sensors(CommandLine& line)
{
    CLI::App* sensor =
        line.app.add_subcommand("sensor", "Who sends records")->require_subcommand(1);
    list_verb(line, *sensor, "list", "Sensors by name", Range::None, cli::run_sensor_list);
    auto set = std::make_shared<cli::SensorSetOptions>();
    CLI::App* verb =
        client_verb(line, *sensor, "set", "Configure a sensor; what is not given stays as it is",
                    set, cli::run_sensor_set);
    verb->add_option("name", set->name, "As records name it, e.g. fw-1")->required();
    declare_server(*verb, set->server);
    verb->add_option("--title", set->title, "What people call it");
    verb->add_option("--source", set->source, "Read every record as this kind of log");
    verb->add_option("--timezone", set->timezone, "Zone of times that name none");
    verb->add_option("--zone", set->zone, "Where it stands in the network");
    verb->add_option("--owner", set->owner, "Organisation of events that no asset gives one");
    verb->add_option("--rate", set->rate_max, "Most records a second; 0: no limit");
    verb->add_option("--silent-after", set->silent_after_seconds,
                     "Seconds without a record until it counts as silent; 0: an hour");
    verb->add_option("--reason", set->reason, "Kept in the audit log");
    verb->add_flag("--json", set->json, "Print the result as JSON");
}

struct WhoamiOptions {
    cli::ServerOptions server;
};

int whoami(const WhoamiOptions& options, const cli::Console& console)
{
    return cli::run_whoami(options.server, console);
}

void add_people(CommandLine& line)
{
    auto me = std::make_shared<WhoamiOptions>();
    declare_server(
        *client_verb(line, line.app, "whoami", "Whose key this is and what it may", me, whoami),
        me->server);

    CLI::App* user = line.app.add_subcommand("user", "Accounts")->require_subcommand(1);
    auto list = std::make_shared<cli::QueryOptions>();
    CLI::App* verb_list =
        client_verb(line, *user, "list", "Accounts by name", list, cli::run_user_list);
    declare_server(*verb_list, list->server);
    verb_list->add_flag("--jsonl", list->jsonl, "One JSON object a line");
    auto add = std::make_shared<cli::UserAddOptions>();
    CLI::App* verb_add = client_verb(line, *user, "add", "Invite a person; prints the link, once",
                                     add, cli::run_user_add);
    verb_add->add_option("name", add->name, "Name of the account")->required();
    verb_add->add_option("--role", add->roles, "administrator, lead, analyst or viewer (repeat)")
        ->required();
    declare_server(*verb_add, add->server);
    auto import = std::make_shared<cli::UserImportOptions>();
    CLI::App* verb_import =
        client_verb(line, *user, "import", "Invite the people of a CSV file (name,roles)", import,
                    cli::run_user_import);
    verb_import->add_option("file", import->file, "name,roles; roles separated by spaces")
        ->required();
    declare_server(*verb_import, import->server);
    for (const bool disabled : {true, false}) {
        auto state = std::make_shared<cli::UserStateOptions>();
        state->disabled = disabled;
        CLI::App* verb_state =
            client_verb(line, *user, disabled ? "disable" : "enable",
                        disabled ? "Shut an account out; its sessions end" : "Let it in again",
                        state, cli::run_user_state);
        verb_state->add_option("name", state->name, "Name of the account")->required();
        verb_state->add_option("--reason", state->reason, "Kept in the audit log");
        declare_server(*verb_state, state->server);
    }

    CLI::App* audit = line.app.add_subcommand("audit", "What was done")->require_subcommand(1);
    list_verb(line, *audit, "list", "Activity records, newest first", Range::Times,
              cli::run_audit_list);
}

void add_indicators(CommandLine& line)
{
    CLI::App* indicator = line.app.add_subcommand("indicator", "Values of attacks to look for")
                              ->require_subcommand(1);
    auto import = std::make_shared<cli::IndicatorImportOptions>();
    CLI::App* verb = client_verb(line, *indicator, "import", "Replace a list by that of a file",
                                 import, cli::run_indicator_import);
    verb->add_option("file", import->file, "A plain list, CSV, MISP or STIX; - for standard input")
        ->required();
    declare_server(*verb, import->server);
    verb->add_option("--list", import->list, "Name of the list (default: from the file's)");
    verb->add_flag("--dry-run", import->dry_run, "Only read the file and say what is in it");
    verb->add_flag("--json", import->json, "Print the result as JSON");
    auto remove = std::make_shared<cli::IndicatorRemoveOptions>();
    verb =
        client_verb(line, *indicator, "remove", "Remove a list", remove, cli::run_indicator_remove);
    verb->add_option("list", remove->list, "Name of the list")->required();
    declare_server(*verb, remove->server);
}

} // namespace

void add_server_verbs(CommandLine& line)
{
    add_import(line);
    add_setup(line);
    CLI::App* alert = line.app.add_subcommand("alert", "Alerts")->require_subcommand(1);
    list_verb(line, *alert, "list", "Alerts, most urgent first", Range::None, cli::run_alert_list);
    item_verb(line, *alert, "show", "One alert and why it fired", "ALR-12 or its UUID", show_alert);
    CLI::App* event = line.app.add_subcommand("event", "Events")->require_subcommand(1);
    list_verb(line, *event, "search", "Events, newest first", Range::Times, cli::run_event_search);
    add_quarantine(line);
    add_assets(line);
    add_sensors(line);
    add_people(line);
    add_indicators(line);
    CLI::App* api = line.app.add_subcommand("api", "Raw calls")->require_subcommand(1);
    item_verb(line, *api, "get", "GET a path and print the answer", "/api/v1/…", get_path);
}

} // namespace tanggap::app
