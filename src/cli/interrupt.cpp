#include "cli/interrupt.h"

#include <csignal>
#include <unistd.h>

namespace tanggap::cli {
namespace {

constexpr int kInterruptedExit = 130;

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

void on_signal(int)
{
    if (interrupted.exchange(true)) {
        ::_exit(kInterruptedExit);
    }
}

} // namespace

const std::atomic<bool>& catch_interrupts()
{
    struct sigaction action{};
    action.sa_handler = on_signal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    return interrupted;
}

} // namespace tanggap::cli
