#include "store/assets.h"

#include "store/sqlite/change.h"

namespace tanggap::store {

using sqlite::Statement;

base::Status replace_assets(Change& change, std::span<const normalize::Asset> assets)
{
    auto& database = database_of(change);
    TRY_STATUS(database.run("DELETE FROM assets"));
    TRY(Statement * insert, database.prepared("INSERT INTO assets (network, name, organisation,"
                                              " contact, value) VALUES (?, ?, ?, ?, ?)",
                                              "tttti"));
    for (const normalize::Asset& asset : assets) {
        TRY_STATUS(
            insert->bind(asset.network, asset.name, asset.organisation, asset.contact, asset.value)
                .run());
    }
    return {};
}

base::Status put_asset(Change& change, const normalize::Asset& asset)
{
    TRY(Statement * put,
        database_of(change).prepared("INSERT OR REPLACE INTO assets (network, name, organisation,"
                                     " contact, value) VALUES (?, ?, ?, ?, ?)",
                                     "tttti"));
    return put->bind(asset.network, asset.name, asset.organisation, asset.contact, asset.value)
        .run();
}

base::Status remove_asset(Change& change, std::string_view network)
{
    TRY(Statement * remove,
        database_of(change).prepared("DELETE FROM assets WHERE network = ?", "t"));
    return remove->bind(network).run();
}

base::Result<std::vector<normalize::Asset>> list_assets(Snapshot& snapshot)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared("SELECT network, name, organisation, contact, value"
                                       " FROM assets ORDER BY network",
                                       "", "tttti"));
    TRY_STATUS(rows->start());
    std::vector<normalize::Asset> assets;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        assets.push_back({.network = rows->text(0),
                          .name = rows->text(1),
                          .organisation = rows->text(2),
                          .contact = rows->text(3),
                          .value = static_cast<int>(rows->integer(4))});
        return {};
    }));
    return assets;
}

} // namespace tanggap::store
