// Shape: magic, the file's own key wrapped by the vault's, then chunks of 64 KiB, each with its
// tag. A chunk's nonce is its number, its context the last-chunk mark: none can be cut off, swapped
// or moved. Each file has a key of its own, so numbers as nonces never meet twice.
#include <fcntl.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>

#include "base/evidence_limits.h"
#include "base/id.h"
#include "base/text.h"
#include "store/evidence_vault.h"

namespace tanggap::store {
namespace {

namespace fs = std::filesystem;
namespace limits = base::limits;

constexpr std::string_view kMagic = "TGEVID1\n";
constexpr std::size_t kKey = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHeader = kMagic.size() + kNonce + kKey + kTag;
constexpr std::size_t kChunk = std::size_t{64} * 1024;
constexpr std::size_t kSealedChunk = kChunk + kTag;

const unsigned char* bytes_of(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string encrypt(std::string_view key, std::string_view nonce, std::string_view context,
                    std::string_view plain)
{
    std::string out(plain.size() + kTag, '\0');
    unsigned long long size = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        reinterpret_cast<unsigned char*>(out.data()), &size, bytes_of(plain), plain.size(),
        bytes_of(context), context.size(), nullptr, bytes_of(nonce), bytes_of(key));
    return out;
}

base::Result<std::string> decrypt(std::string_view key, std::string_view nonce,
                                  std::string_view context, std::string_view sealed)
{
    if (sealed.size() < kTag) {
        return base::corrupt("evidence: a chunk is too short");
    }
    std::string out(sealed.size() - kTag, '\0');
    unsigned long long size = 0;
    const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<unsigned char*>(out.data()), &size, nullptr, bytes_of(sealed),
        sealed.size(), bytes_of(context), context.size(), bytes_of(nonce), bytes_of(key));
    return opened == 0 ? base::Result<std::string>(std::move(out))
                       : base::corrupt("evidence: a chunk is not what was written");
}

std::string nonce_of(std::uint64_t chunk)
{
    std::string nonce(kNonce, '\0');
    std::memcpy(nonce.data(), &chunk, sizeof(chunk)); // x86-64 only: little endian
    return nonce;
}

std::string_view context_of(bool last)
{
    return last ? "tanggap evidence, last" : "tanggap evidence, more";
}

/// A descriptor that closes itself.
class File {
public:
    File() = default;
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() { close(); }
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept
    {
        if (this != &other) {
            close();
            descriptor_ = std::exchange(other.descriptor_, -1);
        }
        return *this;
    }
    int get() const { return descriptor_; }

private:
    void close()
    {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    int descriptor_ = -1;
};

base::Status write_all(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return base::system_error("cannot write evidence", errno);
        }
        bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return {};
}

base::Result<std::string> read_at(int descriptor, std::uint64_t offset, std::size_t size)
{
    std::string out(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
        const ssize_t got = ::pread(descriptor, out.data() + filled, size - filled,
                                    static_cast<off_t>(offset + filled));
        if (got < 0 && errno != EINTR) {
            return base::system_error("cannot read evidence", errno);
        }
        if (got == 0) {
            break;
        }
        filled += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    out.resize(filled);
    return out;
}

base::Status sync_folder(const fs::path& folder)
{
    const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.get() < 0 || ::fsync(file.get()) != 0) {
        return base::system_error("cannot sync " + folder.string(), errno);
    }
    return {};
}

class Hash {
public:
    Hash() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_sha256(), nullptr); }
    ~Hash() { EVP_MD_CTX_free(context_); }
    Hash(const Hash&) = delete;
    Hash& operator=(const Hash&) = delete;
    void add(std::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }
    std::string hex()
    {
        std::array<unsigned char, 32> digest{};
        unsigned size = 0;
        EVP_DigestFinal_ex(context_, digest.data(), &size);
        return base::to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
    }

private:
    EVP_MD_CTX* context_;
};

/// One file on its way in. Pieces come one after the other: `mutex` sees to it.
struct Upload {
    std::mutex mutex;
    fs::path path;
    File file;
    std::string key;
    Hash hash;
    std::string tail; ///< less than a chunk, or one whole: the last is marked as such
    std::uint64_t chunks = 0;
    std::uint64_t size = 0;
    std::chrono::steady_clock::time_point touched = std::chrono::steady_clock::now();
};

