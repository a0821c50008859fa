#include "service/limiter.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstdint>
#include <iterator>
#include <netinet/in.h>

#include "base/limits.h"

namespace tanggap::service {

namespace {
constexpr unsigned kFreeFailures = 5;
constexpr std::chrono::seconds kLongestWait{15 * 60};
} // namespace

std::string neighbourhood_of(std::string_view address)
{
    const std::string text(address);
    in6_addr bytes{};
    if (::inet_pton(AF_INET6, text.c_str(), &bytes) != 1) {
        return text;
    }
    std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), std::uint8_t{0});
    char prefix[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET6, &bytes, prefix, sizeof prefix);
    return std::string(prefix) + "/64";
}

Backoff::Backoff() : failures_(base::limits::kBackoffEntriesMax) {}

base::Status Backoff::check(const std::string& who, base::Time now)
{
    const std::lock_guard lock(mutex_);
    // Only a failure makes an entry: asking with many names must not push out the others' failures.
    const Failures* const known = failures_.find(who);
    if (known == nullptr || now >= known->not_before) {
        return {};
    }
    if (known->not_before - now > base::Duration(kLongestWait)) {
        return {}; // The clock was set back: nobody is kept out for longer than we ever meant.
    }
    const auto seconds = (known->not_before - now) / std::chrono::seconds(1) + 1;
    return base::exhausted("too many failed attempts; try again in " + std::to_string(seconds) +
                           " s");
}

void Backoff::failed(const std::string& who, base::Time now)
{
    const std::lock_guard lock(mutex_);
    Failures& failures = failures_.at(who);
    ++failures.count;
    if (failures.count < kFreeFailures) {
        return;
    }
    const unsigned doublings = std::min(failures.count - kFreeFailures, 10U);
    const std::chrono::seconds wait =
        std::min(std::chrono::seconds(1LL << doublings), kLongestWait);
    failures.not_before = now + base::Duration(wait);
}

void Backoff::succeeded(const std::string& who)
{
    const std::lock_guard lock(mutex_);
    failures_.forget(who);
}

void Backoff::forget_all()
{
    const std::lock_guard lock(mutex_);
    failures_ = RecentMap<Failures>(base::limits::kBackoffEntriesMax);
}

RateLimiter::RateLimiter(Rate rate) : rate_(rate), buckets_(base::limits::kBackoffEntriesMax) {}

base::Status RateLimiter::take(const std::string& who, base::Time now)
{
    const std::lock_guard lock(mutex_);
    Bucket& bucket = buckets_.at(who);
    const double seconds =
        std::max(0.0, static_cast<double>((now - bucket.filled_at).count()) / 1e9);
    bucket.tokens = bucket.tokens < 0
                        ? rate_.burst
                        : std::min(rate_.burst, bucket.tokens + seconds * rate_.per_second);
    bucket.filled_at = now;
    if (bucket.tokens < 1) {
        return base::exhausted("too many requests; slow down to " +
                               std::to_string(static_cast<int>(rate_.per_second)) + " a second");
    }
    bucket.tokens -= 1;
    return {};
}

} // namespace tanggap::service
