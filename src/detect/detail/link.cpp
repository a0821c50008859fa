#include "detect/detail/link.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"

namespace tanggap::detect {
namespace {

class Linker {
public:
    Linker(RuleSet::Compiled& set, const std::vector<ParsedRule>& rules,
           std::vector<Diagnostic>& diagnostics)
        : set_(set), rules_(rules), diagnostics_(diagnostics), states_(rules.size())
    {
        for (RuleIndex i = 0; i < rules.size(); ++i) {
            by_name_.emplace(rules[i].info->id, i);
            if (!rules[i].name.empty() && !by_name_.emplace(rules[i].name, i).second) {
                shared_names_.insert(rules[i].name);
            }
        }
    }

    std::set<RuleIndex> run()
    {
        for (RuleIndex i = 0; i < rules_.size(); ++i) {
            if (rules_[i].correlation) {
                visit(i, 0);
            }
        }
        for (auto& correlation : set_.correlations) {
            correlation.alone = set_.rules[correlation.rule].alone;
            correlation.signals = set_.rules[correlation.rule].signals;
        }
        for (RuleIndex i = 0; i < rules_.size(); ++i) {
            // Without the correlation that counts it, it would be an alert nobody wrote.
            set_.rules[i].alone = set_.rules[i].alone && !rules_[i].hidden;
        }
        std::set<RuleIndex> broken;
        for (RuleIndex i = 0; i < rules_.size(); ++i) {
            if (states_[i] == State::Broken) {
                broken.insert(i);
            }
        }
        return broken;
    }

private:
    enum class State : std::uint8_t { New, Open, Done, Broken };

    void report(const Place& place, RuleIndex rule, std::string message, std::string hint)
    {
        diagnostics_.push_back({.severity = Diagnostic::Severity::Error,
                                .file = place.file,
                                .line = place.line,
                                .column = place.column,
                                .length = 0,
                                .rule_title = rules_[rule].info->title,
                                .message = std::move(message),
                                .hint = std::move(hint)});
    }

    /// Members first, so that `correlations` is in the order in which they feed each other.
    bool visit(RuleIndex index, std::size_t depth)
    {
        if (states_[index] != State::New) {
            return states_[index] == State::Done;
        }
        const auto& spec = *rules_[index].correlation;
        states_[index] = State::Open;
        CompiledCorrelation compiled{.rule = index, .spec = spec, .members = {}};
        bool good = find_aliases(index);
        for (const auto& member : spec.members) {
            const auto rule = find_member(index, member, depth);
            const bool again = rule && std::ranges::any_of(compiled.members, [&](const auto& one) {
                                   return one.rule == *rule;
                               });
            if (again) {
                report(member.place, index,
                       fmt::format("{} is named twice, by its id and by its name",
                                   base::quoted(rules_[*rule].info->title)),
                       "");
            }
            good = good && rule && !again;
            if (rule) {
                compiled.members.push_back(bind_member(index, *rule));
            }
        }
        states_[index] = good ? State::Done : State::Broken;
        if (good) {
            compiled.meaning = meaning_of(index, compiled);
            mark_members(compiled);
            set_.correlations.push_back(std::move(compiled));
        }
        return good;
    }

    /// An alias may call a rule by its name where `rules` has its id.
    bool find_aliases(RuleIndex index)
    {
        bool good = true;
        const auto& spec = *rules_[index].correlation;
        for (const auto& alias : spec.aliases) {
            const auto found = by_name_.find(alias.member.name);
            const bool counted =
                found != by_name_.end() && std::ranges::any_of(spec.members, [&](const auto& one) {
                    const auto member = by_name_.find(one.name);
                    return member != by_name_.end() && member->second == found->second;
                });
            if (counted) {
                aliases_[{index, found->second, alias.name}] = alias.field;
                continue;
            }
            good = false;
            report(alias.member.place, index,
                   fmt::format("the alias {} speaks of {}, which is none of the rules",
                               base::quoted(alias.name), base::quoted(alias.member.name)),
                   "name one of 'rules' by its name or id");
        }
        return good;
    }

    std::optional<RuleIndex> find_member(RuleIndex index, const CorrelationRule::Member& member,
                                         std::size_t depth)
    {
        const auto found = by_name_.find(member.name);
        if (found == by_name_.end()) {
            report(member.place, index,
                   fmt::format("no rule has the id or name {}", base::quoted(member.name)),
                   "it may have been refused for an error of its own");
            return std::nullopt;
        }
        if (shared_names_.contains(member.name)) {
            report(member.place, index,
                   fmt::format("several rules are named {}", base::quoted(member.name)),
                   "name the one that is meant by its id");
            return std::nullopt;
        }
        const auto rule = found->second;
        if (!rules_[rule].correlation) {
            return rule;
        }
        if (states_[rule] == State::Open || depth >= base::limits::kConditionDepthMax) {
            report(
                member.place, index,
                fmt::format("the correlation counts itself through {}", base::quoted(member.name)),
                "a chain of correlations must end in rules");
            return std::nullopt;
        }
        if (!visit(rule, depth + 1)) {
            report(
                member.place, index,
                fmt::format("the correlation {} it counts was refused", base::quoted(member.name)),
                "");
            return std::nullopt;
        }
        return rule;
    }

