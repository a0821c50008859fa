// The engine child as a program of its own, for this room's tests; the product runs the same
// function as its hidden verb `engine-child`.
#include <cstdio>
#include <span>

#include "store/engine/engine_child.h"

int main(int argc, char** argv)
{
    const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
    const auto options = tanggap::store::parse_engine_child_arguments(arguments.subspan(1));
    if (!options) {
        std::fprintf(stderr, "engine child: %s\n", options.error().message.c_str());
        return 2;
    }
    return tanggap::store::run_engine_child(*options);
}
