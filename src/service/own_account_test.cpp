// Signing in with recovery codes, and what one does with one's own account.
#include <algorithm>
#include <cctype>

#include "base/account_limits.h"
#include "service/people.h"
#include "service/test_accounts.h"

namespace tanggap::service {
namespace {

class OwnAccount : public AccountsTest {
protected:
    OwnAccount() : made_(set_up()), me_(sign_in_as("rina", kPassword, made_.second_factor.secret))
    {
    }

    bool alive(const SignedIn& session)
    {
        return accounts_->principal_of_session(session.token).has_value();
    }
    SignedIn another_session() { return sign_in_as("rina", kPassword, made_.second_factor.secret); }

    const SetupResult made_;
    const SignedIn me_;
};

constexpr std::string_view kNewPassword = "payung basah di beranda";

TEST_F(OwnAccount, a_recovery_code_opens_once_with_or_without_its_dashes)
{
    ASSERT_EQ(made_.second_factor.recovery_codes.size(), base::limits::accounts::kRecoveryCodes);
    const std::string code = made_.second_factor.recovery_codes[0];
    EXPECT_TRUE(sign_in("rina", kPassword, code));
    EXPECT_EQ(sign_in("rina", kPassword, code).error().code, base::Code::Unauthenticated);
    std::string typed = made_.second_factor.recovery_codes[1];
    std::erase(typed, '-');
    std::ranges::transform(typed, typed.begin(),
                           [](char c) { return static_cast<char>(std::toupper(c)); });
    EXPECT_TRUE(sign_in("rina", kPassword, typed));
    EXPECT_EQ(
        sign_in("rina", "wrong password here", made_.second_factor.recovery_codes[2]).error().code,
        base::Code::Unauthenticated);
    EXPECT_TRUE(sign_in("rina", kPassword, made_.second_factor.recovery_codes[2]));
    const auto seen = find_user(*store_, me_.principal, me_.principal.user_id);
    EXPECT_EQ(seen->recovery_codes, base::limits::accounts::kRecoveryCodes - 3);
}

TEST_F(OwnAccount, a_recovery_code_of_another_account_opens_nothing)
{
    const Accepted other = add_account(me_.principal, "budi", {"analyst"});
    EXPECT_FALSE(sign_in("rina", kPassword, other.second_factor.recovery_codes[0]));
    EXPECT_TRUE(sign_in("budi", kPassword, other.second_factor.recovery_codes[0]));
}

TEST_F(OwnAccount, new_recovery_codes_end_the_old_ones)
{
    const auto renewed = accounts_->renew_recovery_codes(me_.principal, command_by(me_.principal));
    ASSERT_TRUE(renewed);
    EXPECT_FALSE(sign_in("rina", kPassword, made_.second_factor.recovery_codes[0]));
    EXPECT_TRUE(sign_in("rina", kPassword, renewed->recovery_codes[0]));
}

TEST_F(OwnAccount, every_sign_in_has_a_token_of_its_own_and_ends_the_session_it_came_with)
{
    clock_.pass(std::chrono::seconds(30));
    const auto second = accounts_->sign_in({.name = "rina",
                                            .password = std::string(kPassword),
                                            .code = code_of(made_.second_factor.secret),
                                            .address = "192.0.2.1",
                                            .replaces = me_.principal.session_hash});
    ASSERT_TRUE(second);
    EXPECT_NE(second->token, me_.token);
    EXPECT_NE(second->principal.csrf, me_.principal.csrf);
    EXPECT_FALSE(alive(me_));
    EXPECT_TRUE(alive(*second));
}

TEST_F(OwnAccount, a_password_change_asks_for_the_current_one_and_ends_other_sessions)
{
    const SignedIn other = another_session();
    const auto change = [&](std::string_view current, std::string_view password) {
        return accounts_->change_password(me_.principal, command_by(me_.principal),
                                          std::string(current), std::string(password));
    };
    EXPECT_EQ(change("wrong password here", kNewPassword).error().code, base::Code::Denied);
    EXPECT_EQ(change(kPassword, "short").error().code, base::Code::Invalid);
    EXPECT_EQ(change(kPassword, "rina dan payung basah").error().code, base::Code::Invalid);
    EXPECT_TRUE(alive(other));
    const auto changed = change(kPassword, kNewPassword);
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_FALSE(alive(other));
    EXPECT_FALSE(alive(me_)); // its token was exchanged
    EXPECT_TRUE(alive(*changed));
    clock_.pass(std::chrono::seconds(30));
    EXPECT_FALSE(sign_in("rina", kPassword, code_of(made_.second_factor.secret)));
    EXPECT_TRUE(sign_in("rina", kNewPassword, code_of(made_.second_factor.secret)));
}

TEST_F(OwnAccount, a_new_second_factor_counts_once_confirmed_and_its_code_is_not_replayed)
{
    const Principal& me = me_.principal;
    EXPECT_EQ(accounts_->confirm_second_factor(me, command_by(me), "000000").error().code,
              base::Code::Conflict);
    const auto started = accounts_->start_second_factor(me, command_by(me));
    ASSERT_TRUE(started);
    clock_.pass(std::chrono::seconds(30));
    // Until confirmed the old one opens and the new one does not.
    EXPECT_FALSE(sign_in("rina", kPassword, code_of(started->secret)));
    EXPECT_TRUE(sign_in("rina", kPassword, code_of(made_.second_factor.secret)));
    EXPECT_EQ(accounts_->confirm_second_factor(me, command_by(me), "000000").error().code,
              base::Code::Invalid);
    const std::string code = code_of(started->secret);
    const auto confirmed = accounts_->confirm_second_factor(me, command_by(me), code);
    ASSERT_TRUE(confirmed) << confirmed.error().message;
    EXPECT_FALSE(sign_in("rina", kPassword, code));
    EXPECT_FALSE(sign_in("rina", kPassword, made_.second_factor.recovery_codes[0]));
    EXPECT_TRUE(sign_in("rina", kPassword, confirmed->recovery_codes[0]));
    clock_.pass(std::chrono::seconds(60));
    EXPECT_TRUE(sign_in("rina", kPassword, code_of(started->secret)));
}

TEST_F(OwnAccount, asking_again_gives_a_new_token_and_spends_the_code)
{
    clock_.pass(std::chrono::minutes(12));
    SignInRequest again{.name = "",
                        .password = std::string(kPassword),
                        .code = code_of(made_.second_factor.secret),
                        .address = "192.0.2.1"};
    const auto fresh = accounts_->reauthenticate(me_.principal, again);
    ASSERT_TRUE(fresh) << fresh.error().message;
    EXPECT_EQ(fresh->principal.authenticated_at, clock_.now());
    EXPECT_EQ(fresh->principal.session_id, me_.principal.session_id);
    EXPECT_FALSE(alive(me_));
    EXPECT_TRUE(alive(*fresh));
    EXPECT_EQ(accounts_->reauthenticate(fresh->principal, again).error().code,
              base::Code::Unauthenticated);
}

TEST_F(OwnAccount, keys_carry_at_most_what_their_maker_has)
{
    const Accepted viewer = add_account(me_.principal, "budi", {"viewer"});
    const SignedIn budi = sign_in_as("budi", kPassword, viewer.second_factor.secret);
    const auto make = [&](NewKey wish) {
        return accounts_->make_api_key(budi.principal, command_by(budi.principal), wish);
    };
    EXPECT_EQ(make({"k", {"admin"}, {}}).error().code, base::Code::Denied);
    EXPECT_EQ(make({"k", {"read", "cases:write"}, {}}).error().code, base::Code::Denied);
    EXPECT_EQ(make({"k", {"everything"}, {}}).error().code, base::Code::Invalid);
    EXPECT_EQ(make({"k", {}, {}}).error().code, base::Code::Invalid);
    EXPECT_EQ(make({"", {"read"}, {}}).error().code, base::Code::Invalid);
    EXPECT_EQ(make({std::string(101, 'k'), {"read"}, {}}).error().code, base::Code::Invalid);
    EXPECT_EQ(make({"k", {"read"}, 0}).error().code, base::Code::Invalid);
    EXPECT_EQ(make({"k", {"read"}, 366}).error().code, base::Code::Invalid);
    const auto made = make({"k", {"read", "read"}, 7});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->key.scopes, (std::vector<std::string>{"read"}));
    EXPECT_TRUE(accounts_->principal_of_key(made->text));
    clock_.pass(std::chrono::hours(24 * 7));
    EXPECT_FALSE(accounts_->principal_of_key(made->text));
}

TEST_F(OwnAccount, a_key_loses_what_its_owner_loses)
{
    const auto made = accounts_->make_api_key(me_.principal, command_by(me_.principal),
                                              {"k", {"admin", "read", "cases:read"}, {}});
    ASSERT_TRUE(made);
    add_account(me_.principal, "budi", {"administrator"});
    ASSERT_TRUE(change_user(
        *store_, me_.principal, command_by(me_.principal), me_.principal.user_id,
        {.roles = std::vector<std::string>{"viewer"}, .disabled = {}, .expected_version = {}}));
    const auto after = accounts_->principal_of_key(made->text);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->scopes, (std::vector<std::string>{"read", "cases:read"}));
}

