#include "disk/detail/entry_format.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <zstd.h>

#include "base/limits.h"
#include "disk/detail/bytes.h"

namespace tanggap::disk::detail {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kCompressFromBytes = 512; // below it a frame header eats the gain
constexpr int kCompressionLevel = 1;
/// Bound on what a damaged length may make us allocate: the largest append, and its lengths.
constexpr std::uint64_t kBodyBytesMax = 2 * base::limits::kAppendBytesMax;

base::Error broken(std::string_view what)
{
    return {base::Code::Corrupt, std::string(what) + " in the journal does not decode"};
}

void put_stream(std::string& out, const model::StreamContext& stream)
{
    put_text(out, stream.sensor);
    put_text(out, stream.source);
    put_text(out, stream.timezone);
    put_fixed(out, stream.reference_time.ns);
    put_text(out, stream.origin);
}

model::StreamContext read_stream(Reader& reader)
{
    model::StreamContext stream;
    stream.sensor = reader.text();
    stream.source = reader.text();
    stream.timezone = reader.text();
    stream.reference_time.ns = reader.fixed<std::int64_t>();
    stream.origin = reader.text();
    return stream;
}

void put_record(std::string& out, const model::Record& record)
{
    put_varint(out, record.full_length);
    if (record.oversize()) {
        put_text(out, record.full_sha256);
    }
    put_text(out, record.bytes);
}

model::Record read_record(Reader& reader)
{
    model::Record record;
    record.full_length = reader.varint();
    if (record.oversize()) {
        record.full_sha256 = reader.text();
    }
    record.bytes = reader.text();
    return record;
}

void put_id(std::string& out, const model::EventId& id)
{
    out.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}

model::EventId read_id(Reader& reader)
{
    model::EventId id;
    const std::string_view bytes = reader.take(id.bytes.size());
    std::ranges::copy(bytes, id.bytes.begin());
    return id;
}

/// Appends: length of the body | length as stored (0: not compressed) | bytes.
void put_body(std::string& out, const std::string& body)
{
    put_varint(out, body.size());
    if (body.size() < kCompressFromBytes) {
        put_varint(out, 0);
        out += body;
        return;
    }
    thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(
        ZSTD_createCCtx(), &ZSTD_freeCCtx);
    std::string packed(ZSTD_compressBound(body.size()), '\0');
    const std::size_t size = ZSTD_compressCCtx(context.get(), packed.data(), packed.size(),
                                               body.data(), body.size(), kCompressionLevel);
    TANGGAP_ASSERT(!ZSTD_isError(size)); // the buffer is as large as its bound
    put_varint(out, size);
    out.append(packed, 0, size);
}

base::Result<std::string> read_body(Reader& reader)
{
    const std::uint64_t length = reader.varint();
    const std::uint64_t packed_length = reader.varint();
    const std::string_view stored = reader.take(packed_length == 0 ? length : packed_length);
    if (!reader.ok() || length > kBodyBytesMax) {
        return std::unexpected(broken("the body of an entry"));
    }
    if (packed_length == 0) {
        return std::string(stored);
    }
    if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != length) {
        return std::unexpected(broken("the compressed length of an entry"));
    }
    std::string body(length, '\0');
    const std::size_t size =
        ZSTD_decompress(body.data(), body.size(), stored.data(), stored.size());
    if (ZSTD_isError(size) || size != length) {
        return std::unexpected(broken("the compressed body of an entry"));
    }
    return body;
}

} // namespace

std::string encode_chunk(const model::Chunk& chunk)
{
    std::string out;
    std::string body;
    out.reserve(256 + chunk.records.size() * 64);
    body.reserve(chunk.bytes() + chunk.records.size() * 4);
    out += static_cast<char>(kVersion);
    put_fixed(out, chunk.received.ns);
    put_stream(out, chunk.stream);
    put_varint(out, chunk.records.size());
    for (const model::Record& record : chunk.records) {
        put_id(out, record.id);
        put_record(body, record);
    }
    put_body(out, body);
    return out;
}

base::Result<model::Chunk> decode_chunk(std::uint64_t sequence, std::string_view bytes)
{
    Reader reader(bytes);
    if (const auto version = reader.fixed<std::uint8_t>(); version != kVersion) {
        return base::corrupt("journal entry " + std::to_string(sequence) + " has format " +
                             std::to_string(version) + ", this program reads " +
                             std::to_string(kVersion));
    }
    model::Chunk chunk;
    chunk.sequence = sequence;
    chunk.received.ns = reader.fixed<std::int64_t>();
    chunk.stream = read_stream(reader);
    const std::uint64_t count = reader.varint();
    if (!reader.ok() || count > reader.left().size() / sizeof(model::EventId)) {
        return std::unexpected(broken("the head of entry " + std::to_string(sequence)));
    }
    chunk.records.resize(count);
    for (model::Record& record : chunk.records) {
        record.id = read_id(reader);
    }
    TRY(const std::string body, read_body(reader));
    Reader records(body);
    for (model::Record& record : chunk.records) {
        const model::EventId id = record.id;
        record = read_record(records);
        record.id = id;
    }
    if (!reader.done() || !records.done()) {
        return std::unexpected(broken("entry " + std::to_string(sequence)));
    }
    return chunk;
}

