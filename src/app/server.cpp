#include "app/server.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

#include "app/indicator_files.h"
#include "app/places.h"
#include "app/rule_knowledge.h"
#include "base/life.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/report_limits.h"
#include "base/search_limits.h"
#include "service/advisories.h"
#include "service/assets.h"
#include "service/office.h"
#include "service/profile.h"
#include "service/rule_choice.h"
#include "store/assets.h"
#include "store/clickhouse/clickhouse_store.h"
#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVersion = "0.1.0";

base::Status make_private_folder(const std::string& folder)
{
    std::error_code error;
    // One that was there keeps its mode: `--data /srv` must not take /srv from everybody else.
    // What is secret lies in folders and files that we make private ourselves.
    if (fs::create_directories(folder, error)) {
        fs::permissions(folder, fs::perms::owner_all, error);
    }
    return error ? base::Status(base::system_error("cannot make " + folder, error.value()))
                 : base::Status();
}

/// Problems of content are the user's to mend: each is logged with its place, the rest loads.
template <class Diagnostic>
void log_problems(std::string_view kind, const std::vector<Diagnostic>& problems)
{
    for (const Diagnostic& p : problems) {
        const bool error = p.severity == Diagnostic::Severity::Error;
        base::counter("tanggap_content_problems_total", "Problems found in rules and sources",
                      {{"kind", std::string(kind)}, {"severity", error ? "error" : "warning"}})
            .add();
        base::log(error ? base::LogLevel::Error : base::LogLevel::Warning, kind,
                  fmt::format("{}:{}:{}: {}{}{}", p.file, p.line, p.column, p.message,
                              p.hint.empty() ? "" : "; ", p.hint));
    }
}

base::Result<std::shared_ptr<const normalize::GeoTable>> open_geo(const Settings& settings)
{
    const std::string file = find_country_database(settings.data, settings.geo_country);
    if (file.empty()) {
        base::log(base::LogLevel::Warning, "no_country_database",
                  "addresses get no country; `tanggap doctor` says how to install one");
        return nullptr;
    }
    return normalize::GeoTable::open(file, settings.geo_asn);
}

base::Result<std::vector<normalize::Asset>> assets_of(store::CaseStore& cases)
{
    std::vector<normalize::Asset> assets;
    TRY_STATUS(cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(assets, store::list_assets(snapshot));
        return {};
    }));
    return assets;
}

/// Null where no sensor has an owner: then no event is looked up.
base::Result<std::shared_ptr<const pipeline::SensorOwners>> owners_of(store::CaseStore& cases)
{
    TRY(const auto sensors, cases.list_sensors());
    auto owners = std::make_shared<pipeline::SensorOwners>();
    for (const store::Sensor& sensor : sensors) {
        if (!sensor.owner.empty()) {
            owners->emplace(sensor.name, sensor.owner);
        }
    }
    return owners->empty() ? nullptr : std::shared_ptr<const pipeline::SensorOwners>(owners);
}

/// Of a process, as the kernel counts it now; 0 where it is gone.
std::uint64_t resident_bytes(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::uint64_t pages = 0;
    std::uint64_t resident = 0;
    file >> pages >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Often enough for short times, never more than needed for long ones.
std::chrono::seconds retention_every(const Settings& settings)
{
    using std::chrono::seconds;
    const auto kept_for = parse_retention(settings.retention).value_or(seconds(0));
    return std::clamp<seconds>(kept_for / 10, seconds(1), base::limits::kRetentionEvery);
}

} // namespace

base::Result<std::unique_ptr<Server>> Server::start(const Settings& settings)
{
    std::unique_ptr<Server> server(new Server(settings));
    TRY_STATUS(make_private_folder(settings.data));
    server->settings_.data = fs::absolute(settings.data).lexically_normal().string();
    TRY_STATUS(server->open_stores());
    TRY_STATUS(server->load_knowledge());
    if (!settings.life_trace.empty()) { // from here on: loading decodes the samples of sources
        TRY_STATUS(base::life::record_to(settings.life_trace));
    }
    TRY_STATUS(server->start_pipeline());
    TRY_STATUS(server->start_http());
    TRY(server->inputs_, Inputs::start(server->settings_, *server->gate_));
    server->start_keepers();
    server->register_metrics();
    return server;
}

