// The statements made of questions, word by word: tests/golden/events_sql.txt.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "generated/source_dir.h"
#include "store/clickhouse/compile.h"
#include "store/clickhouse/histogram.h"
#include "store/clickhouse/top.h"
#include "store/clickhouse/whole.h"

namespace tanggap::store::clickhouse {
namespace {

using base::Time;

const Time kNow = Time::from_seconds(1'790'812'800); // 2026-10-01T00:00:00Z

std::string shown(const std::string& title, const base::Status& made, const Sql& sql)
{
    std::string text = "# " + title + "\n" + (made ? sql.text : made.error().message) + "\n";
    for (const auto& [name, value] : sql.parameters) {
        text += fmt::format("  {} = {}\n", name, value);
    }
    return text + "\n";
}

std::string conditions()
{
    std::string text;
    for (const char* const question :
         {"",
          "status:404",
          "status>=500",
          "status:400..499",
          "-status:200",
          "method:get",
          "src.ip:203.0.113.7",
          "src.ip:203.0.113.0/24",
          "src.ip:2001:db8::/32",
          "-src.ip:203.0.113.7",
          "url.path:\"/.env\"",
          "url.path:*.php",
          "url.path:*",
          "user_agent.original:*sqlmap*",
          "zgrab",
          "\"union select\"",
          "*jndi*",
          "wp-*",
          "caf\xC3\xA9",
          "it's \\ 100%_\xE2\x82\xAC",
          "event.id:0198c0de-0000-7000-8000-000000000001",
          "level>=high",
          "is:detected",
          "has:alert",
          "alert:77",
          "rule:web_*",
          "custom.field:Some*",
          "custom.count>3",
          "sensor:web-1",
          "@timestamp:2026-09-30",
          "@timestamp>now-24h",
          "status:404 (method:post or url.path:/x) -src.ip:203.0.113.7",
          "event.id:nonsense"}) {
        const auto filter = query::parse_or_error(question, query::event_scope());
        if (!filter) {
            text += fmt::format("# {}\n{}\n\n", question, filter.error().message);
            continue;
        }
        for (const bool others : {false, true}) {
            Sql sql;
            const auto made =
                compile_filter(*filter, {.now = kNow, .zone_minutes = 420, .others = others}, sql);
            text += shown(std::string(question) + (others ? " [values apart]" : ""), made, sql);
        }
    }
    return text;
}

std::string counts()
{
    std::string text;
    const auto filter = query::parse_or_error("status:404", query::event_scope());
    const Time later = kNow + std::chrono::hours(72) + std::chrono::seconds(5);
    for (const query::Node* const asked : {static_cast<const query::Node*>(nullptr), &*filter}) {
        const Histogram histogram = empty_histogram(kNow, later, 60);
        Sql sql;
        const auto made = add_histogram(
            sql, histogram, {.table = "d.events", .filter = asked, .from = kNow, .to = later},
            {.now = kNow});
        text += shown(asked != nullptr ? "histogram, filtered" : "histogram", made, sql);
        for (const char* const field :
             {"source.ip", "url.path", "status", "rule", "custom.field"}) {
            Sql top;
            const auto countable = compile_countable(field, top);
            const auto done = add_top(top,
                                      {.table = "d.events",
                                       .countable = *countable,
                                       .filter = asked,
                                       .from = kNow,
                                       .to = later,
                                       .values = 5},
                                      {.now = kNow});
            text += shown(fmt::format("top {}{}", field, asked != nullptr ? ", filtered" : ""),
                          done, top);
        }
    }
    const Tally tally{.id = 17, .days = {{20'000, 100}}};
    for (const auto& beside : {std::vector<Day>{}, std::vector<Day>{{20'001, 5}, {20'003, 6}}}) {
        Sql sql;
        const auto countable = compile_countable("source.ip", sql);
        const auto done = add_top(sql,
                                  {.table = "d.events",
                                   .countable = *countable,
                                   .filter = nullptr,
                                   .from = kNow,
                                   .to = kNow + std::chrono::hours(72),
                                   .values = 5,
                                   .tally = &tally,
                                   .tally_table = "d.tallied_source_ip",
                                   .beside = beside},
                                  {.now = kNow});
        text += shown(beside.empty() ? "top, tally" : "top, tally and days beside it", done, sql);
    }
    return text;
}

TEST(GoldenSql, is_as_committed)
{
    const std::string path = TANGGAP_SOURCE_DIR "/tests/golden/events_sql.txt";
    const std::string made = conditions() + counts();
    if (std::getenv("TANGGAP_GOLDEN_UPDATE") != nullptr) {
        std::ofstream(path) << made;
    }
    std::ifstream file(path);
    std::stringstream committed;
    committed << file.rdbuf();
    EXPECT_EQ(committed.str(), made) << "run ./dev golden --update and read the diff";
}

TEST(Tally, holds_while_its_days_have_the_events_that_they_had)
{
    const Tally tally{.id = 1, .days = {{5, 100}, {6, 50}, {9, 1}}};
    EXPECT_EQ(tally.events(), 151U);
    EXPECT_TRUE(tally.holds({{4, 7}, {5, 100}, {6, 50}, {9, 1}, {10, 3}}));
    EXPECT_FALSE(tally.holds({{5, 100}, {6, 51}, {9, 1}})) << "an event came late";
    EXPECT_FALSE(tally.holds({{5, 100}, {9, 1}})) << "a day was dropped";
    EXPECT_FALSE(tally.holds({}));
    const auto others = beside(tally, {{4, 7}, {5, 100}, {6, 50}, {9, 1}, {10, 3}});
    ASSERT_EQ(others.size(), 2U);
    EXPECT_EQ(others[0].day, 4);
    EXPECT_EQ(others[1].day, 10);
    const auto quiet = resting({{4, 7}, {5, 100}}, {{4, 7}, {5, 101}, {6, 1}});
    ASSERT_EQ(quiet.size(), 1U);
    EXPECT_EQ(quiet[0].day, 4);
}

TEST(GoldenSql, holds_no_text_of_the_question)
{
    const auto filter = query::parse_or_error("user.name:\"x' OR 1=1 --\" zz'zz custom.a:\"b\\c\"",
                                              query::event_scope());
    ASSERT_TRUE(filter) << filter.error().message;
    Sql sql;
    ASSERT_TRUE(compile_filter(*filter, {.now = kNow, .others = true}, sql));
    for (const char* const foreign : {"OR 1=1", "zz", "custom", "b\\c"}) {
        EXPECT_EQ(sql.text.find(foreign), std::string::npos) << sql.text;
    }
}

TEST(Whole, units_and_ends_cover_the_period_once)
{
    const Time noon = kNow + std::chrono::hours(12);
    const auto days = [](Time from, Time to) { return whole_units(from, to, kDayNs); };
    EXPECT_FALSE(days(kNow, noon).any());
    EXPECT_EQ(days(kNow, noon).ends, (decltype(Whole::ends){{kNow, noon}}));
    const Time to = noon + std::chrono::hours(48);
    const Whole both = days(noon, to);
    EXPECT_EQ(both.first, kNow + std::chrono::hours(24));
    EXPECT_EQ(both.last, kNow + std::chrono::hours(48));
    EXPECT_EQ(both.ends, (decltype(Whole::ends){{noon, both.first}, {both.last, to}}));
    EXPECT_TRUE(days(kNow, kNow + std::chrono::hours(24)).ends.empty());
    EXPECT_FALSE(days(kNow, kNow).any());
}

TEST(Whole, a_period_beyond_what_the_engine_counts_in_days_is_cut_not_wrapped)
{
    const Time first{std::numeric_limits<std::int64_t>::min()};
    const Time last{std::numeric_limits<std::int64_t>::max()};
    const Whole whole = whole_units(first, last, kDayNs);
    EXPECT_EQ(whole.first, Time{});
    EXPECT_LE(whole.last.seconds(), 4'294'967'295);
    EXPECT_EQ(whole.ends.size(), 2U);
}

} // namespace
} // namespace tanggap::store::clickhouse
