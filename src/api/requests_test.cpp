// Sign-in over HTTP, forged requests, bodies, ingest.
#include <zlib.h>

#include "api/detail/ingest_body.h"
#include "api/test_world.h"
#include "base/limits.h"
#include "service/assets.h"

namespace tanggap::api {
namespace {

using Requests = ApiTest;

std::string gzip(const std::string& text)
{
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(text.size() + 1024, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

TEST_F(Requests, a_browser_signs_in_and_out)
{
    const std::string cookie = sign_in();
    auto me = request("GET", "/api/v1/session");
    me.headers.emplace_back("cookie", "other=1; " + cookie);
    EXPECT_EQ(json(send(me)).at("user").at("name"), "rina");
    auto out = request("DELETE", "/api/v1/session");
    out.headers.emplace_back("cookie", cookie);
    out.headers.emplace_back("x-requested-with", "tanggap");
    EXPECT_EQ(send(out).status, 204);
    EXPECT_EQ(send(me).status, 401);
}

TEST_F(Requests, what_another_site_makes_a_browser_send_is_refused)
{
    const std::string cookie = sign_in();
    struct Case {
        std::vector<std::pair<std::string, std::string>> headers;
        int status;
    };
    const std::vector<Case> cases{
        {{}, 403},
        {{{"x-requested-with", "other"}}, 403},
        {{{"x-requested-with", "tanggap"}, {"sec-fetch-site", "cross-site"}}, 403},
        {{{"x-requested-with", "tanggap"},
          {"origin", "https://evil.example"},
          {"host", "t.example"}},
         403},
        {{{"x-requested-with", "tanggap"}, {"origin", "null"}, {"host", "t.example"}}, 403},
        {{{"x-requested-with", "tanggap"}, {"origin", "https://t.example"}, {"host", "t.example"}},
         200},
        {{{"x-requested-with", "tanggap"}, {"sec-fetch-site", "same-origin"}}, 200},
    };
    for (const Case& one : cases) {
        auto made = request("POST", "/api/v1/query/parse", R"({"q":"","scope":"alerts"})");
        made.headers.emplace_back("cookie", cookie);
        made.headers.insert(made.headers.end(), one.headers.begin(), one.headers.end());
        EXPECT_EQ(send(made).status, one.status);
    }
}

TEST_F(Requests, bodies_are_read_strictly)
{
    set_up();
    const std::vector<std::string> refused{
        "",
        "{",
        "[]",
        R"({"q":"","scope":"alerts","more":1})",
        R"({"q":"","q":"x","scope":"alerts"})",
        R"({"q":1,"scope":"alerts"})",
        R"({"q":"","scope":"weather"})",
        R"({"q":""})",
        "{\"q\":\"\xff\",\"scope\":\"alerts\"}",
        R"({"q":"","scope":"alerts"} x)",
        std::string(100'000, '['),
        std::string(200, '['),
    };
    for (const std::string& body : refused) {
        EXPECT_EQ(post("/api/v1/query/parse", body).status, 400) << body.substr(0, 60);
    }
    EXPECT_EQ(post("/api/v1/query/parse", "q=x", "text/plain").status, 400);
    const auto named = post("/api/v1/query/parse", R"({"q":"","scope":"alerts","more":1})");
    EXPECT_EQ(json(named).at("errors").at(0).at("pointer"), "/more");
}

TEST_F(Requests, lines_become_records_once_they_are_on_disk)
{
    set_up();
    const auto response =
        post("/api/v1/ingest/web-1?source=apache_access&timezone=%2B07:00&origin=a.log",
             "one\r\n\n  \ntwo", "text/plain");
    EXPECT_EQ(response.status, 202) << response.body;
    EXPECT_EQ(json(response),
              Json::parse(R"({"batch":"1","received":2,"duplicate":0,"rejected":[]})"));
    ASSERT_EQ(journal_.appended.size(), 1U);
    const disk::AppendRequest& kept = journal_.appended.front();
    EXPECT_EQ(kept.records.at(0).bytes, "one");
    EXPECT_EQ(kept.records.at(1).bytes, "two");
    EXPECT_EQ(kept.stream.sensor, "web-1");
    EXPECT_EQ(kept.stream.timezone, "+07:00");
    EXPECT_EQ(kept.stream.origin, "a.log");
    EXPECT_EQ(kept.identity, disk::Identity::External);
    EXPECT_EQ(cases_->list_sensors()->size(), 1U);
    post("/api/v1/ingest/web-1?stream=s1", "one", "text/plain");
    EXPECT_EQ(journal_.appended.back().identity, disk::Identity::Content);
}

TEST_F(Requests, times_without_a_zone_have_the_sensors_else_the_installs)
{
    set_up();
    world_->timezone = "Asia/Jakarta";
    post("/api/v1/ingest/web-1?source=apache_access", "a\n", "text/plain");
    EXPECT_EQ(journal_.appended.back().stream.timezone, "Asia/Jakarta");
    store::Sensor sensor;
    sensor.name = "web-2";
    sensor.timezone = "Asia/Makassar";
    ASSERT_TRUE(cases_->upsert_sensor(sensor));
    post("/api/v1/ingest/web-2?source=apache_access", "a\n", "text/plain");
    EXPECT_EQ(journal_.appended.back().stream.timezone, "Asia/Makassar");
    post("/api/v1/ingest/web-2?source=apache_access&timezone=UTC", "a\n", "text/plain");
    EXPECT_EQ(journal_.appended.back().stream.timezone, "UTC");
}

TEST_F(Requests, a_sensor_is_configured_and_its_next_records_follow)
{
    set_up();
    const std::string cookie = cookie_of("rina", secret_);
    const auto change = [&](const std::string& target, const Json& body) {
        auto asked = as(cookie, "PUT", target, json_text(body));
        asked.headers.emplace_back("if-match", "*");
        return send(asked);
    };
    const Json settings{{"title", "Tembok api"},
                        {"source", "apache_access"},
                        {"timezone", "Asia/Makassar"},
                        {"owner", "Diskominfo"},
                        {"rate_max", 10},
                        {"silent_after_seconds", 7200},
                        {"reason", "pindah ruang"}};
    const auto made = change("/api/v1/sensors/fw-1", settings);
    ASSERT_EQ(made.status, 200) << made.body;
    EXPECT_EQ(json(made).at("title"), "Tembok api");
    EXPECT_EQ(json(made).at("version"), 1);
    EXPECT_EQ(sensors_reloaded_, 1);
    post("/api/v1/ingest/fw-1", "a\nb\n", "text/plain");
    const auto& kept = journal_.appended.back();
    EXPECT_EQ(kept.stream.timezone, "Asia/Makassar");
    EXPECT_EQ(kept.stream.source, "apache_access");
    // Twenty records are two seconds of its rate: the next must wait.
    std::string many;
    for (int i = 0; i < 20; ++i) {
        many += "line\n";
    }
    EXPECT_EQ(post("/api/v1/ingest/fw-1", many, "text/plain").status, 202);
    const std::size_t before = journal_.appended.size();
    const auto fast = post("/api/v1/ingest/fw-1", "c\n", "text/plain");
    EXPECT_EQ(fast.status, 429);
    EXPECT_FALSE(header(fast, "Retry-After").empty());
    EXPECT_EQ(journal_.appended.size(), before) << "nothing of it is kept";
    clock_.pass(std::chrono::seconds(3));
    EXPECT_EQ(post("/api/v1/ingest/fw-1", "c\n", "text/plain").status, 202);
    for (const Json& wrong :
         {Json{{"timezone", "Mars/Base"}}, Json{{"source", "nonsense"}},
          Json{{"rate_max", 100'000'000}}, Json{{"title", "a\nb"}}, Json{{"unknown", 1}},
          Json{{"silent_after_seconds", 1'000'000'000}}}) {
        EXPECT_EQ(change("/api/v1/sensors/fw-1", wrong).status, 400) << wrong.dump();
    }
    EXPECT_EQ(change("/api/v1/sensors/f%20w", Json::object()).status, 400);
    EXPECT_EQ(json(get("/api/v1/sensors/fw-1")).at("owner"), "Diskominfo");
    EXPECT_EQ(get("/api/v1/sensors/none").status, 404);
}

TEST_F(Requests, a_rule_is_set_with_a_reason_only)
{
    set_up();
    const std::string cookie = cookie_of("rina", secret_);
    const auto change = [&](const std::string& target, const Json& body) {
        auto asked = as(cookie, "PUT", target, json_text(body));
        asked.headers.emplace_back("if-match", "*");
        return send(asked);
    };
    auto rule = std::make_shared<model::RuleInfo>();
    rule->id = "r-1";
    rule->title = "Rule";
    rules_.push_back(rule);
    const std::string at = "/api/v1/rules/r-1/setting";
    EXPECT_EQ(change(at, {{"enabled", false}, {"reason", " "}}).status, 400);
    EXPECT_EQ(change(at, {{"enabled", true}, {"level", "loud"}, {"reason", "x"}}).status, 400);
    EXPECT_EQ(change("/api/v1/rules/none/setting", {{"enabled", false}, {"reason", "x"}}).status,
              404);
    const auto off = change(at, {{"enabled", false},
                                 {"level", "low"},
                                 {"owner", "Rina"},
                                 {"reason", "pemindai kita sendiri"}});
    ASSERT_EQ(off.status, 200) << off.body;
    EXPECT_EQ(json(off).at("enabled"), false);
    EXPECT_EQ(json(off).at("set").at("level"), "low");
    EXPECT_EQ(json(off).at("set").at("reason"), "pemindai kita sendiri");
    const auto on = change(at, {{"enabled", true}, {"reason", "selesai"}});
    ASSERT_EQ(on.status, 200) << on.body;
    EXPECT_EQ(json(on).at("set").at("level"), Json());
    EXPECT_EQ(json(on).at("version"), 2);
}

TEST_F(Requests, lines_are_tried_and_nothing_is_kept)
{
    set_up();
    const auto answer = post("/api/v1/sources/try", R"({"text":"good\r\nbad\n"})");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json(answer).at("records").size(), 2U);
    EXPECT_EQ(json(answer).at("records").at(1).at("reason"), "bad_json");
    EXPECT_TRUE(journal_.appended.empty());
    EXPECT_EQ(post("/api/v1/sources/try", R"({"text":""})").status, 400);
    EXPECT_EQ(post("/api/v1/sources/try", R"({"text":"a","source":"nonsense"})").status, 400);
}

TEST_F(Requests, what_cannot_be_taken_is_refused_whole)
{
    set_up();
    struct Case {
        std::string target;
        std::string body;
        std::string type;
        int status;
    };
    const std::vector<Case> cases{
        {"/api/v1/ingest/web-1", "x", "application/xml", 415},
        {"/api/v1/ingest/web-1", "\n\n", "text/plain", 400},
        {"/api/v1/ingest/we%20b", "x", "text/plain", 400},
        {"/api/v1/ingest/web-1?source=nonsense", "x", "text/plain", 400},
        {"/api/v1/ingest/web-1?timezone=Mars/Base", "x", "text/plain", 400},
        {"/api/v1/ingest/web-1?timezone=../../etc/passwd", "x", "text/plain", 400},
        {"/api/v1/ingest/web-1?reference_time=soon", "x", "text/plain", 400},
        {"/api/v1/ingest/web-1", std::string("\x05\0\0\0\0ab", 7),
         "application/vnd.tanggap.records", 400},
        {"/api/v1/ingest/web-1", std::string("\x01\0\0\0\x07z", 6),
         "application/vnd.tanggap.records", 400},
        {"/api/v1/ingest/web-1", std::string(base::limits::kIngestBytesMax + 1, 'x'), "text/plain",
         413},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(post(one.target, one.body, one.type).status, one.status) << one.target;
    }
    journal_.full = true;
    const auto full = post("/api/v1/ingest/web-1", "x", "text/plain");
    EXPECT_EQ(full.status, 429);
    EXPECT_FALSE(header(full, "Retry-After").empty());
    EXPECT_TRUE(journal_.appended.empty());
}

TEST_F(Requests, a_refused_body_makes_no_sensor)
{
    set_up();
    EXPECT_EQ(post("/api/v1/ingest/ghost", "\n\n", "text/plain").status, 400);
    EXPECT_EQ(post("/api/v1/ingest/ghost?source=nonsense", "x", "text/plain").status, 400);
    EXPECT_EQ(post("/api/v1/ingest/ghost?reference_time=soon", "x", "text/plain").status, 400);
    EXPECT_TRUE(cases_->list_sensors()->empty());
}

TEST_F(Requests, more_records_than_one_append_holds_are_too_large_and_not_wrong)
{
    set_up();
    std::string lines;
    for (std::size_t i = 0; i <= base::limits::kChunkRecordsMax; ++i) {
        lines += "x\n";
    }
    EXPECT_EQ(post("/api/v1/ingest/web-1", lines, "text/plain").status, 413);
}

TEST_F(Requests, a_long_body_is_only_read_from_those_who_may_send_one)
{
    const auto ask = [&](const std::string& target, bool chunked = false) {
        net::HttpRequest made = request("POST", target);
        if (chunked) {
            made.headers.emplace_back("transfer-encoding", "chunked");
        }
        const auto refusal = handlers_.admit(made);
        return refusal ? refusal->status : 0;
    };
    EXPECT_EQ(ask("/api/v1/ingest/web-1"), 401);
    EXPECT_EQ(ask("/api/v1/session"), 413);
    EXPECT_EQ(ask("/api/v1/session", true), 413);
    EXPECT_EQ(ask("/api/v1/nothing"), 404);
    EXPECT_EQ(ask("/app/"), 404);
    set_up();
    EXPECT_EQ(ask("/api/v1/ingest/web-1"), 0);
    EXPECT_EQ(ask("/api/v1/query/parse"), 413);
    EXPECT_EQ(ask("/api/v1/query/parse", true), 0);
    key_.back() = key_.back() == '0' ? '1' : '0';
    EXPECT_EQ(ask("/api/v1/ingest/web-1"), 401);
}

TEST_F(Requests, packed_bodies_are_unpacked_within_their_ratio)
{
    set_up();
    auto made = request("POST", "/api/v1/ingest/web-1", gzip("one\ntwo\n"), "text/plain");
    made.headers.emplace_back("content-encoding", "gzip");
    EXPECT_EQ(json(send(made)).at("received"), 2);
    auto bomb =
        request("POST", "/api/v1/ingest/web-1", gzip(std::string(4 << 20, 'x')), "text/plain");
    bomb.headers.emplace_back("content-encoding", "gzip");
    EXPECT_EQ(send(bomb).status, 413);
    auto lie = request("POST", "/api/v1/ingest/web-1", "one", "text/plain");
    lie.headers.emplace_back("content-encoding", "gzip");
    EXPECT_EQ(send(lie).status, 400);
    EXPECT_EQ(journal_.appended.size(), 1U);
}

TEST_F(Requests, an_import_asks_which_source_reads_its_file)
{
    set_up();
    const auto response = post("/api/v1/sources/choose", "x\n", "text/plain");
    EXPECT_EQ(json(response), Json::parse(R"({"source":"apache_access"})"));
}

TEST_F(Requests, assets_are_replaced_whole_and_used_at_once)
{
    const std::string cookie = sign_in();
    const auto put = [&](std::string csv, const std::string& target = "/api/v1/assets") {
        auto made = request("PUT", target, std::move(csv), "text/csv; charset=utf-8");
        made.headers.emplace_back("cookie", cookie);
        made.headers.emplace_back("x-requested-with", "tanggap");
        return send(made);
    };
    const std::string two = "network,name,organisation,contact,value\n"
                            "192.0.2.0/24,kantor,Dinas A,,2\n192.0.2.7,portal,Dinas B,,3\n";
    EXPECT_EQ(
        json(put(two, "/api/v1/assets?dry_run=true")),
        (Json{{"assets", 2}, {"added", 2}, {"changed", 0}, {"removed", 0}, {"dry_run", true}}));
    EXPECT_EQ(assets_reloaded_, 0);
    EXPECT_TRUE(service::list_assets(*world_)->empty());
    EXPECT_EQ(put(two).status, 200);
    EXPECT_EQ(assets_reloaded_, 1);
    const Json changed = json(put("192.0.2.7,portal,Dinas C,,3\n198.51.100.1,vpn,,,1\n"));
    EXPECT_EQ(
        changed,
        (Json{{"assets", 2}, {"added", 1}, {"changed", 1}, {"removed", 1}, {"dry_run", false}}));
    auto list = request("GET", "/api/v1/assets?text=DINAS+C");
    list.query = {{"text", "DINAS C"}};
    list.headers.emplace_back("cookie", cookie);
    const Json page = json(send(list));
    ASSERT_EQ(page.at("items").size(), 1U);
    EXPECT_EQ(page.at("items").at(0).at("name"), "portal");
    // The same file again is no change: nothing is read again and nothing recorded.
    put("192.0.2.7,portal,Dinas C,,3\n198.51.100.1,vpn,,,1\n");
    EXPECT_EQ(assets_reloaded_, 2);
    store::ActivityPage done;
    ASSERT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(done, store::list_activities(snapshot, {.action = "asset"}, 10));
        return {};
    }));
    ASSERT_EQ(done.activities.size(), 2U);
    EXPECT_EQ(done.activities.front().actor.name, "rina");
    EXPECT_EQ(Json::parse(done.activities.front().effect.after).at("removed"), 1);
}

TEST_F(Requests, every_wrong_row_of_an_asset_file_is_named_in_the_readers_language)
{
    const std::string cookie = sign_in();
    const auto put = [&](const std::string& language, const std::string& type) {
        auto made = request("PUT", "/api/v1/assets",
                            "192.0.2.0/24,a,,,2\nx,b,,,2\n192.0.2.0/24,c,,,9\n", type);
        made.headers.emplace_back("cookie", cookie);
        made.headers.emplace_back("x-requested-with", "tanggap");
        made.headers.emplace_back("accept-language", language);
        return send(made);
    };
    const auto english = put("en", "text/csv");
    EXPECT_EQ(english.status, 400);
    const Json errors = json(english).at("errors");
    ASSERT_EQ(errors.size(), 2U);
    EXPECT_EQ(errors.at(0).at("pointer"), "/lines/2");
    EXPECT_EQ(errors.at(0).at("code"), "network");
    EXPECT_EQ(errors.at(1).at("code"), "value");
    EXPECT_NE(put("id", "text/csv").body.find("bukan jaringan"), std::string::npos);
    EXPECT_EQ(put("id", "application/json").status, 400);
    EXPECT_TRUE(service::list_assets(*world_)->empty());
    EXPECT_EQ(assets_reloaded_, 0);
}

TEST_F(Requests, a_key_without_the_scope_changes_no_asset)
{
    set_up();
    const auto answer = send(request("PUT", "/api/v1/assets", "192.0.2.0/24,a,,,2\n", "text/csv"));
    EXPECT_EQ(answer.status, 403);
    EXPECT_NE(answer.body.find("admin"), std::string::npos);
    EXPECT_TRUE(service::list_assets(*world_)->empty());
}

TEST_F(Requests, quarantine_is_filtered_and_run_again)
{
    set_up();
    for (int i = 9; i > 0; --i) {
        disk::QuarantineEntry entry;
        entry.id = std::to_string(i) + "-0";
        entry.stream.sensor = i % 2 == 0 ? "a" : "b";
        entry.reason = "bad_json";
        journal_.quarantine.push_back(entry);
    }
    const Json page = json(get("/api/v1/quarantine?sensor=a&limit=2"));
    EXPECT_EQ(page.at("items").size(), 2U);
    EXPECT_EQ(json(post("/api/v1/quarantine/rerun", R"({"sensor":"a"})")).at("requeued"), 4);
    EXPECT_EQ(json(post("/api/v1/quarantine/rerun", R"({"ids":["1-0"]})")).at("requeued"), 1);
    EXPECT_EQ(json(post("/api/v1/quarantine/rerun", R"({"ids":[]})")).at("requeued"), 0);
}

TEST(IngestBody, a_long_line_keeps_its_head_length_and_hash)
{
    const std::string body = std::string(base::limits::kLineBytesMax + 5, 'x') + "\nnext";
    const auto records = split_body(BodyKind::Text, body);
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), 2U);
    EXPECT_EQ(records->at(0).full_length, base::limits::kLineBytesMax + 5);
    EXPECT_EQ(records->at(0).bytes.size(), base::limits::kOversizeKeptBytes);
    EXPECT_EQ(records->at(0).full_sha256.size(), 64U);
    EXPECT_EQ(records->at(1).bytes, "next");
}

TEST(IngestBody, json_lines_may_name_themselves)
{
    const auto records =
        split_body(BodyKind::NdJson, "{\"external_id\":\"e7\"}\n{\"a\":1}\n{\"external_id\":");
    ASSERT_TRUE(records);
    EXPECT_EQ(records->at(0).external_id, "e7");
    EXPECT_EQ(records->at(1).external_id, "");
    EXPECT_EQ(records->at(2).external_id, "");
}

TEST(Cursor, comes_back_only_to_its_own_question)
{
    const std::string cursor = make_cursor("k", "q1", "87.1.2");
    EXPECT_EQ(*read_cursor("k", "q1", cursor), "87.1.2");
    EXPECT_FALSE(read_cursor("k", "q2", cursor));
    EXPECT_FALSE(read_cursor("another key", "q1", cursor));
    EXPECT_FALSE(read_cursor("k", "q1", cursor.substr(0, 8)));
    EXPECT_FALSE(read_cursor("k", "q1", "!"));
    EXPECT_FALSE(read_cursor("k", "q1", std::string(1000, 'A')));
    EXPECT_EQ(*read_cursor("k", "q1", ""), "");
    EXPECT_EQ(make_cursor("k", "q1", ""), "");
    // Every bit of it counts: the position is not the caller's to choose.
    std::string whole = *read_base64url(cursor);
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        std::string turned = whole;
        turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << bit % 8));
        EXPECT_FALSE(read_cursor("k", "q1", base64url(turned))) << bit;
    }
}

TEST(Base64, is_that_of_rfc_4648)
{
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64url("\xff\xfe"), "__4");
    EXPECT_EQ(*read_base64url("__4"), "\xff\xfe");
    EXPECT_FALSE(read_base64url("__5")); // stray bits
}

} // namespace
} // namespace tanggap::api
