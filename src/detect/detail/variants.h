// One value that stands for several: dashes written out, placeholders filled in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "detect/detail/modifiers.h"
#include "detect/detail/sigma_string.h"

namespace tanggap::detect {

/// Every way to write the Dash parts of `string` out.
/// Errors: Invalid for wildcards and beyond limits::kValueVariantsMax.
base::Result<std::vector<std::string>> write_out(const SigmaString& string);

/// `string` with each %name% replaced by each of its values; "\%" is a percent sign.
/// Errors: Invalid for a name without values and beyond limits::kValueVariantsMax.
base::Result<std::vector<SigmaString>> expand_string(const SigmaString& string,
                                                     const Placeholders& placeholders);

/// The same inside a regular expression: a value is found as it stands, its wildcards as wildcards.
base::Result<std::vector<std::string>> expand_expression(std::string_view expression,
                                                         const Placeholders& placeholders);

} // namespace tanggap::detect
