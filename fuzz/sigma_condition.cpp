// The condition line: any text gives a clause or a diagnostic inside the line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "detect/detail/condition.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    detect::Selections selections;
    for (const char* name : {"a", "sel_1", "sel_2", "_hidden"}) {
        selections[name] = std::make_shared<detect::Clause>();
    }
    codec::YamlNode node;
    node.text.assign(reinterpret_cast<const char*>(data), size);
    std::vector<detect::Diagnostic> diagnostics;
    detect::Diagnoser diagnose("fuzz", diagnostics);
    std::vector<std::string> used;
    const auto clause = detect::parse_condition(node, selections, diagnose, used);
    if ((clause == nullptr) != (diagnose.errors() > 0)) {
        __builtin_trap(); // refused without a word, or accepted with an error
    }
    return 0;
}
