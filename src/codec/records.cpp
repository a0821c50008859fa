#include "codec/records.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "codec/csv_records.h"
#include "codec/detail/json_scan.h"
#include "codec/detail/utf16.h"
#include "codec/evtx.h"
#include "codec/evtx/record_reader.h"
#include "codec/xml_events.h"

namespace tanggap::codec {
namespace {

using base::limits::kLineBytesMax;
using base::limits::kOversizeKeptBytes;

/// Read at once; with a record of kLineBytesMax this stays below 2 × kLineBytesMax.
constexpr std::size_t kWindowBytes = 256 * 1024;
/// Enough of a file to tell what it is.
constexpr std::size_t kHeadBytes = 64 * 1024;

/// The part of the stream that was read and not yet taken.
class Window {
public:
    explicit Window(std::unique_ptr<ByteReader> reader) : reader_(std::move(reader)) {}

    std::string_view waiting() const { return {buffer_.data() + begin_, end_ - begin_}; }
    void take(std::size_t count) { begin_ += count; }
    std::uint64_t position() const { return reader_->position(); }

    /// Reads more behind what waits. False: nothing more comes.
    base::Result<bool> more()
    {
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (ended_ || end_ == buffer_.size()) {
            return false;
        }
        TRY(const std::size_t got, reader_->read(std::span(buffer_).subspan(end_)));
        ended_ = got == 0;
        end_ += got;
        return got > 0;
    }

    /// A damaged input ends the record at hand first; `end` gives the error when it is asked for.
    bool more_or_fail_later()
    {
        if (failure_) {
            return false;
        }
        auto read = more();
        if (!read) {
            failure_ = std::move(read).error();
            return false;
        }
        return *read;
    }

    /// False for a good end, else the error met.
    base::Result<bool> end() const
    {
        if (failure_) {
            return std::unexpected(*failure_);
        }
        return false;
    }

    /// What is left of the stream; the window is at its end.
    std::unique_ptr<ByteReader> release() { return std::move(reader_); }

    void replace_reader(std::unique_ptr<ByteReader> (*wrap)(std::unique_ptr<ByteReader>,
                                                            std::string))
    {
        reader_ = wrap(std::move(reader_), std::string(waiting()));
        begin_ = end_ = 0;
        ended_ = false;
    }

private:
    std::unique_ptr<ByteReader> reader_;
    std::vector<char> buffer_ = std::vector<char>(kWindowBytes);
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool ended_ = false;
    std::optional<base::Error> failure_;
};

/// Collects the pieces of one record; above the limit only its head, length and hash.
class Collector {
public:
    void begin(model::Record& record)
    {
        record_ = &record;
        record.bytes.clear();
        record.full_length = 0;
        record.full_sha256.clear();
        length_ = 0;
    }

    void add(std::string_view piece)
    {
        length_ += piece.size();
        if (length_ <= kLineBytesMax) {
            // Doubling from here could hold the old and the doubled text at once.
            if (length_ > kWindowBytes && record_->bytes.capacity() < length_) {
                record_->bytes.reserve(kLineBytesMax);
            }
            record_->bytes.append(piece);
            return;
        }
        if (hash_ == nullptr) {
            start_hash();
        }
        EVP_DigestUpdate(hash_.get(), piece.data(), piece.size());
        const std::size_t kept = std::min(record_->bytes.size(), kOversizeKeptBytes);
        record_->bytes.resize(kept);
        record_->bytes.append(piece.substr(0, kOversizeKeptBytes - kept));
    }

    void finish()
    {
        if (hash_ == nullptr) {
            return;
        }
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        EVP_DigestFinal_ex(hash_.get(), digest.data(), &size);
        hash_.reset();
        record_->full_length = length_;
        record_->full_sha256 = base::to_hex({reinterpret_cast<const char*>(digest.data()), size});
    }

    bool empty() const { return length_ == 0; }

private:
    struct FreeHash {
        void operator()(EVP_MD_CTX* hash) const { EVP_MD_CTX_free(hash); }
    };

