// One thread's part of a hunt: a piece of a file to its findings.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/hunt/finding.h"
#include "app/hunt/inputs.h"
#include "app/hunt/tamper.h"
#include "detect/engine.h"
#include "detect/field_use.h"
#include "detect/indicators.h"
#include "normalize/evtx_events.h"
#include "normalize/normalizer.h"

namespace tanggap::app::hunting {

/// What all threads of a hunt share; nothing of it changes but `evtx_source`.
struct Shared {
    std::shared_ptr<const normalize::Sources> sources;
    std::shared_ptr<const detect::RuleSet> rules;
    std::unique_ptr<detect::FieldUse> field_use;
    std::shared_ptr<const detect::IndicatorSet> indicators; ///< null: none
    FindingFilter filter;
    std::optional<base::Time> since;
    std::optional<base::Time> until; ///< itself not included
    WithJson json = WithJson::No;
    std::string timezone;
    /// Of all events: one time of receipt for the whole hunt, so that groups end by number alone. A
    /// file's own time would make the future of what is older than its log (rulings 21).
    base::Time received = base::system_clock().now();

    std::mutex evtx_mutex;
    std::string evtx_source; ///< of event logs: their records look alike, so it is chosen once
};

/// What came of one piece. `batch` holds the events of detections and signals only.
struct PieceResult {
    Piece piece; ///< without its bytes
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::uint64_t quarantined = 0;
    model::EventBatch batch;
    std::vector<std::uint64_t> ordinals; ///< of the batch's events, from 1 in the piece
    std::vector<detect::Signal> signals;
    /// In the order of their events; `record` counts in the piece.
    std::vector<std::pair<std::size_t, Finding>> findings;
    LogMarks marks;
};

class Worker {
public:
    explicit Worker(Shared& shared);
    PieceResult run(Piece piece);
    /// Sightings of indicators so far; 0 without any.
    std::uint64_t sightings() const { return matcher_ ? matcher_->sightings_total() : 0; }

private:
    struct Decoded {
        model::EventBatch batch;
        std::vector<std::uint64_t> ordinals;
    };
    void run_records(PieceResult& result);
    void run_chunks(PieceResult& result);
    std::string source_of(PieceResult& result);
    std::string source_of_event_logs(const std::string& chunks);
    normalize::EvtxEvents& events_of(const std::string& source, bool chosen_fields);
    void decode_chunks(const PieceResult& result, normalize::EvtxEvents& events, Decoded& out,
                       std::uint64_t& records, std::uint64_t& quarantined);
    void decode_again(const PieceResult& result, normalize::EvtxEvents& events,
                      const std::vector<std::uint64_t>& ordinals, model::EventBatch& out);
    void keep_times(Decoded& decoded) const;
    void evaluate(const Decoded& decoded, std::vector<model::Detection>& detections,
                  PieceResult& result);
    void take_findings(const std::vector<model::Detection>& detections, PieceResult& result) const;

    Shared& shared_;
    detect::Evaluator evaluator_;
    std::optional<detect::IndicatorMatcher> matcher_;
    std::unique_ptr<codec::EvtxReader> reader_;
    std::map<std::pair<std::string, bool>, std::unique_ptr<normalize::EvtxEvents>> events_;
};

} // namespace tanggap::app::hunting
