// What changes, as it changes.
#include <charconv>

#include "api/detail/event_stream.h"
#include "api/detail/route.h"
#include "base/text.h"
#include "base/triage_limits.h"

namespace tanggap::api {
namespace {

/// Where the reader left off: the browser's own header wins, since it is the later one. Without
/// either it starts now.
base::Result<std::uint64_t> position_seen(const Call& call, const store::NewsFeed& feed)
{
    const std::string_view text =
        call.request.header("last-event-id").value_or(call.parameter("after"));
    if (text.empty()) {
        return feed.position();
    }
    std::uint64_t position = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return base::invalid("Last-Event-ID " + base::quoted(text) +
                             " is no position; send the last `id` that came, or none");
    }
    return position;
}

Answer open_stream(Call& call)
{
    store::NewsFeed& feed = call.world().cases.feed();
    TRY(auto topics, store::Topics::parse(call.parameter("topics")));
    TRY(const std::uint64_t after, position_seen(call, feed));
    TRY(auto place, call.shared.stream_places.take(call.principal.user_id));
    EventStreamOptions options{.topics = std::move(topics),
                               .after = after,
                               .ends = call.now() + base::Duration(base::limits::kStreamLife)};
    Reply reply;
    reply.content_type = "text/event-stream";
    reply.headers.emplace_back("X-Accel-Buffering", "no");
    reply.stream =
        make_event_stream(feed, call.world().clock, std::move(place), std::move(options));
    return reply;
}

} // namespace

std::vector<Route> stream_routes()
{
    return {
        {.method = "GET",
         .path = "/api/v1/stream",
         .id = "streamChanges",
         .summary = "What changes, as Server-Sent Events; names objects, does not tell them",
         .summary_id = "Perubahan seketika; menyebut objek, bukan isinya",
         .parameters = {{"topics", "alerts, reports, cases, or alert:ID, report:ID, case:ID;"
                                   " separated by commas"},
                        {"after", "position to go on from, where Last-Event-ID cannot be sent"}},
         .request = {},
         .response = {},
         .handle = open_stream},
    };
}

} // namespace tanggap::api
