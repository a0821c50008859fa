// What the use cases work on. Made once by app; every member outlives the API.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "casework/knowledge.h"
#include "disk/journal.h"
#include "model/detection.h"
#include "model/ledger.h"
#include "service/profile.h"
#include "service/retention.h"
#include "store/case_store.h"
#include "store/event_store.h"
#include "store/evidence_vault.h"

namespace tanggap::store {
class EvidenceVault;
} // namespace tanggap::store

namespace tanggap::service {

class ReportForm;
class ReporterDesk;

/// How far the pipeline is. Units: journal sequences.
struct Progress {
    std::uint64_t journal_last = 0;
    std::uint64_t processed = 0;
    std::uint64_t archived = 0;
};

/// Thread: any; the functions are called from many request threads at once.
struct World {
    store::CaseStore& cases;
    store::EventStore& events;
    disk::Journal& journal;
    const base::Clock& clock;

    /// The loaded rules, in file order.
    std::function<std::vector<std::shared_ptr<const model::RuleInfo>>()> rules;
    /// The whole equation, receipt side included (rulings 19).
    std::function<model::Ledger()> ledger;
    std::function<Progress()> progress;
    /// Puts these quarantine entries through the journal again; gives how many.
    std::function<base::Result<std::uint64_t>(std::span<const std::string> ids)> rerun_quarantine;
    /// Why the program is not ready to serve; empty: it is.
    std::function<std::vector<std::string>()> unready_reasons;
    /// Whether a source id ("apache_access") is known.
    std::function<bool(std::string_view)> knows_source;
    /// The source that reads most of these records (rulings 23).
    std::function<std::string(std::span<const std::string_view>)> choose_source;
    /// How long events are kept, and what went.
    std::function<RetentionState()> retention{};
    /// Takes the assets of the case database for events from now on.
    std::function<base::Status()> reload_assets{};
    std::string indicator_folder{}; ///< DATA/indicators
    /// Looks the lists of that folder up in events from now on.
    std::function<base::Status()> reload_indicators{};

    /// Playbooks, clocks, calendar and classes as loaded now.
    std::function<std::shared_ptr<const casework::Knowledge>()> casework{};
    store::EvidenceVault* vault = nullptr; ///< the files of evidence; never null in the program

    /// The report form as loaded.
    std::function<std::shared_ptr<const ReportForm>()> report_form = {};
    ReporterDesk* desk = nullptr;
    store::EvidenceVault* files = nullptr;
    /// Prints the page, whole with its style, as PDF; waits for its turn.
    /// Errors: Unavailable where nothing prints here, with what to install; Exhausted where too
    /// many wait.
    std::function<base::Result<std::string>(std::string_view html)> print_pdf = {};
    Profile first_profile = {}; ///< until somebody fills one in

    std::optional<base::Time> geo_built_at; ///< age of the country data
    std::string version;
    std::string timezone = "UTC"; ///< of logs that name none, where the sensor has none
    bool demo = false;
};

} // namespace tanggap::service
