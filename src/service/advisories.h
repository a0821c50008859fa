// Advisories from the desk: drafted, published for everybody, withdrawn again.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/advisory.h"
#include "service/principal.h"
#include "store/advisories.h"
#include "store/case_store.h"

namespace tanggap::service {

struct SeenAdvisory {
    model::Advisory advisory;
    store::AdvisoryState state = store::AdvisoryState::Draft;
    base::Time updated_at;
    std::uint64_t version = 0;
};
/// All of the desk, newest first.
base::Result<std::vector<SeenAdvisory>> list_advisories(store::Changes& changes);
/// Errors: NotFound.
base::Result<SeenAdvisory> see_advisory(store::Changes& changes, std::string_view id);
/// What everybody reads.
base::Result<std::vector<model::Advisory>> published_advisories(store::Changes& changes);

/// A new draft; its number is given: from 101 of each year, content files stand below.
/// Errors: Invalid, naming what is missing.
base::Result<std::string> draft_advisory(store::Changes& changes, const store::Command& command,
                                         model::Advisory advisory);
struct AdvisoryWish {
    store::Command command;
    std::string id;
    std::optional<std::uint64_t> expected{};
};
/// Replaces the texts, of a published one as well: its readers see the correction at once.
base::Status edit_advisory(store::Changes& changes, const AdvisoryWish& wish,
                           model::Advisory advisory);
/// Draft → published → withdrawn → published. Withdrawing needs a reason. Errors: Conflict where it
/// is so already; Invalid without a reason.
base::Status publish_advisory(store::Changes& changes, const AdvisoryWish& wish);
base::Status withdraw_advisory(store::Changes& changes, const AdvisoryWish& wish);

std::string advisory_json(const model::Advisory& advisory);
/// Errors: Invalid, naming the member and what is wrong with it.
base::Result<model::Advisory> read_advisory(std::string_view json);

} // namespace tanggap::service
