// Exceptions of rules over the API: made with owner, reason and end; tried; ended.
#include "api/test_world.h"

namespace tanggap::api {
namespace {

class Rules : public ApiTest {
protected:
    void SetUp() override
    {
        set_up();
        cookie_ = cookie_of("rina", secret_);
        auto rule = std::make_shared<model::RuleInfo>();
        rule->id = "r-1";
        rule->title = "Rule";
        rules_.push_back(std::move(rule));
    }
    net::HttpResponse ask(const std::string& method, const std::string& target,
                          const Json& body = {})
    {
        return send(as(cookie_, method, target, body.is_null() ? "" : json_text(body)));
    }
    std::string days_ahead(int days) const
    {
        return base::format_rfc3339(clock_.now() + base::Duration(std::chrono::days(days)));
    }
    Json wish(int days = 30) const
    {
        return {{"conditions",
                 Json::array(
                     {{{"field", "src.ip"}, {"test", "in_network"}, {"value", "203.0.113.0/24"}}})},
                {"owner", "Budi"},
                {"reason", "pemindai kita sendiri"},
                {"expires_at", days_ahead(days)}};
    }

    const std::string at_ = "/api/v1/rules/r-1/exceptions";
    std::string cookie_;
};

TEST_F(Rules, an_exception_says_who_why_and_until_when)
{
    const auto made = ask("POST", at_, wish());
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(json(made).at("conditions").at(0).at("field"), "source.ip") << "an alias";
    EXPECT_EQ(json(made).at("by"), "rina");
    EXPECT_EQ(rule_settings_reloaded_, 1);
    const Json page = json(get(at_));
    ASSERT_EQ(page.at("items").size(), 1U);
    EXPECT_EQ(page.at("items").at(0), json(made));
    EXPECT_EQ(json(get("/api/v1/rules/r-1")).at("exceptions"), 1);

    const Json history = json(get("/api/v1/rules/r-1/history"));
    ASSERT_EQ(history.at("items").size(), 1U);
    EXPECT_EQ(history.at("items").at(0).at("action"), "exception.add");
    EXPECT_EQ(history.at("items").at(0).at("reason"), "pemindai kita sendiri");
    EXPECT_EQ(history.at("items").at(0).at("after").at("owner"), "Budi");

    const std::string one = at_ + "/" + json(made).at("id").get<std::string>();
    ASSERT_EQ(ask("DELETE", one).status, 204);
    EXPECT_EQ(ask("DELETE", one).status, 404);
    EXPECT_EQ(rule_settings_reloaded_, 2);
    EXPECT_TRUE(json(get(at_)).at("items").empty());
    EXPECT_EQ(json(get("/api/v1/rules/r-1/history")).at("items").size(), 2U);
}

TEST_F(Rules, one_that_has_expired_is_shown_and_no_longer_counted)
{
    ASSERT_EQ(ask("POST", at_, wish(1)).status, 201);
    clock_.pass(std::chrono::days(1));
    EXPECT_EQ(json(get(at_)).at("items").size(), 1U);
    EXPECT_EQ(json(get("/api/v1/rules/r-1")).at("exceptions"), 0);
}

TEST_F(Rules, what_an_exception_lacks_is_said)
{
    const auto refused = [&](const std::string& member, const Json& value) {
        Json body = wish();
        body[member] = value;
        const auto answer = ask("POST", at_, body);
        EXPECT_EQ(answer.status, 400) << member << " " << answer.body;
    };
    refused("conditions", Json::array());
    refused("conditions", Json::array({{{"field", "a"}, {"test", "is"}, {"value", ""}}}));
    refused("conditions", Json::array({{{"field", "a"}, {"test", "like"}, {"value", "b"}}}));
    refused("conditions",
            Json::array({{{"field", "a"}, {"test", "in_network"}, {"value", "everywhere"}}}));
    refused("conditions",
            Json(std::vector<Json>(9, {{"field", "a"}, {"test", "is"}, {"value", "b"}})));
    refused("owner", " ");
    refused("reason", "");
    refused("expires_at", days_ahead(-1));
    refused("expires_at", days_ahead(400));
    refused("expires_at", "soon");
    EXPECT_EQ(ask("POST", "/api/v1/rules/none/exceptions", wish()).status, 404);
    EXPECT_EQ(rule_settings_reloaded_, 0);
    EXPECT_TRUE(json(get(at_)).at("items").empty());
}

TEST_F(Rules, a_preview_tells_what_stored_detections_it_would_have_hidden)
{
    model::Alert alert;
    alert.number = 1;
    alert.id = base::make_uuid_v7(clock_.now());
    store::Commit commit;
    commit.cursor = 1;
    commit.range = {.first = 1, .last = 1, .token = "t", .annotations = {}};
    model::Alert red = alert;
    red.number = 2;
    red.id = base::make_uuid_v7(clock_.now());
    commit.alerts = {alert, red};
    ASSERT_TRUE(cases_->commit(commit));
    const Person budi = add_person(cookie_, "budi", {"analyst"});
    auto label =
        as(budi.cookie, "PUT", "/api/v1/protection/alert/ALR-2", R"({"tlp":"red","named":[]})");
    label.headers.emplace_back("if-match", "*");
    ASSERT_EQ(send(label).status, 200);
    const auto closed = ask("POST", "/api/v1/actions",
                            {{"type", "alert.close"},
                             {"target", {{"ids", Json::array({"ALR-1"})}}},
                             {"params", {{"reason", "true_positive"}}}});
    EXPECT_LT(closed.status, 300) << closed.body;

    const base::Time day = clock_.now() - base::Duration(std::chrono::days(3));
    int asked = 0;
    scan_.answer = [&](const store::ScanRequest& request) {
        ++asked;
        EXPECT_EQ(query::format(*request.filter), "rule:r-1");
        store::ScanPiece piece;
        if (request.from > day || request.to <= day) {
            return piece;
        }
        for (const char* const address : {"203.0.113.7", "203.0.113.8", "198.51.100.1"}) {
            model::Event& event = piece.batch.events.emplace_back();
            event.time = day;
            event.received = day;
            event.fields = {{.name = "source.ip", .value = model::string_value(address)}};
            piece.detected.push_back({.rule_ids = {"r-1"}, .alerts = {1, 2}});
        }
        return piece;
    };
    const auto answer =
        ask("POST", at_ + "/preview", {{"conditions", wish().at("conditions")}, {"days", 7}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    const Json preview = json(answer);
    EXPECT_EQ(preview.at("detections"), 3);
    EXPECT_EQ(preview.at("hidden"), 2);
    EXPECT_EQ(preview.at("complete"), true);
    EXPECT_EQ(preview.at("days").size(), 1U);
    EXPECT_EQ(preview.at("groups").size(), 2U);
    EXPECT_EQ(preview.at("alerts"), 1) << "not the one that only others see";
    EXPECT_EQ(preview.at("real_alerts"), Json::array({"ALR-1"}));
    EXPECT_EQ(preview.at("samples").size(), 2U);
    EXPECT_GT(asked, 6) << "a day at a time";
    EXPECT_TRUE(json(get(at_)).at("items").empty()) << "nothing is kept";

    scan_.answer = [](const store::ScanRequest&) {
        return base::Result<store::ScanPiece>(base::unavailable("libchdb.so is missing"));
    };
    EXPECT_EQ(ask("POST", at_ + "/preview", {{"conditions", wish().at("conditions")}}).status, 503);
    EXPECT_EQ(ask("POST", at_ + "/preview", {{"conditions", wish().at("conditions")}, {"days", 0}})
                  .status,
              400);
}

constexpr const char* kText = R"(title: Web shell
id: 0b7a1f3e-6f0c-4a7e-9a55-0d6a3e8a1c11
level: high
logsource:
    category: webserver
detection:
    selection:
        url.path|contains:
            - '/shell'
            - '/c99'
    condition: selection
)";

TEST_F(Rules, a_text_is_checked_written_with_a_reason_and_read_in_words)
{
    const std::string id = "0b7a1f3e-6f0c-4a7e-9a55-0d6a3e8a1c11";
    const std::string text = "/api/v1/rules/" + id + "/text";
    const auto checked = ask("POST", "/api/v1/rules/check", {{"yaml", kText}});
    ASSERT_EQ(checked.status, 200) << checked.body;
    EXPECT_EQ(json(checked).at("rules").size(), 1U) << checked.body;
    const auto broken = ask("POST", "/api/v1/rules/check", {{"yaml", "title: x\ndetection: 1\n"}});
    ASSERT_EQ(broken.status, 200) << broken.body;
    EXPECT_FALSE(json(broken).at("problems").empty());
    EXPECT_TRUE(json(broken).at("rules").empty());

    const auto write = [&](const std::string& target, const Json& body) {
        auto asked = as(cookie_, "PUT", target, json_text(body));
        asked.headers.emplace_back("if-match", "\"v0\"");
        return send(asked);
    };
    EXPECT_EQ(write(text, {{"yaml", kText}, {"reason", ""}}).status, 400);
    EXPECT_EQ(write("/api/v1/rules/other/text", {{"yaml", kText}, {"reason", "x"}}).status, 400);
    EXPECT_EQ(rules_reloaded_, 0);
    // As the program does at a reload, the text is among the sources when it is read again.
    std::vector<detect::RuleFile> own{
        {.name = service::own_file_name(id), .yaml = kText, .origin = detect::RuleOrigin::Own}};
    rule_desk_.reload = [this, &own] {
        ++rules_reloaded_;
        rule_sources_ = sources_of(own);
        return base::Status{};
    };
    const auto kept = write(text, {{"yaml", kText}, {"reason", "kampanye baru"}});
    ASSERT_EQ(kept.status, 200) << kept.body;
    EXPECT_EQ(rules_reloaded_, 1);
    EXPECT_EQ(json(kept).at("own"), true);
    EXPECT_EQ(json(kept).at("version"), 1);
    const Json words = json(kept).at("words");
    EXPECT_EQ(words.at("logsource"), "category webserver");
    EXPECT_EQ(words.at("condition"), "selection");
    EXPECT_EQ(words.at("selections").at(0).at("any_of").at(0).at(0),
              (Json{{"field", "url.path"},
                    {"modifiers", {"contains"}},
                    {"values", {"/shell", "/c99"}},
                    {"more", 0}}));
    EXPECT_EQ(write(text, {{"yaml", kText}, {"reason", "x"}}).status, 412)
        << "it has changed since";

    own.clear();
    const auto remove = [&](const std::string& version) {
        auto asked = as(cookie_, "DELETE", text);
        asked.headers.emplace_back("if-match", version);
        return send(asked).status;
    };
    EXPECT_EQ(ask("DELETE", text).status, 428);
    EXPECT_EQ(remove("\"v0\""), 412) << "another text was written since";
    EXPECT_EQ(remove("\"v1\""), 204);
    EXPECT_EQ(remove("*"), 404);
    EXPECT_EQ(get(text).status, 404);
    const Json last = json(get("/api/v1/rules/" + id + "/history")).at("items").at(0);
    EXPECT_EQ(last.at("action"), "rule.remove");
}

TEST_F(Rules, a_text_is_tried_over_stored_events_and_told)
{
    scan_.answer = [](const store::ScanRequest& request) {
        store::ScanPiece piece;
        if (request.after.empty()) {
            piece.next = "more";
            piece.left = 2;
        }
        return piece;
    };
    const Json wish{{"yaml", kText}, {"from", days_ahead(-30)}};
    const auto begun = ask("POST", "/api/v1/hunts", wish);
    ASSERT_EQ(begun.status, 202) << begun.body;
    EXPECT_EQ(json(begun).at("state"), "waiting");
    EXPECT_EQ(json(begun).at("title"), "Web shell");
    ASSERT_TRUE(hunts_->work_once());
    const std::string at = "/api/v1/hunts/" + json(begun).at("id").get<std::string>();
    EXPECT_EQ(json(get(at)).at("state"), "done") << get(at).body;
    EXPECT_EQ(json(get("/api/v1/hunts")).at("items").size(), 1U);
    EXPECT_EQ(get("/api/v1/hunts/none").status, 404);
    EXPECT_EQ(ask("DELETE", at).status, 204);
    EXPECT_EQ(ask("POST", "/api/v1/hunts", {{"from", days_ahead(-1)}}).status, 400);
    EXPECT_EQ(ask("POST", "/api/v1/hunts", {{"rule", "none"}, {"from", days_ahead(-1)}}).status,
              404);
    EXPECT_EQ(ask("POST", "/api/v1/hunts", {{"list", "none"}, {"from", days_ahead(-1)}}).status,
              404);
    EXPECT_EQ(ask("POST", "/api/v1/hunts", {{"yaml", kText}, {"from", days_ahead(3)}}).status, 400)
        << "the period ends before it begins";
}

TEST_F(Rules, rows_tell_what_each_rule_did)
{
    rule_counts_["r-1"] = {.detections = 12, .excepted = 3};
    const Json row = json(get("/api/v1/rules")).at("items").at(0);
    EXPECT_EQ(row.at("counts"), (Json{{"detections", 12}, {"excepted", 3}}));
}

} // namespace
} // namespace tanggap::api
