// The journal against kills, power cuts, failing syncs and a full disk, in processes of their own.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

#include "base/id.h"
#include "child.h"
#include "disk/journal.h"

namespace tanggap::fault {
namespace {

namespace fs = std::filesystem;

class JournalFaultTest : public testing::Test {
protected:
    JournalFaultTest()
        : folder_(fs::temp_directory_path() /
                  ("tanggap_fault_" + base::make_uuid_v7(base::system_clock().now()).text())),
          seed_(setting("TANGGAP_FAULT_SEED", std::random_device{}())),
          random_(seed_)
    {
        fs::create_directories(folder_);
        std::cout << "seed " << seed_ << '\n';
    }
    ~JournalFaultTest() override { fs::remove_all(folder_); }

    fs::path journal_folder() const { return folder_ / "journal"; }
    fs::path sync_log() const { return folder_ / "synced"; }

    /// Runs the driver until it has acknowledged `kill_after` lines (then it is killed) or ends.
    /// Gives its exit code. What it acknowledged goes to `acked_`.
    int run_driver(const std::string& prefix, std::uint64_t count, std::uint64_t kill_after,
                   Child::Environment environment)
    {
        environment["LD_PRELOAD"] = TANGGAP_SYNC_SHIM;
        Child child(
            {TANGGAP_JOURNAL_DRIVER, journal_folder().string(), prefix, std::to_string(count)},
            environment);
        std::uint64_t seen = 0;
        while (const auto line = child.read_line()) {
            lines_.push_back(*line);
            if (line->starts_with("ack ")) {
                acked_.insert(line->substr(4));
                ++seen;
            }
            if (on_line_) {
                on_line_(*line);
            }
            if (kill_after != 0 && seen >= kill_after) {
                child.kill();
                return 128 + SIGKILL;
            }
        }
        return child.wait();
    }

    /// Every file keeps what was synced of it; a file that never was is empty.
    void cut_power()
    {
        std::map<std::uint64_t, std::uint64_t> sizes;
        std::ifstream log(sync_log());
        for (std::uint64_t inode = 0, size = 0; log >> inode >> size;) {
            sizes[inode] = size;
        }
        for (const auto& entry : fs::directory_iterator(journal_folder())) {
            struct stat info{};
            if (!entry.is_regular_file() || ::stat(entry.path().c_str(), &info) != 0) {
                continue;
            }
            const std::uint64_t synced = sizes[info.st_ino];
            // The mark is small, written over itself, and never waited for: see its header.
            const bool kept = entry.path().filename() == "acknowledged";
            if (!kept && entry.file_size() > synced) {
                fs::resize_file(entry.path(), synced);
            }
        }
    }

    /// What is wrong after a restart: refused, a line missing, or one there twice. Empty: nothing.
    std::string check()
    {
        disk::JournalOptions options;
        options.free_bytes_min = 0;
        const auto journal = disk::Journal::open(journal_folder().string(), options);
        if (!journal) {
            return journal.error().message;
        }
        std::map<std::string, int> found;
        for (std::uint64_t after = 0;;) {
            const auto chunks = (*journal)->read(after, 1 << 20, 0);
            if (!chunks) {
                return chunks.error().message;
            }
            if (chunks->empty()) {
                break;
            }
            for (const auto& chunk : *chunks) {
                for (const model::Record& record : chunk->records) {
                    ++found[record.bytes.substr(0, record.bytes.find('.'))];
                }
            }
            after = chunks->back()->sequence;
        }
        for (const std::string& line : acked_) {
            if (found[line] != 1) {
                return "acknowledged " + line + " is there " + std::to_string(found[line]) +
                       " times";
            }
        }
        return {};
    }

    const fs::path folder_;
    const std::uint64_t seed_;
    std::mt19937_64 random_;
    std::set<std::string> acked_;
    std::vector<std::string> lines_;
    std::function<void(const std::string&)> on_line_;
};

TEST_F(JournalFaultTest, a_killed_process_has_kept_what_it_acknowledged)
{
    const std::uint64_t rounds = setting("TANGGAP_FAULT_KILLS", 8);
    for (std::uint64_t i = 0; i < rounds; ++i) {
        run_driver("k" + std::to_string(i), 10'000, 1 + random_() % 60, {});
        ASSERT_EQ(check(), "") << "round " << i;
    }
    EXPECT_GT(acked_.size(), rounds);
}

TEST_F(JournalFaultTest, a_power_cut_keeps_what_was_acknowledged)
{
    const std::uint64_t rounds = setting("TANGGAP_FAULT_CUTS", 6);
    for (std::uint64_t i = 0; i < rounds; ++i) {
        run_driver("p" + std::to_string(i), 10'000, 1 + random_() % 60,
                   {{"TANGGAP_SHIM_LOG", sync_log().string()}});
        cut_power();
        // The next round's files are judged by their own syncs: what was kept counts as synced.
        std::ofstream log(sync_log(), std::ios::app);
        ASSERT_EQ(check(), "") << "round " << i;
        for (const auto& entry : fs::directory_iterator(journal_folder())) {
            struct stat info{};
            if (::stat(entry.path().c_str(), &info) == 0) {
                log << info.st_ino << ' ' << info.st_size << '\n';
            }
        }
    }
}

/// The judge judged: without its syncs the journal must be caught losing.
TEST_F(JournalFaultTest, a_journal_whose_syncs_do_nothing_is_caught)
{
    run_driver("s", 10'000, 30,
               {{"TANGGAP_SHIM_LOG", sync_log().string()}, {"TANGGAP_SHIM_SKIP", "1"}});
    ASSERT_GE(acked_.size(), 30U);
    cut_power();
    const std::string caught = check();
    EXPECT_NE(caught, "");
    std::cout << "caught: " << caught << '\n';
}

TEST_F(JournalFaultTest, a_failed_sync_ends_the_process_and_acknowledges_nothing_more)
{
    const std::uint64_t from = setting("TANGGAP_FAULT_SYNC_FROM", 1);
    const std::uint64_t to = setting("TANGGAP_FAULT_SYNC_TO", 24);
    for (std::uint64_t nth = from; nth <= to; nth += 1 + random_() % 3) {
        fs::remove_all(journal_folder());
        acked_.clear();
        lines_.clear();
        const int code = run_driver("f", 10, 0, {{"TANGGAP_SHIM_FAIL_AT", std::to_string(nth)}});
        const bool finished = !lines_.empty() && lines_.back() == "done";
        // A run shorter than `nth` syncs meets no failure.
        EXPECT_TRUE(finished ? code == 0 : code == 1) << "sync " << nth << " gave exit " << code;
        ASSERT_EQ(check(), "") << "sync " << nth;
    }
}

TEST_F(JournalFaultTest, a_full_disk_refuses_and_works_again_with_nothing_lost)
{
    const fs::path full = folder_ / "full";
    int refused = 0;
    on_line_ = [&](const std::string& line) {
        if (acked_.size() == 20 && refused == 0) {
            std::ofstream(full) << "full";
        }
        if (line.starts_with("refused ")) {
            EXPECT_THAT(line, testing::HasSubstr("is full"));
            ++refused;
            fs::remove(full);
        }
    };
    const int code = run_driver("d", 30, 0, {{"TANGGAP_SHIM_FULL_WHEN", full.string()}});
    EXPECT_EQ(code, 0);
    EXPECT_GE(refused, 1);
    EXPECT_EQ(acked_.size(), 60U);
    EXPECT_EQ(check(), "");
}

} // namespace
} // namespace tanggap::fault
