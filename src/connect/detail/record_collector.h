// Collects the pieces of one record in bounded memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "disk/journal.h"

namespace tanggap::connect::detail {

/// Above limits::kLineBytesMax only head, length and SHA-256 stay (rulings 24).
class RecordCollector {
public:
    void add(std::string_view piece);
    /// The record, without the CR or LF that ended it; ready for the next.
    disk::NewRecord take();
    std::uint64_t length() const { return length_; }
    std::size_t held_bytes() const { return bytes_.size(); }
    void clear();

private:
    struct FreeDigest {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };

    std::string bytes_;
    std::uint64_t length_ = 0;
    std::unique_ptr<EVP_MD_CTX, FreeDigest> digest_; ///< set once the record is oversize
};

} // namespace tanggap::connect::detail
