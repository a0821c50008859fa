// Texts that people read, in both languages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tanggap::model {

enum class Language : std::uint8_t { Indonesian, English };

constexpr std::string_view code_of(Language language)
{
    return language == Language::English ? "en" : "id";
}

struct Words {
    std::string id;
    std::string en;

    /// Where one language has nothing the other speaks: a text nobody translated is still a text.
    const std::string& in(Language language) const
    {
        const std::string& asked = language == Language::English ? en : id;
        return asked.empty() ? (language == Language::English ? id : en) : asked;
    }
    bool empty() const { return id.empty() && en.empty(); }
    friend bool operator==(const Words&, const Words&) = default;
};

} // namespace tanggap::model
