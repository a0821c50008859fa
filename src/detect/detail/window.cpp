#include "detect/detail/window.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_set>

#include <fmt/format.h>

#include "base/limits.h"

namespace tanggap::detect {
namespace {

using Type = CorrelationRule::Type;

constexpr std::size_t kFiredMax = 16;
/// Below this nothing is forgotten: what comes late finds its neighbours.
constexpr std::size_t kEntriesMin = 128;
/// Enough to find a chain or a set again; the nearest in time are kept.
constexpr std::size_t kEntriesPerMemberMax = 64;
/// Of one value its two nearest sightings serve every window around a new event.
constexpr std::size_t kEntriesPerValueMax = 2;

std::uint64_t distance(std::int64_t a, std::int64_t b)
{
    return a > b ? static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b)
                 : static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a);
}

std::size_t largest_bound(const std::vector<CorrelationBound>& bounds)
{
    double largest = 1;
    for (const auto& bound : bounds) {
        largest = std::max(largest, bound.value);
    }
    return static_cast<std::size_t>(largest);
}

bool is_temporal(const CorrelationRule& rule)
{
    return rule.type == Type::Temporal || rule.type == Type::TemporalOrdered;
}

/// Above its largest bound a count never changes its mind, so one window needs no more than that;
/// twice as many let a late event find its own window. What measures values needs all it can have:
/// as many as another correlation may count. Above it neighbours of a sum are added up, so that
/// only the edges of a window blur; of a percentile the farthest go.
std::size_t entries_max(const CorrelationRule& rule)
{
    switch (rule.type) {
    case Type::EventCount:
        return std::max(kEntriesMin, 2 * (largest_bound(rule.bounds) + 1));
    case Type::ValueCount:
        return std::max(kEntriesMin, 2 * kEntriesPerValueMax * (largest_bound(rule.bounds) + 1));
    case Type::ValueSum:
    case Type::ValueAverage:
    case Type::ValuePercentile:
        return base::limits::kCorrelationCountMax;
    case Type::Temporal:
    case Type::TemporalOrdered:
        break;
    }
    return std::max(kEntriesMin, kEntriesPerMemberMax * rule.members.size());
}

double number_in(const Window::Entry& entry)
{
    return std::bit_cast<double>(entry.value);
}

/// The smallest value that at least `percent` of all do not exceed: one that was seen.
double percentile_of(std::span<const Window::Entry> entries, double percent)
{
    std::vector<double> numbers;
    numbers.reserve(entries.size());
    for (const auto& entry : entries) {
        numbers.push_back(number_in(entry));
    }
    const auto rank = std::ceil(percent / 100 * static_cast<double>(numbers.size()));
    const auto nth = numbers.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
    std::ranges::nth_element(numbers, nth);
    return *nth;
}

std::uint64_t events_in(std::span<const Window::Entry> entries)
{
    std::uint64_t events = 0;
    for (const auto& entry : entries) {
        events += entry.weight;
    }
    return events;
}

/// Takes numbers off the front of `text`, separated by one space.
class NumberReader {
public:
    explicit NumberReader(std::string_view text) : text_(text) {}

    template <class Number>
    Number next()
    {
        Number value{};
        const auto [end, fault] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        good_ = good_ && fault == std::errc{};
        text_.remove_prefix(good_ ? static_cast<std::size_t>(end - text_.data()) : text_.size());
        if (!text_.empty()) {
            good_ = good_ && text_.front() == ' ';
            text_.remove_prefix(1);
        }
        return value;
    }
    bool good() const { return good_; }
    bool done() const { return text_.empty(); }

private:
    std::string_view text_;
    bool good_ = true;
};

} // namespace

double measure_of(const CorrelationRule& rule, std::span<const Window::Entry> entries,
                  const Window::Entry& added)
{
    const auto size = static_cast<double>(entries.size());
    switch (rule.type) {
    case Type::EventCount:
        return size;
    case Type::ValueSum:
    case Type::ValueAverage: {
        double sum = 0;
        for (const auto& entry : entries) {
            sum += number_in(entry);
        }
        return rule.type == Type::ValueSum ? sum : sum / static_cast<double>(events_in(entries));
    }
    case Type::ValuePercentile:
        return rule.percentile ? percentile_of(entries, *rule.percentile)
                               : 100 *
                                     static_cast<double>(std::ranges::count(
                                         entries, added.value, &Window::Entry::value)) /
                                     size;
    case Type::ValueCount:
    case Type::Temporal:
    case Type::TemporalOrdered:
        break;
    }
    std::unordered_set<std::uint64_t> distinct;
    for (const auto& entry : entries) {
        distinct.insert(rule.type == Type::ValueCount ? entry.value : entry.member);
    }
    return static_cast<double>(distinct.size());
}

