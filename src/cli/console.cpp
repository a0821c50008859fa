#include "cli/console.h"

#include <cstdio>
#include <unistd.h>

#include "base/text.h"

namespace tanggap::cli {
namespace {

void write_to(std::FILE* stream, std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
}

/// U+0080..U+009F written as UTF-8: C1 controls, which terminals obey like ESC sequences.
bool is_c1(std::string_view text, std::size_t at)
{
    const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
    return text[at] == '\xC2' && next >= 0x80 && next <= 0x9F;
}

} // namespace

const Console& process_console()
{
    static const Console console{
        .out = [](std::string_view text) { write_to(stdout, text); },
        .err = [](std::string_view text) { write_to(stderr, text); },
        .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
        .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
    };
    return console;
}

int report(const Console& console, const base::Error& error)
{
    console.err("tanggap: " + printable(error.message) + "\n");
    return base::traits_of(error.code).exit_code;
}

std::string printable(std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string clean;
    base::make_utf8(text, clean);
    std::string out;
    for (std::size_t i = 0; i < clean.size(); ++i) {
        const auto byte = static_cast<unsigned char>(clean[i]);
        if (byte < 0x20 || byte == 0x7F || is_c1(clean, i)) {
            out += "\\x";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += clean[i];
        }
    }
    return out;
}

} // namespace tanggap::cli
