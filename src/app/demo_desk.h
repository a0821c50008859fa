// The desk of the demonstration's city: a profile, colleagues, reports of citizens, and cases of
// the same thirty days at every stage, made by the use cases that people use.
#pragma once

#include "base/error.h"
#include "base/time.h"
#include "service/accounts.h"
#include "service/principal.h"
#include "service/world.h"

namespace tanggap::app {

/// `lead` acts for the administrator; what is made reaches from thirty days before `end` to `end`.
/// The city's logs are in already: cases take their alerts.
base::Status fill_demo_desk(const service::World& world, service::Accounts& accounts,
                            const service::Principal& lead, base::Time end);

} // namespace tanggap::app
