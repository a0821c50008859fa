// How every use case changes a case: found by who may see it, at the expected version, what differs
// recorded. For this room only.
#pragma once

#include <functional>

#include "base/text.h"
#include "service/cases.h"
#include "store/alert_state.h"

namespace tanggap::service {

inline constexpr std::size_t kCaseTitleBytesMax = 300;
inline constexpr std::size_t kCaseTextBytesMax = 32 * 1024;
inline constexpr std::size_t kCaseShortBytesMax = 300;
inline constexpr std::size_t kCaseWordsMax = 50;

/// Not empty where `required`, valid UTF-8, not too long. Gives it trimmed.
base::Result<std::string> checked_text(std::string_view name, std::string_view text,
                                       std::size_t bytes_max, bool required = false);

/// Puts the case and records what changed; nothing where nothing did.
base::Status save_case(store::Change& change, const World& world, const casework::Case& before,
                       const casework::Case& after, std::string_view action,
                       store::Reversible reversible = store::Reversible::Yes);

using CaseBody = std::function<base::Status(store::Change&, casework::Case&)>;
/// Breaches that came first are recorded first, by the program.
base::Status change_case(const World& world, const CaseWish& wish, std::string_view action,
                         const CaseBody& body,
                         store::Reversible reversible = store::Reversible::Yes);

/// For changes of what lies in a case: it must be seen, and open.
base::Result<casework::Case> case_to_work_on(store::Snapshot& snapshot, const Principal& principal,
                                             std::string_view id);
/// Takes the alert out of the case: it is accepted, and waits in the queue again.
base::Status detach_one(store::Change& change, const casework::Case& subject,
                        const store::AlertInHand& alert);

/// An account by name, not disabled. Errors: Invalid, with the name.
base::Result<std::string> account_of(store::Snapshot& snapshot, std::string_view name);

} // namespace tanggap::service
