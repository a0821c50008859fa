// `tanggap setup`: the first account without a browser (rulings 14).
#pragma once

#include <string>

#include "cli/console.h"
#include "cli/server.h"

namespace tanggap::cli {

struct SetupOptions {
    std::string server = {}; ///< as ServerOptions
    std::string ca_file = {};
    std::string setup_token_file = {};
    std::string admin = {};           ///< name of the account
    std::string password_file = {};   ///< its first line is the password
    std::string totp_secret_out = {}; ///< written 0600; must not exist
    std::string api_key_out = {};     ///< written 0600; must not exist
};

/// Makes the first account, administrator and lead, and one key of scope `events:ingest` + `read`.
/// Exit codes: 0, 4 wrong token, 5 already set up or a file exists, 6 password refused, 7 server
/// away.
int run_setup(const SetupOptions& options, const Console& console);

} // namespace tanggap::cli
