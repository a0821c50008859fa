#include "service/publications.h"

#include <nlohmann/json.hpp>

#include "base/id.h"
#include "base/text.h"
#include "service/figures.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kCorrectionBytesMax = 2000;
constexpr std::size_t kVersionsMax = 100;
constexpr std::size_t kDocumentsMax = 100;

std::string summary_of(const store::Publication& publication)
{
    return Json{{"period", publication.period},
                {"version", publication.version},
                {"correction", publication.correction},
                {"sha256", publication.sha256}}
        .dump();
}

/// A version after the first says what is different.
base::Status check_correction(const store::Publication& publication)
{
    const bool first = publication.version == 1;
    if (first && !publication.correction.empty()) {
        return base::invalid("nothing of this period is published yet: there is nothing to "
                             "correct");
    }
    if (!first && publication.correction.empty()) {
        return base::invalid(publication.period +
                             " is published already: say in `correction` what is different");
    }
    return {};
}

} // namespace

base::Result<store::Publication> publish(const World& world, const Principal& principal,
                                         const store::Command& command, const PublicationWish& wish)
{
    TRY_STATUS(authorise(principal, Scope::FiguresPublish));
    const std::string correction(base::trim(wish.correction));
    if (correction.size() > kCorrectionBytesMax || !base::is_utf8(correction)) {
        return base::invalid("`correction` has more than 2000 bytes, or is no text");
    }
    TRY(const count::Period period, period_of(world, wish.period));
    if (period.from > command.now) {
        return base::invalid(period.name + " has not begun: there is nothing to publish");
    }
    TRY(const count::Statistics statistics,
        count_figures(world, team_viewpoint(), {.period = period.name}));
    store::Publication publication{.id = base::make_uuid_v7(command.now).text(),
                                   .period = period.name,
                                   .correction = correction,
                                   .frozen_at = command.now,
                                   .frozen_by = principal.name,
                                   .document = count::write_json(statistics)};
    publication.sha256 = base::sha256_hex(publication.document);
    TRY([[maybe_unused]] const std::string id,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(publication.version, store::next_version(change, publication.period));
            TRY_STATUS(check_correction(publication));
            TRY_STATUS(store::put_publication(change, publication));
            return change.record({.action = "publication.freeze",
                                  .object = publication.object(),
                                  .after = summary_of(publication)});
        }));
    return publication;
}

base::Result<PublicationSeen> find_publication(const World& world, std::string_view id)
{
    PublicationSeen seen;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(seen.publication, store::find_publication(snapshot, id));
        TRY(seen.versions,
            store::list_publications(snapshot, seen.publication.period, kVersionsMax));
        TRY(seen.documents, store::list_documents(snapshot, "publication", id, kDocumentsMax));
        return {};
    }));
    if (base::sha256_hex(seen.publication.document) != seen.publication.sha256) {
        return base::corrupt("the figures of publication " + std::string(id) +
                             " are not those that were frozen: their hash differs");
    }
    TRY(seen.statistics, count::read_statistics(seen.publication.document));
    return seen;
}

std::vector<Difference> differences(const count::Statistics& before, const count::Statistics& after)
{
    std::vector<Difference> all;
    for (const std::vector<count::Figure>* list : {&after.ladder, &after.figures}) {
        for (const count::Figure& figure : *list) {
            const count::Figure* const old = before.find(figure.id);
            const auto was = old == nullptr ? std::nullopt : old->value;
            if (was != figure.value) {
                all.push_back({.id = figure.id, .before = was, .after = figure.value});
            }
        }
    }
    return all;
}

} // namespace tanggap::service
