#include "service/detail/report_secrets.h"

#include <charconv>
#include <cstring>
#include <sodium.h>

#include "base/id.h"
#include "base/text.h"
#include "service/detail/secrets.h"

namespace tanggap::service {
namespace {

// Crockford's base 32.
constexpr std::string_view kSymbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kNumberSymbols = 8;
constexpr std::size_t kCodeDigits = 16;
constexpr std::uint64_t kCodes = 10'000'000'000'000'000; // 10^kCodeDigits

std::string keyed_hash(const std::string& key, std::initializer_list<std::string_view> parts)
{
    crypto_generichash_state state;
    std::string hash(32, '\0');
    ::crypto_generichash_init(&state, reinterpret_cast<const unsigned char*>(key.data()),
                              key.size(), hash.size());
    for (const std::string_view part : parts) {
        const std::string length = std::to_string(part.size()) + ":";
        for (const std::string_view piece : {std::string_view(length), part}) {
            ::crypto_generichash_update(
                &state, reinterpret_cast<const unsigned char*>(piece.data()), piece.size());
        }
    }
    ::crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(hash.data()), hash.size());
    return hash;
}

} // namespace

ReportSecrets::ReportSecrets(const DeriveKey& derive_key)
    : code_key_(derive_key("report codes")),
      hash_key_(derive_key("report code hashes")),
      seal_key_(derive_key("public forms"))
{
}

std::string ReportSecrets::make_number()
{
    const std::string random = base::random_bytes(kNumberSymbols);
    std::string number = "LPR-";
    for (std::size_t i = 0; i < kNumberSymbols; ++i) {
        number += i == kNumberSymbols / 2 ? "-" : "";
        number += kSymbols[static_cast<unsigned char>(random[i]) % kSymbols.size()];
    }
    return number;
}

std::string ReportSecrets::read_number(std::string_view typed)
{
    std::string symbols;
    std::string rest = base::to_lower_ascii(base::trim(typed));
    if (rest.starts_with("lpr")) {
        rest.erase(0, 3);
    }
    for (char c : rest) {
        if (c == ' ' || c == '-') {
            continue;
        }
        c = c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
        const char upper = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
        if (kSymbols.find(upper) == kSymbols.npos) {
            return {};
        }
        symbols += upper;
    }
    return symbols.size() == kNumberSymbols
               ? "LPR-" + symbols.substr(0, 4) + "-" + symbols.substr(4)
               : std::string();
}

std::string ReportSecrets::read_code(std::string_view typed)
{
    std::string digits;
    for (const char c : typed) {
        if (c >= '0' && c <= '9') {
            digits += c;
        } else if (c != ' ' && c != '-') {
            return {};
        }
    }
    return digits.size() == kCodeDigits ? digits : std::string();
}

std::string ReportSecrets::spaced(std::string_view code)
{
    std::string out;
    for (std::size_t i = 0; i < code.size(); ++i) {
        out += i > 0 && i % 4 == 0 ? " " : "";
        out += code[i];
    }
    return out;
}

std::string ReportSecrets::code_of_draft(std::string_view draft_token) const
{
    const std::string hash = keyed_hash(code_key_, {draft_token});
    std::uint64_t number = 0;
    std::memcpy(&number, hash.data(), sizeof number);
    const std::string digits = std::to_string(number % kCodes);
    return std::string(kCodeDigits - digits.size(), '0') + digits;
}

std::string ReportSecrets::hash_of_code(std::string_view number, std::string_view code) const
{
    return base::to_hex(keyed_hash(hash_key_, {number, code}));
}

std::string ReportSecrets::seal(std::string_view cookie, base::Time now) const
{
    const std::string at = std::to_string(now.ns);
    return at + "." + base::to_hex(keyed_hash(seal_key_, {cookie, at}));
}

base::Result<base::Time> ReportSecrets::check_seal(std::string_view cookie,
                                                   std::string_view seal) const
{
    const std::size_t dot = std::min(seal.find('.'), seal.size());
    const std::string_view at = seal.substr(0, dot);
    base::Time time;
    const auto [end, error] = std::from_chars(at.data(), at.data() + at.size(), time.ns);
    const bool numeric = error == std::errc{} && end == at.data() + at.size();
    const std::string_view mac = seal.substr(std::min(dot + 1, seal.size()));
    if (!numeric ||
        !equal_in_constant_time(mac, base::to_hex(keyed_hash(seal_key_, {cookie, at})))) {
        return base::fail(base::Code::Denied, "this form was not made by us for this browser");
    }
    return time;
}

} // namespace tanggap::service
