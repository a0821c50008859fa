// Snapshots and changes over a connection. What lies between the ports by subject and their SQL:
// `database_of(change)` is where a function of a port finds its connection.
#pragma once

#include "base/id.h"
#include "store/activity.h"
#include "store/sqlite/database.h"

namespace tanggap::store {

/// The connection behind a snapshot or change: for the files of store/sqlite.
inline sqlite::Database& database_of(Snapshot& snapshot)
{
    return snapshot.database_;
}

namespace sqlite {

class OpenSnapshot final : public Snapshot {
public:
    explicit OpenSnapshot(Database& database) : Snapshot(database) {}
};

/// Inside a transaction of the writing connection.
class OpenChange final : public Change {
public:
    OpenChange(Database& database, const Command& command)
        : Change(database, command, base::make_uuid_v7(command.now).text())
    {
    }
};

} // namespace sqlite
} // namespace tanggap::store
