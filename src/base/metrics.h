// Counters and gauges of this process, printed at /metrics in the Prometheus text format 0.0.4.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tanggap::base {

using Labels = std::map<std::string, std::string>;

class Counter {
public:
    void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// The counter of that name and those labels, made on first use; the reference stays valid for the
/// life of the process. `name` ends in _total. Label values come from small fixed sets of ours,
/// never from records. Thread: any.
Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});

/// Registers a gauge read at scrape time; the last registration of a name and labels wins.
void gauge(std::string_view name, std::string_view help, const Labels& labels,
           std::function<double()> read);

std::string render_metrics();

} // namespace tanggap::base
