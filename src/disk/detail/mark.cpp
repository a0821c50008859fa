#include "disk/detail/mark.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "disk/detail/bytes.h"
#include "disk/detail/crc32c.h"
#include "disk/detail/wal_scan.h"

namespace tanggap::disk::detail {
namespace {

constexpr std::size_t kHeadBytes = 28;      // three u64 and their CRC
constexpr std::size_t kCopyDistance = 4096; // a page each: a torn page is one copy
constexpr std::size_t kTotalsBytesMax = kCopyDistance - kHeadBytes - 8; // behind their length

/// Shape: head | its CRC | length of the totals | totals | CRC of all before it. The head alone is
/// a mark too.
std::string encode(const Mark& mark)
{
    std::string out;
    put_fixed(out, mark.wal_number);
    put_fixed(out, mark.wal_bytes);
    put_fixed(out, mark.sequence);
    put_fixed(out, crc32c(0, out));
    if (!mark.totals.empty() && mark.totals.size() <= kTotalsBytesMax) {
        put_fixed(out, static_cast<std::uint32_t>(mark.totals.size()));
        out += mark.totals;
        put_fixed(out, crc32c(0, out));
    }
    return out;
}

/// `behind`: what follows the head in `copy`.
std::string read_totals(std::string_view copy, Reader behind)
{
    const auto length = behind.fixed<std::uint32_t>();
    const std::string_view totals = behind.take(std::min<std::size_t>(length, kTotalsBytesMax));
    const auto crc = behind.fixed<std::uint32_t>();
    const std::size_t covered = kHeadBytes + sizeof length + totals.size();
    const bool whole =
        behind.ok() && length == totals.size() && crc == crc32c(0, copy.substr(0, covered));
    return whole ? std::string(totals) : std::string();
}

std::optional<Mark> decode(std::string_view copy)
{
    Reader reader(copy);
    Mark mark;
    mark.wal_number = reader.fixed<std::uint64_t>();
    mark.wal_bytes = reader.fixed<std::uint64_t>();
    mark.sequence = reader.fixed<std::uint64_t>();
    const auto crc = reader.fixed<std::uint32_t>();
    if (!reader.ok() || crc != crc32c(0, copy.substr(0, kHeadBytes - sizeof crc))) {
        return std::nullopt;
    }
    mark.totals = read_totals(copy, reader);
    return mark;
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
    const std::string copy = encode(mark);
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
    const auto first = decode(view.substr(0, kCopyDistance));
    const auto second =
        view.size() > kCopyDistance ? decode(view.substr(kCopyDistance)) : std::nullopt;
    if (first && second) {
        const auto reach = [](const Mark& m) { return std::pair(m.wal_number, m.wal_bytes); };
        return reach(*second) > reach(*first) ? second : first;
    }
    return first ? first : second;
}

} // namespace tanggap::disk::detail