    void start_hash()
    {
        hash_.reset(EVP_MD_CTX_new());
        EVP_DigestInit_ex(hash_.get(), EVP_sha256(), nullptr);
        EVP_DigestUpdate(hash_.get(), record_->bytes.data(), record_->bytes.size());
    }

    model::Record* record_ = nullptr;
    std::unique_ptr<EVP_MD_CTX, FreeHash> hash_;
    std::uint64_t length_ = 0;
};

class LineReader final : public RecordReader {
public:
    explicit LineReader(Window window) : window_(std::move(window)) {}

    base::Result<bool> next(model::Record& record) override
    {
        do {
            TRY(const bool found, next_line(record));
            if (!found) {
                return false;
            }
        } while (!record.oversize() && base::trim(record.bytes).empty());
        return true;
    }
    Framing framing() const override { return Framing::Lines; }
    std::uint64_t position() const override { return window_.position(); }

private:
    base::Result<bool> next_line(model::Record& record)
    {
        collector_.begin(record);
        for (;;) {
            const std::string_view waiting = window_.waiting();
            const auto newline = waiting.find('\n');
            if (newline != std::string_view::npos) {
                collector_.add(waiting.substr(0, newline));
                window_.take(newline + 1);
                break;
            }
            collector_.add(waiting);
            window_.take(waiting.size());
            if (!window_.more_or_fail_later()) {
                if (collector_.empty()) {
                    return window_.end();
                }
                break;
            }
        }
        collector_.finish();
        if (!record.oversize() && record.bytes.ends_with('\r')) {
            record.bytes.pop_back();
        }
        return true;
    }

    Window window_;
    Collector collector_;
};

class JsonValueReader final : public RecordReader {
public:
    explicit JsonValueReader(Window window) : window_(std::move(window)) {}

    base::Result<bool> next(model::Record& record) override
    {
        collector_.begin(record);
        TRY(const bool found, skip_between());
        if (!found) {
            return false;
        }
        detail::JsonScanner scanner;
        bool complete = false;
        while (!complete) {
            if (window_.waiting().empty() && !window_.more_or_fail_later()) {
                break;
            }
            const std::string_view waiting = window_.waiting();
            const std::size_t count = scanner.scan(waiting, complete);
            collector_.add(waiting.substr(0, count));
            window_.take(count);
        }
        collector_.finish();
        return true;
    }
    Framing framing() const override { return Framing::JsonValues; }
    std::uint64_t position() const override { return window_.position(); }

private:
    /// Moves to the first byte of the next value. False: the end.
    base::Result<bool> skip_between()
    {
        for (;;) {
            const std::string_view waiting = window_.waiting();
            const auto start = waiting.find_first_not_of(inside_array_ ? " \t\r\n,]" : " \t\r\n,");
            if (start != std::string_view::npos && waiting[start] == '[' && !inside_array_) {
                inside_array_ = true;
                window_.take(start + 1);
                continue;
            }
            window_.take(std::min(start, waiting.size()));
            if (start != std::string_view::npos) {
                return true;
            }
            if (!window_.more_or_fail_later()) {
                return window_.end();
            }
        }
    }

