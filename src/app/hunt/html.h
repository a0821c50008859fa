// A hunt as one page that needs nothing else: no network, no server, both languages.
#pragma once

#include <string>

#include "app/hunt/overview.h"

namespace tanggap::app::hunting {

/// Findings of a page's table; the page says how many there were.
inline constexpr std::size_t kPageFindingsMax = 20'000;

struct PageFacts {
    std::uint64_t files = 0;
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t unreadable = 0;
    std::uint64_t rules = 0; ///< loaded
    base::Time made;
};

/// Foreign text reaches the page as data alone: JSON that holds no character of markup, shown by a
/// script of ours through textContent. The policy in the page lets no other script run.
std::string html_page(const Overview& overview, const Overview& tamper, const PageFacts& facts);

} // namespace tanggap::app::hunting
