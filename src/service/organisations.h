// The directory of organisations: who owns assets, and whom to call there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casework/organisation.h"
#include "service/alerts.h"
#include "service/world.h"
#include "store/organisations.h"

namespace tanggap::service {

struct SeenOrganisation {
    std::string id; ///< empty: only assets name it, nobody has written it down
    casework::Organisation organisation;
    std::uint64_t assets = 0;  ///< of that name
    std::uint64_t version = 0; ///< 0: not written down
};

/// By name, those that only assets name as well.
base::Result<std::vector<SeenOrganisation>> list_organisations(const World& world);
/// Errors: NotFound.
base::Result<SeenOrganisation> find_organisation(const World& world, std::string_view id);
/// Without regard to case; one that only assets name as well.
base::Result<std::optional<SeenOrganisation>> find_organisation_named(const World& world,
                                                                      std::string_view name);

/// Gives its id. Errors: Invalid; Conflict where the name is there, without regard to case;
/// Exhausted above limits::kOrganisationsMax.
base::Result<std::string> add_organisation(const World& world, const store::Command& command,
                                           const casework::Organisation& wish);
/// New note and contacts. The name stays: assets, sensors and cases say it.
/// Errors: NotFound, Invalid, Conflict.
base::Status change_organisation(const World& world, const store::Command& command,
                                 std::optional<std::uint64_t> expected, std::string_view id,
                                 const casework::Organisation& wish);
/// Its assets stay, with its name. Errors: NotFound, Conflict.
base::Status remove_organisation(const World& world, const store::Command& command,
                                 std::optional<std::uint64_t> expected, std::string_view id);

/// What an import did, or, dry, would do. With problems nothing was taken.
struct OrganisationImport {
    std::size_t organisations = 0; ///< in the file
    std::size_t added = 0;
    std::size_t changed = 0;
    std::vector<casework::ContactProblem> problems;
};
enum class OrganisationImportMode : std::uint8_t { Apply, Dry };
/// The contacts of each organisation in the file take the place of those it had; notes, and
/// organisations that the file does not name, stay. One command, a record for each that changed.
/// Errors: Exhausted above limits::kOrganisationsMax.
base::Result<OrganisationImport> import_organisations(const World& world,
                                                      const store::Command& command,
                                                      std::string_view csv,
                                                      OrganisationImportMode mode);

/// What is wrong with a row and what to write instead.
Sentence sentence_of(const casework::ContactProblem& problem);

} // namespace tanggap::service
