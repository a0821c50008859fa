#include "codec/evtx/chunk.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "codec/evtx/checksum.h"
#include "codec/evtx/limits.h"

namespace tanggap::codec::evtx {
namespace {

constexpr std::string_view kChunkMagic{"ElfChnk\0", 8};
constexpr std::uint32_t kRecordMagic = 0x00002A2A;
/// Magics, sizes and the smallest fragment.
constexpr std::size_t kRecordBytesMin = kRecordHead + kRecordTail + 1;

bool checksums_fit(Bytes chunk, std::size_t free_space)
{
    constexpr std::uint32_t kNoSums = 0x4;
    if ((load<std::uint32_t>(chunk.data() + 120) & kNoSums) != 0) {
        return true;
    }
    const std::uint32_t head =
        sum_of(sum_of(0, chunk.first(120)), chunk.subspan(128, kChunkHeadBytes - 128));
    const std::uint32_t records =
        sum_of(0, chunk.subspan(kChunkHeadBytes, free_space - kChunkHeadBytes));
    return head == load<std::uint32_t>(chunk.data() + 124) &&
           records == load<std::uint32_t>(chunk.data() + 52);
}

} // namespace

bool has_chunk_magic(Bytes chunk)
{
    return std::equal(kChunkMagic.begin(), kChunkMagic.end(), chunk.begin(),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

bool is_all_zero(Bytes chunk)
{
    // Each byte equals the one before it. Most of a young log is empty chunks.
    return chunk.empty() || (chunk.front() == 0 &&
                             std::memcmp(chunk.data(), chunk.data() + 1, chunk.size() - 1) == 0);
}

ChunkHead read_chunk_head(Bytes chunk)
{
    ChunkHead head;
    head.last_record_id = load<std::uint64_t>(chunk.data() + 32);
    head.free_space = load<std::uint32_t>(chunk.data() + 48);
    if (head.free_space < kChunkHeadBytes || head.free_space > chunk.size()) {
        head.free_space = chunk.size();
        head.checksums_ok = false;
    } else {
        head.checksums_ok = checksums_fit(chunk, head.free_space);
    }
    return head;
}

RecordSpans::RecordSpans(Bytes chunk, const ChunkHead& head, bool recover)
    : chunk_(chunk),
      at_(kChunkHeadBytes),
      end_(head.free_space),
      last_id_(head.last_record_id),
      recover_(recover)
{
}

bool RecordSpans::next(Span& span)
{
    if (at_ >= end_) {
        return false;
    }
    span = {.at = at_, .size = 0, .damage = problem_at(at_)};
    if (span.damage.empty()) {
        span.size = load<std::uint32_t>(chunk_.data() + at_ + 4);
        const bool last = load<std::uint64_t>(chunk_.data() + at_ + 8) == last_id_;
        at_ = last ? end_ : at_ + span.size;
        return true;
    }
    if (recover_) {
        at_ = next_whole(at_ + 1);
        span.size = at_ - span.at;
        return true;
    }
    left_behind_ = count_whole(at_ + 1);
    at_ = end_;
    span.size = end_ - span.at;
    return !is_all_zero(chunk_.subspan(span.at, std::min<std::size_t>(4, span.size)));
}

std::string RecordSpans::problem_at(std::size_t at) const
{
    if (at + kRecordBytesMin > chunk_.size()) {
        return "no room for a record";
    }
    const auto magic = load<std::uint32_t>(chunk_.data() + at);
    if (magic != kRecordMagic) {
        return fmt::format("{:#010x} where a record starts with {:#010x}", magic, kRecordMagic);
    }
    const std::size_t size = load<std::uint32_t>(chunk_.data() + at + 4);
    if (size < kRecordBytesMin || size > chunk_.size() - at) {
        return fmt::format("a record of {} bytes where {} are left", size, chunk_.size() - at);
    }
    return {};
}

/// The next place where a record says its size at both ends; the end of the records where none is.
std::size_t RecordSpans::next_whole(std::size_t from) const
{
    for (std::size_t at = from; at + kRecordBytesMin <= end_; ++at) {
        if (chunk_[at] == 0x2A && problem_at(at).empty()) {
            const std::size_t size = load<std::uint32_t>(chunk_.data() + at + 4);
            if (load<std::uint32_t>(chunk_.data() + at + size - 4) == size) {
                return at;
            }
        }
    }
    return end_;
}

std::size_t RecordSpans::count_whole(std::size_t from) const
{
    std::size_t count = 0;
    for (std::size_t at = next_whole(from); at < end_;) {
        ++count;
        at = next_whole(at + load<std::uint32_t>(chunk_.data() + at + 4));
    }
    return count;
}

} // namespace tanggap::codec::evtx
