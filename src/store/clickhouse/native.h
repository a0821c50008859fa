// One block of ClickHouse's Native format: columns one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "store/event_store.h"

namespace tanggap::store::clickhouse {

/// Columns of the insert, in the order of the block: "ts, ingested, …".
std::string insert_columns();

/// Appends `rows` as one block. Types on the wire are those of the table, but for fields that few
/// events have: sent as plain text, each word would be hashed again by the server (docs/decisions).
/// Source: ClickHouse src/Formats/NativeWriter.cpp, protocol revision 0.
/// Cost: about a microsecond an event (bench/event_store_bench.cpp).
class NativeEncoder {
public:
    NativeEncoder();
    ~NativeEncoder();

    /// The bytes stay valid until the next call.
    std::string_view encode(std::span<const ArchiveRow> rows);

    /// Whether the last block has values in the column `others`.
    bool has_others() const;

private:
    struct Buffers;
    std::unique_ptr<Buffers> buffers_;
    std::string block_;
    std::size_t rows_ = 0;
};

} // namespace tanggap::store::clickhouse
