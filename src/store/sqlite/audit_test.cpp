// Whatever is changed in the records behind the program's back is found, and its place named.
#include "store/audit.h"

#include <random>

#include "store/sqlite/activity_text.h"
#include "store/sqlite/database.h"
#include "store/sqlite/test_world.h"

namespace tanggap::store::sqlite {
namespace {

constexpr std::uint64_t kRecords = 40;

class Audit : public testing::Test {
protected:
    Audit()
    {
        const auto store = open_or_fail(folder_.path());
        for (std::uint64_t i = 1; i <= kRecords; ++i) {
            const Command command{
                .actor = {.kind = ActorKind::User, .id = "u-1", .name = "rina"},
                .now = base::Time::from_seconds(1'700'000'000 + static_cast<std::int64_t>(i))};
            const auto done = store->change(command, [&](Change& change) {
                return change.record({.action = "note.write",
                                      .object = {.kind = "note", .id = std::to_string(i % 5)},
                                      .touched = {{.kind = "case", .id = "c"}},
                                      .after = "{\"n\":" + std::to_string(i) + "}"});
            });
            EXPECT_TRUE(done) << done.error().message;
        }
    }

    /// As a hand with access to the file would.
    void tamper(const std::string& sql)
    {
        auto database = Database::open(folder_.path() + "/cases.sqlite", Access::ReadWrite);
        ASSERT_TRUE(database);
        ASSERT_TRUE((*database)->run(sql)) << sql;
    }
    AuditReport verify()
    {
        const auto report = verify_audit(folder_.path());
        EXPECT_TRUE(report) << report.error().message;
        return report ? *report : AuditReport{};
    }
    /// The record that verification names; 0: none.
    std::uint64_t first_bad()
    {
        const AuditReport report = verify();
        return report.bad ? report.bad->sequence : 0;
    }
    std::string document_of(std::uint64_t sequence)
    {
        auto database = Database::open(folder_.path() + "/cases.sqlite", Access::ReadOnly);
        return *(*database)->text_of("SELECT document FROM activity WHERE sequence = " +
                                     std::to_string(sequence));
    }

    const TestFolder folder_;
};

TEST_F(Audit, what_was_not_touched_holds_and_gives_its_head)
{
    const AuditReport report = verify();
    EXPECT_FALSE(report.bad);
    EXPECT_EQ(report.count, kRecords);
    EXPECT_EQ(report.head, leaf_of(document_of(kRecords)));
    const auto store = open_or_fail(folder_.path()); // and while a server has the folder
    ASSERT_TRUE(store->read([&](Snapshot& snapshot) -> base::Status {
        TRY(const AuditReport online, verify_audit(snapshot));
        EXPECT_EQ(online.head, report.head);
        return {};
    }));
    EXPECT_FALSE(verify().bad);
}

TEST_F(Audit, any_flipped_byte_is_found_and_named)
{
    std::mt19937_64 random(7);
    for (int i = 0; i < 60; ++i) {
        const std::uint64_t sequence = 1 + random() % kRecords;
        const std::string before = document_of(sequence);
        std::string after = before;
        after[random() % after.size()] ^= static_cast<char>(1U << (random() % 7));
        if (after.contains('\'') || after.contains('\0')) {
            continue; // the tampering hand's SQL would not carry it
        }
        const std::string where = " WHERE sequence = " + std::to_string(sequence);
        tamper("UPDATE activity SET document = '" + after + "'" + where);
        EXPECT_EQ(first_bad(), sequence) << after;
        // Hashed again it no longer carries the next one, or the head.
        tamper("UPDATE activity SET leaf = '" + leaf_of(after) + "'" + where);
        const std::uint64_t named = first_bad();
        EXPECT_TRUE(named == sequence || named == sequence + 1) << named << " " << after;
        tamper("UPDATE activity SET document = '" + before + "', leaf = '" + leaf_of(before) + "'" +
               where);
        ASSERT_EQ(first_bad(), 0U);
    }
}

TEST_F(Audit, a_dropped_record_is_missed)
{
    tamper("DELETE FROM activity WHERE sequence = 17");
    EXPECT_EQ(first_bad(), 17U);
    EXPECT_EQ(verify().count, 16U);
    // Closing the gap does not help.
    tamper("UPDATE activity SET sequence = sequence - 1 WHERE sequence > 17");
    EXPECT_EQ(first_bad(), 17U);
}

TEST_F(Audit, swapped_records_are_found)
{
    tamper("UPDATE activity SET sequence = 1000 WHERE sequence = 9");
    tamper("UPDATE activity SET sequence = 9 WHERE sequence = 10");
    tamper("UPDATE activity SET sequence = 10 WHERE sequence = 1000");
    EXPECT_EQ(first_bad(), 9U);
}

TEST_F(Audit, a_tail_cut_is_seen_by_the_kept_head_or_by_one_from_outside)
{
    const std::string head = verify().head;
    tamper("DELETE FROM activity WHERE sequence > 35");
    EXPECT_EQ(first_bad(), 36U);
    // A careful hand mends the head too: only the one kept outside tells.
    tamper("DELETE FROM activity_objects WHERE sequence > 35");
    tamper("UPDATE activity_head SET count = 35, head = '" + leaf_of(document_of(35)) + "'");
    EXPECT_EQ(first_bad(), 0U);
    EXPECT_FALSE(verify_audit(folder_.path(), head)->expected_at);
    const std::string earlier = leaf_of(document_of(30));
    EXPECT_EQ(verify_audit(folder_.path(), earlier)->expected_at, 30U);
}

TEST_F(Audit, columns_and_histories_must_say_what_the_record_says)
{
    for (const std::string column : {"command", "actor_id", "action", "action_kind", "undoes"}) {
        tamper("UPDATE activity SET " + column + " = 'x' || " + column + " WHERE sequence = 5");
        EXPECT_EQ(first_bad(), 5U) << column;
        tamper("UPDATE activity SET " + column + " = substr(" + column + ", 2) WHERE sequence = 5");
        ASSERT_EQ(first_bad(), 0U) << column;
    }
    tamper("UPDATE activity SET time = time + 1 WHERE sequence = 5");
    EXPECT_EQ(first_bad(), 5U);
    tamper("UPDATE activity SET time = time - 1 WHERE sequence = 5");
    tamper("DELETE FROM activity_objects WHERE sequence = 6 AND kind = 'case'");
    EXPECT_EQ(first_bad(), 6U);
    tamper("INSERT INTO activity_objects VALUES ('case', 'c', 6), ('case', 'other', 7)");
    EXPECT_EQ(first_bad(), 7U);
}

TEST_F(Audit, a_record_added_by_hand_does_not_follow)
{
    tamper("INSERT INTO activity SELECT 41, 'x' || id, command, time, actor_id, action_kind,"
           " action, undoes, document, leaf FROM activity WHERE sequence = 40");
    EXPECT_EQ(first_bad(), 41U);
}

TEST_F(Audit, a_folder_without_a_database_is_told)
{
    EXPECT_EQ(verify_audit("/nonexistent").error().code, base::Code::NotFound);
}

} // namespace
} // namespace tanggap::store::sqlite
