// Each shipped rule finds its samples and leaves the near misses alone.
#include <map>
#include <set>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "codec/yaml.h"
#include "detect/samples.h"
#include "generated/source_dir.h"
#include "rules/shipped.h"

namespace tanggap::rules_check {
namespace {

using detect::Sample;
using detect::SampleFile;

constexpr std::size_t kSamplesMin = 3;
const std::filesystem::path kContent = TANGGAP_SOURCE_DIR "/content";

const Shipped& shipped()
{
    static const Shipped loaded = load_shipped(kContent);
    return loaded;
}

const std::vector<SampleFile>& sample_files()
{
    static const auto files = [] {
        std::vector<SampleFile> out;
        std::vector<detect::Diagnostic> problems;
        for (const auto& path : yaml_below(kContent / "rules", Kind::Samples)) {
            auto read = detect::read_samples(
                {.name = path.filename().string(), .yaml = read_text(path)}, problems);
            if (read) {
                out.push_back(std::move(*read));
            }
        }
        for (const auto& one : problems) {
            ADD_FAILURE() << one.file << ":" << one.line << ": " << one.message;
        }
        return out;
    }();
    return files;
}

/// Rule files by name: the last document of a file is the rule that alerts.
const std::map<std::string, std::string>& names_by_id()
{
    static const auto names = [] {
        std::map<std::string, std::string> out;
        for (const auto& path : yaml_below(kContent / "rules", Kind::Content)) {
            for (const auto& document : codec::parse_yaml(read_text(path)).documents) {
                out[document.find("id")->text] = document.find("name")->text;
            }
        }
        return out;
    }();
    return names;
}

std::set<std::string> names_of(const Outcome& outcome)
{
    std::set<std::string> names;
    for (const model::Detection& detection : outcome.detections) {
        names.insert(names_by_id().at(detection.rule->id));
    }
    return names;
}

std::string where(const SampleFile& file, const Sample& sample)
{
    return fmt::format("{}:{}", file.file, sample.line);
}

/// What a sample found, after checking that each of its lines became an event.
std::set<std::string> found_by(const SampleFile& file, const Sample& sample)
{
    const auto outcome = run_lines(shipped(), sample.source, sample.lines);
    EXPECT_TRUE(outcome->rejected.empty())
        << where(file, sample) << ": "
        << (outcome->rejected.empty() ? std::string() : outcome->rejected[0].detail);
    EXPECT_EQ(outcome->batch.events.size(), sample.lines.size()) << where(file, sample);
    return names_of(*outcome);
}

TEST(RulesContent, LoadsWithoutAnyDiagnostic)
{
    EXPECT_EQ(fmt::format("{}", fmt::join(shipped().problems, "\n")), "");
    EXPECT_EQ(shipped().rules->rules().size(), names_by_id().size());
}

TEST(RulesContent, EveryRuleSaysWhatItIs)
{
    for (const auto& rule : shipped().rules->rules()) {
        EXPECT_FALSE(rule->description.empty()) << rule->title;
        EXPECT_FALSE(rule->title_id.empty()) << rule->title;
        EXPECT_FALSE(rule->description_id.empty()) << rule->title;
        EXPECT_EQ(rule->author, "Tanggap") << rule->title;
        EXPECT_EQ(rule->license, "Apache-2.0") << rule->title;
        EXPECT_FALSE(rule->tags.empty()) << rule->title;
        if (rule->level != model::Level::Informational) {
            EXPECT_FALSE(rule->false_positives.empty()) << rule->title;
        }
    }
}

TEST(RulesContent, EveryRuleFileHasSamples)
{
    std::set<std::string> with_samples;
    for (const SampleFile& file : sample_files()) {
        EXPECT_GE(file.match.size(), kSamplesMin) << file.file;
        EXPECT_GE(file.near_miss.size(), kSamplesMin) << file.file;
        EXPECT_EQ(file.file, file.rule + ".samples.yaml");
        with_samples.insert(file.rule + ".yaml");
    }
    for (const auto& path : yaml_below(kContent / "rules", Kind::Content)) {
        EXPECT_TRUE(with_samples.contains(path.filename().string())) << path;
    }
}

TEST(RulesContent, MatchingSamplesFindTheirRuleAndNoOther)
{
    for (const SampleFile& file : sample_files()) {
        for (const Sample& sample : file.match) {
            std::set<std::string> expected = sample.also;
            expected.insert(file.rule);
            EXPECT_EQ(fmt::format("{}", fmt::join(found_by(file, sample), ", ")),
                      fmt::format("{}", fmt::join(expected, ", ")))
                << where(file, sample) << " " << sample.lines.back();
        }
    }
}

TEST(RulesContent, NearMissesDoNotFindTheRule)
{
    for (const SampleFile& file : sample_files()) {
        for (const Sample& sample : file.near_miss) {
            EXPECT_EQ(fmt::format("{}", fmt::join(found_by(file, sample), ", ")),
                      fmt::format("{}", fmt::join(sample.also, ", ")))
                << where(file, sample) << " " << sample.lines.back();
        }
    }
}

} // namespace
} // namespace tanggap::rules_check
