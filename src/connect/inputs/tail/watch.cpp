#include "connect/inputs/tail/watch.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace tanggap::connect::tail {

base::Result<Watch> Watch::open()
{
    const int event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (event < 0) {
        return base::system_error("cannot make an eventfd", errno);
    }
    // -1, where the kernel has no instance left, means polling alone.
    return Watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC), event);
}

Watch::~Watch()
{
    if (inotify_ >= 0) {
        ::close(inotify_);
    }
    if (event_ >= 0) {
        ::close(event_);
    }
}

void Watch::add(const std::string& path)
{
    const std::string folder = std::filesystem::path(path).parent_path().string();
    ::inotify_add_watch(inotify_, folder.empty() ? "." : folder.c_str(),
                        IN_MODIFY | IN_CREATE | IN_MOVED_TO);
}

void Watch::wait(std::chrono::milliseconds span)
{
    std::array<pollfd, 2> polled{{{.fd = inotify_, .events = POLLIN, .revents = 0},
                                  {.fd = event_, .events = POLLIN, .revents = 0}}};
    ::poll(polled.data(), polled.size(), static_cast<int>(span.count()));
    // What happened does not matter, only that something did.
    std::array<char, 4096> drained{};
    while (inotify_ >= 0 && ::read(inotify_, drained.data(), drained.size()) > 0) {
    }
}

void Watch::interrupt()
{
    // A full counter is awake already.
    [[maybe_unused]] const int ignored = ::eventfd_write(event_, 1);
}

} // namespace tanggap::connect::tail
