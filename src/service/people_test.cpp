// Administration of accounts, and the links it hands out.
#include "service/people.h"

#include "base/account_limits.h"
#include "base/command_limits.h"
#include "service/audit.h"
#include "service/protection.h"
#include "service/test_accounts.h"
#include "service/undo.h"

namespace tanggap::service {
namespace {

using Roles = std::vector<std::string>;

class People : public AccountsTest {
protected:
    People()
        : made_(set_up()),
          admin_(sign_in_as("rina", kPassword, made_.second_factor.secret).principal)
    {
    }

    base::Result<std::string> change(const Principal& by, const std::string& id, UserChange wish)
    {
        return change_user(*store_, by, command_by(by), id, wish);
    }
    base::Result<std::string> set_roles(const Principal& by, const std::string& id, Roles roles)
    {
        return change(by, id, {.roles = std::move(roles), .disabled = {}, .expected_version = {}});
    }
    base::Result<std::string> disable(const Principal& by, const std::string& id)
    {
        return change(by, id, {.roles = {}, .disabled = true, .expected_version = {}});
    }
    base::Result<Accepted> accept(const std::string& token, std::string_view password,
                                  const std::string& code = {},
                                  const std::string& address = "192.0.2.3")
    {
        return accounts_->accept_invitation(
            {.token = token, .password = std::string(password), .code = code, .address = address});
    }

