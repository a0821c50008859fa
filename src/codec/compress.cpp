#include "codec/compress.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace tanggap::codec {
namespace {

constexpr std::size_t kPackedPieceBytes = 64 * 1024;
/// Largest window a zstd frame may ask for: what `zstd --long=27` writes. Units: log2 bytes.
constexpr int kZstdWindowLogMax = 27;
/// Below this a ratio says nothing: a small file of blanks packs very well.
constexpr std::uint64_t kRatioFreeBytes = 1024 * 1024;

class FileBytes final : public ByteReader {
public:
    FileBytes(int file, std::string path) : file_(file), path_(std::move(path)) {}
    FileBytes(const FileBytes&) = delete;
    ~FileBytes() override { close(file_); }

    base::Result<std::size_t> read(std::span<char> into) override
    {
        for (;;) {
            const ssize_t got = ::read(file_, into.data(), into.size());
            if (got >= 0) {
                position_ += static_cast<std::uint64_t>(got);
                return static_cast<std::size_t>(got);
            }
            if (errno != EINTR) {
                return base::system_error("cannot read " + path_, errno);
            }
        }
    }
    std::uint64_t position() const override { return position_; }

private:
    int file_;
    std::string path_;
    std::uint64_t position_ = 0;
};

class MemoryBytes final : public ByteReader {
public:
    MemoryBytes(std::string_view bytes, std::size_t piece_bytes)
        : bytes_(bytes), piece_bytes_(piece_bytes == 0 ? bytes.size() : piece_bytes)
    {
    }

    base::Result<std::size_t> read(std::span<char> into) override
    {
        const std::size_t count = std::min({into.size(), bytes_.size() - position_, piece_bytes_});
        bytes_.copy(into.data(), count, position_);
        position_ += count;
        return count;
    }
    std::uint64_t position() const override { return position_; }

private:
    std::string_view bytes_;
    std::size_t piece_bytes_;
    std::size_t position_ = 0;
};

/// The packed side of an unpacking reader: a buffer that remembers what was peeked.
class PackedInput {
public:
    explicit PackedInput(std::unique_ptr<ByteReader> reader) : reader_(std::move(reader)) {}

    std::span<const char> waiting() const
    {
        return std::span(buffer_).subspan(begin_, end_ - begin_);
    }
    void take(std::size_t count)
    {
        begin_ += count;
        taken_ += count;
    }
    std::uint64_t taken() const { return taken_; }
    std::uint64_t position() const { return reader_->position(); }

    /// Reads until at least `count` bytes wait or the input ends. `count` ≤ kPackedPieceBytes.
    base::Status want(std::size_t count)
    {
        while (end_ - begin_ < count && !ended_) {
            if (begin_ > 0) {
                std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                          buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
                end_ -= begin_;
                begin_ = 0;
            }
            TRY(const std::size_t got, reader_->read(std::span(buffer_).subspan(end_)));
            ended_ = got == 0;
            end_ += got;
        }
        return {};
    }

private:
    std::unique_ptr<ByteReader> reader_;
    std::vector<char> buffer_ = std::vector<char>(kPackedPieceBytes);
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t taken_ = 0;
    bool ended_ = false;
};

bool starts_with(std::span<const char> bytes, std::string_view magic)
{
    return std::string_view(bytes.data(), bytes.size()).starts_with(magic);
}

bool is_gzip(std::span<const char> bytes)
{
    return starts_with(bytes, "\x1f\x8b\x08");
}

bool is_zstd(std::span<const char> bytes)
{
    // A skippable frame (0x184D2A5?) may come first. Source: RFC 8878 §3.1.
    const bool skippable = bytes.size() >= 4 &&
                           (static_cast<unsigned char>(bytes[0]) & 0xF0U) == 0x50 &&
                           starts_with(bytes.subspan(1), "\x2a\x4d\x18");
    return skippable || starts_with(bytes, "\x28\xb5\x2f\xfd");
}

class PlainBytes final : public ByteReader {
public:
    explicit PlainBytes(PackedInput input) : input_(std::move(input)) {}

