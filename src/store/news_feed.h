// What changed, in order, for those who watch lists: the newest changes, numbered. Readers hold a
// position and nothing else, so one who is slow or away costs nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "base/triage_limits.h"

namespace tanggap::store {

/// One object that changed. It names, it does not tell: who reads it asks for the object, and may
/// be told no.
struct News {
    std::uint64_t position = 0;       ///< given by the feed
    std::string topic;                ///< "alerts"
    std::string id;                   ///< "ALR-12"; empty: many of them
    std::uint64_t version = 0;        ///< of the object; 0 where it has none
    std::vector<std::string> changed; ///< parts: "created", "events", "state"
};

/// What one reader wants: "alerts" all of a kind, "alert:ALR-12" one object.
class Topics {
public:
    /// Errors: Invalid, naming the topic that is not known.
    static base::Result<Topics> parse(std::string_view comma_separated);
    bool wants(const News& news) const;

private:
    struct Wanted {
        std::string topic;
        std::string id; ///< empty: all
    };
    std::vector<Wanted> wanted_;
};

/// Thread: any.
class NewsFeed {
public:
    /// Positions start at the time of start in microseconds: after a restart they are higher than
    /// any before, so that a reader of the time before is told to load anew instead of missing
    /// changes.
    explicit NewsFeed(base::Time started, std::size_t kept_max = base::limits::kNewsKept);
    NewsFeed(const NewsFeed&) = delete;

    /// After the transaction that made them is durable, in its order.
    void publish(std::vector<News> news);

    std::uint64_t position() const; ///< of the newest

    struct Page {
        std::vector<News> items;
        std::uint64_t position = 0; ///< to ask after next; what is of other topics is passed over
        bool lost = false;          ///< `after` is older than what is kept, or from another life
    };
    Page after(std::uint64_t position, const Topics& topics, std::size_t items_max) const;

    /// Calls `wake` after every publish until it dies. When its destructor has returned, `wake`
    /// does not run and will not.
    class Watch {
    public:
        Watch(NewsFeed& feed, std::function<void()> wake);
        ~Watch();
        Watch(const Watch&) = delete;

    private:
        NewsFeed& feed_;
        std::list<std::function<void()>>::iterator place_;
    };

private:
    const std::size_t kept_max_;
    mutable std::mutex mutex_;
    std::uint64_t last_;                        // under mutex_
    std::deque<News> kept_;                     // under mutex_; positions without gaps, up to last_
    std::mutex watchers_mutex_;                 // never held together with mutex_
    std::list<std::function<void()>> watchers_; // under watchers_mutex_
};

} // namespace tanggap::store
