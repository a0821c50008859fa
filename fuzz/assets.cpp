// Any text as the CSV of assets.
#include <cstddef>
#include <cstdint>

#include "normalize/enrich.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::normalize;
    std::vector<AssetProblem> problems;
    const auto table = AssetTable::parse_csv({reinterpret_cast<const char*>(data), size}, problems);
    if (table) {
        (void)(*table)->find("192.0.2.1");
    }
    return 0;
}
