#include "app/keeper.h"

#include <utility>

#include "base/log.h"

namespace tanggap::app {

Keeper::Keeper(Chore chore) : chore_(std::move(chore)), thread_([this] { run(); }) {}

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
        const base::Status done = chore_.run();
        const std::string problem = done ? "" : done.error().message;
        if (!problem.empty() && problem != said) {
            base::log(base::LogLevel::Warning, chore_.problem, problem);
        }
        said = problem;
        lock.lock();
        changed_.wait_for(lock, chore_.every, [this] { return stopped_; });
    }
}

} // namespace tanggap::app