    base::Result<std::size_t> read(std::span<char> into) override
    {
        TRY_STATUS(input_.want(1));
        const auto waiting = input_.waiting();
        const std::size_t count = std::min(into.size(), waiting.size());
        std::copy_n(waiting.begin(), count, into.begin());
        input_.take(count);
        return count;
    }
    std::uint64_t position() const override { return input_.position(); }

private:
    PackedInput input_;
};

/// What gzip and zstd share: input, limits, and the rule that the good part is given first.
class Unpacking : public ByteReader {
public:
    Unpacking(PackedInput input, const UnpackLimits& limits)
        : input_(std::move(input)), limits_(limits)
    {
    }

    base::Result<std::size_t> read(std::span<char> into) override
    {
        if (failure_.message.empty()) {
            auto got = step(into);
            if (!got) {
                failure_ = std::move(got).error();
            } else {
                unpacked_ += *got;
                check_limits();
                if (failure_.message.empty() || *got > 0) {
                    return *got;
                }
            }
        }
        return std::unexpected(failure_);
    }
    std::uint64_t position() const override { return input_.position(); }

protected:
    virtual base::Result<std::size_t> step(std::span<char> into) = 0;

    /// `produced` bytes are good and given now; the failure comes with the next read.
    base::Result<std::size_t> after(std::size_t produced, std::unexpected<base::Error> failure)
    {
        if (produced == 0) {
            return failure;
        }
        failure_ = std::move(failure).error();
        return produced;
    }

    std::unexpected<base::Error> damaged(std::string_view kind, std::string_view what) const
    {
        return base::invalid(std::string(kind) + " data is " + std::string(what) + " after " +
                             std::to_string(input_.taken()) + " packed bytes (" +
                             std::to_string(unpacked_) +
                             " unpacked bytes before it were read); get the file again");
    }

    PackedInput input_;

private:
    void check_limits()
    {
        const std::uint64_t packed = std::max<std::uint64_t>(input_.taken(), 1);
        if (limits_.bytes_max != 0 && unpacked_ > limits_.bytes_max) {
            failure_ = {base::Code::Exhausted, "unpacked data is above the quota of " +
                                                   std::to_string(limits_.bytes_max) +
                                                   " bytes; split the file or raise the quota"};
        } else if (limits_.ratio_max != 0 && unpacked_ > kRatioFreeBytes &&
                   unpacked_ / packed >= limits_.ratio_max) {
            failure_ = {base::Code::Exhausted, "data unpacks to more than " +
                                                   std::to_string(limits_.ratio_max) +
                                                   " times its packed size; send it less packed"};
        }
    }

    UnpackLimits limits_;
    std::uint64_t unpacked_ = 0;
    base::Error failure_;
};

class GzipBytes final : public Unpacking {
public:
    using Unpacking::Unpacking;
    GzipBytes(const GzipBytes&) = delete;
    ~GzipBytes() override
    {
        if (open_) {
            inflateEnd(&stream_);
        }
    }

private:
    base::Result<std::size_t> step(std::span<char> into) override
    {
        stream_.next_out = reinterpret_cast<Bytef*>(into.data());
        stream_.avail_out = static_cast<uInt>(into.size());
        while (stream_.avail_out == into.size()) {
            TRY_STATUS(input_.want(open_ ? 1 : 3));
            const auto waiting = input_.waiting();
            if (waiting.empty() && !open_) {
                return std::size_t{0};
            }
            if (waiting.empty()) {
                return damaged("gzip", "cut short");
            }
            if (!open_ && !begin_member()) {
                return damaged("gzip", "followed by bytes that are no gzip member");
            }
            if (!inflate_some(waiting)) {
                return after(into.size() - stream_.avail_out, damaged("gzip", "damaged"));
            }
        }
        return into.size() - stream_.avail_out;
    }

    bool begin_member()
    {
        constexpr int kGzipOnly = 16;
        open_ = is_gzip(input_.waiting()) && inflateInit2(&stream_, MAX_WBITS + kGzipOnly) == Z_OK;
        return open_;
    }

