// Accounts over a real case database in a folder of their own, and a clock that stands still.
#pragma once

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <liboath/oath.h>
#include <unistd.h>

#include "base/id.h"
#include "service/accounts.h"
#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::service {

class FixedClock final : public base::Clock {
public:
    base::Time now() const override { return now_; }
    void pass(std::chrono::seconds seconds) { now_ = now_ + base::Duration(seconds); }

private:
    base::Time now_ = base::Time::from_seconds(1'800'000'000);
};

inline constexpr std::string_view kPassword = "kuda baterai pasak benar";

class AccountsTest : public testing::Test {
protected:
    AccountsTest()
    {
        folder_ = std::filesystem::temp_directory_path() /
                  ("tanggap-accounts-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder_);
        store_ = std::move(*store::open_sqlite(folder_.string()));
        open();
    }
    ~AccountsTest() override { std::filesystem::remove_all(folder_); }

    void open()
    {
        AccountsOptions options{.master_key_file = (folder_ / "keys/master").string(),
                                .setup_token_file = (folder_ / "setup-token").string(),
                                .site_name = "Kota Contoh",
                                .password_memory_bytes = 8192 * 1024,
                                .password_passes = 1};
        auto accounts = Accounts::open(*store_, clock_, options);
        ASSERT_TRUE(accounts) << accounts.error().message;
        accounts_ = std::move(*accounts);
    }
    std::string token()
    {
        std::ifstream file(folder_ / "setup-token");
        std::string text;
        file >> text;
        return text;
    }
    SetupRequest request()
    {
        return {.token = token(),
                .name = "rina",
                .password = std::string(kPassword),
                .api_key_name = "setup",
                .address = "192.0.2.1"};
    }
    SetupResult set_up()
    {
        auto result = accounts_->set_up(request());
        EXPECT_TRUE(result) << result.error().message;
        return result ? *result : SetupResult{};
    }
    std::string code_of(const std::string& secret_base32)
    {
        char* bytes = nullptr;
        std::size_t size = 0;
        oath_base32_decode(secret_base32.data(), secret_base32.size(), &bytes, &size);
        char code[7] = {};
        oath_totp_generate(bytes, size, clock_.now().seconds(), 30, 0, 6, code);
        std::free(bytes);
        return code;
    }
    base::Result<SignedIn> sign_in(const std::string& name, std::string_view password,
                                   const std::string& code)
    {
        return accounts_->sign_in({.name = name,
                                   .password = std::string(password),
                                   .code = code,
                                   .address = "192.0.2.1"});
    }

    /// Signs in as the administrator that set_up() made, with a code not used before.
    SignedIn sign_in_as(const std::string& name, std::string_view password,
                        const std::string& secret)
    {
        clock_.pass(std::chrono::seconds(30));
        auto signed_in = sign_in(name, password, code_of(secret));
        EXPECT_TRUE(signed_in) << signed_in.error().message;
        return signed_in ? *signed_in : SignedIn{};
    }
    store::Command command_by(const Principal& principal)
    {
        return {.actor = actor_of(principal), .now = clock_.now()};
    }
    std::vector<store::Activity> activities(const std::string& action)
    {
        std::vector<store::Activity> found;
        EXPECT_TRUE(store_->read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(auto page, store::list_activities(snapshot, {.action = action}, 100));
            found = std::move(page.activities);
            return {};
        }));
        return found;
    }
    /// A new account by invitation; gives what it was shown.
    Accepted add_account(const Principal& by, const std::string& name,
                         const std::vector<std::string>& roles)
    {
        const auto invitation = accounts_->invite(by, command_by(by), name, roles);
        EXPECT_TRUE(invitation) << invitation.error().message;
        auto accepted = accounts_->accept_invitation({.token = invitation->token,
                                                      .password = std::string(kPassword),
                                                      .code = {},
                                                      .address = "192.0.2.2"});
        EXPECT_TRUE(accepted) << accepted.error().message;
        return accepted ? *accepted : Accepted{};
    }

    FixedClock clock_;
    std::filesystem::path folder_;
    std::unique_ptr<store::CaseStore> store_;
    std::unique_ptr<Accounts> accounts_;
};

} // namespace tanggap::service
