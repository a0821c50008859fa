// The contract of the event store, against the real engine child.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <map>
#include <numeric>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "generated/source_dir.h"
#include "net/http.h"
#include "store/clickhouse/clickhouse_store.h"
#include "store/clickhouse/client.h"
#include "store/engine/library.h"
#include "store/engine/supervisor.h"

namespace tanggap::store {
namespace {

namespace fs = std::filesystem;
using base::Time;

const Time kDay = Time::from_seconds(1'790'812'800); // 2026-10-01T00:00:00Z

/// One engine for all tests of this file: it takes a quarter of a second to start.
class EventStoreTest : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        const auto library =
            find_engine_library({.option = {}, .data = {}, .source_root = TANGGAP_SOURCE_DIR});
        if (!library) {
            problem_ = library.error().message;
            return;
        }
        folder_ = fs::temp_directory_path() / ("tanggap-engine-" + std::to_string(getpid()));
        fs::create_directories(folder_);
        // The child as a program of its own: this one knows no such verb.
        const auto self = fs::read_symlink("/proc/self/exe");
        supervisor_ = Supervisor::start({.command = {self.parent_path() / "tanggap_engine_child"},
                                         .socket = (folder_ / "s").string(),
                                         .data = (folder_ / "data").string(),
                                         .library = *library,
                                         .library_problem = {}});
        const auto up = supervisor_->wait_until_up(std::chrono::seconds(30));
        ASSERT_TRUE(up) << up.error().message;
    }

    static void TearDownTestSuite()
    {
        supervisor_.reset();
        std::error_code ignored; // a temporary folder left behind fails no test
        fs::remove_all(folder_, ignored);
    }

    void SetUp() override
    {
        if (!problem_.empty()) {
            GTEST_SKIP() << problem_;
        }
        ASSERT_TRUE(supervisor_->wait_until_up(std::chrono::seconds(30)));
        store_ = open_clickhouse({.url = "unix:" + (folder_ / "s").string()});
        for (const char* const table :
             {"events", "tallied_days", "tallied_source_ip", "tallied_url_path"}) {
            http("DROP TABLE IF EXISTS tanggap." + std::string(table));
        }
        const auto ready = store_->prepare();
        ASSERT_TRUE(ready) << ready.error().message;
    }

    static net::HttpResponse http(std::string sql, std::string_view query = "")
    {
        const auto client =
            net::HttpClient::make({.base_url = "unix:" + (folder_ / "s").string(), .ca_file = {}});
        auto response = client->send({.method = "POST",
                                      .target = "/?" + std::string(query),
                                      .headers = {},
                                      .body = std::move(sql),
                                      .body_view = {}});
        EXPECT_TRUE(response) << response.error().message;
        return response ? *response : net::HttpResponse{};
    }

    static inline std::string problem_;
    static inline fs::path folder_;
    static inline std::unique_ptr<Supervisor> supervisor_;
    std::unique_ptr<EventStore> store_;
};

/// Builds events whose views live in one batch.
struct Events {
    model::EventBatch batch;
    std::vector<ArchiveRow> rows;
    std::vector<std::vector<std::string>> rules;
    std::vector<std::vector<std::uint64_t>> alerts;

    model::Event& add(Time time, std::string_view original)
    {
        model::Event event;
        const auto digest =
            base::sha256({original, std::to_string(batch.events.size()), std::to_string(time.ns)});
        std::copy_n(digest.begin(), 16, event.id.bytes.begin());
        event.time = time;
        event.received = time + std::chrono::seconds(3);
        event.sensor = "web-1";
        event.dataset = "apache.access";
        event.original = batch.keep(original);
        batch.events.push_back(std::move(event));
        return batch.events.back();
    }

    void text(model::Event& event, std::string_view name, std::string_view value)
    {
        event.fields.push_back({batch.keep(name), model::string_value(batch.keep(value))});
    }
    void number(model::Event& event, std::string_view name, std::int64_t value)
    {
        event.fields.push_back({batch.keep(name), model::integer_value(batch, value)});
    }

