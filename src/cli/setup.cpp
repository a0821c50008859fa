#include "cli/setup.h"

#include <optional>

#include "cli/detail/api_client.h"
#include "cli/detail/secret_file.h"

namespace tanggap::cli {
namespace {

constexpr int kUsageExit = 2;

/// Where the secrets of the answer go. Made before the request: the server shows them once.
struct Places {
    std::optional<detail::SecretFile> totp;
    std::optional<detail::SecretFile> api_key;
    std::optional<detail::SecretFile> recovery_codes;
};

base::Status make_places(const SetupOptions& options, Places& places)
{
    if (!options.totp_secret_out.empty()) {
        TRY(auto file, detail::SecretFile::make(options.totp_secret_out));
        places.totp.emplace(std::move(file));
    }
    if (!options.api_key_out.empty()) {
        TRY(auto file, detail::SecretFile::make(options.api_key_out));
        places.api_key.emplace(std::move(file));
    }
    if (!options.recovery_codes_out.empty()) {
        TRY(auto file, detail::SecretFile::make(options.recovery_codes_out));
        places.recovery_codes.emplace(std::move(file));
    }
    return {};
}

base::Status keep_secrets(const detail::Json& answer, Places& places, const Console& console)
{
    const auto totp = answer.find("totp");
    const std::string secret = totp == answer.end() ? "" : detail::text_of(*totp, "secret");
    if (places.totp) {
        TRY_STATUS(places.totp->fill(secret));
    } else {
        console.out("totp_secret " + printable(secret) + "\n");
    }
    if (places.api_key) {
        TRY_STATUS(places.api_key->fill(detail::text_of(answer, "api_key")));
    }
    if (!places.recovery_codes) {
        console.err("tanggap: recovery codes are not kept (--recovery-codes-out); make new ones on"
                    " your account page\n");
        return {};
    }
    std::string codes;
    for (const detail::Json& code : answer.value("recovery_codes", detail::Json::array())) {
        codes += (codes.empty() ? "" : "\n") + code.get<std::string>();
    }
    return places.recovery_codes->fill(codes);
}

base::Status set_up(const SetupOptions& options, const Console& console)
{
    TRY(auto client, detail::ApiClient::open(options.server, detail::Key::None));
    TRY(const std::string token, detail::read_secret("set-up token", options.server.token_file));
    TRY(const std::string password, detail::read_secret("password", options.password_file));
    Places places;
    TRY_STATUS(make_places(options, places));

    detail::Json body{{"token", token}, {"name", options.admin}, {"password", password}};
    if (places.api_key) {
        body["api_key_name"] = "setup";
    }
    TRY(const detail::Json answer, client.post("/api/v1/setup", body));
    TRY_STATUS(keep_secrets(answer, places, console));
    console.err("tanggap: '" + printable(options.admin) + "' is set up on " +
                printable(client.server()) + "\n");
    return {};
}

} // namespace

int run_setup(const SetupOptions& options, const Console& console)
{
    if (options.admin.empty() || options.password_file.empty() ||
        options.server.token_file.empty()) {
        report(console, base::invalid("set-up needs --token-file, --admin and --password-file "
                                      "(serve prints where it keeps the token)")
                            .error());
        return kUsageExit;
    }
    const auto status = set_up(options, console);
    return status ? 0 : report(console, status.error());
}

} // namespace tanggap::cli
