// Correlations: when they fire, how often, and that neither order nor restart changes it.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include <fmt/format.h>

#include "detect/testing/events.h"

namespace tanggap::detect {
namespace {

using testing::add_event;
using testing::load;
using testing::text_of;

constexpr std::string_view kMembers = R"(---
title: Failed login
id: 10000000-0000-4000-a000-000000000001
name: failed
logsource: {category: test}
detection:
  s: {action: fail}
  condition: s
---
title: Login
id: 10000000-0000-4000-a000-000000000002
name: success
logsource: {category: test}
detection:
  s: {action: ok}
  condition: s
)";

std::string correlation(std::string_view body)
{
    return fmt::format(
        "{}---\ntitle: Storm\nid: 10000000-0000-4000-a000-000000000003\nname: storm\n"
        "level: high\ncorrelation:\n{}",
        kMembers, body);
}

const std::string kStorm = correlation("  type: event_count\n  rules: [failed]\n"
                                       "  group-by: [ip]\n  timespan: 1m\n  condition: {gte: 3}\n");

/// Runs batches one after another, as one process or with a restart after each.
class Replay {
public:
    enum class Restarts { Never, AfterEachBatch };

    explicit Replay(testing::Loaded loaded, Restarts restarts = Restarts::Never)
        : loaded_(std::move(loaded)), restarts_(restarts)
    {
        EXPECT_EQ(text_of(loaded_.diagnostics), "");
        correlator_ = std::make_unique<Correlator>(loaded_.rules);
    }

    void feed(const model::EventBatch& batch)
    {
        std::vector<model::Detection> detections;
        std::vector<Signal> signals;
        Evaluator(loaded_.rules).evaluate(batch, detections, signals);
        correlator_->feed(batch, signals, detections);
        for (const auto& one : detections) {
            if (one.continues) {
                continued_.push_back(batch.events[one.event_index].time.seconds());
                continue;
            }
            found_.push_back(fmt::format("{}@{} {}", one.rule->title,
                                         batch.events[one.event_index].time.seconds(),
                                         one.correlation_summary));
        }
        if (restarts_ == Restarts::AfterEachBatch) {
            restart();
        }
    }

    /// What a server does where rules change.
    void restart_with(testing::Loaded loaded)
    {
        loaded_ = std::move(loaded);
        EXPECT_EQ(text_of(loaded_.diagnostics), "");
        restart();
    }

    /// What a server does: keep the changes, come back with all of them.
    void restart()
    {
        for (auto& change : correlator_->take_changes()) {
            const auto key = std::pair(change.rule_id, change.group);
            if (change.state.empty()) {
                kept_.erase(key);
            } else {
                kept_[key] = change;
            }
        }
        std::vector<GroupState> all;
        for (const auto& [key, state] : kept_) {
            all.push_back(state);
        }
        correlator_ = std::make_unique<Correlator>(loaded_.rules);
        correlator_->restore(all);
    }