    std::span<const ArchiveRow> all()
    {
        rows.clear();
        for (const model::Event& event : batch.events) {
            rows.push_back({.event = &event, .rule_ids = {}, .alerts = {}, .level = -1});
        }
        return rows;
    }
};

EventPageRequest everything(std::size_t limit = 100)
{
    return {.filter = nullptr,
            .from = kDay,
            .to = kDay + std::chrono::hours(48),
            .limit = limit,
            .after = {},
            .request_id = "test",
            .now = kDay};
}

/// Ten requests, a second apart, with the fields that searches use.
void add_requests(Events& events, int count)
{
    for (int i = 0; i < count; ++i) {
        const std::string path = i % 2 == 0 ? "/admin/login.php" : "/index.html";
        const std::string address = i == 3 ? "2001:db8::3" : "203.0.113." + std::to_string(i);
        const std::string line = address + " - - \"GET " + path + "?q=" + std::to_string(i) +
                                 " HTTP/1.1\" 404 Café_menu";
        model::Event& event = events.add(kDay + std::chrono::seconds(i), line);
        events.text(event, "source.ip", address);
        events.text(event, "url.path", path);
        events.text(event, "url.original", path + "?q=" + std::to_string(i));
        events.number(event, "http.response.status_code", i < 5 ? 404 : 200);
        events.text(event, "user.name", i == 7 ? "Administrator" : "");
        events.text(event, "custom.Thing", i == 4 ? "Special Value" : "plain");
        events.number(event, "custom.count", i);
    }
}

TEST_F(EventStoreTest, events_come_back_as_they_would_have_been_printed)
{
    Events events;
    model::Event& plain =
        events.add(kDay + base::Duration{123'456'789}, "203.0.113.9 GET /a\tb \"quoted\" \xC3\xA9");
    plain.fields.push_back({"source.ip", model::string_value(plain.original.substr(0, 11))});
    events.text(plain, "message", "other text\nsecond line");
    events.number(plain, "http.response.status_code", 403);
    events.number(plain, "source.port", -7);
    events.number(plain, "source.port", 99'999'999'999);
    events.text(plain, "source.ip", "not an address");
    plain.fields.push_back({"odd.null", {}});
    plain.fields.push_back(
        {"odd.bool", {.kind = model::Value::Kind::Bool, .boolean = true, .text = "true"}});
    plain.fields.push_back(
        {"odd.real", {.kind = model::Value::Kind::Float, .real = 1.5, .text = "1.50"}});
    events.text(plain, "odd.list", "a");
    events.text(plain, "odd.list", "");
    events.number(plain, "odd.list", 3);
    events.text(plain, "odd", "leaf and parent");
    events.text(plain, std::string_view("new\nline\\\0name", 14),
                std::string_view("\0\x1e\x01", 3));
    events.text(plain, "", "no name");
    events.add(kDay + std::chrono::seconds(5), "");
    ASSERT_TRUE(store_->insert(events.all(), "varied"));

    const auto page = store_->list(everything());
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->events_json.size(), 2U);
    EXPECT_EQ(page->events_json[0], model::render_json(events.batch.events[1]));
    EXPECT_EQ(page->events_json[1], model::render_json(events.batch.events[0]));
    const auto found = store_->find(events.batch.events[0].id.text());
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, model::render_json(events.batch.events[0]));
    EXPECT_EQ(store_->find(base::Uuid{}.text()).error().code, base::Code::NotFound);
    EXPECT_EQ(store_->find("x'; DROP").error().code, base::Code::NotFound);
}

TEST_F(EventStoreTest, every_kind_of_filter_finds_its_events)
{
    Events events;
    add_requests(events, 10);
    model::Event& twice = events.add(kDay + std::chrono::seconds(20), "two users");
    events.text(twice, "user.name", "first");
    events.text(twice, "user.name", "Second");
    events.number(twice, "http.response.body.bytes", -5);
    auto rows = std::vector<ArchiveRow>(events.all().begin(), events.all().end());
    const std::vector<std::string> rules{"rule-one"};
    const std::vector<std::uint64_t> alerts{12};
    rows[2].rule_ids = rules;
    rows[2].alerts = alerts;
    rows[2].level = 3;
    ASSERT_TRUE(store_->insert(rows, "filters"));

    struct Case {
        const char* query;
        std::uint64_t count;
    };
    const Case cases[] = {
        {"", 11},
        {"source.ip:203.0.113.1", 1},
        {"src.ip:203.0.113.0/29", 7},
        {"src.ip:2001:db8::/32", 1},
        {"src.ip:203.0.113.4..203.0.113.6", 3},
        {"-src.ip:*", 1},
        {"status:404", 5},
        {"status>=300", 5},
        {"status<300", 5},
        {"status:200..404", 10},
        {"url.path:/ADMIN/login.php", 5},
        {"path:/admin*", 5},
        {"url:/q=[0-4]$/", 5},
        {"user:administrator", 1},
        {"has:user.name", 2},
        {"custom.Thing:\"special value\"", 1},
        {"custom.Thing:spec*", 1},
        {"custom.Thing:*", 10},
        {"custom.count>=5", 5},
        {"custom.thing:plain", 0},
        {"login", 5},
        {"logi", 0},
        {"logi*", 5},
        {"*ogin*", 5},
        {"login.php", 5},
        {"\"ogin.p\"", 5},
        {"café", 10},
        {"menu", 10},
        {"caf\xC3\xA9_menu", 10},
        {"/q=7 HTTP/", 1},
        {"is:detected", 1},
        {"alert:ALR-12", 1},
        {"has:alert", 1},
        {"rule:rule-one", 1},
        {"rule:rule*", 1},
        {"level>=medium", 1},
        {"level<high", 0},
        {"@timestamp>=2026-10-01T00:00:05Z", 6},
        {"@timestamp:2026-10-01", 11},
        {"user:second", 1},
        {"-user:second", 10},
        {"user:sec*", 1},
        {"bytes:-5", 1},
        {"bytes>=0", 0},
        {"sensor:WEB-1", 11},
        {"dataset:apache*", 11},
        {"(status:404 OR user:administrator) -path:/index.html", 3},
        {"100%", 0},
        {"url.path:\"100%\"", 0},
        {"event.id:00000000-0000-0000-0000-000000000000", 0},
    };
    for (const Case& c : cases) {
        const auto filter = query::parse_or_error(c.query, query::event_scope());
        ASSERT_TRUE(filter) << c.query << ": " << filter.error().message;
        const auto count = store_->count(&*filter, kDay, kDay + std::chrono::hours(24), kDay);
        ASSERT_TRUE(count) << c.query << ": " << count.error().message;
        EXPECT_EQ(*count, c.count) << c.query;
    }
    const auto bad = query::parse_or_error("/(((/", query::event_scope());
    ASSERT_TRUE(bad);
    EXPECT_EQ(store_->count(&*bad, kDay, kDay + std::chrono::hours(24), kDay).error().code,
              base::Code::Invalid);
}

