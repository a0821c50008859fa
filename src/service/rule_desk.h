// What use cases about rules need of the program. Wired by app; outlives the API.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "detect/engine.h"
#include "detect/exceptions.h"
#include "detect/indicators.h"
#include "store/event_scan.h"

namespace tanggap::service {

class Hunts;

/// What a rule did since the program started.
struct RuleCount {
    std::uint64_t detections = 0;
    std::uint64_t excepted = 0; ///< let pass by exceptions
};

/// The name of the file of a rule that was written here.
inline std::string own_file_name(std::string_view rule_id)
{
    return "own/" + std::string(rule_id) + ".yaml";
}

using RuleNames = std::set<std::string, std::less<>>;

/// What other files may need of a file, and it of them.
struct FileFacts {
    RuleNames ids;
    RuleNames names;     ///< ids too
    RuleNames mentioned; ///< by its correlations
    bool filters = false;
};

/// The rules in use and what they were made from, own ones included. Immutable.
struct RuleSources {
    std::vector<detect::RuleFile> files;
    std::vector<FileFacts> facts; ///< of each file
    std::vector<detect::MappingFile> mappings;
    std::shared_ptr<const detect::RuleSet> set;
};

/// Thread: any.
struct RuleDesk {
    store::EventScan& events;
    /// By rule id; a rule that did nothing is not there.
    std::function<std::map<std::string, RuleCount, std::less<>>()> counts{};
    std::function<std::shared_ptr<const RuleSources>()> sources{};
    /// Those of people; null: none.
    std::function<std::shared_ptr<const detect::ExceptionSet>()> exceptions{};
    /// One list of DATA/indicators. Errors: NotFound, Invalid.
    std::function<base::Result<std::shared_ptr<const detect::IndicatorSet>>(const std::string&)>
        indicator_list{};
    /// Reads all rules again; they hold from the next batch on, and correlations go on with what
    /// they counted.
    std::function<base::Status()> reload{};
    Hunts* hunts = nullptr; ///< never null in the program
};

} // namespace tanggap::service
