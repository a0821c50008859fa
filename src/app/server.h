// The parts of a running server, in the order they are started. Destruction is the reverse.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/api.h"
#include "app/console_assets.h"
#include "app/content.h"
#include "app/inputs.h"
#include "app/keeper.h"
#include "app/settings.h"
#include "base/error.h"
#include "casework/knowledge.h"
#include "connect/pdf_printer.h"
#include "disk/journal.h"
#include "net/http.h"
#include "pipeline/pipeline.h"
#include "portal/portal.h"
#include "service/accounts.h"
#include "service/case_clocks.h"
#include "service/hunts.h"
#include "service/reporter_desk.h"
#include "service/rule_desk.h"
#include "service/sensor_gate.h"
#include "service/world.h"
#include "store/case_store.h"
#include "store/engine/supervisor.h"
#include "store/event_scan.h"
#include "store/evidence_vault.h"

namespace tanggap::app {

/// Thread: made and stopped by the main thread.
class Server {
public:
    static base::Result<std::unique_ptr<Server>> start(const Settings& settings);
    ~Server();
    Server(const Server&) = delete;

    std::uint16_t port() const { return http_->port(); }
    /// Inputs stop taking, requests finish, the batch under way is committed.
    void stop();
    /// Content is read again and used from the next batch on; what is wrong is logged.
    base::Status reload();
    /// The table of assets is read again and used from the next batch on.
    base::Status reload_assets();
    base::Status reload_sensors();
    base::Status reload_rule_settings();
    /// Rules alone are read again, those that people wrote here too.
    base::Status reload_rules();
    base::Status reload_casework();
    service::SystemState system_state() const;
    service::Reading read_records(const std::string& source, const std::string& timezone,
                                  std::span<const std::string> records) const;
    base::Status reload_indicators();
    /// For the demonstration, which fills them as people would.
    const service::World& world() const { return *world_; }
    service::Accounts& accounts() { return *accounts_; }

private:
    explicit Server(const Settings& settings) : settings_(settings) {}

    base::Status open_stores();
    base::Status load_knowledge();
    base::Result<std::shared_ptr<const service::RuleSources>>
    load_rules(Content& content, pipeline::Knowledge& knowledge);
    base::Status start_pipeline();
    base::Status load_site(const Content& content);
    base::Status open_desk();
    void start_keepers();
    portal::Handlers public_pages(bool tls);
    base::Status start_http();
    model::Ledger ledger() const;
    std::vector<std::string> unready_reasons() const;
    void register_metrics();

    Settings settings_;
    std::unique_ptr<disk::Journal> journal_;
    std::unique_ptr<store::CaseStore> cases_;
    std::unique_ptr<service::SensorCatalog> sensors_;
    std::unique_ptr<service::SensorGate> gate_; ///< the journal as inputs see it
    service::Administration administration_;
    std::unique_ptr<service::RuleDesk> rule_desk_;
    std::unique_ptr<store::Supervisor> engine_;
    std::unique_ptr<store::EventStore> events_;
    std::unique_ptr<store::EventScan> scan_;
    const base::Time started_at_ = base::system_clock().now();
    std::mutex reload_mutex_; ///< one reload at a time: the last one read is the last one used
    mutable std::mutex knowledge_mutex_;
    std::shared_ptr<const pipeline::Knowledge> knowledge_;       ///< guarded by knowledge_mutex_
    std::shared_ptr<const service::RuleSources> rule_sources_;   ///< the same
    std::shared_ptr<const casework::Knowledge> loaded_casework_; ///< of the files; the same
    std::shared_ptr<const casework::Knowledge> casework_;        ///< with what people set; the same
    std::shared_ptr<const portal::Site> site_;                   ///< guarded by knowledge_mutex_
    std::unique_ptr<pipeline::Pipeline> pipeline_;
    std::unique_ptr<service::Accounts> accounts_;
    std::unique_ptr<store::EvidenceVault> vault_;
    std::unique_ptr<connect::PdfPrinter> printer_;
    std::unique_ptr<service::World> world_;
    std::unique_ptr<service::Retention> retention_;
    std::unique_ptr<service::Hunts> hunts_;
    std::unique_ptr<service::ClockWatch> clock_watch_;
    std::unique_ptr<store::EvidenceVault> file_vault_;
    std::unique_ptr<service::ReporterDesk> desk_;
    std::atomic<bool> set_up_ = false; ///< there is an administrator: never asked again
    std::unique_ptr<Inputs> inputs_;
    std::vector<std::unique_ptr<Keeper>> keepers_;
    std::unique_ptr<net::HttpServer> http_;
};

} // namespace tanggap::app
