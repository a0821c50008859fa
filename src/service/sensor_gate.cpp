#include "service/sensor_gate.h"

#include <limits>
#include <utility>

namespace tanggap::service {

base::Result<disk::AppendResult> SensorGate::append(disk::AppendRequest request)
{
    // What an input keeps for itself (its losses, its place) belongs to no sensor.
    if (request.stream.sensor.empty()) {
        return journal_.append(std::move(request));
    }
    TRY(const store::SensorSettings sensor, catalog_.find_or_make(request.stream.sensor));
    if (!sensor.source.empty()) {
        request.stream.source = sensor.source;
    }
    if (!sensor.timezone.empty()) {
        request.stream.timezone = sensor.timezone;
    }
    const auto turn = catalog_.take_turn(sensor.name, request.records.size(), clock_.now(),
                                         base::Duration(std::numeric_limits<std::int64_t>::max()));
    if (turn.wait > base::Duration{}) {
        std::unique_lock lock(mutex_);
        opened_.wait_for(lock, turn.wait, [this] { return open_; });
    }
    return journal_.append(std::move(request));
}

void SensorGate::open_wide()
{
    {
        const std::lock_guard lock(mutex_);
        open_ = true;
    }
    opened_.notify_all();
}

} // namespace tanggap::service
