#include "store/audit.h"

#include <algorithm>
#include <filesystem>

#include "store/sqlite/activity_text.h"
#include "store/sqlite/change.h"

namespace tanggap::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

/// One row of `activity`, columns as read.
struct Row {
    std::uint64_t sequence = 0;
    std::string id;
    std::string command;
    std::int64_t time_ns = 0;
    std::string actor_id;
    std::string action_kind;
    std::string action;
    std::string undoes;
    std::string document;
    std::string leaf;
};

Row read_row(const Statement& row)
{
    return {.sequence = row.natural(0),
            .id = row.text(1),
            .command = row.text(2),
            .time_ns = row.integer(3),
            .actor_id = row.text(4),
            .action_kind = row.text(5),
            .action = row.text(6),
            .undoes = row.text(7),
            .document = row.text(8),
            .leaf = row.text(9)};
}

/// Empty: the row says what its document says.
std::string difference(const Row& row, const Activity& activity)
{
    if (row.sequence != activity.sequence) {
        return "its text is that of record " + std::to_string(activity.sequence);
    }
    const bool same = row.id == activity.id && row.command == activity.command &&
                      row.time_ns == activity.time.ns && row.actor_id == activity.actor.id &&
                      row.action == activity.effect.action &&
                      row.action_kind == sqlite::kind_of_action(activity.effect.action) &&
                      row.undoes == activity.effect.undoes;
    return same ? "" : "the columns of its row do not say what its text says";
}

/// Walks the records in order; stops at the first that does not hold.
class Walk {
public:
    explicit Walk(Database& database, std::string expect_head = {})
        : database_(database), expect_head_(std::move(expect_head))
    {
        advance(0, std::string(sqlite::kNoHead));
    }

    base::Result<AuditReport> run()
    {
        while (!report_.bad) {
            const auto row = next();
            if (!row && row.error().code != base::Code::Corrupt) {
                return std::unexpected(row.error());
            }
            if (!row) {
                bad(report_.count + 1, "it cannot be read: " + row.error().message);
            } else if (!*row) {
                break;
            } else {
                TRY_STATUS(look_at(**row));
            }
        }
        if (!report_.bad) {
            TRY_STATUS(look_at_head());
        }
        return report_;
    }

private:
    void bad(std::uint64_t sequence, std::string what)
    {
        report_.bad = BadRecord{.sequence = sequence, .what = std::move(what)};
    }

    void advance(std::uint64_t sequence, std::string leaf)
    {
        report_.count = sequence;
        report_.head = std::move(leaf);
        if (!expect_head_.empty() && report_.head == expect_head_) {
            report_.expected_at = sequence;
        }
    }

    base::Result<std::optional<Row>> next()
    {
        TRY(Statement * rows,
            database_.prepared("SELECT sequence, id, command, time, actor_id, action_kind, action,"
                               " undoes, document, leaf FROM activity WHERE sequence > ?"
                               " ORDER BY sequence LIMIT 1",
                               "i", "ittitttttt"));
        std::optional<Row> row;
        TRY([[maybe_unused]] const bool found,
            one_row(rows->bind(report_.count), [&] { row = read_row(*rows); }));
        return row;
    }

    base::Status look_at(const Row& row)
    {
        const std::uint64_t expected = report_.count + 1;
        if (row.sequence != expected) {
            bad(expected,
                "it is missing; the next one there is record " + std::to_string(row.sequence));
            return {};
        }
        if (sqlite::leaf_of(row.document) != row.leaf) {
            bad(expected, "its text is not the one that was hashed");
            return {};
        }
        const auto read = sqlite::read_activity(row.document);
        if (!read) {
            bad(expected, read.error().message);
            return {};
        }
        if (read->previous != report_.head) {
            bad(expected, "it does not follow the record before it");
            return {};
        }
        if (std::string what = difference(row, read->activity); !what.empty()) {
            bad(expected, std::move(what));
            return {};
        }
        return look_at_objects(row, read->activity);
    }

    /// The histories of objects must lead to it, and to no record that is not theirs.
    base::Status look_at_objects(const Row& row, const Activity& activity)
    {
        TRY(Statement * rows,
            database_.prepared("SELECT kind, id FROM activity_objects"
                               " INDEXED BY activity_objects_sequence WHERE sequence = ?",
                               "i", "tt"));
        std::vector<std::pair<std::string, std::string>> found;
        TRY_STATUS(each_row(rows->bind(row.sequence), [&]() -> base::Status {
            found.emplace_back(rows->text(0), rows->text(1));
            return {};
        }));
        std::vector<std::pair<std::string, std::string>> expected{
            {activity.effect.object.kind, activity.effect.object.id}};
        for (const ObjectRef& touched : activity.effect.touched) {
            expected.emplace_back(touched.kind, touched.id);
        }
        std::ranges::sort(found);
        std::ranges::sort(expected);
        const auto twice = std::ranges::unique(expected);
        expected.erase(twice.begin(), twice.end());
        if (found != expected) {
            bad(row.sequence, "the histories of its objects do not lead to it");
            return {};
        }
        advance(row.sequence, row.leaf);
        return {};
    }

    base::Status look_at_head()
    {
        TRY(Statement * row, database_.prepared("SELECT count, head FROM activity_head"
                                                " WHERE one = ?",
                                                "i", "it"));
        std::uint64_t count = 0;
        std::string head;
        TRY(const bool found, one_row(row->bind(1), [&] {
                count = row->natural(0);
                head = row->text(1);
            }));
        if (!found || count != report_.count || head != report_.head) {
            bad(report_.count + 1, "the database says that there are " + std::to_string(count) +
                                       " records; the last ones were cut off, or added by hand");
        }
        return {};
    }

    Database& database_;
    std::string expect_head_;
    AuditReport report_;
};

} // namespace

base::Result<AuditReport> verify_audit(Snapshot& snapshot)
{
    return Walk(database_of(snapshot)).run();
}

base::Result<AuditReport> verify_audit(const std::string& folder, const std::string& expect_head)
{
    const std::string file = folder + "/cases.sqlite";
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return base::not_found("there is no case database " + file +
                               "; give --data the folder of `tanggap serve`");
    }
    TRY(const auto database, Database::open(file, sqlite::Access::ReadOnly));
    TRY(const std::int64_t there,
        database->integer_of("SELECT count(*) FROM sqlite_master WHERE type = 'table'"
                             " AND name = 'activity'"));
    if (there == 0) {
        return base::not_found(file + " holds no activity records: start `tanggap serve` of this"
                                      " version on it once");
    }
    // One view, also while a server writes.
    TRY_STATUS(database->run("BEGIN"));
    return Walk(*database, expect_head).run();
}

} // namespace tanggap::store
