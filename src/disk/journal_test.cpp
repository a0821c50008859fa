#include "disk/journal.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "base/id.h"

namespace tanggap::disk {
namespace {

using testing::HasSubstr;

class TestClock final : public base::Clock {
public:
    base::Time now() const override { return now_; }
    void advance(base::Duration by) { now_ = now_ + by; }

private:
    base::Time now_ = base::Time::from_seconds(1'790'000'000);
};

class JournalTest : public testing::Test {
protected:
    JournalTest()
        : folder_(std::filesystem::temp_directory_path() /
                  ("tanggap_journal_" + base::make_uuid_v7(base::system_clock().now()).text()))
    {
        options_.clock = &clock_;
        options_.free_bytes_min = 0;
    }
    ~JournalTest() override { std::filesystem::remove_all(folder_); }

    std::unique_ptr<Journal> open()
    {
        auto journal = Journal::open(folder_.string(), options_);
        EXPECT_TRUE(journal) << (journal ? "" : journal.error().message);
        return journal ? std::move(*journal) : nullptr;
    }

    static AppendRequest lines(std::string stream_id, std::vector<std::string> texts)
    {
        AppendRequest request;
        request.stream.sensor = "web-1";
        request.stream_id = std::move(stream_id);
        for (std::string& text : texts) {
            request.records.push_back({std::move(text), "", 0, ""});
        }
        return request;
    }

    static AppendResult must(base::Result<AppendResult> result)
    {
        EXPECT_TRUE(result) << (result ? "" : result.error().message);
        return result ? *result : AppendResult{};
    }