    const SetupResult made_;
    const Principal admin_;
};

TEST_F(People, the_last_administrator_can_neither_go_nor_be_demoted)
{
    EXPECT_EQ(disable(admin_, admin_.user_id).error().code, base::Code::Conflict);
    EXPECT_EQ(set_roles(admin_, admin_.user_id, {"lead"}).error().code, base::Code::Conflict);
    const Accepted other = add_account(admin_, "budi", {"administrator"});
    ASSERT_TRUE(disable(admin_, other.user.id)); // one is left
    EXPECT_EQ(set_roles(admin_, admin_.user_id, {"lead"}).error().code, base::Code::Conflict);
    ASSERT_TRUE(
        change(admin_, other.user.id, {.roles = {}, .disabled = false, .expected_version = {}}));
    EXPECT_TRUE(set_roles(admin_, admin_.user_id, {"lead"}));
}

TEST_F(People, taking_back_a_role_that_is_needed_is_refused)
{
    const Accepted other = add_account(admin_, "budi", {"lead"});
    ASSERT_TRUE(set_roles(admin_, other.user.id, {"administrator"}));
    const std::string raised = activities("user.roles").front().command;
    const Principal budi = sign_in_as("budi", kPassword, other.second_factor.secret).principal;
    ASSERT_TRUE(disable(budi, admin_.user_id));
    // rina is shut out now; her command is taken back by another administrator who is lead.
    Principal lead = budi;
    lead.roles = {"administrator", "lead"};
    lead.scopes = policy::scopes_of_roles(lead.roles);
    const auto undone = undo_command(*store_, lead, command_by(lead), raised);
    ASSERT_FALSE(undone);
    EXPECT_EQ(undone.error().code, base::Code::Conflict);
}

TEST_F(People, disabling_ends_sessions_and_keys_at_once_and_is_taken_back)
{
    const Accepted other = add_account(admin_, "budi", {"analyst"});
    const SignedIn budi = sign_in_as("budi", kPassword, other.second_factor.secret);
    const auto key =
        accounts_->make_api_key(budi.principal, command_by(budi.principal), {"k", {"read"}, {}});
    ASSERT_TRUE(disable(admin_, other.user.id));
    EXPECT_FALSE(accounts_->principal_of_session(budi.token));
    EXPECT_FALSE(accounts_->principal_of_key(key->text));
    clock_.pass(std::chrono::seconds(30));
    EXPECT_FALSE(sign_in("budi", kPassword, code_of(other.second_factor.secret)));
    const std::string command = activities("user.disable").front().command;
    ASSERT_TRUE(undo_command(*store_, admin_, command_by(admin_), command));
    EXPECT_TRUE(accounts_->principal_of_key(key->text));
    EXPECT_FALSE(accounts_->principal_of_session(budi.token)); // sessions do not come back
}

TEST_F(People, new_rights_begin_with_a_new_sign_in)
{
    const Accepted other = add_account(admin_, "budi", {"viewer"});
    const SignedIn budi = sign_in_as("budi", kPassword, other.second_factor.secret);
    ASSERT_TRUE(set_roles(admin_, other.user.id, {"lead", "lead"}));
    EXPECT_FALSE(accounts_->principal_of_session(budi.token));
    const SignedIn again = sign_in_as("budi", kPassword, other.second_factor.secret);
    EXPECT_EQ(again.principal.roles, (Roles{"lead"}));
}

TEST_F(People, nobody_else_changes_or_lists_accounts)
{
    for (const char* const role : {"lead", "analyst", "viewer"}) {
        const Accepted other = add_account(admin_, std::string("u-") + role, {role});
        const Principal who =
            sign_in_as(std::string("u-") + role, kPassword, other.second_factor.secret).principal;
        EXPECT_EQ(set_roles(who, who.user_id, {"administrator"}).error().code, base::Code::Denied);
        EXPECT_EQ(disable(who, admin_.user_id).error().code, base::Code::Denied);
        EXPECT_EQ(list_users(*store_, who).error().code, base::Code::Denied);
        EXPECT_EQ(find_user(*store_, who, admin_.user_id).error().code, base::Code::Denied);
        EXPECT_TRUE(find_user(*store_, who, who.user_id));
        EXPECT_EQ(accounts_->invite(who, command_by(who), "x", {"viewer"}).error().code,
                  base::Code::Denied);
        EXPECT_EQ(accounts_->reset_second_factor(who, command_by(who), admin_.user_id).error().code,
                  base::Code::Denied);
        EXPECT_EQ(list_invites(*store_, who, clock_.now()).error().code, base::Code::Denied);
        EXPECT_EQ(list_audit(*store_, who, {}, 10, 0).error().code, base::Code::Denied);
        EXPECT_EQ(list_api_keys(*store_, who, admin_.user_id).error().code, base::Code::NotFound);
    }
}

TEST_F(People, a_stale_version_changes_nothing)
{
    const Accepted other = add_account(admin_, "budi", {"analyst"});
    const auto seen = find_user(*store_, admin_, other.user.id);
    ASSERT_TRUE(seen);
    ASSERT_TRUE(set_roles(admin_, other.user.id, {"lead"}));
    EXPECT_EQ(change(admin_, other.user.id,
                     {.roles = Roles{"viewer"}, .disabled = {}, .expected_version = seen->version})
                  .error()
                  .code,
              base::Code::Conflict);
    EXPECT_EQ(find_user(*store_, admin_, other.user.id)->user.roles, (Roles{"lead"}));
}

TEST_F(People, an_invitation_makes_one_account_with_the_roles_it_names)
{
    const auto invitation = accounts_->invite(admin_, command_by(admin_), "budi", {"analyst"});
    ASSERT_TRUE(invitation);
    EXPECT_EQ(accept(invitation->token, "short").error().code, base::Code::Invalid);
    EXPECT_EQ(accounts_->look_at_invitation(invitation->token, "192.0.2.3")->name, "budi");
    const auto accepted = accept(invitation->token, kPassword);
    ASSERT_TRUE(accepted) << accepted.error().message;
    EXPECT_EQ(accepted->user.roles, (Roles{"analyst"}));
    EXPECT_EQ(accepted->second_factor.recovery_codes.size(),
              base::limits::accounts::kRecoveryCodes);
    EXPECT_EQ(accept(invitation->token, kPassword).error().code, base::Code::NotFound);
    sign_in_as("budi", kPassword, accepted->second_factor.secret);
}

TEST_F(People, a_link_that_is_unknown_used_expired_or_revoked_answers_alike)
{
    const auto used = accounts_->invite(admin_, command_by(admin_), "a", {"viewer"});
    ASSERT_TRUE(accept(used->token, kPassword));
    const auto revoked = accounts_->invite(admin_, command_by(admin_), "b", {"viewer"});
    ASSERT_TRUE(revoke_invite(*store_, admin_, command_by(admin_), revoked->invite.id));
    const auto expired = accounts_->invite(admin_, command_by(admin_), "c", {"viewer"});
    clock_.pass(base::limits::accounts::kInviteLife);
    const std::string expected =
        accept(std::string(64, '0'), kPassword, "", "198.51.100.1").error().message;
    int at = 2;
    for (const std::string& token :
         {used->token, revoked->token, expired->token, std::string(), std::string(100'000, 'x')}) {
        const auto answer = accept(token, kPassword, "", "198.51.100." + std::to_string(at++));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, base::Code::NotFound);
        EXPECT_EQ(answer.error().message, expected);
    }
}

TEST_F(People, guessing_links_is_slowed_down)
{
    base::Code last = base::Code::NotFound;
    for (int i = 0; i < 10 && last == base::Code::NotFound; ++i) {
        last = accept(std::string(64, 'a'), kPassword).error().code;
    }
    EXPECT_EQ(last, base::Code::Exhausted);
}

TEST_F(People, a_link_counts_only_while_its_maker_may_make_it)
{
    const Accepted other = add_account(admin_, "budi", {"administrator"});
    const Principal budi = sign_in_as("budi", kPassword, other.second_factor.secret).principal;
    const auto invitation =
        accounts_->invite(budi, command_by(budi), "mata-mata", {"administrator"});
    ASSERT_TRUE(disable(admin_, budi.user_id));
    EXPECT_EQ(accept(invitation->token, kPassword).error().code, base::Code::NotFound);
}

TEST_F(People, invitations_are_checked)
{
    const auto invite = [&](const std::string& name, const Roles& roles) {
        return accounts_->invite(admin_, command_by(admin_), name, roles).error().code;
    };
    EXPECT_EQ(invite("RINA", {"viewer"}), base::Code::Conflict);
    EXPECT_EQ(invite("a b", {"viewer"}), base::Code::Invalid);
    EXPECT_EQ(invite(std::string(65, 'x'), {"viewer"}), base::Code::Invalid);
    EXPECT_EQ(invite("budi", {}), base::Code::Invalid);
    EXPECT_EQ(invite("budi", {"root"}), base::Code::Invalid);
}

TEST_F(People, a_reset_second_factor_shuts_out_until_the_link_and_the_password_make_a_new_one)
{
    const Accepted other = add_account(admin_, "budi", {"analyst"});
    const SignedIn budi = sign_in_as("budi", kPassword, other.second_factor.secret);
    EXPECT_EQ(
        accounts_->reset_second_factor(admin_, command_by(admin_), admin_.user_id).error().code,
        base::Code::Conflict);
    const auto link = accounts_->reset_second_factor(admin_, command_by(admin_), other.user.id);
    ASSERT_TRUE(link);
    EXPECT_FALSE(accounts_->principal_of_session(budi.token));
    clock_.pass(std::chrono::seconds(30));
    EXPECT_FALSE(sign_in("budi", kPassword, code_of(other.second_factor.secret)));
    EXPECT_FALSE(sign_in("budi", kPassword, other.second_factor.recovery_codes[0]));
    EXPECT_EQ(accept(link->token, "wrong password here").error().code, base::Code::Unauthenticated);
    const auto renewed = accept(link->token, kPassword);
    ASSERT_TRUE(renewed) << renewed.error().message;
    EXPECT_EQ(accept(link->token, kPassword).error().code, base::Code::NotFound);
    clock_.pass(std::chrono::seconds(60));
    EXPECT_TRUE(sign_in("budi", kPassword, code_of(renewed->second_factor.secret)));
}

TEST_F(People, a_password_link_asks_for_the_second_factor_and_keeps_it)
{
    const Accepted other = add_account(admin_, "budi", {"analyst"});
    const auto link = accounts_->reset_password(admin_, command_by(admin_), other.user.id);
    ASSERT_TRUE(link);
    constexpr std::string_view kNew = "payung basah di beranda";
    clock_.pass(std::chrono::seconds(30));
    EXPECT_EQ(accept(link->token, kNew, "000000").error().code, base::Code::Unauthenticated);
    const std::string code = code_of(other.second_factor.secret);
    const auto done = accept(link->token, kNew, code);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(done->second_factor.secret.empty());
    EXPECT_FALSE(sign_in("budi", kNew, code)); // used
    EXPECT_FALSE(sign_in("budi", kPassword, other.second_factor.recovery_codes[0]));
    EXPECT_TRUE(sign_in("budi", kNew, other.second_factor.recovery_codes[0]));
}

TEST_F(People, the_log_shows_an_administrator_what_was_done_but_not_what_is_hidden)
{
    store::Commit commit;
    commit.cursor = 1;
    commit.range = {.first = 1, .last = 1, .token = "t", .annotations = {}};
    model::Alert alert;
    alert.number = 1;
    alert.id = base::make_uuid_v7(clock_.now());
    commit.alerts = {alert};
    ASSERT_TRUE(store_->commit(commit));
    const Accepted other = add_account(admin_, "budi", {"analyst"});
    const Principal budi = sign_in_as("budi", kPassword, other.second_factor.secret).principal;
    store::Command command = command_by(budi);
    command.reason = "secret reason";
    Labelling red{.protection = {.tlp = policy::Tlp::Red, .named = {}}, .expected_version = {}};
    ASSERT_TRUE(put_protection(*store_, budi, command, "alert", "ALR-1", red));
    const auto log = list_audit(*store_, admin_, {.action = "alert"}, 10, 0);
    ASSERT_TRUE(log);
    ASSERT_EQ(log->activities.size(), 1U);
    EXPECT_EQ(log->activities[0].effect.action, "alert.protect");
    EXPECT_EQ(log->activities[0].effect.after, "null");
    EXPECT_EQ(log->activities[0].reason, "");
    EXPECT_EQ(find_protection(*store_, admin_, "alert", "ALR-1").error().code,
              base::Code::NotFound);
    // Who labels stays among the named; lowering needs a reason.
    EXPECT_EQ(find_protection(*store_, budi, "alert", "ALR-1")->protection.named,
              (std::vector<std::string>{budi.user_id}));
    Labelling green{.protection = {.tlp = policy::Tlp::Green, .named = {}}, .expected_version = {}};
    EXPECT_EQ(put_protection(*store_, budi, command_by(budi), "alert", "ALR-1", green).error().code,
              base::Code::Invalid);
    EXPECT_TRUE(put_protection(*store_, budi, command, "alert", "ALR-1", green));
    EXPECT_EQ(find_protection(*store_, admin_, "alert", "ALR-1")->protection.tlp,
              policy::Tlp::Green);
    const auto report = verify_audit(*store_, admin_);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->bad) << report->bad->what;
}

} // namespace
} // namespace tanggap::service
