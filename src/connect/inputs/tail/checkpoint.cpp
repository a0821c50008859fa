#include "connect/inputs/tail/checkpoint.h"

#include <array>
#include <charconv>

namespace tanggap::connect::tail {
namespace {

constexpr std::string_view kVersion = "1";

std::string_view take_word(std::string_view& rest)
{
    const auto end = rest.find(' ');
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return word;
}

} // namespace

std::string render(const Checkpoint& checkpoint)
{
    std::string out(kVersion);
    for (const std::uint64_t number :
         {checkpoint.device, checkpoint.inode, checkpoint.offset, checkpoint.fingerprint_bytes}) {
        out += " " + std::to_string(number);
    }
    return out + " " + checkpoint.fingerprint;
}

std::optional<Checkpoint> parse_checkpoint(std::string_view text)
{
    if (take_word(text) != kVersion) {
        return std::nullopt;
    }
    std::array<std::uint64_t, 4> numbers{};
    for (std::uint64_t& number : numbers) {
        const std::string_view word = take_word(text);
        const char* end = word.data() + word.size();
        const auto read = std::from_chars(word.data(), end, number);
        if (read.ec != std::errc{} || read.ptr != end) {
            return std::nullopt;
        }
    }
    constexpr std::size_t kDigestHex = 64;
    if (text.size() != kDigestHex) {
        return std::nullopt;
    }
    return Checkpoint{.device = numbers[0],
                      .inode = numbers[1],
                      .offset = numbers[2],
                      .fingerprint_bytes = numbers[3],
                      .fingerprint = std::string(text)};
}

} // namespace tanggap::connect::tail