TEST_F(EventStoreTest, pages_are_newest_first_without_gap_or_repeat)
{
    Events events;
    for (int i = 0; i < 25; ++i) { // groups of five share one microsecond
        events.add(kDay + std::chrono::seconds(i / 5), "line " + std::to_string(i));
    }
    ASSERT_TRUE(store_->insert(events.all(), "pages"));
    std::vector<std::string> seen;
    EventPageRequest request = everything(4);
    do {
        const auto page = store_->list(request);
        ASSERT_TRUE(page) << page.error().message;
        seen.insert(seen.end(), page->events_json.begin(), page->events_json.end());
        request.after = page->next;
    } while (!request.after.empty());
    ASSERT_EQ(seen.size(), 25U);
    EXPECT_TRUE(std::ranges::is_sorted(seen, std::ranges::greater{},
                                       [](const std::string& json) { return json.substr(0, 34); }));
    std::ranges::sort(seen);
    EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
    request.after = "12:nonsense";
    EXPECT_EQ(store_->list(request).error().code, base::Code::Invalid);
}

TEST_F(EventStoreTest, a_scan_gives_every_event_back_as_it_was_oldest_first)
{
    Events events;
    for (int i = 0; i < 25; ++i) { // groups of five share one microsecond; two days
        model::Event& event =
            events.add(kDay + std::chrono::seconds(i / 5) + std::chrono::hours(i < 15 ? 0 : 24),
                       "line " + std::to_string(i));
        events.number(event, "custom.count", i);
    }
    auto rows = std::vector<ArchiveRow>(events.all().begin(), events.all().end());
    const std::vector<std::string> rules{"rule-one", "rule-two"};
    const std::vector<std::uint64_t> alerts{12, 7};
    rows[16].rule_ids = rules;
    rows[16].alerts = alerts;
    // An insert is of one day.
    ASSERT_TRUE(store_->insert(std::span(rows).first(15), "scan-1"));
    ASSERT_TRUE(store_->insert(std::span(rows).subspan(15), "scan-2"));
    std::map<base::Uuid, std::string> wanted;
    for (const model::Event& event : events.batch.events) {
        wanted.emplace(event.id, model::render_json(event));
    }

    const auto scan = open_clickhouse_scan({.url = "unix:" + (folder_ / "s").string()});
    for (const std::size_t limit : {1U, 4U, 5U, 15U, 100U}) {
        std::map<base::Uuid, std::string> seen;
        Time before = kDay;
        std::uint64_t left = 25;
        ScanRequest request{
            .from = kDay, .to = kDay + std::chrono::hours(48), .limit = limit, .now = kDay};
        do {
            const auto piece = scan->scan(request);
            ASSERT_TRUE(piece) << piece.error().message;
            ASSERT_EQ(piece->batch.events.size(), piece->detected.size());
            for (std::size_t i = 0; i < piece->batch.events.size(); ++i) {
                const model::Event& event = piece->batch.events[i];
                EXPECT_LE(before, event.time);
                before = event.time;
                EXPECT_TRUE(seen.emplace(event.id, model::render_json(event)).second);
                EXPECT_EQ(piece->detected[i].rule_ids.empty(), event.id != rows[16].event->id);
                if (event.id == rows[16].event->id) {
                    EXPECT_EQ(piece->detected[i].rule_ids, rules);
                    EXPECT_EQ(piece->detected[i].alerts, alerts);
                }
            }
            EXPECT_LE(piece->left, left) << "progress never goes back";
            left = piece->left;
            request.after = piece->next;
        } while (!request.after.empty());
        EXPECT_EQ(seen, wanted) << limit;
        EXPECT_EQ(left, 0U);
    }
    const auto filter = query::parse_or_error("rule:rule-two", query::event_scope());
    ASSERT_TRUE(filter);
    const auto found = scan->scan({.filter = &*filter,
                                   .from = kDay + std::chrono::hours(24),
                                   .to = kDay + std::chrono::hours(48),
                                   .now = kDay});
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->batch.events.size(), 1U);
    EXPECT_EQ(found->batch.events[0].id, rows[16].event->id);
    EXPECT_EQ(
        scan->scan({.from = kDay, .to = kDay, .after = "12:nonsense", .now = kDay}).error().code,
        base::Code::Invalid);
}

