// Limits of rules as people set, write and try them. Beside limits.h, which everything reads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tanggap::base::limits {

// --- exceptions ----------------------------------------------------------------------------------
/// Each is looked at for every detection of its rule.
inline constexpr std::size_t kRuleExceptionsMax = 100;
/// Of all rules together: they are read whole whenever one changes.
inline constexpr std::size_t kExceptionsMax = 5'000;
inline constexpr std::size_t kExceptionConditionsMax = 8;
inline constexpr std::size_t kExceptionFieldBytesMax = 128;
inline constexpr std::size_t kExceptionValueBytesMax = 1'024;
inline constexpr std::size_t kExceptionOwnerBytesMax = 200;
/// Nobody remembers for longer why something was let pass.
inline constexpr std::chrono::days kExceptionLifeMax{366};
/// Stored detections that the preview of an exception looks at, the newest ones, and for how long.
inline constexpr std::size_t kExceptionPreviewDetectionsMax = 50'000;
inline constexpr std::chrono::seconds kExceptionPreviewTime{8};
inline constexpr int kExceptionPreviewDaysMax = 366;
/// Alerts of such detections that are asked what became of them.
inline constexpr std::size_t kExceptionPreviewAlertsMax = 500;

// --- log sources ---------------------------------------------------------------------------------
/// Combinations of the values that say of which log source an event is, kept with what rules ask
/// there, some KB each. A real log has tens; a sender can make up more, and then all begin anew.
inline constexpr std::size_t kRoutesMax = 4'096;

// --- correlations --------------------------------------------------------------------------------
/// Bytes of each value in a group's key, before it is written in printable ASCII: who sends the
/// field chooses them, and a correlation keeps up to kCorrelationGroupsMax keys. A longer value is
/// cut and ends in a hash of the whole.
inline constexpr std::size_t kGroupKeyPartBytesMax = 255;

// --- rules over stored events --------------------------------------------------------------------
/// Hunts that wait, all together and of one account; they are carried out one after the other.
inline constexpr std::size_t kHuntsWaitingMax = 8;
inline constexpr std::size_t kHuntsWaitingOfOneMax = 2;
/// Ended hunts whose findings stay readable.
inline constexpr std::size_t kHuntsKept = 32;
/// Alerts that a hunt groups its detections into; more say that the rule is too wide.
inline constexpr std::size_t kHuntAlertsMax = 10'000;
/// Days that are told one by one; of a longer period only those with detections, the newest.
inline constexpr std::size_t kHuntDaysTold = 400;
inline constexpr std::size_t kHuntAlertsTold = 50;
inline constexpr std::size_t kHuntSamplesTold = 10;
/// Values of one line of a rule that are told in words; its text shows all.
inline constexpr std::size_t kRuleValuesTold = 12;
/// Text of an own rule: what a JSON body can carry.
inline constexpr std::size_t kOwnRuleBytesMax = 48 * 1024;
inline constexpr std::size_t kOwnRulesMax = 2'000;

} // namespace tanggap::base::limits
