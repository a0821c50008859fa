#include "store/engine/supervisor.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/log.h"
#include "store/engine/malloc_conf.h"

namespace tanggap::store {
namespace {

namespace limits = base::limits;
using std::chrono::milliseconds;

/// A sanitizer's allocator does not live with the library's: such builds start the child as the
/// program beside this one, which is built without.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TANGGAP_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TANGGAP_SANITIZED 1
#endif
#endif
#ifndef TANGGAP_SANITIZED
#define TANGGAP_SANITIZED 0
#endif

std::vector<std::string> default_command()
{
    if constexpr (TANGGAP_SANITIZED != 0) {
        std::error_code
            ignored; // an unreadable link gives an empty path, and the start then fails with it
        const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
        return {(self.parent_path() / "tanggap_engine_child").string()};
    }
    return {"/proc/self/exe", "engine-child"};
}

/// Whether the child answers /ping on its socket.
bool answers(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return false;
    }
    path.copy(address.sun_path, path.size());
    // Not blocking: a hung child's full backlog would keep us in connect() for ever.
    const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    constexpr std::string_view kRequest = "GET /ping HTTP/1.1\r\nHost: engine\r\n\r\n";
    char head[12] = {};
    bool ok = client >= 0 &&
              connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
              send(client, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) ==
                  static_cast<ssize_t>(kRequest.size());
    pollfd readable{.fd = client, .events = POLLIN, .revents = 0};
    ok = ok && poll(&readable, 1, static_cast<int>(limits::kEnginePingWait.count())) == 1 &&
         recv(client, head, sizeof head, 0) == sizeof head &&
         std::memcmp(head, "HTTP/1.1 200", sizeof head) == 0;
    if (client >= 0) {
        close(client);
    }
    return ok;
}

/// Merging what is stored can wait; what comes in, and who asks, cannot. The engine makes these
/// threads with its first table. Its own setting for it (os_threads_nice_value_merge_mutate) does
/// nothing without CAP_SYS_NICE, though giving way needs no right. False: there are none yet.
bool let_merges_wait(pid_t child)
{
    namespace fs = std::filesystem;
    constexpr int kNice = 10;
    bool found = false;
    std::error_code gone; // a child that ends meanwhile has no more threads
    const fs::directory_iterator end;
    for (fs::directory_iterator task(fmt::format("/proc/{}/task", child), gone);
         !gone && task != end; task.increment(gone)) {
        std::ifstream file(task->path() / "comm");
        std::string name;
        if (std::getline(file, name) && name == "MergeMutate") {
            const auto thread = std::strtoul(task->path().filename().c_str(), nullptr, 10);
            found = true;
            if (setpriority(PRIO_PROCESS, static_cast<id_t>(thread), kNice) != 0) {
                base::log(base::LogLevel::Warning, "engine_merges",
                          base::system_error("merges do not give way", errno).error().message);
            }
        }
    }
    return found;
}

class EngineSupervisor final : public Supervisor {
public:
    explicit EngineSupervisor(SupervisorOptions options) : options_(std::move(options))
    {
        if (options_.command.empty()) {
            options_.command = default_command();
        }
        if (options_.library.empty()) {
            state_.reason = options_.library_problem.empty() ? "no event engine library"
                                                             : options_.library_problem;
            return;
        }
        state_.reason = "the event engine is starting";
        thread_ = std::thread([this] { run(); });
    }

    ~EngineSupervisor() override { stop(); }

    EngineState state() const override
    {
        const std::lock_guard lock(mutex_);
        return state_;
    }

    base::Status wait_until_up(milliseconds wait) override
    {
        const auto deadline = std::chrono::steady_clock::now() + wait;
        std::unique_lock lock(mutex_);
        while (true) {
            const auto decided = [&] { return state_.up || options_.library.empty(); };
            if (!changed_.wait_until(lock, deadline, decided) || !state_.up) {
                return base::unavailable(state_.reason);
            }
            // A child that has just died counts as up until the watcher sees it: ask it.
            lock.unlock();
            const bool alive = answers(options_.socket);
            lock.lock();
            if (alive) {
                return {};
            }
            if (std::chrono::steady_clock::now() >= deadline) {
                return base::unavailable("the event engine does not answer");
            }
            changed_.wait_for(lock, limits::kEngineAskAgain);
        }
    }

    void stop() override
    {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            if (state_.pid > 0) {
                kill(state_.pid,
                     SIGKILL); // it has no handlers: a gentler signal ends it no gentler
            }
            changed_.notify_all();
        }
        if (thread_.joinable()) {
            thread_.join();
        }
    }

private:
    void run()
    {
        milliseconds backoff = options_.backoff_first;
        while (!stopping()) {
            const auto pid = start_child();
            if (!pid) {
                set_down(pid.error().message);
            } else {
                const bool was_up = watch(*pid);
                backoff = was_up ? options_.backoff_first : backoff;
            }
            wait_for_stop(backoff);
            backoff = std::min(backoff * 2, options_.backoff_max);
        }
    }

