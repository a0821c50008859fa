#include "service/sensors.h"

#include <filesystem>
#include <unistd.h>

#include <gtest/gtest.h>

#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SensorsTest : public testing::Test {
protected:
    SensorsTest()
        : folder_(std::filesystem::temp_directory_path() /
                  ("tanggap-sensors-" + std::to_string(::getpid())))
    {
        std::filesystem::remove_all(folder_);
        cases_ = std::move(*store::open_sqlite(folder_.string()));
        catalog_ = std::make_unique<SensorCatalog>(*cases_);
    }
    ~SensorsTest() override
    {
        cases_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::filesystem::path folder_;
    std::unique_ptr<store::CaseStore> cases_;
    std::unique_ptr<SensorCatalog> catalog_;
    const base::Time now_ = base::Time::from_seconds(1'790'812'800);
};

TEST_F(SensorsTest, a_sensor_without_a_limit_never_waits)
{
    ASSERT_TRUE(catalog_->find_or_make("fw-1"));
    for (int i = 0; i < 3; ++i) {
        const auto turn = catalog_->take_turn("fw-1", 1'000'000, now_, seconds(0));
        EXPECT_TRUE(turn.taken);
        EXPECT_EQ(turn.wait, base::Duration{});
    }
}

TEST_F(SensorsTest, records_flow_at_the_sensors_rate)
{
    catalog_->put({.name = "fw-1", .rate_max = 100});
    EXPECT_TRUE(catalog_->take_turn("fw-1", 50, now_, seconds(1)).taken);
    // Half a second is taken: who may wait a second goes on, and takes a whole one.
    const auto second = catalog_->take_turn("fw-1", 100, now_, seconds(1));
    EXPECT_TRUE(second.taken);
    EXPECT_EQ(second.wait, base::Duration(milliseconds(500)));
    const auto third = catalog_->take_turn("fw-1", 1, now_, seconds(1));
    EXPECT_FALSE(third.taken);
    EXPECT_EQ(third.wait, base::Duration(milliseconds(500)));
    EXPECT_TRUE(catalog_->take_turn("fw-1", 1, now_ + third.wait, seconds(1)).taken);
    EXPECT_TRUE(catalog_->take_turn("fw-2", 1000, now_, seconds(0)).taken) << "each by itself";
}

TEST_F(SensorsTest, a_new_rate_begins_at_once)
{
    catalog_->put({.name = "fw-1", .rate_max = 1});
    EXPECT_TRUE(catalog_->take_turn("fw-1", 3600, now_, seconds(0)).taken);
    EXPECT_FALSE(catalog_->take_turn("fw-1", 1, now_, seconds(1)).taken);
    catalog_->put({.name = "fw-1", .rate_max = 1000});
    EXPECT_TRUE(catalog_->take_turn("fw-1", 1, now_, seconds(1)).taken);
}

} // namespace
} // namespace tanggap::service
