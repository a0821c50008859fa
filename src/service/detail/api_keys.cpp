#include "service/detail/api_keys.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/account_limits.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;

} // namespace

std::optional<KeyParts> split_api_key(std::string_view text)
{
    constexpr std::string_view kPrefix = "tg_";
    if (!text.starts_with(kPrefix) || text.size() > 200) {
        return std::nullopt;
    }
    text.remove_prefix(kPrefix.size());
    const std::size_t end = text.find('_');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    return KeyParts{.id = text.substr(0, end), .secret = text.substr(end + 1)};
}

std::string make_api_key_text(std::string_view name, const std::vector<std::string>& scopes,
                              std::string_view user_id, base::Time now, store::ApiKey& stored)
{
    const std::string secret = base::to_hex(base::random_bytes(32));
    stored.id = base::to_hex(base::random_bytes(8));
    stored.name = name;
    stored.secret_hash = base::sha256_hex(secret);
    stored.scopes = scopes;
    stored.user_id = user_id;
    stored.created_at = now;
    stored.expires_at = now + base::Duration(base::limits::kApiKeyLife);
    return "tg_" + stored.id + "_" + secret;
}

base::Status check_key_name(std::string_view name)
{
    const bool printable = std::ranges::all_of(
        name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
    if (base::trim(name).empty() || name.size() > base::limits::accounts::kApiKeyNameBytesMax ||
        !base::is_utf8(name) || !printable) {
        return base::invalid("a key needs a name of 1 to " +
                             std::to_string(base::limits::accounts::kApiKeyNameBytesMax) +
                             " bytes, such as the program that will use it");
    }
    return {};
}

base::Result<std::vector<std::string>> check_key_scopes(const Principal& maker,
                                                        const std::vector<std::string>& scopes)
{
    if (scopes.empty()) {
        return base::invalid("a key needs at least one scope");
    }
    for (const std::string& scope : scopes) {
        TRY(const Scope known, policy::parse_scope(scope));
        TRY_STATUS(authorise(maker, known));
    }
    std::vector<std::string> sorted = scopes;
    std::ranges::sort(sorted);
    const auto twice = std::ranges::unique(sorted);
    sorted.erase(twice.begin(), twice.end());
    return sorted;
}

store::Effect made_key(const store::ApiKey& key)
{
    const Json after{{"name", key.name},
                     {"scopes", key.scopes},
                     {"expires_at", base::format_rfc3339(key.expires_at)}};
    return {.action = "key.create",
            .object = key.object(),
            .touched = {{.kind = "user", .id = key.user_id}},
            .after = after.dump()};
}

std::string user_fields(const store::User& user)
{
    return Json{{"name", user.name}, {"roles", user.roles}}.dump();
}

} // namespace tanggap::service
