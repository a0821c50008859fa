#include "store/file_vault.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sodium.h>
#include <unistd.h>

#include "base/id.h"
#include "base/text.h"

namespace tanggap::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "TGV1";
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHashCharacters = 64;

const unsigned char* bytes_of(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string sealed(std::string_view plain, std::string_view hash, const std::string& key)
{
    const std::string nonce = base::random_bytes(kNonceBytes);
    std::string out(kMagic);
    out += nonce;
    const std::size_t head = out.size();
    out.resize(head + plain.size() + kTagBytes);
    unsigned long long length = 0;
    ::crypto_aead_xchacha20poly1305_ietf_encrypt(
        reinterpret_cast<unsigned char*>(out.data()) + head, &length, bytes_of(plain), plain.size(),
        bytes_of(hash), hash.size(), nullptr, bytes_of(nonce), bytes_of(key));
    return out;
}

base::Status write_whole(int file, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return base::system_error("cannot write a file of the vault", errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

base::Status sync_folder(const std::string& folder)
{
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return base::system_error("cannot open " + folder, errno);
    }
    const bool synced = ::fsync(descriptor) == 0;
    const int why = errno;
    ::close(descriptor);
    return synced ? base::Status{} : base::system_error("cannot sync " + folder, why);
}

/// Whole or not at all: written beside it, synced, then given its name.
base::Status write_file(const std::string& path, std::string_view bytes)
{
    const std::string beside = path + "." + base::to_hex(base::random_bytes(8));
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (file < 0) {
        return base::system_error("cannot make " + beside, errno);
    }
    base::Status done = write_whole(file, bytes);
    if (done && ::fsync(file) != 0) {
        done = base::system_error("cannot sync " + beside, errno);
    }
    ::close(file);
    if (done && std::rename(beside.c_str(), path.c_str()) != 0) {
        done = base::system_error("cannot name " + path, errno);
    }
    if (!done) {
        ::unlink(beside.c_str());
    }
    return done;
}

base::Status make_folder(const std::string& folder)
{
    std::error_code error;
    if (fs::create_directories(folder, error)) {
        fs::permissions(folder, fs::perms::owner_all, error);
    }
    return error ? base::Status(base::system_error("cannot make " + folder, error.value()))
                 : base::Status();
}

} // namespace

base::Result<std::unique_ptr<FileVault>> FileVault::open(const std::string& folder, std::string key)
{
    if (::sodium_init() < 0 || key.size() != crypto_aead_xchacha20poly1305_ietf_KEYBYTES) {
        return base::internal("the vault needs a key of 32 bytes");
    }
    TRY_STATUS(make_folder(folder));
    return std::unique_ptr<FileVault>(new FileVault(folder, std::move(key)));
}

base::Result<std::string> FileVault::path_of(std::string_view sha256) const
{
    if (sha256.size() != kHashCharacters ||
        sha256.find_first_not_of("0123456789abcdef") != sha256.npos) {
        return base::not_found("no file " + base::quoted(sha256));
    }
    return folder_ + "/" + std::string(sha256.substr(0, 2)) + "/" + std::string(sha256) + ".sealed";
}

base::Result<std::string> FileVault::put(std::string_view bytes)
{
    const std::string hash = base::sha256_hex(bytes);
    TRY(const std::string path, path_of(hash));
    std::error_code missing;
    if (fs::exists(path, missing)) {
        return hash;
    }
    const std::string folder = fs::path(path).parent_path().string();
    TRY_STATUS(make_folder(folder));
    TRY_STATUS(write_file(path, sealed(bytes, hash, key_)));
    TRY_STATUS(sync_folder(folder));
    TRY_STATUS(sync_folder(folder_));
    return hash;
}

base::Result<std::string> FileVault::read(std::string_view sha256) const
{
    TRY(const std::string path, path_of(sha256));
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return base::not_found("no file " + base::quoted(sha256));
    }
    const std::string whole{std::istreambuf_iterator<char>(in), {}};
    const std::size_t head = kMagic.size() + kNonceBytes;
    if (whole.size() < head + kTagBytes || !whole.starts_with(kMagic)) {
        return base::corrupt("the file " + path + " is damaged");
    }
    std::string plain(whole.size() - head - kTagBytes, '\0');
    unsigned long long length = 0;
    const int failed = ::crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<unsigned char*>(plain.data()), &length, nullptr, bytes_of(whole) + head,
        whole.size() - head, bytes_of(sha256), sha256.size(), bytes_of(whole) + kMagic.size(),
        bytes_of(key_));
    if (failed != 0) {
        return base::corrupt("the file " + path + " is damaged, or was sealed with another key");
    }
    return plain;
}

base::Status FileVault::remove(std::string_view sha256)
{
    TRY(const std::string path, path_of(sha256));
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return base::system_error("cannot remove " + path, errno);
    }
    return {};
}

} // namespace tanggap::store