std::string encode_quarantine(const QuarantineEntry& entry)
{
    std::string out;
    out += static_cast<char>(kVersion);
    put_stream(out, entry.stream);
    put_fixed(out, entry.received.ns);
    put_id(out, entry.record.id);
    put_record(out, entry.record);
    put_text(out, entry.reason);
    put_text(out, entry.detail);
    return out;
}

base::Result<QuarantineEntry> decode_quarantine(std::string_view id, std::string_view bytes)
{
    Reader reader(bytes);
    const auto version = reader.fixed<std::uint8_t>();
    QuarantineEntry entry;
    entry.id = id;
    entry.stream = read_stream(reader);
    entry.received.ns = reader.fixed<std::int64_t>();
    const model::EventId record_id = read_id(reader);
    entry.record = read_record(reader);
    entry.record.id = record_id;
    entry.reason = reader.text();
    entry.detail = reader.text();
    if (version != kVersion || !reader.done()) {
        return std::unexpected(broken("quarantine entry " + std::string(id)));
    }
    return entry;
}

std::uint64_t sequence_of_quarantine(std::string_view id)
{
    std::uint64_t sequence = 0;
    std::ignore = std::from_chars(id.data(), id.data() + id.size(), sequence);
    return sequence;
}

std::string encode_size(const EntrySize& size)
{
    std::string out;
    put_varint(out, size.bytes);
    put_varint(out, size.records);
    return out;
}

base::Result<EntrySize> decode_size(std::string_view bytes)
{
    Reader reader(bytes);
    const EntrySize size{reader.varint(), reader.varint()};
    if (!reader.done()) {
        return std::unexpected(broken("the size of an entry"));
    }
    return size;
}

std::string encode_totals(const JournalTotals& totals)
{
    std::string out;
    out += static_cast<char>(kVersion);
    put_varint(out, totals.received);
    put_varint(out, totals.duplicate);
    put_varint(out, totals.requeued);
    put_varint(out, totals.last_sequence);
    put_varint(out, totals.rejected.size());
    for (const auto& [reason, count] : totals.rejected) {
        put_text(out, reason);
        put_varint(out, count);
    }
    put_varint(out, totals.quarantine_bytes);
    put_varint(out, totals.quarantine_forgotten);
    put_varint(out, totals.lost);
    return out;
}

base::Result<JournalTotals> decode_totals(std::string_view bytes)
{
    Reader reader(bytes);
    const auto version = reader.fixed<std::uint8_t>();
    JournalTotals totals;
    totals.received = reader.varint();
    totals.duplicate = reader.varint();
    totals.requeued = reader.varint();
    totals.last_sequence = reader.varint();
    const std::uint64_t reasons = reader.varint();
    for (std::uint64_t i = 0; i < reasons && reader.ok(); ++i) {
        std::string reason(reader.text());
        totals.rejected.emplace_back(std::move(reason), reader.varint());
    }
    if (!reader.left().empty()) { // absent in folders made before there was a quota
        totals.quarantine_bytes = reader.varint();
        totals.quarantine_forgotten = reader.varint();
    }
    if (!reader.left().empty()) { // absent in folders made before losses were counted
        totals.lost = reader.varint();
    }
    if (version != kVersion || !reader.done()) {
        return std::unexpected(broken("the totals"));
    }
    return totals;
}

std::string encode_answer(const Answer& answer)
{
    std::string out;
    put_text(out, answer.body_digest);
    put_varint(out, answer.result.sequence);
    put_varint(out, answer.result.received);
    put_varint(out, answer.result.duplicate);
    put_fixed(out, answer.at.ns);
    return out;
}

base::Result<Answer> decode_answer(std::string_view bytes)
{
    Reader reader(bytes);
    Answer answer;
    answer.body_digest = reader.text();
    answer.result.sequence = reader.varint();
    answer.result.received = reader.varint();
    answer.result.duplicate = reader.varint();
    answer.at.ns = reader.fixed<std::int64_t>();
    if (!reader.done()) {
        return std::unexpected(broken("the answer to an idempotency key"));
    }
    return answer;
}

} // namespace tanggap::disk::detail
