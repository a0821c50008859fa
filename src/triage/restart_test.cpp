// The same journal order gives the same alerts, however it is cut and wherever it was restarted.
#include <random>

#include <gtest/gtest.h>

#include "base/limits.h"
#include "triage/detail/test_support.h"

namespace tanggap::triage {
namespace {

using model::Alert;
using testing::make_detection;
using testing::make_event;
using testing::make_rule;
using testing::MemoryPast;

constexpr base::Time kNow = base::Time::from_seconds(1'790'000'000);
constexpr std::size_t kEvents = 250;

struct Entry {
    std::int64_t second = 0;
    int source = 0;
    std::vector<std::size_t> rules; ///< each once
};

std::vector<std::shared_ptr<const model::RuleInfo>> make_rules()
{
    using model::Level;
    return {make_rule("a", {.level = Level::Low, .techniques = {"T1110.001"}}),
            make_rule("b", {.level = Level::High, .techniques = {"T1110.003"}}),
            make_rule("c", {.level = Level::Critical, .techniques = {"T1505.003"}}),
            make_rule("d", {})};
}

enum class Order { Oldest, Newest, Shuffled };

std::vector<Entry> make_journal(std::mt19937_64& random, Order order)
{
    const std::int64_t days = std::uniform_int_distribution<std::int64_t>(1, 5)(random);
    std::uniform_int_distribution<std::int64_t> second(0, days * 86'400);
    std::uniform_int_distribution<int> source(0, 2);
    std::vector<Entry> journal(kEvents);
    for (Entry& entry : journal) {
        entry.second = second(random);
        entry.source = source(random);
        for (std::size_t rule = 0; rule < 4; ++rule) {
            if (random() % 2 == 0) {
                entry.rules.push_back(rule);
            }
        }
    }
    if (order != Order::Shuffled) {
        std::ranges::sort(journal, {}, &Entry::second);
    }
    if (order == Order::Newest) {
        std::ranges::reverse(journal);
    }
    return journal;
}

struct Playing {
    std::size_t batch_events_max = 1;
    std::size_t batches_per_commit = 1;
    std::size_t keys_max = 100;
    bool restarts = false; ///< a new Grouper after each commit
    bool crashes = false;  ///< each range is grouped once in vain, then again
};

using Range = std::vector<std::span<const Entry>>;

class Player {
public:
    explicit Player(const Playing& run) : run_(run) { renew(); }

    void play(const Range& range)
    {
        if (run_.crashes) {
            group(range);
            past_.restart();
            renew();
        }
        past_.commit(group(range));
        grouper_->committed();
        if (run_.restarts) {
            past_.restart();
            renew();
        }
    }
    const std::map<std::uint64_t, Alert>& alerts() const { return past_.alerts; }

private:
    void renew() { grouper_ = std::make_unique<Grouper>(past_, run_.keys_max); }

    std::vector<Alert> group(const Range& range)
    {
        std::vector<Alert> changed;
        for (const auto& entries : range) {
            model::EventBatch batch;
            std::vector<model::Detection> detections;
            for (const Entry& entry : entries) {
                add(batch, detections, entry);
            }
            auto result = grouper_->group(batch, detections, kNow);
            EXPECT_TRUE(result.has_value());
            std::ranges::move(result->changed, std::back_inserter(changed));
        }
        return changed;
    }

    void add(model::EventBatch& batch, std::vector<model::Detection>& detections,
             const Entry& entry)
    {
        const std::string source = "203.0.113." + std::to_string(entry.source);
        batch.events.push_back(
            make_event(batch, {{"source.ip", source}}, base::Time::from_seconds(entry.second)));
        for (const std::size_t rule : entry.rules) {
            detections.push_back(make_detection(rules_[rule], batch.events.size() - 1));
        }
    }

    Playing run_;
    MemoryPast past_;
    std::unique_ptr<Grouper> grouper_;
    std::vector<std::shared_ptr<const model::RuleInfo>> rules_ = make_rules();
};

/// Everything that a person would see, ids apart.
std::string describe(const Alert& alert)
{
    std::string text =
        model::alert_number_text(alert.number) + " " + alert.key.source + " " +
        alert.key.technique + " " + alert.title + " p" + std::to_string(alert.priority) +
        " events " + std::to_string(alert.events) + " detections " +
        std::to_string(alert.detections) + " recurs " + std::to_string(alert.recurs_of) + " " +
        base::format_rfc3339(alert.first_seen) + " " + base::format_rfc3339(alert.last_seen);
    for (const model::AlertRule& rule : alert.rules) {
        text += " " + rule.rule_id + "=" + std::to_string(rule.detections);
    }
    return text;
}

std::vector<std::string> play(const std::vector<Entry>& journal, const Playing& run,
                              std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    Player player(run);
    Range range;
    for (std::size_t at = 0; at < journal.size();) {
        const std::size_t size = std::min(journal.size() - at, 1 + random() % run.batch_events_max);
        range.push_back(std::span(journal).subspan(at, size));
        at += size;
        if (range.size() == run.batches_per_commit || at == journal.size()) {
            player.play(range);
            range.clear();
        }
    }
    std::vector<std::string> seen;
    for (const auto& [number, alert] : player.alerts()) {
        seen.push_back(describe(alert));
    }
    return seen;
}

/// Rulings 26 as plainly as it can be written: first and last of each alert of one key.
struct Plain {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::size_t events = 0;
};

std::vector<Plain> group_plainly(std::span<const std::int64_t> seconds)
{
    constexpr std::int64_t kGap = 30 * 60;
    constexpr std::int64_t kDay = 24 * 3600;
    std::vector<Plain> alerts;
    for (const std::int64_t second : seconds) {
        Plain* best = nullptr;
        for (Plain& alert : alerts) {
            const bool near = second >= alert.first - kGap && second <= alert.last + kGap;
            const bool fits = std::max(alert.last, second) - std::min(alert.first, second) <= kDay;
            if (near && fits && (best == nullptr || alert.first < best->first)) {
                best = &alert;
            }
        }
        if (best == nullptr) {
            best = &alerts.emplace_back(Plain{.first = second, .last = second});
        }
        best->first = std::min(best->first, second);
        best->last = std::max(best->last, second);
        ++best->events;
    }
    return alerts;
}

std::vector<std::uint64_t> seeds()
{
    std::random_device device;
    const std::uint64_t fresh = device();
    std::cout << "seeds 1, 2, 3 and " << fresh << "\n";
    return {1, 2, 3, fresh};
}

TEST(Restart, AnywhereGivesTheSameAlerts)
{
    const std::vector<Playing> runs = {
        {.batch_events_max = 1},
        {.batch_events_max = 50, .batches_per_commit = 4},
        {.batch_events_max = 20, .keys_max = 1},
        {.batch_events_max = 1, .restarts = true},
        {.batch_events_max = 30, .batches_per_commit = 3, .restarts = true},
        {.batch_events_max = 30, .batches_per_commit = 3, .keys_max = 1, .crashes = true},
    };
    for (const std::uint64_t seed : seeds()) {
        for (const Order order : {Order::Oldest, Order::Newest, Order::Shuffled}) {
            std::mt19937_64 random(seed);
            const std::vector<Entry> journal = make_journal(random, order);
            const auto whole = play(journal, {.batch_events_max = kEvents}, seed);
            ASSERT_FALSE(whole.empty());
            for (std::size_t i = 0; i < runs.size(); ++i) {
                EXPECT_EQ(play(journal, runs[i], seed + i), whole)
                    << "seed " << seed << ", order " << static_cast<int>(order) << ", run " << i;
            }
        }
    }
}

TEST(Restart, GroupsAsTheRulingReads)
{
    for (const std::uint64_t seed : seeds()) {
        for (const Order order : {Order::Oldest, Order::Newest, Order::Shuffled}) {
            std::mt19937_64 random(seed);
            std::vector<Entry> journal = make_journal(random, order);
            std::vector<std::int64_t> seconds;
            for (Entry& entry : journal) {
                entry.source = 0;
                entry.rules = {0};
                seconds.push_back(entry.second);
            }
            Player player({.batch_events_max = 1});
            player.play({journal});
            const std::vector<Plain> expected = group_plainly(seconds);
            ASSERT_EQ(player.alerts().size(), expected.size()) << "seed " << seed;
            for (std::size_t i = 0; i < expected.size(); ++i) {
                const Alert& alert = player.alerts().at(i + 1);
                EXPECT_EQ(alert.first_seen.seconds(), expected[i].first) << "seed " << seed;
                EXPECT_EQ(alert.last_seen.seconds(), expected[i].last) << "seed " << seed;
                EXPECT_EQ(alert.events, expected[i].events) << "seed " << seed;
            }
        }
    }
}

} // namespace
} // namespace tanggap::triage
