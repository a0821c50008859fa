// Rule files: any text gives rules or diagnostics with a place, never more work than the limits.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "detect/engine.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    const std::vector<detect::MappingFile> mappings{
        {.name = "m.yaml",
         .yaml = "logsources:\n  - category: test\n    when: {event.dataset: test}\n"}};
    const std::vector<detect::RuleFile> rules{
        {.name = "r.yml", .yaml = std::string(reinterpret_cast<const char*>(data), size)}};
    std::vector<detect::Diagnostic> diagnostics;
    const auto set = detect::RuleSet::load(rules, mappings, diagnostics);
    model::EventBatch batch;
    model::Event event;
    event.dataset = "test";
    event.original = "GET /a?b=c";
    event.fields.push_back({.name = "f", .value = model::string_value("/etc/passwd")});
    event.fields.push_back({.name = "f", .value = model::string_value("10.0.0.1")});
    batch.events.push_back(event);
    std::vector<model::Detection> detections;
    std::vector<detect::Signal> signals;
    detect::Evaluator(set).evaluate(batch, detections, signals);
    detect::Correlator(set).feed(batch, signals, detections);
    for (const auto& rule : set->rules()) {
        (void)detect::explain(*set, rule->id, batch.events.front());
    }
    return 0;
}
