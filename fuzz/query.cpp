// Any bytes: parse answers with diagnostics or with a tree that reads back the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "query/query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto* scope : {&tanggap::query::alert_scope(), &tanggap::query::case_scope(),
                              &tanggap::query::event_scope()}) {
        const auto parsed = tanggap::query::parse(text, *scope);
        if (!parsed.errors.empty()) {
            continue;
        }
        const auto again = tanggap::query::parse(tanggap::query::format(parsed.root), *scope);
        if (!again.errors.empty() || !tanggap::query::same(parsed.root, again.root)) {
            std::abort();
        }
    }
    return 0;
}
