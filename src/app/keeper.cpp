#include "app/keeper.h"

#include "base/log.h"

namespace tanggap::app {

Keeper::Keeper(service::Retention& retention, std::chrono::seconds every)
    : retention_(retention), every_(every)
{
    if (retention.state().kept_for.count() > 0) {
        thread_ = std::thread([this] { run(); });
    }
}

void Keeper::stop()
{
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Keeper::run()
{
    std::string said; // the same problem is logged once
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        lock.unlock();
        const base::Status done =
            retention_.run(base::system_clock().now(), std::chrono::steady_clock::now());
        const std::string problem = done ? "" : done.error().message;
        if (!problem.empty() && problem != said) {
            base::log(base::LogLevel::Warning, "retention_waits", problem);
        }
        said = problem;
        lock.lock();
        changed_.wait_for(lock, every_, [this] { return stopped_; });
    }
}

} // namespace tanggap::app
