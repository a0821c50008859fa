// The shipped sources and rules, and lines run through both: for tests and for the measurement.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "detect/engine.h"
#include "model/record.h"
#include "normalize/normalizer.h"

namespace tanggap::rules_check {

inline std::string read_text(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error("cannot read " + path.string());
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Files below `folder` whose name ends in ".yaml"; samples only where asked for.
enum class Kind { Content, Samples };
inline std::vector<std::filesystem::path> yaml_below(const std::filesystem::path& folder, Kind kind)
{
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        const bool is_samples = name.ends_with(".samples.yaml");
        if (entry.is_regular_file() && name.ends_with(".yaml") &&
            is_samples == (kind == Kind::Samples)) {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    return paths;
}

/// Everything that ships and the problems met while loading it.
struct Shipped {
    std::shared_ptr<const normalize::Sources> sources;
    std::shared_ptr<const detect::RuleSet> rules;
    std::vector<std::string> problems;
};

inline Shipped load_shipped(const std::filesystem::path& content)
{
    Shipped shipped;
    std::vector<normalize::Diagnostic> source_problems;
    std::vector<normalize::SourceFile> sources;
    for (const auto& path : yaml_below(content / "sources", Kind::Content)) {
        sources.push_back({.name = path.filename().string(), .yaml = read_text(path)});
    }
    shipped.sources = normalize::Sources::load(sources, source_problems);
    for (const auto& one : source_problems) {
        shipped.problems.push_back(one.file + ":" + std::to_string(one.line) + ": " + one.message);
    }

    std::vector<detect::Diagnostic> rule_problems;
    std::vector<detect::RuleFile> rules;
    for (const auto& path : yaml_below(content / "rules", Kind::Content)) {
        rules.push_back({.name = path.filename().string(), .yaml = read_text(path)});
    }
    std::vector<detect::MappingFile> mappings;
    for (const auto& path : yaml_below(content / "mappings", Kind::Content)) {
        mappings.push_back({.name = path.filename().string(), .yaml = read_text(path)});
    }
    shipped.rules = detect::RuleSet::load(rules, mappings, rule_problems);
    for (const auto& one : rule_problems) {
        shipped.problems.push_back(one.file + ":" + std::to_string(one.line) + ": " +
                                   one.rule_title + ": " + one.message + " " + one.hint);
    }
    return shipped;
}

/// What `lines`, in this order, made of events and detections.
struct Outcome {
    model::EventBatch batch;
    std::vector<model::Record> records;
    std::vector<model::Detection> detections;
    std::vector<normalize::Rejected> rejected;
};

/// Lifetime: the Outcome holds what its events view.
inline std::unique_ptr<Outcome> run_lines(const Shipped& shipped, std::string_view source,
                                          std::span<const std::string> lines,
                                          std::string_view timezone = "")
{
    const auto received = *base::parse_rfc3339("2026-10-04T00:00:00Z");
    auto outcome = std::make_unique<Outcome>();
    for (const std::string& line : lines) {
        outcome->records.push_back({.id = {}, .bytes = line, .full_sha256 = {}});
    }
    const model::StreamContext stream{.sensor = "samples",
                                      .source = std::string(source),
                                      .timezone = std::string(timezone),
                                      .reference_time = received,
                                      .origin = "samples"};
    outcome->rejected =
        normalize::decode(*shipped.sources, stream, outcome->records, received, outcome->batch);

    detect::Evaluator evaluator(shipped.rules);
    detect::Correlator correlator(shipped.rules);
    std::vector<detect::Signal> signals;
    evaluator.evaluate(outcome->batch, outcome->detections, signals);
    correlator.feed(outcome->batch, signals, outcome->detections);
    return outcome;
}

} // namespace tanggap::rules_check
