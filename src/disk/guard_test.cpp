// Damage and torn tails: what a start must refuse, and what it must survive.
#include "disk/detail/guard.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <sys/resource.h>

#include "base/id.h"
#include "disk/detail/wal_scan.h"
#include "disk/journal.h"
#include "disk/salvage.h"

namespace tanggap::disk {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::uint64_t kEntries = 60;

/// A number from the environment, for longer runs than ctest's.
std::uint64_t setting(const char* name, std::uint64_t otherwise)
{
    const char* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// A journal with kEntries acknowledged entries, left as a killed process leaves it: copied while
/// it was open.
class GuardTest : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        pristine_ = new fs::path(make_folder("pristine"));
        const fs::path live = make_folder("live");
        auto journal = Journal::open(live.string(), options());
        ASSERT_TRUE(journal);
        for (std::uint64_t i = 0; i < kEntries; ++i) {
            AppendRequest request;
            request.stream.sensor = "s";
            request.identity = Identity::Never;
            request.records.push_back({base::random_bytes(900 + i * 40), "", 0, ""});
            ASSERT_TRUE((*journal)->append(std::move(request)));
        }
        fs::copy(live, *pristine_,
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        journal->reset();
        fs::remove_all(live);
    }

    static void TearDownTestSuite()
    {
        fs::remove_all(*pristine_);
        delete pristine_;
    }

    static JournalOptions options()
    {
        JournalOptions options;
        options.free_bytes_min = 0;
        return options;
    }

    static fs::path make_folder(const std::string& what)
    {
        return fs::temp_directory_path() / ("tanggap_guard_" + what + "_" +
                                            base::make_uuid_v7(base::system_clock().now()).text());
    }

    void SetUp() override
    {
        folder_ = make_folder("work");
        restore();
    }
    void TearDown() override { fs::remove_all(folder_); }

    void restore()
    {
        fs::remove_all(folder_);
        fs::copy(*pristine_, folder_, fs::copy_options::recursive);
    }

    detail::WalFile newest_wal() const
    {
        auto wals = detail::list_wals(folder_.string());
        EXPECT_TRUE(wals && !wals->empty());
        return wals->back();
    }

    static void flip(const fs::path& path, std::uint64_t offset, unsigned bit)
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(offset));
        const int byte = file.get();
        file.seekp(static_cast<std::streamoff>(offset));
        file.put(static_cast<char>(byte ^ (1 << bit)));
    }

    /// Entries readable after a start, or nothing where the start was refused as Corrupt.
    std::optional<std::uint64_t> start_and_count()
    {
        const auto journal = Journal::open(folder_.string(), options());
        if (!journal) {
            EXPECT_EQ(journal.error().code, base::Code::Corrupt) << journal.error().message;
            message_ = journal.error().message;
            return std::nullopt;
        }
        std::uint64_t count = 0;
        for (std::uint64_t after = 0;;) {
            const auto chunks = (*journal)->read(after, 1 << 20, 0);
            if (!chunks) {
                message_ = chunks.error().message;
                return std::nullopt;
            }
            if (chunks->empty()) {
                return count;
            }
            count += chunks->size();
            after = chunks->back()->sequence;
        }
    }

    inline static fs::path* pristine_ = nullptr;
    fs::path folder_;
    std::string message_;
};

/// Cutting one byte off makes the last record no record.
std::uint64_t begin_of_last_record(std::string_view wal)
{
    return detail::scan_wal(wal.substr(0, wal.size() - 1)).valid_bytes;
}

TEST_F(GuardTest, a_killed_process_loses_nothing)
{
    EXPECT_EQ(start_and_count(), kEntries);
}

TEST_F(GuardTest, a_flipped_bit_anywhere_in_the_log_is_refused_or_harmless)
{
    const std::uint64_t flips = setting("TANGGAP_FAULT_FLIPS", 60);
    const std::uint64_t seed = setting("TANGGAP_FAULT_SEED", std::random_device{}());
    std::cout << "seed " << seed << ", flips " << flips << '\n';
    std::mt19937_64 random(seed);
    std::uint64_t refused = 0;
    for (std::uint64_t i = 0; i < flips; ++i) {
        restore();
        const detail::WalFile wal = newest_wal();
        const std::uint64_t offset = random() % wal.size;
        flip(wal.path, offset, static_cast<unsigned>(random() % 8));
        const auto count = start_and_count();
        refused += count ? 0 : 1;
        // A flip in a block's padding changes nothing; every other must be noticed.
        EXPECT_TRUE(!count || *count == kEntries) << "flip at " << offset << " lost entries";
        EXPECT_TRUE(count || message_.contains(fs::path(wal.path).filename().string())) << message_;
    }
    EXPECT_GE(refused, flips * 9 / 10);
}

