#include <gtest/gtest.h>

#include "triage/detail/test_support.h"

namespace tanggap::triage {
namespace {

using model::Alert;
using model::Level;
using model::Outcome;
using testing::Fields;
using testing::make_detection;
using testing::make_event;
using testing::make_rule;
using testing::MemoryPast;

constexpr base::Time kNow = base::Time::from_seconds(1'790'000'000);

base::Time at_minute(std::int64_t minute)
{
    return base::Time::from_seconds(1'780'000'000 + minute * 60);
}

/// One sender, one rule, one target: only the times differ.
class OneKey : public ::testing::Test {
protected:
    /// Groups one event per minute given, each in a batch of its own.
    void feed(std::initializer_list<std::int64_t> minutes, Fields fields = {})
    {
        fields.push_back({"source.ip", "203.0.113.7"});
        for (const std::int64_t minute : minutes) {
            model::EventBatch batch;
            batch.events.push_back(make_event(batch, fields, at_minute(minute)));
            const std::vector detections = {make_detection(rule_, 0)};
            const auto result = grouper_.group(batch, detections, kNow);
            ASSERT_TRUE(result.has_value());
            past_.commit(result->changed);
            grouper_.committed();
        }
    }
    const Alert& alert(std::uint64_t number) { return past_.alerts.at(number); }
    std::size_t count() const { return past_.alerts.size(); }

    std::shared_ptr<const model::RuleInfo> rule_ = make_rule("r", {.techniques = {"T1110.001"}});
    MemoryPast past_;
    Grouper grouper_{past_, 100};
};

TEST_F(OneKey, AnEventThirtyMinutesAfterTheLastJoins)
{
    feed({0, 30, 60});
    ASSERT_EQ(count(), 1U);
    EXPECT_EQ(alert(1).events, 3U);
    EXPECT_EQ(alert(1).last_seen, at_minute(60));
}

TEST_F(OneKey, ALaterBurstIsANewAlertThatRecurs)
{
    feed({0, 31});
    ASSERT_EQ(count(), 2U);
    EXPECT_EQ(alert(1).recurs_of, 0U);
    EXPECT_EQ(alert(2).recurs_of, 1U);
}

TEST_F(OneKey, NewestFirstGivesTheSameBurstsAndTheLaterRecurs)
{
    feed({500, 490, 470, 100, 80});
    ASSERT_EQ(count(), 2U);
    EXPECT_EQ(alert(1).first_seen, at_minute(470));
    EXPECT_EQ(alert(1).last_seen, at_minute(500));
    EXPECT_EQ(alert(1).recurs_of, 2U);
    EXPECT_EQ(alert(2).first_seen, at_minute(80));
    EXPECT_EQ(alert(2).recurs_of, 0U);
}

TEST_F(OneKey, TheSpanStaysWithinADay)
{
    for (std::int64_t minute = 0; minute <= 24 * 60 + 30; minute += 30) {
        feed({minute});
    }
    ASSERT_EQ(count(), 2U);
    EXPECT_EQ(alert(1).last_seen - alert(1).first_seen, std::chrono::hours(24));
    EXPECT_EQ(alert(2).first_seen, at_minute(24 * 60 + 30));
    EXPECT_EQ(alert(2).recurs_of, 1U);
}

TEST_F(OneKey, OfTwoCandidatesTheEarlierTakesTheEventAndTheyNeverMerge)
{
    feed({0, 50, 25});
    ASSERT_EQ(count(), 2U);
    EXPECT_EQ(alert(1).events, 2U);
    EXPECT_EQ(alert(1).last_seen, at_minute(25));
    EXPECT_EQ(alert(2).events, 1U);
    EXPECT_EQ(alert(2).recurs_of, 1U);
}

TEST_F(OneKey, OnlyAnEventInTheOldWindowGrowsTheOldAlert)
{
    feed({0, 10});
    grouper_.forget_uncommitted(); // a restart: Past is what counts
    feed({300});
    EXPECT_EQ(alert(1).events, 2U);
    EXPECT_EQ(alert(2).events, 1U);
    grouper_.forget_uncommitted();
    feed({5});
    EXPECT_EQ(alert(1).events, 3U);
}

TEST_F(OneKey, ALinkReachesBackAnyTime)
{
    feed({0});
    grouper_.forget_uncommitted();
    feed({60 * 24 * 90});
    EXPECT_EQ(alert(2).recurs_of, 1U);
    grouper_.forget_uncommitted();
    feed({60 * 24 * 30});
    EXPECT_EQ(alert(3).recurs_of, 1U);
    EXPECT_EQ(alert(2).recurs_of, 3U);
}

TEST_F(OneKey, EveryOutcomeIsCountedAndTheWorstSpeaks)
{
    feed({0, 1}, {{"http.response.status_code", "404"}});
    EXPECT_EQ(alert(1).outcomes.group(), Outcome::Failed);
    feed({2}, {{"http.response.status_code", "200"}});
    feed({3}, {{"event.action", "blocked"}});
    EXPECT_EQ(alert(1).outcomes.failed, 2U);
    EXPECT_EQ(alert(1).outcomes.unknown, 1U);
    EXPECT_EQ(alert(1).outcomes.blocked, 1U);
    EXPECT_EQ(alert(1).outcomes.group(), Outcome::Unknown);
    EXPECT_EQ(alert(1).priority, 26); // .5 * .8 * .8 * .8
}

TEST_F(OneKey, TheAssetSetsTargetOwnerAndPriority)
{
    model::EventBatch batch;
    batch.events.push_back(make_event(batch,
                                      {{"source.ip", "203.0.113.7"},
                                       {"source.geo.country_iso_code", "ID"},
                                       {"tanggap.asset.id", "192.0.2.0/28"},
                                       {"tanggap.asset.name", "Portal"},
                                       {"organization.name", "Dinas Contoh"}},
                                      at_minute(0)));
    batch.events[0].fields.push_back({"tanggap.asset.value", model::integer_value(batch, 3)});
    const std::vector detections = {make_detection(rule_, 0)};
    const auto result = grouper_.group(batch, detections, kNow);
    ASSERT_TRUE(result.has_value());
    const Alert& made = result->changed.at(0);
    EXPECT_EQ(made.key.target, "192.0.2.0/28");
    EXPECT_EQ(made.asset_name, "Portal");
    EXPECT_EQ(made.organisation, "Dinas Contoh");
    EXPECT_EQ(made.source_country, "ID");
    EXPECT_EQ(made.asset_value, 3);
    EXPECT_EQ(made.priority, 32); // .5 * 1 * .8 * .8
}

TEST_F(OneKey, WithoutAnAssetTheSensorsOwnerOwnsIt)
{
    feed({0}, {{"organization.name", "Dinas Kesehatan"}});
    EXPECT_EQ(alert(1).organisation, "Dinas Kesehatan");
    EXPECT_TRUE(alert(1).asset_id.empty());
    feed({1});
    EXPECT_EQ(alert(1).organisation, "Dinas Kesehatan")
        << "an event without an owner tells nothing";
}

TEST(Grouper, CountsAnEventOncePerAlertAndEveryDetection)
{
    MemoryPast past;
    Grouper grouper(past, 100);
    model::EventBatch batch;
    batch.events.push_back(make_event(batch, {{"source.ip", "203.0.113.7"}}, at_minute(0)));
    const auto scan = make_rule("scan", {.level = Level::Low, .techniques = {"T1595.002"}});
    const auto list = make_rule("list", {.level = Level::Medium, .techniques = {"T1595.003"}});
    const auto sqli = make_rule("sqli", {.level = Level::High, .techniques = {"T1190"}});
    const std::vector detections = {make_detection(scan, 0), make_detection(sqli, 0),
                                    make_detection(list, 0)};
    const auto result = grouper.group(batch, detections, kNow);
    ASSERT_TRUE(result.has_value());
    ASSERT_EQ(result->changed.size(), 2U);
    EXPECT_EQ(result->changed[0].key.technique, "T1595");
    EXPECT_EQ(result->changed[0].events, 1U);
    EXPECT_EQ(result->changed[0].detections, 2U);
    EXPECT_EQ(result->changed[0].rules.size(), 2U);
    EXPECT_EQ(result->changed[1].key.technique, "T1190");
    ASSERT_EQ(result->memberships.size(), 2U);
    EXPECT_EQ(result->memberships[0].alert_number, 1U);
    EXPECT_EQ(result->memberships[1].alert_number, 2U);
}

TEST(Grouper, TheLeadingRuleGivesTitleReasonsAndSummary)
{
    MemoryPast past;
    Grouper grouper(past, 100);
    model::EventBatch batch;
    for (std::int64_t minute = 0; minute < 4; ++minute) {
        batch.events.push_back(
            make_event(batch, {{"source.ip", "203.0.113.7"}}, at_minute(minute)));
    }
    const auto low = make_rule("low", {.level = Level::Low, .techniques = {"T1505"}});
    const auto first = make_rule(
        "first", {.level = Level::Critical, .techniques = {"T1505.003"}, .confidence = 0.9});
    const auto second = make_rule("second", {.level = Level::Critical, .techniques = {"T1505"}});
    std::vector detections = {make_detection(low, 0), make_detection(first, 1),
                              make_detection(second, 2), make_detection(first, 3)};
    detections[1].reasons.emplace_back().selection = "shell";
    detections[1].correlation_summary = "3 events";
    detections[3].correlation_summary = "4 events";
    const auto result = grouper.group(batch, detections, kNow);
    ASSERT_TRUE(result.has_value());
    const Alert& alert = result->changed.at(0);
    EXPECT_EQ(alert.title, "title of first");
    EXPECT_EQ(alert.severity, Level::Critical);
    ASSERT_EQ(alert.first_reasons.size(), 1U);
    EXPECT_EQ(alert.first_reasons[0].selection, "shell");
    EXPECT_EQ(alert.summary, "4 events");
    EXPECT_DOUBLE_EQ(alert.confidence, 0.9);
    ASSERT_EQ(alert.rules.size(), 3U);
    EXPECT_EQ(alert.rules[1].detections, 2U);
}

TEST(Grouper, ACorrelationReportedLastIsGroupedWithItsEvent)
{
    MemoryPast past;
    Grouper grouper(past, 100);
    model::EventBatch batch;
    batch.events.push_back(make_event(batch, {{"source.ip", "203.0.113.7"}}, at_minute(0)));
    batch.events.push_back(make_event(batch, {{"source.ip", "203.0.113.9"}}, at_minute(0)));
    const auto rule = make_rule("r", {.techniques = {"T1110"}});
    const std::vector detections = {make_detection(rule, 0), make_detection(rule, 1),
                                    make_detection(rule, 0)};
    const auto result = grouper.group(batch, detections, kNow);
    ASSERT_TRUE(result.has_value());
    ASSERT_EQ(result->changed.size(), 2U);
    EXPECT_EQ(result->changed[0].events, 1U);
    EXPECT_EQ(result->changed[0].detections, 2U);
}

TEST(Grouper, AnAlertOfAnEarlierBatchOfTheRangeIsJoinedBeforePastKnowsIt)
{
    MemoryPast past;
    Grouper grouper(past, 1);
    const auto rule = make_rule("r", {.techniques = {"T1110"}});
    for (const char* source : {"203.0.113.7", "203.0.113.8", "203.0.113.7"}) {
        model::EventBatch batch;
        batch.events.push_back(make_event(batch, {{"source.ip", source}}, at_minute(0)));
        ASSERT_TRUE(grouper.group(batch, std::vector{make_detection(rule, 0)}, kNow).has_value());
    }
    EXPECT_EQ(past.given, 2U);
    EXPECT_EQ(grouper.cached_keys(), 2U);
    grouper.committed();
    EXPECT_EQ(grouper.cached_keys(), 1U);
}

TEST(Grouper, ASortedLogAsksPastOncePerKeyAndDay)
{
    MemoryPast past;
    Grouper grouper(past, 10);
    const auto rule = make_rule("r", {.techniques = {"T1110"}});
    for (std::int64_t minute = 0; minute < 24 * 60; minute += 10) {
        model::EventBatch batch;
        batch.events.push_back(
            make_event(batch, {{"source.ip", "203.0.113.7"}}, at_minute(minute)));
        const auto result = grouper.group(batch, std::vector{make_detection(rule, 0)}, kNow);
        ASSERT_TRUE(result.has_value());
        past.commit(result->changed);
        grouper.committed();
    }
    EXPECT_EQ(past.questions, 1U);
}

TEST(Grouper, AnUnreadablePastIsAnErrorAndNothingIsLostAfterIt)
{
    MemoryPast past;
    Grouper grouper(past, 10);
    const auto rule = make_rule("r", {.techniques = {"T1110"}});
    model::EventBatch batch;
    batch.events.push_back(make_event(batch, {{"source.ip", "203.0.113.7"}}, at_minute(0)));
    const std::vector detections = {make_detection(rule, 0)};
    past.is_broken = true;
    const auto failed = grouper.group(batch, detections, kNow);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, base::Code::Unavailable);

    past.is_broken = false;
    grouper.forget_uncommitted();
    past.restart();
    const auto result = grouper.group(batch, detections, kNow);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->changed.at(0).number, 1U);
    EXPECT_EQ(result->changed.at(0).events, 1U);
}

} // namespace
} // namespace tanggap::triage
