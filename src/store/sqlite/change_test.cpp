// Commands: state and record together or not at all, versions, histories, repeated requests.
#include "store/sqlite/change.h"

#include "base/command_limits.h"
#include "base/limits.h"
#include "store/alert_state.h"
#include "store/sqlite/test_world.h"

namespace tanggap::store::sqlite {
namespace {

const base::Time kNow = base::Time::from_seconds(1'700'200'000);

Command command_of(std::string key = {}, std::string fingerprint = {})
{
    return {.actor = {.kind = ActorKind::User, .id = "u-1", .name = "rina", .key_id = {}},
            .now = kNow,
            .reason = "scanner of ours",
            .idempotency_key = std::move(key),
            .fingerprint = std::move(fingerprint)};
}

Effect note_on(std::string id, std::string text)
{
    return {.action = "note.write",
            .object = {.kind = "note", .id = std::move(id)},
            .touched = {{.kind = "case", .id = "c-1"}},
            .before = R"({"text":"old"})",
            .after = R"({"text":")" + text + "\"}",
            .reversible = Reversible::Yes,
            .undoes = {}};
}

base::Result<std::string> record(CaseStore& store, Effect effect, Command command = command_of())
{
    return store.change(command, [&](Change& change) { return change.record(effect); });
}

std::vector<Activity> activities(CaseStore& store, const ActivityFilter& filter = {},
                                 std::size_t limit = 100, std::uint64_t before = 0)
{
    std::vector<Activity> found;
    const auto read = store.read([&](Snapshot& snapshot) -> base::Status {
        TRY(auto page, list_activities(snapshot, filter, limit, before));
        found = std::move(page.activities);
        return {};
    });
    EXPECT_TRUE(read) << read.error().message;
    return found;
}

std::uint64_t version(CaseStore& store, const ObjectRef& object)
{
    ObjectVersion found;
    const auto read = store.read([&](Snapshot& snapshot) -> base::Status {
        TRY(found, version_of(snapshot, object));
        return {};
    });
    EXPECT_TRUE(read);
    return found.version;
}

TEST(Change, what_was_done_is_read_back_as_it_was_recorded)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    const auto command = record(*store, note_on("n-1", "new"), command_of("key-1"));
    ASSERT_TRUE(command) << command.error().message;
    const auto found = activities(*store);
    ASSERT_EQ(found.size(), 1U);
    const Activity& activity = found.front();
    EXPECT_EQ(activity.sequence, 1U);
    EXPECT_EQ(activity.command, *command);
    EXPECT_EQ(activity.time, kNow);
    EXPECT_EQ(activity.actor.kind, ActorKind::User);
    EXPECT_EQ(activity.actor.name, "rina");
    EXPECT_EQ(activity.effect.action, "note.write");
    EXPECT_EQ(activity.effect.before, R"({"text":"old"})");
    EXPECT_EQ(activity.effect.after, R"({"text":"new"})");
    EXPECT_EQ(activity.effect.touched, (std::vector<ObjectRef>{{"case", "c-1"}}));
    EXPECT_EQ(activity.reason, "scanner of ours");
    EXPECT_EQ(activity.idempotency_key, "key-1");
    EXPECT_EQ(activity.version, 1U);
    EXPECT_EQ(activity.undone_by, "");
}

TEST(Change, a_body_that_fails_leaves_neither_state_nor_record)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    ASSERT_TRUE(store->commit(commit_of(1, {sample_alert(1)})));
    const auto failed = store->change(command_of(), [&](Change& change) -> base::Status {
        TRY_STATUS(put_alert_state(change, 1, {.status = model::AlertStatus::Closed}));
        TRY_STATUS(change.record(note_on("n-1", "new")));
        return base::invalid("no");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, base::Code::Invalid);
    EXPECT_TRUE(activities(*store).empty());
    EXPECT_EQ(version(*store, {"note", "n-1"}), 0U);
    EXPECT_EQ(store->find_alert("ALR-1")->status, "new");
}

TEST(Change, state_without_a_record_is_refused_and_a_command_that_does_nothing_is_not)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    ASSERT_TRUE(store->commit(commit_of(1, {sample_alert(1)})));
    const auto silent = store->change(command_of(), [&](Change& change) {
        return put_alert_state(change, 1, {.status = model::AlertStatus::Closed});
    });
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().code, base::Code::Internal);
    EXPECT_EQ(store->find_alert("ALR-1")->status, "new");
    const auto nothing = store->change(command_of(), [](Change&) { return base::Status{}; });
    ASSERT_TRUE(nothing);
    EXPECT_EQ(*nothing, "");
}

