#include "store/engine/sandbox.h"

#include "base/sandbox.h"

namespace tanggap::store::engine {

base::Result<std::string> enter_sandbox(const std::string& data)
{
    return base::enter_sandbox({.write = {data},
                                .read = {"/usr/share/zoneinfo", "/proc", "/sys"},
                                .programs = base::Programs::None,
                                .sockets = base::Sockets::Unix});
}

} // namespace tanggap::store::engine
