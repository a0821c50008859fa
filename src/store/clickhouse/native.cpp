#include "store/clickhouse/native.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

#include "store/clickhouse/columns.h"
#include "store/clickhouse/others.h"
#include "store/clickhouse/shape.h"
#include "store/clickhouse/varint.h"

namespace tanggap::store::clickhouse {
namespace {

using model::Value;

template <class Number>
void append_number(std::string& out, Number number)
{
    static_assert(std::endian::native == std::endian::little);
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    out.append(bytes, sizeof number);
}

/// Dotted IPv4 of the usual spelling; the common case, ten times faster than inet_pton.
bool parse_v4(std::string_view text, std::uint8_t* bytes)
{
    std::size_t at = 0;
    for (int part = 0; part < 4; ++part) {
        unsigned number = 0;
        std::size_t digits = 0;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && digits < 4;
             ++at, ++digits) {
            number = number * 10 + static_cast<unsigned>(text[at] - '0');
        }
        if (digits == 0 || number > 255 || (part < 3 && (at >= text.size() || text[at++] != '.'))) {
            return false;
        }
        bytes[part] = static_cast<std::uint8_t>(number);
    }
    return at == text.size();
}

/// Whether `text` is an address that the column can hold; '::' stands for absent there.
bool parse_address(std::string_view text, std::uint8_t (&bytes)[16])
{
    static constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    static constexpr std::uint8_t kAbsent[16] = {};
    std::memcpy(bytes, kMapped, sizeof kMapped);
    if (parse_v4(text, bytes + 12)) {
        return true;
    }
    char zero_ended[INET6_ADDRSTRLEN] = {};
    if (text.size() >= sizeof zero_ended) {
        return false;
    }
    text.copy(zero_ended, text.size());
    return inet_pton(AF_INET6, zero_ended, bytes) == 1 &&
           std::memcmp(bytes, kAbsent, sizeof bytes) != 0;
}

/// Appends `value` (null: absent) to a column. False: the column cannot hold it; absent was
/// written.
bool append_hot(std::string& out, ColumnKind kind, const Value* value)
{
    constexpr std::int64_t kAbsent = -1;
    if (kind == ColumnKind::Word || kind == ColumnKind::Text) {
        append_text(out, value != nullptr ? value->text : std::string_view{});
        return true;
    }
    if (kind == ColumnKind::Integer) {
        const bool fits =
            value == nullptr || (value->kind == Value::Kind::Integer && value->integer >= 0);
        append_number(out, value != nullptr && fits ? value->integer : kAbsent);
        return fits;
    }
    std::uint8_t bytes[16] = {};
    const bool fits = value == nullptr || parse_address(value->text, bytes);
    if (!fits) {
        std::ranges::fill(bytes, std::uint8_t{0});
    }
    out.append(reinterpret_cast<const char*>(bytes), sizeof bytes);
    return fits;
}

void append_uuid(std::string& out, const base::Uuid& uuid)
{
    // ClickHouse keeps the two halves as little-endian numbers, the high one first.
    for (const std::size_t half : {std::size_t{0}, std::size_t{8}}) {
        for (std::size_t i = 8; i > 0; --i) {
            out += static_cast<char>(uuid.bytes[half + i - 1]);
        }
    }
}

} // namespace

/// One buffer for each column; kept between calls so that encoding does not allocate.
struct NativeEncoder::Buffers {
    std::string ts, ingested, event_id, sensor, dataset, level;
    std::string rule_ends, rules, alert_ends, alerts;
    std::array<std::string, kHotColumns.size()> hot;
    std::string key_ends, keys, extra_values, others, shape, field_values, original;
    std::uint64_t rule_count = 0;
    std::uint64_t alert_count = 0;
    std::uint64_t key_count = 0;
    std::string row_shape, row_values, row_others;

    void clear()
    {
        for (std::string* column : {&ts, &ingested, &event_id, &sensor, &dataset, &level,
                                    &rule_ends, &rules, &alert_ends, &alerts, &key_ends, &keys,
                                    &extra_values, &others, &shape, &field_values, &original}) {
            column->clear();
        }
        for (std::string& column : hot) {
            column.clear();
        }
        rule_count = alert_count = key_count = 0;
    }