TEST_F(EventStoreTest, hours_of_several_alerts_come_in_one_answer)
{
    Events events;
    for (int i = 0; i < 6; ++i) {
        events.add(kDay + std::chrono::minutes(30 * i), "line " + std::to_string(i));
    }
    auto rows = std::vector<ArchiveRow>(events.all().begin(), events.all().end());
    const std::vector<std::uint64_t> first{12};
    const std::vector<std::uint64_t> both{7, 12};
    const std::vector<std::uint64_t> other{99};
    rows[0].alerts = first;
    rows[1].alerts = both;
    rows[2].alerts = both;
    rows[4].alerts = other;
    ASSERT_TRUE(store_->insert(rows, "hours"));

    const std::vector<std::uint64_t> asked{12, 7, 1'000};
    const auto told = [&](Time from, Time to) {
        const auto hours = store_->alert_hours(asked, from, to);
        EXPECT_TRUE(hours) << hours.error().message;
        std::map<std::pair<std::uint64_t, std::int64_t>, std::uint64_t> counts;
        for (const AlertHour& each : *hours) {
            counts[{each.alert, (each.hour - kDay) / std::chrono::hours(1)}] += each.events;
        }
        return counts;
    };
    using Counts = std::map<std::pair<std::uint64_t, std::int64_t>, std::uint64_t>;
    EXPECT_EQ(told(kDay, kDay + std::chrono::hours(24)),
              (Counts{{{12, 0}, 2}, {{7, 0}, 1}, {{12, 1}, 1}, {{7, 1}, 1}}));
    EXPECT_EQ(told(kDay + std::chrono::hours(1), kDay + std::chrono::hours(24)),
              (Counts{{{12, 1}, 1}, {{7, 1}, 1}}));
    EXPECT_EQ(told(kDay + std::chrono::hours(24), kDay), Counts{});
    const auto none = store_->alert_hours({}, kDay, kDay + std::chrono::hours(24));
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_TRUE(none->empty());
}

/// Every event by one page after another; `budget` ends a page after its first slice.
std::vector<std::string> walk(EventStore& store, EventPageRequest request)
{
    std::vector<std::string> seen;
    int pages = 0;
    std::uint64_t searched = 0;
    do {
        const auto page = store.list(request);
        EXPECT_TRUE(page) << page.error().message;
        if (!page || ++pages > 1000) {
            ADD_FAILURE() << "no end after " << pages << " pages";
            return seen;
        }
        EXPECT_LE(page->events_json.size(), request.limit);
        EXPECT_EQ(page->reach.complete, page->next.empty());
        EXPECT_GE(page->reach.searched, searched) << "progress never goes back";
        searched = page->reach.searched;
        EXPECT_LE(searched, page->reach.total);
        seen.insert(seen.end(), page->events_json.begin(), page->events_json.end());
        request.after = page->next;
    } while (!request.after.empty());
    return seen;
}

TEST_F(EventStoreTest, slices_and_budgets_lose_and_repeat_nothing_under_equal_times)
{
    std::vector<std::string> all;
    for (const int day : {0, 1, 3}) { // each around a midnight, seven events a microsecond
        Events events;
        for (int i = 0; i < 70; ++i) {
            model::Event& event =
                events.add(kDay + std::chrono::hours(24 * day) + base::Duration{(i / 7) * 1000},
                           "line " + std::to_string(i));
            events.text(event, "user.name", i % 5 == 0 ? "rare" : "often");
        }
        ASSERT_TRUE(store_->insert(events.all(), "slices" + std::to_string(day)));
    }
    EventPageRequest request = everything(500);
    request.to = kDay + std::chrono::hours(24 * 5);
    const auto whole = store_->list(request);
    ASSERT_TRUE(whole) << whole.error().message;
    ASSERT_EQ(whole->events_json.size(), 210U);
    EXPECT_TRUE(whole->reach.complete);
    EXPECT_EQ(whole->reach.total, 210U);
    const auto rare = query::parse_or_error("user.name:rare", query::event_scope());
    request.filter = &*rare;
    const auto rare_whole = store_->list(request);
    ASSERT_EQ(rare_whole->events_json.size(), 42U);

    for (const std::uint64_t rows : {30U, 1000U}) {
        const auto sliced =
            open_clickhouse({.url = "unix:" + (folder_ / "s").string(), .first_slice_rows = rows});
        for (const std::size_t limit : {7U, 500U}) {
            for (const bool hurried : {false, true}) {
                request.limit = limit;
                request.budget =
                    hurried ? std::optional(std::chrono::milliseconds(0)) : std::nullopt;
                request.filter = nullptr;
                EXPECT_EQ(walk(*sliced, request), whole->events_json) << rows << " " << limit;
                request.filter = &*rare;
                EXPECT_EQ(walk(*sliced, request), rare_whole->events_json) << rows << " " << limit;
            }
        }
    }
}

TEST_F(EventStoreTest, a_spent_budget_ends_the_page_and_says_how_far_it_came)
{
    Events today;
    Events tomorrow;
    add_requests(today, 10);
    tomorrow.add(kDay + std::chrono::hours(30), "nothing that is looked for");
    ASSERT_TRUE(store_->insert(today.all(), "today"));
    ASSERT_TRUE(store_->insert(tomorrow.all(), "tomorrow"));
    const auto sliced =
        open_clickhouse({.url = "unix:" + (folder_ / "s").string(), .first_slice_rows = 1});
    const auto filter = query::parse_or_error("*Caf*", query::event_scope());
    EventPageRequest request = everything();
    request.filter = &*filter;
    request.budget = std::chrono::milliseconds(0);
    const auto first = sliced->list(request);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_TRUE(first->events_json.empty());
    EXPECT_FALSE(first->next.empty()) << "an empty page is not the end";
    EXPECT_FALSE(first->reach.complete);
    EXPECT_EQ(first->reach.total, 11U);
    EXPECT_GE(first->reach.searched, 1U);
    EXPECT_LT(first->reach.searched, 11U);
    EXPECT_EQ(walk(*sliced, request).size(), 10U);
}

TEST_F(EventStoreTest, a_search_whose_asker_left_ends_in_the_engine)
{
    const clickhouse::Client client("unix:" + (folder_ / "s").string());
    std::atomic<bool> left = false;
    std::thread asker([&] {
        const auto answer = client.query({.sql = "SELECT count() FROM system.numbers WHERE "
                                                 "number % 7 = 9 FORMAT TSV",
                                          .parameters = {},
                                          .settings = {{"max_execution_time", "120"}},
                                          .id = "long",
                                          .timeout = std::chrono::minutes(3),
                                          .abandoned = [&] { return left.load(); }});
        EXPECT_EQ(answer.error().code, base::Code::Unavailable);
    });
    const auto running = [] {
        return http("SELECT count() FROM system.processes WHERE "
                    "startsWith(Settings['log_comment'], 'long') FORMAT TSV")
            .body;
    };
    while (running() != "1\n") {
    }
    left = true;
    asker.join();
    while (running() != "0\n") { // far sooner than the query's own two minutes
    }
}

TEST_F(EventStoreTest, histogram_and_top_count_exactly)
{
    Events events;
    add_requests(events, 10);
    events.add(kDay + std::chrono::hours(2) + std::chrono::seconds(30), "late");
    auto rows = std::vector<ArchiveRow>(events.all().begin(), events.all().end());
    rows[0].level = 2;
    ASSERT_TRUE(store_->insert(rows, "counts"));
    const auto sums = [](const Histogram& h) {
        return std::pair{std::accumulate(h.counts.begin(), h.counts.end(), std::uint64_t{0}),
                         std::accumulate(h.detected.begin(), h.detected.end(), std::uint64_t{0})};
    };
    const auto whole = store_->histogram(nullptr, kDay, kDay + std::chrono::hours(24), 60, kDay);
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(sums(*whole), (std::pair{std::uint64_t{11}, std::uint64_t{1}}));
    EXPECT_EQ(whole->counts.front(), 10U);
    const auto edges =
        store_->histogram(nullptr, kDay + std::chrono::seconds(2),
                          kDay + std::chrono::minutes(120) + std::chrono::seconds(30), 60, kDay);
    ASSERT_TRUE(edges) << edges.error().message;
    EXPECT_EQ(sums(*edges), (std::pair{std::uint64_t{8}, std::uint64_t{0}}))
        << "neither before from nor at to";
    const auto hours = store_->sensor_hours(kDay, kDay + std::chrono::hours(24));
    ASSERT_TRUE(hours) << hours.error().message;
    std::map<std::int64_t, std::uint64_t> by_hour;
    for (const SensorHour& hour : *hours) {
        by_hour[(hour.hour.seconds() - kDay.seconds()) / 3600] += hour.events;
    }
    EXPECT_EQ(by_hour, (std::map<std::int64_t, std::uint64_t>{{0, 10}, {2, 1}}));
    const auto filter = query::parse_or_error("status:404", query::event_scope());
    const auto filtered =
        store_->histogram(&*filter, kDay, kDay + std::chrono::hours(24), 60, kDay);
    ASSERT_TRUE(filtered) << filtered.error().message;
    EXPECT_EQ(sums(*filtered).first, 5U);

    using Counts = std::vector<std::pair<std::string, std::uint64_t>>;
    const auto top = [&](std::string_view field) {
        return store_->top(field, nullptr, kDay, kDay + std::chrono::hours(24), 2, kDay);
    };
    EXPECT_EQ(*top("url.path"), (Counts{{"/admin/login.php", 5}, {"/index.html", 5}}));
    EXPECT_EQ(*top("status"), (Counts{{"200", 5}, {"404", 5}}));
    EXPECT_EQ(*top("src.ip"), (Counts{{"203.0.113.0", 1}, {"203.0.113.1", 1}}));
    EXPECT_TRUE(top("event.dataset")) << "a column of words: LowCardinality(String)";
    EXPECT_TRUE(top("user.name"));
    EXPECT_EQ(*top("custom.Thing"), (Counts{{"plain", 9}, {"Special Value", 1}}));
    EXPECT_EQ(*top("level"), (Counts{{"medium", 1}}));
    EXPECT_EQ(top("@timestamp").error().code, base::Code::Invalid);
}

constexpr const char* kStatuses[] = {
    "",          "status:404", "-status:404", "status>=201 -status:404", "status:404 OR status:200",
    "status:999"};

/// The same question twice: so that projections and tallies answer, and so that only events can.
::testing::AssertionResult counts_as_events_do(EventStore& store, const char* field,
                                               std::string_view status, Time from, Time to)
{
    const auto asked = query::parse_or_error(status, query::event_scope());
    const auto by_event =
        query::parse_or_error(fmt::format("-message:nowhere{}{}{}", status.empty() ? "" : " (",
                                          status, status.empty() ? "" : ")"),
                              query::event_scope());
    if (!asked || !by_event) {
        return ::testing::AssertionFailure() << "cannot ask " << status;
    }
    const auto counts = store.top(field, &*asked, from, to, 10, kDay);
    const auto events = store.top(field, &*by_event, from, to, 10, kDay);
    if (!counts || !events) {
        return ::testing::AssertionFailure()
               << (counts ? events.error().message : counts.error().message);
    }
    if (*counts != *events) {
        return ::testing::AssertionFailure()
               << field << " [" << status << "] " << from.seconds() << " " << to.seconds() << ": "
               << ::testing::PrintToString(*counts) << " instead of "
               << ::testing::PrintToString(*events);
    }
    return ::testing::AssertionSuccess();
}

TEST_F(EventStoreTest, counts_by_day_and_by_event_agree_at_every_end)
{
    // Three days, an event each 37 minutes; paths and addresses repeat over midnights.
    for (int day = 0; day < 3; ++day) {
        Events events;
        for (int i = 0; i < 38; ++i) {
            model::Event& event =
                events.add(kDay + std::chrono::hours(24 * day) + std::chrono::minutes(37 * i),
                           "line " + std::to_string(i));
            events.text(event, "source.ip", i % 7 == 0 ? "" : "203.0.113." + std::to_string(i % 5));
            events.text(event, "url.path", "/" + std::to_string(i % 3));
            events.number(event, "http.response.status_code", i % 4 == 0 ? 404 : 200 + i % 2);
        }
        ASSERT_TRUE(store_->insert(events.all(), "days" + std::to_string(day)));
    }
    const auto any = query::parse_or_error("line", query::event_scope());
    const Time ends[] = {kDay,
                         kDay + std::chrono::seconds(1),
                         kDay + std::chrono::hours(11),
                         kDay + std::chrono::hours(24),
                         kDay + std::chrono::hours(24) + base::Duration{1000},
                         kDay + std::chrono::hours(50),
                         kDay + std::chrono::hours(72)};
    for (const Time from : ends) {
        for (const Time to : ends) {
            for (const char* const field : {"source.ip", "url.path"}) {
                for (const char* const status : kStatuses) {
                    EXPECT_TRUE(counts_as_events_do(*store_, field, status, from, to));
                }
            }
            const auto minutes = store_->histogram(nullptr, from, to, 60, kDay);
            const auto single = store_->histogram(&*any, from, to, 60, kDay);
            ASSERT_TRUE(minutes && single);
            EXPECT_EQ(minutes->counts, single->counts) << from.seconds() << " " << to.seconds();
        }
    }
}

/// So many events in one insert of one day that a tally is worth it.
void insert_a_heap(EventStore& store, Time day, int seed)
{
    constexpr int kPieces = 10;
    constexpr int kEach = 50'000;
    for (int piece = 0; piece < kPieces; ++piece) {
        Events events;
        for (int i = 0; i < kEach; ++i) {
            model::Event& event = events.add(day + std::chrono::milliseconds(i), "x");
            events.text(event, "source.ip",
                        "198.51.100." + std::to_string((i * 7 + seed * i) % (97 + piece)));
            events.text(event, "url.path", "/" + std::to_string(i % (5 + seed)));
            events.number(event, "http.response.status_code", i % 11 == 0 ? 404 : 200 + i % 3);
        }
        const auto done = store.insert(events.all(), "heap" + std::to_string(day.seconds()) + "-" +
                                                         std::to_string(piece));
        ASSERT_TRUE(done) << done.error().message;
    }
}

TEST_F(EventStoreTest, a_tally_changes_no_answer_whatever_comes_after_it)
{
    const Time next = kDay + std::chrono::hours(24);
    const Time end = kDay + std::chrono::hours(72);
    const auto same = [&](const char* what) {
        for (const Time from : {kDay, kDay + std::chrono::seconds(2), next}) {
            for (const char* const field : {"source.ip", "url.path"}) {
                for (const char* const status : kStatuses) {
                    EXPECT_TRUE(counts_as_events_do(*store_, field, status, from, end)) << what;
                }
            }
        }
    };
    const auto tallies = [&] {
        return http("SELECT count(DISTINCT tally) FROM tanggap.tallied_days FORMAT TSV").body;
    };
    insert_a_heap(*store_, kDay, 1);
    ASSERT_TRUE(store_->tally());
    EXPECT_EQ(tallies(), "1\n");
    same("tallied");
    ASSERT_TRUE(store_->tally());
    EXPECT_EQ(tallies(), "1\n") << "nothing to gain";
    insert_a_heap(*store_, next, 2);
    same("a day beside it");
    ASSERT_TRUE(store_->tally());
    EXPECT_EQ(tallies(), "1\n") << "the new day does not rest yet";
    ASSERT_TRUE(store_->tally());
    EXPECT_EQ(tallies(), "2\n") << "the one before stays for who reads it";
    same("both days tallied");
    Events late;
    late.text(late.add(kDay + std::chrono::hours(5), "late"), "source.ip", "203.0.113.77");
    ASSERT_TRUE(store_->insert(late.all(), "late"));
    same("a late event");
    // A store that opens the folder again finds the tally, and that it does not hold.
    store_ = open_clickhouse({.url = "unix:" + (folder_ / "s").string()});
    same("opened again");
    ASSERT_TRUE(store_->tally());
    same("made again");
    const auto dropped =
        store_->drop_received_before(base::system_clock().now() + std::chrono::hours(48));
    ASSERT_TRUE(dropped) << dropped.error().message;
    EXPECT_EQ(tallies(), "0\n") << "a day that goes takes its tally along";
    same("dropped");
}

TEST_F(EventStoreTest, a_projection_answers_what_it_is_there_for)
{
    Events events;
    add_requests(events, 100);
    ASSERT_TRUE(store_->insert(events.all(), "projections"));
    for (const std::string column : {"source_ip", "url_path"}) {
        for (const char* const status : {"", " AND (http_status >= 0 AND http_status = 404)"}) {
            const auto plan =
                http("EXPLAIN SELECT " + column +
                     ", count() FROM tanggap.events WHERE toStartOfDay(ts) >= toDateTime(0, 'UTC') "
                     "AND toStartOfDay(ts) < toDateTime(4000000000, 'UTC')" +
                     status + " GROUP BY " + column + " FORMAT TSV")
                    .body;
            EXPECT_NE(plan.find("by_day_" + column), std::string::npos) << plan;
        }
    }
    EXPECT_NE(http("EXPLAIN SELECT toInt64(toYYYYMMDD(ts)) AS day, count() FROM tanggap.events "
                   "GROUP BY day FORMAT TSV")
                  .body.find("_minmax_count_projection"),
              std::string::npos)
        << "the days of a search are to cost nothing";
}

TEST_F(EventStoreTest, a_store_made_before_gets_what_it_lacks_and_finds_its_paths)
{
    EXPECT_EQ(http("ALTER TABLE tanggap.events DROP COLUMN url_path_hash").body, "");
    EXPECT_EQ(http("ALTER TABLE tanggap.events RESET SETTING min_parts_to_merge_at_once").body, "");
    Events events;
    add_requests(events, 100);
    ASSERT_TRUE(store_->insert(events.all(), "before"));
    store_ = open_clickhouse({.url = "unix:" + (folder_ / "s").string()});
    ASSERT_TRUE(store_->prepare());
    ASSERT_TRUE(store_->insert(events.all(), "after"));
    const auto with_path = [&](std::string_view question) {
        const auto filter = query::parse_or_error(question, query::event_scope());
        return *store_->count(&*filter, kDay, kDay + std::chrono::hours(24), kDay);
    };
    EXPECT_EQ(with_path("url.path:/Index.HTML"), 100U);
    EXPECT_EQ(with_path("-url.path:/index.html"), 100U);
    EXPECT_EQ(with_path("url.path:/index"), 0U);
    http("OPTIMIZE TABLE tanggap.events FINAL");
    EXPECT_EQ(with_path("url.path:/index.html"), 100U) << "the merge wrote what was computed";
    EXPECT_NE(http("SHOW CREATE TABLE tanggap.events").body.find("min_parts_to_merge_at_once = 24"),
              std::string::npos);
}

TEST_F(EventStoreTest, the_same_token_stores_once_also_in_pieces)
{
    Events events;
    add_requests(events, 1000);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(store_->insert(events.all(), "again"));
    }
    EXPECT_EQ(*store_->count(nullptr, kDay, kDay + std::chrono::hours(24), kDay), 1000U);
    ASSERT_TRUE(store_->insert(events.all(), "other"));
    EXPECT_EQ(*store_->count(nullptr, kDay, kDay + std::chrono::hours(24), kDay), 2000U);
    using Counts = std::vector<std::pair<std::string, std::uint64_t>>;
    EXPECT_EQ(*store_->top("url.path", nullptr, kDay, kDay + std::chrono::hours(24), 2, kDay),
              (Counts{{"/admin/login.php", 1000}, {"/index.html", 1000}}))
        << "a projection counts what the token let in";
    const auto histogram =
        store_->histogram(nullptr, kDay, kDay + std::chrono::hours(24), 60, kDay);
    EXPECT_EQ(std::accumulate(histogram->counts.begin(), histogram->counts.end(), std::uint64_t{0}),
              2000U);
}

