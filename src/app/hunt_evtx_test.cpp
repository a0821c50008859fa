// Event logs hunted by what rules read of them, against the same logs through their JSON: every
// rule of SigmaHQ, every log of the corpora.
#include <filesystem>
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "app/content.h"
#include "app/hunt/worker.h"
#include "codec/archive.h"
#include "codec/evtx/logs_for_test.h"
#include "codec/records.h"
#include "generated/source_dir.h"

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;

/// Texts of an archive's members that end so.
std::map<std::string, std::string> members_of(const fs::path& archive, std::string_view ending)
{
    const std::string packed = codec::testing::unpacked(archive);
    auto reader = codec::ArchiveReader::open(codec::memory_bytes(packed)).value();
    std::map<std::string, std::string> out;
    codec::ArchiveMember member;
    while (reader->next(member).value_or(false)) {
        if (!member.name.ends_with(ending)) {
            continue;
        }
        const auto bytes = reader->bytes();
        std::vector<char> piece(1 << 16);
        std::string& text = out[member.name];
        for (auto got = bytes->read(piece); got && *got > 0; got = bytes->read(piece)) {
            text.append(piece.data(), *got);
        }
    }
    return out;
}

/// "record rule" of each detection through the JSON of the records.
std::vector<std::string> through_json(hunting::Shared& shared, detect::Evaluator& evaluator,
                                      const std::string& log)
{
    auto reader = codec::RecordReader::open(codec::memory_bytes(log)).value();
    std::vector<model::Record> records;
    model::Record record;
    while (reader->next(record).value_or(false)) {
        records.push_back(record);
    }
    const model::StreamContext stream{.sensor = "hunt",
                                      .source = "windows_evtx",
                                      .timezone = {},
                                      .reference_time = base::Time::from_seconds(1'790'000'000),
                                      .origin = {}};
    model::EventBatch batch;
    const auto rejected =
        normalize::decode(*shared.sources, stream, records, stream.reference_time, batch);
    std::vector<std::size_t> ordinals;
    std::size_t next = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (next < rejected.size() && rejected[next].record_index == i) {
            ++next;
        } else {
            ordinals.push_back(i + 1);
        }
    }
    std::vector<model::Detection> detections;
    std::vector<detect::Signal> signals;
    evaluator.evaluate(batch, detections, signals);
    std::vector<std::string> out;
    for (const auto& one : detections) {
        out.push_back(std::to_string(ordinals[one.event_index]) + " " + one.rule->id);
    }
    return out;
}

std::vector<std::string> straight(hunting::Worker& worker, const std::string& log)
{
    auto file = std::make_shared<hunting::HuntFile>();
    file->name = "log";
    file->stream.source = "windows_evtx";
    file->stream.reference_time = base::Time::from_seconds(1'790'000'000);
    hunting::Piece piece;
    piece.file = file;
    piece.chunks = log.substr(codec::kEvtxFileHeadBytes);
    piece.chunks_at = codec::kEvtxFileHeadBytes;
    const auto result = worker.run(std::move(piece));
    std::vector<std::string> out;
    for (const auto& [event, finding] : result.findings) {
        out.push_back(std::to_string(finding.record) + " " + finding.rule->id);
    }
    return out;
}

TEST(HuntEvtx, DetectionsAreThoseOfTheJson)
{
    const auto root = codec::testing::event_logs();
    if (root.empty()) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    const fs::path sigma = root.parent_path() / "sigma";
    std::vector<detect::RuleFile> rules;
    for (auto& [name, yaml] : members_of(sigma / "sigmahq-rules.tar.zst", ".yml")) {
        // Rules for other systems read no event of these; some stay, as no rule must fire by
        // chance.
        const bool windows = name.find("/windows/") != std::string::npos ||
                             name.find("/web/") != std::string::npos ||
                             name.find("emerging-threats") != std::string::npos;
        const bool old = name.find("/deprecated/") != std::string::npos ||
                         name.find("/unsupported/") != std::string::npos;
        if (windows && !old) {
            rules.push_back({.name = name, .yaml = std::move(yaml)});
        }
    }
    const auto content = load_content({.given = TANGGAP_SOURCE_DIR "/content", .data = {}});
    ASSERT_TRUE(content);
    std::vector<normalize::Diagnostic> source_problems;
    std::vector<detect::Diagnostic> rule_problems;
    hunting::Shared shared;
    shared.sources = normalize::Sources::load(content->sources, source_problems);
    shared.rules = detect::RuleSet::load(rules, content->mappings, rule_problems);
    shared.field_use = std::make_unique<detect::FieldUse>(shared.rules);
    ASSERT_GT(shared.rules->rules().size(), 2'000U);

    hunting::Worker worker(shared);
    detect::Evaluator evaluator(shared.rules);
    std::size_t logs = 0;
    std::size_t found = 0;
    const auto compare = [&](const std::string& name, const std::string& log) {
        const auto expected = through_json(shared, evaluator, log);
        EXPECT_EQ(straight(worker, log), expected) << name;
        ++logs;
        found += expected.size();
    };
    for (const std::string set : codec::testing::kLogSets) {
        for (const auto& [name, log] : codec::testing::files_of_tar(
                 codec::testing::unpacked(root / (set + "-shared.tar.zst")))) {
            compare(name, log);
        }
    }
    EXPECT_EQ(logs, 306U);
    for (const auto& [name, log] : members_of(sigma / "regression-shared.tar.zst", ".evtx")) {
        compare(name, log);
    }
    std::cout << logs << " logs, " << found << " detections\n";
    EXPECT_GT(found, 1'000U);
}

} // namespace
} // namespace tanggap::app
