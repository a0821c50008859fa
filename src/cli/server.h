// How a verb reaches the server: address and key, the same for every verb.
#pragma once

#include <string>

namespace tanggap::cli {

struct ServerOptions {
    /// "http://127.0.0.1:8460"; empty: TANGGAP_SERVER, else the default address of `serve`.
    std::string server = {};
    std::string token_file = {}; ///< holds an API key tg_<id>_<secret>; empty: TANGGAP_TOKEN_FILE
    std::string ca_file = {};    ///< for https with a certificate of one's own
};

} // namespace tanggap::cli
