// Any text as the CSV of contacts.
#include <cstddef>
#include <cstdint>

#include "casework/organisation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::casework;
    std::vector<ContactProblem> problems;
    const auto read =
        parse_organisations_csv({reinterpret_cast<const char*>(data), size}, problems);
    // What a table gives is what a person may write.
    for (const Organisation& organisation : read.value_or(std::vector<Organisation>())) {
        if (!checked(organisation)) {
            __builtin_trap();
        }
    }
    return 0;
}
