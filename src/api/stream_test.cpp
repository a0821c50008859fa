#include "api/test_world.h"
#include "base/triage_limits.h"
#include "store/news_feed.h"

namespace tanggap::api {
namespace {

using StreamTest = ApiTest;

std::string next_of(const net::HttpResponse& response)
{
    return response.stream == nullptr ? "no stream" : response.stream->next().value_or("(end)");
}

store::News news_of(std::string topic, std::string id)
{
    return {.position = 0,
            .topic = std::move(topic),
            .id = std::move(id),
            .version = 3,
            .changed = {"state"}};
}

TEST_F(StreamTest, tells_changes_of_its_topics_and_only_their_names)
{
    set_up();
    const auto response = get("/api/v1/stream?topics=alerts,case:KAS-1");
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(header(response, "Content-Type"), "text/event-stream");
    EXPECT_EQ(header(response, "X-Accel-Buffering"), "no");
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
    EXPECT_EQ(header(response, "ETag"), "");
    const std::string hello = next_of(response);
    EXPECT_TRUE(hello.starts_with("retry: 3000\nid: ")) << hello;
    EXPECT_NE(hello.find("\nevent: hello\ndata: {\"position\":"), std::string::npos) << hello;
    EXPECT_EQ(next_of(response), "");

    const std::uint64_t before = cases_->feed().position();
    cases_->feed().publish(
        {news_of("alerts", "a-1"), news_of("cases", "KAS-2"), news_of("cases", "KAS-1")});
    EXPECT_EQ(next_of(response),
              "id: " + std::to_string(before + 1) +
                  "\nevent: change\ndata: "
                  R"({"changed":["state"],"id":"a-1","topic":"alerts","version":3})"
                  "\n\nid: " +
                  std::to_string(before + 3) +
                  "\nevent: change\ndata: "
                  R"({"changed":["state"],"id":"KAS-1","topic":"cases","version":3})"
                  "\n\n");
}

TEST_F(StreamTest, goes_on_from_the_last_event_and_says_when_it_cannot)
{
    set_up();
    const std::uint64_t before = cases_->feed().position();
    cases_->feed().publish({news_of("alerts", "a-1"), news_of("alerts", "a-2")});

    auto again = request("GET", "/api/v1/stream?topics=alerts");
    again.headers.emplace_back("last-event-id", std::to_string(before + 1));
    const std::string resumed = next_of(send(again));
    EXPECT_EQ(resumed.find("a-1"), std::string::npos) << resumed;
    EXPECT_NE(resumed.find("a-2"), std::string::npos) << resumed;
    EXPECT_EQ(resumed.find("resync"), std::string::npos) << resumed;
    EXPECT_NE(resumed.find("id: " + std::to_string(before + 1) + "\nevent: hello"),
              std::string::npos)
        << "a cut after the greeting loses nothing: " << resumed;

    const std::string lost = next_of(get("/api/v1/stream?topics=alerts&after=1"));
    EXPECT_NE(lost.find("event: resync\n"), std::string::npos) << lost;
}

TEST_F(StreamTest, hears_what_the_pipeline_commits)
{
    set_up();
    const auto response = get("/api/v1/stream?topics=alerts");
    next_of(response);
    model::Alert alert;
    alert.number = 1;
    alert.id = base::make_uuid_v7(clock_.now());
    store::Commit commit;
    commit.cursor = 1;
    commit.alerts = {alert};
    ASSERT_TRUE(cases_->commit(commit));
    const std::string text = next_of(response);
    EXPECT_NE(text.find(R"("changed":["created"],"id":")" + alert.id.text() + "\""),
              std::string::npos)
        << text;
    commit.cursor = 2;
    ASSERT_TRUE(cases_->commit(commit));
    EXPECT_NE(next_of(response).find(R"("changed":["events"])"), std::string::npos);
}

TEST_F(StreamTest, refuses_strangers_unknown_topics_and_damaged_positions)
{
    EXPECT_EQ(get("/api/v1/stream?topics=alerts").status, 401);
    set_up();
    EXPECT_EQ(get("/api/v1/stream").status, 400);
    EXPECT_EQ(get("/api/v1/stream?topics=users").status, 400);
    EXPECT_EQ(get("/api/v1/stream?topics=alerts&after=x").status, 400);
}

TEST_F(StreamTest, ends_in_time_so_that_its_reader_is_asked_again_who_it_is)
{
    set_up();
    const auto response = get("/api/v1/stream?topics=alerts");
    next_of(response);
    clock_.seconds += std::chrono::seconds(base::limits::kStreamLife).count();
    EXPECT_EQ(next_of(response), "(end)");
}

TEST_F(StreamTest, gives_one_account_so_many_and_takes_places_back)
{
    set_up();
    {
        std::vector<net::HttpResponse> held;
        for (std::size_t i = 0; i < base::limits::kStreamsPerAccountMax; ++i) {
            held.push_back(get("/api/v1/stream?topics=alerts"));
            ASSERT_EQ(held.back().status, 200);
        }
        EXPECT_EQ(get("/api/v1/stream?topics=alerts").status, 429);
    }
    EXPECT_EQ(get("/api/v1/stream?topics=alerts").status, 200);
}

} // namespace
} // namespace tanggap::api
