// The queue and what people do in it, through the routes.
#include <chrono>
#include <thread>

#include "api/detail/schema.h"
#include "api/test_world.h"

namespace tanggap::api {
namespace {

class TriageRoutes : public ApiTest {
protected:
    void fill(std::uint64_t count)
    {
        set_up();
        key_ = key_with({"read", "alerts:write"});
        store::Commit commit;
        commit.cursor = 1;
        commit.range.token = "t";
        for (std::uint64_t number = 1; number <= count; ++number) {
            model::Alert alert;
            alert.number = number;
            alert.id = base::make_uuid_v7(clock_.now());
            alert.key = {.source = "203.0.113.7", .technique = "T1110", .target = "web-1"};
            alert.title = "SSH brute force";
            alert.severity = model::Level::High;
            alert.priority = static_cast<int>(number % 100);
            alert.first_seen = alert.last_seen = alert.created_at = clock_.now();
            alert.events = 3;
            alert.rules.resize(1);
            alert.rules.front().rule_id = "r-1";
            commit.alerts.push_back(std::move(alert));
        }
        ASSERT_TRUE(cases_->commit(commit));
    }
    static void expect_fits(std::string_view schema, const net::HttpResponse& response)
    {
        std::vector<FieldError> errors;
        validate(schema, json(response), errors);
        for (const FieldError& error : errors) {
            ADD_FAILURE() << schema << error.pointer << " " << error.detail << "\n"
                          << response.body;
        }
    }
    Json act(const std::string& body, int status = 200)
    {
        const auto response = post("/api/v1/actions", body);
        EXPECT_EQ(response.status, status) << response.body;
        if (status < 300) {
            expect_fits("ActionResult", response);
        }
        return json(response);
    }
    std::uint64_t total(const std::string& query)
    {
        const auto response = get("/api/v1/triage?limit=1&q=" + query);
        EXPECT_EQ(response.status, 200) << response.body;
        return json(response).at("total").at("value").get<std::uint64_t>();
    }
};

TEST_F(TriageRoutes, put_alerts_into_a_case_which_both_sides_show)
{
    fill(3);
    key_ = key_with({"read", "alerts:write", "cases:read", "cases:write"});
    const Json made = act(
        R"({"type":"alert.attach","target":{"ids":["ALR-1","ALR-2"]},"params":{"title":"Tebak sandi"}})");
    const std::string number = made.at("case").get<std::string>();
    EXPECT_TRUE(number.starts_with("KAS-"));
    const Json alert = json(get("/api/v1/alerts/ALR-1"));
    EXPECT_EQ(alert.at("status"), "in_case");
    const Json subject = json(get("/api/v1/cases/" + alert.at("case_id").get<std::string>()));
    EXPECT_EQ(subject.at("number"), number);
    EXPECT_EQ(json(get("/api/v1/cases/" + number + "/alerts")).at("items").size(), 2U);
    EXPECT_EQ(total("case:" + number), 2U);
    EXPECT_EQ(total("case:" + subject.at("id").get<std::string>()), 2U);

    act(R"({"type":"alert.attach","target":{"ids":["ALR-3"]},"params":{"case":")" + number +
        R"("}})");
    act(R"({"type":"alert.detach","target":{"ids":["ALR-3"]}})");
    EXPECT_EQ(json(get("/api/v1/alerts/ALR-3")).at("status"), "accepted");
    const auto undone = post("/api/v1/actions/" + made.at("id").get<std::string>() + "/undo", "{}");
    EXPECT_EQ(undone.status, 200) << undone.body;
    EXPECT_EQ(json(get("/api/v1/alerts/ALR-1")).at("status"), "new");

    act(R"({"type":"alert.attach","target":{"ids":["ALR-1"]},"params":{"case":"KAS-2020-0009"}})",
        404);
    key_ = key_with({"read", "alerts:write"});
    act(R"({"type":"alert.attach","target":{"ids":["ALR-1"]}})", 403);
}

