// A hash of texts that who sends them cannot foresee.
#pragma once

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/error.h"
#include "detect/detail/short_word.h"

namespace tanggap::detect {

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b)
{
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// A keyed hash of short texts (the construction of wyhash): fast, and not to be foreseen without
/// the secret.
struct Secret {
    std::array<std::uint64_t, 4> words{};

    Secret()
    {
        if (getrandom(words.data(), sizeof words, 0) != static_cast<ssize_t>(sizeof words)) {
            base::assertion_failed("getrandom", __FILE__, __LINE__);
        }
        for (auto& word : words) {
            word |= 1;
        }
    }

    std::uint64_t hash(std::uint64_t tweak, std::string_view text) const
    {
        std::uint64_t state = words[0] ^ mix(tweak ^ words[1], text.size() ^ words[2]);
        while (text.size() > 16) {
            state = mix(word(text, 0) ^ words[1], word(text, 8) ^ state);
            text.remove_prefix(16);
        }
        const std::uint64_t first = short_word(text);
        const std::uint64_t second = text.size() > 8 ? word(text, text.size() - 8) : 0;
        const std::uint64_t out = mix(first ^ words[3], second ^ state);
        return mix(out ^ words[2], words[1]) | 1; // 0 marks a free place
    }

private:
    static std::uint64_t word(std::string_view text, std::size_t at)
    {
        std::uint64_t out = 0;
        std::memcpy(&out, text.data() + at, sizeof out);
        return out;
    }
};

/// The secret of this process: answers never depend on it, only where they are kept.
inline const Secret& secret()
{
    static const Secret kSecret;
    return kSecret;
}

} // namespace tanggap::detect
