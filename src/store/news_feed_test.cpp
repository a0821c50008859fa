#include "store/news_feed.h"

#include <gtest/gtest.h>

namespace tanggap::store {
namespace {

constexpr base::Time kStart{1'700'000'000'000'000'000};
constexpr std::uint64_t kFirst = 1'700'000'000'000'000;

News news_of(std::string topic, std::string id)
{
    return {.position = 0,
            .topic = std::move(topic),
            .id = std::move(id),
            .version = 1,
            .changed = {"state"}};
}

Topics topics_of(std::string_view text)
{
    auto topics = Topics::parse(text);
    EXPECT_TRUE(topics) << topics.error().message;
    return std::move(*topics);
}

std::vector<std::string> ids_of(const NewsFeed::Page& page)
{
    std::vector<std::string> ids;
    for (const News& news : page.items) {
        ids.push_back(news.id);
    }
    return ids;
}

using Ids = std::vector<std::string>;

TEST(NewsFeed, GivesWhatCameAfterAPosition)
{
    NewsFeed feed(kStart);
    EXPECT_EQ(feed.position(), kFirst);
    feed.publish({news_of("alerts", "ALR-1"), news_of("cases", "KAS-1")});
    feed.publish({news_of("alerts", "ALR-2")});

    const Topics alerts = topics_of("alerts");
    EXPECT_EQ(ids_of(feed.after(kFirst, alerts, 10)), (Ids{"ALR-1", "ALR-2"}));
    EXPECT_EQ(ids_of(feed.after(kFirst + 1, alerts, 10)), (Ids{"ALR-2"}));
    EXPECT_EQ(ids_of(feed.after(kFirst + 3, alerts, 10)), Ids{});
    EXPECT_EQ(feed.after(kFirst, topics_of("reports"), 10).position, kFirst + 3)
        << "what was passed over is not asked for again";
}

TEST(NewsFeed, GivesAPageAndGoesOnFromThere)
{
    NewsFeed feed(kStart);
    feed.publish({news_of("alerts", "1"), news_of("cases", "x"), news_of("alerts", "2"),
                  news_of("alerts", "3")});
    const Topics alerts = topics_of("alerts");
    const auto first = feed.after(kFirst, alerts, 2);
    EXPECT_EQ(ids_of(first), (Ids{"1", "2"}));
    EXPECT_EQ(ids_of(feed.after(first.position, alerts, 2)), (Ids{"3"}));
}

TEST(NewsFeed, SaysWhenAReaderWasAwayTooLongOrComesFromAnotherLife)
{
    NewsFeed feed(kStart, 2);
    feed.publish({news_of("alerts", "1"), news_of("alerts", "2"), news_of("alerts", "3")});
    const Topics alerts = topics_of("alerts");
    EXPECT_TRUE(feed.after(kFirst, alerts, 10).lost);
    EXPECT_EQ(ids_of(feed.after(kFirst + 1, alerts, 10)), (Ids{"2", "3"}));
    EXPECT_TRUE(feed.after(kFirst - 5, alerts, 10).lost);
    EXPECT_TRUE(feed.after(kFirst + 4, alerts, 10).lost) << "a position nobody was given";
    EXPECT_EQ(feed.after(0, alerts, 10).position, kFirst + 3);
}

TEST(NewsFeed, WakesWatchersUntilTheyDie)
{
    NewsFeed feed(kStart);
    int woken = 0;
    {
        const NewsFeed::Watch watch(feed, [&] { ++woken; });
        feed.publish({news_of("alerts", "1")});
        feed.publish({});
        EXPECT_EQ(woken, 1);
    }
    feed.publish({news_of("alerts", "2")});
    EXPECT_EQ(woken, 1);
}

TEST(Topics, AreKindsOrSingleObjects)
{
    EXPECT_TRUE(topics_of("alert:ALR-1").wants(news_of("alerts", "ALR-1")));
    EXPECT_FALSE(topics_of("alert:ALR-1").wants(news_of("alerts", "ALR-2")));
    EXPECT_TRUE(topics_of("alert:ALR-1").wants(news_of("alerts", ""))) << "many changed";
    EXPECT_TRUE(topics_of("cases,alerts").wants(news_of("alerts", "ALR-2")));
    for (const std::string_view wrong :
         {"", ",", "alert", "alerts:1", "alert:", "users", "ALERTS"}) {
        EXPECT_FALSE(Topics::parse(wrong)) << wrong;
    }
}

} // namespace
} // namespace tanggap::store