TEST_F(OwnAccount, sessions_are_seen_and_ended_by_their_owner_alone)
{
    const Accepted other = add_account(me_.principal, "budi", {"analyst"});
    const SignedIn budi = sign_in_as("budi", kPassword, other.second_factor.secret);
    const SignedIn mine = another_session();
    const auto listed =
        list_sessions(*store_, budi.principal, budi.principal.user_id, clock_.now());
    ASSERT_TRUE(listed);
    EXPECT_EQ(listed->size(), 1U);
    EXPECT_EQ(
        list_sessions(*store_, budi.principal, mine.principal.user_id, clock_.now()).error().code,
        base::Code::NotFound);
    const auto end = [&](const SignedIn& by, const std::string& id) {
        return end_session(*store_, by.principal, command_by(by.principal), id);
    };
    const auto foreign = end(budi, mine.principal.session_id);
    const auto unknown = end(budi, "no-such-session");
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().message, unknown.error().message); // no oracle
    EXPECT_TRUE(alive(mine));
    EXPECT_TRUE(end(budi, budi.principal.session_id));
    EXPECT_FALSE(alive(budi));
    ASSERT_TRUE(
        end_sessions(*store_, mine.principal, command_by(mine.principal), mine.principal.user_id));
    EXPECT_FALSE(alive(mine));
    EXPECT_FALSE(alive(me_));
}

