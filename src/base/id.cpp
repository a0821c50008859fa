#include "base/id.h"

#include <algorithm>
#include <memory>
#include <openssl/evp.h>
#include <sys/random.h>

#include "base/text.h"

namespace tanggap::base {

std::string Uuid::text() const
{
    const std::string hex = to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
           hex.substr(16, 4) + "-" + hex.substr(20);
}

Result<Uuid> parse_uuid(std::string_view text)
{
    const auto nibble = [](char c) -> int {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        const char lower = static_cast<char>(c | 32);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    };
    Uuid uuid;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.size() == 36 && (i == 8 || i == 13 || i == 18 || i == 23)) {
            if (text[i] != '-') {
                return invalid(quoted(text) + " is not a UUID");
            }
            continue;
        }
        const int value = nibble(text[i]);
        if (value < 0 || digits >= 32) {
            return invalid(quoted(text) + " is not a UUID");
        }
        auto& byte = uuid.bytes[digits / 2];
        byte = static_cast<std::uint8_t>((byte << 4) | value);
        ++digits;
    }
    if (digits != 32) {
        return invalid(quoted(text) + " is not a UUID");
    }
    return uuid;
}

std::string random_bytes(std::size_t count)
{
    std::string out(count, '\0');
    std::size_t filled = 0;
    while (filled < count) {
        const ssize_t got = getrandom(out.data() + filled, count - filled, 0);
        TANGGAP_ASSERT(got > 0 || errno == EINTR);
        filled += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return out;
}

Uuid make_uuid_v7(Time now)
{
    Uuid uuid;
    const std::string random = random_bytes(10);
    const auto millis = static_cast<std::uint64_t>(now.ns / 1'000'000);
    for (std::size_t i = 0; i < 6; ++i) {
        uuid.bytes[i] = static_cast<std::uint8_t>(millis >> (8 * (5 - i)));
    }
    std::copy_n(reinterpret_cast<const std::uint8_t*>(random.data()), 10, uuid.bytes.begin() + 6);
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | 0x70);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
    return uuid;
}

std::array<std::uint8_t, 32> sha256(std::initializer_list<std::string_view> parts)
{
    // One context and one fetched digest a thread: fetching costs more than hashing a log line.
    static const EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::array<std::uint8_t, 32> out{};
    TANGGAP_ASSERT(EVP_DigestInit_ex2(context.get(), digest, nullptr) == 1);
    for (const std::string_view part : parts) {
        TANGGAP_ASSERT(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
    }
    TANGGAP_ASSERT(EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1);
    return out;
}

std::string sha256_hex(std::string_view bytes)
{
    const auto digest = sha256({bytes});
    return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::uint64_t sha256_number(std::string_view bytes)
{
    const auto digest = sha256({bytes});
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < sizeof out; ++i) {
        out |= std::uint64_t{digest[i]} << (8 * i);
    }
    return out;
}

} // namespace tanggap::base
