#include "cli/people.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "net/http.h"

namespace tanggap::cli {
namespace {

using nlohmann::json;

class PeopleVerbs : public testing::Test {
protected:
    PeopleVerbs()
        : folder_(std::filesystem::path(testing::TempDir()) /
                  ("tanggap-people-" + std::to_string(::getpid())))
    {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "key") << "tg_test_key\n";
        server_ = *net::HttpServer::start({.worker_threads = 1},
                                          [this](const auto& request) { return answer(request); });
    }
    ~PeopleVerbs() override
    {
        server_.reset();
        std::filesystem::remove_all(folder_);
    }

    net::HttpResponse answer(const net::HttpRequest& request)
    {
        asked_.push_back(request.method + " " + request.path);
        if (request.method == "PATCH") {
            if_match_ = request.header("if-match").value_or("");
            body_ = json::parse(request.body);
            return {.status = 200, .body = R"({"name":"budi","roles":["viewer"],"disabled":true})"};
        }
        if (request.method == "POST") {
            body_ = json::parse(request.body);
            const std::string name = body_.at("name");
            if (name == "rina") {
                return {.status = 409,
                        .body = R"({"detail":"there is an account 'rina' already"})"};
            }
            return {.status = 201, .body = R"({"path":"/app/invitation#)" + name + "\"}"};
        }
        if (request.path == "/api/v1/users/u-1") {
            return {.status = 200, .headers = {{"ETag", "\"v7.abc\""}}, .body = R"({"id":"u-1"})"};
        }
        return {.status = 200,
                .body = R"({"items":[{"id":"u-1","name":"Budi","roles":["viewer"]}],"next":null})"};
    }
    ServerOptions options() const
    {
        return {.server = "http://127.0.0.1:" + std::to_string(server_->port()),
                .token_file = (folder_ / "key").string()};
    }

    std::filesystem::path folder_;
    std::unique_ptr<net::HttpServer> server_;
    std::vector<std::string> asked_;
    std::string if_match_;
    json body_;
    std::string out_;
    std::string err_;
    Console console_{.out = [this](std::string_view text) { out_ += text; },
                     .err = [this](std::string_view text) { err_ += text; }};
};

TEST_F(PeopleVerbs, a_new_person_gets_a_link_to_this_server)
{
    EXPECT_EQ(run_user_add({.server = options(), .name = "budi", .roles = {"analyst"}}, console_),
              0)
        << err_;
    EXPECT_EQ(out_, options().server + "/app/invitation#budi\n");
    EXPECT_EQ(body_.at("roles"), json::array({"analyst"}));
    EXPECT_EQ(run_user_add({.server = options(), .name = "rina", .roles = {"lead"}}, console_), 5);
}

TEST_F(PeopleVerbs, a_file_invites_line_by_line_and_names_the_wrong_ones)
{
    const auto import = [&](const std::string& text) {
        out_.clear();
        err_.clear();
        std::ofstream(folder_ / "people.csv") << text;
        return run_user_import({.server = options(), .file = (folder_ / "people.csv").string()},
                               console_);
    };
    EXPECT_EQ(import("name,roles\n# a remark\n\nbudi, analyst viewer\nsari,lead\n"), 0) << err_;
    EXPECT_NE(out_.find("budi\t"), std::string::npos);
    EXPECT_NE(out_.find("sari\t"), std::string::npos);
    EXPECT_EQ(body_.at("roles"), json::array({"lead"}));
    EXPECT_EQ(import("budi,analyst\nrina,lead\n"), 8);
    EXPECT_NE(err_.find("people.csv:2: "), std::string::npos) << err_;
    EXPECT_EQ(import("only a name\n"), 6);
    EXPECT_EQ(run_user_import({.server = options(), .file = "/nonexistent"}, console_), 3);
}

TEST_F(PeopleVerbs, shutting_out_names_the_version_that_was_seen)
{
    EXPECT_EQ(
        run_user_state(
            {.server = options(), .name = "BUDI", .reason = "left the team", .disabled = true},
            console_),
        0)
        << err_;
    EXPECT_EQ(if_match_, "\"v7.abc\"");
    EXPECT_EQ(body_, (json{{"disabled", true}, {"reason", "left the team"}}));
    EXPECT_EQ(run_user_state({.server = options(), .name = "nobody"}, console_), 3);
}

TEST_F(PeopleVerbs, lists_are_an_object_a_line_where_nobody_watches)
{
    EXPECT_EQ(run_user_list({.server = options()}, console_), 0);
    EXPECT_EQ(json::parse(out_).at("name"), "Budi");
    console_.out_is_terminal = true;
    out_.clear();
    EXPECT_EQ(run_user_list({.server = options()}, console_), 0);
    EXPECT_TRUE(out_.starts_with("Budi ")) << out_;
}

} // namespace
} // namespace tanggap::cli
