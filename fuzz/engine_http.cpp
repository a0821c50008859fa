// The engine child's reader of request heads and statements: any bytes give a head or an error.
#include <cstdint>
#include <string_view>

#include "store/engine/http.h"
#include "store/engine/statement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::store::engine;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto head = parse_head(text)) {
        (void)read_statement(*head, "SELECT 1 FORMAT TSV");
    }
    (void)names_and_types_size(text);
    (void)engine_error(text);
    return 0;
}