bool meets(const CorrelationRule& rule, double measure)
{
    using Op = CorrelationBound::Op;
    if (rule.bounds.empty()) {
        return measure >= static_cast<double>(rule.members.size());
    }
    return std::ranges::all_of(rule.bounds, [&](const CorrelationBound& bound) {
        switch (bound.op) {
        case Op::Less:
            return measure < bound.value;
        case Op::LessEqual:
            return measure <= bound.value;
        case Op::Greater:
            return measure > bound.value;
        case Op::GreaterEqual:
            return measure >= bound.value;
        case Op::Equal:
            return measure == bound.value;
        case Op::NotEqual:
            return measure != bound.value;
        }
        return false;
    });
}

std::optional<Window::Completed> Window::add(const CorrelationRule& rule, const Entry& entry)
{
    const auto added = insert(rule, entry);
    std::int64_t end = 0;
    auto completed = rule.type == Type::TemporalOrdered ? complete_order(rule, added, end)
                                                        : complete_measure(rule, entry, end);
    if (!completed) {
        return std::nullopt;
    }
    const auto span = static_cast<std::uint64_t>(rule.timespan.count());
    completed->again = std::ranges::any_of(
        fired_, [&](std::int64_t other) { return distance(other, end) < span; });
    if (completed->again) {
        return completed;
    }
    if (fired_.size() == kFiredMax) {
        fired_.erase(fired_.begin());
    }
    fired_.push_back(end);
    return completed;
}

std::size_t Window::insert(const CorrelationRule& rule, const Entry& entry)
{
    if (entries_.size() == entries_.capacity()) {
        // There are many small groups: doubling would leave much of their memory unused.
        entries_.reserve(entries_.size() + entries_.size() / 4 + 2);
    }
    entries_.insert(std::ranges::upper_bound(entries_, entry), entry);
    if (entries_.size() > kEntriesMin) {
        forget_alike(rule, entry);
        forget_far(rule, entry);
    }
    const auto at = std::ranges::upper_bound(entries_, entry) - entries_.begin() - 1;
    return static_cast<std::size_t>(at);
}

/// So that a storm of one value or one member does not push out the others.
void Window::forget_alike(const CorrelationRule& rule, const Entry& entry)
{
    const bool by_value = rule.type == Type::ValueCount;
    if (!by_value && !is_temporal(rule)) {
        return;
    }
    const auto alike = [&](const Entry& other) {
        return by_value ? other.value == entry.value : other.member == entry.member;
    };
    const auto most = by_value ? kEntriesPerValueMax : kEntriesPerMemberMax;
    auto count = static_cast<std::size_t>(std::ranges::count_if(entries_, alike));
    for (; count > most; --count) {
        const auto first = std::ranges::find_if(entries_, alike);
        const auto last = std::find_if(entries_.rbegin(), entries_.rend(), alike);
        const bool drop_first = distance(first->ns, entry.ns) >= distance(last->ns, entry.ns);
        entries_.erase(drop_first ? first : std::prev(last.base()));
    }
}

/// Keeps what is nearest to the event just added, which is itself always kept.
void Window::forget_far(const CorrelationRule& rule, const Entry& entry)
{
    const auto span = static_cast<std::uint64_t>(rule.timespan.count());
    const bool joins = rule.type == Type::ValueSum || rule.type == Type::ValueAverage;
    while (entries_.size() > entries_max(rule)) {
        const bool drop_first =
            distance(entries_.front().ns, entry.ns) >= distance(entries_.back().ns, entry.ns);
        const auto far = drop_first ? entries_.begin() : std::prev(entries_.end());
        if (joins && distance(far->ns, entry.ns) <= span) {
            join_nearest(entry);
        } else {
            entries_.erase(far);
        }
    }
}

/// The two neighbours nearest to each other in time become one at the later's time, so that no
/// part of a sum is lost. The event just added stays by itself.
void Window::join_nearest(const Entry& kept)
{
    std::size_t best = 0;
    std::uint64_t best_gap = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t i = 0; i + 1 < entries_.size(); ++i) {
        const auto gap = distance(entries_[i].ns, entries_[i + 1].ns);
        if (gap < best_gap && entries_[i] != kept && entries_[i + 1] != kept) {
            best = i;
            best_gap = gap;
        }
    }
    auto& later = entries_[best + 1];
    later.value = std::bit_cast<std::uint64_t>(number_in(later) + number_in(entries_[best]));
    later.weight += entries_[best].weight;
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(best));
    std::ranges::sort(entries_);
}