    const std::vector<std::string>& found() const { return found_; }
    const std::vector<std::int64_t>& continued() const { return continued_; }
    const Correlator& correlator() const { return *correlator_; }

private:
    testing::Loaded loaded_;
    Restarts restarts_;
    std::unique_ptr<Correlator> correlator_;
    std::map<std::pair<std::string, std::string>, GroupState> kept_;
    std::vector<std::string> found_;
    std::vector<std::int64_t> continued_; ///< times of events that went on with a correlation
};

struct Happening {
    std::int64_t at;
    std::string_view action;
    std::string_view ip = "192.0.2.1";
    std::string_view user = "ani";
};

std::vector<std::string> found_in(const std::string& rules,
                                  const std::vector<Happening>& happenings)
{
    Replay run(load(rules));
    model::EventBatch batch;
    for (const auto& [at, action, ip, user] : happenings) {
        add_event(batch, at, {{"action", action}, {"ip", ip}, {"user", user}});
    }
    run.feed(batch);
    return run.found();
}

using Strings = std::vector<std::string>;

TEST(EventCount, FiresWhenTheConditionIsFirstMet)
{
    EXPECT_EQ(found_in(kStorm, {{0, "fail"}, {10, "fail"}, {20, "other"}, {60, "fail"}}),
              (Strings{"Storm@60 3 events of 'Failed login' by ip=192.0.2.1 in 1m"}));
    EXPECT_EQ(found_in(kStorm, {{0, "fail"}, {10, "fail"}, {61, "fail"}}), Strings{});
}

TEST(EventCount, CountsEachGroupByItself)
{
    EXPECT_EQ(found_in(kStorm, {{0, "fail"}, {1, "fail", "192.0.2.2"}, {2, "fail"}}), Strings{});
}

TEST(EventCount, AStormOfThousandsIsOneDetectionAWindow)
{
    std::vector<Happening> storm;
    for (std::int64_t i = 0; i < 4'000; ++i) {
        storm.push_back({i / 40, "fail"});
    }
    // 100 seconds: the first window, and the next one a timespan later.
    EXPECT_EQ(found_in(kStorm, storm).size(), 2U);
}

TEST(EventCount, EventsThatGoOnWithAStormBelongToIt)
{
    Replay run(load(kStorm));
    model::EventBatch batch;
    for (const std::int64_t at : {0, 1, 2, 3, 30, 200, 300}) {
        add_event(batch, at, {{"action", "fail"}, {"ip", "192.0.2.1"}, {"user", "ani"}});
    }
    run.feed(batch);
    EXPECT_EQ(run.found().size(), 1U);
    // Not the two before the third, and not those that are few again.
    EXPECT_EQ(run.continued(), (std::vector<std::int64_t>{3, 30}));
}

TEST(EventCount, LateAndNewestFirstEventsCountAllTheSame)
{
    EXPECT_EQ(found_in(kStorm, {{60, "fail"}, {30, "fail"}, {0, "fail"}}).size(), 1U);
    EXPECT_EQ(found_in(kStorm, {{500, "fail"}, {0, "fail"}, {10, "fail"}, {20, "fail"}}).size(),
              1U);
    std::vector<Happening> backwards;
    for (std::int64_t i = 300; i > 0; --i) {
        backwards.push_back({i * 10, "fail"});
    }
    const auto found = found_in(kStorm, backwards);
    EXPECT_GE(found.size(), 45U);
    EXPECT_LE(found.size(), 51U);
}

TEST(EventCount, ABatchOfTwoRulesCountsAnEventOnce)
{
    const auto rules =
        correlation("  type: event_count\n  rules: [failed, success]\n"
                    "  group-by: [ip]\n  timespan: 1m\n  condition: {gt: 1, lte: 2}\n");
    Replay run(load(rules));
    model::EventBatch batch;
    add_event(batch, 0, {{"action", "fail"}, {"action", "ok"}, {"ip", "192.0.2.1"}});
    run.feed(batch);
    EXPECT_EQ(run.found(), Strings{});
    model::EventBatch second;
    add_event(second, 1, {{"action", "ok"}, {"ip", "192.0.2.1"}});
    run.feed(second);
    EXPECT_EQ(run.found().size(), 1U);
}

TEST(EventCount, AnEventWithoutTheGroupsFieldIsNotCounted)
{
    Replay run(load(kStorm));
    model::EventBatch batch;
    for (int i = 0; i < 5; ++i) {
        add_event(batch, i, {{"action", "fail"}});
    }
    run.feed(batch);
    EXPECT_EQ(run.found(), Strings{});
    EXPECT_EQ(run.correlator().groups(), 0U);
}

TEST(ValueCount, CountsDifferentValuesOnly)
{
    const auto rules = correlation("  type: value_count\n  rules: [failed]\n  group-by: [ip]\n"
                                   "  timespan: 1m\n  condition: {field: user, gte: 3}\n");
    EXPECT_EQ(found_in(rules, {{0, "fail"}, {1, "fail"}, {2, "fail"}, {3, "fail"}}), Strings{});
    EXPECT_EQ(
        found_in(rules, {{0, "fail", "192.0.2.1", "ani"},
                         {1, "fail", "192.0.2.1", "ani"},
                         {2, "fail", "192.0.2.1", "budi"},
                         {3, "fail", "192.0.2.1", "cici"}}),
        (Strings{"Storm@3 3 values of user in 4 events of 'Failed login' by ip=192.0.2.1 in 1m"}));
}

TEST(ValueCount, LongValuesThatDifferLateAreDifferent)
{
    const auto rules = correlation("  type: value_count\n  rules: [failed]\n  group-by: [ip]\n"
                                   "  timespan: 1m\n  condition: {field: user, gte: 3}\n");
    const std::string user(2'000, 'u');
    const std::string others[] = {user + "1", user + "2"};
    EXPECT_EQ(found_in(rules, {{0, "fail", "192.0.2.1", user},
                               {1, "fail", "192.0.2.1", user},
                               {2, "fail", "192.0.2.1", others[0]}}),
              Strings{});
    EXPECT_EQ(found_in(rules, {{0, "fail", "192.0.2.1", user},
                               {1, "fail", "192.0.2.1", others[0]},
                               {2, "fail", "192.0.2.1", others[1]}})
                  .size(),
              1U);
}

TEST(Groups, OfLongValuesStayApartAndTheirKeysShort)
{
    const auto loaded = load(kStorm);
    Correlator correlator(loaded.rules);
    const std::string address(100'000, '\x01');
    const std::string other = address + "x";
    model::EventBatch batch;
    std::vector<Signal> signals;
    std::vector<model::Detection> detections;
    for (const auto* ip : {&address, &other, &address, &other, &address}) {
        add_event(batch, 0, {{"action", "fail"}, {"ip", *ip}});
    }
    Evaluator(loaded.rules).evaluate(batch, detections, signals);
    correlator.feed(batch, signals, detections);
    ASSERT_EQ(detections.size(), 1U);
    EXPECT_EQ(detections.front().event_index, 4U);
    EXPECT_LE(detections.front().correlation_summary.size(), 2'000U);
    EXPECT_EQ(detections.front().reasons.front().value.size(), 1'024U);
    const auto changes = correlator.take_changes();
    ASSERT_EQ(changes.size(), 2U);
    for (const auto& change : changes) {
        EXPECT_LE(change.group.size(), 3 * 255 + 1U);
    }
}

TEST(Temporal, NeedsEveryRuleInAnyOrder)
{
    const auto rules = correlation("  type: temporal\n  rules: [failed, success]\n"
                                   "  group-by: [ip]\n  timespan: 1m\n");
    EXPECT_EQ(found_in(rules, {{0, "ok"}, {30, "fail"}}).size(), 1U);
    EXPECT_EQ(found_in(rules, {{0, "ok"}, {61, "fail"}}).size(), 0U);
    EXPECT_EQ(found_in(rules, {{0, "fail"}, {1, "fail"}}).size(), 0U);
}

TEST(TemporalOrdered, NeedsEveryRuleInItsOrderOfEventTime)
{
    const auto rules = correlation("  type: temporal_ordered\n  rules: [failed, success]\n"
                                   "  group-by: [ip]\n  timespan: 1m\n");
    EXPECT_EQ(
        found_in(rules, {{0, "fail"}, {30, "ok"}}),
        (Strings{
            "Storm@30 2 events of 'Failed login', 'Login' in this order by ip=192.0.2.1 in 1m"}));
    EXPECT_EQ(found_in(rules, {{0, "ok"}, {30, "fail"}}).size(), 0U);
    EXPECT_EQ(found_in(rules, {{30, "ok"}, {0, "fail"}}).size(), 1U) << "the failure came late";
    EXPECT_EQ(found_in(rules, {{0, "fail"}, {61, "ok"}}).size(), 0U);
}

TEST(Chains, ACorrelationCountsAnother)
{
    const auto rules = kStorm + R"(---
title: Broken in
id: 10000000-0000-4000-a000-000000000004
correlation:
  type: temporal_ordered
  rules: [storm, success]
  group-by: [ip]
  timespan: 10m
)";
    EXPECT_EQ(
        found_in(rules, {{0, "fail"}, {1, "fail"}, {2, "fail"}, {100, "ok"}}),
        (Strings{
            "Broken in@100 2 events of 'Storm', 'Login' in this order by ip=192.0.2.1 in 10m"}));
    EXPECT_EQ(found_in(rules, {{0, "fail"}, {100, "ok"}}), Strings{});
}

TEST(Generate, DecidesWhetherMembersAlertAlone)
{
    const auto alone = correlation("  type: event_count\n  rules: [failed]\n  group-by: [ip]\n"
                                   "  timespan: 1m\n  condition: {gte: 3}\n  generate: true\n");
    EXPECT_EQ(found_in(alone, {{0, "fail"}}), (Strings{"Failed login@0 "}));
    EXPECT_EQ(found_in(kStorm, {{0, "fail"}}), Strings{});
}

TEST(Aliases, JoinFieldsOfDifferentNames)
{
    const auto rules = correlation("  type: temporal\n  rules: [failed, success]\n"
                                   "  aliases:\n    who: {failed: user, success: account}\n"
                                   "  group-by: [who]\n  timespan: 1m\n");
    Replay run(load(rules));
    model::EventBatch batch;
    add_event(batch, 0, {{"action", "fail"}, {"user", "ani"}});
    add_event(batch, 1, {{"action", "ok"}, {"account", "budi"}});
    add_event(batch, 2, {{"action", "ok"}, {"account", "ani"}});
    run.feed(batch);
    ASSERT_EQ(run.found().size(), 1U);
    EXPECT_TRUE(run.found()[0].starts_with("Storm@2"));
}

TEST(Chains, AnEventThatCompletesTwoGroupsIsOneOfTheCorrelationThatCountsThem)
{
    const auto rules = correlation("  type: event_count\n  rules: [failed, success]\n"
                                   "  aliases: {who: {failed: user, success: ip}}\n"
                                   "  group-by: [who]\n  timespan: 1m\n  condition: {gte: 1}\n") +
                       R"(---
title: Then
id: 10000000-0000-4000-a000-000000000004
correlation:
  type: temporal
  rules: [storm, success]
  timespan: 10m
)";
    Replay run(load(rules));
    model::EventBatch batch;
    add_event(batch, 0, {{"action", "fail"}, {"action", "ok"}, {"ip", "192.0.2.1"}, {"user", "a"}});
    run.feed(batch);
    EXPECT_EQ(run.found(), (Strings{"Then@0 2 events of 'Storm', 'Login' in 10m"}));
    EXPECT_EQ(run.continued(), std::vector<std::int64_t>{});
}

TEST(Correlations, NamingNoRuleOrThemselvesAreRefused)
{
    const auto missing = load(correlation("  type: temporal\n  rules: [failed, nobody]\n"
                                          "  group-by: [ip]\n  timespan: 1m\n"));
    EXPECT_EQ(
        text_of(missing.diagnostics),
        "rule.yml:24:19: error: no rule has the id or name 'nobody' (it may have been refused "
        "for an error of its own)\n");
    EXPECT_EQ(missing.rules->rules().size(), 2U);
    const auto itself = load(correlation("  type: temporal\n  rules: [failed, storm]\n"
                                         "  group-by: [ip]\n  timespan: 1m\n"));
    EXPECT_NE(text_of(itself.diagnostics).find("counts itself"), std::string::npos);
}

std::vector<std::string> found_with_bytes(std::string_view condition,
                                          const std::vector<std::string_view>& bytes)
{
    Replay run(load(correlation(fmt::format("{}  rules: [failed]\n  group-by: [ip]\n"
                                            "  timespan: 1m\n",
                                            condition))));
    model::EventBatch batch;
    std::int64_t at = 0;
    for (const auto& number : bytes) {
        add_event(batch, at, {{"action", "fail"}, {"ip", "192.0.2.1"}, {"bytes", number}});
        at += 10;
    }
    run.feed(batch);
    return run.found();
}

TEST(ValueSum, AddsUpNumbersAndLeavesOutWhatIsNone)
{
    const std::string_view over = "  type: value_sum\n  condition: {field: bytes, gt: 1000}\n";
    EXPECT_EQ(found_with_bytes(over, {"400", "x", "600", "1"}),
              (Strings{"Storm@30 1001 of bytes in all in 3 events of 'Failed login' by "
                       "ip=192.0.2.1 in 1m"}));
    EXPECT_EQ(found_with_bytes(over, {"400", "600"}), Strings{});
    EXPECT_EQ(found_with_bytes(over, {"900", "1", "1", "1", "1", "1", "1", "99"}), Strings{})
        << "the first is out of every window of the last";
}

TEST(ValueAverage, ComparesWithFractions)
{
    const std::string_view over = "  type: value_avg\n  condition: {field: bytes, gte: 2.5}\n";
    EXPECT_EQ(found_with_bytes(over, {"1", "2", "4.5"}),
              (Strings{"Storm@20 2.5 of bytes on average in 3 events of 'Failed login' by "
                       "ip=192.0.2.1 in 1m"}));
    EXPECT_EQ(found_with_bytes(over, {"1", "2", "3"}), Strings{});
}

TEST(ValuePercentile, IsAValueThatWasSeen)
{
    const std::string_view median =
        "  type: value_percentile\n  condition: {field: bytes, percentile: 50, gte: 10}\n";
    EXPECT_EQ(found_with_bytes(median, {"1", "30", "10"}),
              (Strings{"Storm@20 10 of bytes as percentile 50 in 3 events of 'Failed login' by "
                       "ip=192.0.2.1 in 1m"}));
    EXPECT_EQ(found_with_bytes(median, {"1", "30", "2"}), Strings{});
}

TEST(ValuePercentile, WithoutANumberIsTheShareOfTheEventsOwnValue)
{
    const std::string_view rare =
        "  type: value_percentile\n  condition: {field: bytes, lte: 25}\n";
    EXPECT_EQ(found_with_bytes(rare, {"a", "a", "a", "b"}),
              (Strings{"Storm@30 a value of bytes with a share of 25 % in 4 events of 'Failed "
                       "login' by ip=192.0.2.1 in 1m"}));
    EXPECT_EQ(found_with_bytes(rare, {"a", "a", "b"}), Strings{});
}

TEST(Temporal, MayAskForSomeOfItsRules)
{
    const auto rules = correlation("  type: temporal\n  rules: [failed, success]\n"
                                   "  group-by: [ip]\n  timespan: 1m\n  condition: {gte: 1}\n");
    EXPECT_EQ(found_in(rules, {{0, "fail"}}).size(), 1U);
}

TEST(TemporalOrdered, MayAskForSomeOfItsRules)
{
    const auto rules = correlation("  type: temporal_ordered\n  rules: [failed, success]\n"
                                   "  group-by: [ip]\n  timespan: 1m\n  condition: {eq: 1}\n");
    EXPECT_EQ(found_in(rules, {{0, "ok"}}).size(), 1U);
    EXPECT_EQ(found_in(rules, {{0, "fail"}, {100, "ok"}}).size(), 2U);
}

TEST(Aliases, MayCallARuleByNameThatIsCountedById)
{
    const auto rules =
        correlation("  type: event_count\n  rules: [10000000-0000-4000-a000-000000000001]\n"
                    "  aliases: {who: {failed: user}}\n  group-by: [who]\n  timespan: 1m\n"
                    "  condition: {gte: 2}\n");
    EXPECT_EQ(found_in(rules, {{0, "fail"}, {1, "fail"}}).size(), 1U);
    EXPECT_NE(text_of(load(correlation("  type: event_count\n  rules: [failed]\n"
                                       "  aliases: {who: {success: user}}\n  group-by: [who]\n"
                                       "  timespan: 1m\n  condition: {gte: 2}\n"))
                          .diagnostics)
                  .find("the alias 'who' speaks of 'success', which is none of the rules"),
              std::string::npos);
}

TEST(Aliases, OfACorrelationHoldWhereAnotherCountsIt)
{
    const auto rules = correlation("  type: event_count\n  rules: [failed, success]\n"
                                   "  aliases: {who: {failed: target, success: subject}}\n"
                                   "  group-by: [who]\n  timespan: 1m\n  condition: {gte: 2}\n") +
                       R"(---
title: Other
id: 10000000-0000-4000-a000-000000000008
name: other
logsource: {category: test}
detection:
  s: {action: other}
  condition: s
---
title: Both
id: 10000000-0000-4000-a000-000000000009
correlation:
  type: temporal
  rules: [storm, other]
  aliases: {who: {other: account}}
  group-by: [who]
  timespan: 1m
)";
    Replay run(load(rules));
    model::EventBatch batch;
    add_event(batch, 0, {{"action", "other"}, {"account", "ani"}});
    add_event(batch, 1, {{"action", "fail"}, {"target", "ani"}});
    add_event(batch, 2, {{"action", "ok"}, {"target", "budi"}, {"subject", "ani"}});
    run.feed(batch);
    EXPECT_EQ(run.found(), (Strings{"Both@2 2 events of 'Storm', 'Other' by subject=ani in 1m"}));
}

TEST(Generate, MayStandBesideTheCorrelation)
{
    EXPECT_EQ(found_in(kStorm + "generate: true\n", {{0, "fail"}}), (Strings{"Failed login@0 "}));
}

TEST(Correlations, ConditionsThatMeanNothingAreRefused)
{
    const auto told = [](std::string_view body) {
        return text_of(load(correlation(fmt::format("  rules: [failed]\n  group-by: [ip]\n"
                                                    "  timespan: 1m\n{}\n",
                                                    body)))
                           .diagnostics);
    };
    EXPECT_NE(told("  type: temporal_extended\n  condition: failed and success")
                  .find("the correlation type 'temporal_extended' is not supported"),
              std::string::npos);
    EXPECT_NE(told("  type: temporal_ordered_extended").find("is not supported"),
              std::string::npos);
    EXPECT_NE(told("  type: temporal\n  condition: failed").find("extended correlations"),
              std::string::npos);
    EXPECT_NE(told("  type: value_median\n  condition: {field: f, gt: 1}").find("percentile: 50"),
              std::string::npos);
    EXPECT_NE(told("  type: value_sum\n  condition: {gt: 1}").find("needs 'field'"),
              std::string::npos);
    EXPECT_NE(told("  type: event_count\n  condition: {gt: 1, field: f}").find("'field' only"),
              std::string::npos);
    EXPECT_NE(told("  type: event_count\n  condition: {gt: 1.5}").find("is no number from 0"),
              std::string::npos);
    EXPECT_NE(told("  type: value_sum\n  condition: {field: f, gt: much}").find("is no number"),
              std::string::npos);
    EXPECT_NE(
        told("  type: value_sum\n  condition: {field: [f, g], gt: 1}").find("is of one field"),
        std::string::npos);
    EXPECT_NE(told("  type: value_percentile\n  condition: {field: f, percentile: 101, gt: 1}")
                  .find("from 0 to 100"),
              std::string::npos);
    EXPECT_NE(told("  type: value_avg\n  condition: {field: f, percentile: 5, gt: 1}")
                  .find("only belongs to value_percentile"),
              std::string::npos);
    EXPECT_NE(told("  type: event_count").find("needs a condition"), std::string::npos);
}

TEST(Correlations, ANameTwoRulesBearMustBeAnId)
{
    EXPECT_NE(text_of(load(kStorm + testing::rule("Twin", "  s: {f: 1}\n  condition: s") +
                           "name: failed\n")
                          .diagnostics)
                  .find("several rules are named 'failed'"),
              std::string::npos);
}

TEST(Correlations, OneRuleIsNoTwoMembers)
{
    const auto loaded = load(
        correlation("  type: temporal\n  rules: [failed, 10000000-0000-4000-a000-000000000001]\n"
                    "  group-by: [ip]\n  timespan: 1m\n"));
    EXPECT_NE(text_of(loaded.diagnostics)
                  .find("'Failed login' is named twice, by its id and by its name"),
              std::string::npos);
    EXPECT_EQ(loaded.rules->rules().size(), 2U);
}

/// Random events, some late, over a few groups; cut into batches at random places.
std::vector<Happening> random_happenings(std::mt19937_64& random)
{
    constexpr std::string_view kActions[] = {"fail", "ok", "other"};
    constexpr std::string_view kAddresses[] = {"192.0.2.1", "192.0.2.2", "2001:db8::1"};
    constexpr std::string_view kUsers[] = {"ani", "budi", "cici", "dedi"};
    std::vector<Happening> out;
    std::int64_t now = 0;
    for (int i = 0; i < 200; ++i) {
        now += static_cast<std::int64_t>(random() % 15);
        const auto late = random() % 4 == 0 ? static_cast<std::int64_t>(random() % 90) : 0;
        out.push_back(
            {now - late, kActions[random() % 3], kAddresses[random() % 3], kUsers[random() % 4]});
    }
    return out;
}

TEST(Correlations, ARestartAtAnyBatchBoundaryChangesNothing)
{
    const auto rules = kStorm + R"(---
title: Users
id: 10000000-0000-4000-a000-000000000005
correlation:
  type: value_count
  rules: [failed, success]
  group-by: [ip]
  timespan: 2m
  condition: {field: user, gte: 4}
---
title: Hours
id: 10000000-0000-4000-a000-000000000007
correlation:
  type: value_sum
  rules: [failed]
  group-by: [ip]
  timespan: 2m
  condition: {field: hour, gt: 100}
---
title: Broken in
id: 10000000-0000-4000-a000-000000000006
correlation:
  type: temporal_ordered
  rules: [storm, success]
  group-by: [ip]
  timespan: 2m
)";
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        std::mt19937_64 random(seed);
        const auto happenings = random_happenings(random);
        Replay whole(load(rules));
        Replay pieces(load(rules), Replay::Restarts::AfterEachBatch);
        model::EventBatch all;
        auto piece = std::make_unique<model::EventBatch>();
        for (const auto& [at, action, ip, user] : happenings) {
            const auto hour = std::to_string(at % 24 + 1);
            for (auto* batch : {&all, piece.get()}) {
                add_event(*batch, at,
                          {{"action", action}, {"ip", ip}, {"user", user}, {"hour", hour}});
            }
            if (random() % 7 == 0) {
                pieces.feed(*piece);
                piece = std::make_unique<model::EventBatch>();
            }
        }
        whole.feed(all);
        pieces.feed(*piece);
        // Within one batch correlations stand behind the rules' own detections.
        auto expected = whole.found();
        auto found = pieces.found();
        EXPECT_EQ(found, expected);
        EXPECT_EQ(pieces.continued(), whole.continued());
        EXPECT_FALSE(expected.empty());
    }
}

