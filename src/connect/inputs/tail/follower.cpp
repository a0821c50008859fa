#include "connect/inputs/tail/follower.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/id.h"
#include "base/limits.h"

namespace tanggap::connect::tail {
namespace {

/// Rounds that an old file's last line without LF is waited for, after its name moved on.
constexpr int kUnfinishedRounds = 5;
constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kReadingBytesMax = base::limits::kChunkBytesMax / 2;

struct FileFacts {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
};

std::optional<FileFacts> facts_of(const struct stat& info)
{
    if (!S_ISREG(info.st_mode)) {
        return std::nullopt;
    }
    return FileFacts{.device = info.st_dev,
                     .inode = info.st_ino,
                     .size = static_cast<std::uint64_t>(info.st_size)};
}

std::optional<FileFacts> facts_of(int file)
{
    struct stat info{};
    return ::fstat(file, &info) == 0 ? facts_of(info) : std::nullopt;
}

std::optional<FileFacts> facts_of(const std::string& path)
{
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? facts_of(info) : std::nullopt;
}

/// SHA-256 hex of the first `bytes`; shorter files give that of what there is.
std::string fingerprint_of(int file, std::uint64_t& bytes)
{
    std::string head(std::min<std::uint64_t>(bytes, kFingerprintBytes), '\0');
    const ssize_t count = ::pread(file, head.data(), head.size(), 0);
    head.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    bytes = head.size();
    return base::sha256_hex(head);
}

bool matches(int file, const Checkpoint& checkpoint)
{
    std::uint64_t bytes = checkpoint.fingerprint_bytes;
    return fingerprint_of(file, bytes) == checkpoint.fingerprint &&
           bytes == checkpoint.fingerprint_bytes;
}

} // namespace

Follower::Follower(std::string path, std::optional<Checkpoint> saved)
    : path_(std::move(path)), saved_(std::move(saved))
{
}

Follower::~Follower()
{
    close();
}

Follower::Follower(Follower&& other) noexcept
    : path_(std::move(other.path_)),
      saved_(std::move(other.saved_)),
      file_(std::exchange(other.file_, -1)),
      at_(std::move(other.at_)),
      lag_bytes_(other.lag_bytes_),
      unread_ends_(other.unread_ends_),
      waiting_rounds_(other.waiting_rounds_)
{
}

void Follower::close()
{
    if (file_ >= 0) {
        ::close(file_);
    }
    file_ = -1;
    waiting_rounds_ = 0;
}

void Follower::start_over()
{
    at_.offset = 0;
    at_.fingerprint_bytes = 0;
    at_.fingerprint = base::sha256_hex("");
}

base::Status Follower::open_at_start()
{
    file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file_ < 0) {
        return base::system_error("cannot read the tailed file '" + path_ + "'", errno);
    }
    const auto facts = facts_of(file_);
    if (!facts) {
        close();
        return base::unavailable("the tailed file '" + path_ + "' is no regular file");
    }
    at_ = {.device = facts->device, .inode = facts->inode};
    start_over();
    return {};
}

/// After a restart the file we stood in may have been renamed: it lies in the same folder.
bool Follower::find_renamed()
{
    namespace fs = std::filesystem;
    std::error_code error; // A folder that cannot be listed hides the old file: counted below.
    const fs::path folder = fs::path(path_).parent_path();
    for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, error)) {
        const auto facts = facts_of(entry.path().string());
        if (!facts || facts->device != saved_->device || facts->inode != saved_->inode) {
            continue;
        }
        file_ = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (file_ >= 0 && matches(file_, *saved_)) {
            return true;
        }
        close();
    }
    return false;
}

base::Status Follower::open_current()
{
    if (saved_ && find_renamed()) {
        at_ = *std::exchange(saved_, std::nullopt);
        return {};
    }
    TRY_STATUS(open_at_start());
    // Only once the file can be opened is it known that the older one is gone.
    unread_ends_ += saved_ ? 1 : 0;
    saved_.reset();
    return {};
}

