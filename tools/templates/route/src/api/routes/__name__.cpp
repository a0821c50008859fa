// __Title__.
#include "api/detail/route.h"

namespace tanggap::api {
namespace {

/// Calls one function of service/ and renders what it gives.
Answer get___name__(Call& call)
{
    return reply_json({{"as_of", base::format_rfc3339(call.now())}});
}

} // namespace

std::vector<Route> __name___routes()
{
    return {
        {.method = "GET",
         .path = "/api/v1/__name-with-dashes__",
         .id = "get__Name__",
         .summary = "__Title__",
         .summary_id = "__Title__",
         .scope = service::Scope::Read,
         .parameters = {},
         .request = {},
         .response = {},
         .handle = get___name__},
    };
}

} // namespace tanggap::api