TEST_F(TriageRoutes, give_the_queue_its_facets_counts_and_news)
{
    fill(3);
    const auto page = get("/api/v1/triage?q=is:open&limit=2");
    ASSERT_EQ(page.status, 200) << page.body;
    expect_fits("TriagePage", page);
    const Json first = json(page).at("items").at(0);
    EXPECT_EQ(first.at("number"), "ALR-3");
    EXPECT_EQ(first.at("kind"), "alert");
    EXPECT_EQ(first.at("status"), "new");
    const auto next = get("/api/v1/triage?q=is:open&limit=2&cursor=" +
                          net::percent_encode(json(page).at("next").get<std::string>()));
    EXPECT_EQ(json(next).at("items").size(), 1U);

    const auto facets = get("/api/v1/triage/facets?fields=severity,status,assignee,label,rule");
    expect_fits("Facets", facets);
    EXPECT_EQ(json(facets).at("fields").at("severity").at(0).at("count"), 3);

    const auto counts = post("/api/v1/triage/counts",
                             R"({"queries":{"a":"is:open","b":"is:closed","bad":"nosuch:x"}})");
    expect_fits("TriageCounts", counts);
    EXPECT_EQ(json(counts).at("counts").at("a").at("value"), 3);
    EXPECT_EQ(json(counts).at("counts").at("b").at("value"), 0);
    EXPECT_FALSE(json(counts).at("counts").contains("bad"));

    EXPECT_EQ(json(get("/api/v1/triage/news?q=is:open&since=2023-01-01T00:00:00Z")).at("count"), 3);
    EXPECT_EQ(json(get("/api/v1/triage/news?q=is:open&since=2030-01-01T00:00:00Z")).at("count"), 0);
    EXPECT_EQ(get("/api/v1/triage/news?q=is:open").status, 400);
    EXPECT_EQ(get("/api/v1/triage?q=nosuch:x").status, 400);
    EXPECT_EQ(get("/api/v1/triage?sort=number").status, 400);
}

TEST_F(TriageRoutes, give_the_queue_in_groups_that_count_what_their_lists_have)
{
    fill(3);
    for (const std::string group : {"rule", "source", "organisation"}) {
        const auto page = get("/api/v1/triage?q=is:open&group=" + group);
        ASSERT_EQ(page.status, 200) << page.body;
        expect_fits("TriagePage", page);
        const Json items = json(page).at("items");
        ASSERT_EQ(items.size(), 1U) << page.body;
        EXPECT_EQ(items.at(0).at("rows"), 3);
        EXPECT_EQ(items.at(0).at("events"), 9);
        EXPECT_EQ(items.at(0).at("severity"), "high");
        const auto term = items.at(0).at("q").get<std::string>();
        EXPECT_EQ(total("is:open%20" + net::percent_encode(term)), 3U) << term;
    }
    const Json rule = json(get("/api/v1/triage?group=rule")).at("items").at(0);
    EXPECT_EQ(rule.at("value"), "r-1");
    EXPECT_EQ(rule.at("q"), "rule:r-1");
    const Json nobodys = json(get("/api/v1/triage?group=organisation")).at("items").at(0);
    EXPECT_EQ(nobodys.at("value"), "");
    EXPECT_EQ(nobodys.at("q"), "-organisation:*");
    EXPECT_EQ(json(get("/api/v1/triage?group=rule&fields=value,rows")).at("items"),
              Json::array({{{"value", "r-1"}, {"rows", 3}}}));
    EXPECT_EQ(get("/api/v1/triage?group=colour").status, 400);
    EXPECT_EQ(get("/api/v1/triage?group=").status, 400);
    EXPECT_EQ(get("/api/v1/triage?group=rule&fields=number").status, 400);
}

