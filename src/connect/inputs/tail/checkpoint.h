// Which file we read and how far: what a restart needs to go on exactly there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tanggap::connect::tail {

/// A name may be given to another file and an inode number to another inode: the first bytes tell.
struct Checkpoint {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t offset = 0;            ///< of the first byte not yet taken
    std::uint64_t fingerprint_bytes = 0; ///< the first bytes of the file, at most kFingerprintBytes
    std::string fingerprint = {};        ///< SHA-256 hex of them

    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

inline constexpr std::size_t kFingerprintBytes = 1024;

/// One line of text: "1 <device> <inode> <offset> <fingerprint bytes> <fingerprint>".
std::string render(const Checkpoint& checkpoint);
/// Nothing where the text is not ours.
std::optional<Checkpoint> parse_checkpoint(std::string_view text);

} // namespace tanggap::connect::tail
