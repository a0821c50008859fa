// Request bodies, cursors and ingest bodies, as a stranger may send them.
#include <cstdint>
#include <string_view>

#include "api/detail/encoding.h"
#include "api/detail/ingest_body.h"
#include "api/detail/schema.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::api;
    if (size == 0) {
        return 0;
    }
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 6) {
    case 0: {
        const auto value = read_json(input);
        for (const char* const schema :
             {"SetupRequest", "SignInRequest", "RerunRequest", "QueryText"}) {
            std::vector<FieldError> errors;
            if (value) {
                validate(schema, *value, errors);
            }
        }
        return 0;
    }
    case 1:
        static_cast<void>(read_cursor("k", "q", input));
        return 0;
    case 2:
        static_cast<void>(split_body(BodyKind::Frames, input));
        return 0;
    case 3:
        static_cast<void>(split_body(BodyKind::NdJson, input));
        return 0;
    case 4:
        static_cast<void>(unpack_body(input, input.starts_with('\x1f') ? "gzip" : "zstd"));
        return 0;
    default:
        static_cast<void>(parse_content_type(input));
        return 0;
    }
}
