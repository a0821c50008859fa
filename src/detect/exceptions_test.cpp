#include "detect/exceptions.h"

#include <gtest/gtest.h>

namespace tanggap::detect {
namespace {

const base::Time kNow = base::Time::from_seconds(1'790'812'800);

model::Event event_from(std::string_view address, std::string_view user)
{
    model::Event event;
    event.received = kNow;
    event.sensor = "web-1";
    event.fields = {{.name = "source.ip", .value = model::string_value(address)},
                    {.name = "user.name", .value = model::string_value(user)},
                    {.name = "user.name", .value = model::string_value("second")}};
    return event;
}

bool passes(std::vector<ExceptionCondition> conditions, const model::Event& event,
            base::Time expires = kNow + std::chrono::seconds(1))
{
    const std::vector<RuleException> all{
        {.id = "x", .rule_id = "r", .conditions = std::move(conditions), .expires = expires}};
    const auto set = ExceptionSet::build(all);
    EXPECT_TRUE(set) << set.error().message;
    return set && (*set)->find("r", event) != nullptr;
}

TEST(Exceptions, every_condition_must_hold_and_any_value_of_a_field_may)
{
    using enum ExceptionTest;
    const model::Event event = event_from("203.0.113.7", "Scanner-1");
    EXPECT_TRUE(passes({{"source.ip", InNetwork, "203.0.113.0/24"}}, event));
    EXPECT_TRUE(passes({{"source.ip", InNetwork, "203.0.113.7"}}, event));
    EXPECT_FALSE(passes({{"source.ip", InNetwork, "198.51.100.0/24"}}, event));
    EXPECT_TRUE(passes({{"user.name", Is, "scanner-1"}}, event)) << "case of letters";
    EXPECT_TRUE(passes({{"user.name", Is, "SECOND"}}, event));
    EXPECT_TRUE(passes({{"user.name", StartsWith, "scan"}}, event));
    EXPECT_TRUE(passes({{"user.name", EndsWith, "-1"}}, event));
    EXPECT_TRUE(passes({{"user.name", Contains, "anne"}}, event));
    EXPECT_FALSE(passes({{"user.name", StartsWith, "canner"}}, event));
    EXPECT_TRUE(passes({{"sensor", Is, "web-1"}, {"user.name", Is, "second"}}, event));
    EXPECT_FALSE(passes({{"sensor", Is, "web-2"}, {"user.name", Is, "second"}}, event));
    EXPECT_FALSE(passes({{"host.name", Contains, "a"}}, event)) << "a field that is not there";
}

TEST(Exceptions, ends_with_its_last_moment_by_the_time_of_receipt)
{
    const std::vector<ExceptionCondition> all{{"sensor", ExceptionTest::Is, "web-1"}};
    const model::Event event = event_from("203.0.113.7", "a");
    EXPECT_TRUE(passes(all, event, kNow + std::chrono::nanoseconds(1)));
    EXPECT_FALSE(passes(all, event, kNow));
}

TEST(Exceptions, is_of_its_rule_alone)
{
    const std::vector<RuleException> all{{.id = "x",
                                          .rule_id = "r",
                                          .conditions = {{"sensor", ExceptionTest::Is, "web-1"}},
                                          .expires = kNow + std::chrono::seconds(1)}};
    const auto set = ExceptionSet::build(all);
    ASSERT_TRUE(set);
    const model::Event event = event_from("203.0.113.7", "a");
    ASSERT_NE((*set)->find("r", event), nullptr);
    EXPECT_EQ((*set)->find("r", event)->id, "x");
    EXPECT_EQ((*set)->find("other", event), nullptr);
}

TEST(Exceptions, what_would_hide_everything_or_says_nothing_is_refused)
{
    const auto refused = [](std::vector<ExceptionCondition> conditions) {
        const std::vector<RuleException> all{
            {.id = "x", .rule_id = "r", .conditions = std::move(conditions), .expires = kNow}};
        return !ExceptionSet::build(all);
    };
    EXPECT_TRUE(refused({}));
    EXPECT_TRUE(refused({{"source.ip", ExceptionTest::InNetwork, "everything"}}));
    EXPECT_TRUE(refused({{"source.ip", ExceptionTest::InNetwork, "203.0.113.7/24"}}))
        << "bits below the prefix";
    EXPECT_TRUE(refused({{"", ExceptionTest::Is, "a"}}));
    EXPECT_TRUE(refused({{"user.name", ExceptionTest::Contains, ""}}));
    EXPECT_FALSE(parse_exception_test("matches"));
    EXPECT_EQ(parse_exception_test("in_network").value_or(ExceptionTest::Is),
              ExceptionTest::InNetwork);
}

} // namespace
} // namespace tanggap::detect
