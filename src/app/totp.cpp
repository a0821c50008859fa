#include "app/totp.h"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <liboath/oath.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/console.h"

namespace tanggap::app {
namespace {

constexpr unsigned kStepSeconds = 30; // as the server's (RFC 6238)
constexpr unsigned kDigits = 6;

base::Result<std::string> code_of(const std::string& file, base::Time now)
{
    std::ifstream in(file);
    std::string secret;
    if (!in || !std::getline(in, secret)) {
        return base::not_found(file + ": no such file, or it is empty; `tanggap setup` wrote it "
                                      "where --totp-secret-out said");
    }
    const std::string text(base::trim(secret));
    char* bytes = nullptr;
    std::size_t size = 0;
    if (oath_base32_decode(text.data(), text.size(), &bytes, &size) != OATH_OK) {
        return base::invalid(file + " does not hold a two-step secret (base32)");
    }
    std::array<char, kDigits + 1> code{};
    const int done =
        oath_totp_generate(bytes, size, now.seconds(), kStepSeconds, 0, kDigits, code.data());
    std::free(bytes);
    return done == OATH_OK ? base::Result<std::string>(code.data())
                           : base::internal("no code could be made");
}

} // namespace

int run_totp(const std::string& file)
{
    const base::Time now = base::system_clock().now();
    const auto code = code_of(file, now);
    if (!code) {
        return cli::report(cli::process_console(), code.error());
    }
    fmt::print("{}\n", *code);
    if (::isatty(STDERR_FILENO) == 1) {
        fmt::print(stderr, "tanggap: good for {} more seconds\n",
                   kStepSeconds - now.seconds() % kStepSeconds);
    }
    return 0;
}

} // namespace tanggap::app