TEST(Change, before_and_after_must_be_json_of_bounded_length)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    Effect effect = note_on("n-1", "new");
    effect.after = "not json";
    EXPECT_EQ(record(*store, effect).error().code, base::Code::Internal);
    effect.after = "{\"text\":\"\xff\"}";
    EXPECT_EQ(record(*store, effect).error().code, base::Code::Internal);
    effect.after = "\"" + std::string(base::limits::kActivityBytesMax, 'x') + "\"";
    EXPECT_EQ(record(*store, effect).error().code, base::Code::Invalid);
    EXPECT_TRUE(activities(*store).empty());
}

TEST(Change, versions_count_the_records_of_an_object_and_a_stale_one_is_refused)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    const ObjectRef note{"note", "n-1"};
    const auto write = [&](std::optional<std::uint64_t> expected) {
        return store->change(command_of(), [&](Change& change) -> base::Status {
            TRY_STATUS(change.expect(note, expected));
            return change.record(note_on("n-1", "x"));
        });
    };
    EXPECT_TRUE(write(0));
    EXPECT_TRUE(write(1));
    const auto stale = write(1);
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().code, base::Code::Conflict);
    EXPECT_NE(stale.error().message.find("rina"), std::string::npos);
    EXPECT_TRUE(write(std::nullopt));
    EXPECT_EQ(version(*store, note), 3U);
    EXPECT_EQ(version(*store, {"case", "c-1"}), 0U); // touched, not changed
}

TEST(Change, histories_are_pages_by_object_actor_action_and_time)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    for (int i = 0; i < 7; ++i) {
        Command command = command_of();
        command.now = kNow + std::chrono::seconds(i);
        command.actor.id = i % 2 == 0 ? "u-1" : "u-2";
        Effect effect = note_on("n-" + std::to_string(i % 3), "x");
        effect.action = i == 6 ? "label.add" : "note.write";
        ASSERT_TRUE(record(*store, effect, command));
    }
    const auto sequences = [&](const ActivityFilter& filter, std::size_t limit = 100,
                               std::uint64_t before = 0) {
        std::vector<std::uint64_t> found;
        for (const Activity& activity : activities(*store, filter, limit, before)) {
            found.push_back(activity.sequence);
        }
        return found;
    };
    using Numbers = std::vector<std::uint64_t>;
    EXPECT_EQ(sequences({.object = ObjectRef{"note", "n-0"}}), (Numbers{7, 4, 1}));
    EXPECT_EQ(sequences({.object = ObjectRef{"case", "c-1"}}, 3), (Numbers{7, 6, 5}));
    EXPECT_EQ(sequences({.object = ObjectRef{"case", "c-1"}}, 3, 5), (Numbers{4, 3, 2}));
    EXPECT_EQ(sequences({.actor_id = "u-2"}), (Numbers{6, 4, 2}));
    EXPECT_EQ(sequences({.action = "label"}), (Numbers{7}));
    EXPECT_EQ(sequences({.action = "note.write"}, 2), (Numbers{6, 5}));
    EXPECT_EQ(sequences({.action = "note.wr"}), (Numbers{}));
    EXPECT_EQ(sequences({.object = ObjectRef{"note", "n-0"},
                         .actor_id = "u-1",
                         .from = kNow,
                         .to = kNow + std::chrono::seconds(6)}),
              (Numbers{1}));
}