    std::filesystem::path folder_;
    TestClock clock_;
    JournalOptions options_;
};

std::vector<std::string> texts_of(const model::Chunk& chunk)
{
    std::vector<std::string> out;
    for (const model::Record& record : chunk.records) {
        out.push_back(record.bytes);
    }
    return out;
}

TEST_F(JournalTest, gives_back_what_was_appended_also_after_a_restart)
{
    auto journal = open();
    EXPECT_EQ(must(journal->append(lines("a", {"one", "two"}))).sequence, 1U);
    EXPECT_EQ(must(journal->append(lines("a", {std::string(2000, 'x')}))).sequence, 2U);
    for (int round = 0; round < 2; ++round) {
        const auto chunks = journal->read(0, 1 << 20, 0);
        ASSERT_TRUE(chunks);
        ASSERT_EQ(chunks->size(), 2U);
        EXPECT_EQ(texts_of(*chunks->at(0)), (std::vector<std::string>{"one", "two"}));
        EXPECT_EQ(chunks->at(0)->stream.sensor, "web-1");
        EXPECT_EQ(chunks->at(1)->records.at(0).bytes.size(), 2000U);
        EXPECT_EQ(chunks->at(1)->sequence, 2U);
        EXPECT_EQ(journal->balance(1).records_after, 1U);
        journal.reset();
        journal = open();
    }
    EXPECT_EQ(journal->totals().received, 3U);
    EXPECT_EQ(must(journal->append(lines("a", {"three"}))).sequence, 3U);
}

TEST_F(JournalTest, reads_no_more_than_asked_and_nothing_after_the_last)
{
    auto journal = open();
    for (int i = 0; i < 5; ++i) {
        must(journal->append(lines("a", {std::string(100, static_cast<char>('a' + i))})));
    }
    EXPECT_EQ(journal->read(0, 300, 0)->size(), 2U);
    EXPECT_EQ(journal->read(4, 1000, 0)->size(), 1U);
    EXPECT_TRUE(journal->read(5, 1000, 0)->empty());
}

TEST_F(JournalTest, adds_nothing_when_the_same_file_comes_again)
{
    auto journal = open();
    EXPECT_EQ(must(journal->append(lines("first", {"a", "b", "c"}))).duplicate, 0U);
    const AppendResult again = must(journal->append(lines("second", {"a", "b", "c"})));
    EXPECT_EQ(again.received, 3U);
    EXPECT_EQ(again.duplicate, 3U);
    EXPECT_EQ(again.sequence, 0U);
    const AppendResult grown = must(journal->append(lines("third", {"a", "b", "c", "d"})));
    EXPECT_EQ(grown.duplicate, 3U);
    EXPECT_EQ(texts_of(*journal->read(1, 1000, 0)->at(0)), (std::vector<std::string>{"d"}));
}

TEST_F(JournalTest, takes_two_equal_lines_of_one_file_as_two_events)
{
    auto journal = open();
    must(journal->append(lines("first", {"same", "same"})));
    must(journal->append(lines("first", {"same"})));
    const auto chunks = *journal->read(0, 1000, 0);
    ASSERT_EQ(chunks.size(), 2U);
    EXPECT_NE(chunks[0]->records[0].id, chunks[0]->records[1].id);
    EXPECT_NE(chunks[0]->records[1].id, chunks[1]->records[0].id);
    journal.reset();
    journal = open();
    EXPECT_EQ(must(journal->append(lines("second", {"same", "same", "same"}))).duplicate, 3U);
    EXPECT_EQ(must(journal->append(lines("second", {"same"}))).duplicate, 0U);
}

TEST_F(JournalTest, counts_interleaved_streams_apart)
{
    auto journal = open();
    must(journal->append(lines("a", {"x"})));
    EXPECT_EQ(must(journal->append(lines("b", {"x"}))).duplicate, 1U);
    EXPECT_EQ(must(journal->append(lines("c", {"x"}))).duplicate, 1U);
    EXPECT_EQ(must(journal->append(lines("a", {"x"}))).duplicate, 0U);
    EXPECT_EQ(must(journal->append(lines("b", {"x"}))).duplicate, 1U);
    EXPECT_EQ(must(journal->append(lines("b", {"x"}))).duplicate, 0U);
    EXPECT_EQ(must(journal->append(lines("c", {"x", "x", "x"}))).duplicate, 2U);
}

TEST_F(JournalTest, tells_sensors_apart)
{
    auto journal = open();
    must(journal->append(lines("a", {"x"})));
    AppendRequest other = lines("a", {"x"});
    other.stream.sensor = "web-2";
    EXPECT_EQ(must(journal->append(std::move(other))).duplicate, 0U);
}

TEST_F(JournalTest, tells_oversize_records_apart_by_their_digest)
{
    auto journal = open();
    AppendRequest request = lines("a", {"head", "head", "head"});
    request.records[0].full_length = 9'000'000;
    request.records[0].full_sha256 = "aa";
    request.records[1].full_length = 9'000'000;
    request.records[1].full_sha256 = "bb";
    must(journal->append(request));
    EXPECT_EQ(must(journal->append([&] {
                  request.stream_id = "b";
                  return request;
              }()))
                  .duplicate,
              3U);
    const auto chunk = journal->read(0, 1000, 0)->at(0);
    EXPECT_TRUE(chunk->records[0].oversize());
    EXPECT_EQ(chunk->records[1].full_sha256, "bb");
    EXPECT_FALSE(chunk->records[2].oversize());
}

TEST_F(JournalTest, never_drops_a_datagram_and_gives_each_an_id)
{
    auto journal = open();
    AppendRequest request = lines("udp", {"x", "x"});
    request.identity = Identity::Never;
    must(journal->append(request));
    EXPECT_EQ(must(journal->append(request)).duplicate, 0U);
    const auto chunks = *journal->read(0, 1000, 0);
    EXPECT_NE(chunks[0]->records[0].id, chunks[0]->records[1].id);
    EXPECT_NE(chunks[0]->records[0].id, chunks[1]->records[0].id);
}

TEST_F(JournalTest, knows_an_external_id_again_and_takes_records_without_one)
{
    auto journal = open();
    AppendRequest request = lines("http", {"x", "y", "z", "x"});
    request.identity = Identity::External;
    request.records[1].external_id = "e1";
    request.records[3].external_id = "e2";
    EXPECT_EQ(must(journal->append(request)).duplicate, 0U);
    EXPECT_EQ(must(journal->append(request)).duplicate, 2U);
    const auto chunks = *journal->read(0, 1000, 0);
    EXPECT_EQ(texts_of(*chunks.at(1)), (std::vector<std::string>{"x", "z"}));
}

TEST_F(JournalTest, answers_a_repeated_idempotency_key_with_the_first_answer)
{
    auto journal = open();
    AppendRequest request = lines("http", {"x", "y"});
    request.identity = Identity::Never;
    request.idempotency_key = "key";
    request.body_digest = "digest";
    const AppendResult first = must(journal->append(request));
    const AppendResult again = must(journal->append(request));
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.sequence, first.sequence);
    EXPECT_EQ(again.received, 2U);
    EXPECT_EQ(journal->totals().received, 2U);
    request.body_digest = "another";
    const auto conflict = journal->append(request);
    ASSERT_FALSE(conflict);
    EXPECT_EQ(conflict.error().code, base::Code::Conflict);
}

TEST_F(JournalTest, forgets_an_idempotency_key_after_a_day)
{
    auto journal = open();
    AppendRequest request = lines("http", {"x"});
    request.identity = Identity::Never;
    request.idempotency_key = "key";
    must(journal->append(request));
    clock_.advance(std::chrono::hours(25));
    request.body_digest = "another";
    EXPECT_FALSE(must(journal->append(request)).replayed);
    clock_.advance(std::chrono::hours(1));
    EXPECT_TRUE(must(journal->append(request)).replayed);
}

TEST_F(JournalTest, saves_checkpoint_and_refusals_with_the_records)
{
    auto journal = open();
    AppendRequest request = lines("tail", {"x"});
    request.state_key = "tail:1";
    request.state_value = "offset 7";
    request.rejected = {{"empty", 2}, {"too_large", 1}};
    EXPECT_EQ(must(journal->append(request)).received, 4U);
    journal.reset();
    journal = open();
    EXPECT_EQ(*journal->find_state("tail:1"), "offset 7");
    EXPECT_EQ(*journal->find_state("tail:2"), std::nullopt);
    const JournalTotals totals = journal->totals();
    EXPECT_EQ(totals.received, 4U);
    EXPECT_EQ(totals.rejected.size(), 2U);
}

TEST_F(JournalTest, refuses_above_the_backlog_limit_and_takes_again_after_retirement)
{
    options_.backlog_bytes_max = 100;
    auto journal = open();
    AppendRequest random = lines("a", {base::random_bytes(400)});
    must(journal->append(random));
    const auto refused = journal->append(lines("a", {"more"}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::Exhausted);
    EXPECT_TRUE(journal->retire(1));
    EXPECT_EQ(must(journal->append(lines("a", {"more"}))).sequence, 2U);
}

TEST_F(JournalTest, refuses_below_the_reserve_of_free_disk)
{
    options_.free_bytes_min = std::uint64_t{1} << 60;
    auto journal = open();
    const auto refused = journal->append(lines("a", {"x"}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::Exhausted);
    EXPECT_THAT(refused.error().message, HasSubstr("bytes free"));
}

TEST_F(JournalTest, forgets_retired_entries_for_good)
{
    auto journal = open();
    for (int i = 0; i < 4; ++i) {
        must(journal->append(lines("a", {std::to_string(i)})));
    }
    EXPECT_TRUE(journal->retire(2));
    EXPECT_TRUE(journal->retire(1)); // nothing left to do
    EXPECT_FALSE(journal->retire(9));
    journal.reset();
    journal = open();
    EXPECT_EQ(journal->totals().first_sequence, 3U);
    EXPECT_EQ(journal->read(0, 1000, 0)->at(0)->sequence, 3U);
    EXPECT_TRUE(journal->retire(4));
    EXPECT_EQ(journal->totals().first_sequence, 0U);
    EXPECT_EQ(journal->totals().bytes_kept, 0U);
    journal.reset();
    journal = open();
    EXPECT_EQ(must(journal->append(lines("a", {"next"}))).sequence, 5U);
}

TEST_F(JournalTest, gives_the_room_of_retired_entries_back)
{
    auto journal = open();
    const auto bytes_on_disk = [&] {
        std::uintmax_t sum = 0;
        for (const auto& file : std::filesystem::directory_iterator(folder_)) {
            std::error_code gone;
            const auto size = file.file_size(gone);
            sum += gone || file.path().extension() != ".sst" ? 0 : size;
        }
        return sum;
    };
    for (std::uint64_t i = 1; i <= 30; ++i) {
        AppendRequest request = lines("a", {base::random_bytes(4'000'000)});
        request.identity = Identity::Never;
        must(journal->append(std::move(request)));
    }
    EXPECT_TRUE(journal->retire(30));
    // Write buffers on their way to disk carry the deletion with them.
    for (int i = 0; i < 20; ++i) {
        AppendRequest request = lines("a", {base::random_bytes(4'000'000)});
        request.identity = Identity::Never;
        const auto result = must(journal->append(std::move(request)));
        EXPECT_TRUE(journal->retire(result.sequence));
    }
    journal.reset(); // ends background work
    EXPECT_LT(bytes_on_disk(), std::uintmax_t{70} * 1000 * 1000);
}

TEST_F(JournalTest, keeps_quarantine_in_order_of_age)
{
    auto journal = open();
    std::vector<QuarantineEntry> entries(3);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].id = "00000000000000000001-0000" + std::to_string(i);
        entries[i].record.bytes = std::to_string(i);
        entries[i].reason = "bad_json";
        entries[i].stream.sensor = "s";
    }
    EXPECT_TRUE(journal->put_quarantine(entries));
    EXPECT_TRUE(journal->put_quarantine(entries)); // a replay writes the same
    const auto page = *journal->list_quarantine({}, 2);
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page[0].record.bytes, "2");
    EXPECT_EQ(journal->list_quarantine(page[1].id, 5)->at(0).record.bytes, "0");
    EXPECT_EQ(journal->find_quarantine(page[0].id)->reason, "bad_json");
    EXPECT_TRUE(journal->remove_quarantine(std::vector{page[0].id}));
    EXPECT_EQ(journal->find_quarantine(page[0].id).error().code, base::Code::NotFound);
}

TEST_F(JournalTest, ends_a_page_of_quarantine_by_its_bytes)
{
    auto journal = open();
    std::vector<QuarantineEntry> entries(12);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].id = "00000000000000000001-000" + std::to_string(10 + i);
        entries[i].record.bytes = std::string(base::limits::kLineBytesMax, 'x');
    }
    ASSERT_TRUE(journal->put_quarantine(entries));
    std::string before;
    std::size_t seen = 0;
    for (auto page = *journal->list_quarantine({}, 500); !page.empty();
         page = *journal->list_quarantine(before, 500)) {
        EXPECT_LE(page.size(), 8U);
        seen += page.size();
        before = page.back().id;
    }
    EXPECT_EQ(seen, entries.size());
}

