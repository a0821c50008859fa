// Why a rule matched an event, and the whole tree of it.
#pragma once

#include <vector>

#include "detect/detail/compiled.h"
#include "model/detection.h"

namespace tanggap::detect {

/// The positive tests that hold, outermost selection first; at most limits::kDetectionReasonsMax.
std::vector<model::MatchReason> reasons_of(const Clause& condition, const Variant& variant,
                                           const model::Event& event);

ExplainNode explain_clause(const Clause& condition, const Variant& variant,
                           const model::Event& event);

/// Whether `event` belongs to the log source as this variant says.
bool variant_applies(const Variant& variant, const model::Event& event);

} // namespace tanggap::detect
