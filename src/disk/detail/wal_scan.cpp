#include "disk/detail/wal_scan.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "disk/detail/crc32c.h"

namespace tanggap::disk::detail {
namespace {

constexpr std::size_t kBlockBytes = 32 * 1024;
constexpr std::size_t kHeaderBytes = 7;

enum class Kind : std::uint8_t { Full = 1, First = 2, Middle = 3, Last = 4 };

struct Fragment {
    Kind kind = Kind::Full;
    std::uint64_t end = 0;
};

std::uint32_t read_u32(std::string_view bytes)
{
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

/// The fragment at `at`: crc (4) | length (2) | kind (1) | payload, inside one block.
/// Absent where the bytes there are no whole fragment with the right checksum.
std::optional<Fragment> fragment_at(std::string_view bytes, std::uint64_t at)
{
    if (at + kHeaderBytes > bytes.size()) {
        return std::nullopt;
    }
    const std::string_view header = bytes.substr(at, kHeaderBytes);
    const auto low = static_cast<unsigned char>(header[4]);
    const auto high = static_cast<unsigned char>(header[5]);
    const std::size_t length = low | (static_cast<std::size_t>(high) << 8);
    const auto kind = static_cast<std::uint8_t>(header[6]);
    const std::uint64_t end = at + kHeaderBytes + length;
    const bool in_block = at % kBlockBytes + kHeaderBytes + length <= kBlockBytes;
    if (kind < 1 || kind > 4 || !in_block || end > bytes.size()) {
        return std::nullopt;
    }
    const std::uint32_t crc = crc32c(0, bytes.substr(at + 6, 1 + length));
    if (masked_crc32c(crc) != read_u32(header)) {
        return std::nullopt;
    }
    return Fragment{static_cast<Kind>(kind), end};
}

/// A block's last bytes that cannot hold a header are padding.
std::uint64_t skip_padding(std::uint64_t at)
{
    const std::uint64_t left = kBlockBytes - at % kBlockBytes;
    return left < kHeaderBytes ? at + left : at;
}

bool begins_record(Kind kind)
{
    return kind == Kind::Full || kind == Kind::First;
}

/// Looks for a record that begins at or behind `at`: at each byte of the damaged block, where the
/// chain of lengths is broken, then along the chain of each later block.
bool record_begins_behind(std::string_view bytes, std::uint64_t at)
{
    const std::uint64_t block_end =
        std::min<std::uint64_t>(at - at % kBlockBytes + kBlockBytes, bytes.size());
    for (std::uint64_t i = at; i < block_end; ++i) {
        const auto fragment = fragment_at(bytes, i);
        if (fragment && begins_record(fragment->kind)) {
            return true;
        }
    }
    for (std::uint64_t block = block_end; block < bytes.size(); block += kBlockBytes) {
        const std::uint64_t end = std::min<std::uint64_t>(block + kBlockBytes, bytes.size());
        for (std::uint64_t i = block; i < end;) {
            const auto fragment = fragment_at(bytes, i);
            if (!fragment) {
                break;
            }
            if (begins_record(fragment->kind)) {
                return true;
            }
            i = skip_padding(fragment->end);
        }
    }
    return false;
}

} // namespace

WalState scan_wal(std::string_view bytes)
{
    WalState state;
    bool inside = false;
    std::uint64_t at = 0;
    while (at < bytes.size()) {
        const auto fragment = fragment_at(bytes, at);
        const bool fits = fragment && begins_record(fragment->kind) != inside;
        if (!fits) {
            break;
        }
        inside = fragment->kind == Kind::First || fragment->kind == Kind::Middle;
        if (!inside) {
            state.valid_bytes = fragment->end;
            ++state.records;
        }
        at = skip_padding(fragment->end);
    }
    if (at < bytes.size()) {
        state.torn = true;
        state.record_begins_later = record_begins_behind(bytes, at);
    }
    state.torn = state.torn || inside;
    return state;
}

base::Result<std::vector<WalFile>> list_wals(const std::string& folder)
{
    std::vector<WalFile> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        WalFile file{.path = entry.path().string()};
        const auto [end, code] =
            std::from_chars(name.data(), name.data() + name.size(), file.number);
        if (code == std::errc() && std::string_view(end) == ".log") {
            file.size = entry.file_size(error);
            files.push_back(std::move(file));
        }
    }
    if (error) {
        return base::system_error("cannot list " + folder, error.value());
    }
    std::ranges::sort(files, {}, &WalFile::number);
    return files;
}

base::Result<std::string> read_whole(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return base::system_error("cannot open " + path, errno);
    }
    struct stat info{};
    std::string bytes;
    if (::fstat(file, &info) == 0) {
        bytes.resize(static_cast<std::size_t>(info.st_size));
    }
    std::size_t filled = 0;
    ssize_t got = 1;
    while (filled < bytes.size() && got > 0) {
        got = ::read(file, bytes.data() + filled, bytes.size() - filled);
        filled += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    const int read_error = errno;
    ::close(file);
    if (got < 0) {
        return base::system_error("cannot read " + path, read_error);
    }
    bytes.resize(filled);
    return bytes;
}

} // namespace tanggap::disk::detail
