#include "store/engine/supervisor.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace tanggap::store {
namespace {

using std::chrono::milliseconds;

/// Stands for the engine: notes its open files, answers one /ping, then only hangs up, or with
/// `lasting` in its arguments goes on answering.
constexpr const char* kFakeEngine = R"(
import os, socket, sys
at = sys.argv.index("--socket") + 1
with open(os.path.join(os.path.dirname(sys.argv[at]), "files"), "w") as out:
    for number in os.listdir("/proc/self/fd"):
        try:
            out.write(os.readlink("/proc/self/fd/" + number) + "\n")
        except OSError:
            pass
if os.path.exists(sys.argv[at]):
    os.unlink(sys.argv[at])
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[at])
listener.listen(64)
peer = listener.accept()[0]
peer.recv(1000)
peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
peer.close()
with open("/proc/self/comm", "w") as out:
    out.write("MergeMutate")
while True:
    peer = listener.accept()[0]
    if "lasting" in sys.argv:
        peer.recv(1000)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    peer.close()
)";

class SupervisorTest : public testing::Test {
public:
    SupervisorTest()
    {
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "engine.py") << kFakeEngine;
    }
    ~SupervisorTest() override { std::filesystem::remove_all(folder_); }

    SupervisorOptions options() const
    {
        return {.command = {"/usr/bin/python3", (folder_ / "engine.py").string()},
                .socket = (folder_ / "socket").string(),
                .data = folder_.string(),
                .library = "/unused",
                .library_problem = {},
                .backoff_first = milliseconds(1),
                .ask_alive = milliseconds(1)};
    }
    /// Waits, for half a minute at most, until the child was started so often.
    static bool started(const Supervisor& supervisor, std::uint64_t times)
    {
        for (int i = 0; i < 3000 && supervisor.state().starts < times; ++i) {
            std::this_thread::sleep_for(milliseconds(10));
        }
        return supervisor.state().starts >= times;
    }

    const std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("tanggap-supervisor-" + std::to_string(getpid()));
};

TEST_F(SupervisorTest, StartsAChildAgainThatRunsAndNoLongerAnswers)
{
    const auto supervisor = Supervisor::start(options());
    EXPECT_TRUE(started(*supervisor, 2));
}

TEST_F(SupervisorTest, LetsTheMergesOfTheEngineWait)
{
    auto wanted = options();
    wanted.command.emplace_back("lasting");
    const auto supervisor = Supervisor::start(wanted);
    ASSERT_TRUE(supervisor->wait_until_up(std::chrono::seconds(30)));
    const auto nice = [&] {
        return getpriority(PRIO_PROCESS, static_cast<id_t>(supervisor->state().pid));
    };
    const int before = getpriority(PRIO_PROCESS, 0);
    for (int i = 0; i < 3000 && nice() == before; ++i) {
        std::this_thread::sleep_for(milliseconds(10));
    }
    EXPECT_EQ(nice(), 10);
}

TEST_F(SupervisorTest, GivesTheChildNoneOfOurOpenFiles)
{
    const std::string secret = (folder_ / "secret").string();
    const int open_here = open(secret.c_str(), O_RDWR | O_CREAT, 0600); // inheritable
    ASSERT_GE(open_here, 0);
    const auto supervisor = Supervisor::start(options());
    ASSERT_TRUE(started(*supervisor, 2));
    close(open_here);
    std::ifstream files(folder_ / "files");
    const std::string text((std::istreambuf_iterator<char>(files)), {});
    EXPECT_NE(text.find("/dev/null"), std::string::npos) << text;
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
}

} // namespace
} // namespace tanggap::store
