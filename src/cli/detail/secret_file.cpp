#include "cli/detail/secret_file.h"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <utility>

namespace tanggap::cli::detail {

base::Result<std::string> read_secret(const std::string& what, const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string line;
    if (!file || !std::getline(file, line)) {
        return base::system_error("cannot read the " + what + " from '" + path + "'", errno);
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    if (line.empty()) {
        return base::invalid("the first line of '" + path + "' is empty, expected the " + what);
    }
    return line;
}

base::Result<SecretFile> SecretFile::make(const std::string& path)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) {
        return base::fail(base::Code::Conflict,
                          "'" + path + "' exists already; name a new file for the secret");
    }
    if (file < 0) {
        return base::system_error("cannot make '" + path + "'", errno);
    }
    return SecretFile(path, file);
}

SecretFile::SecretFile(SecretFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), filled_(other.filled_)
{
}

SecretFile::~SecretFile()
{
    if (file_ < 0) {
        return;
    }
    ::close(file_);
    if (!filled_) {
        ::unlink(path_.c_str());
    }
}

base::Status SecretFile::fill(const std::string& secret)
{
    const std::string line = secret + "\n";
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        ::fsync(file_) != 0) {
        return base::system_error("cannot write '" + path_ + "'", errno);
    }
    filled_ = true;
    return {};
}

} // namespace tanggap::cli::detail
