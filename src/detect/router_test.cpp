// Which route an event takes depends on the values it has, not on how it names them.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "detect/detail/router.h"
#include "detect/testing/events.h"

namespace tanggap::detect {
namespace {

constexpr std::string_view kRule =
    "---\ntitle: R\nid: 10000000-0000-4000-a000-000000000001\nlogsource: {category: routed}\n"
    "detection:\n  s: {f: x}\n  condition: s\n";

model::Event event_of(std::initializer_list<std::string_view> kinds)
{
    model::Event event;
    event.dataset = "test";
    for (const auto kind : kinds) {
        event.fields.push_back({.name = "kind", .value = model::string_value(kind)});
    }
    return event;
}

TEST(Router, TakesOrderAndRepetitionOfValuesForNothing)
{
    const auto loaded =
        testing::load(kRule, "logsources:\n  - category: routed\n    when: {kind: [a, b]}\n");
    ASSERT_EQ(testing::text_of(loaded.diagnostics), "");
    const auto& set = loaded.rules->compiled();
    EventView view(set);
    Router router(set);
    const auto route_of = [&](std::initializer_list<std::string_view> kinds) {
        const auto event = event_of(kinds);
        view.index(event);
        return &router.route(view);
    };
    const auto* const both = route_of({"a", "b", "other"});
    EXPECT_EQ(both->partitions.size(), 1U);
    EXPECT_EQ(route_of({"other", "B", "a"}), both);
    EXPECT_EQ(route_of({"a", "a", "b", "none", "b", "other"}), both);
    EXPECT_NE(route_of({"a", "b"}), both);
    EXPECT_NE(route_of({"a", "other"}), both);
    EXPECT_TRUE(route_of({"other"})->partitions.empty());
}

TEST(Router, FindsItsWayWithMoreValuesThanItRemembers)
{
    std::string kinds;
    for (int i = 0; i < 300; ++i) {
        kinds += fmt::format("{}k{}", i == 0 ? "" : ", ", i);
    }
    const auto loaded = testing::load(
        kRule, fmt::format("logsources:\n  - category: routed\n    when: {{kind: [{}]}}\n", kinds));
    ASSERT_EQ(testing::text_of(loaded.diagnostics), "");
    const auto& set = loaded.rules->compiled();
    EventView view(set);
    Router router(set);
    model::EventBatch batch;
    auto event = event_of({});
    for (int i = 0; i < 300; ++i) {
        event.fields.push_back(
            {.name = "kind", .value = model::string_value(batch.keep(fmt::format("k{}", i)))});
    }
    view.index(event);
    ASSERT_EQ(router.route(view).partitions.size(), 1U);
    const auto scope = router.route(view).fields.front().scope;
    EXPECT_NE(router.route(view).fields.front().scope, scope);
}

} // namespace
} // namespace tanggap::detect
