#include "service/detail/setup_token.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"
#include "service/detail/secrets.h"

namespace tanggap::service {
namespace {

/// Replaces `file` in one step, so that a reader never sees half a token or an old mode.
base::Status write_private(const std::string& file, const std::string& text)
{
    const std::string fresh = file + ".new";
    ::unlink(fresh.c_str());
    const int out = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) {
        return base::system_error("cannot make " + fresh, errno);
    }
    const bool written =
        ::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int reason = errno;
    ::close(out);
    if (!written) {
        return base::system_error("cannot write " + fresh, reason);
    }
    if (::rename(fresh.c_str(), file.c_str()) != 0) {
        return base::system_error("cannot put " + fresh + " in place", errno);
    }
    return {};
}

} // namespace

base::Result<SetupToken> SetupToken::make(const std::string& file, base::Time now)
{
    const std::string token = base::to_hex(base::random_bytes(16));
    std::error_code failed;
    if (const auto folder = std::filesystem::path(file).parent_path(); !folder.empty()) {
        std::filesystem::create_directories(folder, failed);
    }
    TRY_STATUS(write_private(file, token + "\n"));
    return SetupToken(file, token, now);
}

base::Status SetupToken::check(std::string_view token, base::Time now) const
{
    if (!equal_in_constant_time(base::trim(token), token_)) {
        return base::fail(base::Code::Denied, "this is not the set-up token; it is in " + file_);
    }
    if (now - made_at_ > base::Duration(base::limits::kSetupTokenLife)) {
        return base::fail(
            base::Code::Denied,
            "the set-up token is older than 24 hours; restart the server for a new one");
    }
    return {};
}

void SetupToken::remove_file() const
{
    ::unlink(file_.c_str());
}

} // namespace tanggap::service
