#include "store/profile.h"

#include "store/sqlite/change.h"

namespace tanggap::store {

base::Result<std::string> find_profile(Snapshot& snapshot)
{
    TRY(sqlite::Statement * row,
        database_of(snapshot).prepared("SELECT document FROM profile WHERE one = 1", "", "t"));
    std::string json;
    TRY([[maybe_unused]] const bool found, sqlite::one_row(*row, [&] { json = row->text(0); }));
    return json;
}

base::Status put_profile(Change& change, std::string_view json)
{
    TRY(sqlite::Statement * put,
        database_of(change).prepared("INSERT INTO profile (one, document) VALUES (1, ?)"
                                     " ON CONFLICT (one) DO UPDATE SET document ="
                                     " excluded.document",
                                     "t"));
    return put->bind(json).run();
}

} // namespace tanggap::store
