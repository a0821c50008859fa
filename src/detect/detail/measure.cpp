#include "detect/detail/measure.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace tanggap::detect {
namespace {

using Type = CorrelationRule::Type;

/// The smallest value that at least `percent` of all do not exceed has this place among them, from
/// 1 on: it is one that was seen.
std::size_t place_of(double percent, std::size_t size)
{
    const auto rank = std::ceil(percent / 100 * static_cast<double>(size));
    return static_cast<std::size_t>(std::max(rank, 1.0));
}

double percentile_of(std::span<const WindowEntry> entries, double percent)
{
    std::vector<double> numbers(entries.size());
    std::ranges::transform(entries, numbers.begin(), number_in);
    const auto place = static_cast<std::ptrdiff_t>(place_of(percent, numbers.size()));
    const auto nth = numbers.begin() + place - 1;
    std::ranges::nth_element(numbers, nth);
    return *nth;
}

} // namespace

double number_in(const WindowEntry& entry)
{
    return std::bit_cast<double>(entry.value);
}

/// Source: P. Fenwick, A new data structure for cumulative frequency tables (1994).
Ranks::Ranks(std::span<const WindowEntry> entries)
    : by_number_(entries.size()), places_(entries.size()), counts_(entries.size() + 1)
{
    std::iota(by_number_.begin(), by_number_.end(), 0U);
    std::ranges::sort(by_number_, {},
                      [&](std::uint32_t index) { return number_in(entries[index]); });
    for (std::uint32_t place = 0; place < by_number_.size(); ++place) {
        places_[by_number_[place]] = place;
    }
}

void Ranks::change(std::size_t entry, int by)
{
    for (std::size_t at = places_[entry] + 1; at < counts_.size(); at += at & (~at + 1)) {
        counts_[at] += by;
    }
}

std::size_t Ranks::find(int nth) const
{
    std::size_t before = 0;
    for (auto step = std::bit_floor(by_number_.size()); step > 0; step /= 2) {
        const auto next = before + step;
        if (next < counts_.size() && counts_[next] < nth) {
            nth -= counts_[next];
            before = next;
        }
    }
    return by_number_[before];
}

WindowMeasure::WindowMeasure(const CorrelationRule& rule, std::span<const WindowEntry> entries,
                             const WindowEntry& added)
    : rule_(rule), entries_(entries), added_(added)
{
}

void WindowMeasure::start(std::size_t first, std::size_t behind)
{
    start_ = first;
    first_ = first;
    behind_ = first;
    if (rule_.type == Type::ValueSum || rule_.type == Type::ValueAverage) {
        sums_.resize(behind - first);
        double sum = 0;
        for (std::size_t i = behind; i-- > first;) {
            sum += number_in(entries_[i]);
            sums_[i - first] = sum;
        }
    }
    // Of one window alone the n-th number is found without an order of all.
    const bool more = behind < entries_.size();
    if (rule_.type == Type::ValuePercentile && rule_.percentile && more) {
        ranks_.emplace(entries_.subspan(first));
    }
}

void WindowMeasure::take(std::size_t index, Step step)
{
    const auto& entry = entries_[index];
    const bool in = step == Step::In;
    events_ = in ? events_ + entry.weight : events_ - entry.weight;
    switch (rule_.type) {
    case Type::EventCount:
        return;
    case Type::ValueSum:
    case Type::ValueAverage:
        sum_behind_ += index >= start_ + sums_.size() ? number_in(entry) : 0;
        return;
    case Type::ValuePercentile:
        if (ranks_) {
            ranks_->change(index - start_, in ? 1 : -1);
        }
        if (entry.value == added_.value) {
            alike_ = in ? alike_ + 1 : alike_ - 1;
        }
        return;
    case Type::ValueCount:
    case Type::Temporal:
    case Type::TemporalOrdered:
        break;
    }
    const auto value = rule_.type == Type::ValueCount ? entry.value : entry.member;
    if (in) {
        ++held_[value];
    } else if (const auto known = held_.find(value); --known->second == 0) {
        held_.erase(known);
    }
}

double WindowMeasure::of(std::size_t first, std::size_t behind)
{
    if (behind_ == 0) {
        start(first, behind);
    }
    for (; behind_ < behind; ++behind_) {
        take(behind_, Step::In);
    }
    for (; first_ < first; ++first_) {
        take(first_, Step::Out);
    }
    switch (rule_.type) {
    case Type::EventCount:
        return static_cast<double>(behind_ - first_);
    case Type::ValueSum:
    case Type::ValueAverage: {
        const auto sum = sums_[first_ - start_] + sum_behind_;
        return rule_.type == Type::ValueSum ? sum : sum / static_cast<double>(events_);
    }
    case Type::ValuePercentile:
        return percentile();
    case Type::ValueCount:
    case Type::Temporal:
    case Type::TemporalOrdered:
        break;
    }
    return static_cast<double>(held_.size());
}

double WindowMeasure::percentile() const
{
    const auto size = behind_ - first_;
    if (!rule_.percentile) {
        return 100 * static_cast<double>(alike_) / static_cast<double>(size);
    }
    if (!ranks_) {
        return percentile_of(entries_.subspan(first_, size), *rule_.percentile);
    }
    const auto nth = static_cast<int>(place_of(*rule_.percentile, size));
    return number_in(entries_[start_ + ranks_->find(nth)]);
}

} // namespace tanggap::detect
