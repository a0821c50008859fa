// Bodies of the public form, as a stranger may send them. The first byte chooses the kind.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "codec/form_data.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::codec;
    if (size == 0) {
        return 0;
    }
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 2 == 0) {
        static_cast<void>(parse_form("application/x-www-form-urlencoded", body));
        return 0;
    }
    // The head of the input, up to a line end, is the Content-Type.
    const std::size_t end = body.find('\n');
    if (end == body.npos) {
        return 0;
    }
    const auto form = parse_form(body.substr(0, end), body.substr(end + 1));
    for (const FormField& field : form ? form->fields : std::vector<FormField>{}) {
        const bool inside = field.bytes.empty() ||
                            (field.bytes.data() >= body.data() &&
                             field.bytes.data() + field.bytes.size() <= body.data() + body.size());
        if (!inside) {
            std::abort();
        }
    }
    return 0;
}