    /// Waits until the child has ended. Returns whether it ever answered.
    bool watch(pid_t pid)
    {
        const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
        bool up = false;
        bool merges_wait = false;
        int silences = 0;
        milliseconds wait = kPingFirst;
        while (!has_ended(pid, handle, wait)) {
            const bool answered = answers(options_.socket);
            merges_wait = merges_wait || (answered && let_merges_wait(pid));
            if (answered && !up) {
                set_up();
            }
            up = up || answered;
            silences = answered || !up ? 0 : silences + 1;
            if (silences == kSilencesMax) {
                base::log(base::LogLevel::Error, "engine_hangs",
                          "the event engine runs and does not answer; it is ended");
                kill(pid, SIGKILL);
            }
            wait = up ? options_.ask_alive : std::min(wait * 2, kPingMost);
        }
        int status = 0;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        if (handle >= 0) {
            close(handle);
        }
        set_down(ending_of(status));
        return up;
    }

    /// Waits up to `wait`. Without a handle (no descriptor was left) the child itself is asked.
    static bool has_ended(pid_t pid, int handle, milliseconds wait)
    {
        if (handle < 0) {
            siginfo_t ended{};
            std::this_thread::sleep_for(std::min(wait, kPingMost));
            return waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) ==
                       0 &&
                   ended.si_pid == pid;
        }
        pollfd ended{.fd = handle, .events = POLLIN, .revents = 0};
        return poll(&ended, 1, static_cast<int>(wait.count())) == 1;
    }

    static std::string ending_of(int status)
    {
        if (WIFSIGNALED(status)) {
            return "the event engine was ended by signal " + std::to_string(WTERMSIG(status)) +
                   "; it is being started again";
        }
        return "the event engine ended with code " + std::to_string(WEXITSTATUS(status)) +
               "; its reason is in the log; it is being started again";
    }

    std::vector<std::string> arguments() const
    {
        std::vector<std::string> all = options_.command;
        for (const auto& [name, value] : {std::pair{"--socket", options_.socket},
                                          {"--data", options_.data},
                                          {"--library", options_.library},
                                          {"--readers", std::to_string(options_.readers)}}) {
            all.emplace_back(name);
            all.push_back(value);
        }
        if (!options_.sandbox) {
            all.emplace_back("--no-sandbox");
        }
        return all;
    }

    /// Thread: the watching one, which lives as long as the child may: PR_SET_PDEATHSIG counts the
    /// death of the thread that started it, not of the process.
    base::Result<pid_t> start_child()
    {
        std::vector<std::string> texts = arguments();
        std::vector<char*> pointers;
        for (std::string& text : texts) {
            pointers.push_back(text.data());
        }
        pointers.push_back(nullptr);
        std::vector<char*> environment;
        std::string malloc_conf = std::string(engine::kMallocConfName) + "=" + engine::kMallocConf;
        for (char** entry = environ; *entry != nullptr; ++entry) {
            environment.push_back(*entry);
        }
        environment.push_back(malloc_conf.data());
        environment.push_back(nullptr);
        const pid_t parent = getpid();
        const std::lock_guard lock(mutex_); // stop() sees either no child or its pid
        if (stopping_) {
            return base::unavailable("stopping");
        }
        const pid_t pid = fork();
        if (pid < 0) {
            return base::system_error("cannot start the event engine", errno);
        }
        if (pid == 0) { // only calls that are safe after fork in a threaded program
            prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
            setpgid(0, 0); // Ctrl-C at a terminal is for serve alone, which still needs its child
            sigset_t none;
            sigemptyset(&none);
            sigprocmask(SIG_SETMASK, &none, nullptr);
            if (getppid() != parent) {
                _exit(0);
            }
            // Connections of ours would stay open at their far end for as long as the child lives,
            // and it has no business with them.
            syscall(SYS_close_range, 3U, ~0U, 0U);
            execve(pointers.front(), pointers.data(), environment.data());
            _exit(127);
        }
        state_.pid = pid;
        ++state_.starts;
        return pid;
    }

    void set_up()
    {
        const std::lock_guard lock(mutex_);
        state_.up = true;
        state_.reason.clear();
        changed_.notify_all();
    }

    void set_down(std::string reason)
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_) {
            base::log(base::LogLevel::Warning, "engine_down", reason);
        }
        state_.up = false;
        state_.pid = 0;
        state_.reason = stopping_ ? "the event engine is stopped" : std::move(reason);
    }

    bool stopping() const
    {
        const std::lock_guard lock(mutex_);
        return stopping_;
    }

    void wait_for_stop(milliseconds wait)
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, wait, [&] { return stopping_; });
    }

    /// A child answers after 130-430 ms (measured): asked often at first, then seldom.
    /// Questions a running child may leave unanswered before it is ended: half a minute, since a
    /// busy machine may be slow and a hung child is not.
    static constexpr int kSilencesMax = 5;
    static constexpr milliseconds kPingFirst{20};
    static constexpr milliseconds kPingMost{200};

    SupervisorOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    EngineState state_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace

std::unique_ptr<Supervisor> Supervisor::start(SupervisorOptions options)
{
    return std::make_unique<EngineSupervisor>(std::move(options));
}

} // namespace tanggap::store