    void add(const ArchiveRow& row)
    {
        const model::Event& event = *row.event;
        append_number(ts, event.time.micros());
        append_number(ingested, event.received.micros());
        append_uuid(event_id, event.id);
        append_text(sensor, event.sensor);
        append_text(dataset, event.dataset);
        append_number(level, static_cast<std::int8_t>(std::clamp(row.level, -1, 4)));
        add_annotations(row);
        add_fields(event);
        row_shape.clear();
        row_values.clear();
        append_shape(row_shape, row_values, event);
        append_text(shape, row_shape);
        append_text(field_values, row_values);
        append_text(original, event.original);
    }

    void add_annotations(const ArchiveRow& row)
    {
        for (const std::string& rule : row.rule_ids) {
            append_text(rules, rule);
        }
        for (const std::uint64_t alert : row.alerts) {
            append_number(alerts, alert);
        }
        append_number(rule_ends, rule_count += row.rule_ids.size());
        append_number(alert_ends, alert_count += row.alerts.size());
    }

    void add_fields(const model::Event& event)
    {
        std::array<const Value*, kHotColumns.size()> values{};
        row_others.clear();
        for (const model::Field& field : event.fields) {
            const auto column = find_hot(field.name);
            if (!column) {
                append_text(keys, field.name);
                append_text(extra_values, field.value.text);
                ++key_count;
            } else if (values[*column] == nullptr) {
                values[*column] = &field.value;
            } else {
                append_other(row_others, field.name, field.value.text);
            }
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!append_hot(hot[i], kHotColumns[i].kind, values[i])) {
                append_other(row_others, kHotColumns[i].field, values[i]->text);
            }
        }
        append_number(key_ends, key_count);
        append_text(others, row_others);
    }
};

namespace {

std::string_view wire_type(ColumnKind kind)
{
    switch (kind) {
    case ColumnKind::Integer:
        return "Int64";
    case ColumnKind::Address:
        return "IPv6";
    default:
        return "String";
    }
}

} // namespace

std::string insert_columns()
{
    std::string columns = "ts, ingested, event_id, sensor, dataset, level, rule_ids, alerts";
    for (const Column& column : kHotColumns) {
        columns += ", ";
        columns += column.column;
    }
    return columns + ", extra, others, shape, field_values, original";
}

NativeEncoder::NativeEncoder() : buffers_(std::make_unique<Buffers>()) {}
NativeEncoder::~NativeEncoder() = default;

bool NativeEncoder::has_others() const
{
    return buffers_->others.size() > rows_; // an empty text takes one byte
}

std::string_view NativeEncoder::encode(std::span<const ArchiveRow> rows)
{
    Buffers& b = *buffers_;
    b.clear();
    rows_ = rows.size();
    for (const ArchiveRow& row : rows) {
        b.add(row);
    }
    block_.clear();
    constexpr std::size_t kOtherColumns = 13;
    append_varint(block_, kOtherColumns + kHotColumns.size());
    append_varint(block_, rows.size());
    const auto column = [&](std::string_view name, std::string_view type,
                            std::initializer_list<const std::string*> data) {
        append_text(block_, name);
        append_text(block_, type);
        for (const std::string* part : data) {
            block_ += *part;
        }
    };
    column("ts", "DateTime64(6, 'UTC')", {&b.ts});
    column("ingested", "DateTime64(6, 'UTC')", {&b.ingested});
    column("event_id", "UUID", {&b.event_id});
    column("sensor", "String", {&b.sensor});
    column("dataset", "String", {&b.dataset});
    column("level", "Int8", {&b.level});
    column("rule_ids", "Array(String)", {&b.rule_ends, &b.rules});
    column("alerts", "Array(UInt64)", {&b.alert_ends, &b.alerts});
    for (std::size_t i = 0; i < kHotColumns.size(); ++i) {
        column(kHotColumns[i].column, wire_type(kHotColumns[i].kind), {&b.hot[i]});
    }
    column("extra", "Map(String, String)", {&b.key_ends, &b.keys, &b.extra_values});
    column("others", "String", {&b.others});
    column("shape", "String", {&b.shape});
    column("field_values", "String", {&b.field_values});
    column("original", "String", {&b.original});
    return block_;
}

} // namespace tanggap::store::clickhouse
