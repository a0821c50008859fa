// The owner organisation of each sensor that has one, for events that no asset gives one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "model/event.h"

namespace tanggap::pipeline {

using SensorOwners = std::map<std::string, std::string, std::less<>>;

/// Adds `organization.name` where the event has none and its sensor has an owner.
void add_owners(const std::shared_ptr<const SensorOwners>& owners, model::EventBatch& batch);

} // namespace tanggap::pipeline
