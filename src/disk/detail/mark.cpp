#include "disk/detail/mark.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "disk/detail/crc32c.h"
#include "disk/detail/wal_scan.h"

namespace tanggap::disk::detail {
namespace {

constexpr std::size_t kCopyBytes = 28;      // three u64 and their CRC
constexpr std::size_t kCopyDistance = 4096; // a page each: a torn page is one copy

std::array<char, kCopyBytes> encode(const Mark& mark)
{
    std::array<char, kCopyBytes> out{};
    std::memcpy(out.data(), &mark.wal_number, 8);
    std::memcpy(out.data() + 8, &mark.wal_bytes, 8);
    std::memcpy(out.data() + 16, &mark.sequence, 8);
    const std::uint32_t crc = crc32c(0, {out.data(), 24});
    std::memcpy(out.data() + 24, &crc, 4);
    return out;
}

std::optional<Mark> decode(std::string_view bytes)
{
    if (bytes.size() < kCopyBytes) {
        return std::nullopt;
    }
    Mark mark;
    std::uint32_t crc = 0;
    std::memcpy(&mark.wal_number, bytes.data(), 8);
    std::memcpy(&mark.wal_bytes, bytes.data() + 8, 8);
    std::memcpy(&mark.sequence, bytes.data() + 16, 8);
    std::memcpy(&crc, bytes.data() + 24, 4);
    return crc == crc32c(0, bytes.substr(0, 24)) ? std::optional(mark) : std::nullopt;
}

} // namespace

MarkFile::~MarkFile()
{
    if (file_ >= 0) {
        ::close(file_);
    }
}

base::Status MarkFile::open(const std::string& path)
{
    if (file_ >= 0) {
        ::close(file_);
    }
    path_ = path;
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0) {
        return base::system_error("cannot open " + path, errno);
    }
    return {};
}

base::Status MarkFile::write(const Mark& mark)
{
    const auto copy = encode(mark);
    for (const std::size_t at : {std::size_t{0}, kCopyDistance}) {
        const ssize_t put = ::pwrite(file_, copy.data(), copy.size(), static_cast<off_t>(at));
        if (put != static_cast<ssize_t>(copy.size())) {
            return base::system_error("cannot write " + path_, errno);
        }
    }
    return {};
}

base::Status MarkFile::sync()
{
    if (::fdatasync(file_) != 0) {
        return base::system_error("cannot sync " + path_, errno);
    }
    return {};
}

std::optional<Mark> read_mark(const std::string& path)
{
    const auto bytes = read_whole(path);
    if (!bytes) {
        return std::nullopt;
    }
    const std::string_view view = *bytes;
    const auto first = decode(view);
    const auto second =
        view.size() > kCopyDistance ? decode(view.substr(kCopyDistance)) : std::nullopt;
    if (first && second) {
        const auto reach = [](const Mark& m) { return std::pair(m.wal_number, m.wal_bytes); };
        return reach(*second) > reach(*first) ? second : first;
    }
    return first ? first : second;
}

} // namespace tanggap::disk::detail