TEST_F(JournalTest, moves_committed_quarantine_back_with_its_ids_and_once)
{
    auto journal = open();
    must(journal->append(lines("a", {"bad", "worse", "later"})));
    const auto chunk = journal->read(0, 1000, 0)->at(0);
    std::vector<QuarantineEntry> entries;
    const std::vector<std::string> ids{"00000000000000000001-00000", "00000000000000000001-00001",
                                       "00000000000000000002-00000"};
    for (std::size_t i = 0; i < ids.size(); ++i) {
        entries.push_back(
            {ids[i], chunk->stream, chunk->received, chunk->records[i], "binary", ""});
    }
    EXPECT_TRUE(journal->put_quarantine(entries));
    EXPECT_EQ(*journal->requeue(ids, 1), 2U);
    EXPECT_EQ(*journal->requeue(ids, 1), 0U);
    const auto moved = journal->read(1, 1000, 0)->at(0);
    EXPECT_EQ(moved->records.at(1).id, chunk->records[1].id);
    EXPECT_EQ(moved->received, chunk->received);
    EXPECT_EQ(journal->list_quarantine({}, 9)->size(), 1U);
    EXPECT_EQ(journal->totals().requeued, 2U);
    EXPECT_EQ(journal->totals().received, 3U);
}

TEST_F(JournalTest, forgets_the_oldest_of_quarantine_above_its_quota_and_counts_them)
{
    options_.quarantine_bytes_max = 5'000;
    auto journal = open();
    const auto put = [&](int number) {
        QuarantineEntry entry;
        entry.id = "00000000000000000001-0000" + std::to_string(number);
        entry.record.bytes = std::string(1'000, 'x');
        EXPECT_TRUE(journal->put_quarantine(std::vector{entry}));
        EXPECT_TRUE(journal->put_quarantine(std::vector{entry})); // counted once
    };
    for (int i = 0; i < 4; ++i) {
        put(i);
    }
    EXPECT_EQ(journal->totals().quarantine_forgotten, 0U);
    EXPECT_GT(journal->totals().quarantine_bytes, 4'000U);
    journal.reset();
    journal = open();
    EXPECT_GT(journal->totals().quarantine_bytes, 4'000U) << "over a restart";
    for (int i = 4; i < 8; ++i) {
        put(i);
    }
    const auto page = *journal->list_quarantine({}, 50);
    ASSERT_EQ(page.size(), 4U);
    EXPECT_EQ(page.front().id, "00000000000000000001-00007");
    EXPECT_EQ(page.back().id, "00000000000000000001-00004");
    EXPECT_EQ(journal->totals().quarantine_forgotten, 4U);
    EXPECT_LE(journal->totals().quarantine_bytes, 5'000U);
    EXPECT_TRUE(journal->remove_quarantine(std::vector{page[0].id, page[0].id, page[1].id}));
    EXPECT_EQ(*journal->requeue(std::vector{page[2].id, page[2].id, page[3].id}, 1), 2U);
    EXPECT_EQ(journal->totals().quarantine_bytes, 0U);
}

TEST_F(JournalTest, refuses_a_second_server_on_the_same_folder)
{
    const auto journal = open();
    const auto second = Journal::open(folder_.string(), options_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::Code::Unavailable);
    EXPECT_THAT(second.error().message, HasSubstr("in use by process " + std::to_string(getpid())));
}

TEST_F(JournalTest, shares_syncs_between_threads_and_loses_none)
{
    auto journal = open();
    constexpr int kThreads = 4;
    constexpr int kAppends = 25;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kAppends; ++i) {
                const std::string text = std::to_string(t) + "/" + std::to_string(i);
                EXPECT_TRUE(journal->append(lines("t" + std::to_string(t), {text, "shared"})));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    // "shared" came kAppends times from each of four streams: as many events as one stream has.
    const JournalTotals totals = journal->totals();
    EXPECT_EQ(totals.received, 2U * kThreads * kAppends);
    EXPECT_EQ(totals.duplicate, (kThreads - 1) * kAppends);
    EXPECT_EQ(journal->balance(0).records_after, totals.received - totals.duplicate);
}

TEST_F(JournalTest, refuses_an_append_above_the_record_limit)
{
    auto journal = open();
    AppendRequest request;
    request.records.resize(base::limits::kChunkRecordsMax + 1);
    EXPECT_EQ(journal->append(std::move(request)).error().code, base::Code::Invalid);
}

} // namespace
} // namespace tanggap::disk