TEST_F(GuardTest, a_flipped_length_at_the_end_is_not_taken_for_a_torn_tail)
{
    const detail::WalFile wal = newest_wal();
    const auto bytes = detail::read_whole(wal.path);
    ASSERT_TRUE(bytes);
    const std::uint64_t last = begin_of_last_record(*bytes);
    flip(wal.path, last + 5, 6);
    EXPECT_EQ(start_and_count(), std::nullopt);
    EXPECT_THAT(message_, HasSubstr("were acknowledged"));
    EXPECT_THAT(message_, HasSubstr("tanggap doctor --salvage"));
}

TEST_F(GuardTest, a_log_cut_short_is_refused_when_the_records_were_acknowledged)
{
    const std::uint64_t seed = setting("TANGGAP_FAULT_SEED", std::random_device{}());
    std::cout << "seed " << seed << '\n';
    std::mt19937_64 random(seed);
    for (int i = 0; i < 20; ++i) {
        restore();
        const detail::WalFile wal = newest_wal();
        fs::resize_file(wal.path, random() % wal.size);
        EXPECT_EQ(start_and_count(), std::nullopt);
    }
}

TEST_F(GuardTest, a_missing_log_is_refused)
{
    fs::remove(newest_wal().path);
    EXPECT_EQ(start_and_count(), std::nullopt);
}

TEST_F(GuardTest, a_torn_tail_that_nobody_was_told_of_is_cut_off)
{
    const std::uint64_t seed = setting("TANGGAP_FAULT_SEED", std::random_device{}());
    std::cout << "seed " << seed << '\n';
    std::mt19937_64 random(seed);
    for (int i = 0; i < 10; ++i) {
        restore();
        const detail::WalFile wal = newest_wal();
        // What a write that was cut off leaves: the beginning of a record, with the length of all.
        const std::string whole = *detail::read_whole(wal.path);
        const std::uint64_t last = begin_of_last_record(whole);
        const std::uint64_t torn_bytes = 1 + random() % (whole.size() - last - 1);
        std::ofstream file(wal.path, std::ios::binary | std::ios::app);
        file.write(whole.data() + last, static_cast<std::streamsize>(torn_bytes));
        file.close();
        EXPECT_EQ(start_and_count(), kEntries) << message_;
        EXPECT_EQ(start_and_count(), kEntries) << "second start: " << message_;
    }
}

TEST_F(GuardTest, a_second_start_after_one_that_was_killed_finds_everything)
{
    for (int i = 0; i < 3; ++i) {
        const fs::path copy = make_folder("killed");
        {
            const auto journal = Journal::open(folder_.string(), options());
            ASSERT_TRUE(journal) << journal.error().message;
            fs::copy(folder_, copy, fs::copy_options::recursive);
        }
        fs::remove_all(folder_);
        fs::rename(copy, folder_);
    }
    EXPECT_EQ(start_and_count(), kEntries);
}

TEST_F(GuardTest, a_missing_mark_still_finds_damage_in_the_middle)
{
    fs::remove(detail::mark_path(folder_.string()));
    const detail::WalFile wal = newest_wal();
    flip(wal.path, wal.size / 2, 0);
    EXPECT_EQ(start_and_count(), std::nullopt);
}

TEST_F(GuardTest, verify_finds_nothing_in_a_sound_journal)
{
    const auto report = verify_journal(folder_.string());
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_THAT(report->problems, testing::IsEmpty());
    EXPECT_EQ(report->entries, kEntries);
    EXPECT_EQ(report->records, kEntries);
}

TEST_F(GuardTest, verify_names_the_damaged_file)
{
    const detail::WalFile wal = newest_wal();
    flip(wal.path, wal.size / 2, 0);
    const auto report = verify_journal(folder_.string());
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_FALSE(report->problems.empty());
    EXPECT_THAT(report->problems.front(), HasSubstr(".log is damaged at byte"));
}

TEST_F(GuardTest, salvage_copies_what_is_readable_and_says_what_is_not)
{
    const detail::WalFile wal = newest_wal();
    flip(wal.path, wal.size / 2, 0);
    EXPECT_EQ(start_and_count(), std::nullopt);
    const fs::path target = folder_ / "saved";
    const auto report = salvage_journal(folder_.string(), target.string(), {.needed_from = 1});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_FALSE(report->problems.empty());
    EXPECT_GT(report->records, kEntries / 3);
    EXPECT_LT(report->records, kEntries);
    EXPECT_EQ(report->records + report->lost, kEntries);
    const auto journal = Journal::open(target.string(), options());
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_EQ((*journal)->totals().last_sequence, kEntries);
    AppendRequest request;
    request.records.push_back({"next", "", 0, ""});
    EXPECT_EQ((*journal)->append(std::move(request))->sequence, kEntries + 1);
}

