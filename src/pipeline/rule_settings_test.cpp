#include "pipeline/rule_settings.h"

#include "pipeline/sensor_owners.h"

#include <gtest/gtest.h>

namespace tanggap::pipeline {
namespace {

model::Detection detection_of(const char* id, std::size_t event)
{
    auto info = std::make_shared<model::RuleInfo>();
    info->id = id;
    info->level = model::Level::High;
    return {
        .rule = std::move(info), .event_index = event, .reasons = {}, .correlation_summary = {}};
}

TEST(RuleSettings, a_rule_that_is_off_finds_nothing_and_the_rest_keeps_its_order)
{
    auto quiet = std::make_shared<model::RuleInfo>();
    quiet->id = "b";
    quiet->level = model::Level::Low;
    const RuleSettings settings{{"a", {.enabled = false, .info = nullptr}},
                                {"b", {.enabled = true, .info = quiet}}};
    std::vector<model::Detection> found{detection_of("a", 0), detection_of("b", 1),
                                        detection_of("c", 2), detection_of("a", 3)};
    apply(settings, found);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].event_index, 1U);
    EXPECT_EQ(found[0].rule->level, model::Level::Low);
    EXPECT_EQ(found[1].event_index, 2U);
    EXPECT_EQ(found[1].rule->level, model::Level::High) << "as it was written";
}

TEST(RuleSettings, an_exception_lets_its_events_pass_and_is_counted)
{
    const base::Time now = base::Time::from_seconds(1'790'000'000);
    model::EventBatch batch;
    for (const char* const sensor : {"fw-1", "fw-2"}) {
        model::Event& event = batch.events.emplace_back();
        event.sensor = sensor;
        event.received = now;
    }
    const std::vector<detect::RuleException> kept{
        {.id = "x",
         .rule_id = "a",
         .conditions = {{.field = "sensor", .test = detect::ExceptionTest::Is, .value = "FW-1"}},
         .expires = now + std::chrono::seconds(1)}};
    const auto exceptions = detect::ExceptionSet::build(kept);
    ASSERT_TRUE(exceptions);
    std::vector<model::Detection> found{detection_of("a", 0), detection_of("b", 0),
                                        detection_of("a", 1)};
    RuleCounts counts;
    apply(**exceptions, batch, found, counts);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].rule->id, "b");
    EXPECT_EQ(found[1].event_index, 1U);
    EXPECT_EQ(counts, (RuleCounts{{"a", {.detections = 0, .excepted = 1}}}));

    batch.events[0].received = now + std::chrono::seconds(1); // it has expired
    found = {detection_of("a", 0)};
    apply(**exceptions, batch, found, counts);
    EXPECT_EQ(found.size(), 1U);
}

TEST(SensorOwners, an_event_without_an_organisation_has_that_of_its_sensor)
{
    model::EventBatch batch;
    for (const char* const sensor : {"fw-1", "fw-2", "fw-1"}) {
        batch.events.emplace_back().sensor = sensor;
    }
    batch.events[2].fields.push_back(
        {.name = "organization.name", .value = model::string_value("Dinas Kesehatan")});
    add_owners(std::make_shared<SensorOwners>(SensorOwners{{"fw-1", "Dinas Kominfo"}}), batch);
    ASSERT_EQ(batch.events[0].fields.size(), 1U);
    EXPECT_EQ(batch.events[0].fields[0].value.text, "Dinas Kominfo");
    EXPECT_TRUE(batch.events[1].fields.empty());
    ASSERT_EQ(batch.events[2].fields.size(), 1U) << "the asset says more";
}

} // namespace
} // namespace tanggap::pipeline
