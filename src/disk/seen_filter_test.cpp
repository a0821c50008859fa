#include "disk/detail/seen_filter.h"

#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <random>
#include <thread>

#include "base/id.h"
#include "disk/detail/database.h"

namespace tanggap::disk::detail {
namespace {

class SeenFilterTest : public testing::Test {
protected:
    SeenFilterTest()
        : folder_(std::filesystem::temp_directory_path() /
                  ("tanggap_seen_" + base::make_uuid_v7(base::system_clock().now()).text()))
    {
        auto database = Database::open(folder_.string(), Access::Copy);
        EXPECT_TRUE(database) << (database ? "" : database.error().message);
        database_ = std::move(*database);
    }
    ~SeenFilterTest() override
    {
        database_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::vector<model::EventId> make_ids(std::size_t count)
    {
        std::vector<model::EventId> ids(count);
        for (auto& id : ids) {
            for (std::size_t i = 0; i < id.bytes.size(); i += sizeof(std::uint64_t)) {
                const std::uint64_t word = random_();
                std::memcpy(id.bytes.data() + i, &word, sizeof word);
            }
        }
        return ids;
    }

    void write(const std::vector<model::EventId>& ids)
    {
        for (const auto& id : ids) {
            const rocksdb::Slice key(reinterpret_cast<const char*>(id.bytes.data()),
                                     id.bytes.size());
            ASSERT_TRUE(database_->db()
                            .Put(rocksdb::WriteOptions(), database_->family(Family::Seen), key, "x")
                            .ok());
        }
    }

    std::unique_ptr<SeenFilter> make_filter(SeenFilter::Options options)
    {
        return std::make_unique<SeenFilter>(database_->db(), database_->family(Family::Seen),
                                            options);
    }

    static void wait_until_complete(const SeenFilter& filter)
    {
        for (int i = 0; i < 6000 && !filter.complete(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ASSERT_TRUE(filter.complete());
    }

    static std::size_t count_new(const SeenFilter& filter, const std::vector<model::EventId>& ids)
    {
        return static_cast<std::size_t>(std::ranges::count_if(
            ids, [&](const model::EventId& id) { return filter.is_new(id); }));
    }

    std::filesystem::path folder_;
    std::unique_ptr<Database> database_;
    std::mt19937_64 random_{20261130};
};

TEST_F(SeenFilterTest, calls_nothing_new_that_is_there_and_nearly_all_else)
{
    const auto there = make_ids(20'000);
    write(there);
    const auto filter = make_filter({.identities_min = 40'000});
    wait_until_complete(*filter);
    EXPECT_EQ(count_new(*filter, there), 0U);
    const auto others = make_ids(20'000);
    EXPECT_GT(count_new(*filter, others), 19'600U);
    for (const auto& id : others) {
        filter->add(id);
    }
    EXPECT_EQ(count_new(*filter, others), 0U);
}

TEST_F(SeenFilterTest, knows_what_is_added_while_it_reads)
{
    const auto there = make_ids(20'000);
    write(there);
    const auto filter = make_filter({.identities_min = 1}); // others follow while it reads
    const auto later = make_ids(60'000);
    for (const auto& id : later) {
        filter->add(id);
        EXPECT_FALSE(filter->is_new(id));
    }
    wait_until_complete(*filter);
    EXPECT_EQ(count_new(*filter, there), 0U);
    EXPECT_EQ(count_new(*filter, later), 0U);
}

TEST_F(SeenFilterTest, makes_room_for_more_and_forgets_none)
{
    const auto filter = make_filter({.identities_min = 1'000});
    wait_until_complete(*filter);
    const std::size_t bytes_before = filter->bytes();
    std::vector<model::EventId> all;
    for (int round = 0; round < 20; ++round) {
        for (const auto& id : make_ids(1'000)) {
            filter->add(id);
            all.push_back(id);
        }
        EXPECT_EQ(count_new(*filter, all), 0U);
        EXPECT_GT(count_new(*filter, make_ids(10'000)), 9'000U);
    }
    EXPECT_GT(filter->bytes(), 10 * bytes_before);
}

TEST_F(SeenFilterTest, what_is_there_takes_no_room_again)
{
    const auto ids = make_ids(900);
    write(ids);
    const auto filter = make_filter({.identities_min = 2'000});
    wait_until_complete(*filter);
    const std::size_t bytes_before = filter->bytes();
    for (int round = 0; round < 10; ++round) {
        std::ranges::for_each(ids, [&](const auto& id) { filter->add(id); });
    }
    EXPECT_EQ(filter->bytes(), bytes_before);
}

TEST_F(SeenFilterTest, takes_no_more_memory_than_it_may)
{
    constexpr std::size_t kBytesMax = 8'192;
    const auto filter = make_filter({.identities_min = 1'000, .bytes_max = kBytesMax});
    wait_until_complete(*filter);
    const auto ids = make_ids(20'000);
    std::ranges::for_each(ids, [&](const auto& id) { filter->add(id); });
    EXPECT_LE(filter->bytes(), kBytesMax);
    EXPECT_GT(filter->bytes(), kBytesMax / 2);
    EXPECT_EQ(count_new(*filter, ids), 0U);
}

TEST_F(SeenFilterTest, fills_up_evenly_where_little_memory_is_left_for_the_last)
{
    // 20,000 identities in the first, 1,228 in what is left.
    const auto filter = make_filter({.identities_min = 20'000, .bytes_max = 26'624});
    wait_until_complete(*filter);
    for (const auto& id : make_ids(30'000)) {
        filter->add(id);
    }
    EXPECT_GT(count_new(*filter, make_ids(10'000)), 7'500U);
}

TEST_F(SeenFilterTest, is_right_without_room_too)
{
    const auto there = make_ids(5'000);
    write(there);
    const auto filter = make_filter({.identities_min = 1, .bytes_max = 1});
    wait_until_complete(*filter);
    EXPECT_EQ(count_new(*filter, there), 0U);
}

} // namespace
} // namespace tanggap::disk::detail
