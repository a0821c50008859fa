// What a running server does every few minutes by itself: retention.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "service/retention.h"

namespace tanggap::app {

/// Thread: made and stopped by the main thread; its own runs retention.
class Keeper {
public:
    /// Looks at once and then every so often; without a limit it does nothing.
    Keeper(service::Retention& retention, std::chrono::seconds every);
    ~Keeper() { stop(); }
    Keeper(const Keeper&) = delete;
    void stop();

private:
    void run();

    service::Retention& retention_;
    const std::chrono::seconds every_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false; ///< guarded by mutex_
    std::thread thread_;
};

} // namespace tanggap::app
