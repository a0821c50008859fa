// Limits of the queue, of acts in it, and of the news that its readers hear.
#pragma once

#include <chrono>
#include <cstddef>

namespace tanggap::base::limits {

// --- news ----------------------------------------------------------------------------------------
/// News kept for readers that come back; one who was away longer is told to load anew.
inline constexpr std::size_t kNewsKept = 20'000;
/// A commit that changed more says so in one line: a list of thousands is read anew anyway.
inline constexpr std::size_t kNewsPerCommitMax = 500;
/// Streams of one account: its browsers and scripts.
inline constexpr std::size_t kStreamsPerAccountMax = 16;
/// A stream ends after this and its reader comes back, so that a revoked session loses it.
inline constexpr std::chrono::minutes kStreamLife{10};
/// Topics of one stream.
inline constexpr std::size_t kStreamTopicsMax = 32;

// --- what people decide --------------------------------------------------------------------------
/// A snoozed alert comes back; what is put off for longer belongs into a case.
inline constexpr std::chrono::hours kSnoozeMax{90 * 24};
/// How often snoozed alerts are looked for whose time has come.
inline constexpr std::chrono::seconds kSnoozeCheck{15};
inline constexpr std::size_t kLabelBytesMax = 64;
inline constexpr std::size_t kLabelsMax = 20;
/// Newest alerts of one target among which those decided before are looked for.
inline constexpr std::size_t kPrecedentsSearched = 5'000;
inline constexpr std::size_t kPrecedentsShown = 5;

// --- the queue -----------------------------------------------------------------------------------
/// A new alert that nobody looked at for longer is overdue (ui.md §6.3).
inline constexpr std::chrono::minutes kAcceptAlertWithin{15};
/// A report that nobody answered for longer is overdue: the portal promises a working day.
inline constexpr std::chrono::hours kAcknowledgeReportWithin{24};
/// Words of one term that the full text of reports is asked for.
inline constexpr std::size_t kQueuedWordsMax = 20;
/// Alerts of one status from which on its index does not lead a query: a look at each from there
/// takes six times as long as in the table's own order.
inline constexpr std::size_t kCrowdedStatusAlerts = 20'000;
/// Facets asked at once.
inline constexpr std::size_t kFacetsMax = 12;
/// Hours of an alert told beside its row, the running one included (ui.md §6.4).
inline constexpr std::size_t kAlertHoursTold = 24;
/// Alerts whose hours are asked at once: two pages of the console.
inline constexpr std::size_t kAlertHoursAlertsMax = 100;

// --- acts on many --------------------------------------------------------------------------------
/// Objects of one command; more are done by commands one after the other, so that the pipeline's
/// commits come between.
inline constexpr std::size_t kActionItemsAtOnce = 500;
/// Objects of one action: what one person can answer for in one go.
inline constexpr std::size_t kActionItemsMax = 100'000;
/// Actions waiting for or being done by the one who does the long ones.
inline constexpr std::size_t kActionsWaitingMax = 8;
/// Ids told of an action or of one reason to skip.
inline constexpr std::size_t kActionIdsTold = 500;

// --- views and looks -----------------------------------------------------------------------------
/// Views of one person; shared ones count for their owner.
inline constexpr std::size_t kViewsMax = 50;
inline constexpr std::size_t kViewNameBytesMax = 120;
/// How one page looks to one person, as JSON.
inline constexpr std::size_t kPreferencesBytesMax = 8 * 1024;

} // namespace tanggap::base::limits
