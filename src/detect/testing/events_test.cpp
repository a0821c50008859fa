#include "detect/testing/events.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/id.h"

namespace tanggap::detect::testing {
namespace {

constexpr std::string_view kTestMapping = R"(
logsources:
  - category: test
    when: {event.dataset: test}
)";

model::Value value_of(model::EventBatch& batch, std::string_view text)
{
    if (text == "~null") {
        return {};
    }
    const bool digits = !text.empty() && text.size() < 18 && text.front() != '0' &&
                        text.find_first_not_of("0123456789") == std::string_view::npos;
    if (digits) {
        return model::integer_value(batch, std::stoll(std::string(text)));
    }
    return model::string_value(batch.keep(text));
}

} // namespace

Loaded load(std::string_view rules_yaml, std::string_view mapping_yaml)
{
    Loaded out;
    const std::vector<RuleFile> rules{{.name = "rule.yml", .yaml = std::string(rules_yaml)}};
    std::vector<MappingFile> mappings{{.name = "test.yaml", .yaml = std::string(kTestMapping)}};
    if (!mapping_yaml.empty()) {
        mappings.push_back({.name = "more.yaml", .yaml = std::string(mapping_yaml)});
    }
    out.rules = RuleSet::load(rules, mappings, out.diagnostics);
    return out;
}

std::string text_of(const std::vector<Diagnostic>& diagnostics)
{
    std::string out;
    for (const auto& one : diagnostics) {
        const bool error = one.severity == Diagnostic::Severity::Error;
        out += fmt::format("{}:{}:{}: {}: {}", one.file, one.line, one.column,
                           error ? "error" : "warning", one.message);
        out += one.hint.empty() ? "\n" : fmt::format(" ({})\n", one.hint);
    }
    return out;
}

void add_event(model::EventBatch& batch, std::int64_t seconds,
               std::initializer_list<std::pair<std::string_view, std::string_view>> fields)
{
    model::Event event;
    event.time = base::Time::from_seconds(seconds);
    event.received = base::Time::from_seconds(1'790'000'000 + seconds);
    event.dataset = "test";
    for (const auto& [name, text] : fields) {
        event.fields.push_back({.name = batch.keep(name), .value = value_of(batch, text)});
    }
    batch.events.push_back(std::move(event));
}

std::string matches(const Loaded& loaded,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> fields,
                    std::string_view original)
{
    model::EventBatch batch;
    add_event(batch, 0, fields);
    batch.events.front().original = original;
    std::vector<model::Detection> detections;
    std::vector<Signal> signals;
    Evaluator(loaded.rules).evaluate(batch, detections, signals);
    std::vector<std::string> titles;
    for (const auto& detection : detections) {
        titles.push_back(detection.rule->title);
    }
    std::ranges::sort(titles);
    return fmt::format("{}", fmt::join(titles, ","));
}

std::string rule(std::string_view title, std::string_view detection)
{
    const auto id = base::sha256_hex(title);
    return fmt::format("---\ntitle: {}\nid: {}-{}-4{}-a{}-{}\nlogsource: {{category: test}}\n"
                       "detection:\n{}\n",
                       title, id.substr(0, 8), id.substr(8, 4), id.substr(13, 3), id.substr(17, 3),
                       id.substr(20, 12), detection);
}

} // namespace tanggap::detect::testing
