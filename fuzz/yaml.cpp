// YAML of content files and users: any bytes give a tree or problems, within the limits.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto stream = tanggap::codec::parse_yaml({reinterpret_cast<const char*>(data), size});
    for (const auto& document : stream.documents) {
        (void)document.as_number();
        (void)document.find("title");
    }
    return 0;
}
