#include "service/retention.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <unistd.h>

#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::service {
namespace {

using namespace std::chrono_literals;

/// Remembers what it was asked to drop.
class Days final : public store::EventStore {
public:
    base::Result<store::DroppedDays> drop_received_before(base::Time limit) override
    {
        asked = limit;
        return store::DroppedDays{.days = {"2026-10-01"}, .events = 3};
    }
    base::Status prepare() override { return {}; }
    base::Status insert(std::span<const store::ArchiveRow>, std::string_view) override
    {
        return {};
    }
    base::Result<store::EventPage> list(const store::EventPageRequest&) override
    {
        return store::EventPage{};
    }
    base::Result<std::string> find(std::string_view) override { return std::string(); }
    base::Result<std::uint64_t> count(const query::Node*, base::Time, base::Time,
                                      base::Time) override
    {
        return 0;
    }
    base::Result<store::Histogram> histogram(const query::Node*, base::Time, base::Time,
                                             std::size_t, base::Time,
                                             const store::Abandoned&) override
    {
        return store::Histogram{};
    }
    base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
    top(std::string_view, const query::Node*, base::Time, base::Time, std::size_t, base::Time,
        const store::Abandoned&) override
    {
        return std::vector<std::pair<std::string, std::uint64_t>>{};
    }
    base::Result<std::vector<store::SensorHour>> sensor_hours(base::Time, base::Time) override
    {
        return std::vector<store::SensorHour>{};
    }
    base::Result<std::vector<store::AlertHour>> alert_hours(std::span<const std::uint64_t>,
                                                            base::Time, base::Time,
                                                            const store::Abandoned&) override
    {
        return std::vector<store::AlertHour>{};
    }
    store::EventStoreHealth health() override { return {}; }

    std::optional<base::Time> asked;
};

class RetentionTest : public testing::Test {
protected:
    void SetUp() override
    {
        folder_ =
            std::filesystem::temp_directory_path() / ("retention-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder_);
        cases_ = std::move(*store::open_sqlite(folder_.string()));
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    /// The latest record of all sensors came at that time.
    void heard(base::Time at)
    {
        store::Commit commit;
        commit.cursor = ++cursor_;
        commit.range = {.first = cursor_, .last = cursor_, .token = "t", .annotations = {}};
        store::Sensor sensor;
        sensor.name = "web-1";
        sensor.records = 1;
        sensor.first_seen_at = sensor.last_seen_at = at;
        commit.sensors = {sensor};
        ASSERT_TRUE(cases_->commit(commit));
    }
    Retention keep(std::chrono::seconds time) { return {days_, *cases_, time, start_, steady_}; }

    const base::Time start_ = base::Time::from_seconds(1'790'812'800);
    const Retention::Steady steady_{};
    std::filesystem::path folder_;
    std::unique_ptr<store::CaseStore> cases_;
    std::uint64_t cursor_ = 0;
    Days days_;
};

TEST_F(RetentionTest, the_limit_is_counted_back_from_now)
{
    heard(start_);
    Retention retention = keep(24h * 30);
    ASSERT_TRUE(retention.run(start_ + 10min, steady_ + 10min));
    EXPECT_EQ(days_.asked, start_ + 10min - 24h * 30);
    const RetentionState state = retention.state();
    EXPECT_EQ(state.dropped_days, 1U);
    EXPECT_EQ(state.dropped_events, 3U);
    EXPECT_EQ(state.problem, "");
    EXPECT_EQ(state.last_run, start_ + 10min);
}

TEST_F(RetentionTest, without_a_limit_nothing_is_asked)
{
    Retention retention = keep(0s);
    ASSERT_TRUE(retention.run(start_, steady_));
    EXPECT_FALSE(days_.asked);
}

TEST_F(RetentionTest, a_clock_that_jumps_drops_nothing)
{
    heard(start_);
    Retention retention = keep(24h * 30);
    for (const auto wall : {24h * 3650, -24h * 3650, 2h}) {
        const base::Status done = retention.run(start_ + wall, steady_ + 10min);
        ASSERT_FALSE(done);
        EXPECT_FALSE(days_.asked);
        EXPECT_NE(retention.state().problem.find("clock"), std::string::npos);
    }
}

TEST_F(RetentionTest, a_clock_that_was_wrong_from_the_start_goes_no_further_than_the_latest_record)
{
    heard(start_ - 24h * 3650); // we were started ten years ahead
    Retention retention = keep(24h * 30);
    ASSERT_TRUE(retention.run(start_, steady_));
    EXPECT_EQ(days_.asked, start_ - 24h * 3650 + 24h - 24h * 30);
}

} // namespace
} // namespace tanggap::service
