#include "api/detail/event_stream.h"

#include <optional>

#include "api/detail/encoding.h"
#include "base/triage_limits.h"

namespace tanggap::api {
namespace {

/// Changes of one piece: a slow reader takes them piece by piece.
constexpr std::size_t kNewsAtOnce = 200;
/// How long a browser waits before it comes back, in ms.
constexpr int kRetryMs = 3000;

std::string event_text(std::string_view name, std::uint64_t position, const Json& data)
{
    return "id: " + std::to_string(position) + "\nevent: " + std::string(name) +
           "\ndata: " + json_text(data) + "\n\n";
}

Json news_json(const store::News& news)
{
    return {{"topic", news.topic},
            {"id", news.id.empty() ? Json() : Json(news.id)},
            {"version", news.version},
            {"changed", news.changed}};
}

class EventStream final : public net::HttpStream {
public:
    EventStream(store::NewsFeed& feed, const base::Clock& clock,
                std::unique_ptr<StreamPlaces::Place> place, EventStreamOptions options)
        : feed_(feed), clock_(clock), place_(std::move(place)), options_(std::move(options))
    {
    }

    void on_ready(std::function<void()> wake) override { watch_.emplace(feed_, std::move(wake)); }

    std::optional<std::string> next() override
    {
        if (clock_.now() >= options_.ends) {
            return std::nullopt;
        }
        auto page = feed_.after(options_.after, options_.topics, kNewsAtOnce);
        // Where the reader stands before the news below: a cut in between loses none of them.
        const std::uint64_t stands = page.lost ? page.position : options_.after;
        options_.after = page.position;
        std::string text;
        if (!greeted_) {
            greeted_ = true;
            text = "retry: " + std::to_string(kRetryMs) + "\n" +
                   event_text("hello", stands, {{"position", stands}});
        }
        if (page.lost) {
            text += event_text("resync", page.position, {{"position", page.position}});
        }
        for (const store::News& news : page.items) {
            text += event_text("change", news.position, news_json(news));
        }
        return text;
    }

    /// A comment for those in between, an event for the page: it must notice a stream that died.
    std::string beat() override { return ": beat\nevent: beat\ndata: {}\n\n"; }

private:
    store::NewsFeed& feed_;
    const base::Clock& clock_;
    std::unique_ptr<StreamPlaces::Place> place_;
    EventStreamOptions options_;
    bool greeted_ = false;
    std::optional<store::NewsFeed::Watch> watch_; // dies first
};

} // namespace

StreamPlaces::Place::Place(StreamPlaces& places, std::string account)
    : places_(places), account_(std::move(account))
{
}

StreamPlaces::Place::~Place()
{
    const std::lock_guard lock(places_.mutex_);
    const auto taken = places_.taken_.find(account_);
    if (--taken->second == 0) {
        places_.taken_.erase(taken);
    }
}

base::Result<std::unique_ptr<StreamPlaces::Place>> StreamPlaces::take(const std::string& account)
{
    const std::lock_guard lock(mutex_);
    const auto known = taken_.find(account);
    if (known != taken_.end() && known->second >= base::limits::kStreamsPerAccountMax) {
        return base::exhausted("this account has " +
                               std::to_string(base::limits::kStreamsPerAccountMax) +
                               " live streams already; close one");
    }
    ++taken_[account];
    return std::make_unique<Place>(*this, account);
}

std::shared_ptr<net::HttpStream> make_event_stream(store::NewsFeed& feed, const base::Clock& clock,
                                                   std::unique_ptr<StreamPlaces::Place> place,
                                                   EventStreamOptions options)
{
    return std::make_shared<EventStream>(feed, clock, std::move(place), std::move(options));
}

} // namespace tanggap::api