TEST_F(TriageRoutes, page_through_groups_with_a_cursor_of_the_same_question)
{
    set_up();
    store::Commit commit;
    commit.cursor = 1;
    commit.range.token = "t";
    for (std::uint64_t number = 1; number <= 5; ++number) {
        model::Alert alert;
        alert.number = number;
        alert.id = base::make_uuid_v7(clock_.now());
        alert.key = {.source = number == 5 ? "www-data@web 1"
                                           : "2001:db8:" + std::to_string(number) + "::/64",
                     .technique = "T1110",
                     .target = "web-1"};
        alert.priority = static_cast<int>(number);
        alert.first_seen = alert.last_seen = alert.created_at = clock_.now();
        commit.alerts.push_back(std::move(alert));
    }
    ASSERT_TRUE(cases_->commit(commit));
    std::vector<int> priorities;
    std::string next;
    do {
        const auto page = get("/api/v1/triage?group=source&limit=2" +
                              (next.empty() ? "" : "&cursor=" + net::percent_encode(next)));
        ASSERT_EQ(page.status, 200) << page.body;
        EXPECT_EQ(json(page).at("total"), (Json{{"value", 5}, {"relation", "eq"}}));
        for (const Json& group : json(page).at("items")) {
            priorities.push_back(group.at("priority").get<int>());
            const auto term = group.at("q").get<std::string>();
            EXPECT_EQ(total(net::percent_encode(term)), 1U) << term;
        }
        next = json(page).at("next").is_null() ? "" : json(page).at("next").get<std::string>();
    } while (!next.empty());
    EXPECT_EQ(priorities, (std::vector<int>{5, 4, 3, 2, 1}));

    const std::string cursor = net::percent_encode(
        json(get("/api/v1/triage?group=source&limit=2")).at("next").get<std::string>());
    EXPECT_EQ(get("/api/v1/triage?limit=2&cursor=" + cursor).status, 400);
    EXPECT_EQ(get("/api/v1/triage?group=rule&limit=2&cursor=" + cursor).status, 400);
}

TEST_F(TriageRoutes, take_a_host_called_like_a_network_for_no_more_than_its_own_group)
{
    set_up();
    store::Commit commit;
    commit.cursor = 1;
    commit.range.token = "t";
    for (const char* const source :
         {"203.0.113.7", "203.0.113.0/24", "0.0.0.0/0", "203.0.113.1..203.0.113.9", "2001:db8::/64",
          "2001:db9::/32", "2001:db8:1::1", "2001:db8:1::/64", "a..b*c", "::/64", "0.0.0.0",
          "8000::/64", "0:0:c633:640f::/64", "198.51.100.15", "host:22"}) {
        model::Alert alert;
        alert.number = commit.alerts.size() + 1;
        alert.id = base::make_uuid_v7(clock_.now());
        alert.key = {.source = source, .technique = "T1110", .target = "web-1"};
        alert.first_seen = alert.last_seen = alert.created_at = clock_.now();
        commit.alerts.push_back(std::move(alert));
    }
    ASSERT_TRUE(cases_->commit(commit));
    const Json groups = json(get("/api/v1/triage?group=source")).at("items");
    EXPECT_EQ(groups.size(), commit.alerts.size());
    for (const Json& group : groups) {
        // The address of that name lies in the network that is a source as well.
        const std::uint64_t rows = group.at("value") == "2001:db8:1::/64" ? 2 : 1;
        EXPECT_EQ(total(net::percent_encode(group.at("q").get<std::string>())), rows)
            << group.at("q");
    }
}

TEST_F(TriageRoutes, take_the_id_of_a_rule_for_that_rule_alone)
{
    set_up();
    store::Commit commit;
    commit.cursor = 1;
    commit.range.token = "t";
    for (const char* const id : {"jndi", "my_rule", "MY_RULE", "other"}) {
        model::Alert alert;
        alert.number = commit.alerts.size() + 1;
        alert.id = base::make_uuid_v7(clock_.now());
        alert.key = {.source = "203.0.113.7", .technique = "T1110", .target = "web-1"};
        auto& rule = alert.rules.emplace_back();
        rule.rule_id = id;
        rule.title = "Log4Shell: JNDI look-up, my_rule";
        alert.first_seen = alert.last_seen = alert.created_at = clock_.now();
        commit.alerts.push_back(std::move(alert));
    }
    ASSERT_TRUE(cases_->commit(commit));
    const Json groups = json(get("/api/v1/triage?group=rule")).at("items");
    EXPECT_EQ(groups.size(), 4U);
    for (const Json& group : groups) {
        EXPECT_EQ(total(net::percent_encode(group.at("q").get<std::string>())), 1U) << group;
    }
    EXPECT_EQ(total("rule:log4shell*"), 4U) << "words of a title";
    EXPECT_EQ(total("rule:JNDI"), 4U) << "no rule has this id";
}

