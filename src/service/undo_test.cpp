#include "service/undo.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/command_limits.h"
#include "service/principal.h"
#include "store/alert_state.h"
#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::service {
namespace {

const base::Time kNow = base::Time::from_seconds(1'700'200'000);

model::Alert alert_of(std::uint64_t number)
{
    model::Alert alert;
    alert.number = number;
    alert.id = base::make_uuid_v7(kNow);
    alert.key = {.source = "203.0.113.7", .technique = "T1110", .target = std::to_string(number)};
    return alert;
}

/// Alerts 1 to 3, closed by rina in one command.
class UndoTest : public testing::Test {
protected:
    UndoTest()
    {
        folder_ =
            std::filesystem::temp_directory_path() / ("tanggap-undo-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder_);
        cases_ = std::move(*store::open_sqlite(folder_.string()));
        store::Commit commit;
        commit.cursor = 1;
        commit.range = {.first = 1, .last = 1, .token = "t", .annotations = {}};
        for (std::uint64_t number = 1; number <= 3; ++number) {
            commit.alerts.push_back(alert_of(number));
        }
        EXPECT_TRUE(cases_->commit(commit));
    }
    ~UndoTest() override { std::filesystem::remove_all(folder_); }

    static Principal principal(std::string name, std::vector<std::string> roles)
    {
        Principal who;
        who.user_id = "id-" + name;
        who.name = std::move(name);
        who.scopes = policy::scopes_of_roles(roles);
        who.roles = std::move(roles);
        return who;
    }
    static store::Command command_of(const Principal& who, base::Duration later = {})
    {
        return {.actor = actor_of(who), .now = kNow + later};
    }

    std::string status_of(std::uint64_t number)
    {
        return cases_->find_alert(model::alert_number_text(number))->status;
    }
    std::string set_status(const std::vector<std::uint64_t>& numbers, const Principal& who,
                           const std::string& status,
                           store::Reversible reversible = store::Reversible::Yes)
    {
        const auto done =
            cases_->change(command_of(who), [&](store::Change& change) -> base::Status {
                for (const std::uint64_t number : numbers) {
                    TRY(auto state, store::find_alert_state(change, number));
                    const std::string before(model::name_of(state.status));
                    TRY(state.status, model::parse_alert_status(status));
                    TRY_STATUS(store::put_alert_state(change, number, state));
                    const auto id = cases_->find_alert(model::alert_number_text(number))->id.text();
                    TRY_STATUS(change.record({.action = "alert.set",
                                              .object = {.kind = "alert", .id = id},
                                              .before = R"({"status":")" + before + "\"}",
                                              .after = R"({"status":")" + status + "\"}",
                                              .reversible = reversible}));
                }
                return {};
            });
        EXPECT_TRUE(done) << done.error().message;
        return done ? *done : std::string{};
    }
    base::Result<Undone> undo(const std::string& command, const Principal& who,
                              base::Duration later = {})
    {
        return undo_command(*cases_, who, command_of(who, later), command);
    }

    std::filesystem::path folder_;
    std::unique_ptr<store::CaseStore> cases_;
    const Principal rina_ = principal("rina", {"analyst"});
    const Principal budi_ = principal("budi", {"analyst"});
    const Principal lead_ = principal("sari", {"lead"});
};

TEST_F(UndoTest, a_command_is_taken_back_whole_and_that_is_a_command_too)
{
    const std::string closed = set_status({1, 2, 3}, rina_, "closed");
    const auto undone = undo(closed, rina_);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(undone->objects.size(), 3U);
    EXPECT_TRUE(undone->conflicts.empty());
    EXPECT_EQ(status_of(1), "new");
    EXPECT_EQ(status_of(3), "new");

    const auto again = undo(closed, rina_);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->conflicts.size(), 3U);
    EXPECT_EQ(again->command, "");

    ASSERT_TRUE(undo(undone->command, rina_)); // and forward again
    EXPECT_EQ(status_of(1), "closed");
}

TEST_F(UndoTest, what_changed_since_is_left_alone_and_named)
{
    const std::string closed = set_status({1, 2}, rina_, "closed");
    set_status({2}, budi_, "accepted");
    const auto undone = undo(closed, rina_);
    ASSERT_TRUE(undone);
    EXPECT_EQ(undone->objects.size(), 1U);
    ASSERT_EQ(undone->conflicts.size(), 1U);
    EXPECT_EQ(undone->conflicts[0].object.id, cases_->find_alert("ALR-2")->id.text());
    EXPECT_NE(undone->conflicts[0].detail.find("budi"), std::string::npos);
    EXPECT_EQ(status_of(1), "new");
    EXPECT_EQ(status_of(2), "accepted");
}

TEST_F(UndoTest, by_who_did_it_or_a_lead_who_may)
{
    const std::string closed = set_status({1}, rina_, "closed");
    EXPECT_EQ(undo(closed, budi_).error().code, base::Code::NotFound);
    EXPECT_EQ(undo(closed, principal("rina", {"viewer"})).error().code, base::Code::Denied);
    EXPECT_EQ(undo("no-such-command", lead_).error().code, base::Code::NotFound);
    EXPECT_TRUE(undo(closed, lead_));
    EXPECT_EQ(status_of(1), "new");
}

TEST_F(UndoTest, not_after_ten_minutes_and_not_what_cannot_be)
{
    const std::string closed = set_status({1}, rina_, "closed");
    const base::Duration window(base::limits::kUndoWindow);
    EXPECT_EQ(undo(closed, rina_, window + std::chrono::nanoseconds(1)).error().code,
              base::Code::Conflict);
    EXPECT_TRUE(undo(closed, rina_, window));
    const std::string sent = set_status({2}, rina_, "closed", store::Reversible::No);
    EXPECT_EQ(undo(sent, rina_).error().code, base::Code::Conflict);
    EXPECT_EQ(status_of(2), "closed");
}

} // namespace
} // namespace tanggap::service
