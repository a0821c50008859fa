// Members of a zip or tar archive, one after another, without unpacking to disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "codec/compress.h"

namespace tanggap::codec {

/// Whether `head`, the first 512 bytes or more of a file, starts an archive that is read here.
bool is_archive(std::string_view head);

struct ArchiveMember {
    std::string name;           ///< as the archive has it, made valid UTF-8
    std::uint64_t size = 0;     ///< as claimed; 0 where it is not said
    std::int64_t changed_s = 0; ///< Units: seconds since 1970; 0: not said
};

/// What an archive may give. Above it reading ends with Exhausted: a bomb, or no archive of logs.
struct ArchiveLimits {
    std::uint64_t members_max = 1'000'000;
    /// Unpacked ÷ packed, looked at once this much has been unpacked: logs pack well.
    std::uint64_t ratio_max = 500;
    std::uint64_t ratio_from_bytes = std::uint64_t{256} * 1024 * 1024;
    std::uint64_t bytes_max = std::uint64_t{1} << 40;
};

/// Thread: one owner. Memory: what the compression needs, whatever the members.
class ArchiveReader {
public:
    /// Errors: Invalid where it is no archive, or one with a password.
    static base::Result<std::unique_ptr<ArchiveReader>> open_file(const std::string& path,
                                                                  const ArchiveLimits& limits = {});
    static base::Result<std::unique_ptr<ArchiveReader>> open(std::unique_ptr<ByteReader> bytes,
                                                             const ArchiveLimits& limits = {});
    virtual ~ArchiveReader() = default;

    /// The next regular file. False: the end. Folders, links and devices are passed over.
    /// Errors: Invalid for a name that leaves its folder ("../x", "/x"); the archive goes on behind
    /// it. Corrupt or Exhausted: it ends here.
    virtual base::Result<bool> next(ArchiveMember& member) = 0;
    /// The bytes of the member last given, to be read before the next is asked for.
    virtual std::unique_ptr<ByteReader> bytes() = 0;
    /// Whether the last error of next() ended the archive.
    virtual bool ended() const = 0;
};

} // namespace tanggap::codec
