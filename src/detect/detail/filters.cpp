#include "detect/detail/filters.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace tanggap::detect {
namespace {

/// What the filter does not say may be anything.
bool covers(const LogSource& filter, const LogSource& rule)
{
    const auto says = [](const std::string& asked, const std::string& given) {
        return asked.empty() || asked == given;
    };
    return says(filter.category, rule.category) && says(filter.product, rule.product) &&
           says(filter.service, rule.service);
}

class FilterApplier {
public:
    FilterApplier(const ParsedFilter& filter, std::vector<ParsedRule>& rules,
                  std::vector<Diagnostic>& diagnostics)
        : filter_(filter), rules_(rules), diagnostics_(diagnostics)
    {
    }

    void run()
    {
        for (const auto& target : filter_.targets) {
            apply_to(target);
        }
        for (auto& rule : rules_) {
            if (filter_.every_rule && rule.condition && covers(filter_.logsource, rule.logsource)) {
                narrow(rule);
            }
        }
    }

private:
    void apply_to(const ParsedFilter::Target& target)
    {
        bool known = false;
        for (std::size_t i = 0; i < rules_.size(); ++i) {
            if (rules_[i].info->id == target.name || rules_[i].name == target.name) {
                known = true;
                apply_to(target, i);
            }
        }
        if (!known) {
            warn(target.place,
                 fmt::format("the filter names {}, which is the id or name of no rule",
                             base::quoted(target.name)),
                 "it may have been refused for an error of its own");
        }
    }

    void apply_to(const ParsedFilter::Target& target, std::size_t index)
    {
        auto& rule = counted_by(rules_[index]);
        if (!rule.condition) {
            warn(target.place,
                 fmt::format("{} is a correlation, which a filter does not narrow",
                             base::quoted(target.name)),
                 "name the rules it counts");
        } else if (!covers(filter_.logsource, rule.logsource)) {
            warn(target.place,
                 fmt::format("{} is of the log source {}, not of the filter's {}",
                             base::quoted(target.name), rule.logsource.text(),
                             filter_.logsource.text()),
                 "the rule is left as it is");
        } else {
            narrow(rule);
        }
    }

    /// An old aggregation is narrowed in what it counts.
    ParsedRule& counted_by(ParsedRule& rule)
    {
        if (rule.correlation) {
            const auto counted = std::ranges::find_if(rules_, [&](const ParsedRule& other) {
                return other.hidden && other.info->id == rule.correlation->members.front().name;
            });
            return counted == rules_.end() ? rule : *counted;
        }
        return rule;
    }

    void narrow(ParsedRule& rule) const
    {
        auto both = std::make_shared<Clause>();
        both->kind = Clause::Kind::All;
        both->children = {rule.condition, filter_.condition};
        rule.condition = std::move(both);
    }

    void warn(const Place& place, std::string message, std::string hint)
    {
        diagnostics_.push_back({.severity = Diagnostic::Severity::Warning,
                                .file = place.file,
                                .line = place.line,
                                .column = place.column,
                                .length = 0,
                                .rule_title = filter_.title,
                                .message = std::move(message),
                                .hint = std::move(hint)});
    }

    const ParsedFilter& filter_;
    std::vector<ParsedRule>& rules_;
    std::vector<Diagnostic>& diagnostics_;
};

} // namespace

void apply_filters(const std::vector<ParsedFilter>& filters, std::vector<ParsedRule>& rules,
                   std::vector<Diagnostic>& diagnostics)
{
    for (const auto& filter : filters) {
        FilterApplier(filter, rules, diagnostics).run();
    }
}

} // namespace tanggap::detect
