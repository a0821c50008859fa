#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "codec/evtx.h"
#include "codec/evtx/chunk.h"
#include "codec/evtx/json_sink.h"
#include "codec/evtx/leaf_sink.h"
#include "codec/evtx/limits.h"
#include "codec/evtx/template.h"
#include "codec/evtx/walker.h"
#include "codec/evtx/xml_sink.h"

namespace tanggap::codec {
namespace evtx {
namespace {

/// Reads until `into` is full or the input ends; gives how much came.
base::Result<std::size_t> read_full(ByteReader& bytes, std::span<std::uint8_t> into)
{
    std::size_t done = 0;
    while (done < into.size()) {
        TRY(const std::size_t got,
            bytes.read({reinterpret_cast<char*>(into.data()) + done, into.size() - done}));
        if (got == 0) {
            break;
        }
        done += got;
    }
    return done;
}

/// Units: 100 ns since 1601. Times outside base::Time's range are pinned to its ends.
base::Time time_of(std::uint64_t ticks)
{
    constexpr std::int64_t kEpochTicks = 116'444'736'000'000'000;
    constexpr std::int64_t kTicksMax = INT64_MAX / 100;
    const auto signed_ticks = static_cast<std::int64_t>(std::min<std::uint64_t>(ticks, INT64_MAX));
    return {std::clamp(signed_ticks - kEpochTicks, -kTicksMax, kTicksMax) * 100};
}

class Reader final : public EvtxReader {
public:
    Reader(std::unique_ptr<ByteReader> bytes, const EvtxOptions& options)
        : bytes_(std::move(bytes)), options_(options), chunk_(kChunkBytes)
    {
    }

    base::Result<bool> next(EvtxRecord& record) override
    {
        span_ = {};
        while (!spans_.next(span_)) {
            totals_.left_behind += spans_.left_behind();
            TRY(const bool more, next_chunk(record));
            if (!more || !record.damage.empty()) {
                return more;
            }
        }
        const Bytes bytes = Bytes(chunk_).subspan(span_.at, span_.size);
        record = {.offset = chunk_at_ + span_.at,
                  .bytes = {reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                  .length = bytes.size(),
                  .damage = span_.damage,
                  .checksum_ok = head_.checksums_ok};
        if (record.damage.empty()) {
            record.id = load<std::uint64_t>(bytes.data() + 8);
            record.written = time_of(load<std::uint64_t>(bytes.data() + 16));
        }
        return true;
    }

    base::Result<std::string_view> json(const EvtxJsonOptions& options) override
    {
        TRY_STATUS(begin());
        JsonSink sink(text_, json_, options);
        TRY_STATUS(walk(sink));
        sink.finish();
        return text_.view();
    }

    base::Result<std::string_view> xml() override
    {
        TRY_STATUS(begin());
        XmlSink sink(text_);
        TRY_STATUS(walk(sink));
        return text_.view();
    }

    base::Result<EvtxLeaves> leaves(EvtxWanted* wanted) override
    {
        TRY_STATUS(begin());
        LeafSink sink(text_, leaves_, wanted);
        TRY_STATUS(walk(sink));
        if (sink.overflowed()) {
            return base::corrupt("the record names more different fields than any log has");
        }
        return EvtxLeaves{.leaves = leaves_.leaves, .text = text_.view(), .names = &leaves_.names};
    }

    void turn_to(std::unique_ptr<ByteReader> bytes, std::uint64_t at) override
    {
        bytes_ = std::move(bytes);
        next_at_ = at;
        span_ = {};
        spans_ = {};
    }

    EvtxTotals totals() const override { return totals_; }
    std::uint64_t position() const override { return bytes_->position(); }

private:
    /// Turns to the next chunk that holds anything. False: the end. Where no chunk stands at the
    /// place of one, `record` is that damage.
    base::Result<bool> next_chunk(EvtxRecord& record)
    {
        record = {};
        for (;;) {
            chunk_at_ = next_at_;
            TRY(const std::size_t got, read_full(*bytes_, chunk_));
            next_at_ += got;
            if (got == 0) {
                return false;
            }
            std::fill(chunk_.begin() + static_cast<std::ptrdiff_t>(got), chunk_.end(), 0);
            spans_ = {};
            if (has_chunk_magic(chunk_)) {
                turn_to_chunk();
                return true;
            }
            if (!is_all_zero(chunk_)) { // a file is grown ahead of what is written
                record = chunk_damage(got);
                return true;
            }
        }
    }

    void turn_to_chunk()
    {
        head_ = read_chunk_head(chunk_);
        spans_ = RecordSpans(chunk_, head_, options_.recover);
        table_.reset(chunk_);
        ++totals_.chunks;
        totals_.checksum_mismatches += head_.checksums_ok ? 0 : 1;
    }

    EvtxRecord chunk_damage(std::size_t got)
    {
        ++totals_.damaged_chunks;
        const std::string_view bytes(reinterpret_cast<const char*>(chunk_.data()), got);
        EvtxRecord damage{.offset = chunk_at_, .bytes = bytes, .length = got};
        damage.damage =
            fmt::format("{} where a chunk starts with 'ElfChnk'", base::quoted(bytes.substr(0, 8)));
        return damage;
    }

    base::Status begin()
    {
        text_.clear();
        stack_.shrink(0);
        if (span_.size == 0 || !span_.damage.empty()) {
            return base::corrupt("no record to write: " + span_.damage);
        }
        return {};
    }

    template <class S>
    base::Status walk(S& sink)
    {
        return Walker<S>(table_, stack_, sink)
            .fragment(span_.at + kRecordHead, span_.at + span_.size - kRecordTail);
    }

    std::unique_ptr<ByteReader> bytes_;
    EvtxOptions options_;
    std::vector<std::uint8_t> chunk_;
    std::uint64_t chunk_at_ = 0;
    std::uint64_t next_at_ = kFileHeadBytes;
    ChunkHead head_;
    RecordSpans spans_;
    Span span_;
    TemplateTable table_;
    ValueStack stack_;
    JsonMemory json_;
    LeafMemory leaves_;
    TextBuffer text_;
    EvtxTotals totals_;
};

} // namespace
} // namespace evtx

base::Result<std::unique_ptr<EvtxReader>> EvtxReader::open(std::unique_ptr<ByteReader> bytes,
                                                           const EvtxOptions& options)
{
    std::array<std::uint8_t, evtx::kFileHeadBytes> head{};
    TRY(const std::size_t got, evtx::read_full(*bytes, head));
    const std::string_view start(reinterpret_cast<const char*>(head.data()),
                                 std::min(got, kEvtxMagic.size()));
    if (start != kEvtxMagic) {
        return base::invalid(fmt::format(
            "{} where a Windows event log starts with 'ElfFile'; nothing was read from it",
            base::quoted(start)));
    }
    if (got < head.size()) {
        return base::invalid(
            fmt::format("a Windows event log (EVTX) of {} bytes; the head of one alone has {}", got,
                        head.size()));
    }
    return std::make_unique<evtx::Reader>(std::move(bytes), options);
}

std::string describe_damage(const EvtxRecord& record, std::string_view why)
{
    return fmt::format("{}{} at byte {} of its file cannot be read: {}", kEvtxDamage, record.id,
                       record.offset, why);
}

std::unique_ptr<EvtxReader> EvtxReader::of_chunks(const EvtxOptions& options)
{
    return std::make_unique<evtx::Reader>(memory_bytes({}), options);
}

} // namespace tanggap::codec
