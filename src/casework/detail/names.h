// Lists that tell a host name from a file name and both from a sentence. For this room only.
#pragma once

#include <string_view>

namespace tanggap::casework::detail {

/// A top-level domain of the root zone that is in use; lower case. "xn--…" is taken as one.
bool is_top_level_domain(std::string_view label);
/// What files end in, lower case, without the dot.
bool is_file_extension(std::string_view extension);
/// Both a country's domain and an extension: two labels are a file ("run.sh"), three a host.
bool is_ambiguous(std::string_view label);

} // namespace tanggap::casework::detail
