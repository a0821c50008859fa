// `tanggap setup`: the first account without a browser (rulings 14).
#pragma once

#include <string>

#include "cli/console.h"
#include "cli/server.h"

namespace tanggap::cli {

struct SetupOptions {
    ServerOptions server = {}; ///< its token_file is the set-up token's
    std::string admin = {};    ///< name of the account
    std::string password_file = {};
    std::string totp_secret_out = {};    ///< empty: the secret is printed
    std::string api_key_out = {};        ///< empty: no key is made
    std::string recovery_codes_out = {}; ///< empty: they are not kept
};

/// Secrets go to new files of mode 0600, never over an existing one.
/// Exit codes: 0, 2, 4 wrong token, 5 an administrator exists already or a file is in the way.
int run_setup(const SetupOptions& options, const Console& console);

} // namespace tanggap::cli
