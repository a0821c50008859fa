// How long the stages of the pipeline take.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/metrics.h"

namespace tanggap::pipeline::detail {

/// Adds the time a stage took to its counter.
class StageTimer {
public:
    explicit StageTimer(base::Counter& nanoseconds) : nanoseconds_(nanoseconds) {}
    ~StageTimer()
    {
        const auto taken = std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_);
        nanoseconds_.add(static_cast<std::uint64_t>(taken.count()));
    }
    StageTimer(const StageTimer&) = delete;
    StageTimer& operator=(const StageTimer&) = delete;

private:
    base::Counter& nanoseconds_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

inline base::Counter& stage_counter(const char* stage)
{
    return base::counter("tanggap_pipeline_stage_nanoseconds_total",
                         "Time by stage: decode, then evaluate and indicators, then the rest; the "
                         "three run side by side",
                         {{"stage", stage}});
}

} // namespace tanggap::pipeline::detail