    CompiledCorrelation::Member bind_member(RuleIndex correlation, RuleIndex rule) const
    {
        const auto& spec = *rules_[correlation].correlation;
        CompiledCorrelation::Member member{.rule = rule, .group_fields = {}, .value_fields = {}};
        for (const auto& name : spec.group_by) {
            member.group_fields.push_back(source_of(rule, field_of(correlation, rule, name)));
        }
        for (const auto& name : spec.value_fields) {
            member.value_fields.push_back(source_of(rule, field_of(correlation, rule, name)));
        }
        return member;
    }

    CompiledCorrelation::Source source_of(RuleIndex rule, const std::string& field) const
    {
        CompiledCorrelation::Source out{.fields = event_fields(rule, field), .place = {}};
        const auto counted = std::ranges::find(set_.correlations, rule, &CompiledCorrelation::rule);
        if (counted != set_.correlations.end()) {
            const auto& names = counted->spec.group_by;
            const auto found = std::ranges::find(names, field);
            if (found != names.end()) {
                out.place = static_cast<std::size_t>(found - names.begin());
            }
        }
        return out;
    }

    /// Of all that says what members, values and groups in a state are. Bounds and timespan are not
    /// among it: what was seen stays true under others.
    std::uint64_t meaning_of(RuleIndex correlation, const CompiledCorrelation& compiled) const
    {
        const auto& spec = compiled.spec;
        std::string text = fmt::format("{} {}", static_cast<int>(spec.type), !spec.percentile);
        const auto add = [&](std::string_view part) {
            text += fmt::format(" {}:{}", part.size(), part);
        };
        for (const auto& member : compiled.members) {
            add(rules_[member.rule].info->id);
            for (const auto* names : {&spec.group_by, &spec.value_fields}) {
                add(std::to_string(names->size()));
                for (const auto& name : *names) {
                    add(field_of(correlation, member.rule, name));
                }
            }
        }
        return base::sha256_number(text);
    }

    /// What a rule that `correlation` counts has for `name`.
    const std::string& field_of(RuleIndex correlation, RuleIndex rule,
                                const std::string& name) const
    {
        const auto alias = aliases_.find({correlation, rule, name});
        return alias == aliases_.end() ? name : alias->second;
    }

    /// What `field` of `rule` may be called in an event, over all its variants; a correlation
    /// answers for the rules it counts, by the names that its aliases give them.
    std::vector<std::string> event_fields(RuleIndex rule, const std::string& field) const
    {
        std::vector<std::string> out;
        const auto add = [&](const std::vector<std::string>& names) {
            for (const auto& name : names) {
                if (std::ranges::find(out, name) == out.end()) {
                    out.push_back(name);
                }
            }
        };
        const auto counted = std::ranges::find(set_.correlations, rule, &CompiledCorrelation::rule);
        if (counted != set_.correlations.end()) {
            for (const auto& member : counted->members) {
                add(event_fields(member.rule, field_of(rule, member.rule, field)));
            }
            return out;
        }
        for (const auto partition : set_.rules[rule].partitions) {
            add(set_.partitions[partition].variant->fields_of(field));
        }
        add({field});
        return out;
    }

    /// A rule that some correlation asks to generate keeps alerting alone.
    void mark_members(const CompiledCorrelation& compiled)
    {
        for (const auto& member : compiled.members) {
            auto& rule = set_.rules[member.rule];
            rule.signals = true;
            generated_[member.rule] = generated_[member.rule] || compiled.spec.generate;
            rule.alone = generated_[member.rule];
        }
    }

    RuleSet::Compiled& set_;
    const std::vector<ParsedRule>& rules_;
    std::vector<Diagnostic>& diagnostics_;
    std::vector<State> states_;
    std::map<std::string, RuleIndex> by_name_;
    std::set<std::string> shared_names_;
    std::map<RuleIndex, bool> generated_;
    /// Fields by correlation, rule it counts and alias.
    std::map<std::tuple<RuleIndex, RuleIndex, std::string>, std::string> aliases_;
};

} // namespace

std::set<RuleIndex> link_correlations(RuleSet::Compiled& set, const std::vector<ParsedRule>& rules,
                                      std::vector<Diagnostic>& diagnostics)
{
    return Linker(set, rules, diagnostics).run();
}

} // namespace tanggap::detect
