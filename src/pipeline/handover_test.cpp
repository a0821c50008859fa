#include "pipeline/detail/handover.h"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace tanggap::pipeline::detail {
namespace {

TEST(Handover, gives_each_once_and_in_order)
{
    constexpr int kCount = 2'000;
    const StopSignal stop;
    Handover<int> between(stop);
    std::thread giver([&] {
        for (int i = 0; i < kCount && between.wait_until_taken(); ++i) {
            between.put(i);
        }
    });
    std::vector<int> taken;
    while (taken.size() < kCount) {
        taken.push_back(between.next().value_or(-1));
    }
    giver.join();
    for (int i = 0; i < kCount; ++i) {
        ASSERT_EQ(taken.at(static_cast<std::size_t>(i)), i);
    }
}

TEST(Handover, a_stop_ends_who_waits_for_more_and_who_waits_to_give)
{
    StopSignal stop;
    Handover<int> empty(stop);
    Handover<int> full(stop);
    full.put(1);
    std::thread taker([&] { EXPECT_FALSE(empty.next()); });
    std::thread giver([&] { EXPECT_FALSE(full.wait_until_taken()); });
    stop.stop();
    empty.wake();
    full.wake();
    taker.join();
    giver.join();
    EXPECT_FALSE(full.next()) << "nothing is handed on once stopped";
}

} // namespace
} // namespace tanggap::pipeline::detail
