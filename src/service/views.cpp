#include "service/views.h"

#include <algorithm>
#include <array>

#include "base/id.h"
#include "base/text.h"
#include "base/triage_limits.h"
#include "query/query.h"

namespace tanggap::service {
namespace {

base::Status check(const ViewWish& wish)
{
    const bool printable = std::ranges::none_of(
        wish.name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (base::trim(wish.name).empty() || wish.name.size() > base::limits::kViewNameBytesMax ||
        !printable) {
        return base::invalid("a view's name has 1 to " +
                             std::to_string(base::limits::kViewNameBytesMax) +
                             " bytes without control characters");
    }
    constexpr std::array<std::string_view, 5> kSorts{"", "-priority", "-last_seen", "-first_seen",
                                                     "-events"};
    if (std::ranges::find(kSorts, wish.sort) == kSorts.end()) {
        return base::invalid("sort must be -priority, -last_seen, -first_seen or -events");
    }
    TRY([[maybe_unused]] const query::Node node,
        query::parse_or_error(wish.query, query::triage_scope()));
    return {};
}

/// A page's name as it stands in the path: small letters and dashes.
bool is_page_name(std::string_view page)
{
    constexpr std::size_t kPageNameMax = 40;
    return !page.empty() && page.size() <= kPageNameMax &&
           std::ranges::all_of(page, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

} // namespace

base::Result<store::View> add_view(const World& world, const store::Command& command,
                                   const ViewWish& wish)
{
    TRY_STATUS(check(wish));
    store::View view{.id = base::make_uuid_v7(command.now).text(),
                     .owner = command.actor.id,
                     .owner_name = command.actor.name,
                     .name = std::string(base::trim(wish.name)),
                     .query = wish.query,
                     .sort = wish.sort,
                     .shared = wish.shared,
                     .created_at = command.now};
    TRY([[maybe_unused]] const std::string id,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto views, store::list_views(change, view.owner));
            const auto own = std::ranges::count(views, view.owner, &store::View::owner);
            if (static_cast<std::size_t>(own) >= base::limits::kViewsMax) {
                return base::exhausted("you have " + std::to_string(base::limits::kViewsMax) +
                                       " views; remove one first");
            }
            const bool taken = std::ranges::any_of(views, [&](const store::View& each) {
                return each.owner == view.owner && each.name == view.name;
            });
            if (taken) {
                return base::fail(base::Code::Conflict,
                                  "you have a view called " + base::quoted(view.name) + " already");
            }
            TRY_STATUS(store::add_view(change, view));
            return change.record({.action = "view.add", .object = view.object(), .touched = {}});
        }));
    return view;
}

base::Status remove_view(const World& world, const Principal& principal,
                         const store::Command& command, std::string_view id)
{
    const bool lead = std::ranges::find(principal.roles, "lead") != principal.roles.end();
    const auto done = world.cases.change(command, [&](store::Change& change) -> base::Status {
        TRY(const store::View view, store::find_view(change, id));
        if (view.owner != principal.user_id && !(view.shared && lead)) {
            return base::not_found("no such view");
        }
        TRY_STATUS(store::remove_view(change, id));
        return change.record({.action = "view.remove", .object = view.object(), .touched = {}});
    });
    return done ? base::Status{} : std::unexpected(done.error());
}

base::Status keep_preferences(const World& world, const store::Command& command,
                              std::string_view page, std::string_view document)
{
    if (!is_page_name(page)) {
        return base::invalid("there is no page " + base::quoted(page));
    }
    if (document.size() > base::limits::kPreferencesBytesMax) {
        return base::invalid("the looks of a page have at most " +
                             std::to_string(base::limits::kPreferencesBytesMax) + " bytes");
    }
    const auto done = world.cases.change(command, [&](store::Change& change) -> base::Status {
        TRY(const std::string before, store::find_preferences(change, command.actor.id, page));
        if (before == document) {
            return {};
        }
        TRY_STATUS(store::put_preferences(change, command.actor.id, page, document));
        return change.record(
            {.action = "preferences.set",
             .object = {.kind = "preferences", .id = command.actor.id + ":" + std::string(page)},
             .touched = {}});
    });
    return done ? base::Status{} : std::unexpected(done.error());
}

} // namespace tanggap::service
