#include "store/organisations.h"

#include <nlohmann/json.hpp>

#include "store/sqlite/change.h"

namespace tanggap::store {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSelect = "SELECT id, name, note, contacts FROM organisations";
constexpr const char* kTypes = "tttt";

std::string json_of(const std::vector<casework::Contact>& contacts)
{
    Json list = Json::array();
    for (const casework::Contact& contact : contacts) {
        list.push_back({{"name", contact.name},
                        {"role", contact.role},
                        {"phone", contact.phone},
                        {"email", contact.email}});
    }
    return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

base::Result<std::vector<casework::Contact>> contacts_of(std::string_view text)
{
    std::vector<casework::Contact> contacts;
    try {
        const Json list = Json::parse(text);
        if (!list.is_array()) {
            return base::corrupt("contacts of an organisation in the case database are no list");
        }
        for (const Json& one : list) {
            contacts.push_back({.name = one.value("name", ""),
                                .role = one.value("role", ""),
                                .phone = one.value("phone", ""),
                                .email = one.value("email", "")});
        }
    } catch (const Json::exception& broken) {
        return base::corrupt(std::string("contacts of an organisation in the case database: ") +
                             broken.what());
    }
    return contacts;
}

base::Result<KeptOrganisation> read(sqlite::Statement& row)
{
    KeptOrganisation kept{.id = row.text(0),
                          .organisation = {.name = row.text(1), .note = row.text(2)}};
    TRY(kept.organisation.contacts, contacts_of(row.text(3)));
    return kept;
}

base::Result<std::optional<KeptOrganisation>> find(Snapshot& snapshot, std::string_view where,
                                                   std::string_view value)
{
    TRY(sqlite::Statement * row,
        database_of(snapshot).prepared(std::string(kSelect).append(where), "t", kTypes));
    std::optional<KeptOrganisation> found;
    TRY_STATUS(sqlite::each_row(row->bind(value), [&]() -> base::Status {
        TRY(found, read(*row));
        return {};
    }));
    return found;
}

} // namespace

base::Result<std::vector<KeptOrganisation>> list_organisations(Snapshot& snapshot)
{
    TRY(sqlite::Statement * rows,
        database_of(snapshot).prepared(std::string(kSelect) + " ORDER BY name", "", kTypes));
    std::vector<KeptOrganisation> all;
    TRY_STATUS(sqlite::each_row(*rows, [&]() -> base::Status {
        TRY(KeptOrganisation one, read(*rows));
        all.push_back(std::move(one));
        return {};
    }));
    return all;
}

base::Result<std::optional<KeptOrganisation>> find_organisation(Snapshot& snapshot,
                                                                std::string_view id)
{
    return find(snapshot, " WHERE id = ?", id);
}

base::Result<std::optional<KeptOrganisation>> find_organisation_named(Snapshot& snapshot,
                                                                      std::string_view name)
{
    return find(snapshot, " WHERE name = ?", name);
}

base::Status put_organisation(Change& change, const KeptOrganisation& organisation)
{
    TRY(sqlite::Statement * put,
        database_of(change).prepared("INSERT INTO organisations (id, name, note, contacts)"
                                     " VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                                     " note = excluded.note, contacts = excluded.contacts",
                                     kTypes));
    return put
        ->bind(organisation.id, organisation.organisation.name, organisation.organisation.note,
               json_of(organisation.organisation.contacts))
        .run();
}

base::Status remove_organisation(Change& change, std::string_view id)
{
    TRY(sqlite::Statement * remove,
        database_of(change).prepared("DELETE FROM organisations WHERE id = ?", "t"));
    return remove->bind(id).run();
}

base::Result<std::map<std::string, std::uint64_t>> count_assets_by_owner(Snapshot& snapshot)
{
    TRY(sqlite::Statement * rows,
        database_of(snapshot).prepared("SELECT min(organisation), count(*) FROM assets"
                                       " WHERE organisation <> '' GROUP BY organisation"
                                       " COLLATE NOCASE",
                                       "", "ti"));
    std::map<std::string, std::uint64_t> counts;
    TRY_STATUS(sqlite::each_row(*rows, [&]() -> base::Status {
        counts.emplace(rows->text(0), rows->natural(1));
        return {};
    }));
    return counts;
}

} // namespace tanggap::store
