// What the table `figure_days` counts attempts by. The triggers of migrations.cpp write these
// numbers: they never change.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace tanggap::store::sqlite {

enum class Dimension : std::size_t {
    Severity, ///< model::Level as a digit
    Outcome,  ///< model::Outcome as a digit
    Technique,
    Address, ///< a source that is an address
    Name,    ///< a source that is none
    Country,
    Target,
    Organisation
};
/// By their number.
inline constexpr std::array<std::string_view, 8> kDimensionNames{
    "severity",       "outcome",        "technique", "source (address)",
    "source (other)", "source_country", "target",    "organisation"};

} // namespace tanggap::store::sqlite
