#include "__name__/__name__.h"

namespace tanggap::__name__ {

std::string_view purpose()
{
    return "to be said";
}

} // namespace tanggap::__name__
