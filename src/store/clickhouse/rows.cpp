#include "store/clickhouse/rows.h"

#include <cstring>

#include "base/text.h"
#include "store/clickhouse/varint.h"

namespace tanggap::store::clickhouse {

base::Result<RowReader> RowReader::open(std::string_view body,
                                        const std::vector<std::string_view>& types)
{
    std::uint64_t columns = 0;
    if (!take_varint(body, columns) || columns != types.size()) {
        return base::corrupt("the event store answered with " + std::to_string(columns) +
                             " columns, " + std::to_string(types.size()) + " were asked for");
    }
    std::string_view text;
    for (std::uint64_t i = 0; i < columns * 2; ++i) {
        if (!take_text(body, text)) {
            return base::corrupt("the event store's answer is cut off in its head");
        }
        if (i >= columns && text != types[i - columns]) {
            return base::corrupt("the event store answered with type " + base::quoted(text) +
                                 " where " + std::string(types[i - columns]) + " was asked for");
        }
    }
    return RowReader(body);
}

std::string_view RowReader::take(std::size_t size)
{
    if (!ok_ || size > rest_.size()) {
        ok_ = false;
        return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
}

std::uint64_t RowReader::take_u64()
{
    std::uint64_t number = 0;
    const std::string_view bytes = take(sizeof number);
    bytes.copy(reinterpret_cast<char*>(&number), bytes.size());
    return number;
}

base::Uuid RowReader::take_uuid()
{
    base::Uuid uuid;
    const std::string_view bytes = take(uuid.bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) { // two little-endian halves
        uuid.bytes[i] = static_cast<std::uint8_t>(bytes[i < 8 ? 7 - i : 23 - i]);
    }
    return uuid;
}

std::string_view RowReader::take_string()
{
    std::string_view text;
    ok_ = ok_ && take_text(rest_, text);
    return ok_ ? text : std::string_view{};
}

} // namespace tanggap::store::clickhouse
