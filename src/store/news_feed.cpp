#include "store/news_feed.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/triage_limits.h"

namespace tanggap::store {
namespace {

struct Kind {
    std::string_view all; ///< topic of every change of the kind
    std::string_view one; ///< before ':' and an id
};
constexpr std::array kKinds{
    Kind{"alerts", "alert"},
    Kind{"reports", "report"},
    Kind{"cases", "case"},
};

} // namespace

base::Result<Topics> Topics::parse(std::string_view text)
{
    Topics topics;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        const std::string_view name = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t colon = std::min(name.find(':'), name.size());
        const bool one = colon < name.size();
        const auto* const kind =
            std::ranges::find(kKinds, name.substr(0, colon), one ? &Kind::one : &Kind::all);
        if (kind == kKinds.end() || colon + 1 == name.size()) {
            return base::invalid(base::quoted(name) +
                                 " is no topic; use alerts, reports, cases, or alert:ALR-12,"
                                 " report:…, case:…");
        }
        topics.wanted_.push_back({.topic = std::string(kind->all),
                                  .id = std::string(one ? name.substr(colon + 1) : "")});
        if (topics.wanted_.size() > base::limits::kStreamTopicsMax) {
            return base::invalid("at most " + std::to_string(base::limits::kStreamTopicsMax) +
                                 " topics at once");
        }
    }
    if (topics.wanted_.empty()) {
        return base::invalid("name topics, e.g. topics=alerts,case:KAS-2026-0042");
    }
    return topics;
}

bool Topics::wants(const News& news) const
{
    return std::ranges::any_of(wanted_, [&](const Wanted& wanted) {
        return wanted.topic == news.topic &&
               (wanted.id.empty() || news.id.empty() || wanted.id == news.id);
    });
}

NewsFeed::NewsFeed(base::Time started, std::size_t kept_max)
    : kept_max_(kept_max), last_(static_cast<std::uint64_t>(started.ns) / 1000)
{
}

void NewsFeed::publish(std::vector<News> news)
{
    if (news.empty()) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        for (News& each : news) {
            each.position = ++last_;
            kept_.push_back(std::move(each));
        }
        while (kept_.size() > kept_max_) {
            kept_.pop_front();
        }
    }
    const std::lock_guard lock(watchers_mutex_);
    for (const auto& wake : watchers_) {
        wake();
    }
}

std::uint64_t NewsFeed::position() const
{
    const std::lock_guard lock(mutex_);
    return last_;
}

NewsFeed::Page NewsFeed::after(std::uint64_t position, const Topics& topics,
                               std::size_t items_max) const
{
    const std::lock_guard lock(mutex_);
    Page page{.items = {}, .position = last_, .lost = false};
    const std::uint64_t before_kept = last_ - kept_.size();
    if (position > last_ || position < before_kept) {
        page.lost = true;
        return page;
    }
    for (std::uint64_t at = position - before_kept; at < kept_.size(); ++at) {
        const News& news = kept_[at];
        if (!topics.wants(news)) {
            continue;
        }
        if (page.items.size() == items_max) {
            page.position = page.items.back().position;
            return page;
        }
        page.items.push_back(news);
    }
    return page;
}

NewsFeed::Watch::Watch(NewsFeed& feed, std::function<void()> wake) : feed_(feed)
{
    const std::lock_guard lock(feed_.watchers_mutex_);
    place_ = feed_.watchers_.insert(feed_.watchers_.end(), std::move(wake));
}

NewsFeed::Watch::~Watch()
{
    const std::lock_guard lock(feed_.watchers_mutex_);
    feed_.watchers_.erase(place_);
}

} // namespace tanggap::store