void Server::start_keepers()
{
    if (retention_->state().kept_for.count() > 0) {
        keepers_.push_back(std::make_unique<Keeper>(
            Chore{.problem = "retention_waits", .every = retention_every(settings_), .run = [this] {
                      return retention_->run(base::system_clock().now(),
                                             std::chrono::steady_clock::now());
                  }}));
    }
    // Without an engine there is nothing to add up, and searches say so themselves.
    keepers_.push_back(std::make_unique<Keeper>(
        Chore{.problem = "tally_waits", .every = base::limits::kTallyEvery, .run = [this] {
                  return engine_->state().up ? events_->tally() : base::Status();
              }}));
}

Server::~Server()
{
    stop();
}

base::Status Server::open_stores()
{
    const std::string& data = settings_.data;
    // The case database first: its lock tells a second server apart before the journal is touched.
    TRY_STATUS(make_private_folder(data + "/cases"));
    TRY(cases_, store::open_sqlite(data + "/cases"));
    TRY(journal_, disk::Journal::open(data + "/journal"));
    sensors_ = std::make_unique<service::SensorCatalog>(*cases_);
    gate_ = std::make_unique<service::SensorGate>(*journal_, *sensors_, base::system_clock());

    store::SupervisorOptions engine;
    engine.socket = data + "/engine/http.sock";
    engine.data = data + "/engine/store";
    TRY_STATUS(make_private_folder(data + "/engine"));
    if (settings_.no_engine) {
        engine.library_problem = "the event engine is switched off (--no-engine)";
    } else if (auto library =
                   store::find_engine_library(engine_search(data, settings_.engine_library))) {
        engine.library = *library;
    } else {
        engine.library_problem = library.error().message;
        base::log(base::LogLevel::Warning, "no_event_engine", library.error().message);
    }
    engine_ = store::Supervisor::start(engine);
    const store::ClickHouseOptions archive{
        .url = "unix:" + engine.socket,
        .unavailable_reason = [this] { return engine_->state().reason; }};
    events_ = store::open_clickhouse(archive);
    scan_ = store::open_clickhouse_scan(archive);
    return {};
}

base::Status Server::load_knowledge()
{
    TRY(Content content, load_content({settings_.content, settings_.data}));
    TRY_STATUS(load_site(content));
    auto knowledge = std::make_shared<pipeline::Knowledge>();
    std::vector<normalize::Diagnostic> source_problems;
    knowledge->sources = normalize::Sources::load(content.sources, source_problems);
    log_problems("source_problem", source_problems);
    TRY(auto rules, load_rules(content, *knowledge));
    TRY(knowledge->indicators, load_indicators(settings_.data + "/indicators"));
    std::vector<casework::Diagnostic> casework_problems;
    const auto loaded = std::make_shared<casework::Knowledge>(
        casework::load_knowledge(content.casework, settings_.timezone, casework_problems));
    TRY(const auto own, service::read_own_settings(*cases_));
    log_problems("casework_problem", casework_problems);
    TRY(knowledge->enrichment.geo, open_geo(settings_));
    TRY(std::vector<normalize::Asset> assets, assets_of(*cases_));
    knowledge->enrichment.assets = normalize::AssetTable::from_rows(std::move(assets));
    TRY(knowledge->owners, owners_of(*cases_));
    base::log(base::LogLevel::Info, "content_loaded",
              fmt::format("{} rules, {} sources, {} indicators, {} playbooks, {} clocks",
                          knowledge->rules->rules().size(), knowledge->sources->list().size(),
                          knowledge->indicators == nullptr ? 0 : knowledge->indicators->size(),
                          loaded->playbooks.size(), loaded->clocks.size()));
    const std::lock_guard lock(knowledge_mutex_);
    knowledge_ = std::move(knowledge);
    rule_sources_ = std::move(rules);
    loaded_casework_ = loaded;
    casework_ = std::make_shared<casework::Knowledge>(casework::with_settings(*loaded, own));
    return {};
}

base::Result<std::shared_ptr<const service::RuleSources>>
Server::load_rules(Content& content, pipeline::Knowledge& knowledge)
{
    TRY_STATUS(add_own_rules(*cases_, content.rules));
    std::vector<detect::Diagnostic> problems;
    auto sources =
        service::make_sources(std::move(content.rules), std::move(content.mappings), problems);
    log_problems("rule_problem", problems);
    knowledge.rules = sources->set;
    TRY(knowledge.rule_settings, settings_of_rules(*cases_, *knowledge.rules));
    TRY(knowledge.exceptions, exceptions_of_rules(*cases_));
    return sources;
}

