#include "codec/__name__.h"

#include <string>

#include "base/text.h"

namespace tanggap::codec {

base::Result<__Name__> parse___name__(std::string_view bytes)
{
    if (bytes.empty()) {
        return base::invalid("__title__: found nothing, expected at least one byte");
    }
    return __Name__{.whole = bytes};
}

} // namespace tanggap::codec