/// Tries each window that ends at a remembered event from that of `added` on and still holds it.
std::optional<Window::Completed>
Window::complete_measure(const CorrelationRule& rule, const Entry& added, std::int64_t& end) const
{
    const auto span = static_cast<std::uint64_t>(rule.timespan.count());
    std::optional<Completed> best;
    std::size_t first = 0;
    const auto begin = std::ranges::lower_bound(entries_, added.ns, {}, &Entry::ns);
    for (auto i = static_cast<std::size_t>(begin - entries_.begin()); i < entries_.size(); ++i) {
        const auto time = entries_[i].ns;
        const bool last_of_its_time = i + 1 == entries_.size() || entries_[i + 1].ns != time;
        if (!last_of_its_time) {
            continue;
        }
        if (distance(time, added.ns) > span) {
            break;
        }
        while (distance(entries_[first].ns, time) > span) {
            ++first;
        }
        const auto held = std::span(entries_).subspan(first, i + 1 - first);
        const auto measure = measure_of(rule, held, added);
        if (meets(rule, measure) && (!best || measure > best->measure)) {
            best = Completed{.measure = measure, .events = events_in(held)};
            end = time;
        }
    }
    return best;
}

/// The most different members that come in their order within one timespan, the entry `added`
/// among them.
/// Cost: entries × members².
std::optional<Window::Completed> Window::complete_order(const CorrelationRule& rule,
                                                        std::size_t added, std::int64_t& end) const
{
    constexpr std::ptrdiff_t kNone = -1;
    const auto span = static_cast<std::uint64_t>(rule.timespan.count());
    const auto members = rule.members.size();
    // opens[with][length][member]: the latest entry that opens a chain of so many members up to
    // this one, without and with `added` in it.
    const std::vector<std::vector<std::ptrdiff_t>> none(
        members + 1, std::vector<std::ptrdiff_t>(members, kNone));
    std::array opens{none, none};
    std::optional<Completed> best;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const std::size_t member = entries_[i].member;
        if (member >= members) {
            continue;
        }
        const auto self = static_cast<std::ptrdiff_t>(i);
        for (std::size_t length = member + 1; length >= 1; --length) {
            for (const bool with : {false, true}) {
                auto start = kNone;
                if (length == 1) {
                    start = with == (i == added) ? self : kNone;
                } else {
                    const auto& shorter = opens[with && i != added ? 1 : 0][length - 1];
                    const bool possible = with || i != added;
                    for (std::size_t m = 0; possible && m < member; ++m) {
                        start = std::max(start, shorter[m]);
                    }
                }
                auto& known = opens[with ? 1 : 0][length][member];
                known = std::max(known, start);
            }
            const auto start = opens[1][length][member];
            const bool holds =
                start != kNone &&
                distance(entries_[static_cast<std::size_t>(start)].ns, entries_[i].ns) <= span;
            if (holds && (!best || static_cast<double>(length) > best->measure)) {
                best = Completed{.measure = static_cast<double>(length),
                                 .events = static_cast<std::uint64_t>(self - start + 1)};
                end = entries_[i].ns;
            }
        }
    }
    return best && meets(rule, best->measure) ? best : std::nullopt;
}

std::string Window::encode() const
{
    std::string out = fmt::format("2 {} {} {}", touched, received, fired_.size());
    for (const auto time : fired_) {
        out += fmt::format(" {}", time);
    }
    std::int64_t before = 0;
    for (const auto& entry : entries_) {
        // The difference may not fit where a hostile clock jumps over centuries: wrap around.
        const auto step = static_cast<std::uint64_t>(entry.ns) - static_cast<std::uint64_t>(before);
        out += fmt::format(" {} {} {} {}", static_cast<std::int64_t>(step), entry.member,
                           entry.weight, entry.value);
        before = entry.ns;
    }
    return out;
}

base::Result<Window> Window::decode(std::string_view text)
{
    NumberReader reader(text);
    Window out;
    const auto version = reader.next<int>();
    out.touched = reader.next<std::uint64_t>();
    out.received = reader.next<std::int64_t>();
    const auto fired = reader.next<std::size_t>();
    if (version != 2 || fired > kFiredMax) {
        return base::corrupt("correlation state has an unknown form");
    }
    for (std::size_t i = 0; i < fired && reader.good(); ++i) {
        out.fired_.push_back(reader.next<std::int64_t>());
    }
    std::int64_t time = 0;
    while (reader.good() && !reader.done()) {
        time = static_cast<std::int64_t>(static_cast<std::uint64_t>(time) +
                                         static_cast<std::uint64_t>(reader.next<std::int64_t>()));
        const auto member = reader.next<std::uint16_t>();
        const auto weight = reader.next<std::uint32_t>();
        out.entries_.push_back({.ns = time,
                                .value = reader.next<std::uint64_t>(),
                                .weight = weight,
                                .member = member});
    }
    if (!reader.good() || !std::ranges::is_sorted(out.entries_)) {
        return base::corrupt("correlation state is damaged");
    }
    return out;
}

} // namespace tanggap::detect
