#include "app/serve.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/demo_run.h"
#include "app/server.h"
#include "base/log.h"

namespace tanggap::app {
namespace {

constexpr int kUsageExit = 2;

/// SIGTERM and SIGINT stop, SIGHUP reads content again. Blocked in every thread, taken by one.
sigset_t block_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

/// What a full house needs: connections, tailed files and the stores' own.
constexpr rlim_t kOpenFilesWanted = 8192;

/// Connections and tailed files must not take the descriptors that the journal writes with: a
/// journal that cannot open its next file ends the process.
void raise_open_files()
{
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) {
        return; // Unknown, and then not ours to change.
    }
    const rlim_t wanted = std::min<rlim_t>(files.rlim_max, kOpenFilesWanted);
    files.rlim_cur = std::max(files.rlim_cur, wanted);
    if (setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < kOpenFilesWanted) {
        base::log(base::LogLevel::Warning, "few_open_files",
                  fmt::format("this process may open {} files, {} are wanted when every connection "
                              "is used; raise LimitNOFILE",
                              files.rlim_cur, kOpenFilesWanted));
    }
}

/// Records and events are allocated on one thread and freed on another, in amounts that come and
/// go. With an arena for every thread and a threshold that grows, glibc keeps several times what is
/// in use (docs/decisions/0005-memory-and-speed.md).
void keep_memory_small()
{
    constexpr int kArenas = 2;
    constexpr int kOwnMappingBytes = 4 << 20; // smaller ones are used again without page faults
    constexpr int kKeptAtTopBytes = 32 << 20;
    // They fail only for values out of range, and then nothing is worse than before.
    mallopt(M_ARENA_MAX, kArenas);
    mallopt(M_MMAP_THRESHOLD, kOwnMappingBytes);
    mallopt(M_TRIM_THRESHOLD, kKeptAtTopBytes);
}

void announce(const Settings& settings, const Server& server)
{
    const char* scheme = settings.tls_cert.empty() ? "http" : "https";
    const std::string address = settings.listen.substr(0, settings.listen.rfind(':'));
    fmt::print(stderr,
               "tanggap: console and API on {0}://{1}:{2}/app/, public pages on {0}://{1}:{2}/\n",
               scheme, address, server.port());
    const std::string token = settings.setup_token_file.empty() ? settings.data + "/setup-token"
                                                                : settings.setup_token_file;
    if (!settings.demo && ::access(token.c_str(), R_OK) == 0) { // a demo sets itself up
        fmt::print(stderr, "tanggap: nobody has an account yet; the set-up token is in {}\n",
                   token);
    }
}

} // namespace

int run_serve(const Settings& settings)
{
    keep_memory_small();
    Settings fitted = settings;
    if (const base::Status fits = prepare_demo_folder(fitted); !fits) {
        fmt::print(stderr, "tanggap: {}\n", fits.error().message);
        return kUsageExit;
    }
    const sigset_t signals = block_signals();
    raise_open_files();
    auto server = Server::start(fitted);
    if (!server) {
        fmt::print(stderr, "tanggap: cannot serve {}: {}\n", settings.data, server.error().message);
        return base::traits_of(server.error().code).exit_code;
    }
    announce(fitted, **server);
    const auto demo = fitted.demo ? DemoRun::start(fitted, **server) : nullptr;
    while (true) {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0 || signal != SIGHUP) {
            break;
        }
        if (const base::Status reloaded = (*server)->reload(); !reloaded) {
            base::log(base::LogLevel::Error, "reload_failed", reloaded.error().message);
        }
    }
    fmt::print(stderr, "tanggap: stopping\n");
    if (demo) {
        demo->stop();
    }
    (*server)->stop();
    return 0;
}

} // namespace tanggap::app