TEST(Correlations, AStateOfAnotherTextOfTheRuleIsNotRead)
{
    const auto of = [](std::string_view rules, std::string_view more = "") {
        return correlation(fmt::format("  type: temporal\n  rules: [{}]\n  group-by: [ip]\n"
                                       "  timespan: 1m\n{}",
                                       rules, more)) +
               testing::rule("Scan", "  s: {action: scan}\n  condition: s") + "name: scan\n";
    };
    const auto groups_under = [&](const std::string& other) {
        Replay run(load(of("scan, failed, success")));
        model::EventBatch batch;
        add_event(batch, 0, {{"action", "scan"}, {"ip", "192.0.2.1"}});
        add_event(batch, 1, {{"action", "fail"}, {"ip", "192.0.2.1"}});
        run.feed(batch);
        run.restart_with(load(other));
        model::EventBatch next;
        add_event(next, 2, {{"action", "fail"}, {"ip", "192.0.2.2"}});
        run.feed(next);
        EXPECT_EQ(run.found(), Strings{});
        return run.correlator().groups();
    };
    EXPECT_EQ(groups_under(of("scan, failed, success")), 2U);
    EXPECT_EQ(groups_under(of("scan, failed, success", "  condition: {gte: 3}\n")), 2U);
    EXPECT_EQ(groups_under(of("failed, success")), 1U) << "the numbers of the others moved";
    EXPECT_EQ(groups_under(of("failed, scan, success")), 1U);
    EXPECT_EQ(groups_under(of("scan, failed, success", "  aliases: {ip: {scan: address}}\n")), 1U);
}

