// What a running server does every few minutes by itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/error.h"

namespace tanggap::app {

struct Chore {
    std::string problem; ///< event of the log when it does not succeed
    std::chrono::seconds every{};
    std::function<base::Status()> run;
};

/// Does one chore at once and then every so often.
/// Thread: made and stopped by the main thread; its own does the chore.
class Keeper {
public:
    explicit Keeper(Chore chore);
    ~Keeper() { stop(); }
    Keeper(const Keeper&) = delete;
    void stop();

private:
    void run();

    const Chore chore_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false; ///< guarded by mutex_
    std::thread thread_;
};

} // namespace tanggap::app
