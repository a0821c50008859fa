#include "service/organisations.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/id.h"
#include "base/office_limits.h"
#include "base/text.h"

namespace tanggap::service {
namespace {

using casework::Organisation;
using store::KeptOrganisation;

std::string json_of(const Organisation& organisation)
{
    nlohmann::json contacts = nlohmann::json::array();
    for (const casework::Contact& contact : organisation.contacts) {
        contacts.push_back({{"name", contact.name},
                            {"role", contact.role},
                            {"phone", contact.phone},
                            {"email", contact.email}});
    }
    return nlohmann::json{
        {"name", organisation.name}, {"note", organisation.note}, {"contacts", std::move(contacts)}}
        .dump();
}

bool less_by_name(const SeenOrganisation& a, const SeenOrganisation& b)
{
    return base::to_lower_ascii(a.organisation.name) < base::to_lower_ascii(b.organisation.name);
}

/// What assets say, by name in lower case.
struct Owner {
    std::string name;
    std::uint64_t assets = 0;
};
using Owners = std::map<std::string, Owner>;

base::Result<Owners> owners_of_assets(store::Snapshot& snapshot)
{
    TRY(const auto counts, store::count_assets_by_owner(snapshot));
    Owners owners;
    for (const auto& [name, assets] : counts) {
        owners[base::to_lower_ascii(name)] = {.name = name, .assets = assets};
    }
    return owners;
}

/// Taken out of the owners as it is used.
std::uint64_t take_assets(Owners& owners, std::string_view name)
{
    const auto found = owners.extract(base::to_lower_ascii(name));
    return found ? found.mapped().assets : 0;
}

SeenOrganisation only_owner(const Owner& owner)
{
    return {.id = {}, .organisation = {.name = owner.name}, .assets = owner.assets};
}

/// One that is written down, with its version and assets.
base::Result<SeenOrganisation> seen_of(store::Snapshot& snapshot, KeptOrganisation one)
{
    TRY(auto owners, owners_of_assets(snapshot));
    TRY(const auto version, store::version_of(snapshot, store::organisation_object(one.id)));
    SeenOrganisation seen{.id = std::move(one.id),
                          .organisation = std::move(one.organisation),
                          .version = version.version};
    seen.assets = take_assets(owners, seen.organisation.name);
    return seen;
}

base::Result<KeptOrganisation> kept(store::Snapshot& snapshot, std::string_view id)
{
    TRY(auto found, store::find_organisation(snapshot, id));
    if (!found) {
        return base::not_found("no organisation " + base::quoted(id));
    }
    return *std::move(found);
}

base::Status check_room(store::Snapshot& snapshot, std::size_t more)
{
    TRY(const auto all, store::list_organisations(snapshot));
    if (all.size() + more > base::limits::kOrganisationsMax) {
        return base::exhausted("there are " + std::to_string(all.size()) + " organisations, with " +
                               std::to_string(more) + " more above the " +
                               std::to_string(base::limits::kOrganisationsMax) + " that are kept");
    }
    return {};
}

base::Status write(store::Change& change, const KeptOrganisation& after, const Organisation* before)
{
    TRY_STATUS(store::put_organisation(change, after));
    return change.record({.action = before == nullptr ? "organisation.add" : "organisation.change",
                          .object = store::organisation_object(after.id),
                          .before = before == nullptr ? "null" : json_of(*before),
                          .after = json_of(after.organisation)});
}

/// One organisation of a file: a new one, new contacts, or nothing to do.
struct Step {
    KeptOrganisation after;
    std::optional<Organisation> before;
};
base::Result<std::vector<Step>> steps_of(store::Snapshot& snapshot,
                                         std::span<const Organisation> file, base::Time now)
{
    std::vector<Step> steps;
    std::size_t added = 0;
    for (const Organisation& read : file) {
        TRY(auto known, store::find_organisation_named(snapshot, read.name));
        if (!known) {
            ++added;
            steps.push_back({.after = {.id = base::make_uuid_v7(now).text(), .organisation = read},
                             .before = std::nullopt});
        } else if (known->organisation.contacts != read.contacts) {
            Step step{.after = *known, .before = known->organisation};
            step.after.organisation.contacts = read.contacts;
            steps.push_back(std::move(step));
        }
    }
    TRY_STATUS(check_room(snapshot, added));
    return steps;
}

void count_steps(std::span<const Step> steps, OrganisationImport& out)
{
    for (const Step& step : steps) {
        ++(step.before ? out.changed : out.added);
    }
}

} // namespace

base::Result<std::vector<SeenOrganisation>> list_organisations(const World& world)
{
    std::vector<SeenOrganisation> seen;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto all, store::list_organisations(snapshot));
        TRY(const auto versions, store::versions_of(snapshot, "organisation"));
        TRY(auto owners, owners_of_assets(snapshot));
        for (const KeptOrganisation& one : all) {
            const auto version = versions.find(one.id);
            seen.push_back({.id = one.id,
                            .organisation = one.organisation,
                            .assets = take_assets(owners, one.organisation.name),
                            .version = version == versions.end() ? 0 : version->second});
        }
        for (const auto& [name, owner] : owners) {
            seen.push_back(only_owner(owner));
        }
        return {};
    }));
    std::ranges::sort(seen, less_by_name);
    return seen;
}

base::Result<SeenOrganisation> find_organisation(const World& world, std::string_view id)
{
    SeenOrganisation seen;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(KeptOrganisation one, kept(snapshot, id));
        TRY(seen, seen_of(snapshot, std::move(one)));
        return {};
    }));
    return seen;
}

