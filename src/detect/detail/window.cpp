#include "detect/detail/window.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>
#include <ranges>

#include <fmt/format.h>

#include "base/limits.h"
#include "detect/detail/measure.h"

namespace tanggap::detect {
namespace {

using Type = CorrelationRule::Type;
using Entry = Window::Entry;
using Entries = std::vector<Window::Entry>;
using Completed = Window::Completed;

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

/// What such a correlation looks at.
EntryParts parts_of(const CorrelationRule& rule)
{
    using Other = EntryParts::Other;
    switch (rule.type) {
    case Type::EventCount:
        return {};
    case Type::ValueCount:
    case Type::ValuePercentile:
        return {.value = true};
    case Type::ValueSum:
    case Type::ValueAverage:
        return {.value = true, .other = Other::Weight};
    case Type::Temporal:
    case Type::TemporalOrdered:
        break;
    }
    return {.value = false, .other = Other::Member};
}

/// The entry without what such a correlation does not look at.
Entry reduced(EntryParts parts, Entry entry)
{
    entry.value = parts.value ? entry.value : 0;
    entry.weight = parts.other == EntryParts::Other::Weight ? entry.weight : 1;
    entry.member = parts.other == EntryParts::Other::Member ? entry.member : std::uint16_t{0};
    return entry;
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

/// Whether `measure` meets every bound of `rule`; without bounds all its members are needed.
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

/// So that a storm of one value or one member does not push out the others.
void forget_alike(const CorrelationRule& rule, Entries& entries, const Entry& entry)
{
    const bool by_value = rule.type == Type::ValueCount;
    if (!by_value && !is_temporal(rule)) {
        return;
    }
    const auto alike = [&](const Entry& other) {
        return by_value ? other.value == entry.value : other.member == entry.member;
    };
    const auto most = by_value ? kEntriesPerValueMax : kEntriesPerMemberMax;
    auto count = static_cast<std::size_t>(std::ranges::count_if(entries, alike));
    for (; count > most; --count) {
        const auto first = std::ranges::find_if(entries, alike);
        const auto last = std::find_if(entries.rbegin(), entries.rend(), alike);
        const bool drop_first = distance(first->ns, entry.ns) >= distance(last->ns, entry.ns);
        entries.erase(drop_first ? first : std::prev(last.base()));
    }
}

/// The two neighbours nearest to each other in time become one at the later's time, so that no
/// part of a sum is lost. The event just added stays by itself.
void join_nearest(Entries& entries, const Entry& kept)
{
    std::size_t best = 0;
    std::uint64_t best_gap = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
        const auto gap = distance(entries[i].ns, entries[i + 1].ns);
        if (gap < best_gap && entries[i] != kept && entries[i + 1] != kept) {
            best = i;
            best_gap = gap;
        }
    }
    auto& later = entries[best + 1];
    later.value = std::bit_cast<std::uint64_t>(number_in(later) + number_in(entries[best]));
    later.weight += entries[best].weight;
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(best));
    std::ranges::sort(entries);
}

/// Keeps what is nearest to the event just added, which is itself always kept.
void forget_far(const CorrelationRule& rule, Entries& entries, const Entry& entry)
{
    const auto span = static_cast<std::uint64_t>(rule.timespan.count());
    const bool joins = rule.type == Type::ValueSum || rule.type == Type::ValueAverage;
    while (entries.size() > entries_max(rule)) {
        const bool drop_first =
            distance(entries.front().ns, entry.ns) >= distance(entries.back().ns, entry.ns);
        const auto far = drop_first ? entries.begin() : std::prev(entries.end());
        if (joins && distance(far->ns, entry.ns) <= span) {
            join_nearest(entries, entry);
        } else {
            entries.erase(far);
        }
    }
}

std::size_t insert(const CorrelationRule& rule, Entries& entries, const Entry& entry)
{
    entries.insert(std::ranges::upper_bound(entries, entry), entry);
    if (entries.size() > kEntriesMin) {
        forget_alike(rule, entries, entry);
        forget_far(rule, entries, entry);
    }
    const auto at = std::ranges::upper_bound(entries, entry) - entries.begin() - 1;
    return static_cast<std::size_t>(at);
}

/// Tries each window that ends at a remembered event from that of `added` on and still holds it,
/// from left to right.
/// `time_of(i)` is the time of the i-th of `size` events, `look(first, end)` what a window of these
/// gives.
template <class TimeOf, class Look>
std::optional<Completed> best_window(const CorrelationRule& rule, std::size_t size, TimeOf time_of,
                                     std::int64_t added, Look look, std::int64_t& end)
{
    const auto span = static_cast<std::uint64_t>(rule.timespan.count());
    const auto places = std::views::iota(std::size_t{0}, size);
    std::optional<Completed> best;
    auto i = *std::ranges::lower_bound(places, added, {}, time_of);
    auto first = *std::ranges::partition_point(places, [&](std::size_t at) {
        return time_of(at) < added && distance(time_of(at), added) > span;
    });
    for (; i < size; ++i) {
        const auto time = time_of(i);
        const bool last_of_its_time = i + 1 == size || time_of(i + 1) != time;
        if (!last_of_its_time) {
            continue;
        }
        if (distance(time, added) > span) {
            break;
        }
        while (distance(time_of(first), time) > span) {
            ++first;
        }
        const Completed held = look(first, i + 1);
        if (meets(rule, held.measure) && (!best || held.measure > best->measure)) {
            best = held;
            end = time;
        }
    }
    return best;
}

std::optional<Completed> complete_measure(const CorrelationRule& rule, const Entries& entries,
                                          const Entry& added, std::int64_t& end)
{
    WindowMeasure measure(rule, entries, added);
    return best_window(
        rule, entries.size(), [&](std::size_t i) { return entries[i].ns; }, added.ns,
        [&](std::size_t first, std::size_t behind) {
            const auto held = measure.of(first, behind);
            return Completed{.measure = held, .events = measure.events()};
        },
        end);
}

/// The most different members that come in their order within one timespan, the entry `added`
/// among them.
/// Cost: entries × members².
std::optional<Completed> complete_order(const CorrelationRule& rule, const Entries& entries,
                                        std::size_t added, std::int64_t& end)
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
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::size_t member = entries[i].member;
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
                distance(entries[static_cast<std::size_t>(start)].ns, entries[i].ns) <= span;
            if (holds && (!best || static_cast<double>(length) > best->measure)) {
                best = Completed{.measure = static_cast<double>(length),
                                 .events = static_cast<std::uint64_t>(self - start + 1)};
                end = entries[i].ns;
            }
        }
    }
    return best && meets(rule, best->measure) ? best : std::nullopt;
}

} // namespace

