// Every route: who may, what is refused, that answers fit their schemas and the document is fresh.
#include <cstdlib>
#include <future>
#include <latch>
#include <set>
#include <sstream>
#include <thread>

#include "api/detail/render.h"
#include "api/detail/route.h"
#include "api/detail/schema.h"
#include "api/test_world.h"
#include "generated/source_dir.h"

namespace tanggap::api {
namespace {

std::string example_path(std::string_view pattern)
{
    std::string path(pattern);
    for (std::size_t at = path.find('{'); at != path.npos; at = path.find('{')) {
        path.replace(at, path.find('}') - at + 1, "x1");
    }
    return path;
}

void expect_fits(std::string_view schema, const net::HttpResponse& response)
{
    std::vector<FieldError> errors;
    validate(schema, Json::parse(response.body, nullptr, false), errors);
    for (const FieldError& error : errors) {
        ADD_FAILURE() << schema << error.pointer << " " << error.detail << "\n" << response.body;
    }
}

model::Alert an_alert(std::uint64_t number)
{
    model::Alert alert;
    alert.number = number;
    alert.id = base::make_uuid_v7(base::Time::from_seconds(1'700'000'000));
    alert.key = {.source = "203.0.113.7", .technique = "T1505", .target = "portal.example"};
    alert.title = "Web shell uploaded";
    alert.title_id = "Web shell diunggah";
    alert.severity = model::Level::Critical;
    alert.priority = static_cast<int>(number);
    alert.first_seen = alert.last_seen = base::Time::from_seconds(1'700'000'000);
    alert.rules.resize(1);
    alert.rules.front().rule_id = "r1";
    alert.factors.resize(1);
    alert.first_reasons.resize(1);
    alert.asset_name = "Portal";
    return alert;
}

class Routes : public ApiTest {
protected:
    void add_alerts(std::uint64_t count)
    {
        store::Commit commit;
        commit.cursor = 1;
        commit.range.token = "t";
        for (std::uint64_t number = 1; number <= count; ++number) {
            commit.alerts.push_back(an_alert(number));
        }
        store::BatchResult batch;
        batch.sequence = 1;
        batch.alerts = {1};
        commit.batches = {batch};
        ASSERT_TRUE(cases_->commit(commit));
    }
};

TEST_F(Routes, without_a_sign_in_only_the_listed_ones_answer)
{
    const std::set<std::string_view> open{"getHealth",        "getReady",        "getDocument",
                                          "getSetup",         "setUp",           "signIn",
                                          "lookAtInvitation", "acceptInvitation"};
    for (const Route& route : routes()) {
        const auto response = send(request(std::string(route.method), example_path(route.path)));
        EXPECT_EQ(response.status != 401, open.contains(route.id)) << route.id << response.status;
        EXPECT_EQ(route.scope == policy::Scope::Public, open.contains(route.id)) << route.id;
    }
}

TEST_F(Routes, another_scope_than_the_asked_one_is_refused_and_named)
{
    set_up();
    for (const Route& route : routes()) {
        const bool has =
            route.scope == policy::Scope::Public || route.scope == policy::Scope::SignedIn ||
            route.scope == policy::Scope::Read || route.scope == policy::Scope::EventsIngest;
        if (has) {
            continue;
        }
        const auto response = send(request(std::string(route.method), example_path(route.path)));
        EXPECT_EQ(response.status, 403) << route.id;
        EXPECT_NE(response.body.find(policy::name_of(route.scope)), std::string::npos);
    }
}

TEST_F(Routes, a_key_opens_what_its_scopes_name_and_nothing_else)
{
    set_up();
    for (const policy::Scope scope : {policy::Scope::Read, policy::Scope::EventsIngest,
                                      policy::Scope::Admin, policy::Scope::AuditRead}) {
        key_ = key_with({std::string(policy::name_of(scope))});
        for (const Route& route : routes()) {
            const bool may = (route.scope == policy::Scope::Public ||
                              route.scope == policy::Scope::SignedIn || route.scope == scope) &&
                             !route.session_only;
            const auto answer = send(request(std::string(route.method), example_path(route.path)));
            EXPECT_EQ(answer.status == 403, !may)
                << route.id << " " << policy::name_of(scope) << answer.body;
            EXPECT_NE(answer.status, 401) << route.id;
            EXPECT_NE(answer.status, 500) << route.id << answer.body;
        }
    }
}

TEST_F(Routes, reasons_for_not_being_ready_are_not_told_to_strangers)
{
    world_->unready_reasons = [] { return std::vector<std::string>{"/srv/secret: broken"}; };
    const auto far = get("/ready");
    EXPECT_EQ(far.status, 503);
    EXPECT_EQ(far.body.find("secret"), std::string::npos);
    auto near = request("GET", "/ready");
    near.peer_is_loopback = true;
    EXPECT_NE(send(near).body.find("secret"), std::string::npos);
    set_up();
    EXPECT_NE(get("/ready").body.find("secret"), std::string::npos);
}

TEST_F(Routes, metrics_are_open_to_loopback_only)
{
    EXPECT_EQ(get("/metrics").status, 401);
    auto near = request("GET", "/metrics");
    near.peer_is_loopback = true;
    EXPECT_EQ(send(near).status, 200);
}

TEST_F(Routes, unknown_parameters_are_refused_everywhere)
{
    set_up();
    for (const Route& route : routes()) {
        const auto who = accounts_->principal_of_key(key_);
        if (!service::authorise(*who, route.scope) || route.session_only) {
            continue; // this key is turned away before its parameters are read
        }
        auto made = request(std::string(route.method), example_path(route.path) + "?nonsense=1");
        made.peer_is_loopback = true;
        const auto response = send(made);
        EXPECT_EQ(response.status, 400) << route.id << response.body;
        expect_fits("Problem", response);
    }
}

TEST_F(Routes, every_answer_has_the_security_headers)
{
    for (const char* const path : {"/health", "/api/v1/alerts", "/nowhere", "/app/", "/"}) {
        const auto response = get(path);
        EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff") << path;
        EXPECT_EQ(header(response, "Referrer-Policy"), "no-referrer") << path;
        EXPECT_NE(header(response, "Content-Security-Policy").find("frame-ancestors 'none'"),
                  std::string::npos);
        EXPECT_FALSE(header(response, "Cache-Control").empty());
    }
    EXPECT_EQ(header(get("/api/v1/setup"), "Cache-Control"), "no-store");
}

TEST_F(Routes, answers_fit_their_schemas)
{
    set_up();
    add_alerts(3);
    auto rule = std::make_shared<model::RuleInfo>();
    rule->id = "r1";
    rules_.push_back(rule);
    disk::QuarantineEntry entry;
    entry.id = "1-0";
    entry.record.bytes = std::string("\0\xff<b>", 5);
    journal_.quarantine.push_back(entry);
    const std::vector<std::pair<std::string, std::string_view>> cases{
        {"/health", "Health"},
        {"/ready", "Ready"},
        {"/api/v1/setup", "SetupState"},
        {"/api/v1/session", "SessionState"},
        {"/api/v1/overview", "Overview"},
        {"/api/v1/overview?from=now-24h&to=now", "Overview"},
        {"/api/v1/ledger", "Ledger"},
        {"/api/v1/alerts", "AlertPage"},
        {"/api/v1/alerts/facets?fields=severity,rule,organisation", "Facets"},
        {"/api/v1/alerts/ALR-1", "Alert"},
        {"/api/v1/alerts/ALR-1/why", "AlertWhy"},
        {"/api/v1/alerts/ALR-1/events", "EventPage"},
        {"/api/v1/events?q=status>=500", "EventPage"},
        {"/api/v1/events/e1", "Event"},
        {"/api/v1/events/histogram?buckets=10", "Histogram"},
        {"/api/v1/events/top?field=src.ip", "TopValues"},
        {"/api/v1/quarantine", "QuarantinePage"},
        {"/api/v1/quarantine/1-0", "QuarantineEntry"},
        {"/api/v1/sensors", "SensorPage"},
        {"/api/v1/rules", "RulePage"},
        {"/api/v1/assets", "AssetPage"},
        {"/api/v1/organisations", "OrganisationPage"},
        {"/api/v1/holidays", "Holidays"},
        {"/api/v1/playbooks", "Playbooks"},
        {"/api/v1/clocks", "ClockRules"},
        {"/api/v1/rules/r1", "Rule"},
        {"/api/v1/ingest/batches/1", "Batch"},
        {"/api/v1/ingest/batches/3", "Batch"},
        {"/api/v1/ingest/progress", "IngestProgress"},
        {"/api/v1/me", "Me"},
        {"/api/v1/me/sessions", "SessionPage"},
        {"/api/v1/keys", "KeyPage"},
        {"/api/v1/protection/alert/ALR-1", "Protection"},
    };
    for (const auto& [target, schema] : cases) {
        const auto response = get(target);
        EXPECT_EQ(response.status, 200) << target << response.body;
        expect_fits(schema, response);
    }
}

TEST_F(Routes, an_alert_list_is_walked_by_its_cursor_and_by_no_other)
{
    set_up();
    add_alerts(5);
    std::vector<std::string> numbers;
    std::string target = "/api/v1/alerts?limit=2";
    while (true) {
        const Json page = json(get(target));
        for (const Json& item : page.at("items")) {
            numbers.push_back(item.at("number"));
        }
        if (page.at("next").is_null()) {
            break;
        }
        target = "/api/v1/alerts?limit=2&cursor=" + page.at("next").get<std::string>();
    }
    EXPECT_EQ(numbers, (std::vector<std::string>{"ALR-5", "ALR-4", "ALR-3", "ALR-2", "ALR-1"}));
    const std::string cursor = json(get("/api/v1/alerts?limit=2")).at("next");
    EXPECT_EQ(get("/api/v1/alerts?sort=-number&cursor=" + cursor).status, 400);
    EXPECT_EQ(get("/api/v1/alerts?cursor=AAAA").status, 400);
    EXPECT_EQ(get("/api/v1/alerts?limit=501").status, 400);
    EXPECT_EQ(get("/api/v1/alerts?limit=0").status, 400);
    EXPECT_EQ(get("/api/v1/alerts?limit=2&limit=2").status, 400);
    EXPECT_EQ(get("/api/v1/alerts?sort=number").status, 400);
}

TEST_F(Routes, a_list_names_its_next_page_in_a_link_and_equal_pages_are_not_sent_again)
{
    set_up();
    add_alerts(3);
    const auto first = get("/api/v1/alerts?limit=2&sort=-number");
    const std::string link = header(first, "Link");
    ASSERT_TRUE(link.starts_with("</api/v1/alerts?limit=2&sort=-number&cursor=")) << link;
    ASSERT_TRUE(link.ends_with(">; rel=\"next\"")) << link;
    const auto second = get(link.substr(1, link.find('>') - 1));
    EXPECT_EQ(json(second).at("items").at(0).at("number"), "ALR-1");
    EXPECT_EQ(header(second, "Link"), "");
    clock_.seconds += 60; // `as_of` moves on; the page is the same
    auto again = request("GET", "/api/v1/alerts?limit=2&sort=-number");
    again.headers.emplace_back("if-none-match", header(first, "ETag"));
    EXPECT_EQ(send(again).status, 304);
}

TEST_F(Routes, fields_leaves_the_rest_of_an_item_out)
{
    set_up();
    add_alerts(1);
    EXPECT_EQ(json(get("/api/v1/alerts?fields=number,severity")).at("items").at(0),
              (Json{{"number", "ALR-1"}, {"severity", "critical"}}));
    const auto unknown = get("/api/v1/alerts?fields=number,nosuch");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_NE(unknown.body.find("last_seen"), std::string::npos);
    EXPECT_EQ(json(get("/api/v1/events?fields=message,source.ip")).at("items").at(0),
              (Json{{"message", "one"}}));
}

TEST(OnlyFields, follows_dots_into_objects)
{
    const Json event{{"a", {{"b", 1}, {"c", {{"d", 2}, {"e", 3}}}}}, {"f", "x"}, {"g", {1, 2}}};
    EXPECT_EQ(only_fields({"a.b", "a.c.e"}, event), (Json{{"a", {{"b", 1}, {"c", {{"e", 3}}}}}}));
    EXPECT_EQ(only_fields({"a", "a.b", "g"}, event), (Json{{"a", event["a"]}, {"g", {1, 2}}}));
    EXPECT_EQ(only_fields({"f.x", "nosuch", "a.nosuch"}, event).value("f", "-"), "-");
    EXPECT_EQ(only_fields({}, event), event);
}

TEST_F(Routes, a_query_with_mistakes_answers_with_their_places)
{
    set_up();
    const auto response = get("/api/v1/alerts?q=sevrity:high");
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(json(response).at("errors").at(0).at("code"), "query");
    const auto parsed = post("/api/v1/query/parse", R"({"q":"severity:tinggi","scope":"alerts"})");
    EXPECT_EQ(json(parsed).at("canonical"), "severity:high");
    expect_fits("QueryParsed", parsed);
}

TEST_F(Routes, the_events_of_an_alert_are_asked_by_its_number_and_time)
{
    set_up();
    add_alerts(2);
    EXPECT_EQ(get("/api/v1/alerts/ALR-2/events").status, 200);
    EXPECT_EQ(events_.asked, "alert:2");
    EXPECT_EQ(events_.from, base::Time::from_seconds(1'700'000'000));
    EXPECT_GT(events_.to, events_.from);
}

TEST_F(Routes, an_event_search_has_a_budget_says_how_far_it_came_and_ends_with_its_asker)
{
    set_up();
    bool left = false;
    auto asked = request("GET", "/api/v1/events?q=*jndi*&budget_ms=400");
    asked.abandoned = [&] { return left; };
    const Json page = json(send(asked));
    EXPECT_EQ(events_.budget, std::chrono::milliseconds(400));
    ASSERT_TRUE(events_.abandoned);
    EXPECT_FALSE(events_.abandoned());
    left = true;
    EXPECT_TRUE(events_.abandoned());
    EXPECT_EQ(page.at("searched").at("events"), 3);
    EXPECT_EQ(page.at("searched").at("of"), 8);
    EXPECT_EQ(page.at("searched").at("complete"), false);
    EXPECT_EQ(page.at("total").at("relation"), "gte") << "an unfinished search has counted nothing";

    // The budget is no part of the question: the cursor of a hurried page serves a patient one.
    const std::string cursor = page.at("next");
    EXPECT_EQ(json(get("/api/v1/events?q=*jndi*&cursor=" + cursor)).at("searched").at("complete"),
              true);
    EXPECT_EQ(events_.budget, std::nullopt);
    EXPECT_EQ(get("/api/v1/events?budget_ms=1").status, 400);
}

TEST_F(Routes, without_the_engine_search_says_what_is_missing)
{
    set_up();
    events_.missing = true;
    const auto response = get("/api/v1/events");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(json(response).at("type"), "urn:tanggap:problem:engine-unavailable");
    EXPECT_NE(response.body.find("libchdb.so"), std::string::npos);
    EXPECT_EQ(get("/api/v1/overview").status, 200);
}

TEST_F(Routes, searches_never_take_every_worker)
{
    set_up();
    std::latch all_ask(kSearchesAtOnce);
    std::promise<void> answered;
    const std::shared_future<void> engine = answered.get_future().share();
    events_.while_listing = [&] {
        all_ask.count_down();
        engine.wait();
    };
    std::vector<std::thread> askers;
    for (int i = 0; i < kSearchesAtOnce; ++i) {
        askers.emplace_back([&] { EXPECT_EQ(get("/api/v1/events").status, 200); });
    }
    all_ask.wait();
    const auto one_more = get("/api/v1/events");
    EXPECT_EQ(one_more.status, 503);
    EXPECT_FALSE(header(one_more, "Retry-After").empty());
    EXPECT_EQ(post("/api/v1/ingest/web-1", "x", "text/plain").status, 202);
    answered.set_value();
    for (std::thread& asker : askers) {
        asker.join();
    }
    events_.while_listing = {};
    EXPECT_EQ(get("/api/v1/events").status, 200);
}

TEST_F(Routes, an_item_seen_before_is_not_sent_again)
{
    set_up();
    add_alerts(1);
    const auto first = get("/api/v1/alerts/ALR-1");
    auto again = request("GET", "/api/v1/alerts/ALR-1");
    again.headers.emplace_back("if-none-match", header(first, "ETag"));
    const auto second = send(again);
    EXPECT_EQ(second.status, 304);
    EXPECT_TRUE(second.body.empty());
}

TEST_F(Routes, problems_speak_the_readers_language)
{
    auto asked = request("GET", "/api/v1/alerts");
    asked.headers.emplace_back("accept-language", "id-ID,id;q=0.9,en;q=0.8");
    EXPECT_EQ(json(send(asked)).at("title"), "Masuk dahulu");
    EXPECT_EQ(json(get("/api/v1/alerts")).at("title"), "Sign in first");
    const auto wrong_method = send(request("PUT", "/api/v1/alerts"));
    EXPECT_EQ(wrong_method.status, 405);
    EXPECT_EQ(header(wrong_method, "Allow"), "GET");
    EXPECT_EQ(get("/api/v1/nothing").status, 404);
}

TEST_F(Routes, the_console_answers_below_app)
{
    EXPECT_EQ(header(get("/"), "Location"), "/app/");
    EXPECT_EQ(get("/app/").static_body, "<html>");
    EXPECT_EQ(get("/app/alerts/ALR-1").static_body, "<html>");
    EXPECT_EQ(get("/app/missing.js").status, 404);
    EXPECT_NE(header(get("/app/assets/a-1.js"), "Cache-Control").find("immutable"),
              std::string::npos);
    EXPECT_NE(header(get("/app/"), "Content-Security-Policy").find("require-trusted-types-for"),
              std::string::npos);
}

TEST_F(Routes, the_console_comes_in_the_smallest_form_the_reader_takes)
{
    const auto ask = [&](std::string accepted) {
        auto asked = request("GET", "/app/assets/a-1.js");
        asked.headers.emplace_back("accept-encoding", std::move(accepted));
        return send(asked);
    };
    const auto form = [&](std::string accepted) {
        const auto answer = ask(std::move(accepted));
        return std::pair{header(answer, "Content-Encoding"), std::string(answer.static_body)};
    };
    using Form = std::pair<std::string, std::string>;
    EXPECT_EQ(form("gzip, deflate, br, zstd"), Form("br", "BR"));
    EXPECT_EQ(form("gzip;q=1.0, br;q=0"), Form("gzip", "GZ"));
    EXPECT_EQ(form("br;q=0.000, gzip; q=0.5"), Form("gzip", "GZ"));
    EXPECT_EQ(form("x-gzip, brotli"), Form("", "<html>"));
    EXPECT_EQ(form(""), Form("", "<html>"));
    EXPECT_EQ(header(ask("br"), "Vary"), "Accept-Encoding");
}

TEST_F(Routes, a_facet_of_rules_carries_their_titles)
{
    set_up();
    add_alerts(1);
    auto rule = std::make_shared<model::RuleInfo>();
    rule->id = "r1";
    rule->title = "Web shell answers";
    rules_.push_back(rule);
    const auto values = json(get("/api/v1/alerts/facets?fields=rule")).at("fields").at("rule");
    ASSERT_FALSE(values.empty());
    EXPECT_EQ(values.at(0).at("value"), "r1");
    EXPECT_EQ(values.at(0).at("title"), "Web shell answers");
}

TEST(OpenApi, the_committed_document_is_fresh)
{
    const std::string path = TANGGAP_SOURCE_DIR "/api/openapi.json";
    if (std::getenv("TANGGAP_GOLDEN_UPDATE") != nullptr) {
        std::ofstream(path) << openapi_json();
    }
    std::ifstream file(path);
    std::stringstream committed;
    committed << file.rdbuf();
    EXPECT_EQ(committed.str(), openapi_json()) << "run ./dev gen and read the diff";
}

TEST(OpenApi, names_each_operation_once_and_only_known_schemas)
{
    std::set<std::string_view> ids;
    for (const Route& route : routes()) {
        EXPECT_TRUE(ids.insert(route.id).second) << route.id;
        EXPECT_FALSE(route.summary.empty()) << route.id;
        EXPECT_FALSE(route.summary_id.empty()) << route.id;
        for (const std::string_view schema : {route.request, route.response}) {
            EXPECT_TRUE(schema.empty() || schemas().contains(std::string(schema))) << schema;
        }
    }
}

} // namespace
} // namespace tanggap::api
