// Why a rule matched an event, and the whole tree of it.
#pragma once

#include <functional>
#include <vector>

#include "detect/detail/compiled.h"
#include "detect/detail/event_view.h"
#include "model/detection.h"

namespace tanggap::detect {

/// The positive tests that hold, outermost selection first; at most limits::kDetectionReasonsMax.
/// `holds` answers for the nodes of the bound condition, whose root is `root`, on the event of
/// `view`.
std::vector<model::MatchReason> reasons_of(const RuleSet::Compiled& set, const Clause& condition,
                                           NodeIndex root, const EventView& view,
                                           const std::function<bool(NodeIndex)>& holds);

ExplainNode explain_clause(const Clause& condition, const Variant& variant,
                           const model::Event& event);

/// Whether `event` belongs to the log source as this variant says.
bool variant_applies(const Variant& variant, const model::Event& event);

} // namespace tanggap::detect
