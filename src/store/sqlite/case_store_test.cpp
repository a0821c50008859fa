#include <set>

#include "store/assets.h"
#include "store/sqlite/database.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/test_world.h"

namespace tanggap::store::sqlite {
namespace {

std::unique_ptr<CaseStore> store_with_alerts(const std::string& folder, std::uint64_t count)
{
    auto store = open_or_fail(folder);
    std::vector<model::Alert> alerts;
    for (std::uint64_t number = 1; number <= count; ++number) {
        alerts.push_back(sample_alert(number));
    }
    const auto done = store->commit(commit_of(1, std::move(alerts)));
    EXPECT_TRUE(done) << done.error().message;
    return store;
}

AlertPage page_of(CaseStore& store, std::string_view text, AlertSort sort, std::size_t limit,
                  const std::string& after = {})
{
    const auto node = query::parse_or_error(text, query::alert_scope());
    EXPECT_TRUE(node) << node.error().message;
    auto page = store.list_alerts({.filter = &*node,
                                   .sort = sort,
                                   .limit = limit,
                                   .after = after,
                                   .now = base::Time::from_seconds(1'700'100'000),
                                   .visible = policy::Filter::unrestricted()});
    EXPECT_TRUE(page) << page.error().message;
    return page ? std::move(*page) : AlertPage{};
}

std::vector<std::uint64_t> numbers_of(const std::vector<model::Alert>& alerts)
{
    std::vector<std::uint64_t> numbers;
    for (const model::Alert& alert : alerts) {
        numbers.push_back(alert.number);
    }
    return numbers;
}

TEST(CaseStore, a_second_writer_on_the_same_folder_is_refused)
{
    const TestFolder folder;
    const auto first = open_or_fail(folder.path());
    const auto second = open_sqlite(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::Code::Unavailable);
    EXPECT_NE(second.error().message.find("another tanggap"), std::string::npos);
}

TEST(CaseStore, a_newer_schema_is_refused_with_both_versions_named)
{
    const TestFolder folder;
    open_or_fail(folder.path());
    {
        auto database = Database::open(folder.path() + "/cases.sqlite", Access::ReadWrite);
        ASSERT_TRUE(database);
        ASSERT_TRUE((*database)->run("INSERT INTO schema_migrations VALUES (999, 'future', 0)"));
    }
    const auto store = open_sqlite(folder.path());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, base::Code::Invalid);
    EXPECT_NE(store.error().message.find("999"), std::string::npos);
}

TEST(CaseStore, only_the_owner_can_read_the_database)
{
    const TestFolder folder;
    const auto store = store_with_alerts(folder.path(), 1);
    for (const char* const name : {"/cases.sqlite", "/cases.sqlite-wal"}) {
        const auto mode = std::filesystem::status(folder.path() + name).permissions();
        EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
}

TEST(CaseStore, migrations_are_numbered_without_gaps)
{
    int expected = 1;
    for (const Migration& migration : migrations()) {
        EXPECT_EQ(migration.version, expected++);
    }
}

TEST(CaseStore, a_reader_cannot_write)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    auto reader = Database::open(folder.path() + "/cases.sqlite", Access::ReadOnly);
    ASSERT_TRUE(reader);
    EXPECT_FALSE((*reader)->run("DELETE FROM counters"));
}

TEST(CaseStore, an_alert_comes_back_whole_by_number_and_by_id)
{
    const TestFolder folder;
    const auto store = store_with_alerts(folder.path(), 3);
    const auto alert = store->find_alert("ALR-2");
    ASSERT_TRUE(alert) << alert.error().message;
    const model::Alert expected = sample_alert(2);
    EXPECT_EQ(alert->key, expected.key);
    EXPECT_EQ(alert->title_id, expected.title_id);
    EXPECT_EQ(alert->outcomes.failed, 2U);
    EXPECT_EQ(alert->rules.at(0).detections, 8U);
    EXPECT_EQ(alert->factors.at(0).factor, 0.75);
    EXPECT_EQ(alert->first_reasons.at(0).pattern, "*sqlmap*");
    EXPECT_EQ(alert->first_reasons.at(0).value, "a \"quoted\" \xEF\xBF\xBD byte");
    EXPECT_EQ(alert->summary, "11 events");
    EXPECT_EQ(alert->last_seen, expected.last_seen);
    EXPECT_EQ(store->find_alert(alert->id.text())->number, 2U);
    EXPECT_EQ(store->find_alert("ALR-99").error().code, base::Code::NotFound);
    EXPECT_EQ(store->find_alert("ALR-2x").error().code, base::Code::NotFound);
}

TEST(CaseStore, alerts_of_a_key_are_those_of_the_window_and_the_nearest_beside_it)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    std::vector<model::Alert> alerts;
    for (std::uint64_t number = 1; number <= 5; ++number) {
        model::Alert alert = sample_alert(number);
        alert.key = sample_alert(1).key;
        alert.first_seen = base::Time::from_seconds(static_cast<std::int64_t>(number) * 1000);
        alert.last_seen = alert.first_seen + std::chrono::seconds(500);
        alerts.push_back(alert);
    }
    ASSERT_TRUE(store->commit(commit_of(1, alerts)));
    const auto numbers = [&](std::int64_t from, std::int64_t to) {
        const auto found = store->alerts_of(sample_alert(1).key, base::Time::from_seconds(from),
                                            base::Time::from_seconds(to));
        EXPECT_TRUE(found) << found.error().message;
        const auto unordered = numbers_of(*found);
        return std::set(unordered.begin(), unordered.end());
    };
    using Numbers = std::set<std::uint64_t>;
    EXPECT_EQ(numbers(3100, 3200), (Numbers{2, 3, 4}));
    EXPECT_EQ(numbers(2600, 2700), (Numbers{2, 3}));
    EXPECT_EQ(numbers(1, 2), (Numbers{1}));
    EXPECT_EQ(numbers(9000, 9001), (Numbers{5}));
    EXPECT_EQ(numbers(2500, 4000), (Numbers{1, 2, 3, 4, 5}));
    EXPECT_TRUE(store->alerts_of({"198.51.100.1", "T1", "x"}, {}, {})->empty());
}

TEST(CaseStore, pages_meet_every_alert_once_in_every_order)
{
    const TestFolder folder;
    const auto store = store_with_alerts(folder.path(), 103);
    using enum AlertSort;
    for (const AlertSort sort :
         {PriorityDesc, LastSeenDesc, FirstSeenDesc, NumberDesc, EventsDesc}) {
        for (const std::string_view filter : {"", "events>0"}) {
            std::vector<std::uint64_t> seen;
            std::string after;
            do {
                const AlertPage page = page_of(*store, filter, sort, 10, after);
                EXPECT_EQ(page.total, 103U);
                EXPECT_FALSE(page.total_is_lower_bound);
                const auto numbers = numbers_of(page.alerts);
                seen.insert(seen.end(), numbers.begin(), numbers.end());
                after = page.next;
            } while (!after.empty());
            EXPECT_EQ(seen.size(), 103U);
            EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 103U);
        }
    }
}