TEST(Correlations, DamagedStateIsForgottenNotBelieved)
{
    const auto loaded = load(kStorm);
    Correlator correlator(loaded.rules);
    const std::vector<GroupState> damaged{
        {.rule_id = "10000000-0000-4000-a000-000000000003", .group = "a/", .state = "3 2"},
        {.rule_id = "10000000-0000-4000-a000-000000000003", .group = "b/", .state = "2 0 0 0"},
        {.rule_id = "10000000-0000-4000-a000-000000000003", .group = "c/", .state = "3 x y z"},
        {.rule_id = "gone", .group = "d/", .state = "1 1 0 0"},
    };
    correlator.restore(damaged);
    EXPECT_EQ(correlator.groups(), 0U);

    // What lives again under the same key is not deleted.
    model::EventBatch batch;
    add_event(batch, 0, {{"action", "fail"}, {"ip", "b"}});
    std::vector<model::Detection> detections;
    correlator.feed(batch, std::vector<Signal>{{.rule_index = 0, .event_index = 0}}, detections);
    std::vector<std::string> deleted;
    for (const auto& change : correlator.take_changes()) {
        if (change.state.empty()) {
            deleted.push_back(change.rule_id.substr(0, 4) + " " + change.group);
        }
    }
    EXPECT_EQ(deleted, (Strings{"gone d/", "1000 a/", "1000 c/"}));
    EXPECT_TRUE(correlator.take_changes().empty());
}

} // namespace
} // namespace tanggap::detect
