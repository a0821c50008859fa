// Changes as Server-Sent Events (HTML Living Standard §9.2): `id` is the position in the feed.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/time.h"
#include "net/http.h"
#include "store/news_feed.h"

namespace tanggap::api {

/// Counts the streams of each account. Thread: any.
class StreamPlaces {
public:
    /// One stream's place; gives it back when it dies. Lifetime: shorter than the places.
    class Place {
    public:
        Place(StreamPlaces& places, std::string account);
        ~Place();
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

    private:
        StreamPlaces& places_;
        const std::string account_;
    };
    /// Errors: Exhausted at limits::kStreamsPerAccountMax.
    base::Result<std::unique_ptr<Place>> take(const std::string& account);

private:
    std::mutex mutex_;
    std::map<std::string, std::size_t> taken_;
};

struct EventStreamOptions {
    store::Topics topics;
    std::uint64_t after = 0; ///< position the reader has seen
    base::Time ends;         ///< then the reader comes back and is asked who it is again
};

/// Sends "hello" with the position first, then "change" events; "resync" where changes were
/// missed: what is shown must be loaded anew.
std::shared_ptr<net::HttpStream> make_event_stream(store::NewsFeed& feed, const base::Clock& clock,
                                                   std::unique_ptr<StreamPlaces::Place> place,
                                                   EventStreamOptions options);

} // namespace tanggap::api