/// The rest of what is known stays; the pipeline takes the rules between two batches.
base::Status Server::reload_rules()
{
    const std::lock_guard one(reload_mutex_);
    TRY(Content content, load_content({settings_.content, settings_.data}));
    pipeline::Knowledge loaded;
    TRY(auto rules, load_rules(content, loaded));
    const std::lock_guard lock(knowledge_mutex_);
    auto knowledge = std::make_shared<pipeline::Knowledge>(*knowledge_);
    knowledge->rules = std::move(loaded.rules);
    knowledge->rule_settings = std::move(loaded.rule_settings);
    knowledge->exceptions = std::move(loaded.exceptions);
    knowledge_ = std::move(knowledge);
    rule_sources_ = std::move(rules);
    pipeline_->publish(knowledge_);
    return {};
}

base::Status Server::load_site(const Content& content)
{
    TRY(auto site, portal::Site::load(content.site));
    const std::lock_guard lock(knowledge_mutex_);
    site_ = std::move(site);
    return {};
}

base::Status Server::reload()
{
    const std::lock_guard one(reload_mutex_);
    TRY_STATUS(load_knowledge());
    const std::lock_guard lock(knowledge_mutex_);
    pipeline_->publish(knowledge_);
    clock_watch_->refresh();
    return {};
}

base::Status Server::reload_assets()
{
    const std::lock_guard one(reload_mutex_);
    TRY(std::vector<normalize::Asset> assets, assets_of(*cases_));
    const std::lock_guard lock(knowledge_mutex_);
    auto knowledge = std::make_shared<pipeline::Knowledge>(*knowledge_);
    knowledge->enrichment.assets = normalize::AssetTable::from_rows(std::move(assets));
    knowledge_ = std::move(knowledge);
    pipeline_->publish(knowledge_);
    return {};
}

base::Status Server::reload_sensors()
{
    const std::lock_guard one(reload_mutex_);
    TRY(auto owners, owners_of(*cases_));
    const std::lock_guard lock(knowledge_mutex_);
    auto knowledge = std::make_shared<pipeline::Knowledge>(*knowledge_);
    knowledge->owners = std::move(owners);
    knowledge_ = std::move(knowledge);
    pipeline_->publish(knowledge_);
    return {};
}

base::Status Server::reload_rule_settings()
{
    const std::lock_guard one(reload_mutex_); // whoever holds it alone publishes
    std::shared_ptr<pipeline::Knowledge> knowledge;
    {
        const std::lock_guard lock(knowledge_mutex_);
        knowledge = std::make_shared<pipeline::Knowledge>(*knowledge_);
    }
    TRY(knowledge->rule_settings, settings_of_rules(*cases_, *knowledge->rules));
    TRY(knowledge->exceptions, exceptions_of_rules(*cases_));
    const std::lock_guard lock(knowledge_mutex_);
    knowledge_ = std::move(knowledge);
    pipeline_->publish(knowledge_);
    return {};
}

base::Status Server::reload_casework()
{
    const std::lock_guard one(reload_mutex_);
    TRY(const auto own, service::read_own_settings(*cases_));
    const std::lock_guard lock(knowledge_mutex_);
    casework_ =
        std::make_shared<casework::Knowledge>(casework::with_settings(*loaded_casework_, own));
    clock_watch_->refresh();
    return {};
}

