#include "service/advisories.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/report_limits.h"
#include "base/text.h"
#include "service/report_form.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;
using store::AdvisoryState;
using store::KeptAdvisory;

/// Numbers below belong to the files of content/advisories.
constexpr std::uint64_t kFirstOrdinal = 101;

Json json_of(const model::Words& words)
{
    return {{"id", words.id}, {"en", words.en}};
}

Json json_of(const std::vector<model::Words>& list)
{
    Json json = Json::array();
    for (const model::Words& words : list) {
        json.push_back(json_of(words));
    }
    return json;
}

Json json_of(const model::Advisory& advisory)
{
    return {{"id", advisory.id},
            {"date", base::format_rfc3339(advisory.date).substr(0, 10)},
            {"level", advisory.level},
            {"title", json_of(advisory.title)},
            {"summary", json_of(advisory.summary)},
            {"affected", json_of(advisory.affected)},
            {"actions", json_of(advisory.actions)},
            {"sources", advisory.sources}};
}

model::Words words_of(const Json& json)
{
    return {.id = json.at("id").get<std::string>(), .en = json.at("en").get<std::string>()};
}

std::vector<model::Words> list_of(const Json& json)
{
    std::vector<model::Words> list;
    for (const Json& each : json) {
        list.push_back(words_of(each));
    }
    return list;
}

base::Status check_words(std::string_view name, const model::Words& words)
{
    for (const std::string* const text : {&words.id, &words.en}) {
        if (base::trim(*text).empty()) {
            return base::invalid("`" + std::string(name) + "` needs both languages");
        }
        if (!base::is_utf8(*text) || characters_of(*text) > base::limits::kAdvisoryTextMax) {
            return base::invalid("`" + std::string(name) + "` has more than 1,000 characters");
        }
    }
    return {};
}

base::Status check_list(std::string_view name, const std::vector<model::Words>& list)
{
    if (list.size() > base::limits::kAdvisoryItemsMax) {
        return base::invalid("`" + std::string(name) + "` has more than 30 items");
    }
    for (const model::Words& words : list) {
        TRY_STATUS(check_words(name, words));
    }
    return {};
}

base::Status check(const model::Advisory& advisory)
{
    if (std::ranges::find(model::kAdvisoryLevels, advisory.level) == model::kAdvisoryLevels.end()) {
        return base::invalid("`level` must be info, low, medium, high or critical");
    }
    TRY_STATUS(check_words("title", advisory.title));
    TRY_STATUS(check_words("summary", advisory.summary));
    TRY_STATUS(check_list("affected", advisory.affected));
    TRY_STATUS(check_list("actions", advisory.actions));
    if (advisory.actions.empty()) {
        return base::invalid("`actions` is empty: a warning says what to do");
    }
    if (advisory.sources.size() > base::limits::kAdvisoryItemsMax) {
        return base::invalid("`sources` has more than 30 items");
    }
    for (const std::string& source : advisory.sources) {
        const bool address = source.starts_with("https://") || source.starts_with("http://");
        if (!address || source.size() > base::limits::kAdvisorySourceBytesMax) {
            return base::invalid("`sources` takes http and https addresses; found " +
                                 base::quoted(source));
        }
    }
    return {};
}

base::Time day_of(base::Time moment)
{
    constexpr std::int64_t kDayNs = std::int64_t{86'400'000'000'000};
    return {.ns = moment.ns / kDayNs * kDayNs};
}

base::Result<SeenAdvisory> seen_of(store::Snapshot& snapshot, const KeptAdvisory& kept)
{
    SeenAdvisory seen{.advisory = {}, .state = kept.state, .updated_at = kept.updated_at};
    TRY(seen.advisory, read_advisory(kept.document));
    TRY(const store::ObjectVersion version, store::version_of(snapshot, kept.object()));
    seen.version = version.version;
    return seen;
}

base::Status put_and_record(store::Change& change, const KeptAdvisory& before,
                            const KeptAdvisory& after, std::string_view action)
{
    TRY_STATUS(store::put_advisory(change, after));
    const auto told = [](const KeptAdvisory& each) {
        return each.document.empty() ? std::string("null")
                                     : Json{{"state", store::name_of(each.state)},
                                            {"advisory", Json::parse(each.document)}}
                                           .dump();
    };
    store::Effect effect;
    effect.action = action;
    effect.object = after.object();
    effect.before = told(before);
    effect.after = told(after);
    return change.record(std::move(effect)); // Everybody may have read it: not to be taken back.
}

template <class Body>
base::Status change_advisory(store::Changes& changes, const AdvisoryWish& wish,
                             std::string_view action, const Body& body)
{
    const auto done = changes.change(wish.command, [&](store::Change& change) -> base::Status {
        TRY(const KeptAdvisory before, store::find_advisory(change, wish.id));
        TRY_STATUS(change.expect(before.object(), wish.expected));
        KeptAdvisory after = before;
        TRY_STATUS(body(after));
        after.updated_at = wish.command.now;
        return put_and_record(change, before, after, action);
    });
    return done ? base::Status() : base::Status(std::unexpected(done.error()));
}

} // namespace

