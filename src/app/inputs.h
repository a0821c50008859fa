// The inputs that the settings switch on.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "app/settings.h"
#include "base/error.h"
#include "connect/input.h"
#include "disk/journal.h"
#include "service/system.h"

namespace tanggap::app {

/// Thread: made and stopped by the main thread; counters from any.
class Inputs {
public:
    /// Errors: Invalid for an address or GLOB=SENSOR that is none; Unavailable where a port is
    /// taken.
    static base::Result<std::unique_ptr<Inputs>> start(const Settings& settings,
                                                       disk::Journal& journal);
    ~Inputs() { stop(); }
    Inputs(const Inputs&) = delete;

    void stop();
    std::uint64_t lost_before_receipt() const;
    std::vector<service::InputState> states() const;
    /// Why inputs cannot take what they should, one sentence each.
    std::vector<std::string> problems() const;

private:
    Inputs() = default;
    void add(std::unique_ptr<connect::Input> input);

    std::vector<std::unique_ptr<connect::Input>> inputs_;
};

} // namespace tanggap::app
