// Random commits with the store closed and opened at random: what is read is always the model's.
#include <map>
#include <random>

#include "store/sqlite/test_world.h"

namespace tanggap::store::sqlite {
namespace {

struct Model {
    std::map<std::uint64_t, model::Alert> alerts;
    std::map<std::string, std::string> groups;
    std::map<std::uint64_t, std::uint64_t> pending; ///< range → stored
    std::uint64_t cursor = 0;
    std::uint64_t archived = 0;
    std::uint64_t committed = 0;
};

class RandomCommits {
public:
    explicit RandomCommits(unsigned seed) : random_(seed) {}

    Commit next(Model& world)
    {
        Commit commit;
        commit.cursor = world.cursor + 1 + below(3);
        commit.range = {
            .first = world.cursor + 1, .last = commit.cursor, .token = "t", .annotations = {}};
        commit.stored = 1 + below(20);
        for (std::uint64_t i = 0; i < below(6); ++i) {
            add_alert(world, commit);
        }
        for (std::uint64_t i = 0; i < below(4); ++i) {
            const std::string group = "g" + std::to_string(below(5));
            const std::string state = below(3) == 0 ? "" : std::to_string(random_());
            commit.correlation.push_back({.rule_id = "r", .group = group, .state = state});
            state.empty() ? static_cast<void>(world.groups.erase(group))
                          : static_cast<void>(world.groups[group] = state);
        }
        world.cursor = commit.cursor;
        world.pending[commit.range.first] = commit.stored;
        world.committed += commit.stored;
        return commit;
    }

    std::uint64_t below(std::uint64_t end) { return random_() % end; }

private:
    /// A new alert, or a known one that grew; each at most once a commit.
    void add_alert(Model& world, Commit& commit)
    {
        const std::uint64_t number = world.alerts.empty() || below(2) == 0
                                         ? world.alerts.size() + 1
                                         : 1 + below(world.alerts.size());
        for (const model::Alert& there : commit.alerts) {
            if (there.number == number) {
                return;
            }
        }
        model::Alert alert =
            world.alerts.contains(number) ? world.alerts.at(number) : sample_alert(number);
        alert.events += below(100);
        alert.priority = static_cast<int>(below(101));
        alert.last_seen = alert.last_seen + std::chrono::seconds(below(1000));
        world.alerts[number] = alert;
        commit.alerts.push_back(alert);
        commit.last_alert_number = std::max(commit.last_alert_number, number);
    }

    std::mt19937_64 random_;
};

void expect_same(CaseStore& store, const Model& world)
{
    EXPECT_EQ(store.cursor(), world.cursor);
    EXPECT_EQ(store.ledger().alerts, world.alerts.size());
    EXPECT_EQ(store.ledger().stored, world.archived);
    EXPECT_EQ(store.ledger().stored + store.ledger().in_flight, world.committed);
    EXPECT_EQ(store.pending_ranges()->size(), world.pending.size());
    EXPECT_EQ(store.correlation_state()->size(), world.groups.size());
    for (const detect::GroupState& group : *store.correlation_state()) {
        EXPECT_EQ(group.state, world.groups.at(group.group));
    }
    const auto page = store.list_alerts(
        {.filter = nullptr, .sort = AlertSort::PriorityDesc, .limit = 500, .after = {}, .now = {}});
    ASSERT_EQ(page->alerts.size(), world.alerts.size());
    for (const model::Alert& alert : page->alerts) {
        const model::Alert& expected = world.alerts.at(alert.number);
        EXPECT_EQ(alert.events, expected.events);
        EXPECT_EQ(alert.priority, expected.priority);
        EXPECT_EQ(alert.last_seen, expected.last_seen);
        EXPECT_EQ(alert.id, expected.id);
    }
}

TEST(CaseStoreProperty, commits_and_reopening_in_any_order_lose_nothing)
{
    for (unsigned seed = 1; seed <= 5; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const TestFolder folder;
        Model world;
        RandomCommits random(seed);
        auto store = open_or_fail(folder.path());
        for (int step = 0; step < 60; ++step) {
            ASSERT_TRUE(store->commit(random.next(world)));
            if (random.below(2) == 0) {
                const auto oldest = *world.pending.begin();
                ASSERT_TRUE(store->mark_archived(oldest.first));
                world.archived += oldest.second;
                world.pending.erase(oldest.first);
            }
            if (random.below(10) == 0) {
                store.reset();
                store = open_or_fail(folder.path());
            }
        }
        expect_same(*store, world);
    }
}

} // namespace
} // namespace tanggap::store::sqlite
