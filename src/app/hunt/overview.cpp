#include "app/hunt/overview.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace tanggap::app::hunting {
namespace {

/// Source: ATT&CK Enterprise, in the order of its matrix.
constexpr std::string_view kTactics[] = {"reconnaissance",  "resource-development",
                                         "initial-access",  "execution",
                                         "persistence",     "privilege-escalation",
                                         "defense-evasion", "credential-access",
                                         "discovery",       "lateral-movement",
                                         "collection",      "command-and-control",
                                         "exfiltration",    "impact"};

bool kept_before(const Finding& a, const Finding& b)
{
    return std::tie(b.rule->level, a.time, *a.file, a.record) <
           std::tie(a.rule->level, b.time, *b.file, b.record);
}

} // namespace

void NameTally::add(const std::string& name)
{
    if (name.empty()) {
        return;
    }
    const auto found = counts_.find(name);
    if (found != counts_.end()) {
        ++found->second;
    } else if (counts_.size() < kNamesMax) {
        counts_.emplace(name, 1);
    } else {
        ++others_;
    }
}

std::vector<NameTally::Row> NameTally::top(std::size_t count) const
{
    std::vector<Row> rows;
    for (const auto& [name, found] : counts_) {
        rows.push_back({name, found});
    }
    std::ranges::sort(rows, [](const Row& a, const Row& b) {
        return std::tie(b.count, a.name) < std::tie(a.count, b.name);
    });
    rows.resize(std::min(rows.size(), count));
    return rows;
}

void TimeTally::add(base::Time time, model::Level level)
{
    const std::int64_t seconds = time.seconds();
    const std::int64_t step = seconds >= 0 ? seconds / width_s_ : -((-seconds - 1) / width_s_) - 1;
    ++counts_[step][static_cast<std::size_t>(level)];
    while (counts_.size() > kStepsMax) {
        widen();
    }
}

void TimeTally::widen()
{
    std::map<std::int64_t, LevelCounts> wider;
    for (const auto& [step, counts] : counts_) {
        auto& to = wider[step >= 0 ? step / 2 : -((-step - 1) / 2) - 1];
        for (std::size_t i = 0; i < kLevels; ++i) {
            to[i] += counts[i];
        }
    }
    counts_ = std::move(wider);
    width_s_ *= 2;
}

base::Duration TimeTally::width(std::size_t steps_max) const
{
    std::int64_t width = width_s_;
    if (!counts_.empty()) {
        const std::int64_t span = (counts_.rbegin()->first - counts_.begin()->first + 1) * width_s_;
        while (span / width >= static_cast<std::int64_t>(steps_max)) {
            width += width_s_;
        }
    }
    return std::chrono::seconds{width};
}

std::vector<TimeTally::Step> TimeTally::steps(std::size_t steps_max) const
{
    std::vector<Step> out;
    if (counts_.empty()) {
        return out;
    }
    const std::int64_t width =
        std::chrono::duration_cast<std::chrono::seconds>(this->width(steps_max)).count();
    const std::int64_t begin = counts_.begin()->first * width_s_;
    const std::int64_t end = (counts_.rbegin()->first + 1) * width_s_;
    for (std::int64_t at = begin; at < end; at += width) {
        out.push_back({.begin = base::Time::from_seconds(at)});
    }
    for (const auto& [step, counts] : counts_) {
        auto& to = out[static_cast<std::size_t>((step * width_s_ - begin) / width)].counts;
        for (std::size_t i = 0; i < kLevels; ++i) {
            to[i] += counts[i];
        }
    }
    return out;
}

void Overview::add(const Finding& finding)
{
    const auto level = static_cast<std::size_t>(finding.rule->level);
    ++findings_;
    ++levels_[level];
    auto& rule = rules_[finding.rule->id];
    if (rule.findings++ == 0) {
        rule.rule = finding.rule;
        rule.first = rule.last = finding.time;
        rule.example = finding;
        rule.example.json_head = rule.example.json_tail = {};
    }
    rule.first = std::min(rule.first, finding.time);
    rule.last = std::max(rule.last, finding.time);
    if (!finding.host.empty() && !rule.hosts.contains(finding.host)) {
        if (rule.hosts.size() < RuleTally::kHostsMax) {
            rule.hosts.insert(finding.host);
        } else {
            rule.more_hosts = true;
        }
    }
    hosts_.add(finding.host);
    users_.add(finding.user);
    addresses_.add(finding.address);
    times_.add(finding.time, finding.rule->level);
    for (const auto& tactic : tactics_of(*finding.rule)) {
        ++tactics_[tactic][level];
    }
    if (kept_max_ == 0) {
        return;
    }
    kept_.push_back(finding);
    kept_.back().json_head = kept_.back().json_tail = {};
    std::ranges::push_heap(kept_, kept_before);
    if (kept_.size() > kept_max_) {
        std::ranges::pop_heap(kept_, kept_before);
        kept_.pop_back();
    }
}

std::vector<const RuleTally*> Overview::rules() const
{
    std::vector<const RuleTally*> out;
    for (const auto& [id, rule] : rules_) {
        out.push_back(&rule);
    }
    std::ranges::sort(out, [](const RuleTally* a, const RuleTally* b) {
        return std::tie(b->rule->level, b->findings, a->rule->id) <
               std::tie(a->rule->level, a->findings, b->rule->id);
    });
    return out;
}

std::vector<const Finding*> Overview::kept() const
{
    std::vector<const Finding*> out;
    for (const auto& finding : kept_) {
        out.push_back(&finding);
    }
    std::ranges::sort(out, [](const Finding* a, const Finding* b) {
        return std::tie(a->time, *a->file, a->record, a->rule->id) <
               std::tie(b->time, *b->file, b->record, b->rule->id);
    });
    return out;
}

std::span<const std::string_view> tactics_in_order()
{
    return kTactics;
}

std::vector<std::string> tactics_of(const model::RuleInfo& rule)
{
    std::vector<std::string> out;
    for (const auto& tag : rule.tags) {
        std::string name = base::to_lower_ascii(tag);
        if (!name.starts_with("attack.")) {
            continue;
        }
        name.erase(0, 7);
        std::ranges::replace(name, '_', '-');
        if (name == "stealth" || name == "defense-impairment") { // names of newer matrices
            name = "defense-evasion";
        }
        const bool known = std::ranges::find(kTactics, name) != std::end(kTactics);
        if (known && std::ranges::find(out, name) == out.end()) {
            out.push_back(std::move(name));
        }
    }
    return out;
}

} // namespace tanggap::app::hunting