service::SystemState Server::system_state() const
{
    service::SystemState state;
    state.version = kVersion;
    state.started_at = started_at_;
    std::error_code error;
    const fs::space_info space = fs::space(settings_.data, error);
    state.disk_free = error ? 0 : space.available;
    state.disk_total = error ? 0 : space.capacity;
    state.disk_reserve = base::limits::kJournalFreeBytesMin;
    state.memory = resident_bytes(::getpid());

    const disk::JournalTotals totals = journal_->totals();
    const pipeline::Progress progress = pipeline_->progress();
    state.journal_bytes = totals.bytes_kept;
    state.entries_waiting =
        progress.journal_last - std::min(progress.processed, progress.journal_last);
    state.entries_unarchived = progress.processed - std::min(progress.archived, progress.processed);
    state.ranges_set_aside = pipeline_->set_aside();
    state.quarantine_bytes = totals.quarantine_bytes;
    state.quarantine_forgotten = totals.quarantine_forgotten;

    const store::EngineState engine = engine_->state();
    state.engine_up = engine.up;
    state.engine_reason = engine.reason;
    state.engine_starts = engine.starts;
    state.engine_memory = engine.pid == 0 ? 0 : resident_bytes(engine.pid);
    {
        const std::lock_guard lock(knowledge_mutex_);
        state.rules = knowledge_->rules->rules().size();
        state.sources = knowledge_->sources->list().size();
        state.indicators = knowledge_->indicators == nullptr ? 0 : knowledge_->indicators->size();
        state.playbooks = casework_->playbooks.size();
        state.clocks = casework_->clocks.size();
    }
    state.inputs = inputs_ ? inputs_->states() : std::vector<service::InputState>{};
    state.problems = unready_reasons();
    return state;
}

service::Reading Server::read_records(const std::string& source, const std::string& timezone,
                                      std::span<const std::string> records) const
{
    std::shared_ptr<const pipeline::Knowledge> knowledge;
    {
        const std::lock_guard lock(knowledge_mutex_);
        knowledge = knowledge_;
    }
    service::Reading reading{.source = source, .records = {}};
    auto chunk = std::make_shared<model::Chunk>();
    std::vector<std::string_view> probe;
    for (const std::string& text : records) {
        chunk->records.push_back({.id = {}, .bytes = text, .full_length = 0, .full_sha256 = {}});
        probe.push_back(text);
    }
    if (reading.source.empty()) {
        reading.source = knowledge->sources->choose(probe);
    }
    const base::Time now = base::system_clock().now();
    chunk->stream.source = reading.source;
    chunk->stream.timezone = timezone;
    chunk->stream.reference_time = now;
    model::EventBatch batch;
    batch.hold(chunk);
    auto refused =
        normalize::decode(*knowledge->sources, chunk->stream, chunk->records, now, batch);
    normalize::enrich(knowledge->enrichment, batch);
    pipeline::add_owners(knowledge->owners, batch);
    reading.records.resize(records.size());
    for (const normalize::Rejected& record : refused) {
        reading.records[record.record_index] = {.event_json = {},
                                                .reason =
                                                    std::string(model::name_of(record.reason)),
                                                .detail = record.detail};
    }
    auto event = batch.events.begin();
    for (service::Reading::Record& record : reading.records) {
        if (record.reason.empty() && event != batch.events.end()) {
            record.event_json = model::render_json(*event++);
        }
    }
    return reading;
}

base::Status Server::reload_indicators()
{
    const std::lock_guard one(reload_mutex_);
    TRY(auto indicators, load_indicators(settings_.data + "/indicators"));
    const std::lock_guard lock(knowledge_mutex_);
    auto knowledge = std::make_shared<pipeline::Knowledge>(*knowledge_);
    knowledge->indicators = std::move(indicators);
    knowledge_ = std::move(knowledge);
    pipeline_->publish(knowledge_);
    return {};
}

base::Status Server::start_pipeline()
{
    TRY(const std::chrono::seconds kept_for, parse_retention(settings_.retention));
    retention_ = std::make_unique<service::Retention>(
        *events_, *cases_, kept_for, base::system_clock().now(), std::chrono::steady_clock::now());
    TRY(pipeline_, pipeline::Pipeline::start({*journal_, *cases_, *events_}, knowledge_));
    return {};
}

model::Ledger Server::ledger() const
{
    model::Ledger ledger = pipeline_->ledger();
    ledger.lost_before_receipt = inputs_ ? inputs_->lost_before_receipt() : 0;
    return ledger;
}

std::vector<std::string> Server::unready_reasons() const
{
    std::vector<std::string> reasons;
    if (const auto failure = pipeline_->failure()) {
        reasons.push_back(failure->message);
    }
    if (const store::EngineState engine = engine_->state(); !engine.up) {
        reasons.push_back(engine.reason);
    }
    if (std::string delay = pipeline_->archive_delay(); !delay.empty()) {
        reasons.push_back(std::move(delay));
    }
    if (inputs_) {
        for (std::string& problem : inputs_->problems()) {
            reasons.push_back(std::move(problem));
        }
    }
    return reasons;
}