std::optional<Window::Completed> Window::add(const CorrelationRule& rule, Entry entry,
                                             Scratch& scratch)
{
    const auto parts = parts_of(rule);
    entry = reduced(parts, entry);
    std::int64_t end = 0;
    std::optional<Completed> completed;
    if (rule.type == Type::EventCount) {
        completed = add_time(rule, entry, scratch, end);
    } else {
        entries_.unpack(parts, scratch);
        const auto added = insert(rule, scratch, entry);
        completed = rule.type == Type::TemporalOrdered
                        ? complete_order(rule, scratch, added, end)
                        : complete_measure(rule, scratch, entry, end);
        entries_.pack(parts, scratch);
    }
    if (!completed) {
        return std::nullopt;
    }
    if (fired_ == nullptr) {
        fired_ = std::make_unique<std::vector<std::int64_t>>();
    }
    const auto span = static_cast<std::uint64_t>(rule.timespan.count());
    completed->again = std::ranges::any_of(
        *fired_, [&](std::int64_t other) { return distance(other, end) < span; });
    if (completed->again) {
        return completed;
    }
    if (fired_->size() == kFiredMax) {
        fired_->erase(fired_->begin());
    }
    fired_->push_back(end);
    return completed;
}

/// As the others, without unpacking: of an event that is only counted its time is all there is.
std::optional<Window::Completed> Window::add_time(const CorrelationRule& rule, const Entry& entry,
                                                  Scratch& scratch, std::int64_t& end)
{
    if (!entries_.insert_time(entry.ns)) {
        entries_.unpack({}, scratch);
        scratch.insert(std::ranges::upper_bound(scratch, entry), entry);
        entries_.pack({}, scratch);
    }
    const auto time_of = [this](std::size_t i) { return entries_.time(i); };
    while (entries_.size() > entries_max(rule)) {
        if (distance(time_of(0), entry.ns) >= distance(time_of(entries_.size() - 1), entry.ns)) {
            entries_.erase_first_time();
        } else {
            entries_.erase_last_time();
        }
    }
    const auto look = [](std::size_t first, std::size_t behind) {
        const auto count = behind - first;
        return Completed{.measure = static_cast<double>(count), .events = count};
    };
    return best_window(rule, entries_.size(), time_of, entry.ns, look, end);
}

