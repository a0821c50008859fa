#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

#include "base/id.h"
#include "base/limits.h"
#include "connect/detail/memory_journal.h"
#include "connect/inputs/syslog/framing.h"
#include "connect/syslog.h"

namespace tanggap::connect {
namespace {

using Records = std::vector<std::string>;

struct Cut {
    Records records;
    syslog::Frames frames;
    bool good = true;
};

Cut cut(std::string_view bytes, std::size_t piece_bytes)
{
    Cut out;
    syslog::Framer framer;
    while (!bytes.empty() && out.good) {
        out.good = framer.feed(bytes.substr(0, piece_bytes), out.frames);
        bytes.remove_prefix(std::min(piece_bytes, bytes.size()));
    }
    if (out.good) {
        framer.finish(out.frames);
    }
    for (const auto& record : out.frames.records) {
        out.records.push_back(record.bytes);
    }
    return out;
}

TEST(SyslogFraming, IsFoundPerConnectionAndNothingIsLostWhenItIsWrong)
{
    const struct {
        std::string_view name;
        std::string_view bytes;
        Records records;
        std::uint64_t empty = 0;
        std::uint64_t bad_frame = 0;
    } cases[] = {
        {"counted", "8 <34>satu7 <34>dua", {"<34>satu", "<34>dua"}},
        {"counted, LF inside a message", "9 <34>a\nb\nc8 <34>next", {"<34>a\nb\nc", "<34>next"}},
        {"counted, each ended with LF too", "6 <34>ab\n6 <34>cd\n", {"<34>ab", "<34>cd"}},
        {"counted, LF within the count", "7 <34>ab\n", {"<34>ab"}},
        {"counted, cut by the end", "8 <34>satu99 <34>half", {"<34>satu"}, 0, 1},
        {"lines", "<34>satu\n<34>dua\r\n", {"<34>satu", "<34>dua"}},
        {"lines, the last without LF", "<34>satu\n<34>dua", {"<34>satu", "<34>dua"}},
        {"lines, blank between", "<34>satu\n\n<34>dua\n", {"<34>satu", "<34>dua"}, 1},
        {"lines without priority",
         "satu\n12 dua\n2026-10-03T07:05:09Z tiga\n",
         {"satu", "12 dua", "2026-10-03T07:05:09Z tiga"}},
        {"a line that begins like a count",
         "5 users logged in\n<34>dua\n",
         {"5 users logged in", "<34>dua"}},
        {"an epoch time", "1790000000 host app: a\n", {"1790000000 host app: a"}},
        {"a zero is no count", "0 <34>a\n", {"0 <34>a"}},
        {"a line among counted frames",
         "8 <34>satu<34>plain\n8 <34>tiga",
         {"<34>satu", "<34>plain", "<34>tiga"}},
        {"digits at the end", "<34>satu\n123", {"<34>satu", "123"}},
        {"NUL bytes stay", std::string_view("<34>a\0b\n", 8), {std::string("<34>a\0b", 7)}},
        {"nothing", "", {}},
    };
    for (const auto& test : cases) {
        for (const std::size_t piece : {1UL, 3UL, 1000UL}) {
            const Cut got = cut(test.bytes, piece);
            EXPECT_EQ(got.records, test.records) << test.name << " in pieces of " << piece;
            EXPECT_EQ(got.frames.empty, test.empty) << test.name;
            EXPECT_EQ(got.frames.bad_frame, test.bad_frame) << test.name;
            EXPECT_TRUE(got.good) << test.name;
        }
    }
}

TEST(SyslogFraming, KeepsHeadLengthAndHashOfAnOversizeMessage)
{
    const std::string message = "<34>" + std::string(2 << 20, 'x');
    for (const std::string& bytes :
         {std::to_string(message.size()) + " " + message + "7 <34>dua", message + "\n<34>dua\n"}) {
        const Cut got = cut(bytes, 60'000);
        ASSERT_EQ(got.records.size(), 2U);
        const auto& record = got.frames.records.front();
        EXPECT_EQ(record.full_length, message.size());
        EXPECT_EQ(record.full_sha256, base::sha256_hex(message));
        EXPECT_EQ(record.bytes, message.substr(0, base::limits::kOversizeKeptBytes));
        EXPECT_EQ(got.records.back(), "<34>dua");
    }
}

TEST(SyslogFraming, RefusesACountBeyondReason)
{
    const Cut got = cut("7 <34>dua999999999 <34>x", 1000);
    EXPECT_FALSE(got.good);
    EXPECT_EQ(got.frames.too_large, 1U);
    EXPECT_EQ(got.records, Records{"<34>dua"});
}

TEST(SyslogFraming, ReadsTheOutsideCorpusAlikeInAnyPieces)
{
    const char* corpora = std::getenv("TANGGAP_CORPORA");
    if (corpora == nullptr) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    const auto folder = std::filesystem::path(corpora) / "syslog/rsyslog/framing";
    ASSERT_TRUE(std::filesystem::is_directory(folder)) << folder;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        std::stringstream bytes;
        bytes << std::ifstream(file.path(), std::ios::binary).rdbuf();
        const Cut whole = cut(bytes.str(), SIZE_MAX);
        EXPECT_FALSE(whole.records.empty()) << file.path();
        EXPECT_EQ(cut(bytes.str(), 1).records, whole.records) << file.path();
    }
}

int connect_to(std::uint16_t port, int type)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return socket;
}

void send_all(int socket, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        ASSERT_GT(count, 0);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

TEST(SyslogUdp, MakesARecordOfEachDatagram)
{
    detail::MemoryJournal journal;
    auto input = *open_syslog_udp({.sensor = "fw-1"}, journal);
    const int peer = connect_to(input->port(), SOCK_DGRAM);
    send_all(peer, "<34>satu\n");
    ASSERT_EQ(::send(peer, "", 0, 0), 0);
    send_all(peer, "<34>satu");
    EXPECT_EQ(journal.wait_for(2), (Records{"<34>satu", "<34>satu"}));
    input->stop();
    const auto& request = journal.appends.front();
    EXPECT_EQ(request.identity, disk::Identity::Never);
    EXPECT_EQ(request.stream.sensor, "fw-1");
    EXPECT_EQ(request.stream.origin, "127.0.0.1");
    const InputCounters counters = input->counters();
    EXPECT_EQ(counters.bytes, 17U);
    EXPECT_EQ(counters.appended, 2U);
    EXPECT_EQ(counters.rejected.at("empty"), 1U);
    ::close(peer);
}

TEST(SyslogTcp, TakesBothFramingsOfManyConnections)
{
    detail::MemoryJournal journal;
    auto input = *open_syslog_tcp({}, journal);
    const int counted = connect_to(input->port(), SOCK_STREAM);
    const int lines = connect_to(input->port(), SOCK_STREAM);
    send_all(counted, "8 <34>satu9 <34");
    send_all(lines, "<34>dua\n<34>ti");
    journal.wait_for(2);
    send_all(lines, "ga\n");
    journal.wait_for(3);
    ::close(counted);
    ::close(lines);
    input->stop();
    auto records = journal.records();
    std::ranges::sort(records);
    EXPECT_EQ(records, (Records{"<34>dua", "<34>satu", "<34>tiga"}));
    EXPECT_EQ(input->counters().truncated, 1U);
    EXPECT_EQ(input->counters().rejected.at("bad_frame"), 1U);
}

TEST(SyslogTcp, HoldsSendersBackWhileTheJournalIsFullAndLosesNothing)
{
    detail::MemoryJournal journal;
    journal.set_full(true);
    auto input = *open_syslog_tcp({}, journal);
    const int peer = connect_to(input->port(), SOCK_STREAM);
    send_all(peer, "<34>satu\n<34>dua\n");
    journal.wait_for_refusals(2); // The first is known before the second is tried.
    EXPECT_FALSE(input->counters().problem.empty());
    journal.set_full(false);
    EXPECT_EQ(journal.wait_for(2), (Records{"<34>satu", "<34>dua"}));
    ::close(peer);
    input->stop();
    EXPECT_EQ(input->counters().lost_before_receipt, 0U);
}

TEST(SyslogTcp, GoesOnCountingWhatEarlierRunsLost)
{
    detail::MemoryJournal journal;
    journal.state["lost/syslog-tcp 127.0.0.1:0"] = "7";
    auto input = *open_syslog_tcp({}, journal);
    EXPECT_EQ(input->counters().lost_before_receipt, 7U);
    input->stop();
    EXPECT_EQ(input->counters().lost_before_receipt, 7U);
    EXPECT_TRUE(journal.appends.empty()) << "nothing new was lost";
}

TEST(SyslogTcp, CountsWhatAFullJournalLeftAtTheEnd)
{
    detail::MemoryJournal journal;
    journal.set_full(true);
    auto input = *open_syslog_tcp({}, journal);
    const int peer = connect_to(input->port(), SOCK_STREAM);
    send_all(peer, "<34>satu\n");
    journal.wait_for_refusals(1);
    input->stop();
    EXPECT_EQ(input->counters().lost_before_receipt, 1U);
    ::close(peer);
}

} // namespace
} // namespace tanggap::connect
