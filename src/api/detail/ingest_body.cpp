#include "api/detail/ingest_body.h"

#include <algorithm>

#include "api/detail/encoding.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"
#include "codec/compress.h"

namespace tanggap::api {
namespace {

using base::limits::kLineBytesMax;
using base::limits::kOversizeKeptBytes;
using Records = std::vector<disk::NewRecord>;

disk::NewRecord record_of(std::string_view bytes)
{
    disk::NewRecord record;
    if (bytes.size() <= kLineBytesMax) {
        record.bytes = bytes;
        return record;
    }
    record.bytes = bytes.substr(0, kOversizeKeptBytes);
    record.full_length = bytes.size();
    record.full_sha256 = base::sha256_hex(bytes);
    return record;
}

/// The sender's own name of a record, for deduplication. Reading JSON twice is dear, so only lines
/// that mention it are looked at; one that is no JSON has none and goes to quarantine later.
std::string external_id_of(std::string_view line)
{
    if (line.size() > kLineBytesMax || !line.contains("\"external_id\"")) {
        return {};
    }
    const auto value = read_json(line);
    if (!value || !value->is_object() || !value->contains("external_id") ||
        !value->at("external_id").is_string()) {
        return {};
    }
    return value->at("external_id").get<std::string>();
}

base::Status check_count(const Records& records)
{
    // One body is one append, whose limit is the smaller one.
    constexpr std::size_t kMax =
        std::min(base::limits::kIngestRecordsMax, base::limits::kChunkRecordsMax);
    return records.size() < kMax
               ? base::Status{}
               : base::exhausted("the body has more than " + std::to_string(kMax) +
                                 " records; send it in pieces");
}

base::Result<Records> split_lines(std::string_view body, BodyKind kind)
{
    Records records;
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('\n'), body.size());
        std::string_view line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (base::trim(line).empty()) {
            continue;
        }
        TRY_STATUS(check_count(records));
        records.push_back(record_of(line));
        if (kind == BodyKind::NdJson) {
            records.back().external_id = external_id_of(line);
        }
    }
    return records;
}

std::uint64_t little_endian(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) {
        value = value << 8U | static_cast<unsigned char>(bytes[i - 1]);
    }
    return value;
}

std::unexpected<base::Error> bad_frame(std::size_t number, std::string_view what)
{
    return base::invalid("frame " + std::to_string(number) + " is broken: " + std::string(what) +
                         "; nothing of this body was kept");
}

/// Shape: u64 length, 32 bytes SHA-256, then the head. A head that is the whole is no oversize.
base::Result<disk::NewRecord> oversize_of(std::string_view payload, std::size_t number)
{
    constexpr std::size_t kPrefixBytes = 40;
    if (payload.size() < kPrefixBytes) {
        return bad_frame(number, "an oversize frame has at least 40 bytes");
    }
    disk::NewRecord record;
    record.full_length = little_endian(payload.substr(0, 8));
    record.full_sha256 = base::to_hex(payload.substr(8, 32));
    record.bytes = payload.substr(kPrefixBytes, kOversizeKeptBytes);
    if (record.full_length <= kLineBytesMax) {
        return bad_frame(number, "an oversize record is longer than 1 MiB");
    }
    return record;
}

/// Shape: u32 LE length of the payload, u8 kind (0 record, 1 oversize), payload.
base::Result<Records> split_frames(std::string_view body)
{
    constexpr std::size_t kHeadBytes = 5;
    Records records;
    while (!body.empty()) {
        const std::size_t number = records.size() + 1;
        TRY_STATUS(check_count(records));
        if (body.size() < kHeadBytes) {
            return bad_frame(number, "it is cut short");
        }
        const std::uint64_t length = little_endian(body.substr(0, 4));
        const char kind = body[4];
        body.remove_prefix(kHeadBytes);
        if (length > body.size()) {
            return bad_frame(number, "its length passes the end of the body");
        }
        const std::string_view payload = body.substr(0, length);
        body.remove_prefix(length);
        if (kind == 0) {
            records.push_back(record_of(payload));
        } else if (kind == 1) {
            TRY(auto record, oversize_of(payload, number));
            records.push_back(std::move(record));
        } else {
            return bad_frame(number, "its kind is neither 0 (record) nor 1 (oversize)");
        }
    }
    return records;
}

base::Result<std::string> read_all(codec::ByteReader& reader)
{
    std::string out;
    std::string piece(64 * 1024, '\0');
    while (true) {
        TRY(const std::size_t count, reader.read(piece));
        if (count == 0) {
            return out;
        }
        out.append(piece, 0, count);
    }
}

} // namespace

base::Result<BodyKind> parse_content_type(std::string_view header)
{
    const std::string type = base::to_lower_ascii(base::trim(header.substr(0, header.find(';'))));
    if (type == "application/x-ndjson") {
        return BodyKind::NdJson;
    }
    if (type == "text/plain") {
        return BodyKind::Text;
    }
    if (type == "application/vnd.tanggap.records") {
        return BodyKind::Frames;
    }
    return base::invalid("Content-Type " + base::quoted(header) +
                         " is not taken; send application/x-ndjson, text/plain or"
                         " application/vnd.tanggap.records");
}

base::Result<std::string> unpack_body(std::string_view body, std::string_view encoding)
{
    const std::string name = base::to_lower_ascii(base::trim(encoding));
    const bool gzip = name == "gzip" && body.starts_with("\x1f\x8b");
    const bool zstd = name == "zstd" && body.starts_with("\x28\xb5\x2f\xfd");
    if (name.empty() || name == "identity") {
        return body.size() <= base::limits::kIngestBytesMax
                   ? base::Result<std::string>(std::string(body))
                   : base::exhausted("the body is longer than 16 MiB; send it in pieces");
    }
    if (!gzip && !zstd) {
        return base::invalid("Content-Encoding " + base::quoted(encoding) +
                             " does not fit the body; gzip and zstd are taken");
    }
    TRY(const auto reader,
        codec::unpack(codec::memory_bytes(body), {.ratio_max = base::limits::kUnpackRatioMax,
                                                  .bytes_max = base::limits::kIngestBytesMax}));
    return read_all(*reader);
}

base::Result<Records> split_body(BodyKind kind, std::string_view body)
{
    return kind == BodyKind::Frames ? split_frames(body) : split_lines(body, kind);
}

} // namespace tanggap::api
