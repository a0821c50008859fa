#include "service/detail/passwords.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::service {
namespace {

bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '@';
}

std::size_t characters_of(std::string_view utf8)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

} // namespace

base::Status check_account_name(std::string_view name)
{
    const bool good = !name.empty() && name.size() <= base::limits::kAccountNameBytesMax &&
                      std::ranges::all_of(name, is_name_character);
    return good ? base::Status{}
                : base::invalid("account name " + base::quoted(name) +
                                " must be 1 to 64 letters, digits or . _ - @");
}

base::Status check_password(std::string_view password, std::string_view account_name,
                            std::string_view site_name)
{
    if (password.size() > base::limits::kPasswordBytesMax || !base::is_utf8(password)) {
        return base::invalid("the password must be UTF-8 text of at most 1,024 bytes");
    }
    std::string broken;
    if (characters_of(password) < base::limits::kPasswordCharactersMin) {
        broken += "has fewer than 15 characters; ";
    }
    constexpr std::size_t kShortestName = 3; // "a" is no name worth forbidding
    const std::string lower = base::to_lower_ascii(password);
    for (const std::string_view name : {account_name, site_name, std::string_view("tanggap")}) {
        if (name.size() >= kShortestName && lower.contains(base::to_lower_ascii(name))) {
            broken += "contains '" + std::string(name) + "'; ";
        }
    }
    return broken.empty()
               ? base::Status{}
               : base::invalid("the password " + broken + "several plain words are good");
}

} // namespace tanggap::service