base::Status Server::open_desk()
{
    const auto derive_key = [this](std::string_view purpose) {
        return accounts_->derive_key(purpose);
    };
    TRY(file_vault_,
        store::EvidenceVault::open(settings_.data + "/report-files", derive_key("report files")));
    desk_ = std::make_unique<service::ReporterDesk>(*cases_, *file_vault_, base::system_clock(),
                                                    derive_key);
    return {};
}

portal::Handlers Server::public_pages(bool tls)
{
    return portal::make_handlers(
        {.desk = *desk_,
         .clock = base::system_clock(),
         .site =
             [this] {
                 const std::lock_guard lock(knowledge_mutex_);
                 return site_;
             },
         .profile =
             [this, first = service::first_profile(settings_.site_name)] {
                 return service::find_profile(*cases_, first);
             },
         .advisories = [this] { return service::published_advisories(*cases_); },
         .setup_needed =
             [this] {
                 if (!set_up_) {
                     const auto needed = accounts_->setup_needed();
                     set_up_ = needed && !*needed;
                 }
                 return !set_up_;
             },
         .tls = tls,
         .demo = settings_.demo});
}

base::Status Server::start_http()
{
    const std::string& data = settings_.data;
    TRY_STATUS(make_private_folder(data + "/keys"));
    TRY(accounts_,
        service::Accounts::open(
            *cases_, base::system_clock(),
            {.master_key_file =
                 settings_.key_file.empty() ? data + "/keys/master" : settings_.key_file,
             .setup_token_file = settings_.setup_token_file.empty() ? data + "/setup-token"
                                                                    : settings_.setup_token_file,
             .site_name = settings_.site_name}));
    TRY(vault_, store::EvidenceVault::open(data + "/evidence", accounts_->derive_key("evidence")));
    const auto knowledge = [this] {
        const std::lock_guard lock(knowledge_mutex_);
        return knowledge_;
    };
    TRY_STATUS(open_desk());
    TRY(printer_, connect::PdfPrinter::open({.folder = data + "/print"}));
    rule_desk_.reset(new service::RuleDesk{
        .events = *scan_,
        .counts = [this] { return counts_of_rules(pipeline_->rule_counts()); },
        .sources =
            [this] {
                const std::lock_guard lock(knowledge_mutex_);
                return rule_sources_;
            },
        .exceptions = [knowledge] { return knowledge()->exceptions; },
        .indicator_list =
            [folder = data + "/indicators"](const std::string& name) {
                return load_indicator_list(folder, name);
            },
        .reload = [this] { return reload_rules(); }});
    administration_ = {.sensors = sensors_.get(),
                       .rules = rule_desk_.get(),
                       .reload_sensors = [this] { return reload_sensors(); },
                       .reload_rule_settings = [this] { return reload_rule_settings(); },
                       .reload_casework = [this] { return reload_casework(); },
                       .system = [this] { return system_state(); },
                       .sources = [knowledge] { return knowledge()->sources->list(); },
                       .read_records =
                           [this](const std::string& source, const std::string& timezone,
                                  std::span<const std::string> records) {
                               return read_records(source, timezone, records);
                           }};
    world_.reset(new service::World{
        .cases = *cases_,
        .events = *events_,
        .journal = *journal_,
        .clock = base::system_clock(),
        .rules =
            [knowledge] {
                const auto rules = knowledge()->rules->rules();
                return std::vector(rules.begin(), rules.end());
            },
        .ledger = [this] { return ledger(); },
        .progress =
            [this] {
                const pipeline::Progress p = pipeline_->progress();
                return service::Progress{p.journal_last, p.processed, p.archived};
            },
        .rerun_quarantine =
            [this](std::span<const std::string> ids) { return pipeline_->rerun_quarantine(ids); },
        .unready_reasons = [this] { return unready_reasons(); },
        .knows_source =
            [knowledge](std::string_view id) { return knowledge()->sources->knows(id); },
        .choose_source =
            [knowledge](std::span<const std::string_view> records) {
                return knowledge()->sources->choose(records);
            },
        .retention = [this] { return retention_->state(); },
        .reload_assets = [this] { return reload_assets(); },
        .indicator_folder = data + "/indicators",
        .reload_indicators = [this] { return reload_indicators(); },
        .casework =
            [this] {
                const std::lock_guard lock(knowledge_mutex_);
                return casework_;
            },
        .vault = vault_.get(),
        .report_form =
            [this] {
                const std::lock_guard lock(knowledge_mutex_);
                return std::shared_ptr<const service::ReportForm>(site_, &site_->form);
            },
        .desk = desk_.get(),
        .files = file_vault_.get(),
        .print_pdf = [this](std::string_view html) { return printer_->print(html); },
        .first_profile = service::first_profile(settings_.site_name),
        .geo_built_at = std::nullopt,
        .version = kVersion,
        .timezone = settings_.timezone,
        .demo = settings_.demo,
    });
    if (const auto geo = knowledge()->enrichment.geo) {
        world_->geo_built_at = geo->built_at();
    }
    hunts_ = std::make_unique<service::Hunts>(*world_, *rule_desk_);
    rule_desk_->hunts = hunts_.get();
    clock_watch_ = std::make_unique<service::ClockWatch>(*world_);
    TRY(const Endpoint listen, parse_endpoint(settings_.listen));
    const bool tls = !settings_.tls_cert.empty() || !settings_.behind_proxy.empty();
    const portal::Handlers pages = public_pages(tls);
    const api::Handlers rest = api::make_handlers({.world = *world_,
                                                   .accounts = *accounts_,
                                                   .assets = find_console_asset,
                                                   .cursor_key = accounts_->derive_key("cursor"),
                                                   .administration = administration_,
                                                   .tls = tls});
    const auto handle = [pages, rest](const net::HttpRequest& request) {
        return pages.owns(request) ? pages.handle(request) : rest.handle(request);
    };
    const auto admit = [pages, rest](const net::HttpRequest& request) {
        return pages.owns(request) ? pages.admit(request) : rest.admit(request);
    };
    TRY(http_,
        net::HttpServer::start({.address = listen.address,
                                .port = listen.port,
                                .tls_cert_file = settings_.tls_cert,
                                .tls_key_file = settings_.tls_key,
                                .trusted_proxies = settings_.behind_proxy,
                                .worker_threads = api::kWorkers,
                                .body_bytes_max = std::max(base::limits::kHttpBodyBytesMax,
                                                           base::limits::kReportUploadBytesMax),
                                .admit = admit},
                               handle));
    return {};
}

