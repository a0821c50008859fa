// The timeline of a case: what people wrote and what was done, one stream in order of time.
#include <algorithm>
#include <charconv>

#include "service/detail/item_change.h"

namespace tanggap::service {
namespace {

using casework::Case;
using casework::Entry;

base::Status apply(const EntryEdit& edit, Entry& entry)
{
    if (edit.text) {
        TRY(entry.text, checked_text("text", *edit.text, kCaseTextBytesMax, true));
    }
    entry.kind = edit.kind.value_or(entry.kind);
    entry.at = edit.at.value_or(entry.at);
    entry.starred = edit.starred.value_or(entry.starred);
    entry.removed = edit.removed.value_or(entry.removed);
    return {};
}

/// An entry is news of its case: the next update is counted from it.
base::Status tell_case(store::Change& change, const World& world, const Case& before,
                       const Entry& entry)
{
    Case after = before;
    after.news_at = change.command().now;
    if (entry.kind == casework::EntryKind::Action) {
        casework::on_action_taken(after.milestones, entry.at);
    }
    // The entry's own record says it: here only what follows from it for the clocks.
    return store::put_case(change, after, due_of(world, after, change.command().now));
}

/// Where a page ended: the time, the last entry and the last record told.
struct Position {
    std::int64_t ns = INT64_MAX;
    std::uint64_t sequence = 0; ///< 0: none told yet
    std::string entry;
};

base::Result<Position> parse_position(std::string_view text)
{
    Position position;
    if (text.empty()) {
        return position;
    }
    const char* const end = text.data() + text.size();
    const auto [first, wrong] = std::from_chars(text.data(), end, position.ns);
    if (wrong == std::errc{} && first != end && *first == '.') {
        const auto [second, error] = std::from_chars(first + 1, end, position.sequence);
        if (error == std::errc{} && second != end && *second == '.') {
            position.entry.assign(second + 1, end);
            return position;
        }
    }
    return base::invalid("cursor position " + base::quoted(text) +
                         " is damaged; ask for the timeline again from its start");
}

std::string text_of(const Position& position)
{
    return std::to_string(position.ns) + "." + std::to_string(position.sequence) + "." +
           position.entry;
}

/// Later first; of one time entries before records, so that the order is one.
bool comes_first(const TimelineLine& a, const TimelineLine& b)
{
    return a.at > b.at;
}

/// Records whose objects speak for themselves on the timeline are left out: entries are there.
bool is_told(const store::Activity& activity)
{
    return !activity.effect.action.starts_with("entry.");
}

base::Result<std::vector<TimelineLine>> entries_from(store::Snapshot& snapshot, const Case& subject,
                                                     const Position& from, std::size_t limit)
{
    TRY(auto entries, store::list_entries(snapshot, subject.id, base::Time{from.ns}, limit + 1));
    std::vector<TimelineLine> lines;
    for (Entry& entry : entries) {
        const bool told = !from.entry.empty() && entry.at.ns == from.ns && entry.id >= from.entry;
        if (told) {
            continue;
        }
        TRY(const auto version, store::version_of(snapshot, {.kind = "entry", .id = entry.id}));
        lines.push_back({.at = entry.at,
                         .entry = std::move(entry),
                         .entry_version = version.version,
                         .activity = std::nullopt});
    }
    return lines;
}

base::Result<std::vector<TimelineLine>> records_from(store::Snapshot& snapshot, const Case& subject,
                                                     const Position& from, std::size_t limit)
{
    std::vector<TimelineLine> lines;
    std::uint64_t before = from.sequence;
    while (lines.size() <= limit) {
        TRY(auto page, store::list_activities(snapshot, {.object = store::object_of(subject)},
                                              limit + 1, before));
        for (store::Activity& activity : page.activities) {
            if (is_told(activity)) {
                lines.push_back({.at = activity.time,
                                 .entry = std::nullopt,
                                 .entry_version = 0,
                                 .activity = std::move(activity)});
            }
        }
        if (page.next == 0) {
            break;
        }
        before = page.next;
    }
    return lines;
}

} // namespace

base::Result<Entry> add_entry(const World& world, const ItemWish& wish, const EntryEdit& edit)
{
    return make_item<Entry>(
        world, wish, "entry", store::put_entry,
        [&](store::Change& change, const Case& subject, Entry& entry) -> base::Status {
            if (!edit.text) {
                return base::invalid("an entry needs a text");
            }
            entry.at = change.command().now;
            entry.by = wish.principal.name;
            TRY_STATUS(apply(edit, entry));
            if (entry.at > change.command().now) {
                return base::invalid("this time lies in the future: " +
                                     base::format_rfc3339(entry.at));
            }
            return tell_case(change, world, subject, entry);
        });
}

base::Result<Entry> edit_entry(const World& world, const ItemWish& wish, const EntryEdit& edit)
{
    return change_item<Entry>(
        world, wish, "entry", store::find_entry, store::put_entry,
        [&](store::Change&, const Case&, Entry& entry) { return apply(edit, entry); });
}

base::Result<TimelinePage> list_timeline(const World& world, const Principal& principal,
                                         std::string_view case_id, std::size_t limit,
                                         std::string_view after)
{
    TRY(Position position, parse_position(after));
    std::vector<TimelineLine> lines;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const Case subject, store::find_case(snapshot, case_id, viewer_of(principal)));
        TRY(auto entries, entries_from(snapshot, subject, position, limit));
        TRY(auto records, records_from(snapshot, subject, position, limit));
        std::ranges::merge(entries, records, std::back_inserter(lines), comes_first);
        return {};
    }));
    TimelinePage page;
    const bool more = lines.size() > limit;
    lines.resize(std::min(lines.size(), limit));
    for (const TimelineLine& line : lines) {
        if (line.activity && line.at.ns == position.ns) {
            position.sequence = line.activity->sequence;
            continue;
        }
        position.ns = std::min(position.ns, line.at.ns);
        if (line.activity) {
            position.sequence = line.activity->sequence;
        }
        // Only entries of the last time need to be told apart: earlier ones are behind it.
        position.entry = line.entry ? line.entry->id : "";
    }
    page.next = more ? text_of(position) : "";
    page.lines = std::move(lines);
    return page;
}

} // namespace tanggap::service
