// What an account may be called and what a password may be (rulings 15).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace tanggap::service {

/// 1 to 64 of a-z A-Z 0-9 . _ - @: it goes into links and log lines.
base::Status check_account_name(std::string_view name);

/// At least 15 characters, UTF-8, without the account's, the site's or the product's name.
/// No rules on what kinds of characters. Errors: Invalid with every rule that is broken.
base::Status check_password(std::string_view password, std::string_view account_name,
                            std::string_view site_name);

} // namespace tanggap::service