void Server::register_metrics()
{
    const auto add = [this](std::string_view field, std::uint64_t model::Ledger::* member) {
        base::gauge("tanggap_ledger_records", "Records by where they are (received is the sum)",
                    {{"state", std::string(field)}},
                    [this, member] { return static_cast<double>(ledger().*member); });
    };
    add("received", &model::Ledger::received);
    add("stored", &model::Ledger::stored);
    add("duplicate", &model::Ledger::duplicate);
    add("quarantined", &model::Ledger::quarantined);
    add("in_flight", &model::Ledger::in_flight);
    base::gauge("tanggap_ledger_rejected_records",
                "Records refused before the journal, all reasons", {}, [this] {
                    std::uint64_t sum = 0;
                    for (const auto& [reason, count] : ledger().rejected) {
                        sum += count;
                    }
                    return static_cast<double>(sum);
                });
    for (const std::string_view reason : {model::kLostFromJournal, model::kLostBeforeArchive}) {
        base::gauge("tanggap_records_lost", "Records received that damage to the disk took",
                    {{"reason", std::string(reason)}}, [this, reason = std::string(reason)] {
                        const auto lost = ledger().lost;
                        const auto known = lost.find(reason);
                        return known == lost.end() ? 0.0 : static_cast<double>(known->second);
                    });
    }
    base::gauge("tanggap_lost_before_receipt", "Datagrams the kernel dropped", {},
                [this] { return static_cast<double>(ledger().lost_before_receipt); });
    base::gauge("tanggap_engine_up", "Whether the event engine answers", {},
                [this] { return engine_->state().up ? 1.0 : 0.0; });
    base::gauge("tanggap_engine_starts", "Starts of the event engine child", {},
                [this] { return static_cast<double>(engine_->state().starts); });
}

void Server::stop()
{
    for (const auto& keeper : keepers_) {
        keeper->stop();
    }
    if (inputs_) {
        gate_->open_wide();
        inputs_->stop();
    }
    if (http_) {
        http_->stop();
    }
    hunts_.reset();
    clock_watch_.reset();
    if (pipeline_) {
        pipeline_->stop();
    }
    if (engine_) {
        engine_->stop();
    }
}

} // namespace tanggap::app
