#include "connect/detail/record_collector.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::connect::detail {

void RecordCollector::add(std::string_view piece)
{
    length_ += piece.size();
    if (!digest_ && length_ <= base::limits::kLineBytesMax) {
        bytes_.append(piece);
        return;
    }
    if (!digest_) {
        digest_.reset(EVP_MD_CTX_new());
        EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
        EVP_DigestUpdate(digest_.get(), bytes_.data(), bytes_.size());
        bytes_.append(piece.substr(0, base::limits::kOversizeKeptBytes));
        bytes_.resize(std::min(bytes_.size(), base::limits::kOversizeKeptBytes));
        bytes_.shrink_to_fit();
    }
    EVP_DigestUpdate(digest_.get(), piece.data(), piece.size());
}

disk::NewRecord RecordCollector::take()
{
    disk::NewRecord record;
    if (digest_) {
        unsigned char hash[EVP_MAX_MD_SIZE];
        unsigned length = 0;
        EVP_DigestFinal_ex(digest_.get(), hash, &length);
        record.full_length = length_;
        record.full_sha256 = base::to_hex({reinterpret_cast<const char*>(hash), length});
    } else {
        while (bytes_.ends_with('\n') || bytes_.ends_with('\r')) {
            bytes_.pop_back();
        }
    }
    record.bytes = std::move(bytes_);
    clear();
    return record;
}

void RecordCollector::clear()
{
    bytes_.clear();
    length_ = 0;
    digest_.reset();
}

} // namespace tanggap::connect::detail
