// `tanggap totp`: the code of the moment, for those who keep the secret in a file.
#pragma once

#include <string>

namespace tanggap::app {

/// Prints six digits and how long they hold. Exit codes: 0, 3 no such file, 6 not a secret.
int run_totp(const std::string& file);

} // namespace tanggap::app
