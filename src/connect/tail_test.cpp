#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "connect/detail/memory_journal.h"
#include "connect/inputs/tail/follower.h"
#include "connect/tail.h"

namespace tanggap::connect {
namespace {

namespace fs = std::filesystem;
using Records = std::vector<std::string>;

class Tail : public ::testing::Test {
protected:
    void SetUp() override
    {
        folder = fs::path(::testing::TempDir()) / ("tanggap-tail-" + std::to_string(::getpid()));
        fs::remove_all(folder);
        fs::create_directories(folder);
        path = (folder / "a.log").string();
    }
    void TearDown() override { fs::remove_all(folder); }

    void write(const std::string& text) { std::ofstream(path, std::ios::app) << text; }
    void rotate() { fs::rename(path, path + ".1"); }

    /// What one round gives; confirmed as after an append.
    Records read(tail::Follower& follower)
    {
        const auto reading = follower.read();
        EXPECT_TRUE(reading) << (reading ? "" : reading.error().message);
        Records out;
        for (const auto& record : reading->records) {
            out.push_back(record.bytes);
        }
        follower.confirm(reading->checkpoint);
        saved = reading->checkpoint;
        return out;
    }

    fs::path folder;
    std::string path;
    std::optional<tail::Checkpoint> saved;
};

TEST_F(Tail, GivesWholeLinesAsTheyCome)
{
    write("satu\r\ndu");
    tail::Follower follower(path, std::nullopt);
    EXPECT_EQ(read(follower), Records{"satu"});
    EXPECT_EQ(follower.lag_bytes(), 2U);
    EXPECT_EQ(read(follower), Records{});
    write("a\n\n\ntiga\n");
    EXPECT_EQ(read(follower), (Records{"dua", "tiga"}));
    EXPECT_EQ(follower.lag_bytes(), 0U);
}

TEST_F(Tail, GivesTheSameAgainUntilItIsConfirmed)
{
    write("satu\n");
    tail::Follower follower(path, std::nullopt);
    ASSERT_EQ(follower.read()->records.size(), 1U);
    EXPECT_EQ(read(follower), Records{"satu"});
}

TEST_F(Tail, GoesOnExactlyWhereItStoodAfterARestart)
{
    write("satu\ndua\n");
    {
        tail::Follower follower(path, std::nullopt);
        read(follower);
    }
    write("tiga\n");
    tail::Follower follower(path, saved);
    EXPECT_EQ(read(follower), Records{"tiga"});
}

TEST_F(Tail, ReadsARenamedFileToItsEndBeforeTheNewOne)
{
    write("satu\n");
    tail::Follower follower(path, std::nullopt);
    EXPECT_EQ(read(follower), Records{"satu"});
    write("dua\n");
    rotate();
    EXPECT_EQ(read(follower), Records{"dua"});
    EXPECT_EQ(read(follower), Records{}); // No new file yet.
    write("tiga\n");
    EXPECT_EQ(read(follower), Records{"tiga"});
    EXPECT_EQ(follower.unread_ends(), 0U);
}

TEST_F(Tail, FindsTheRenamedFileAfterARestart)
{
    write("satu\n");
    {
        tail::Follower follower(path, std::nullopt);
        read(follower);
    }
    write("dua\n");
    rotate();
    write("tiga\n");
    tail::Follower follower(path, saved);
    EXPECT_EQ(read(follower), Records{"dua"});
    EXPECT_EQ(read(follower), Records{"tiga"});
}

TEST_F(Tail, SaysWhenTheRestOfAFileIsGone)
{
    write("satu\n");
    {
        tail::Follower follower(path, std::nullopt);
        read(follower);
    }
    fs::remove(path);
    write("dua\n");
    tail::Follower follower(path, saved);
    EXPECT_EQ(read(follower), Records{"dua"});
    EXPECT_EQ(follower.unread_ends(), 1U);
}

TEST_F(Tail, BeginsAnewAfterCopytruncate)
{
    write("satu\ndua\n");
    tail::Follower follower(path, std::nullopt);
    EXPECT_EQ(read(follower), (Records{"satu", "dua"}));
    fs::resize_file(path, 0);
    EXPECT_EQ(read(follower), Records{});
    write("tiga\n");
    EXPECT_EQ(read(follower), Records{"tiga"});
}

TEST_F(Tail, SeesATruncationEvenWhenTheFileIsLongerAgain)
{
    write("satu\n");
    tail::Follower follower(path, std::nullopt);
    EXPECT_EQ(read(follower), Records{"satu"});
    fs::resize_file(path, 0);
    write("a new and longer line\n");
    EXPECT_EQ(read(follower), Records{"a new and longer line"});
}

TEST_F(Tail, TakesTheUnfinishedLastLineOfARotatedFile)
{
    write("satu\nhalf");
    tail::Follower follower(path, std::nullopt);
    EXPECT_EQ(read(follower), Records{"satu"});
    rotate();
    write("dua\n");
    Records got;
    for (int round = 0; round < 20 && got.size() < 2; ++round) {
        for (const std::string& record : read(follower)) {
            got.push_back(record);
        }
    }
    EXPECT_EQ(got, (Records{"half", "dua"}));
}

TEST_F(Tail, CutsALargeFileIntoReadingsAndKeepsTheHeadOfALongLine)
{
    const std::string longest(2 << 20, 'x');
    for (int i = 0; i < 3; ++i) {
        write(longest + "\nshort\n");
    }
    tail::Follower follower(path, std::nullopt);
    Records got;
    int rounds = 0;
    for (Records part = read(follower); !part.empty(); part = read(follower), ++rounds) {
        got.insert(got.end(), part.begin(), part.end());
    }
    ASSERT_EQ(got.size(), 6U);
    EXPECT_GT(rounds, 1);
    EXPECT_EQ(got[0].size(), base::limits::kOversizeKeptBytes);
    EXPECT_EQ(got[5], "short");
}

TEST_F(Tail, SaysWhenTheNameBecameAPipe)
{
    write("satu\n");
    tail::Follower follower(path, std::nullopt);
    EXPECT_EQ(read(follower), Records{"satu"});
    rotate();
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const auto reading = follower.read();
    ASSERT_FALSE(reading);
    EXPECT_NE(reading.error().message.find(path), std::string::npos) << reading.error().message;
    fs::remove(path);
    write("dua\n");
    EXPECT_EQ(read(follower), Records{"dua"});
}

TEST_F(Tail, TakesALineWithoutEndPieceByPiece)
{
    const std::string block(1 << 20, 'x');
    for (std::uint64_t i = 0; i <= tail::kLineBytesMax >> 20; ++i) {
        write(block);
    }
    tail::Follower follower(path, std::nullopt);
    const auto reading = *follower.read();
    ASSERT_EQ(reading.records.size(), 1U);
    EXPECT_GE(reading.records.front().full_length, tail::kLineBytesMax);
    follower.confirm(reading.checkpoint);
    write("\nsatu\n");
    EXPECT_EQ(read(follower).back(), "satu");
}

TEST_F(Tail, GivesThePlaceOfAFileThatIsGoneToANewOne)
{
    detail::MemoryJournal journal;
    write("satu\n");
    const auto input = *open_tail(
        {.glob = (folder / "*.log").string(), .sensor = "web-1", .files_max = 1}, journal);
    EXPECT_EQ(journal.wait_for(1), Records{"satu"});
    fs::remove(path);
    std::ofstream(folder / "b.log") << "dua\n";
    EXPECT_EQ(journal.wait_for(2), (Records{"satu", "dua"}));
}

TEST_F(Tail, ACheckpointReadsBackAndForeignTextDoesNot)
{
    write("satu\n");
    tail::Follower follower(path, std::nullopt);
    read(follower);
    EXPECT_EQ(tail::parse_checkpoint(tail::render(*saved)), saved);
    for (const std::string_view text :
         {"", "1", "2 1 1 1 1 ab", "1 a b c d e", "1 1 1 1 1 short"}) {
        EXPECT_FALSE(tail::parse_checkpoint(text)) << text;
    }
}

TEST_F(Tail, SavesRecordsAndPlaceInOneAppendAndResumes)
{
    detail::MemoryJournal journal;
    write("satu\ndua\n");
    std::ofstream(folder / "old.log.gz") << "packed";
    const TailOptions options = *parse_tail((folder / "*.log*").string() + "=web-1");
    {
        const auto input = *open_tail(options, journal);
        EXPECT_EQ(journal.wait_for(2), (Records{"satu", "dua"}));
        input->stop();
        EXPECT_EQ(input->counters().appended, 2U);
        EXPECT_EQ(input->counters().problem, "");
    }
    const auto& request = journal.appends.front();
    EXPECT_EQ(request.identity, disk::Identity::Content);
    EXPECT_EQ(request.stream.sensor, "web-1");
    EXPECT_EQ(request.stream.origin, path);
    EXPECT_FALSE(request.stream_id.empty());
    EXPECT_TRUE(tail::parse_checkpoint(request.state_value));
    write("tiga\n");
    const auto input = *open_tail(options, journal);
    EXPECT_EQ(journal.wait_for(3), (Records{"satu", "dua", "tiga"}));
}

TEST_F(Tail, WaitsForAFullJournalAndLosesNothing)
{
    detail::MemoryJournal journal;
    journal.set_full(true);
    write("satu\n");
    const auto input = *open_tail({.glob = path, .sensor = "web-1"}, journal);
    journal.wait_for_refusals(1);
    journal.set_full(false);
    write("dua\n");
    EXPECT_EQ(journal.wait_for(2), (Records{"satu", "dua"}));
}

TEST(ParseTail, NeedsAPatternAndASensor)
{
    EXPECT_EQ(parse_tail("/a=b/*.log=web")->glob, "/a=b/*.log");
    for (const std::string text : {"", "x", "=web", "/a.log="}) {
        EXPECT_FALSE(parse_tail(text)) << text;
    }
}

} // namespace
} // namespace tanggap::connect
