// What figures are called and what they mean, in both languages.
#pragma once

#include <span>
#include <string_view>

#include "model/words.h"

namespace tanggap::count {

struct Term {
    std::string_view id;
    std::string_view title_id;
    std::string_view title_en;
    std::string_view definition_id;
    std::string_view definition_en;

    std::string_view title(model::Language language) const
    {
        return language == model::Language::English ? title_en : title_id;
    }
    std::string_view definition(model::Language language) const
    {
        return language == model::Language::English ? definition_en : definition_id;
    }
};
/// Figures, breakdowns and intervals, in the order of statistics.
std::span<const Term> terms();
/// Null where there is no such figure.
const Term* find_term(std::string_view id);

/// The word of a closed set ("outcome", "blocked"); the value itself for open ones; for an empty
/// value what unknown is called there.
model::Words label_of(std::string_view breakdown, std::string_view value);
/// The values of a closed set in their order; empty: the set is open.
std::span<const std::string_view> values_of(std::string_view breakdown);

} // namespace tanggap::count
