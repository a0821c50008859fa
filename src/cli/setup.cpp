#include "cli/setup.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

#include "base/text.h"
#include "cli/detail/api_client.h"

namespace tanggap::cli {
namespace {

using detail::Json;

base::Result<std::string> first_line_of(const std::string& path, const char* what)
{
    std::ifstream in(path);
    std::string line;
    if (!in || !std::getline(in, line)) {
        return base::system_error(fmt::format("cannot read the {} from {}", what, path),
                                  errno == 0 ? ENODATA : errno);
    }
    return std::string(base::trim(line));
}

/// A secret shown once: created for this user alone, synced, before anything is asked of the
/// server, so that what the server tells is never lost for want of a file.
class SecretFile {
public:
    static base::Result<SecretFile> create(const std::string& path)
    {
        const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (descriptor < 0) {
            return errno == EEXIST
                       ? base::fail(base::Code::Conflict, path + " exists; name another file")
                       : base::system_error("cannot write " + path, errno);
        }
        return SecretFile(path, descriptor);
    }
    SecretFile(SecretFile&& other) noexcept
        : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1))
    {
    }
    SecretFile& operator=(SecretFile&&) = delete;
    /// An unwritten file is removed again.
    ~SecretFile()
    {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
            ::unlink(path_.c_str());
        }
    }

    base::Status keep(const std::string& secret)
    {
        const std::string line = secret + "\n";
        const bool written =
            ::write(descriptor_, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
            ::fsync(descriptor_) == 0;
        const int failure = errno;
        ::close(std::exchange(descriptor_, -1));
        return written ? base::Status()
                       : base::Status(base::system_error("cannot write " + path_, failure));
    }

private:
    SecretFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor)
    {
    }

    std::string path_;
    int descriptor_;
};

base::Status set_up(const SetupOptions& options, const Console& console)
{
    TRY(const std::string token, first_line_of(options.setup_token_file, "set-up token"));
    TRY(const std::string password, first_line_of(options.password_file, "password"));
    TRY(SecretFile totp, SecretFile::create(options.totp_secret_out));
    TRY(SecretFile key, SecretFile::create(options.api_key_out));
    TRY(auto client, detail::ApiClient::open({.server = options.server, .ca_file = options.ca_file},
                                             detail::Key::None));
    const Json request{{"token", token},
                       {"name", options.admin},
                       {"password", password},
                       {"api_key_name", "setup"}};
    TRY(const Json answer, client.post("/api/v1/setup", request));
    const auto secret = answer.find("totp");
    TRY_STATUS(totp.keep(secret == answer.end() ? "" : detail::text_of(*secret, "secret")));
    TRY_STATUS(key.keep(detail::text_of(answer, "api_key")));
    console.out(fmt::format("account {} made on {}\n", printable(options.admin), client.server()));
    return {};
}

} // namespace

int run_setup(const SetupOptions& options, const Console& console)
{
    const base::Status done = set_up(options, console);
    return done ? 0 : report(console, done.error());
}

} // namespace tanggap::cli
