// Slowing down those who guess and those who ask too much, in bounded memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::service {

/// Remembers at most `entries_max` keys; the one longest untouched is forgotten. Owner: a mutex
/// of its user.
template <class Value>
class RecentMap {
public:
    explicit RecentMap(std::size_t entries_max) : entries_max_(entries_max) {}

    Value& at(const std::string& key)
    {
        if (const auto known = places_.find(key); known != places_.end()) {
            order_.splice(order_.begin(), order_, known->second);
            return known->second->second;
        }
        if (places_.size() >= entries_max_) {
            places_.erase(order_.back().first);
            order_.pop_back();
        }
        order_.emplace_front(key, Value{});
        places_[key] = order_.begin();
        return order_.front().second;
    }
    /// Nothing, and nothing changed, where the key is unknown.
    const Value* find(const std::string& key) const
    {
        const auto known = places_.find(key);
        return known == places_.end() ? nullptr : &known->second->second;
    }
    void forget(const std::string& key)
    {
        if (const auto known = places_.find(key); known != places_.end()) {
            order_.erase(known->second);
            places_.erase(known);
        }
    }
    std::size_t size() const { return places_.size(); }

private:
    std::size_t entries_max_;
    std::list<std::pair<std::string, Value>> order_;
    std::unordered_map<std::string, typename std::list<std::pair<std::string, Value>>::iterator>
        places_;
};

/// What limits are kept by: an IPv4 address as it is, of IPv6 the /64, which is one subscriber.
std::string neighbourhood_of(std::string_view address);

/// Failures of one account from one address: five are free, then each doubles the wait, from one
/// second to fifteen minutes. Thread: any.
class Backoff {
public:
    Backoff();
    /// Errors: Exhausted with the seconds to wait.
    base::Status check(const std::string& who, base::Time now);
    void failed(const std::string& who, base::Time now);
    void succeeded(const std::string& who);
    void forget_all();

private:
    struct Failures {
        unsigned count = 0;
        base::Time not_before;
    };
    std::mutex mutex_;
    RecentMap<Failures> failures_;
};

/// Token buckets by caller. Thread: any.
class RateLimiter {
public:
    struct Rate {
        double per_second = 0;
        double burst = 0;
    };
    explicit RateLimiter(Rate rate);
    /// Errors: Exhausted.
    base::Status take(const std::string& who, base::Time now);

private:
    struct Bucket {
        double tokens = -1; ///< -1: new
        base::Time filled_at;
    };
    Rate rate_;
    std::mutex mutex_;
    RecentMap<Bucket> buckets_;
};

} // namespace tanggap::service
