// What a hunt found, in numbers: by rule, tactic, host, user and time. Memory is bounded whatever
// is found.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/hunt/finding.h"

namespace tanggap::app::hunting {

inline constexpr std::size_t kLevels = 5;
using LevelCounts = std::array<std::uint64_t, kLevels>;

/// Counts of names that logs write: beyond kNamesMax new ones are counted together.
class NameTally {
public:
    void add(const std::string& name);
    struct Row {
        std::string name;
        std::uint64_t count = 0;
    };
    /// The most frequent first; equal ones by name.
    std::vector<Row> top(std::size_t count) const;
    std::size_t names() const { return counts_.size(); }
    std::uint64_t others() const { return others_; }

private:
    static constexpr std::size_t kNamesMax = 20'000;
    std::map<std::string, std::uint64_t> counts_;
    std::uint64_t others_ = 0;
};

/// Findings over time, in steps that widen so that there are never more than kStepsMax.
class TimeTally {
public:
    void add(base::Time time, model::Level level);
    struct Step {
        base::Time begin;
        LevelCounts counts{};
    };
    /// Empty steps between others included, as few as fit `steps_max`.
    std::vector<Step> steps(std::size_t steps_max) const;
    base::Duration width(std::size_t steps_max) const;

private:
    static constexpr std::size_t kStepsMax = 4'096;
    void widen();
    std::int64_t width_s_ = 60;
    std::map<std::int64_t, LevelCounts> counts_; ///< by number of the step
};

struct RuleTally {
    std::shared_ptr<const model::RuleInfo> rule;
    std::uint64_t findings = 0;
    base::Time first;
    base::Time last;
    std::set<std::string> hosts; ///< the first kHostsMax of them
    bool more_hosts = false;
    Finding example; ///< the first

    static constexpr std::size_t kHostsMax = 20;
};

class Overview {
public:
    /// `kept_max`: findings kept one by one, for a timeline or a page; the gravest, then the
    /// earliest, stay.
    explicit Overview(std::size_t kept_max) : kept_max_(kept_max) {}

    void add(const Finding& finding);

    std::uint64_t findings() const { return findings_; }
    const LevelCounts& levels() const { return levels_; }
    /// The gravest first, then the most frequent; ids make the order the same each time.
    std::vector<const RuleTally*> rules() const;
    const NameTally& hosts() const { return hosts_; }
    const NameTally& users() const { return users_; }
    const NameTally& addresses() const { return addresses_; }
    const TimeTally& times() const { return times_; }
    /// "initial-access" → findings of rules with that tag.
    const std::map<std::string, LevelCounts>& tactics() const { return tactics_; }
    /// By time. Fewer than findings() where kept_max was reached.
    std::vector<const Finding*> kept() const;

private:
    std::size_t kept_max_;
    std::uint64_t findings_ = 0;
    LevelCounts levels_{};
    std::map<std::string, RuleTally> rules_;
    NameTally hosts_;
    NameTally users_;
    NameTally addresses_;
    TimeTally times_;
    std::map<std::string, LevelCounts> tactics_;
    std::vector<Finding> kept_; ///< a heap whose front goes first
};

/// The tactics of ATT&CK Enterprise, in the order of its matrix.
std::span<const std::string_view> tactics_in_order();

/// The tactics of ATT&CK among a rule's tags, in the matrix' words: "initial-access".
std::vector<std::string> tactics_of(const model::RuleInfo& rule);

} // namespace tanggap::app::hunting