bool is_hash(std::string_view text)
{
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class FolderVault final : public EvidenceVault {
public:
    FolderVault(fs::path folder, std::string key) : folder_(std::move(folder)), key_(std::move(key))
    {
    }

    base::Status prepare()
    {
        std::error_code error;
        fs::remove_all(incoming(), error);
        for (const fs::path& each : {folder_, incoming()}) {
            fs::create_directories(each, error);
            fs::permissions(each, fs::perms::owner_all, error);
        }
        return error ? base::Status(
                           base::system_error("cannot make " + folder_.string(), error.value()))
                     : base::Status();
    }

    base::Result<std::string> begin_upload() override
    {
        auto upload = std::make_shared<Upload>();
        const std::string id = base::to_hex(base::random_bytes(16));
        upload->path = incoming() / id;
        upload->key = base::random_bytes(kKey);
        upload->file = File(::open(upload->path.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (upload->file.get() < 0) {
            return base::system_error("cannot make a place for evidence", errno);
        }
        const std::string nonce = base::random_bytes(kNonce);
        TRY_STATUS(write_all(upload->file.get(), std::string(kMagic) + nonce +
                                                     encrypt(key_, nonce, kMagic, upload->key)));
        const std::lock_guard lock(mutex_);
        drop_idle();
        if (uploads_.size() >= limits::kUploadsMax) {
            ::unlink(upload->path.c_str());
            return base::exhausted("too many files are being uploaded; try again in a while");
        }
        uploads_.emplace(id, std::move(upload));
        return id;
    }

    base::Result<std::uint64_t> append(std::string_view id, std::uint64_t offset,
                                       std::string_view bytes) override
    {
        TRY(const auto upload, find(id));
        const std::lock_guard lock(upload->mutex);
        if (offset != upload->size) {
            return base::fail(base::Code::Conflict, "this upload has " +
                                                        std::to_string(upload->size) +
                                                        " bytes; send those from there");
        }
        if (upload->size + bytes.size() > limits::kEvidenceBytesMax) {
            return base::exhausted("a piece of evidence may have at most " +
                                   std::to_string(limits::kEvidenceBytesMax) + " bytes");
        }
        upload->touched = std::chrono::steady_clock::now();
        upload->hash.add(bytes);
        upload->size += bytes.size();
        upload->tail += bytes;
        std::size_t taken = 0;
        // A whole chunk waits for more: only then is it known not to be the last.
        for (; upload->tail.size() - taken > kChunk; taken += kChunk) {
            TRY_STATUS(put(*upload, std::string_view(upload->tail).substr(taken, kChunk), false));
        }
        upload->tail.erase(0, taken);
        return upload->size;
    }

    base::Result<SealedFile> seal(std::string_view id, std::string_view expected) override
    {
        TRY(const auto upload, take(id));
        const std::lock_guard lock(upload->mutex);
        const std::string found = upload->hash.hex();
        if (!expected.empty() && base::to_lower_ascii(expected) != found) {
            ::unlink(upload->path.c_str());
            return base::invalid("the file arrived with SHA-256 " + found + ", not " +
                                 base::quoted(expected, 64) + "; send it again");
        }
        TRY_STATUS(put(*upload, upload->tail, true));
        if (::fchmod(upload->file.get(), 0400) != 0 || ::fsync(upload->file.get()) != 0) {
            return base::system_error("cannot sync evidence", errno);
        }
        TRY_STATUS(move_in(upload->path, found));
        return SealedFile{.sha256 = found, .size = upload->size};
    }

    base::Result<std::string> read(std::string_view sha256, std::uint64_t offset) override
    {
        TRY(const Opened opened, open_file(sha256));
        std::string out;
        while (offset < opened.size && out.size() < limits::kEvidencePieceBytes) {
            TRY(const std::string chunk, chunk_of(opened, offset / kChunk));
            const std::size_t skip = offset % kChunk;
            const std::size_t room = limits::kEvidencePieceBytes - out.size();
            const std::string_view part = std::string_view(chunk).substr(skip, room);
            out += part;
            offset += part.size();
        }
        return out;
    }

    base::Result<SealedFile> verify(std::string_view sha256) override
    {
        TRY(const Opened opened, open_file(sha256));
        Hash hash;
        for (std::uint64_t at = 0; at * kChunk < std::max<std::uint64_t>(opened.size, 1); ++at) {
            TRY(const std::string chunk, chunk_of(opened, at));
            hash.add(chunk);
        }
        const std::string found = hash.hex();
        if (found != sha256) {
            return base::corrupt("evidence " + std::string(sha256) + " has now SHA-256 " + found);
        }
        return SealedFile{.sha256 = found, .size = opened.size};
    }

    base::Status remove(std::string_view sha256) override
    {
        if (!is_hash(sha256)) {
            return base::not_found("no file " + base::quoted(sha256, 64));
        }
        if (::unlink(place_of(sha256).c_str()) != 0 && errno != ENOENT) {
            return base::system_error("cannot remove a file of the vault", errno);
        }
        return {};
    }

private:
    struct Opened {
        File file;
        std::string key;
        std::uint64_t size = 0; ///< of the plain bytes
    };

    fs::path incoming() const { return folder_ / "incoming"; }
    fs::path place_of(std::string_view sha256) const
    {
        return folder_ / std::string(sha256.substr(0, 2)) / std::string(sha256);
    }

    /// Under mutex_. One that is being appended to is not idle.
    void drop_idle()
    {
        std::erase_if(uploads_, [](const auto& each) {
            const std::unique_lock lock(each.second->mutex, std::try_to_lock);
            const bool idle = lock && std::chrono::steady_clock::now() - each.second->touched >
                                          limits::kUploadIdle;
            if (idle) {
                ::unlink(each.second->path.c_str());
            }
            return idle;
        });
    }

    base::Result<std::shared_ptr<Upload>> find(std::string_view id)
    {
        const std::lock_guard lock(mutex_);
        const auto known = uploads_.find(id);
        if (known == uploads_.end()) {
            return base::not_found(
                "no such upload; it may have ended with the program: begin again");
        }
        return known->second;
    }

    base::Result<std::shared_ptr<Upload>> take(std::string_view id)
    {
        TRY(auto upload, find(id));
        const std::lock_guard lock(mutex_);
        uploads_.erase(uploads_.find(id));
        return upload;
    }

    static base::Status put(Upload& upload, std::string_view chunk, bool last)
    {
        const std::string nonce = nonce_of(upload.chunks++);
        return write_all(upload.file.get(), encrypt(upload.key, nonce, context_of(last), chunk));
    }

    /// Write once: what has this name has these bytes already.
    base::Status move_in(const fs::path& from, std::string_view sha256)
    {
        const fs::path to = place_of(sha256);
        std::error_code error;
        fs::create_directories(to.parent_path(), error);
        fs::permissions(to.parent_path(), fs::perms::owner_all, error);
        if (::link(from.c_str(), to.c_str()) != 0 && errno != EEXIST) {
            return base::system_error("cannot keep evidence " + to.string(), errno);
        }
        ::unlink(from.c_str());
        TRY_STATUS(sync_folder(to.parent_path()));
        return sync_folder(folder_);
    }

    base::Result<Opened> open_file(std::string_view sha256)
    {
        if (!is_hash(sha256)) {
            return base::not_found("no such evidence");
        }
        Opened opened;
        opened.file = File(::open(place_of(sha256).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        struct stat status{};
        if (opened.file.get() < 0 || ::fstat(opened.file.get(), &status) != 0) {
            return base::corrupt("the file of evidence " + std::string(sha256) +
                                 " cannot be opened; restore it from a backup");
        }
        TRY(const std::string header, read_at(opened.file.get(), 0, kHeader));
        if (header.size() != kHeader || !header.starts_with(kMagic)) {
            return base::corrupt("the file of evidence " + std::string(sha256) +
                                 " is no file of ours");
        }
        const std::string_view rest = std::string_view(header).substr(kMagic.size());
        TRY(opened.key, decrypt(key_, rest.substr(0, kNonce), kMagic, rest.substr(kNonce)));
        const std::uint64_t body = static_cast<std::uint64_t>(status.st_size) - kHeader;
        if (body < kTag) {
            return base::corrupt("the file of evidence " + std::string(sha256) + " is cut off");
        }
        const std::uint64_t chunks = (body + kSealedChunk - 1) / kSealedChunk;
        opened.size = body - chunks * kTag;
        return opened;
    }

    static base::Result<std::string> chunk_of(const Opened& opened, std::uint64_t number)
    {
        const bool last = (number + 1) * kChunk >= opened.size;
        TRY(const std::string sealed,
            read_at(opened.file.get(), kHeader + number * kSealedChunk, kSealedChunk));
        return decrypt(opened.key, nonce_of(number), context_of(last), sealed);
    }

    fs::path folder_;
    std::string key_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Upload>, std::less<>> uploads_; ///< under mutex_
};

} // namespace

base::Result<std::unique_ptr<EvidenceVault>> EvidenceVault::open(const std::string& folder,
                                                                 std::string key)
{
    if (sodium_init() < 0 || key.size() != kKey) {
        return base::internal("the vault needs a key of 32 bytes");
    }
    auto vault = std::make_unique<FolderVault>(folder, std::move(key));
    TRY_STATUS(vault->prepare());
    return vault;
}

} // namespace tanggap::store