TEST(Change, a_key_is_carried_out_once_and_its_answer_kept)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    const Command command = command_of("key-1", "print-1");
    EXPECT_EQ(store->find_answer(command.actor, "key-1", kNow).error().code, base::Code::NotFound);
    const auto first = record(*store, note_on("n-1", "x"), command);
    ASSERT_TRUE(first);
    EXPECT_EQ(record(*store, note_on("n-1", "x"), command).error().code, base::Code::Conflict);
    EXPECT_EQ(activities(*store).size(), 1U);

    auto kept = store->find_answer(command.actor, "key-1", kNow);
    ASSERT_TRUE(kept);
    EXPECT_FALSE(kept->answered);
    EXPECT_EQ(kept->fingerprint, "print-1");
    EXPECT_EQ(kept->command, *first);
    kept->status = 201;
    kept->body = "{}";
    ASSERT_TRUE(store->keep_answer(command.actor, "key-1", kNow, *kept));
    kept = store->find_answer(command.actor, "key-1", kNow);
    EXPECT_TRUE(kept->answered);
    EXPECT_EQ(kept->status, 201);

    Command another = command;
    another.actor.id = "u-2";
    EXPECT_TRUE(record(*store, note_on("n-1", "x"), another)); // keys belong to their account
    Command tomorrow = command;
    tomorrow.now =
        kNow + base::Duration(base::limits::kIdempotencyKeyAge) + std::chrono::seconds(1);
    EXPECT_FALSE(store->find_answer(command.actor, "key-1", tomorrow.now));
    EXPECT_TRUE(record(*store, note_on("n-1", "x"), tomorrow));
}

TEST(Change, what_people_decided_survives_the_pipeline)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    ASSERT_TRUE(store->commit(commit_of(1, {sample_alert(1), sample_alert(2)})));
    const model::AlertState decided{.status = model::AlertStatus::Snoozed,
                                    .since = kNow,
                                    .accepted_at = kNow,
                                    .close_reason = {},
                                    .assignee = "u-1",
                                    .case_id = {},
                                    .merged_into = 0,
                                    .snoozed_until = kNow,
                                    .labels = {"botnet", "vip"},
                                    .priority = 99,
                                    .baseline = {.events = 1, .events_per_hour = 1, .at = kNow}};
    model::AlertState closed{.status = model::AlertStatus::Closed};
    closed.close_reason = "benign";
    ASSERT_TRUE(store->change(command_of(), [&](Change& change) -> base::Status {
        TRY_STATUS(put_alert_state(change, 1, decided));
        TRY_STATUS(put_alert_state(change, 2, closed));
        return change.record(note_on("n-1", "x"));
    }));
    ASSERT_TRUE(store->commit(commit_of(2, {sample_alert(1), sample_alert(2)})));
    ASSERT_TRUE(store->read([&](Snapshot& snapshot) -> base::Status {
        TRY(const model::AlertState first, find_alert_state(snapshot, 1));
        EXPECT_EQ(first, decided);
        TRY(const model::AlertState second, find_alert_state(snapshot, 2));
        EXPECT_EQ(second.status, model::AlertStatus::Regressed) << "it grew after it was closed";
        EXPECT_EQ(second.close_reason, "");
        EXPECT_EQ(find_alert_state(snapshot, 3).error().code, base::Code::NotFound);
        return {};
    }));
    EXPECT_EQ(store->find_alert("ALR-1")->priority, 99) << "a person set it";
    const auto found =
        activities(*store, {.object = ObjectRef{"alert", store->find_alert("ALR-2")->id.text()}});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().effect.action, "alert.reopen");
    EXPECT_EQ(found.front().actor.kind, ActorKind::System);
}

} // namespace
} // namespace tanggap::store::sqlite
