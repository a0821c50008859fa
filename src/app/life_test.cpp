// ARCHITECTURE.md, "Life of a log line": one line is sent through a real server, the functions it
// enters are recorded, and the page must list exactly those, in that order.
#include "base/life.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <regex>

#include "app/places.h"
#include "app/server.h"
#include "base/id.h"
#include "net/http.h"

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path)
{
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// "| `src/disk/journal.cpp` | `Journal::append` |…" rows between the marks, as "file function".
std::vector<std::string> documented_steps()
{
    const std::string page = read_file(fs::path(TANGGAP_SOURCE_DIR) / "ARCHITECTURE.md");
    const auto begin = page.find("<!-- life:begin -->");
    const auto end = page.find("<!-- life:end -->");
    const std::string part = page.substr(begin, end - begin);
    const std::regex row(R"(\| `(src/[^`]+)` \| `([^`]+)` \|)");
    std::vector<std::string> steps;
    for (std::sregex_iterator it(part.begin(), part.end(), row), last; it != last; ++it) {
        steps.push_back((*it)[1].str() + " " + (*it)[2].str());
    }
    return steps;
}

class LifeOfALogLine : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (const auto library = store::find_engine_library(engine_search("", "")); !library) {
            GTEST_SKIP() << library.error().message;
        }
        Settings settings;
        settings.data = (folder_ / "data").string();
        settings.listen = "127.0.0.1:0";
        settings.setup_token_file = (folder_ / "token").string();
        auto server = Server::start(settings);
        ASSERT_TRUE(server) << server.error().message;
        server_ = std::move(*server);
        client_ = net::HttpClient::make(
            {.base_url = "http://127.0.0.1:" + std::to_string(server_->port())});
    }

    void TearDown() override
    {
        server_.reset();
        std::error_code ignored; // a temporary folder left behind fails no test
        fs::remove_all(folder_, ignored);
    }

    nlohmann::json call(const std::string& method, const std::string& target,
                        const std::string& type, const std::string& body)
    {
        const auto response =
            client_->send({.method = method,
                           .target = target,
                           .headers = {{"Content-Type", type}, {"Authorization", "Bearer " + key_}},
                           .body = body,
                           .body_view = {}});
        EXPECT_TRUE(response) << response.error().message;
        EXPECT_LT(response->status, 300) << response->body;
        return nlohmann::json::parse(response->body, nullptr, false);
    }

    void set_up_account()
    {
        std::string token = read_file(folder_ / "token");
        token.erase(token.find_last_not_of('\n') + 1);
        const nlohmann::json request{{"token", token},
                                     {"name", "rina"},
                                     {"password", "kuda-laut-biru-menari"},
                                     {"api_key_name", "test"}};
        key_ =
            call("POST", "/api/v1/setup", "application/json", request.dump()).value("api_key", "");
        ASSERT_FALSE(key_.empty());
    }

    fs::path folder_ = fs::temp_directory_path() /
                       ("tanggap_life_" + base::make_uuid_v7(base::system_clock().now()).text());
    std::unique_ptr<Server> server_;
    std::unique_ptr<net::HttpClient> client_;
    std::string key_;
};

TEST_F(LifeOfALogLine, IsWhatTheArchitecturePageSays)
{
    set_up_account();
    base::life::start();
    call("POST", "/api/v1/ingest/web-1", "text/plain",
         "203.0.113.7 - - [20/Nov/2026:08:00:00 +0700] \"GET "
         "/?q=1%20UNION%20SELECT%20password%20FROM%20users HTTP/1.1\" "
         "200 512 \"-\" \"sqlmap/1.8\"\n");
    while (call("GET", "/api/v1/ledger", "", "").value("stored", 0) == 0) {
        // Each question takes its time; the line is archived within a few.
    }
    std::vector<std::string> entered;
    for (const base::life::Step& step : base::life::stop()) {
        entered.push_back(step.file + " " + step.function);
    }
    EXPECT_EQ(entered, documented_steps());
}

} // namespace
} // namespace tanggap::app
