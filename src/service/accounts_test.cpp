#include "base/account_limits.h"
#include "base/limits.h"
#include "service/detail/api_keys.h"
#include "service/detail/passwords.h"
#include "service/detail/secrets.h"
#include "service/limiter.h"
#include "service/people.h"
#include "service/test_accounts.h"

namespace tanggap::service {
namespace {

TEST_F(AccountsTest, set_up_is_done_once_with_the_token_from_its_file)
{
    EXPECT_TRUE(*accounts_->setup_needed());
    SetupRequest wrong = request();
    wrong.token = "00000000000000000000000000000000";
    EXPECT_EQ(accounts_->set_up(wrong).error().code, base::Code::Denied);
    const SetupRequest right = request();
    const SetupResult result = set_up();
    EXPECT_EQ(result.user.roles, (std::vector<std::string>{"administrator", "lead"}));
    EXPECT_FALSE(*accounts_->setup_needed());
    EXPECT_FALSE(std::filesystem::exists(folder_ / "setup-token"));
    EXPECT_EQ(accounts_->set_up(right).error().code, base::Code::Conflict);
}

TEST_F(AccountsTest, only_the_owner_can_read_the_token_and_the_master_key)
{
    for (const char* const name : {"setup-token", "keys/master"}) {
        const auto mode = std::filesystem::status(folder_ / name).permissions();
        EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
}

TEST_F(AccountsTest, a_token_ends_after_a_day_and_a_restart_makes_another)
{
    const std::string first = token();
    clock_.pass(std::chrono::hours(25));
    EXPECT_EQ(accounts_->set_up(request()).error().code, base::Code::Denied);
    open();
    EXPECT_NE(token(), first);
    set_up();
}

TEST_F(AccountsTest, names_passwords_and_codes_that_are_wrong_answer_alike)
{
    const SetupResult made = set_up();
    const std::string code = code_of(made.second_factor.secret);
    const std::string expected = sign_in("nobody", kPassword, code).error().message;
    EXPECT_EQ(sign_in("rina", "wrong password here", code).error().message, expected);
    EXPECT_EQ(sign_in("rina", kPassword, "000000").error().message, expected);
    EXPECT_EQ(sign_in("rina", kPassword, "12345").error().message, expected);
    EXPECT_EQ(sign_in(std::string(500, 'x'), kPassword, code).error().message, expected);
    EXPECT_TRUE(sign_in("RINA", kPassword, code));
}

TEST_F(AccountsTest, a_code_is_good_once)
{
    const SetupResult made = set_up();
    const std::string code = code_of(made.second_factor.secret);
    EXPECT_TRUE(sign_in("rina", kPassword, code));
    EXPECT_FALSE(sign_in("rina", kPassword, code));
    clock_.pass(std::chrono::seconds(30));
    EXPECT_TRUE(sign_in("rina", kPassword, code_of(made.second_factor.secret)));
}

TEST_F(AccountsTest, five_failures_make_the_next_attempt_wait)
{
    const SetupResult made = set_up();
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(sign_in("rina", "wrong password here", "000000").error().code,
                  base::Code::Unauthenticated);
    }
    EXPECT_EQ(sign_in("rina", kPassword, code_of(made.second_factor.secret)).error().code,
              base::Code::Exhausted);
    clock_.pass(std::chrono::seconds(60));
    EXPECT_TRUE(sign_in("rina", kPassword, code_of(made.second_factor.secret)));
}

TEST_F(AccountsTest, a_session_ends_idle_absolute_and_by_sign_out)
{
    const SetupResult made = set_up();
    const auto first = sign_in("rina", kPassword, code_of(made.second_factor.secret));
    ASSERT_TRUE(first);
    EXPECT_EQ(accounts_->principal_of_session(first->token)->name, "rina");
    EXPECT_FALSE(accounts_->principal_of_session("00"));
    clock_.pass(base::limits::accounts::kSessionIdleAdministrator + std::chrono::seconds(1));
    EXPECT_FALSE(accounts_->principal_of_session(first->token));

    const auto second = sign_in("rina", kPassword, code_of(made.second_factor.secret));
    ASSERT_TRUE(second);
    for (std::chrono::minutes passed{0}; passed < base::limits::accounts::kSessionAbsolute;
         passed += std::chrono::minutes(10)) {
        EXPECT_TRUE(accounts_->principal_of_session(second->token));
        clock_.pass(std::chrono::minutes(10));
    }
    clock_.pass(std::chrono::seconds(1));
    EXPECT_FALSE(accounts_->principal_of_session(second->token));

    const auto third = sign_in("rina", kPassword, code_of(made.second_factor.secret));
    ASSERT_TRUE(accounts_->sign_out(third->principal));
    EXPECT_FALSE(accounts_->principal_of_session(third->token));
}

TEST_F(AccountsTest, a_key_has_its_own_scopes_and_ends)
{
    const SetupResult made = set_up();
    const auto principal = accounts_->principal_of_key(made.api_key);
    ASSERT_TRUE(principal) << principal.error().message;
    EXPECT_TRUE(authorise(*principal, Scope::EventsIngest));
    EXPECT_TRUE(authorise(*principal, Scope::Read));
    EXPECT_EQ(authorise(*principal, Scope::Admin).error().code, base::Code::Denied);
    std::string other = made.api_key;
    other.back() = other.back() == '0' ? '1' : '0';
    for (const std::string& wrong :
         {other, std::string("tg_"), std::string("tg_x_y"), std::string()}) {
        EXPECT_EQ(accounts_->principal_of_key(wrong).error().code, base::Code::Unauthenticated);
    }
    // A key makes no keys, not even with its own scopes.
    EXPECT_EQ(accounts_->make_api_key(*principal, command_by(*principal), {"more", {"read"}, {}})
                  .error()
                  .code,
              base::Code::Denied);
    clock_.pass(base::limits::kApiKeyLife);
    EXPECT_FALSE(accounts_->principal_of_key(made.api_key));
}

TEST_F(AccountsTest, a_lost_master_key_is_refused_once_accounts_exist)
{
    set_up();
    std::filesystem::remove(folder_ / "keys/master");
    const auto again = Accounts::open(*store_, clock_,
                                      {.master_key_file = (folder_ / "keys/master").string(),
                                       .setup_token_file = "",
                                       .site_name = ""});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::Code::Corrupt);
}

TEST(KeyBox, a_secret_opens_only_in_its_own_context)
{
    const auto folder =
        std::filesystem::temp_directory_path() / ("tanggap-key-" + std::to_string(getpid()));
    const auto box = KeyBox::open((folder / "master").string(), KeyBox::IfMissing::Make);
    ASSERT_TRUE(box) << box.error().message;
    const std::string wrapped = box->wrap("secret", "totp:1");
    EXPECT_EQ(*box->unwrap(wrapped, "totp:1"), "secret");
    EXPECT_FALSE(box->unwrap(wrapped, "totp:2"));
    EXPECT_FALSE(box->unwrap("garbage", "totp:1"));
    std::filesystem::remove_all(folder);
}

TEST(Passwords, are_long_and_hold_no_names)
{
    struct Case {
        std::string_view password;
        bool good;
    };
    const std::vector<Case> cases{
        {"kuda baterai pasak", true},
        {"fourteen chars", false},
        {"fifteen chars !", true},
        {"aku rina yang baik sekali", false},
        {"Tanggap itu luar biasa", false},
        {"warga kota contoh bersatu", false},
        {"\xff\xfe not utf-8 at all", false},
        {"huruf é dihitung sekali", true},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(check_password(one.password, "Rina", "Kota Contoh").has_value(), one.good)
            << one.password;
    }
}

TEST(RateLimiter, lets_a_burst_pass_and_then_the_rate)
{
    RateLimiter limiter({.per_second = 1, .burst = 3});
    const base::Time now = base::Time::from_seconds(100);
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(limiter.take("a", now));
    }
    EXPECT_FALSE(limiter.take("a", now));
    EXPECT_TRUE(limiter.take("b", now));
    EXPECT_TRUE(limiter.take("a", now + base::Duration(std::chrono::seconds(1))));
}

