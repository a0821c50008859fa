#include "pipeline/detail/detector.h"

#include <utility>

#include "base/metrics.h"
#include "pipeline/detail/stage_timer.h"

namespace tanggap::pipeline::detail {

Detector::Detector(Reader& reader, const StopSignal& stop) : reader_(reader), out_(stop) {}

void Detector::run()
{
    while (out_.wait_until_taken()) {
        run_once();
    }
}

void Detector::run_once()
{
    auto decoded = reader_.next();
    if (!decoded) {
        return;
    }
    use(decoded->knowledge);
    Detected found{.knowledge = std::move(decoded->knowledge),
                   .batch = std::move(decoded->batch),
                   .detections = {},
                   .signals = {}};
    match_rules(found);
    match_indicators(found);
    out_.put(std::move(found));
}

void Detector::use(const std::shared_ptr<const Knowledge>& knowledge)
{
    if (knowledge_ == nullptr || knowledge_->indicators != knowledge->indicators) {
        matcher_ = knowledge->indicators == nullptr
                       ? nullptr
                       : std::make_unique<detect::IndicatorMatcher>(knowledge->indicators);
    }
    if (knowledge_ == nullptr || knowledge_->rules != knowledge->rules) {
        evaluator_ = std::make_unique<detect::Evaluator>(knowledge->rules);
    }
    knowledge_ = knowledge;
}

void Detector::match_rules(Detected& batch)
{
    static auto& evaluating = stage_counter("evaluate");
    static auto& cut = base::counter("tanggap_detections_cut_total",
                                     "Detections left out: one event had too many");
    const StageTimer timer(evaluating);
    const std::uint64_t before = evaluator_->cut();
    evaluator_->evaluate(batch.batch->events, batch.detections, batch.signals);
    cut.add(evaluator_->cut() - before);
}

void Detector::match_indicators(Detected& batch)
{
    static auto& matching = stage_counter("indicators");
    static auto& sightings = base::counter("tanggap_indicator_sightings_total",
                                           "Events that held a value of an indicator");
    if (matcher_ != nullptr) {
        const StageTimer timer(matching);
        const std::uint64_t before = matcher_->sightings_total();
        matcher_->match(batch.batch->events, batch.detections);
        sightings.add(matcher_->sightings_total() - before);
    }
}

} // namespace tanggap::pipeline::detail
