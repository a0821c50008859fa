// __Title__: say in a line what these bytes are.
#pragma once

#include <string_view>

#include "base/error.h"

namespace tanggap::codec {

/// Lifetime: views into the bytes.
struct __Name__ {
    std::string_view whole;
};

/// Shape:  give one example.
/// Range:  what is too long or too deep (base/limits.h).
/// Errors: Invalid, with what was found and what was expected.
/// Source: standard and section.
base::Result<__Name__> parse___name__(std::string_view bytes);

} // namespace tanggap::codec
