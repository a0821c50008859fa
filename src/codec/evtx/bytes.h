// Little-endian numbers out of a chunk, every read inside its bounds.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace tanggap::codec::evtx {

using Bytes = std::span<const std::uint8_t>;

/// `bytes` must hold sizeof(T) at `at`.
template <class T>
T load(const std::uint8_t* at)
{
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, at, sizeof(T));
    return value;
}

/// Reads forward from `at` to `end` of one chunk. A read past the end gives 0 and sets failed(), so
/// that a run of reads is checked once.
class ByteCursor {
public:
    ByteCursor(Bytes chunk, std::size_t at, std::size_t end)
        : chunk_(chunk), at_(at), end_(end < chunk.size() ? end : chunk.size())
    {
        if (at_ > end_) {
            at_ = end_;
            failed_ = true;
        }
    }

    template <class T>
    T take()
    {
        if (left() < sizeof(T)) {
            fail();
            return 0;
        }
        const T value = load<T>(chunk_.data() + at_);
        at_ += sizeof(T);
        return value;
    }

    Bytes take_bytes(std::size_t count)
    {
        if (left() < count) {
            fail();
            return {};
        }
        const Bytes taken = chunk_.subspan(at_, count);
        at_ += count;
        return taken;
    }

    void skip(std::size_t count) { (void)take_bytes(count); }
    void fail()
    {
        failed_ = true;
        at_ = end_;
    }

    /// The byte at hand without taking it; 0 at the end.
    std::uint8_t peek() const { return at_ < end_ ? chunk_[at_] : std::uint8_t{0}; }
    std::size_t at() const { return at_; }
    std::size_t end() const { return end_; }
    std::size_t left() const { return end_ - at_; }
    bool failed() const { return failed_; }

private:
    Bytes chunk_;
    std::size_t at_;
    std::size_t end_;
    bool failed_ = false;
};

} // namespace tanggap::codec::evtx
