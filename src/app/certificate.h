// `tanggap cert self-signed`: a key and a certificate to start with TLS today.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace tanggap::app {

/// Writes a P-256 key (mode 0600) and a self-signed certificate for `names` (DNS names or
/// addresses), valid for a year. Errors: Conflict where a file exists; Unavailable from the disk.
base::Status make_self_signed(const std::string& cert_file, const std::string& key_file,
                              const std::vector<std::string>& names);

} // namespace tanggap::app
