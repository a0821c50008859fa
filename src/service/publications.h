// Figures frozen as publications, and documents printed from what was frozen or from a case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "count/statistics.h"
#include "service/principal.h"
#include "service/world.h"
#include "store/publications.h"

namespace tanggap::service {

struct PublicationWish {
    std::string period{};
    /// What is different; needed where the period has been published already.
    std::string correction{};
};
/// Counts the period with the team's eyes and keeps it: the next version of the period. Versions
/// before it stay as they are.
/// Errors: Denied; Invalid where the period is none, has not begun, or a correction needs a note.
base::Result<store::Publication> publish(const World& world, const Principal& principal,
                                         const store::Command& command,
                                         const PublicationWish& wish);

struct PublicationSeen {
    store::Publication publication{};
    count::Statistics statistics{};
    std::vector<store::Publication> versions{}; ///< of its period, newest first
    std::vector<store::Document> documents{};   ///< newest first
};
/// Errors: NotFound; Corrupt where the figures are no longer those of the hash.
base::Result<PublicationSeen> find_publication(const World& world, std::string_view id);

/// A figure that has another value in the version before.
struct Difference {
    std::string id{};
    std::optional<std::uint64_t> before{};
    std::optional<std::uint64_t> after{};
};
std::vector<Difference> differences(const count::Statistics& before,
                                    const count::Statistics& after);

} // namespace tanggap::service