TEST_F(GuardTest, a_salvage_accounts_for_every_record_wherever_the_damage_is)
{
    const std::uint64_t seed = setting("TANGGAP_FAULT_SEED", std::random_device{}());
    std::cout << "seed " << seed << '\n';
    std::mt19937_64 random(seed);
    for (int i = 0; i < 20; ++i) {
        restore();
        const detail::WalFile wal = newest_wal();
        flip(wal.path, random() % wal.size, static_cast<unsigned>(random() % 8));
        // As if a third of it had been processed, of which nothing is archived yet.
        const Taken taken{.cursor = kEntries / 3, .needed_from = 1, .events = kEntries / 3};
        const fs::path target = folder_ / "saved";
        const auto report = salvage_journal(folder_.string(), target.string(), taken);
        ASSERT_TRUE(report) << report.error().message;
        const auto journal = Journal::open(target.string(), options());
        ASSERT_TRUE(journal) << journal.error().message;
        const JournalBalance balance = (*journal)->balance(taken.cursor);
        EXPECT_EQ(balance.totals.received, kEntries);
        EXPECT_EQ(taken.events + balance.records_after + balance.totals.lost, kEntries);
        EXPECT_EQ(balance.totals.lost, report->lost);
    }
}

TEST_F(GuardTest, a_salvage_without_the_mark_raises_totals_that_are_too_old)
{
    fs::remove(detail::mark_path(folder_.string()));
    const detail::WalFile wal = newest_wal();
    fs::resize_file(wal.path, wal.size / 2);
    const Taken taken{.cursor = kEntries, .needed_from = kEntries + 1, .events = kEntries};
    const fs::path target = folder_ / "saved";
    const auto report = salvage_journal(folder_.string(), target.string(), taken);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_THAT(report->problems, testing::Contains(HasSubstr("they were raised")));
    const auto journal = Journal::open(target.string(), options());
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_EQ((*journal)->totals().received, kEntries);
    EXPECT_EQ((*journal)->totals().lost, 0U);
    AppendRequest request;
    request.records.push_back({"next", "", 0, ""});
    EXPECT_EQ((*journal)->append(std::move(request))->sequence, kEntries + 1);
}

/// Every file of a folder but the lock, by name.
std::map<std::string, std::string> contents(const fs::path& folder)
{
    std::map<std::string, std::string> out;
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
        if (file.is_regular_file() && file.path().filename() != "tanggap.lock") {
            out[file.path().string()] = *detail::read_whole(file.path().string());
        }
    }
    return out;
}

TEST_F(GuardTest, a_salvage_that_cannot_write_says_so_and_leaves_everything_as_it_was)
{
    const auto before = contents(folder_);
    const fs::path target = folder_ / "saved";
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
    std::signal(SIGXFSZ, SIG_IGN);
    std::uint64_t failed = 0;
    // From a limit that not even the first file fits in to one that lets all but the end through.
    for (const rlim_t bytes : {64U, 4096U, 20'000U, 60'000U, 120'000U}) {
        const rlimit small{.rlim_cur = bytes, .rlim_max = old.rlim_max};
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto report = salvage_journal(folder_.string(), target.string(), {.needed_from = 1});
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
        ASSERT_FALSE(report) << bytes;
        ++failed;
        EXPECT_THAT(report.error().message, HasSubstr(folder_.string() + " is as it was"));
        EXPECT_FALSE(fs::exists(target));
        EXPECT_EQ(contents(folder_), before);
    }
    EXPECT_EQ(failed, 5U);
    const auto report = salvage_journal(folder_.string(), target.string(), {.needed_from = 1});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->records, kEntries);
    EXPECT_EQ(report->lost, 0U);
}

TEST_F(GuardTest, a_salvage_never_writes_into_a_folder_that_is_there)
{
    const fs::path target = folder_ / "saved";
    fs::create_directories(target);
    const auto report = salvage_journal(folder_.string(), target.string(), {.needed_from = 1});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, base::Code::Conflict);
    EXPECT_TRUE(fs::exists(target));
}

TEST(MarkFile, survives_damage_to_one_copy)
{
    const std::string path =
        (fs::temp_directory_path() / ("tanggap_mark_" + std::to_string(getpid()))).string();
    {
        detail::MarkFile file;
        ASSERT_TRUE(file.open(path));
        ASSERT_TRUE(file.write({.wal_number = 7, .wal_bytes = 99, .sequence = 3, .totals = "t"}));
        ASSERT_TRUE(file.sync());
    }
    for (const std::uint64_t offset : {8U, 4096U + 8U}) {
        const std::string whole = *detail::read_whole(path);
        std::string damaged = whole;
        damaged[offset] = static_cast<char>(damaged[offset] ^ 1);
        std::ofstream(path, std::ios::binary) << damaged;
        EXPECT_EQ(detail::read_mark(path), (detail::Mark{7, 99, 3, "t"}));
        std::ofstream(path, std::ios::binary) << whole;
    }
    const std::string head = detail::read_whole(path)->substr(0, 28);
    std::ofstream(path, std::ios::binary) << head;
    EXPECT_EQ(detail::read_mark(path), (detail::Mark{7, 99, 3})) << "as older programs wrote it";
    fs::remove(path);
    EXPECT_EQ(detail::read_mark(path), std::nullopt);
}

} // namespace
} // namespace tanggap::disk