    Window window_;
    Collector collector_;
    bool inside_array_ = false;
};

struct Magic {
    std::size_t offset;
    std::string_view bytes;
    std::string_view name;
};

// Source: the formats' own specifications; only what people do hand to a log reader by mistake.
constexpr Magic kMagics[] = {
    {0, kEvtxMagic, "a Windows event log (EVTX)"},
    {0,
     "\x7f"
     "ELF",
     "an ELF program"},
    {0, "MZ", "a Windows program"},
    {0, "\x89PNG", "a PNG picture"},
    {0, "\xff\xd8\xff", "a JPEG picture"},
    {0, "GIF8", "a GIF picture"},
    {0, "%PDF-", "a PDF document"},
    {0, "PK\x03\x04", "a ZIP archive"},
    {0, "Rar!\x1a", "a RAR archive"},
    {0, "7z\xbc\xaf\x27\x1c", "a 7z archive"},
    {0, "BZh", "bzip2 data"},
    {0,
     std::string_view("\xfd"
                      "7zXZ\0",
                      6),
     "xz data"},
    {0, std::string_view("SQLite format 3\0", 16), "an SQLite database"},
    {0, "\xd4\xc3\xb2\xa1", "a packet capture"},
    {0, "\xa1\xb2\xc3\xd4", "a packet capture"},
    {0, "\x0a\x0d\x0d\x0a", "a packet capture (pcapng)"},
    {0, "LPKSHHRH", "a systemd journal"},
    {257, "ustar", "a tar archive"},
};

bool has_magic(std::string_view head, const Magic& magic)
{
    return head.size() >= magic.offset + magic.bytes.size() &&
           head.substr(magic.offset, magic.bytes.size()) == magic.bytes;
}

/// Text may hold stray control bytes (a crash leaves NULs, attackers write anything), not many.
bool is_mostly_control(std::string_view head)
{
    constexpr std::string_view kTextControls = "\t\r\n\f\v\x1b\b";
    const auto controls = std::ranges::count_if(head, [&](char c) {
        return static_cast<unsigned char>(c) < 0x20 &&
               kTextControls.find(c) == std::string_view::npos;
    });
    return static_cast<std::size_t>(controls) * 5 > head.size();
}

constexpr std::string_view kAccepted =
    "accepted are text lines (UTF-8, or UTF-16 with a byte "
    "order mark), JSON lines and JSON arrays, tables (CSV), Windows events as XML "
    "and Windows event logs (EVTX), plain or packed with gzip or zstd";

} // namespace

std::string_view find_binary_format(std::string_view head)
{
    constexpr std::size_t kControlSampleBytes = 8 * 1024;
    for (const Magic& magic : kMagics) {
        // Two letters prove little: a program also has control bytes at once.
        if (has_magic(head, magic) &&
            (magic.bytes != "MZ" || is_mostly_control(head.substr(0, 64)))) {
            return magic.name;
        }
    }
    return is_mostly_control(head.substr(0, kControlSampleBytes)) ? "binary data" : "";
}

namespace {

/// Fills the window with the head of the stream. False: that is all of it.
base::Result<bool> read_head(Window& window)
{
    bool more = true;
    while (more && window.waiting().size() < kHeadBytes) {
        auto read = window.more();
        // A file damaged within its head still gives what could be read: the reader meets the
        // same error again behind it.
        more = read && *read;
        if (!read && window.waiting().empty()) {
            return std::unexpected(std::move(read).error());
        }
    }
    return more;
}

} // namespace

base::Result<std::unique_ptr<RecordReader>> RecordReader::open(std::unique_ptr<ByteReader> bytes,
                                                               const UnpackLimits& limits)
{
    TRY(auto unpacked, unpack(std::move(bytes), limits));
    Window window(std::move(unpacked));
    TRY(bool more, read_head(window));
    if (window.waiting().starts_with(kEvtxMagic)) {
        std::string head(window.waiting());
        return evtx::open_record_reader(window.release(), std::move(head));
    }
    if (detail::has_utf16_mark(window.waiting())) {
        window.replace_reader(&detail::utf16_to_utf8);
        TRY(more, read_head(window));
    } else if (window.waiting().starts_with("\xEF\xBB\xBF")) {
        window.take(3);
    }
    const std::string_view found = find_binary_format(window.waiting());
    if (!found.empty()) {
        return base::invalid("found " + std::string(found) + "; " + std::string(kAccepted));
    }
    if (is_xml_events(window.waiting())) {
        std::string head(window.waiting());
        return read_xml_events(with_head(std::move(head), window.release()));
    }
    if (const char separator = csv_separator(window.waiting(), !more); separator != 0) {
        std::string head(window.waiting());
        return read_csv(with_head(std::move(head), window.release()), separator);
    }
    if (detail::is_json_values(window.waiting())) {
        return std::make_unique<JsonValueReader>(std::move(window));
    }
    return std::make_unique<LineReader>(std::move(window));
}

base::Result<std::unique_ptr<RecordReader>> open_records(const std::string& path)
{
    TRY(auto bytes, open_file_bytes(path));
    auto reader = RecordReader::open(std::move(bytes));
    if (!reader) {
        return std::unexpected(std::move(reader).error().in(path));
    }
    return reader;
}

} // namespace tanggap::codec
