#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "net/sockets.h"

namespace tanggap::net {
namespace {

using std::chrono::seconds;

int connect_to(std::uint16_t port, int type, const char* from = "127.0.0.1")
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::inet_addr(from);
    const int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return socket;
}

TEST(DatagramReceiver, GivesEachDatagramWithItsPeer)
{
    auto receiver = *DatagramReceiver::open({});
    const int peer = connect_to(receiver->port(), SOCK_DGRAM);
    EXPECT_EQ(::send(peer, "satu", 4, 0), 4);
    EXPECT_EQ(::send(peer, "", 0, 0), 0);
    const auto got = receiver->receive(seconds(10));
    ASSERT_TRUE(got);
    ASSERT_EQ(got->size(), 2U);
    EXPECT_EQ((*got)[0].bytes, "satu");
    EXPECT_EQ((*got)[0].peer, "127.0.0.1");
    EXPECT_EQ((*got)[1].bytes, "");
    ::close(peer);
}

TEST(DatagramReceiver, CountsWhatTheKernelDropped)
{
    auto receiver = *DatagramReceiver::open({});
    const int peer = connect_to(receiver->port(), SOCK_DGRAM);
    const std::string large(60'000, 'x');
    std::uint64_t sent = 0;
    while (receiver->dropped() < 10) { // Fills any buffer: nobody receives.
        sent += ::send(peer, large.data(), large.size(), 0) > 0 ? 1 : 0;
    }
    std::uint64_t received = 0;
    for (;;) {
        const auto got = receiver->receive(std::chrono::milliseconds(0));
        ASSERT_TRUE(got);
        if (got->empty()) {
            break;
        }
        received += got->size();
    }
    EXPECT_EQ(received + receiver->dropped(), sent);
    ::close(peer);
}

TEST(DatagramReceiver, IsInterrupted)
{
    auto receiver = *DatagramReceiver::open({});
    std::thread other([&] { receiver->interrupt(); });
    const auto got = receiver->receive(seconds(60));
    other.join();
    ASSERT_TRUE(got);
    EXPECT_TRUE(got->empty());
    EXPECT_FALSE(DatagramReceiver::open({.address = "localhost.example"}));
}

TEST(StreamReceiver, TellsBytesAndTheEndOfEachConnection)
{
    auto receiver = *StreamReceiver::open({.listen = {}, .connections_max = 1});
    const int peer = connect_to(receiver->port(), SOCK_STREAM);
    EXPECT_EQ(::send(peer, "abc", 3, 0), 3);
    std::string bytes;
    bool closed = false;
    while (bytes.size() < 3) {
        for (const StreamEvent& event : *receiver->receive(seconds(10))) {
            bytes += event.bytes;
            EXPECT_EQ(event.peer, "127.0.0.1");
        }
    }
    const int second = connect_to(receiver->port(), SOCK_STREAM);
    char byte = 0;
    std::thread pump([&] {
        while (receiver->refused() == 0) {
            ASSERT_TRUE(receiver->receive(seconds(10)));
        }
    });
    EXPECT_EQ(::recv(second, &byte, 1, 0), 0); // Above the limit: closed at once.
    pump.join();
    ::close(second);
    ::close(peer);
    while (!closed) {
        for (const StreamEvent& event : *receiver->receive(seconds(10))) {
            closed = closed || event.kind == StreamEvent::Kind::Closed;
        }
    }
    EXPECT_EQ(bytes, "abc");
}

/// Receives until `peer` got a byte through.
void wait_for_bytes(StreamReceiver& receiver, std::string_view peer)
{
    for (bool heard = false; !heard;) {
        const auto events = receiver.receive(seconds(10));
        ASSERT_TRUE(events);
        for (const StreamEvent& event : *events) {
            heard = heard || (event.kind == StreamEvent::Kind::Bytes && event.peer == peer);
        }
    }
}

TEST(StreamReceiver, ClosesAConnectionThatNeverSpokeForANewOne)
{
    auto receiver = *StreamReceiver::open(
        {.listen = {}, .connections_max = 1, .silent_max = std::chrono::milliseconds(0)});
    const int silent = connect_to(receiver->port(), SOCK_STREAM);
    ASSERT_TRUE(receiver->receive(seconds(10)));
    const int device = connect_to(receiver->port(), SOCK_STREAM);
    EXPECT_EQ(::send(device, "a", 1, 0), 1);
    wait_for_bytes(*receiver, "127.0.0.1");
    char byte = 0;
    EXPECT_EQ(::recv(silent, &byte, 1, 0), 0);
    EXPECT_EQ(receiver->refused(), 1U);
    ::close(silent);
    ::close(device);
}

TEST(StreamReceiver, TakesAPlaceFromAnAddressThatHoldsMost)
{
    auto receiver = *StreamReceiver::open({.listen = {}, .connections_max = 2});
    const int crowd[] = {connect_to(receiver->port(), SOCK_STREAM, "127.0.0.2"),
                         connect_to(receiver->port(), SOCK_STREAM, "127.0.0.2")};
    for (const int peer : crowd) {
        EXPECT_EQ(::send(peer, "a", 1, 0), 1);
        wait_for_bytes(*receiver, "127.0.0.2");
    }
    const int device = connect_to(receiver->port(), SOCK_STREAM, "127.0.0.3");
    EXPECT_EQ(::send(device, "a", 1, 0), 1);
    wait_for_bytes(*receiver, "127.0.0.3");
    char byte = 0;
    EXPECT_EQ(::recv(crowd[0], &byte, 1, 0), 0); // Of the crowd, the one longest unheard.
    for (const int peer : {crowd[0], crowd[1], device}) {
        ::close(peer);
    }
}

} // namespace
} // namespace tanggap::net
