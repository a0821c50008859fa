// Any bytes: a period is refused, or lies within its bounds and reads back from its own name.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "count/period.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const char* zone : {"WIB", "WITA", "WIT", "UTC"}) {
        const auto period = tanggap::count::parse_period(text, zone);
        if (!period) {
            continue;
        }
        const auto again = tanggap::count::parse_period(period->name, zone);
        const bool sound = period->days() > 0 && period->days() <= tanggap::count::kPeriodDaysMax &&
                           period->day_begin(period->days()) == period->to && again &&
                           again->from == period->from && again->to == period->to &&
                           !title_of(*period, tanggap::model::Language::Indonesian).empty();
        if (!sound) {
            std::abort();
        }
    }
    return 0;
}
