// The body of an ingest request to records: unpacking, framing, sizes. No meaning is looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "disk/journal.h"

namespace tanggap::api {

enum class BodyKind { NdJson, Text, Frames };
/// Errors: Invalid, naming the three that are taken.
base::Result<BodyKind> parse_content_type(std::string_view header);

/// Unpacks gzip or zstd when `encoding` says so. Errors: Invalid (damaged, another encoding),
/// Exhausted above limits::kUnpackRatioMax or limits::kIngestBytesMax.
base::Result<std::string> unpack_body(std::string_view body, std::string_view encoding);

/// Every record of the body. Blank lines are none. A line or frame above limits::kLineBytesMax
/// becomes an oversize record: its head, length and SHA-256.
/// Errors: Invalid where a frame is broken, Exhausted above limits::kChunkRecordsMax; then
/// nothing of the body may be kept.
base::Result<std::vector<disk::NewRecord>> split_body(BodyKind kind, std::string_view body);

} // namespace tanggap::api