TEST_F(EventStoreTest, kill_9_of_the_child_during_inserts_loses_and_doubles_nothing)
{
    constexpr int kBatches = 12;
    constexpr int kRows = 2000;
    constexpr std::uint64_t kSeed = 7;
    std::atomic<bool> done{false};
    std::atomic<pid_t> killed{0};
    std::thread killer([&] {
        std::mt19937 random(kSeed);
        for (int kills = 0; kills < 5 && !done; ++kills) {
            if (supervisor_->wait_until_up(std::chrono::seconds(30))) {
                for (auto questions = random() % 100; questions > 0;
                     --questions) { // any moment of an insert
                    (void)store_->health();
                }
                const pid_t pid = supervisor_->state().pid;
                if (pid > 0) { // 0 would mean this test's own group
                    kill(pid, SIGKILL);
                    killed = pid;
                }
            }
        }
    });
    for (int batch = 0; batch < kBatches; ++batch) {
        Events events;
        for (int i = 0; i < kRows; ++i) {
            events.add(kDay + std::chrono::seconds(i),
                       std::to_string(batch) + " line " + std::to_string(i));
        }
        while (!store_->insert(events.all(), "kill-" + std::to_string(batch))) {
            ASSERT_TRUE(supervisor_->wait_until_up(std::chrono::seconds(30)));
        }
    }
    done = true;
    killer.join();
    while (supervisor_->state().pid == killed) { // one killed a moment ago may still answer a ping
        std::this_thread::yield();
    }
    ASSERT_TRUE(supervisor_->wait_until_up(std::chrono::seconds(30)));
    const auto distinct =
        http("SELECT count(), uniqExact(event_id) FROM tanggap.events FORMAT TSV");
    EXPECT_EQ(distinct.body, "24000\t24000\n") << "seed " << kSeed;
    EXPECT_GT(supervisor_->state().starts, 1U);
}

