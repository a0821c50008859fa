#include "store/people.h"

#include "base/account_limits.h"
#include "store/protection.h"
#include "store/sqlite/test_world.h"

namespace tanggap::store::sqlite {
namespace {

const base::Time kNow = base::Time::from_seconds(1'700'200'000);

User user_named(std::string id, std::string name)
{
    return {.id = std::move(id),
            .name = std::move(name),
            .password_hash = "hash",
            .totp_secret_wrapped = "wrapped",
            .totp_last_step = 0,
            .roles = {"analyst", "lead"},
            .disabled = false,
            .created_at = kNow};
}

class People : public testing::Test {
protected:
    People() : store_(open_or_fail(folder_.path())) {}

    template <class Body>
    base::Status change(Body body)
    {
        const Command command{.actor = {.name = "test"}, .now = kNow};
        const auto done = store_->change(command, [&](Change& open) -> base::Status {
            TRY_STATUS(body(open));
            return open.record({.action = "test.do", .object = {.kind = "test", .id = "1"}});
        });
        return done ? base::Status{} : std::unexpected(done.error());
    }
    template <class Read>
    auto read(Read body)
    {
        decltype(body(std::declval<Snapshot&>())) result = base::internal("not read");
        EXPECT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
            result = body(snapshot);
            return {};
        }));
        return result;
    }

    const TestFolder folder_;
    std::unique_ptr<CaseStore> store_;
};

