// JSON Schema of what goes in and out, and a validator for the part of it that we use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/detail/route.h"

namespace tanggap::api {

/// components/schemas of the document, by name.
const Json& schemas();

/// Checks `value` against the schema called `name`: types, required and unknown fields, enums,
/// bounds. Adds every problem with its pointer.
void validate(std::string_view name, const Json& value, std::vector<FieldError>& errors);

} // namespace tanggap::api