std::string advisory_json(const model::Advisory& advisory)
{
    return json_of(advisory).dump();
}

base::Result<model::Advisory> read_advisory(std::string_view text)
{
    try {
        const Json json = Json::parse(text);
        model::Advisory advisory{.id = json.value("id", ""),
                                 .level = json.at("level").get<std::string>(),
                                 .title = words_of(json.at("title")),
                                 .summary = words_of(json.at("summary")),
                                 .affected = list_of(json.at("affected")),
                                 .actions = list_of(json.at("actions")),
                                 .sources = json.at("sources").get<std::vector<std::string>>()};
        if (json.contains("date")) {
            TRY(advisory.date,
                base::parse_rfc3339(json.at("date").get<std::string>() + "T00:00:00Z"));
        }
        TRY_STATUS(check(advisory));
        return advisory;
    } catch (const Json::exception& broken) {
        return base::invalid(std::string("an advisory: ") + broken.what());
    }
}

base::Result<std::vector<SeenAdvisory>> list_advisories(store::Changes& changes)
{
    std::vector<SeenAdvisory> all;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto kept, store::list_advisories(snapshot));
        for (const KeptAdvisory& each : kept) {
            TRY(all.emplace_back(), seen_of(snapshot, each));
        }
        return {};
    }));
    return all;
}

base::Result<SeenAdvisory> see_advisory(store::Changes& changes, std::string_view id)
{
    SeenAdvisory seen;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const KeptAdvisory kept, store::find_advisory(snapshot, id));
        TRY(seen, seen_of(snapshot, kept));
        return {};
    }));
    return seen;
}

base::Result<std::vector<model::Advisory>> published_advisories(store::Changes& changes)
{
    std::vector<model::Advisory> all;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto kept, store::list_published_advisories(snapshot));
        for (const KeptAdvisory& each : kept) {
            TRY(all.emplace_back(), read_advisory(each.document));
        }
        return {};
    }));
    return all;
}

base::Result<std::string> draft_advisory(store::Changes& changes, const store::Command& command,
                                         model::Advisory advisory)
{
    TRY_STATUS(check(advisory));
    const auto done = changes.change(command, [&](store::Change& change) -> base::Status {
        const std::string year = fmt::format("IMB-{}-", base::civil_from_time(command.now).year);
        std::uint64_t ordinal = kFirstOrdinal;
        TRY(const auto there, store::list_advisories(change));
        for (const KeptAdvisory& each : there) {
            if (each.id.starts_with(year)) {
                ordinal = std::max<std::uint64_t>(ordinal, std::stoull(each.id.substr(9)) + 1);
            }
        }
        if (there.size() >= base::limits::kAdvisoriesMax) {
            return base::exhausted("there are as many advisories as there can be");
        }
        advisory.id = fmt::format("{}{:03}", year, ordinal);
        advisory.date = day_of(command.now);
        return put_and_record(change, {},
                              {.id = advisory.id,
                               .state = AdvisoryState::Draft,
                               .document = advisory_json(advisory),
                               .updated_at = command.now},
                              "advisory.draft");
    });
    return done ? base::Result<std::string>(advisory.id) : std::unexpected(done.error());
}

base::Status edit_advisory(store::Changes& changes, const AdvisoryWish& wish,
                           model::Advisory advisory)
{
    TRY_STATUS(check(advisory));
    return change_advisory(changes, wish, "advisory.edit", [&](KeptAdvisory& kept) -> base::Status {
        TRY(const model::Advisory before, read_advisory(kept.document));
        advisory.id = kept.id;
        advisory.date = before.date;
        kept.document = advisory_json(advisory);
        return {};
    });
}

base::Status publish_advisory(store::Changes& changes, const AdvisoryWish& wish)
{
    return change_advisory(
        changes, wish, "advisory.publish", [&](KeptAdvisory& kept) -> base::Status {
            if (kept.state == AdvisoryState::Published) {
                return base::fail(base::Code::Conflict, kept.id + " is published already");
            }
            TRY(model::Advisory advisory, read_advisory(kept.document));
            if (kept.state == AdvisoryState::Draft) {
                advisory.date = day_of(wish.command.now);
            }
            kept.document = advisory_json(advisory);
            kept.state = AdvisoryState::Published;
            return {};
        });
}

base::Status withdraw_advisory(store::Changes& changes, const AdvisoryWish& wish)
{
    if (base::trim(wish.command.reason).empty()) {
        return base::invalid("withdrawing an advisory needs a reason");
    }
    return change_advisory(
        changes, wish, "advisory.withdraw", [](KeptAdvisory& kept) -> base::Status {
            if (kept.state != AdvisoryState::Published) {
                return base::fail(base::Code::Conflict, kept.id + " is not published");
            }
            kept.state = AdvisoryState::Withdrawn;
            return {};
        });
}

} // namespace tanggap::service
