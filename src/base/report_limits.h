// The limits of reports and the public pages, with unit and reason (base/limits.h says how).
#pragma once

#include <chrono>
#include <cstddef>

namespace tanggap::base::limits {

// --- HTML forms --------------------------------------------------------------------------------
/// Values of one form; our longest has about ten.
inline constexpr std::size_t kFormFieldsMax = 200;
/// Headers of one part of a multipart body.
inline constexpr std::size_t kFormPartHeadBytesMax = 4 * 1024;

// --- organisation's profile --------------------------------------------------------------------
/// One text of the profile in one language: RFC 2350's longest sections have a page.
inline constexpr std::size_t kProfileTextCharactersMax = 4'000;
/// The crest, a picture of 44 CSS pixels: it rides in a JSON body.
inline constexpr std::size_t kProfileCrestBytesMax = 32 * 1024;

// --- public pages, reports (rulings 34) ---------------------------------------------------------
inline constexpr std::size_t kReportFilesMax = 5;
inline constexpr std::size_t kReportFileBytesMax = 10 * 1024 * 1024;
/// A body that carries one such file, and what the form has around it.
inline constexpr std::size_t kReportUploadBytesMax = kReportFileBytesMax + 64 * 1024;
inline constexpr std::size_t kReportFileNameBytesMax = 200;
inline constexpr std::size_t kReportMessageCharactersMax = 5'000;
/// Messages of one report from its reporter: a conversation, not a store.
inline constexpr std::size_t kReportMessagesMax = 200;
/// Links, hosts, numbers of one report that others are compared by.
inline constexpr std::size_t kReportMarksMax = 50;
/// How long a report that is not sent is kept.
inline constexpr std::chrono::hours kDraftLife{24};
/// Drafts at once; above it no new one begins.
inline constexpr std::size_t kDraftsMax = 20'000;
/// How long the same press of the button is answered again.
inline constexpr std::chrono::minutes kResendLife{10};
/// Faster than this from the first answer to sending is no person.
inline constexpr std::chrono::seconds kReportSecondsMin{2};
inline constexpr std::chrono::minutes kTrackSessionLife{30};
/// Addresses are remembered as salted hashes, and the salt no longer than this.
inline constexpr std::chrono::hours kPublicLimiterLife{24};
/// Templates that include each other.
inline constexpr std::size_t kTemplateIncludesMax = 4;

/// Advisories of the desk, published or not: a list that one page shows.
inline constexpr std::size_t kAdvisoriesMax = 1'000;
/// Characters of one of its texts; what citizens read is short.
inline constexpr std::size_t kAdvisoryTextMax = 1'000;
/// Items of each of its lists.
inline constexpr std::size_t kAdvisoryItemsMax = 30;
inline constexpr std::size_t kAdvisorySourceBytesMax = 500;

} // namespace tanggap::base::limits
