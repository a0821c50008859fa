// Watching the clocks of cases: what ran out is recorded, whether or not anybody looks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>

#include "service/world.h"

namespace tanggap::service {

/// Records what ran out in this case and says anew when it must be looked at next.
base::Status watch_case(const World& world, std::string_view case_id);
/// The cases whose next due time has come; gives how many were looked at.
base::Result<std::size_t> watch_due_cases(const World& world);
/// Every case with open clocks: clocks or holidays may have changed while nobody watched. Ends at a
/// stop, which leaves the rest to the next start.
base::Status watch_all_cases(const World& world, const std::stop_token& stop = {});

/// Looks every few seconds, and at everything once when made. Thread: its own.
class ClockWatch {
public:
    explicit ClockWatch(const World& world);
    /// Clocks or holidays were loaded anew.
    void refresh();

private:
    static constexpr std::chrono::seconds kEvery{5};

    void run(const std::stop_token& stop);
    base::Status watch_some();

    const World& world_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool all_again_ = true;
    std::jthread thread_; ///< last: ends before what it uses
};

} // namespace tanggap::service