base::Result<std::optional<SeenOrganisation>> find_organisation_named(const World& world,
                                                                      std::string_view name)
{
    std::optional<SeenOrganisation> seen;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(auto one, store::find_organisation_named(snapshot, name));
        if (one) {
            TRY(seen, seen_of(snapshot, *std::move(one)));
            return {};
        }
        TRY(const auto owners, owners_of_assets(snapshot));
        const auto owner = owners.find(base::to_lower_ascii(name));
        if (owner != owners.end()) {
            seen = only_owner(owner->second);
        }
        return {};
    }));
    return seen;
}

base::Result<std::string> add_organisation(const World& world, const store::Command& command,
                                           const Organisation& wish)
{
    KeptOrganisation made{.id = base::make_uuid_v7(command.now).text(), .organisation = {}};
    TRY(made.organisation, casework::checked(wish));
    TRY([[maybe_unused]] const std::string done,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto known, store::find_organisation_named(change, made.organisation.name));
            if (known) {
                return base::fail(base::Code::Conflict, "the organisation " +
                                                            base::quoted(known->organisation.name) +
                                                            " is there already");
            }
            TRY_STATUS(check_room(change, 1));
            return write(change, made, nullptr);
        }));
    return made.id;
}

base::Status change_organisation(const World& world, const store::Command& command,
                                 std::optional<std::uint64_t> expected, std::string_view id,
                                 const Organisation& wish)
{
    TRY([[maybe_unused]] const std::string done,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const KeptOrganisation before, kept(change, id));
            TRY_STATUS(change.expect(store::organisation_object(id), expected));
            KeptOrganisation after{.id = before.id, .organisation = wish};
            after.organisation.name = before.organisation.name;
            TRY(after.organisation, casework::checked(std::move(after.organisation)));
            if (after.organisation == before.organisation) {
                return {}; // Nothing to do is no change: no record.
            }
            return write(change, after, &before.organisation);
        }));
    return {};
}

base::Status remove_organisation(const World& world, const store::Command& command,
                                 std::optional<std::uint64_t> expected, std::string_view id)
{
    TRY([[maybe_unused]] const std::string done,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const KeptOrganisation before, kept(change, id));
            TRY_STATUS(change.expect(store::organisation_object(id), expected));
            TRY_STATUS(store::remove_organisation(change, id));
            return change.record({.action = "organisation.remove",
                                  .object = store::organisation_object(id),
                                  .before = json_of(before.organisation),
                                  .after = "null"});
        }));
    return {};
}

base::Result<OrganisationImport> import_organisations(const World& world,
                                                      const store::Command& command,
                                                      std::string_view csv,
                                                      OrganisationImportMode mode)
{
    OrganisationImport out;
    const auto file = casework::parse_organisations_csv(csv, out.problems);
    if (!file) {
        return out;
    }
    out.organisations = file->size();
    if (mode == OrganisationImportMode::Dry) {
        TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(const auto steps, steps_of(snapshot, *file, command.now));
            count_steps(steps, out);
            return {};
        }));
        return out;
    }
    TRY([[maybe_unused]] const std::string done,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto steps, steps_of(change, *file, command.now));
            count_steps(steps, out);
            for (const Step& step : steps) {
                TRY_STATUS(write(change, step.after, step.before ? &*step.before : nullptr));
            }
            return {};
        }));
    return out;
}

Sentence sentence_of(const casework::ContactProblem& problem)
{
    using enum casework::ContactProblem::Kind;
    const std::string found = base::quoted(problem.found);
    switch (problem.kind) {
    case Columns:
        return {.id = found + " bukan lima kolom organisation,contact,role,phone,email; beri tanda "
                              "kutip pada teks yang memuat koma, dan tutup setiap kutipan",
                .en = found + " is not the five columns organisation,contact,role,phone,email; "
                              "quote a text that holds a comma, and close every quote"};
    case Text:
        return {.id = found + " memuat byte yang bukan teks UTF-8; simpan berkas sebagai UTF-8",
                .en = found + " holds bytes that are no UTF-8 text; save the file as UTF-8"};
    case Organisation:
        return {.id = "nama perangkat daerah (kolom pertama) kosong pada " + found,
                .en = "the name of the organisation (first column) is missing in " + found};
    case Contact:
        return {.id = "nama narahubung (kolom kedua) kosong untuk " + found,
                .en = "the name of the contact (second column) is missing for " + found};
    case Reach:
        return {.id = "narahubung " + found + " tidak memiliki telepon maupun surel",
                .en = "the contact " + found + " has neither phone nor e-mail"};
    case Phone:
        return {.id = found + " bukan nomor telepon seperti +62 811-1234-567",
                .en = found + " is not a phone number such as +62 811-1234-567"};
    case Email:
        return {.id = found + " bukan alamat surel seperti agen@dinas.example",
                .en = found + " is not an e-mail address such as agen@dinas.example"};
    case Long:
        return {.id = "teks pada " + found + " melebihi " +
                      std::to_string(base::limits::kOfficeTextBytesMax) + " byte",
                .en = "a text at " + found + " has more than " +
                      std::to_string(base::limits::kOfficeTextBytesMax) + " bytes"};
    case Twice:
        return {.id = "narahubung " + found + " sudah ada di baris " +
                      std::to_string(problem.other_line),
                .en = "the contact " + found + " is already on line " +
                      std::to_string(problem.other_line)};
    case Many:
        return {.id = found + " memiliki lebih dari " +
                      std::to_string(base::limits::kOrganisationContactsMax) + " narahubung",
                .en = found + " has more than " +
                      std::to_string(base::limits::kOrganisationContactsMax) + " contacts"};
    }
    return {};
}

} // namespace tanggap::service
