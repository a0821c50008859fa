#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/assets.h"
#include "cli/query.h"
#include "cli/setup.h"
#include "net/http.h"

namespace tanggap::cli {
namespace {

class Verbs : public ::testing::Test {
protected:
    void SetUp() override
    {
        folder = std::filesystem::path(::testing::TempDir()) /
                 ("tanggap-verbs-" + std::to_string(::getpid()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        file("key", "tg_test_key\n");
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    void serve(net::HttpHandler handler)
    {
        server = *net::HttpServer::start({.worker_threads = 1}, std::move(handler));
    }
    ServerOptions options(const char* token = "key") const
    {
        return {.server = "http://127.0.0.1:" + std::to_string(server->port()),
                .token_file = (folder / token).string()};
    }
    std::string file(const std::string& name, const std::string& content)
    {
        std::ofstream(folder / name) << content;
        return (folder / name).string();
    }
    std::string text_of(const std::string& name)
    {
        std::ifstream stream(folder / name);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    std::filesystem::path folder;
    std::unique_ptr<net::HttpServer> server;
    std::string out;
    std::string err;
    Console console{.out = [this](std::string_view text) { out += text; },
                    .err = [this](std::string_view text) { err += text; }};
};

TEST_F(Verbs, SetUpKeepsTheSecretsInNewFilesOfOurOwn)
{
    nlohmann::json body;
    serve([&](const net::HttpRequest& request) {
        body = nlohmann::json::parse(request.body);
        return net::HttpResponse{.status = 201,
                                 .body = R"({"totp":{"secret":"ABC234"},"api_key":"tg_1_secret"})"};
    });
    file("token", "t0ken\n");
    SetupOptions setup{.server = options("token"),
                       .admin = "rina",
                       .password_file = file("password", "a long enough password\n"),
                       .totp_secret_out = (folder / "totp").string(),
                       .api_key_out = (folder / "api-key").string()};
    EXPECT_EQ(run_setup(setup, console), 0) << err;
    EXPECT_EQ(body["token"], "t0ken");
    EXPECT_EQ(body["name"], "rina");
    EXPECT_EQ(body["password"], "a long enough password");
    EXPECT_EQ(text_of("totp"), "ABC234\n");
    EXPECT_EQ(text_of("api-key"), "tg_1_secret\n");
    struct stat info{};
    ASSERT_EQ(::stat((folder / "api-key").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
    EXPECT_EQ(out, "");

    EXPECT_EQ(run_setup(setup, console), 5); // Never over an existing file.
    setup.admin = "";
    EXPECT_EQ(run_setup(setup, console), 2);
}

TEST_F(Verbs, SetUpLeavesNoEmptyFilesWhenItIsRefused)
{
    serve([](const net::HttpRequest&) {
        return net::HttpResponse{.status = 401, .body = R"({"detail":"the token is wrong"})"};
    });
    file("token", "t0ken\n");
    const SetupOptions setup{.server = options("token"),
                             .admin = "rina",
                             .password_file = file("password", "a long enough password\n"),
                             .totp_secret_out = (folder / "totp").string(),
                             .api_key_out = (folder / "api-key").string()};
    EXPECT_EQ(run_setup(setup, console), 4);
    EXPECT_NE(err.find("the token is wrong"), std::string::npos) << err;
    EXPECT_FALSE(std::filesystem::exists(folder / "totp"));
    EXPECT_FALSE(std::filesystem::exists(folder / "api-key"));
}

TEST_F(Verbs, ListsFollowThePagesUpToTheLimit)
{
    std::vector<std::string> targets;
    serve([&](const net::HttpRequest& request) {
        targets.push_back(request.target);
        const bool first = !request.query_value("cursor");
        return net::HttpResponse{.body = first ? R"({"items":[{"number":"ALR-1"}],"next":"c"})"
                                               : R"({"items":[{"number":"ALR-2"}],"next":null})"};
    });
    EXPECT_EQ(run_alert_list({.server = options(), .query = "is:open", .limit = 700}, console), 0);
    EXPECT_EQ(out, "{\"number\":\"ALR-1\"}\n{\"number\":\"ALR-2\"}\n");
    ASSERT_EQ(targets.size(), 2U);
    EXPECT_EQ(targets[0], "/api/v1/alerts?sort=-priority&q=is%3Aopen&limit=500");
}

TEST_F(Verbs, AssetsGoWholeAndWrongRowsAreSaidWithTheirLines)
{
    net::HttpRequest seen;
    net::HttpResponse answer{.body = R"({"assets":1,"added":1,"changed":0,"removed":0})"};
    serve([&](const net::HttpRequest& request) {
        seen = request;
        return answer;
    });
    const std::string csv = file("assets.csv", "192.0.2.0/24,kantor,Dinas,,2\n");
    EXPECT_EQ(run_asset_import({.server = options(), .file = csv, .dry_run = true}, console), 0);
    EXPECT_EQ(seen.method, "PUT");
    EXPECT_EQ(seen.target, "/api/v1/assets?dry_run=true");
    EXPECT_EQ(seen.header("content-type"), "text/csv");
    EXPECT_EQ(seen.body, "192.0.2.0/24,kantor,Dinas,,2\n");
    EXPECT_EQ(nlohmann::json::parse(out)["added"], 1);

    answer = {.status = 400,
              .body = R"({"detail":"2 of the asset rows are wrong; nothing was taken","errors":[)"
                      R"({"pointer":"/lines/3","detail":"'x' is not a network"},)"
                      R"({"pointer":"/lines/9","detail":"the value '9' is not 1, 2 or 3"}]})"};
    EXPECT_EQ(run_asset_import({.server = options(), .file = csv}, console), 6);
    EXPECT_NE(err.find("assets.csv:3: 'x' is not a network\n"), std::string::npos) << err;
    EXPECT_NE(err.find("assets.csv:9: "), std::string::npos);
    EXPECT_NE(err.find("nothing was taken"), std::string::npos);
    EXPECT_EQ(run_asset_import({.server = options(), .file = csv + ".no"}, console), 3);
}

TEST_F(Verbs, AttackerTextReachesATerminalWithoutItsEscapes)
{
    serve([](const net::HttpRequest&) {
        return net::HttpResponse{
            .body = R"({"items":[{"event":{"original":"\u001b]0;evil\u0007 \u009b31m"}}]})"};
    });
    console.out_is_terminal = true;
    EXPECT_EQ(run_event_search({.server = options()}, console), 0);
    EXPECT_EQ(out.find('\x1b'), std::string::npos);
    EXPECT_EQ(out.find("\xC2\x9B"), std::string::npos);
    EXPECT_NE(out.find("\\x1b]0;evil\\x07"), std::string::npos) << out;
}

TEST_F(Verbs, ErrorsGiveTheServersWordsAndTheirExitCode)
{
    int status = 404;
    serve([&](const net::HttpRequest&) {
        return net::HttpResponse{.status = status, .body = R"({"detail":"no alert ALR-9"})"};
    });
    EXPECT_EQ(run_alert_show(options(), "ALR-9", console), 3);
    EXPECT_NE(err.find("no alert ALR-9"), std::string::npos);
    const std::pair<int, int> codes[] = {{400, 6}, {401, 4}, {403, 4},
                                         {409, 5}, {503, 7}, {500, 1}};
    for (const auto& [answer, code] : codes) {
        status = answer;
        EXPECT_EQ(run_api_get(options(), "/ledger", console), code) << answer;
    }
    EXPECT_EQ(run_api_get({.server = options().server, .token_file = "/none"}, "/x", console), 3);
}

} // namespace
} // namespace tanggap::cli
