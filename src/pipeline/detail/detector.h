// What each event says by itself: rules and indicators, asked while the batch before is committed.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "detect/engine.h"
#include "detect/indicators.h"
#include "pipeline/detail/handover.h"
#include "pipeline/detail/reader.h"

namespace tanggap::pipeline::detail {

/// A batch with what its events say by themselves, in their order.
struct Detected {
    std::shared_ptr<const Knowledge> knowledge;
    std::shared_ptr<Batch> batch;
    std::vector<model::Detection> detections; ///< by event_index into the batch
    std::vector<detect::Signal> signals;      ///< for the correlations of knowledge->rules
};

/// Holds no state that a result depends on: what it did before a crash is done again.
class Detector {
public:
    Detector(Reader& reader, const StopSignal& stop);

    /// Thread: one, its own; until stopped.
    void run();
    /// The reader's next batch. The one before must have been taken.
    void run_once();
    /// Nothing once stopped. Thread: the processor's.
    std::optional<Detected> next() { return out_.next(); }
    /// After a stop, for whoever waits here.
    void wake() { out_.wake(); }

private:
    void use(const std::shared_ptr<const Knowledge>& knowledge);
    void match_rules(Detected& batch);
    void match_indicators(Detected& batch);

    Reader& reader_;
    std::shared_ptr<const Knowledge> knowledge_;
    std::unique_ptr<detect::Evaluator> evaluator_;
    std::unique_ptr<detect::IndicatorMatcher> matcher_; ///< null: no indicators
    Handover<Detected> out_;
};

} // namespace tanggap::pipeline::detail
