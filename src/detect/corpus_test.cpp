// The public rule collection: all of it is read, and what is refused is refused by name.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "detect/testing/content.h"
#include "detect/testing/events.h"

namespace tanggap::detect {
namespace {

struct Refusals {
    std::map<std::string, std::size_t> errors; ///< message → files
    std::map<std::string, std::size_t> warnings;
    std::string shown;
};

Refusals sort_out(const std::vector<Diagnostic>& diagnostics)
{
    Refusals out;
    for (const auto& one : diagnostics) {
        const bool error = one.severity == Diagnostic::Severity::Error;
        ++(error ? out.errors : out.warnings)[one.message];
        EXPECT_FALSE(one.message.empty());
        EXPECT_FALSE(one.file.empty());
        EXPECT_GT(one.line, 0U) << one.file << ": " << one.message;
        if (error) {
            out.shown += testing::text_of({one});
        }
    }
    return out;
}

TEST(SigmaCollection, LoadsAllButWhatIsRefusedByName)
{
    const char* corpora = std::getenv("TANGGAP_CORPORA");
    if (corpora == nullptr) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    const auto archive = std::string(corpora) + "/sigma/sigmahq-rules.tar.zst";
    ASSERT_TRUE(std::filesystem::exists(archive)) << archive;
    std::vector<RuleFile> files;
    for (auto& file : testing::archived_files(archive, ".yml")) {
        const bool current = !file.path.contains("/unsupported/") &&
                             !file.path.contains("/deprecated/") && !file.path.contains("/tests/");
        if (current) {
            files.push_back({.name = file.path, .yaml = std::move(file.bytes)});
        }
    }
    ASSERT_GT(files.size(), 3'000U);

    std::vector<Diagnostic> diagnostics;
    const auto begin = std::chrono::steady_clock::now();
    const auto rules = RuleSet::load(files, testing::mapping_files(), diagnostics);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    const auto refused = sort_out(diagnostics);
    std::cout << files.size() << " files, " << rules->rules().size() << " rules loaded in "
              << seconds.count() << " s\n"
              << refused.shown;
    for (const auto& [message, count] : refused.warnings) {
        std::cout << count << " × warning: " << message << "\n";
    }
    // What may be refused: placeholders that the site has to fill.
    for (const auto& [message, count] : refused.errors) {
        EXPECT_TRUE(message.contains("placeholder")) << message;
    }
    EXPECT_GE(rules->rules().size() + 30, files.size());
}

} // namespace
} // namespace tanggap::detect
