#include <gtest/gtest.h>

#include "model/event.h"

namespace tanggap::model {
namespace {

Event bare(EventBatch& batch)
{
    Event event;
    event.time = base::Time::from_seconds(1'790'000'000);
    event.dataset = batch.keep("demo");
    event.original = batch.keep("raw \"line\"\n");
    return event;
}

constexpr RenderOptions kShort{.with_id = false, .with_ingested = false, .with_original = false};

TEST(RenderJson, dotted_names_become_nested_objects_in_first_seen_order)
{
    EventBatch batch;
    Event event = bare(batch);
    event.fields = {{"source.ip", string_value("192.0.2.1")},
                    {"http.request.method", string_value("GET")},
                    {"source.port", integer_value(batch, 80)}};
    EXPECT_EQ(render_json(event, kShort),
              R"({"@timestamp":"2026-09-21T14:13:20Z","ecs":{"version":"8.17.0"},)"
              R"("event":{"dataset":"demo"},"source":{"ip":"192.0.2.1","port":80},)"
              R"("http":{"request":{"method":"GET"}}})");
}

TEST(RenderJson, repeated_names_become_an_array)
{
    EventBatch batch;
    Event event = bare(batch);
    event.fields = {{"tags", string_value("a")}, {"tags", string_value("b")}};
    EXPECT_NE(render_json(event, kShort).find(R"("tags":["a","b"])"), std::string::npos);
}

TEST(RenderJson, a_name_that_is_leaf_and_parent_keeps_the_leaf_under_value)
{
    EventBatch batch;
    Event event = bare(batch);
    event.fields = {{"host", string_value("a")}, {"host.name", string_value("b")}};
    EXPECT_NE(render_json(event, kShort).find(R"("host":{"value":"a","name":"b"})"),
              std::string::npos);
}

TEST(RenderJson, control_bytes_are_escaped)
{
    EventBatch batch;
    Event event = bare(batch);
    event.fields = {{"message", string_value(std::string_view("a\0\x1b\"\\", 5))}};
    EXPECT_NE(render_json(event, kShort).find(R"("message":"a\u0000\u001b\"\\")"),
              std::string::npos);
}

TEST(RenderJson, an_endless_dotted_name_does_not_exhaust_the_stack)
{
    EventBatch batch;
    Event event = bare(batch);
    std::string name;
    for (int i = 0; i < 50'000; ++i) {
        name += "a.";
    }
    event.fields = {{name, string_value("x")}};
    EXPECT_GT(render_json(event, kShort).size(), name.size());
}

} // namespace
} // namespace tanggap::model
