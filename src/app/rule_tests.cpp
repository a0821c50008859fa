#include "app/rule_tests.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>

#include "detect/samples.h"

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;
using cli::printable;
using detect::Sample;
using Severity = detect::Diagnostic::Severity;

constexpr int kInvalidExit = 6;
constexpr std::size_t kShownBytes = 200;

enum class Kind { Match, NearMiss };

/// What is tested, and with what.
struct Bench {
    std::shared_ptr<const normalize::Sources> sources;
    std::shared_ptr<const detect::RuleSet> rules;
    std::vector<detect::SampleFile> samples;
    std::set<std::string> tested; ///< ids of the rules below the paths
    std::size_t errors = 0;
};

void print(const detect::Diagnostic& p, const cli::Console& console)
{
    console.err(fmt::format("{}:{}:{}: {}: {}{}{}\n", printable(p.file), p.line, p.column,
                            p.severity == Severity::Error ? "error" : "warning",
                            printable(p.message), p.hint.empty() ? "" : "; ", printable(p.hint)));
}

base::Result<Bench> set_up(const RuleTestsOptions& options, const cli::Console& console)
{
    TRY(const Content content, load_content(options.folders));
    Bench bench;
    std::vector<normalize::Diagnostic> source_problems;
    bench.sources = normalize::Sources::load(content.sources, source_problems);
    std::vector<detect::RuleFile> own;
    std::vector<detect::RuleFile> sample_files;
    for (const std::string& path : options.paths) {
        std::error_code error;
        if (!fs::exists(path, error)) {
            return base::not_found(path + ": no such file or folder");
        }
        TRY_STATUS(add_samples(path, sample_files));
        const bool is_samples = path.ends_with(".samples.yaml") || path.ends_with(".samples.yml");
        if (!is_samples) {
            TRY_STATUS(add_rules(path, own));
        }
    }
    std::vector<detect::Diagnostic> problems;
    for (const auto& rule : detect::RuleSet::load(own, content.mappings, problems)->rules()) {
        bench.tested.insert(rule->id);
    }
    problems.clear(); // read alone, a correlation lacks the rules of ours that it counts
    std::vector<detect::RuleFile> all = content.rules;
    all.insert(all.end(), own.begin(), own.end());
    bench.rules = detect::RuleSet::load(all, content.mappings, problems);
    for (const auto& file : sample_files) {
        if (auto read = detect::read_samples(file, problems)) {
            bench.samples.push_back(std::move(*read));
        }
    }
    for (const auto& problem : problems) {
        print(problem, console);
        bench.errors += problem.severity == Severity::Error ? 1 : 0;
    }
    return bench;
}

/// Tries samples one by one; each starts with nothing remembered.
class Trial {
public:
    explicit Trial(const Bench& bench) : bench_(bench), evaluator_(bench.rules) {}

    /// Why the sample failed; empty where it did what it should.
    std::string run(const detect::SampleFile& file, const Sample& sample, Kind kind)
    {
        if (!bench_.sources->knows(sample.source)) {
            return "no kind of log is named " + sample.source;
        }
        const auto received = base::parse_rfc3339("2026-10-04T00:00:00Z").value_or(base::Time{});
        std::vector<model::Record> records;
        for (const std::string& line : sample.lines) {
            records.push_back({.id = {}, .bytes = line, .full_sha256 = {}});
        }
        const model::StreamContext stream{.sensor = "samples",
                                          .source = sample.source,
                                          .timezone = {},
                                          .reference_time = received,
                                          .origin = "samples"};
        model::EventBatch batch;
        const auto rejected = normalize::decode(*bench_.sources, stream, records, received, batch);
        if (!rejected.empty()) {
            return fmt::format("line {} is no event of {}: {}", rejected.front().record_index + 1,
                               sample.source, rejected.front().detail);
        }
        const bool found = finds(file.rule, batch);
        if (found == (kind == Kind::Match)) {
            return {};
        }
        return found ? "matches, and must not" : "does not match, and must";
    }

private:
    bool finds(const std::string& rule, const model::EventBatch& batch)
    {
        std::vector<model::Detection> detections;
        std::vector<detect::Signal> signals;
        evaluator_.evaluate(batch, detections, signals);
        detect::Correlator(bench_.rules).feed(batch, signals, detections);
        return std::ranges::any_of(detections, [&](const model::Detection& one) {
            return one.rule->name == rule || one.rule->id == rule;
        });
    }

    const Bench& bench_;
    detect::Evaluator evaluator_;
};

struct Totals {
    std::size_t samples = 0;
    std::size_t failed = 0;
    std::set<std::string> with_samples; ///< ids
};

void tell(const detect::SampleFile& file, const Sample& sample, Kind kind, const std::string& why,
          bool jsonl, const cli::Console& console)
{
    const char* const list = kind == Kind::Match ? "match" : "near_miss";
    if (jsonl) {
        const nlohmann::ordered_json object{{"file", file.file},   {"line", sample.line},
                                            {"rule", file.rule},   {"kind", list},
                                            {"good", why.empty()}, {"problem", why}};
        console.out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    } else if (!why.empty()) {
        console.out(fmt::format("{}:{}: {} {}\n  {}\n", printable(file.file), sample.line,
                                printable(file.rule), printable(why),
                                printable(sample.lines.back().substr(0, kShownBytes))));
    }
}

void try_file(Trial& trial, const detect::SampleFile& file, const RuleTestsOptions& options,
              Totals& totals, const cli::Console& console)
{
    for (const Kind kind : {Kind::Match, Kind::NearMiss}) {
        for (const Sample& sample : kind == Kind::Match ? file.match : file.near_miss) {
            const std::string why = trial.run(file, sample, kind);
            ++totals.samples;
            totals.failed += why.empty() ? 0 : 1;
            tell(file, sample, kind, why, options.jsonl, console);
        }
    }
}

base::Result<int> test_rules(const RuleTestsOptions& options, const cli::Console& console)
{
    TRY(const Bench bench, set_up(options, console));
    Totals totals;
    Trial trial(bench);
    const auto rules = bench.rules->rules();
    for (const auto& file : bench.samples) {
        const auto rule = std::ranges::find_if(
            rules, [&](const auto& one) { return one->name == file.rule || one->id == file.rule; });
        if (rule == rules.end()) {
            ++totals.failed;
            console.err(fmt::format("{}:1:1: error: no rule has the name or id {}\n",
                                    printable(file.file), printable(file.rule)));
            continue;
        }
        totals.with_samples.insert((*rule)->id);
        try_file(trial, file, options, totals, console);
    }
    const auto without = static_cast<std::size_t>(std::ranges::count_if(
        bench.tested, [&](const auto& id) { return !totals.with_samples.contains(id); }));
    console.err(
        fmt::format("tanggap: {} samples of {} rules, {} failed; {} rules without samples\n",
                    totals.samples, totals.with_samples.size(), totals.failed, without));
    if (totals.failed > 0 || bench.errors > 0 || (options.strict && without > 0)) {
        return kInvalidExit;
    }
    if (totals.samples == 0) {
        return base::not_found("no samples there; NAME.samples.yaml stands beside NAME.yaml");
    }
    return 0;
}

} // namespace

int run_rule_tests(const RuleTestsOptions& options, const cli::Console& console)
{
    const auto done = test_rules(options, console);
    return done ? *done : report(console, done.error());
}

} // namespace tanggap::app
