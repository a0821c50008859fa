// What to look at first (rulings 28).
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "triage/triage.h"

namespace tanggap::triage {
namespace {

/// Hundredths, tenths and thousandths: whole numbers round the same everywhere.
int severity_hundredths(model::Level severity)
{
    constexpr std::array kHundredths = {10, 25, 50, 75, 100};
    return kHundredths.at(static_cast<std::size_t>(severity));
}

int asset_tenths(int asset_value)
{
    constexpr std::array kTenths = {6, 8, 10};
    return kTenths.at(static_cast<std::size_t>(asset_value - 1));
}

int outcome_tenths(model::Outcome outcome)
{
    switch (outcome) {
    case model::Outcome::Succeeded:
        return 10;
    case model::Outcome::Unknown:
        return 8;
    case model::Outcome::Failed:
        return 5;
    case model::Outcome::Blocked:
        return 4;
    }
    return 8;
}

} // namespace

Priority priority_of(model::Level severity, int asset_value, double confidence,
                     model::Outcome outcome)
{
    constexpr std::int64_t kUnit = std::int64_t{100} * 10 * 1000 * 10;
    const int asset = std::clamp(asset_value, 1, 3);
    const std::int64_t thousandths = std::lround(std::clamp(confidence, 0.5, 1.0) * 1000);
    const std::int64_t product = std::int64_t{severity_hundredths(severity)} * asset_tenths(asset) *
                                 thousandths * outcome_tenths(outcome);
    return {.value = static_cast<int>((product * 100 + kUnit / 2) / kUnit),
            .factors = {
                {"severity", std::string(name_of(severity)), severity_hundredths(severity) / 100.0},
                {"asset", fmt::format("{}", asset), asset_tenths(asset) / 10.0},
                {"confidence", fmt::format("{:.3g}", static_cast<double>(thousandths) / 1000),
                 static_cast<double>(thousandths) / 1000},
                {"outcome", std::string(name_of(outcome)), outcome_tenths(outcome) / 10.0},
            }};
}

} // namespace tanggap::triage
