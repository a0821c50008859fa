// __Title__: say what callers come here for.
#pragma once

#include <string_view>

namespace tanggap::__name__ {

std::string_view purpose();

} // namespace tanggap::__name__
