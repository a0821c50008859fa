// The documents of a rule file, after the old way to share text between them.
#pragma once

#include <vector>

#include "codec/yaml.h"
#include "detect/detail/diagnose.h"

namespace tanggap::detect {

/// Sound documents, each with what `action: global` gives to all that follow, `action: repeat` to
/// the one before; `action: reset` ends the sharing. A map is merged key by key, anything else is
/// replaced; the shared text wins.
/// Source: Sigma rules before 2.0, "Rule Collections"; precedence as pySigma's.
std::vector<codec::YamlNode> rule_documents(codec::YamlStream stream, const std::string& file,
                                            std::vector<Diagnostic>& diagnostics);

} // namespace tanggap::detect