TEST(Limits, are_kept_by_address_and_of_ipv6_by_subscriber)
{
    EXPECT_EQ(neighbourhood_of("192.0.2.9"), "192.0.2.9");
    EXPECT_EQ(neighbourhood_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    EXPECT_EQ(neighbourhood_of("2001:db8:1:2::1"), "2001:db8:1:2::/64");
    EXPECT_EQ(neighbourhood_of("unix"), "unix");
}

TEST(Backoff, asking_with_many_names_pushes_no_failure_out)
{
    Backoff backoff;
    const base::Time now = base::Time::from_seconds(100);
    for (int i = 0; i < 6; ++i) {
        backoff.failed("rina", now);
    }
    for (std::size_t i = 0; i <= base::limits::kBackoffEntriesMax; ++i) {
        EXPECT_TRUE(backoff.check(std::to_string(i), now));
    }
    EXPECT_FALSE(backoff.check("rina", now));
}

TEST(Backoff, a_clock_set_back_keeps_nobody_out)
{
    Backoff backoff;
    const base::Time now = base::Time::from_seconds(100'000);
    for (int i = 0; i < 6; ++i) {
        backoff.failed("rina", now);
    }
    EXPECT_FALSE(backoff.check("rina", now));
    EXPECT_TRUE(backoff.check("rina", base::Time::from_seconds(0)));
}

TEST(RecentMap, forgets_the_one_longest_untouched)
{
    RecentMap<int> map(2);
    map.at("a") = 1;
    map.at("b") = 2;
    EXPECT_EQ(map.at("a"), 1);
    map.at("c") = 3;
    EXPECT_EQ(map.size(), 2U);
    EXPECT_EQ(map.at("a"), 1);
    EXPECT_EQ(map.at("b"), 0);
}

} // namespace
} // namespace tanggap::service