TEST_F(EventStoreTest, hostile_statements_get_clean_errors)
{
    struct Case {
        const char* sql;
        const char* query;
        int status;
        const char* code;
    };
    const Case cases[] = {
        {"SELECT file('/etc/passwd')", "", 500, "76"},
        {"SELECT * FROM file('/etc/passwd', 'CSV', 'a String')", "", 403, "497"},
        {"SELECT * FROM url('http://127.0.0.1/', 'CSV', 'a String')", "", 403, "497"},
        {"SELECT 1 INTO OUTFILE '/tmp/tanggap-outfile'", "", 403, "497"},
        {"SELECT 1; SELECT 2", "", 400, "62"},
        {"SET max_memory_usage = 0", "", 403, "497"},
        {"KILL QUERY WHERE 1", "", 403, "497"},
        {"SYSTEM SHUTDOWN", "", 403, "497"},
        {"CREATE FUNCTION f AS x -> x", "", 403, "497"},
        {"SELEC 1 FROM", "", 400, "62"},
        {"", "", 400, "62"},
        {"SELECT 1", "allow_ddl=1", 400, "115"},
        {"SELECT * FROM tanggap.nowhere", "", 404, "60"},
        {"SELECT count() FROM numbers(100000000000)", "max_execution_time=1", 408, "159"},
        {"SELECT groupArray(number) FROM numbers(1000000000)", "max_memory_usage=50000000", 500,
         "241"},
        {"CREATE TABLE tanggap.x (a Int8) ENGINE = File(CSV)", "", 403, "497"},
        {"DROP TABLE tanggap.events", "readonly=1", 403, "164"},
    };
    for (const Case& c : cases) {
        const auto response = http(c.sql, c.query);
        EXPECT_EQ(response.status, c.status) << c.sql << ": " << response.body;
        const auto code = std::ranges::find(response.headers, "x-clickhouse-exception-code",
                                            &std::pair<std::string, std::string>::first);
        ASSERT_NE(code, response.headers.end()) << c.sql << ": " << response.body;
        EXPECT_EQ(code->second, c.code) << c.sql << ": " << response.body;
    }
    EXPECT_EQ(http("SELECT 1 FORMAT TSV").body, "1\n");
    const auto rows = http("SELECT number FROM numbers(300000) FORMAT RowBinaryWithNamesAndTypes");
    EXPECT_EQ(rows.body.size(), 1 + 7 + 7 + 300000 * 8U)
        << "one head, whatever the number of pieces";
}

