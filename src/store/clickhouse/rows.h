// Reads RowBinaryWithNamesAndTypes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/id.h"

namespace tanggap::store::clickhouse {

/// Goes through rows column by column; the caller knows the types it selected. After a cut-off
/// value everything reads as empty and ok() is false. Lifetime: views into the body.
class RowReader {
public:
    /// Errors: Corrupt when the head is not whole or has other than `types`.
    static base::Result<RowReader> open(std::string_view body,
                                        const std::vector<std::string_view>& types);

    bool has_row() const { return ok_ && !rest_.empty(); }
    bool ok() const { return ok_; }
    std::uint64_t take_u64();
    std::int64_t take_i64() { return static_cast<std::int64_t>(take_u64()); }
    base::Uuid take_uuid();
    std::string_view take_string();

private:
    explicit RowReader(std::string_view rest) : rest_(rest) {}
    std::string_view take(std::size_t size);

    std::string_view rest_;
    bool ok_ = true;
};

} // namespace tanggap::store::clickhouse
