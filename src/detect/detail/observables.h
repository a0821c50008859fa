// What an event holds that an indicator could be of: addresses, names, links, hashes, files.
#pragma once

#include <string_view>

#include "model/event.h"
#include "model/indicator.h"

namespace tanggap::detect {

/// Told each value in its one form; views are valid during the call.
class ObservableSink {
public:
    virtual ~ObservableSink() = default;
    virtual void take(model::IndicatorKind kind, std::string_view value,
                      const model::Field& field) = 0;
    virtual void take_address(const model::AddressBits& bits, std::string_view value,
                              const model::Field& field) = 0;
};

/// Fields are told by the last part of their name ("…ip", "…QueryName"): a new source needs nothing
/// here as long as it names its fields as ECS, Windows or Suricata do.
void collect_observables(const model::Event& event, ObservableSink& sink);

} // namespace tanggap::detect