TEST_F(EventStoreTest, a_day_is_dropped_once_its_newest_event_was_received_before_the_limit)
{
    const auto insert_day = [&](int day, Time received, std::string_view token) {
        Events events;
        for (int i = 0; i < 3; ++i) {
            events.add(kDay + std::chrono::hours(24 * day + i), "line").received = received;
        }
        ASSERT_TRUE(store_->insert(events.all(), token));
    };
    const Time then = kDay + std::chrono::hours(24 * 10);
    insert_day(0, then, "a");
    insert_day(1, then, "b");
    insert_day(1, then + std::chrono::hours(24 * 30), "c"); // an old log, imported later
    insert_day(2, then + std::chrono::hours(24 * 30), "d");
    const auto left = [&] {
        return *store_->count(nullptr, kDay, kDay + std::chrono::hours(24 * 400), kDay);
    };
    ASSERT_EQ(left(), 12U);
    EXPECT_TRUE(store_->drop_received_before(then)->days.empty()); // at the limit is not past it
    const auto first = store_->drop_received_before(then + std::chrono::hours(1));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->days, std::vector<std::string>{"2026-10-01"});
    EXPECT_EQ(first->events, 3U);
    EXPECT_EQ(left(), 9U);
    const auto rest = store_->drop_received_before(then + std::chrono::hours(24 * 31));
    EXPECT_EQ(rest->days.size(), 2U);
    EXPECT_EQ(left(), 0U);
    insert_day(0, then, "a2"); // the table goes on
    EXPECT_EQ(left(), 3U);
}

