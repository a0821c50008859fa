// Limits of what an office keeps about itself: organisations, assets, days off.
#pragma once

#include <cstddef>

namespace tanggap::base::limits {

/// A large province has some hundreds of offices, sub-offices and hospitals.
inline constexpr std::size_t kOrganisationsMax = 5'000;
/// People to ask of one organisation; more is a phone book.
inline constexpr std::size_t kOrganisationContactsMax = 20;
/// A name, a role, a phone number, an e-mail address: each on one line of a screen.
inline constexpr std::size_t kOfficeTextBytesMax = 200;
inline constexpr std::size_t kOrganisationNoteBytesMax = 2'000;
/// All of them with all their contacts.
inline constexpr std::size_t kOrganisationsCsvBytesMax = std::size_t{4} * 1024 * 1024;
/// Rows of the table of assets that are edited one by one: each edit reads the table.
inline constexpr std::size_t kAssetsMax = 50'000;
/// Days off of an office beside those of its country.
inline constexpr std::size_t kOwnHolidaysMax = 500;

} // namespace tanggap::base::limits
