#include "store/engine/sandbox.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tanggap::store::engine {
namespace {

/// What a process inside the sandbox finds: the error of each act, 0 where it was let through.
struct Findings {
    int entered = 0;
    int read_own = 0;
    int read_foreign = 0;
    int write_foreign = 0;
    int run_program = 0;
    int internet_socket = 0;
    int unix_socket = 0;
    int ring = 0;
};

int error_of(long result)
{
    return result < 0 ? errno : 0;
}

Findings look_from_inside(const std::string& data, const std::string& foreign)
{
    Findings out;
    const auto entered = enter_sandbox(data);
    out.entered = entered && entered->find("landlock abi") != std::string::npos ? 1 : 0;
    out.read_own = error_of(open((data + "/own").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    out.read_foreign = error_of(open(foreign.c_str(), O_RDONLY | O_CLOEXEC));
    out.write_foreign =
        error_of(open((foreign + ".new").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    char* const arguments[] = {const_cast<char*>("true"), nullptr};
    out.run_program = error_of(execv("/bin/true", arguments));
    out.internet_socket = error_of(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    out.unix_socket = error_of(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    out.ring = error_of(syscall(SYS_io_uring_setup, 1, nullptr));
    return out;
}

TEST(Sandbox, RefusesWhatTheEngineHasNoBusinessWith)
{
    const auto folder =
        std::filesystem::temp_directory_path() / ("tanggap-sandbox-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder / "data");
    const std::string foreign = (folder / "foreign").string();
    ASSERT_GE(open(foreign.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), 0);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        const Findings seen = look_from_inside((folder / "data").string(), foreign);
        const ssize_t told = write(ends[1], &seen, sizeof seen);
        _exit(told == sizeof seen ? 0 : 1);
    }
    Findings seen;
    const ssize_t heard = read(ends[0], &seen, sizeof seen);
    waitpid(child, nullptr, 0);
    std::filesystem::remove_all(folder);
    close(ends[0]);
    close(ends[1]);

    ASSERT_EQ(heard, static_cast<ssize_t>(sizeof seen));
    if (seen.entered == 0) {
        GTEST_SKIP() << "this kernel has no landlock";
    }
    EXPECT_EQ(seen.read_own, 0);
    EXPECT_EQ(seen.unix_socket, 0);
    EXPECT_EQ(seen.read_foreign, EACCES);
    EXPECT_EQ(seen.write_foreign, EACCES);
    EXPECT_EQ(seen.run_program, EPERM);
    EXPECT_EQ(seen.internet_socket, EACCES);
    EXPECT_EQ(seen.ring, EPERM);
}

} // namespace
} // namespace tanggap::store::engine