bool Follower::is_truncated()
{
    const auto facts = facts_of(file_);
    return facts && (facts->size < at_.offset || !matches(file_, at_));
}

bool Follower::name_moved_on() const
{
    const auto current = facts_of(path_);
    return current && (current->device != at_.device || current->inode != at_.inode);
}

bool Follower::is_over() const
{
    return file_ >= 0 && lag_bytes_ == 0 && ::access(path_.c_str(), F_OK) != 0;
}

/// Errors: Unavailable where something that is no log has taken the name: nothing comes from it,
/// and that must not look like silence.
base::Status Follower::check_name() const
{
    struct stat info{};
    if (::stat(path_.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
        return base::unavailable("the tailed file '" + path_ +
                                 "' was replaced by what is no regular file; the old one is read "
                                 "on as long as it is written");
    }
    return {};
}

base::Result<Reading> Follower::read()
{
    if (file_ < 0) {
        TRY_STATUS(open_current());
    }
    if (is_truncated()) {
        unread_ends_ += lag_bytes_ > 0 ? 1 : 0;
        start_over();
    }
    TRY(Reading reading, read_lines(Unfinished::Leave));
    if (reading.records.empty()) {
        TRY_STATUS(check_name());
    }
    if (!reading.records.empty() || !name_moved_on()) {
        return reading;
    }
    // The old file is read to its end, but for a last line without LF: a writer that still holds
    // the file gets a few rounds to finish it.
    if (lag_bytes_ > 0) {
        return waiting_rounds_++ < kUnfinishedRounds ? reading : read_lines(Unfinished::Take);
    }
    close();
    TRY_STATUS(open_at_start());
    return read_lines(Unfinished::Leave);
}

base::Result<Reading> Follower::read_lines(Unfinished unfinished)
{
    Reading out{.records = {}, .checkpoint = at_, .bytes = 0};
    detail::RecordCollector line;
    std::string buffer(kReadBytes, '\0');
    std::uint64_t read_to = at_.offset;
    bool more = true;
    while (more && out.bytes < kReadingBytesMax &&
           out.records.size() < base::limits::kChunkRecordsMax) {
        const ssize_t count =
            ::pread(file_, buffer.data(), buffer.size(), static_cast<off_t>(read_to));
        if (count < 0) {
            return base::system_error("cannot read the tailed file '" + path_ + "'", errno);
        }
        more = count > 0;
        std::string_view rest(buffer.data(), static_cast<std::size_t>(count));
        while (!rest.empty() && out.records.size() < base::limits::kChunkRecordsMax) {
            const auto end = rest.find('\n');
            line.add(rest.substr(0, end));
            const std::size_t taken = end == std::string_view::npos ? rest.size() : end + 1;
            rest.remove_prefix(taken);
            read_to += taken;
            if (end == std::string_view::npos && line.length() < kLineBytesMax) {
                continue;
            }
            if (disk::NewRecord record = line.take(); !record.bytes.empty()) {
                out.records.push_back(std::move(record));
            }
            out.bytes += read_to - out.checkpoint.offset;
            out.checkpoint.offset = read_to;
        }
    }
    if (unfinished == Unfinished::Take && !more && line.length() > 0) {
        out.records.push_back(line.take());
        out.checkpoint.offset = read_to;
    }
    const auto facts = facts_of(file_);
    lag_bytes_ =
        facts && facts->size > out.checkpoint.offset ? facts->size - out.checkpoint.offset : 0;
    out.checkpoint.fingerprint_bytes = out.checkpoint.offset;
    out.checkpoint.fingerprint = fingerprint_of(file_, out.checkpoint.fingerprint_bytes);
    if (out.records.empty()) {
        at_ = out.checkpoint; // Blank lines need no write to be passed over.
    }
    return out;
}

void Follower::confirm(const Checkpoint& checkpoint)
{
    waiting_rounds_ = checkpoint.offset == at_.offset ? waiting_rounds_ : 0;
    at_ = checkpoint;
}

} // namespace tanggap::connect::tail
