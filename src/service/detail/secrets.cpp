#include "service/detail/secrets.h"

#include <fcntl.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/id.h"
#include "base/limits.h"

namespace tanggap::service {
namespace {

constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes_of(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text)
{
    return reinterpret_cast<unsigned char*>(text.data());
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (number_ >= 0) {
            close(number_);
        }
    }
    int number() const { return number_; }

private:
    int number_;
};

base::Result<std::string> make_key(const std::string& file)
{
    std::error_code failed;
    const auto folder = std::filesystem::path(file).parent_path();
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        return base::system_error("cannot make " + folder.string(), failed.value());
    }
    // Under another name until it is whole and on disk: half a key, left by a full disk, would be
    // refused at every later start.
    const std::string fresh = file + ".new";
    ::unlink(fresh.c_str());
    const Descriptor out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (out.number() < 0) {
        return base::system_error("cannot make the master key " + fresh, errno);
    }
    std::string key = base::random_bytes(kKeyBytes);
    if (write(out.number(), key.data(), key.size()) != static_cast<ssize_t>(key.size()) ||
        fsync(out.number()) != 0) {
        return base::system_error("cannot write the master key " + fresh, errno);
    }
    if (::rename(fresh.c_str(), file.c_str()) != 0) {
        return base::system_error("cannot put the master key in place as " + file, errno);
    }
    const Descriptor directory(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.number() < 0 || fsync(directory.number()) != 0) {
        return base::system_error("cannot sync the folder of the master key " + file, errno);
    }
    return key;
}

base::Result<std::string> read_key(const std::string& file, int descriptor)
{
    struct stat status{};
    if (fstat(descriptor, &status) != 0) {
        return base::system_error("cannot look at " + file, errno);
    }
    if ((status.st_mode & 077U) != 0) {
        return base::fail(base::Code::Denied,
                          "the master key " + file + " can be read by other users; chmod 600 it");
    }
    std::string key(kKeyBytes + 1, '\0');
    const ssize_t count = read(descriptor, key.data(), key.size());
    if (count != static_cast<ssize_t>(kKeyBytes)) {
        return base::corrupt("the master key " + file +
                             " does not hold 32 bytes; put back the one"
                             " this data folder was made with");
    }
    key.resize(kKeyBytes);
    return key;
}

} // namespace

base::Result<KeyBox> KeyBox::open(const std::string& file, IfMissing if_missing)
{
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.number() >= 0) {
        TRY(auto key, read_key(file, in.number()));
        return KeyBox(std::move(key));
    }
    if (errno != ENOENT) {
        return base::system_error("cannot open the master key " + file, errno);
    }
    if (if_missing == IfMissing::Refuse) {
        return base::corrupt("the master key " + file +
                             " is missing, and accounts exist whose"
                             " secrets it wraps; put it back, it is not in backups of the data");
    }
    TRY(auto key, make_key(file));
    return KeyBox(std::move(key));
}

std::string KeyBox::wrap(std::string_view secret, std::string_view context) const
{
    const std::string nonce = base::random_bytes(kNonceBytes);
    std::string sealed(secret.size() + kTagBytes, '\0');
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed), nullptr, bytes_of(secret),
                                               secret.size(), bytes_of(context), context.size(),
                                               nullptr, bytes_of(std::string_view(nonce)),
                                               bytes_of(std::string_view(key_)));
    const std::string whole = nonce + sealed;
    std::string text(sodium_base64_ENCODED_LEN(whole.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes_of(std::string_view(whole)), whole.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    text.resize(text.size() - 1); // the terminating NUL
    return text;
}

std::string KeyBox::derive(std::string_view purpose) const
{
    std::string out(crypto_generichash_BYTES, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                       reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(),
                       reinterpret_cast<const unsigned char*>(key_.data()), key_.size());
    return out;
}

base::Result<std::string> KeyBox::unwrap(std::string_view wrapped, std::string_view context) const
{
    std::string whole(wrapped.size(), '\0');
    std::size_t size = 0;
    const bool decoded =
        sodium_base642bin(bytes_of(whole), whole.size(), wrapped.data(), wrapped.size(), nullptr,
                          &size, nullptr, sodium_base64_VARIANT_ORIGINAL) == 0;
    if (!decoded || size < kNonceBytes + kTagBytes) {
        return base::corrupt("a wrapped secret is damaged");
    }
    std::string secret(size - kNonceBytes - kTagBytes, '\0');
    const auto* const nonce = bytes_of(std::string_view(whole));
    const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes_of(secret), nullptr, nullptr, nonce + kNonceBytes, size - kNonceBytes,
        bytes_of(context), context.size(), nonce, bytes_of(std::string_view(key_)));
    if (opened != 0) {
        return base::corrupt("a wrapped secret does not open: it is damaged, or the master key is"
                             " not the one of this data folder");
    }
    return secret;
}

namespace {

/// One of the few places at the hash; none is waited for.
class HashPlace {
public:
    explicit HashPlace(std::atomic<std::size_t>& running)
        : running_(running), taken_(running.fetch_add(1) < base::limits::kPasswordHashesAtOnce)
    {
    }
    HashPlace(const HashPlace&) = delete;
    ~HashPlace() { running_.fetch_sub(1); }
    bool taken() const { return taken_; }

private:
    std::atomic<std::size_t>& running_;
    bool taken_;
};

std::unexpected<base::Error> too_many_hashes()
{
    return base::exhausted("too many sign-ins at this moment; try again in a second");
}

} // namespace

base::Result<std::string> PasswordHasher::hash(const std::string& password)
{
    const HashPlace place(running_);
    if (!place.taken()) {
        return too_many_hashes();
    }
    std::string encoded(crypto_pwhash_STRBYTES, '\0');
    if (crypto_pwhash_str_alg(encoded.data(), password.data(), password.size(), passes_,
                              memory_bytes_, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return base::exhausted("no memory to hash a password; it needs " +
                               std::to_string(memory_bytes_ / 1024 / 1024) + " MiB");
    }
    encoded.resize(encoded.find('\0'));
    return encoded;
}

base::Result<bool> PasswordHasher::verify(const std::string& encoded, const std::string& password)
{
    const HashPlace place(running_);
    if (!place.taken()) {
        return too_many_hashes();
    }
    return crypto_pwhash_str_verify(encoded.c_str(), password.data(), password.size()) == 0;
}

std::string PasswordHasher::nobodys_hash() const
{
    return "$argon2id$v=19$m=" + std::to_string(memory_bytes_ / 1024) +
           ",t=" + std::to_string(passes_) + ",p=1$" + std::string(22, 'A') + "$" +
           std::string(43, 'A');
}

std::string make_totp_secret()
{
    return base::random_bytes(20);
}

std::string base32(std::string_view bytes)
{
    char* text = nullptr;
    std::size_t size = 0;
    if (oath_base32_encode(bytes.data(), bytes.size(), &text, &size) != OATH_OK) {
        return {};
    }
    const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
    return {text, size};
}

std::optional<std::uint64_t> totp_step_of(std::string_view secret, const std::string& code,
                                          base::Time now)
{
    const bool six_digits =
        code.size() == 6 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
    if (!six_digits) {
        return std::nullopt;
    }
    int position = 0;
    std::uint64_t step = 0;
    const int found =
        oath_totp_validate3(secret.data(), secret.size(), now.seconds(),
                            OATH_TOTP_DEFAULT_TIME_STEP_SIZE, 0, 1, &position, &step, code.c_str());
    return found >= 0 ? std::optional(step) : std::nullopt;
}

bool equal_in_constant_time(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace tanggap::service
