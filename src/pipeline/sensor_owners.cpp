#include "pipeline/sensor_owners.h"

#include <algorithm>

namespace tanggap::pipeline {

void add_owners(const std::shared_ptr<const SensorOwners>& owners, model::EventBatch& batch)
{
    constexpr std::string_view kField = "organization.name";
    if (owners == nullptr) {
        return;
    }
    batch.hold(owners);
    for (model::Event& event : batch.events) {
        const auto owner = owners->find(event.sensor);
        if (owner != owners->end() &&
            std::ranges::find(event.fields, kField, &model::Field::name) == event.fields.end()) {
            event.fields.push_back({.name = kField, .value = model::string_value(owner->second)});
        }
    }
}

} // namespace tanggap::pipeline