TEST_F(OwnAccount, refused_sign_ins_are_recorded_and_a_flood_of_them_is_counted)
{
    const std::size_t before = activities("session.refuse").size();
    for (int i = 0; i < 150; ++i) {
        EXPECT_FALSE(sign_in("nobody-" + std::to_string(i), kPassword, "000000"));
    }
    const std::size_t recorded = activities("session.refuse").size() - before;
    EXPECT_GT(recorded, 90U); // a page shows no more than 100
    EXPECT_FALSE(sign_in("rina", "wrong password here", "000000"));
    clock_.pass(std::chrono::seconds(5));
    EXPECT_FALSE(sign_in("rina", "wrong password here", "000000"));
    const auto last = activities("session.refuse").front();
    EXPECT_EQ(last.effect.touched, (std::vector<store::ObjectRef>{made_.user.object()}));
    EXPECT_NE(last.effect.after.find("not_recorded_before\":31"), std::string::npos)
        << last.effect.after;
    EXPECT_EQ(last.effect.after.find("wrong password"), std::string::npos);
}

TEST_F(OwnAccount, no_record_holds_a_secret)
{
    const Principal& me = me_.principal;
    const auto key = accounts_->make_api_key(me, command_by(me), {"k", {"read"}, {}});
    const auto invitation = accounts_->invite(me, command_by(me), "budi", {"analyst"});
    ASSERT_TRUE(accounts_->change_password(me, command_by(me), std::string(kPassword),
                                           std::string(kNewPassword)));
    ASSERT_TRUE(store_->read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto page, store::list_activities(snapshot, {}, 500));
        EXPECT_GE(page.activities.size(), 5U);
        for (const store::Activity& activity : page.activities) {
            const std::string all = activity.effect.before + activity.effect.after;
            for (const std::string& secret :
                 {std::string(kPassword), std::string(kNewPassword), key->text,
                  key->key.secret_hash, invitation->token, invitation->invite.token_hash,
                  made_.second_factor.secret, me_.token, me.session_hash, me.csrf}) {
                EXPECT_EQ(all.find(secret), std::string::npos) << activity.effect.action;
            }
        }
        return {};
    }));
}

} // namespace
} // namespace tanggap::service