    /// False: the member is damaged.
    bool inflate_some(std::span<const char> waiting)
    {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(waiting.data()));
        stream_.avail_in = static_cast<uInt>(waiting.size());
        const int result = inflate(&stream_, Z_NO_FLUSH);
        input_.take(waiting.size() - stream_.avail_in);
        if (result == Z_STREAM_END) {
            inflateEnd(&stream_);
            open_ = false;
            return true;
        }
        return result == Z_OK || result == Z_BUF_ERROR;
    }

    z_stream stream_{};
    bool open_ = false;
};

class ZstdBytes final : public Unpacking {
public:
    ZstdBytes(PackedInput input, const UnpackLimits& limits)
        : Unpacking(std::move(input), limits), stream_(ZSTD_createDStream())
    {
        TANGGAP_ASSERT(stream_ != nullptr);
        ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kZstdWindowLogMax);
    }
    ZstdBytes(const ZstdBytes&) = delete;
    ~ZstdBytes() override { ZSTD_freeDStream(stream_); }

private:
    base::Result<std::size_t> step(std::span<char> into) override
    {
        ZSTD_outBuffer out{into.data(), into.size(), 0};
        while (out.pos == 0) {
            TRY_STATUS(input_.want(inside_frame_ ? 1 : 4));
            const auto waiting = input_.waiting();
            // Inside a frame the decoder may still hold bytes that did not fit before.
            if (waiting.empty() && !inside_frame_) {
                return std::size_t{0};
            }
            if (!inside_frame_ && !is_zstd(waiting)) {
                return damaged("zstd", "followed by bytes that are no zstd frame");
            }
            ZSTD_inBuffer in{waiting.data(), waiting.size(), 0};
            const std::size_t left = ZSTD_decompressStream(stream_, &out, &in);
            input_.take(in.pos);
            if (ZSTD_isError(left) != 0) {
                return after(out.pos, damaged("zstd", ZSTD_getErrorName(left)));
            }
            inside_frame_ = left != 0;
            if (out.pos == 0 && in.pos == 0 && waiting.empty()) {
                return damaged("zstd", "cut short");
            }
        }
        return out.pos;
    }

    ZSTD_DStream* stream_;
    bool inside_frame_ = false;
};

class HeadThenRest final : public ByteReader {
public:
    HeadThenRest(std::string head, std::unique_ptr<ByteReader> rest)
        : head_(std::move(head)), rest_(std::move(rest))
    {
    }

    base::Result<std::size_t> read(std::span<char> into) override
    {
        if (taken_ == head_.size()) {
            return rest_->read(into);
        }
        const std::size_t count = std::min(into.size(), head_.size() - taken_);
        std::copy_n(head_.data() + taken_, count, into.data());
        taken_ += count;
        return count;
    }
    std::uint64_t position() const override { return rest_->position(); }

private:
    std::string head_;
    std::size_t taken_ = 0;
    std::unique_ptr<ByteReader> rest_;
};

} // namespace

base::Result<std::unique_ptr<ByteReader>> open_file_bytes(const std::string& path)
{
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return base::system_error("cannot open " + path, errno);
    }
    posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::make_unique<FileBytes>(file, path);
}

std::unique_ptr<ByteReader> memory_bytes(std::string_view bytes, std::size_t piece_bytes)
{
    return std::make_unique<MemoryBytes>(bytes, piece_bytes);
}

base::Result<std::unique_ptr<ByteReader>> unpack(std::unique_ptr<ByteReader> packed,
                                                 const UnpackLimits& limits)
{
    PackedInput input(std::move(packed));
    TRY_STATUS(input.want(4));
    if (is_gzip(input.waiting())) {
        return std::make_unique<GzipBytes>(std::move(input), limits);
    }
    if (is_zstd(input.waiting())) {
        return std::make_unique<ZstdBytes>(std::move(input), limits);
    }
    return std::make_unique<PlainBytes>(std::move(input));
}

std::unique_ptr<ByteReader> with_head(std::string head, std::unique_ptr<ByteReader> rest)
{
    return std::make_unique<HeadThenRest>(std::move(head), std::move(rest));
}

} // namespace tanggap::codec
