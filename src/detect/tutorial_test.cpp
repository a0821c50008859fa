// Follows docs/tutorial/add-a-mapping.md to the letter: its blocks are the input and the
// expectation.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include <nlohmann/json.hpp>

#include "detect/testing/content.h"
#include "detect/testing/events.h"
#include "generated/source_dir.h"

namespace tanggap::detect {
namespace {

std::string page()
{
    std::ifstream in(TANGGAP_SOURCE_DIR "/docs/tutorial/add-a-mapping.md", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The text of the fenced block that opens with "```" + `head`.
std::string block(const std::string& head)
{
    const auto text = page();
    const std::string open = "```" + head + "\n";
    const auto begin = text.find(open);
    EXPECT_NE(begin, std::string::npos) << "the tutorial has no block " << head;
    if (begin == std::string::npos) {
        return {};
    }
    const auto body = begin + open.size();
    return text.substr(body, text.find("```", body) - body);
}

void flatten(const nlohmann::json& object, const std::string& prefix, model::EventBatch& batch,
             model::Event& event)
{
    for (const auto& [key, value] : object.items()) {
        const auto name = prefix.empty() ? key : prefix + "." + key;
        if (value.is_object()) {
            flatten(value, name, batch, event);
        } else if (name == "event.dataset") {
            event.dataset = batch.keep(value.get<std::string>());
        } else {
            event.fields.push_back(
                {.name = batch.keep(name),
                 .value = model::string_value(batch.keep(value.get<std::string>()))});
        }
    }
}

struct Outcome {
    std::vector<std::string> told;
    std::size_t detections = 0;
};

Outcome run(const std::string& own_mapping)
{
    auto mappings = testing::mapping_files();
    mappings.push_back({.name = "gate.yaml", .yaml = own_mapping});
    const std::vector<RuleFile> files{{.name = "gate_rule.yml", .yaml = block("yaml rule")}};
    std::vector<Diagnostic> diagnostics;
    const auto rules = RuleSet::load(files, mappings, diagnostics);
    Outcome out;
    for (const auto& one : diagnostics) {
        const bool error = one.severity == Diagnostic::Severity::Error;
        out.told.push_back(std::string(error ? "error: " : "warning: ") + one.message + " (" +
                           one.hint + ")\n");
    }
    model::EventBatch batch;
    model::Event event;
    flatten(nlohmann::json::parse(block("json event")), {}, batch, event);
    batch.events.push_back(std::move(event));
    std::vector<model::Detection> detections;
    std::vector<Signal> signals;
    Evaluator(rules).evaluate(batch, detections, signals);
    out.detections = detections.size();
    return out;
}

TEST(Tutorial, WithoutTheMappingTheRuleIsNotLoaded)
{
    EXPECT_EQ(run("").told, std::vector{block("text placeholder")});
    EXPECT_EQ(run("placeholders: {GuardCards: ['000-*']}\n").told,
              std::vector{block("text missing")});
}

TEST(Tutorial, AddingAMappingWorksAsWritten)
{
    const auto outcome = run(block("yaml mapping"));
    EXPECT_TRUE(outcome.told.empty()) << outcome.told.front();
    EXPECT_EQ(outcome.detections, 1U);
}

} // namespace
} // namespace tanggap::detect
