// Starts the event engine child, starts it again when it dies, and says how it is.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/error.h"

namespace tanggap::store {

struct SupervisorOptions {
    /// Program and first arguments; empty: this program with the verb `engine-child`.
    std::vector<std::string> command;
    std::string socket;          ///< absolute
    std::string data;            ///< absolute folder of the store
    std::string library;         ///< from find_engine_library; empty: not found
    std::string library_problem; ///< shown as the reason while library is empty
    std::size_t readers = 4;
    bool sandbox = true;
    std::chrono::milliseconds backoff_first{200};
    std::chrono::milliseconds backoff_max{10'000};
    /// Between two questions whether a running child still answers.
    std::chrono::milliseconds ask_alive = std::chrono::seconds(5);
};

struct EngineState {
    bool up = false;
    pid_t pid = 0;      ///< of the running child, 0 without one
    std::string reason; ///< why it is not up
    std::uint64_t starts = 0;
};

/// One thread watches the child. The child dies with this process (PR_SET_PDEATHSIG and its own
/// watch of the parent). Thread: any.
class Supervisor {
public:
    static std::unique_ptr<Supervisor> start(SupervisorOptions options);
    virtual ~Supervisor() = default; ///< stops
    virtual EngineState state() const = 0;
    /// Waits until the child answers /ping or `wait` has passed.
    virtual base::Status wait_until_up(std::chrono::milliseconds wait) = 0;
    /// Ends the child and does not start it again.
    virtual void stop() = 0;
};

} // namespace tanggap::store
