#include "detect/testing/agreement.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "detect/oracle/oracle.h"
#include "detect/testing/events.h"
#include "detect/testing/world.h"

namespace tanggap::detect::testing {
namespace {

/// Both, over the same text. Every generated rule must load.
struct Twins {
    explicit Twins(const std::string& yaml)
    {
        const std::vector<RuleFile> rules{{.name = "world.yml", .yaml = yaml}};
        const std::vector<MappingFile> mappings{{.name = "world.yaml", .yaml = World::mappings()}};
        engine = RuleSet::load(rules, mappings, diagnostics);
        oracle = Oracle::load(rules, mappings);
        std::erase_if(diagnostics, [](const Diagnostic& one) {
            return one.severity == Diagnostic::Severity::Warning;
        });
    }

    std::shared_ptr<const RuleSet> engine;
    std::shared_ptr<const Oracle> oracle;
    std::vector<Diagnostic> diagnostics;
};

std::string joined(const std::vector<std::string>& ids)
{
    return fmt::format("{}", fmt::join(ids, " "));
}

TEST(EngineAndOracle, AgreeOnGeneratedRulesAndEvents)
{
    for (std::uint64_t seed = 1; seed <= 15; ++seed) {
        ASSERT_EQ(rules_disagree(seed), "") << "seed " << seed;
    }
}

TEST(EngineAndOracle, AgreeOnGeneratedCorrelations)
{
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        ASSERT_EQ(correlations_disagree(seed), "") << "seed " << seed;
    }
}

} // namespace

std::string rules_disagree(std::uint64_t seed)
{
    World world(seed);
    auto yaml = world.rules(60);
    yaml += world.filters(6);
    model::EventBatch batch;
    world.events(batch, 120);
    yaml += world.edge_rules(64);
    world.edge_events(batch, 96);
    const Twins twins(yaml);
    if (!twins.diagnostics.empty()) {
        return text_of(twins.diagnostics);
    }
    if (twins.oracle->rules().size() != twins.engine->rules().size()) {
        return fmt::format("the oracle read {} rules, the engine {}", twins.oracle->rules().size(),
                           twins.engine->rules().size());
    }
    std::vector<model::Detection> detections;
    std::vector<Signal> signals;
    Evaluator(twins.engine).evaluate(batch, detections, signals);
    std::vector<std::vector<std::string>> found(batch.events.size());
    for (const auto& detection : detections) {
        found[detection.event_index].push_back(detection.rule->id);
    }
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
        std::ranges::sort(found[i]);
        const auto expected = twins.oracle->matches(batch.events[i]);
        if (found[i] != expected) {
            std::vector<std::string> odd;
            std::ranges::set_symmetric_difference(found[i], expected, std::back_inserter(odd));
            return fmt::format("event {}\nengine {}\noracle {}\nrules:\n{}",
                               model::render_json(batch.events[i]), joined(found[i]),
                               joined(expected), yaml.substr(yaml.find(odd.front()), 600));
        }
        for (const auto& id : expected) {
            const auto why = explain(*twins.engine, id, batch.events[i]);
            if (!why || !why->matched) {
                return fmt::format("event {} matches {}, which explain denies",
                                   model::render_json(batch.events[i]), id);
            }
        }
    }
    return {};
}

std::string correlations_disagree(std::uint64_t seed)
{
    World world(seed);
    const auto yaml = world.correlations();
    const Twins twins(yaml);
    if (!twins.diagnostics.empty()) {
        return text_of(twins.diagnostics) + yaml;
    }
    model::EventBatch batch;
    world.happenings(batch, 60);
    std::vector<model::Detection> detections;
    std::vector<Signal> signals;
    std::vector<model::Detection> alone;
    Evaluator(twins.engine).evaluate(batch, alone, signals);
    Correlator(twins.engine).feed(batch, signals, detections);
    std::vector<Oracle::Finding> found;
    for (const auto& one : detections) {
        found.push_back({.rule = one.rule->id,
                         .event_index = one.event_index,
                         .events = one.correlated_events,
                         .continues = one.continues});
    }
    auto expected = twins.oracle->correlate(batch);
    std::ranges::sort(found);
    std::ranges::sort(expected);
    if (found == expected) {
        return {};
    }
    const auto shown = [&](const std::vector<Oracle::Finding>& all) {
        std::string out;
        for (const auto& one : all) {
            out += fmt::format("{}@{}({}){} ", one.rule.substr(0, 1) + one.rule.substr(34),
                               one.event_index, one.events, one.continues ? "+" : "");
        }
        return out;
    };
    std::string events;
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
        const auto& event = batch.events[i];
        events += fmt::format("{}: {} {} {} {} {}\n", i, event.time.seconds(), event.text("action"),
                              event.text("ip"), event.text("user"), event.text("port"));
    }
    return fmt::format("engine {}\noracle {}\n{}\n{}", shown(found), shown(expected), yaml, events);
}

} // namespace tanggap::detect::testing