TEST_F(EventStoreTest, health_counts_rows)
{
    Events events;
    add_requests(events, 3);
    ASSERT_TRUE(store_->insert(events.all(), "health"));
    const EventStoreHealth health = store_->health();
    EXPECT_TRUE(health.available) << health.reason;
    EXPECT_EQ(health.rows, 3U);
    EXPECT_EQ(health.oldest, kDay);
    EXPECT_FALSE(health.version.empty());
}

TEST(EventStoreAway, a_missing_engine_is_unavailable_with_its_reason)
{
    const auto store =
        open_clickhouse({.url = "unix:/nonexistent/socket", .unavailable_reason = [] {
                             return std::string("libchdb.so is missing; npm ci");
                         }});
    const EventStoreHealth health = store->health();
    EXPECT_FALSE(health.available);
    EXPECT_EQ(health.reason, "libchdb.so is missing; npm ci");
    EXPECT_EQ(store->find(base::Uuid{}.text()).error().code, base::Code::Unavailable);
    const auto supervisor = Supervisor::start({.command = {},
                                               .socket = "/s",
                                               .data = "/d",
                                               .library = {},
                                               .library_problem = "no library"});
    EXPECT_EQ(supervisor->wait_until_up(std::chrono::milliseconds(1)).error().message,
              "no library");
    EXPECT_TRUE(
        find_engine_library({.option = "/nonexistent/libchdb.so", .data = {}, .source_root = {}})
            .error()
            .message.contains("/nonexistent"));
}

} // namespace
} // namespace tanggap::store