std::string Window::encode(const CorrelationRule& rule, std::uint64_t meaning) const
{
    static const std::vector<std::int64_t> kNone;
    const auto& fired = fired_ != nullptr ? *fired_ : kNone;
    std::string out = fmt::format("3 {} {} {} {}", meaning, touched, received, fired.size());
    for (const auto time : fired) {
        out += fmt::format(" {}", time);
    }
    Entries entries;
    entries_.unpack(parts_of(rule), entries);
    std::int64_t before = 0;
    for (const auto& entry : entries) {
        // The difference may not fit where a hostile clock jumps over centuries: wrap around.
        const auto step = static_cast<std::uint64_t>(entry.ns) - static_cast<std::uint64_t>(before);
        out += fmt::format(" {} {} {} {}", static_cast<std::int64_t>(step), entry.member,
                           entry.weight, entry.value);
        before = entry.ns;
    }
    return out;
}

base::Result<Window> Window::decode(const CorrelationRule& rule, std::uint64_t meaning,
                                    std::string_view text)
{
    NumberReader reader(text);
    Window out;
    const auto version = reader.next<int>();
    const auto meant = reader.next<std::uint64_t>();
    out.touched = reader.next<std::uint64_t>();
    out.received = reader.next<std::int64_t>();
    const auto fired = reader.next<std::size_t>();
    if (version != 3 || meant != meaning || fired > kFiredMax) {
        return base::corrupt("correlation state has an unknown form or another rule's meaning");
    }
    if (fired > 0) {
        out.fired_ = std::make_unique<std::vector<std::int64_t>>();
    }
    for (std::size_t i = 0; i < fired && reader.good(); ++i) {
        out.fired_->push_back(reader.next<std::int64_t>());
    }
    const auto parts = parts_of(rule);
    Entries entries;
    std::int64_t time = 0;
    while (reader.good() && !reader.done() && entries.size() <= PackedEntries::kEntriesMax) {
        time = static_cast<std::int64_t>(static_cast<std::uint64_t>(time) +
                                         static_cast<std::uint64_t>(reader.next<std::int64_t>()));
        const auto member = reader.next<std::uint16_t>();
        const auto weight = reader.next<std::uint32_t>();
        const auto value = reader.next<std::uint64_t>();
        entries.push_back(
            reduced(parts, {.ns = time, .value = value, .weight = weight, .member = member}));
    }
    if (!reader.good() || !reader.done() || entries.size() > PackedEntries::kEntriesMax ||
        !std::ranges::is_sorted(entries, {}, &Entry::ns)) {
        return base::corrupt("correlation state is damaged");
    }
    std::ranges::sort(entries);
    out.entries_.pack(parts, entries);
    return out;
}

} // namespace tanggap::detect