TEST_F(TriageRoutes, tell_the_hours_of_alerts_that_the_asker_sees)
{
    fill(2);
    const std::int64_t hour = clock_.seconds - clock_.seconds % 3600;
    events_.hours = {{.alert = 2, .hour = base::Time::from_seconds(hour), .events = 4},
                     {.alert = 2, .hour = base::Time::from_seconds(hour - 23 * 3600), .events = 1}};
    const auto answer = get("/api/v1/triage/hours?alerts=ALR-1,ALR-2,ALR-77");
    ASSERT_EQ(answer.status, 200) << answer.body;
    expect_fits("TriageHours", answer);
    EXPECT_EQ(events_.asked_alerts, (std::vector<std::uint64_t>{2, 1})) << "all in one question";
    const Json alerts = json(answer).at("alerts");
    EXPECT_EQ(alerts.size(), 2U) << "what is not there is not told of";
    EXPECT_EQ(alerts.at("ALR-1"), Json(std::vector<int>(24, 0)));
    EXPECT_EQ(alerts.at("ALR-2").size(), 24U);
    EXPECT_EQ(alerts.at("ALR-2").at(23), 4) << "the running hour is the last";
    EXPECT_EQ(alerts.at("ALR-2").at(0), 1);
    EXPECT_EQ(json(answer).at("from"),
              base::format_rfc3339(base::Time::from_seconds(hour - 23 * 3600)));

    events_.missing = true;
    EXPECT_EQ(get("/api/v1/triage/hours?alerts=ALR-1").status, 503);
    for (const char* const wrong : {"", "1", "ALR-", "ALR-1,", "ALR-x", "LPR-1"}) {
        EXPECT_EQ(get(std::string("/api/v1/triage/hours?alerts=") + wrong).status, 400) << wrong;
    }
    std::string many = "ALR-1";
    for (int i = 0; i < 100; ++i) {
        many += ",ALR-1";
    }
    EXPECT_EQ(get("/api/v1/triage/hours?alerts=" + many).status, 400);

    clock_.pass(std::chrono::hours(48));
    EXPECT_EQ(get("/api/v1/triage/hours?alerts=ALR-1").status, 200)
        << "no event of it can be that young: the archive is not asked";
}

TEST_F(TriageRoutes, carry_out_an_act_tell_it_and_take_it_back)
{
    fill(3);
    const Json done = act(R"({"type":"alert.close","params":{"reason":"benign"},)"
                          R"("reason":"pemindai internal","target":{"ids":["ALR-1","ALR-2"]}})");
    EXPECT_EQ(done.at("changed"), 2);
    EXPECT_EQ(done.at("ids").size(), 2U);
    EXPECT_EQ(total("is:closed"), 2U);
    const Json detail = json(get("/api/v1/alerts/ALR-1"));
    EXPECT_EQ(detail.at("status"), "closed");
    EXPECT_EQ(detail.at("close_reason"), "benign");

    const auto history = get("/api/v1/alerts/ALR-1/history");
    expect_fits("History", history);
    const Json row = json(history).at("items").at(0);
    EXPECT_EQ(row.at("action"), "alert.close");
    EXPECT_EQ(row.at("actor"), "rina");
    EXPECT_EQ(row.at("reason"), "pemindai internal");
    EXPECT_TRUE(row.at("undoable").get<bool>());
    expect_fits("Precedents", get("/api/v1/alerts/ALR-3/precedents"));

    const auto undone = post("/api/v1/actions/" + done.at("id").get<std::string>() + "/undo", "{}");
    ASSERT_EQ(undone.status, 200) << undone.body;
    expect_fits("Undone", undone);
    EXPECT_EQ(total("is:closed"), 0U);
    EXPECT_FALSE(
        json(get("/api/v1/alerts/ALR-1/history")).at("items").at(1).at("undoable").get<bool>());
}

TEST_F(TriageRoutes, act_on_all_that_match_in_a_long_action)
{
    fill(700);
    const Json rehearsed = act(R"({"type":"alert.archive","dry_run":true,)"
                               R"("target":{"scope":"triage","q":"is:open","exclude":["ALR-5"]}})");
    EXPECT_EQ(rehearsed.at("matched"), 699);
    EXPECT_TRUE(rehearsed.at("id").is_null());
    const auto started = post("/api/v1/actions",
                              R"({"type":"alert.archive",)"
                              R"("target":{"scope":"triage","q":"is:open","exclude":["ALR-5"]}})");
    ASSERT_EQ(started.status, 202) << started.body;
    const std::string where = header(started, "Location");
    Json state = json(started);
    while (state.at("state") == "running") {
        std::this_thread::sleep_for(std::chrono::milliseconds(5)); // asking has a limit of its own
        state = json(get(where));
    }
    EXPECT_EQ(state.at("state"), "done");
    EXPECT_EQ(state.at("changed"), 699);
    EXPECT_EQ(total("is:archived"), 699U);
    EXPECT_EQ(total("is:open"), 1U);
}

