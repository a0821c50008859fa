// The engine and the oracle over real logs: every rule of the public collection, event by event.
//
// Of a large set a part is looked at, spread over all of it, so that a run stays short;
// TANGGAP_ORACLE=whole looks at every event (the suite `oracle`).
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "detect/oracle/oracle.h"
#include "sigma/corpus.h"

namespace tanggap::sigma_check {
namespace {

constexpr std::size_t kEventsOfASet = 400;

class OracleOnLogs : public ::testing::TestWithParam<std::string> {
protected:
    static void SetUpTestSuite()
    {
        const auto data = corpora();
        if (!data || engine_ != nullptr) {
            return;
        }
        auto files = collection(*data, current_folders());
        std::vector<detect::Diagnostic> diagnostics;
        engine_ = detect::RuleSet::load(files, mappings_with_site(), diagnostics);
        oracle_ = detect::Oracle::load(files, mappings_with_site());
        sources_ = shipped_sources();
    }

    static void TearDownTestSuite()
    {
        engine_.reset();
        oracle_.reset();
        sources_.reset();
    }

    void compare(model::EventBatch& batch)
    {
        if (stride_ > 1) {
            std::vector<model::Event> kept;
            for (auto& event : batch.events) {
                if (seen_++ % stride_ == 0) {
                    kept.push_back(std::move(event));
                }
            }
            batch.events = std::move(kept);
        }
        std::vector<model::Detection> detections;
        std::vector<detect::Signal> signals;
        detect::Evaluator evaluator(engine_);
        evaluator.evaluate(batch, detections, signals);
        std::vector<std::vector<std::string>> found(batch.events.size());
        for (const auto& detection : detections) {
            found[detection.event_index].push_back(detection.rule->id);
        }
        for (std::size_t i = 0; i < batch.events.size(); ++i) {
            std::ranges::sort(found[i]);
            const auto expected = oracle_->matches(batch.events[i]);
            ++compared_;
            matched_ += expected.size();
            ASSERT_EQ(found[i], expected) << model::render_json(batch.events[i]);
        }
    }

    void compare_file(const std::string& path)
    {
        if (!read_events(*sources_, path, [&](model::EventBatch& batch) { compare(batch); })) {
            ++unread_;
        }
    }

    static std::shared_ptr<const detect::RuleSet> engine_;
    static std::shared_ptr<const detect::Oracle> oracle_;
    static std::shared_ptr<const normalize::Sources> sources_;
    std::size_t stride_ = 1;
    std::size_t seen_ = 0;
    std::size_t compared_ = 0;
    std::size_t matched_ = 0;
    std::size_t unread_ = 0;
};

std::shared_ptr<const detect::RuleSet> OracleOnLogs::engine_;
std::shared_ptr<const detect::Oracle> OracleOnLogs::oracle_;
std::shared_ptr<const normalize::Sources> OracleOnLogs::sources_;

TEST_P(OracleOnLogs, SayTheSame)
{
    const auto data = corpora();
    if (!data) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    EXPECT_EQ(oracle_->rules().size(), engine_->rules().size());
    const auto folder = *data + "/" + GetParam();
    ASSERT_TRUE(std::filesystem::exists(folder)) << folder;
    const char* how = std::getenv("TANGGAP_ORACLE");
    const bool whole = how != nullptr && std::string_view(how) == "whole";
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const auto extension = entry.path().extension();
        const bool log = extension != ".md" && extension != ".csv" && extension != ".yaml" &&
                         extension != ".assert" && extension != ".snap" && extension != ".xml" &&
                         extension != ".ini" && extension != ".config";
        if (entry.is_regular_file() && log) {
            paths.push_back(entry.path().string());
        }
    }
    std::ranges::sort(paths);
    // First how many there are, then a part of them.
    const ScratchFolder scratch;
    const auto each = [&](const std::function<void(const std::string&)>& take) {
        for (const auto& path : paths) {
            if (path.ends_with(".tar.zst")) {
                for (const auto& file : detect::testing::archived_files(path, "")) {
                    take(scratch.write("log", file.bytes));
                }
            } else {
                take(path);
            }
        }
    };
    if (!whole) {
        std::size_t events = 0;
        each([&](const std::string& path) {
            read_events(*sources_, path,
                        [&](model::EventBatch& batch) { events += batch.events.size(); });
        });
        stride_ = std::max<std::size_t>(1, events / kEventsOfASet);
    }
    each([&](const std::string& path) {
        if (!HasFatalFailure()) {
            compare_file(path);
        }
    });
    std::cout << fmt::format("{}: {} events compared, {} matches, {} files that are no logs\n",
                             GetParam(), compared_, matched_, unread_);
    EXPECT_GT(compared_, 100U);
}

INSTANTIATE_TEST_SUITE_P(Sets, OracleOnLogs,
                         ::testing::Values("winjson", "evtx", "weblog", "suricata", "zeek"));

} // namespace
} // namespace tanggap::sigma_check
