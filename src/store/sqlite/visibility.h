// A policy filter as SQL: the ids of a kind that a subject does not see. They are few, so that a
// list asks "NOT IN" of a small set and keeps its own indexes.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"
#include "store/sqlite/database.h"

namespace tanggap::store::sqlite {

struct HiddenIds {
    std::string sql; ///< "SELECT …", one column
    std::vector<SqlValue> values;
};
/// For a filter that spans NotRestricted.
HiddenIds hidden_ids(const policy::Filter& filter, policy::Kind kind);
/// How many there are.
base::Result<std::uint64_t> count_hidden(Database& database, const policy::Filter& filter,
                                         policy::Kind kind);

} // namespace tanggap::store::sqlite
