// The condition line of a rule.
#pragma once

#include <map>
#include <string>

#include "codec/yaml.h"
#include "detect/detail/diagnose.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

using Selections = std::map<std::string, ClausePtr>;

/// Reads the scalar `at`, up to a bar, over `selections`; null after reporting what is wrong.
/// `used` receives the names the condition reaches.
/// Source: Sigma 2.1.0, "Condition": or < and < not < x of < ( ).
ClausePtr parse_condition(const codec::YamlNode& at, const Selections& selections,
                          Diagnoser& diagnose, std::vector<std::string>& used);

/// `*` anywhere in `pattern` stands for any characters.
bool name_matches(std::string_view pattern, std::string_view name);

} // namespace tanggap::detect
