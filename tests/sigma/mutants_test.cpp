// Faults planted in the engine: each must be noticed by comparing it with the oracle.
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <iostream>
#include <iterator>

#include <gtest/gtest.h>

#include "detect/testing/agreement.h"
#include "mutants.h"

namespace tanggap::detect {
namespace {

constexpr std::uint64_t kRuleSeeds = 15;
constexpr std::uint64_t kCorrelationSeeds = 60;

/// Whether some seed of the agreement test differs.
bool noticed()
{
    for (std::uint64_t seed = 1; seed <= kCorrelationSeeds; ++seed) {
        const bool rules_too = seed <= kRuleSeeds;
        if ((rules_too && !testing::rules_disagree(seed).empty()) ||
            !testing::correlations_disagree(seed).empty()) {
            return true;
        }
    }
    return false;
}

/// In a process of its own: a fault may crash the engine, throw or never end, which is noticed too.
bool noticed_in_child(int fault)
{
    constexpr unsigned kSeconds = 60;
    const pid_t child = fork();
    if (child == 0) {
        alarm(kSeconds);
        planted_fault = fault;
        try {
            _exit(noticed() ? 1 : 0);
        } catch (const std::exception&) {
            _exit(1); // past this frame the child would run the other tests as its own
        }
    }
    int status = 0;
    waitpid(child, &status, 0);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

TEST(Mutants, TheEngineWithoutOneAgrees)
{
    EXPECT_FALSE(noticed_in_child(0));
}

TEST(Mutants, EachIsNoticed)
{
    const int count = static_cast<int>(std::size(kPlanted));
    EXPECT_GE(count, 130);
    int caught = 0;
    for (int fault = 1; fault <= count; ++fault) {
        const bool seen = noticed_in_child(fault);
        caught += seen ? 1 : 0;
        EXPECT_TRUE(seen) << "fault " << fault << " lives: " << kPlanted[fault - 1];
    }
    std::cout << caught << " of " << count << " planted faults noticed\n";
}

} // namespace
} // namespace tanggap::detect