TEST_F(TriageRoutes, ask_for_the_right_to_act)
{
    set_up(); // this key may read
    EXPECT_EQ(
        post("/api/v1/actions", R"({"type":"alert.accept","target":{"ids":["ALR-1"]}})").status,
        403);
    EXPECT_EQ(get("/api/v1/triage").status, 200);
    key_.clear();
    EXPECT_EQ(get("/api/v1/triage").status, 401);
}

TEST_F(TriageRoutes, refuse_what_is_no_act)
{
    fill(1);
    for (const char* const body : {
             R"({"type":"alert.explode","target":{"ids":["ALR-1"]}})",
             R"({"type":"alert.close","target":{"ids":["ALR-1"]}})",
             R"({"type":"alert.close","params":{"reason":"boredom"},"target":{"ids":["ALR-1"]}})",
             R"({"type":"alert.accept","params":{"reason":"benign"},"target":{"ids":["ALR-1"]}})",
             R"({"type":"alert.accept","target":{}})",
             R"({"type":"alert.accept","target":{"ids":["ALR-1"],"q":"is:open"}})",
             R"({"type":"alert.accept","target":{"q":"nosuch:x"}})",
             R"({"type":"alert.snooze","target":{"ids":["ALR-1"]}})",
             R"({"type":"alert.snooze","params":{"until":"soon"},"target":{"ids":["ALR-1"]}})",
             R"({"type":"alert.priority","target":{"ids":["ALR-1"]}})",
             R"({"type":"alert.label","params":{"label":""},"target":{"ids":["ALR-1"]}})",
         }) {
        const auto response = post("/api/v1/actions", body);
        EXPECT_EQ(response.status, 400) << body << response.body;
    }
    act(R"({"type":"alert.merge","params":{"into":"ALR-77"},"target":{"ids":["ALR-1"]}})", 404);
    EXPECT_EQ(total("is:new"), 1U);
}

TEST_F(TriageRoutes, keep_views_and_looks)
{
    fill(1);
    const auto made = post("/api/v1/views", R"({"name":"Malam","q":"is:open severity:critical"})");
    ASSERT_EQ(made.status, 201) << made.body;
    expect_fits("View", made);
    expect_fits("Views", get("/api/v1/views"));
    EXPECT_EQ(json(get("/api/v1/views")).at("items").size(), 1U);
    EXPECT_EQ(post("/api/v1/views", R"({"name":"Malam","q":""})").status, 409);
    EXPECT_EQ(post("/api/v1/views", R"({"name":" ","q":""})").status, 400);
    EXPECT_EQ(post("/api/v1/views", R"({"name":"x","q":"nosuch:x"})").status, 400);
    const std::string id = json(made).at("id").get<std::string>();
    EXPECT_EQ(send(request("DELETE", "/api/v1/views/" + id)).status, 204);
    EXPECT_EQ(send(request("DELETE", "/api/v1/views/" + id)).status, 404);

    EXPECT_EQ(get("/api/v1/preferences/triage").body, R"({"values":{}})");
    EXPECT_EQ(
        send(request("PUT", "/api/v1/preferences/triage", R"({"values":{"rail":false}})")).status,
        200);
    EXPECT_EQ(get("/api/v1/preferences/triage").body, R"({"values":{"rail":false}})");
    EXPECT_EQ(send(request("PUT", "/api/v1/preferences/NO!", R"({"values":{}})")).status, 400);
}

TEST_F(TriageRoutes, tell_watchers_what_commands_changed)
{
    fill(1);
    const auto stream = get("/api/v1/stream?topics=alerts");
    stream.stream->next();
    act(R"({"type":"alert.accept","target":{"ids":["ALR-1"]}})");
    const std::string text = stream.stream->next().value_or("");
    EXPECT_NE(text.find(R"("changed":["alert.accept"])"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("version":1)"), std::string::npos) << text;
}

} // namespace
} // namespace tanggap::api
