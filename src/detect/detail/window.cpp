#include "detect/detail/window.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "base/limits.h"

namespace tanggap::detect {
namespace {

using Type = CorrelationRule::Type;

constexpr std::size_t kFiredMax = 16;
/// Enough to find a chain or a set again; the nearest in time are kept.
constexpr std::size_t kEntriesPerMemberMax = 64;
/// Of one value its two nearest sightings serve every window around a new event.
constexpr std::size_t kEntriesPerValueMax = 2;

std::uint64_t distance(std::int64_t a, std::int64_t b)
{
    return a > b ? static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b)
                 : static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a);
}

std::uint64_t largest_bound(const std::vector<CorrelationBound>& bounds)
{
    std::uint64_t largest = 1;
    for (const auto& bound : bounds) {
        largest = std::max(largest, bound.count);
    }
    return largest;
}

/// Above its largest bound a condition never changes its mind, so one window needs no more than
/// that; twice as many let a late event find its own window.
std::size_t entries_max(const CorrelationRule& rule)
{
    const auto windows = 2 * (largest_bound(rule.bounds) + 1);
    return rule.type == Type::ValueCount ? windows * kEntriesPerValueMax : windows;
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

bool meets(const std::vector<CorrelationBound>& bounds, std::uint64_t count,
           std::uint64_t otherwise)
{
    using Op = CorrelationBound::Op;
    if (bounds.empty()) {
        return count >= otherwise;
    }
    return std::ranges::all_of(bounds, [&](const CorrelationBound& bound) {
        switch (bound.op) {
        case Op::Less:
            return count < bound.count;
        case Op::LessEqual:
            return count <= bound.count;
        case Op::Greater:
            return count > bound.count;
        case Op::GreaterEqual:
            return count >= bound.count;
        case Op::Equal:
            return count == bound.count;
        case Op::NotEqual:
            return count != bound.count;
        }
        return false;
    });
}

std::optional<Window::Completed> Window::add(const CorrelationRule& rule, const Entry& entry)
{
    const auto added = insert(rule, entry);
    std::int64_t end = 0;
    auto completed = rule.type == Type::TemporalOrdered ? complete_order(rule, added, end)
                                                        : complete_count(rule, entry.ns, end);
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
    entries_.insert(std::ranges::upper_bound(entries_, entry), entry);
    forget_far(rule, entry);
    const auto at = std::ranges::upper_bound(entries_, entry) - entries_.begin() - 1;
    return static_cast<std::size_t>(at);
}

/// Keeps what is nearest to the event just added, which is itself always kept.
void Window::forget_far(const CorrelationRule& rule, const Entry& entry)
{
    const bool by_value = rule.type == Type::ValueCount;
    const bool by_member = rule.type == Type::Temporal || rule.type == Type::TemporalOrdered;
    if (by_value || by_member) {
        const auto alike = [&](const Entry& other) {
            return by_value ? other.value == entry.value : other.member == entry.member;
        };
        const auto most = by_value ? kEntriesPerValueMax : kEntriesPerMemberMax;
        if (static_cast<std::size_t>(std::ranges::count_if(entries_, alike)) > most) {
            const auto first = std::ranges::find_if(entries_, alike);
            const auto last = std::find_if(entries_.rbegin(), entries_.rend(), alike);
            const bool drop_first = distance(first->ns, entry.ns) >= distance(last->ns, entry.ns);
            entries_.erase(drop_first ? first : std::prev(last.base()));
        }
    }
    while (!by_member && entries_.size() > entries_max(rule)) {
        const bool drop_first =
            distance(entries_.front().ns, entry.ns) >= distance(entries_.back().ns, entry.ns);
        entries_.erase(drop_first ? entries_.begin() : std::prev(entries_.end()));
    }
}

/// What the condition counts among entries [first, last).
std::uint64_t Window::measure(const CorrelationRule& rule, std::size_t first,
                              std::size_t last) const
{
    if (rule.type == Type::EventCount) {
        return last - first;
    }
    std::set<std::uint64_t> distinct;
    for (auto i = first; i < last; ++i) {
        distinct.insert(rule.type == Type::ValueCount ? entries_[i].value : entries_[i].member);
    }
    return distinct.size();
}

/// Tries each window that ends at a remembered event from `at` on and still holds `at`.
std::optional<Window::Completed> Window::complete_count(const CorrelationRule& rule,
                                                        std::int64_t at, std::int64_t& end) const
{
    const auto span = static_cast<std::uint64_t>(rule.timespan.count());
    std::optional<Completed> best;
    std::size_t first = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto time = entries_[i].ns;
        const bool last_of_its_time = i + 1 == entries_.size() || entries_[i + 1].ns != time;
        if (time < at || !last_of_its_time) {
            continue;
        }
        if (distance(time, at) > span) {
            break;
        }
        while (distance(entries_[first].ns, time) > span) {
            ++first;
        }
        const auto count = measure(rule, first, i + 1);
        if (meets(rule.bounds, count, rule.members.size()) && (!best || count > best->count)) {
            best = Completed{.count = count, .events = i + 1 - first};
            end = time;
        }
    }
    return best;
}

/// Finds members 0, 1, 2 … in this order within one timespan, the entry `added` among them.
std::optional<Window::Completed> Window::complete_order(const CorrelationRule& rule,
                                                        std::size_t added, std::int64_t& end) const
{
    constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    const auto span = static_cast<std::uint64_t>(rule.timespan.count());
    // The latest entry that opens a chain up to each member, without and with `added` in it.
    std::vector<std::array<std::size_t, 2>> opens(rule.members.size(), {kNone, kNone});
    const auto later = [](std::size_t a, std::size_t b) {
        return a == kNone ? b : b == kNone ? a : std::max(a, b);
    };
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const std::size_t member = entries_[i].member;
        const std::size_t mine = i == added ? 1 : 0;
        if (member >= opens.size()) {
            continue;
        }
        if (member == 0) {
            opens[0][mine] = i;
        } else {
            const auto before = opens[member - 1];
            opens[member][mine] = later(opens[member][mine], before[0]);
            opens[member][1] = later(opens[member][1], before[1]);
        }
        const auto start = opens[member][1];
        const bool last = member + 1 == opens.size();
        if (last && start != kNone && distance(entries_[start].ns, entries_[i].ns) <= span) {
            end = entries_[i].ns;
            return Completed{.count = opens.size(), .events = i + 1 - start};
        }
    }
    return std::nullopt;
}

std::string Window::encode() const
{
    std::string out = fmt::format("1 {} {} {}", touched, received, fired_.size());
    for (const auto time : fired_) {
        out += fmt::format(" {}", time);
    }
    std::int64_t before = 0;
    for (const auto& entry : entries_) {
        // The difference may not fit where a hostile clock jumps over centuries: wrap around.
        const auto step = static_cast<std::uint64_t>(entry.ns) - static_cast<std::uint64_t>(before);
        out += fmt::format(" {} {} {}", static_cast<std::int64_t>(step), entry.member, entry.value);
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
    if (version != 1 || fired > kFiredMax) {
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
        out.entries_.push_back(
            {.ns = time, .member = member, .value = reader.next<std::uint64_t>()});
    }
    if (!reader.good() || !std::ranges::is_sorted(out.entries_)) {
        return base::corrupt("correlation state is damaged");
    }
    return out;
}

} // namespace tanggap::detect