TEST(CaseStore, priority_order_breaks_ties_by_last_seen)
{
    const TestFolder folder;
    const auto store = store_with_alerts(folder.path(), 300);
    const AlertPage page = page_of(*store, "", AlertSort::PriorityDesc, 300);
    for (std::size_t i = 1; i < page.alerts.size(); ++i) {
        const auto key = [](const model::Alert& alert) {
            return std::tuple(alert.priority, alert.last_seen, alert.number);
        };
        EXPECT_GT(key(page.alerts[i - 1]), key(page.alerts[i]));
    }
}

struct FilterCase {
    std::string_view text;
    std::vector<std::uint64_t> numbers;
};

TEST(CaseStore, filters_choose_what_they_say)
{
    const TestFolder folder;
    const auto store = store_with_alerts(folder.path(), 10);
    const std::vector<FilterCase> cases{
        {"severity>=high", {9, 8, 4, 3}},
        {"severity:kritis", {9, 4}},
        {"is:open number>8", {10, 9}},
        {"is:closed", {}},
        {"source:203.0.113.4", {4}},
        {"source:203.0.113.8/29", {10, 9, 8}},
        {"source:203.0.113.*", {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
        {"technique:T1190 -number<7", {10, 8}},
        {"rule:\"ssh brute*\" events<10", {3, 1}},
        {"rule:rule-ssh number<4", {3, 1}},
        {"tebak number>=8", {9}},
        {"asset:\"Portal 3\"", {10, 3}},
        {"organisation:\"Dinas 1\" (target:site-0* OR target:site-1*)", {7, 1}},
        {"outcome:failed number:ALR-3", {3}},
        {"outcome:succeeded", {}},
        {"first_seen>=2023-11-14T22:13:28Z", {10, 9, 8}},
        {"events:3..9", {3, 2, 1}},
        {"NOT (number:1 OR number:2) number<5", {4, 3}},
        {"is:recurring", {}},
        {"sensor:web-1 source_country:ID number:7", {7}},
        {"title:sql number<5", {4, 2}},
    };
    for (const FilterCase& one : cases) {
        const AlertPage page = page_of(*store, one.text, AlertSort::NumberDesc, 50);
        EXPECT_EQ(numbers_of(page.alerts), one.numbers) << one.text;
        EXPECT_EQ(page.total, one.numbers.size()) << one.text;
    }
}

TEST(CaseStore, a_wildcard_does_not_let_like_patterns_through)
{
    const TestFolder folder;
    const auto store = store_with_alerts(folder.path(), 3);
    EXPECT_EQ(page_of(*store, "source:2%*", AlertSort::NumberDesc, 5).total, 0U);
    EXPECT_EQ(page_of(*store, "source:203_0*", AlertSort::NumberDesc, 5).total, 0U);
    EXPECT_EQ(page_of(*store, "source:\"' OR 1=1 --\"", AlertSort::NumberDesc, 5).total, 0U);
}

TEST(CaseStore, facets_count_each_value)
{
    const TestFolder folder;
    const auto store = store_with_alerts(folder.path(), 10);
    using Facet = FacetValues;
    const auto facets = [&](const std::vector<std::string>& fields, const query::Node* filter,
                            std::size_t top) {
        return store->alert_facets(fields, filter, top, base::Time(),
                                   policy::Filter::unrestricted());
    };
    const auto facet = [&](const std::string& field, const query::Node* filter, std::size_t top) {
        return facets({field}, filter, top)->front();
    };
    EXPECT_EQ(facet("severity", nullptr, 2), (Facet{{"informational", 2}, {"low", 2}}));
    EXPECT_EQ(facet("rule", nullptr, 5), (Facet{{"rule-sql", 5}, {"rule-ssh", 5}}));
    const auto node = query::parse_or_error("number<4", query::alert_scope());
    EXPECT_EQ(facet("rule", &*node, 5), (Facet{{"rule-ssh", 2}, {"rule-sql", 1}}));
    EXPECT_EQ(facet("outcome", &*node, 5), (Facet{{"failed", 3}}));
    EXPECT_EQ(facets({"password"}, nullptr, 5).error().code, base::Code::Invalid);
    EXPECT_EQ(*facets({"severity", "rule", "source", "outcome"}, &*node, 2),
              (std::vector<Facet>{facet("severity", &*node, 2), facet("rule", &*node, 2),
                                  facet("source", &*node, 2), facet("outcome", &*node, 2)}))
        << "many at once are each as alone";
}

TEST(CaseStore, a_damaged_cursor_is_refused)
{
    const TestFolder folder;
    const auto store = store_with_alerts(folder.path(), 3);
    for (const char* const cursor : {"x", "1.2", "1.2.3.4", "1.2.", "99999999999999999999.1.1"}) {
        const auto page = store->list_alerts({.filter = nullptr,
                                              .after = cursor,
                                              .now = {},
                                              .visible = policy::Filter::unrestricted()});
        ASSERT_FALSE(page) << cursor;
        EXPECT_EQ(page.error().code, base::Code::Invalid);
    }
}

TEST(CaseStore, a_commit_is_applied_once)
{
    const TestFolder folder;
    const auto store = store_with_alerts(folder.path(), 3);
    const auto again = store->commit(commit_of(1, {sample_alert(1)}));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::Code::Conflict);
    EXPECT_EQ(store->ledger().alerts, 3U);
}

TEST(CaseStore, numbers_are_never_given_twice_after_a_commit)
{
    const TestFolder folder;
    {
        const auto store = store_with_alerts(folder.path(), 3);
        EXPECT_EQ(store->next_number(), 4U);
    }
    const auto store = open_or_fail(folder.path());
    EXPECT_EQ(store->next_number(), 4U); // 4 was given but never committed: nobody saw it
    EXPECT_EQ(store->next_number(), 5U);
}

TEST(CaseStore, ranges_wait_until_archived_and_the_ledger_follows)
{
    const TestFolder folder;
    {
        const auto store = open_or_fail(folder.path());
        Commit commit = commit_of(5, {});
        commit.range.first = 1;
        commit.quarantined = 4;
        commit.range.annotations = {{.sequence = 3,
                                     .record_index = 7,
                                     .rule_ids = {"a", "b"},
                                     .alerts = {12, 13},
                                     .level = 3}};
        ASSERT_TRUE(store->commit(commit));
    }
    const auto store = open_or_fail(folder.path());
    EXPECT_EQ(store->cursor(), 5U);
    const auto ranges = store->pending_ranges();
    ASSERT_TRUE(ranges);
    ASSERT_EQ(ranges->size(), 1U);
    EXPECT_EQ(ranges->at(0).annotations.at(0).rule_ids, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(ranges->at(0).annotations.at(0).alerts, (std::vector<std::uint64_t>{12, 13}));
    EXPECT_EQ(store->ledger().stored, 0U);
    EXPECT_EQ(store->ledger().in_flight, 10U);
    EXPECT_EQ(store->ledger().quarantined, 4U);
    ASSERT_TRUE(store->mark_archived(1, 8));
    EXPECT_EQ(store->ledger().stored, 8U);
    EXPECT_EQ(store->ledger().in_flight, 0U);
    EXPECT_EQ(store->ledger().lost.at(std::string(model::kLostBeforeArchive)), 2U);
    EXPECT_EQ(store->mark_archived(1, 8).error().code, base::Code::NotFound);
}

TEST(CaseStore, correlation_state_is_kept_bytes_and_all)
{
    const TestFolder folder;
    const std::string bytes("\0\xff\x01 '", 5);
    {
        const auto store = open_or_fail(folder.path());
        Commit commit = commit_of(1, {});
        commit.correlation = {{"r", "g1", bytes}, {"r", "g2", "x"}};
        ASSERT_TRUE(store->commit(commit));
        commit = commit_of(2, {});
        commit.correlation = {{"r", "g2", ""}};
        ASSERT_TRUE(store->commit(commit));
    }
    const auto state = open_or_fail(folder.path())->correlation_state();
    ASSERT_TRUE(state);
    ASSERT_EQ(state->size(), 1U);
    EXPECT_EQ(state->at(0).state, bytes);
}

TEST(CaseStore, batches_and_sensors_come_with_their_commit)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    Sensor firewall;
    firewall.name = "fw-1";
    firewall.timezone = "Asia/Jakarta";
    ASSERT_TRUE(store->upsert_sensor(firewall));
    Commit commit = commit_of(1, {});
    commit.batches = {{.sequence = 1,
                       .records = 3,
                       .stored = 2,
                       .quarantined = {{"binary", 1}},
                       .detections = 1,
                       .alerts = {9}}};
    firewall.records = 3;
    firewall.first_seen_at = {10};
    firewall.last_seen_at = {20};
    Sensor web;
    web.name = "web-1";
    commit.sensors = {firewall, web};
    ASSERT_TRUE(store->commit(commit));
    commit.cursor = commit.range.first = commit.range.last = 2;
    ASSERT_TRUE(store->commit(commit));
    EXPECT_EQ(store->find_batch(1)->quarantined.at(0).second, 1U);
    EXPECT_EQ(store->find_batch(9).error().code, base::Code::NotFound);
    const auto sensors = store->list_sensors();
    ASSERT_EQ(sensors->size(), 2U);
    EXPECT_EQ(sensors->at(0).records, 6U);
    EXPECT_EQ(sensors->at(0).timezone, "Asia/Jakarta");
    EXPECT_EQ(sensors->at(0).first_seen_at.ns, 10);
    EXPECT_EQ(sensors->at(0).last_seen_at.ns, 20);
}

TEST(CaseStore, a_list_that_was_empty_shows_what_came_since)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    EXPECT_TRUE(store->list_sensors()->empty());
    EXPECT_TRUE(store->pending_ranges()->empty());
    Sensor sensor;
    sensor.name = "fw-1";
    ASSERT_TRUE(store->upsert_sensor(sensor));
    ASSERT_TRUE(store->commit(commit_of(1, {})));
    EXPECT_EQ(store->list_sensors()->size(), 1U);
    EXPECT_EQ(store->pending_ranges()->size(), 1U);
}

TEST(CaseStore, assets_are_replaced_whole)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    std::vector<normalize::Asset> assets(1);
    assets.front().network = "192.0.2.0/24";
    assets.front().value = 3;
    const auto replace = [&](Change& change) -> base::Status {
        TRY_STATUS(replace_assets(change, assets));
        return change.record({.action = "asset.import", .object = kAssetTable});
    };
    ASSERT_TRUE(store->change({}, replace));
    ASSERT_TRUE(store->change({}, replace));
    ASSERT_TRUE(store->read([](Snapshot& snapshot) -> base::Status {
        TRY(const auto kept, list_assets(snapshot));
        EXPECT_EQ(kept.size(), 1U);
        EXPECT_EQ(kept.at(0).value, 3);
        return {};
    }));
}

} // namespace
} // namespace tanggap::store::sqlite
