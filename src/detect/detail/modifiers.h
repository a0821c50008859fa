// One line of a selection, "field|modifier|…: values", to a clause.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codec/yaml.h"
#include "detect/detail/diagnose.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

/// %name% → its values; from `placeholders:` of the mapping files.
using Placeholders = std::map<std::string, std::vector<std::string>>;

/// `key` is "field|modifier|…"; an empty field asks every value of the event (keywords).
/// Null after reporting what is wrong. `tests` counts up to limits::kRuleTestsMax.
/// Source: Sigma 2.1.0, modifiers appendix; applied from left to right.
ClausePtr read_line(const codec::YamlNode& key, const codec::YamlNode& values,
                    const Placeholders& placeholders, Diagnoser& diagnose, std::size_t& tests);

/// A list of plain strings (or one): any of them in any value of the event.
ClausePtr read_keywords(const codec::YamlNode& values, const Placeholders& placeholders,
                        Diagnoser& diagnose, std::size_t& tests);

/// The names of all modifiers, for messages and the reference page.
std::vector<std::string> modifier_names();

} // namespace tanggap::detect
