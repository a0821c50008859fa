// What the office of the demonstration's city keeps: whom to call in a department, and warnings
// that the desk wrote itself.
#pragma once

#include "base/error.h"
#include "base/time.h"
#include "service/principal.h"
#include "service/world.h"

namespace tanggap::app {

/// `lead` acts for the administrator, in the thirty days before `end`.
base::Status fill_demo_office(const service::World& world, const service::Principal& lead,
                              base::Time end);

} // namespace tanggap::app