TEST_F(People, a_name_is_one_account_whatever_its_case)
{
    ASSERT_TRUE(change([](Change& c) { return add_user(c, user_named("u1", "Rina")); }));
    const auto found = read([](Snapshot& s) { return find_user(s, "RINA"); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->roles, (std::vector<std::string>{"analyst", "lead"}));
    EXPECT_EQ(change([](Change& c) { return add_user(c, user_named("u2", "rina")); }).error().code,
              base::Code::Conflict);
    EXPECT_EQ(read([](Snapshot& s) { return find_user(s, "nobody"); }).error().code,
              base::Code::NotFound);
}

TEST_F(People, administrators_count_while_they_are_not_disabled)
{
    User user = user_named("u1", "rina");
    user.roles = {"administrator"};
    ASSERT_TRUE(change([&](Change& c) { return add_user(c, user); }));
    EXPECT_EQ(*read([](Snapshot& s) { return count_administrators(s); }), 1U);
    user.disabled = true;
    ASSERT_TRUE(change([&](Change& c) { return put_user(c, user); }));
    EXPECT_EQ(*read([](Snapshot& s) { return count_administrators(s); }), 0U);
    user.id = "u9";
    EXPECT_EQ(change([&](Change& c) { return put_user(c, user); }).error().code,
              base::Code::NotFound);
}

TEST_F(People, a_code_counts_once)
{
    ASSERT_TRUE(change([](Change& c) { return add_user(c, user_named("u1", "rina")); }));
    ASSERT_TRUE(change([](Change& c) { return use_totp_step(c, "u1", 7); }));
    for (const std::uint64_t step : {std::uint64_t{7}, std::uint64_t{6}}) {
        EXPECT_EQ(change([&](Change& c) { return use_totp_step(c, "u1", step); }).error().code,
                  base::Code::Conflict);
    }
    ASSERT_TRUE(change([](Change& c) { return replace_recovery_codes(c, "u1", {"a", "b"}); }));
    EXPECT_TRUE(*read([](Snapshot& s) { return has_recovery_code(s, "u1", "a"); }));
    EXPECT_FALSE(*read([](Snapshot& s) { return has_recovery_code(s, "u2", "a"); }));
    ASSERT_TRUE(change([](Change& c) { return use_recovery_code(c, "u1", "a"); }));
    EXPECT_EQ(change([](Change& c) { return use_recovery_code(c, "u1", "a"); }).error().code,
              base::Code::Conflict);
    EXPECT_EQ(*read([](Snapshot& s) { return count_recovery_codes(s, "u1"); }), 1U);
}

TEST_F(People, keys_are_listed_by_owner_bounded_and_removed)
{
    const auto key_of = [](std::size_t i) {
        ApiKey key;
        key.id = "k" + std::to_string(i);
        key.user_id = "u1";
        key.scopes = {"events:ingest", "read"};
        return key;
    };
    for (std::size_t i = 0; i < base::limits::accounts::kApiKeysPerUserMax; ++i) {
        ASSERT_TRUE(change([&](Change& c) { return add_api_key(c, key_of(i)); }));
    }
    EXPECT_EQ(change([&](Change& c) { return add_api_key(c, key_of(999)); }).error().code,
              base::Code::Exhausted);
    ASSERT_TRUE(change([](Change& c) { return remove_api_key(c, "k3"); }));
    EXPECT_EQ(read([](Snapshot& s) { return find_api_key(s, "k3"); }).error().code,
              base::Code::NotFound);
    EXPECT_EQ(read([](Snapshot& s) { return find_api_key(s, "k4"); })->scopes, key_of(4).scopes);
    EXPECT_TRUE(read([](Snapshot& s) { return list_api_keys(s, "u2"); })->empty());
}

TEST_F(People, sessions_are_renewed_ended_one_by_one_and_all_at_once)
{
    const auto session_of = [](const std::string& name, const std::string& user) {
        Session session{.token_hash = "hash-" + name,
                        .user_id = user,
                        .csrf = "c",
                        .created_at = kNow,
                        .last_seen_at = kNow};
        session.id = name;
        return session;
    };
    for (const char* const name : {"a", "b", "c"}) {
        ASSERT_TRUE(change([&](Change& c) { return add_session(c, session_of(name, "u1")); }));
    }
    ASSERT_TRUE(change([&](Change& c) { return add_session(c, session_of("z", "u2")); }));
    Session renewed = session_of("a", "u1");
    renewed.token_hash = "hash-new";
    ASSERT_TRUE(change([&](Change& c) { return renew_session(c, "hash-a", renewed); }));
    EXPECT_FALSE(read([](Snapshot& s) { return find_session(s, "hash-a"); }));
    EXPECT_EQ(read([](Snapshot& s) { return find_session(s, "hash-new"); })->id, "a");
    ASSERT_TRUE(store_->touch_session("hash-new", {5}));
    EXPECT_EQ(read([](Snapshot& s) { return find_session_by_id(s, "a"); })->last_seen_at.ns, 5);
    ASSERT_TRUE(change([](Change& c) { return remove_session(c, "b"); }));
    std::size_t ended = 0;
    ASSERT_TRUE(change([&](Change& c) -> base::Status {
        TRY(ended, remove_sessions(c, "u1", "a"));
        return {};
    }));
    EXPECT_EQ(ended, 1U);
    EXPECT_EQ(read([](Snapshot& s) { return list_sessions(s, "u1"); })->size(), 1U);
    EXPECT_EQ(read([](Snapshot& s) { return list_sessions(s, "u2"); })->size(), 1U);
}

TEST_F(People, an_account_has_a_bounded_number_of_sessions)
{
    for (std::size_t i = 0; i < base::limits::accounts::kSessionsPerUserMax + 3; ++i) {
        Session session;
        session.token_hash = session.id = "s" + std::to_string(i);
        session.user_id = "u1";
        session.created_at = session.last_seen_at = kNow + std::chrono::seconds(i);
        ASSERT_TRUE(change([&](Change& c) { return add_session(c, session); }));
    }
    EXPECT_EQ(read([](Snapshot& s) { return list_sessions(s, "u1"); })->size(),
              base::limits::accounts::kSessionsPerUserMax);
    EXPECT_FALSE(read([](Snapshot& s) { return find_session(s, "s0"); })); // the oldest went
}

TEST_F(People, an_invitation_is_found_until_it_expires_and_one_name_has_one)
{
    const auto invite_of = [](const std::string& id, InviteKind kind) {
        Invite invite;
        invite.id = id;
        invite.token_hash = "hash-" + id;
        invite.kind = kind;
        invite.name = "budi";
        invite.roles = {"analyst"};
        invite.created_at = kNow;
        invite.expires_at = kNow + std::chrono::hours(1);
        return invite;
    };
    ASSERT_TRUE(
        change([&](Change& c) { return add_invite(c, invite_of("1", InviteKind::Account)); }));
    ASSERT_TRUE(
        change([&](Change& c) { return add_invite(c, invite_of("2", InviteKind::Account)); }));
    ASSERT_TRUE(
        change([&](Change& c) { return add_invite(c, invite_of("3", InviteKind::Password)); }));
    const auto found_at = [&](const std::string& hash, base::Time now) {
        return read([&](Snapshot& s) { return find_invite(s, hash, now); });
    };
    EXPECT_FALSE(found_at("hash-1", kNow));
    EXPECT_EQ(found_at("hash-2", kNow)->roles, (std::vector<std::string>{"analyst"}));
    EXPECT_EQ(found_at("hash-3", kNow)->kind, InviteKind::Password);
    EXPECT_FALSE(found_at("hash-2", kNow + std::chrono::hours(1)));
    EXPECT_EQ(read([&](Snapshot& s) { return list_invites(s, kNow); })->size(), 2U);
}

TEST_F(People, what_is_restricted_is_in_no_list_and_no_count_of_others)
{
    ASSERT_TRUE(store_->commit(commit_of(1, {sample_alert(1), sample_alert(2), sample_alert(3)})));
    const std::string id = store_->find_alert("ALR-2")->id.text();
    ASSERT_TRUE(change([&](Change& c) {
        return put_protection(c, {"alert", id}, {.tlp = policy::Tlp::Red, .named = {"u1"}});
    }));
    const auto list_for = [&](const std::string& user, bool red) {
        AlertPageRequest request;
        request.now = kNow;
        request.visible = {
            .span = policy::Filter::Span::NotRestricted, .user_id = user, .red = red};
        const auto page = store_->list_alerts(request);
        const auto facets = store_->alert_facets(std::array<std::string, 1>{"rule"}, nullptr, 5,
                                                 kNow, request.visible);
        std::uint64_t counted = 0;
        for (const auto& [rule, count] : facets->front()) {
            counted += count;
        }
        EXPECT_EQ(page->total, counted);
        EXPECT_EQ(page->alerts.size(), counted);
        return counted;
    };
    EXPECT_EQ(list_for("u1", true), 3U);
    EXPECT_EQ(list_for("u1", false), 2U); // a key of the named person
    EXPECT_EQ(list_for("u2", true), 2U);
    AlertPageRequest nobody;
    EXPECT_TRUE(store_->list_alerts(nobody)->alerts.empty()); // by default nothing
}

} // namespace
} // namespace tanggap::store::sqlite
