// The text of API keys, what they may be called and carry, and how records tell of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/principal.h"
#include "store/people.h"

namespace tanggap::service {

struct KeyParts {
    std::string_view id;
    std::string_view secret;
};
/// "tg_<id>_<secret>". Nothing where it has another shape.
std::optional<KeyParts> split_api_key(std::string_view text);
/// Fills `stored`, which keeps only the hash of the secret; gives the text.
std::string make_api_key_text(std::string_view name, const std::vector<std::string>& scopes,
                              std::string_view user_id, base::Time now, store::ApiKey& stored);

/// 1 to limits::accounts::kApiKeyNameBytesMax bytes of printable UTF-8.
base::Status check_key_name(std::string_view name);
/// At least one, each the maker's own; sorted, once each. Errors: Invalid, Denied.
base::Result<std::vector<std::string>> check_key_scopes(const Principal& maker,
                                                        const std::vector<std::string>& scopes);

store::Effect made_key(const store::ApiKey& key);
/// Name and roles as JSON, for records.
std::string user_fields(const store::User& user);

} // namespace tanggap::service
