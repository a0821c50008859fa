#include "store/advisories.h"

#include <array>

#include "base/report_limits.h"
#include "base/text.h"
#include "store/sqlite/change.h"

namespace tanggap::store {
namespace {

using sqlite::Statement;

constexpr std::array<std::string_view, 3> kStates{"draft", "published", "withdrawn"};
constexpr std::string_view kColumns = "SELECT id, state, document, updated_at FROM advisories ";

base::Result<KeptAdvisory> read_advisory(const Statement& row)
{
    KeptAdvisory advisory{.id = row.text(0),
                          .state = AdvisoryState::Draft,
                          .document = row.text(2),
                          .updated_at = {row.integer(3)}};
    const std::string state = row.text(1);
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (kStates.at(i) == state) {
            advisory.state = static_cast<AdvisoryState>(i);
            return advisory;
        }
    }
    return base::corrupt("advisory " + advisory.id + " has the unknown state " +
                         base::quoted(state));
}

base::Result<std::vector<KeptAdvisory>> read_all(Snapshot& snapshot, std::string_view condition)
{
    std::string sql(kColumns);
    sql.append(condition).append(" ORDER BY id DESC LIMIT ");
    sql.append(std::to_string(base::limits::kAdvisoriesMax));
    TRY(Statement * rows, database_of(snapshot).prepared(sql, "", "ttti"));
    std::vector<KeptAdvisory> advisories;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        TRY(advisories.emplace_back(), read_advisory(*rows));
        return {};
    }));
    return advisories;
}

} // namespace

std::string_view name_of(AdvisoryState state)
{
    return kStates.at(static_cast<std::size_t>(state));
}

base::Status put_advisory(Change& change, const KeptAdvisory& advisory)
{
    TRY(Statement * put,
        database_of(change).prepared(
            "INSERT INTO advisories (id, state, document, updated_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document,"
            " updated_at = excluded.updated_at",
            "ttti"));
    return put
        ->bind(advisory.id, name_of(advisory.state), advisory.document, advisory.updated_at.ns)
        .run();
}

base::Result<KeptAdvisory> find_advisory(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row,
        database_of(snapshot).prepared(std::string(kColumns) + "WHERE id = ?", "t", "ttti"));
    base::Result<KeptAdvisory> found = base::not_found("no advisory " + base::quoted(id));
    TRY([[maybe_unused]] const bool there,
        one_row(row->bind(id), [&] { found = read_advisory(*row); }));
    return found;
}

base::Result<std::vector<KeptAdvisory>> list_advisories(Snapshot& snapshot)
{
    return read_all(snapshot, "");
}

base::Result<std::vector<KeptAdvisory>> list_published_advisories(Snapshot& snapshot)
{
    return read_all(snapshot, "WHERE state = 'published'");
}

} // namespace tanggap::store
