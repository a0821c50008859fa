// Wakes a tail when a watched file grows. Only a shorter wait: what is read never depends on it.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "base/error.h"

namespace tanggap::connect::tail {

/// Thread: add() and wait() from one; interrupt() from any.
class Watch {
public:
    static base::Result<Watch> open();
    ~Watch();
    Watch(Watch&& other) noexcept
        : inotify_(std::exchange(other.inotify_, -1)), event_(std::exchange(other.event_, -1))
    {
    }
    Watch& operator=(Watch&&) = delete;

    /// Watches the folder of `path`; where the kernel refuses, polling remains.
    void add(const std::string& path);
    void wait(std::chrono::milliseconds span);
    void interrupt();

private:
    Watch(int inotify, int event) : inotify_(inotify), event_(event) {}

    int inotify_ = -1;
    int event_ = -1;
};

} // namespace tanggap::connect::tail
