#include "store/clickhouse/native.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <unordered_map>
#include <vector>

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

/// Appends `value` (null: absent) to a column that is not of words. False: the column cannot hold
/// it; absent was written.
bool append_hot(std::string& out, ColumnKind kind, const Value* value)
{
    constexpr std::int64_t kAbsent = -1;
    if (kind == ColumnKind::Text) {
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

/// A column of LowCardinality(String): each text once, then its number for each row.
class WordColumn {
public:
    void clear()
    {
        numbers_.clear();
        known_.clear();
        texts_.clear();
        last_ = {};
    }

    /// `text` must live until clear().
    void add(std::string_view text)
    {
        const bool again = !numbers_.empty() && text.size() == last_.size() &&
                           (text.data() == last_.data() || text == last_);
        numbers_.push_back(again ? numbers_.back() : number_of(text));
        last_ = text;
    }

    /// Source: ClickHouse src/DataTypes/Serializations/SerializationLowCardinality.cpp: version 1,
    /// width of the numbers with two flags (own dictionary, which comes now), dictionary, numbers.
    void append_to(std::string& out) const
    {
        constexpr std::uint64_t kVersion = 1;
        constexpr std::uint64_t kOwnDictionary = 0x600;
        const std::uint64_t width = known_.size() <= 0x100 ? 0 : known_.size() <= 0x10000 ? 1 : 2;
        append_number(out, kVersion);
        append_number(out, kOwnDictionary | width);
        append_number(out, std::uint64_t{known_.size()});
        out += texts_;
        append_number(out, std::uint64_t{numbers_.size()});
        for (const std::uint32_t number : numbers_) {
            if (width == 0) {
                append_number(out, static_cast<std::uint8_t>(number));
            } else if (width == 1) {
                append_number(out, static_cast<std::uint16_t>(number));
            } else {
                append_number(out, number);
            }
        }
    }

private:
    std::uint32_t number_of(std::string_view text)
    {
        const auto [known, added] =
            known_.try_emplace(text, static_cast<std::uint32_t>(known_.size()));
        if (added) {
            append_text(texts_, text);
        }
        return known->second;
    }

    std::vector<std::uint32_t> numbers_;
    std::unordered_map<std::string_view, std::uint32_t> known_;
    std::string texts_;
    std::string_view last_;
};

/// What is the same for events with the same fields in the same order: their shape, and which
/// column each field goes to. Names are told apart by where they lie, which is sound only while
/// the events of one block live: clear() forgets them.
class Layouts {
public:
    struct Layout {
        std::vector<std::pair<std::string_view, Value::Kind>> fields;
        std::string shape;
        std::vector<std::optional<std::size_t>> columns;
    };

    void clear() { last_ = nullptr, layouts_.clear(); }

    const Layout& of(const model::Event& event)
    {
        if (last_ == nullptr || !same(*last_, event)) {
            last_ = find_or_make(event);
        }
        return *last_;
    }

private:
    static bool same(const Layout& layout, const model::Event& event)
    {
        return std::ranges::equal(
            layout.fields, event.fields, [](const auto& known, const model::Field& field) {
                return known.first.data() == field.name.data() &&
                       known.first.size() == field.name.size() && known.second == field.value.kind;
            });
    }

    const Layout* find_or_make(const model::Event& event)
    {
        scratch_.clear();
        append_shape(scratch_, event);
        const auto [found, added] = layouts_.try_emplace(scratch_);
        Layout& layout = found->second;
        layout.fields.clear();
        for (const model::Field& field : event.fields) {
            layout.fields.emplace_back(field.name, field.value.kind);
            if (added) {
                layout.columns.push_back(find_hot(field.name));
            }
        }
        if (added) {
            layout.shape = scratch_;
        }
        return &layout;
    }

    std::unordered_map<std::string, Layout> layouts_; // keeps addresses
    const Layout* last_ = nullptr;
    std::string scratch_;
};

} // namespace

/// One buffer for each column; kept between calls so that encoding does not allocate.
struct NativeEncoder::Buffers {
    std::string ts, ingested, event_id, level;
    std::string rule_ends, rules, alert_ends, alerts;
    std::array<std::string, kHotColumns.size()> hot;  ///< those of words stay empty
    std::array<WordColumn, kHotColumns.size()> words; ///< those of words
    WordColumn sensor, dataset, shape;
    std::string key_ends, keys, extra_values, others, field_values, original;
    std::uint64_t rule_count = 0;
    std::uint64_t alert_count = 0;
    std::uint64_t key_count = 0;
    Layouts layouts;
    std::string row_values, row_others;

    void clear()
    {
        for (std::string* column :
             {&ts, &ingested, &event_id, &level, &rule_ends, &rules, &alert_ends, &alerts,
              &key_ends, &keys, &extra_values, &others, &field_values, &original}) {
            column->clear();
        }
        for (std::string& column : hot) {
            column.clear();
        }
        for (WordColumn& column : words) {
            column.clear();
        }
        for (WordColumn* column : {&sensor, &dataset, &shape}) {
            column->clear();
        }
        layouts.clear();
        rule_count = alert_count = key_count = 0;
    }

    void add(const ArchiveRow& row)
    {
        const model::Event& event = *row.event;
        append_number(ts, event.time.micros());
        append_number(ingested, event.received.micros());
        append_uuid(event_id, event.id);
        sensor.add(event.sensor);
        dataset.add(event.dataset);
        append_number(level, static_cast<std::int8_t>(std::clamp(row.level, -1, 4)));
        add_annotations(row);
        const Layouts::Layout& layout = layouts.of(event);
        add_fields(event, layout);
        shape.add(layout.shape);
        row_values.clear();
        append_values(row_values, event);
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

    void add_fields(const model::Event& event, const Layouts::Layout& layout)
    {
        std::array<const Value*, kHotColumns.size()> values{};
        row_others.clear();
        for (std::size_t i = 0; i < event.fields.size(); ++i) {
            const model::Field& field = event.fields[i];
            const auto column = layout.columns[i];
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
            if (kHotColumns[i].kind == ColumnKind::Word) {
                words[i].add(values[i] != nullptr ? values[i]->text : std::string_view{});
            } else if (!append_hot(hot[i], kHotColumns[i].kind, values[i])) {
                append_other(row_others, kHotColumns[i].field, values[i]->text);
            }
        }
        append_number(key_ends, key_count);
        append_text(others, row_others);
    }
};

namespace {

constexpr std::string_view kWords = "LowCardinality(String)";

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
    const auto words = [&](std::string_view name, const WordColumn& data) {
        column(name, kWords, {});
        data.append_to(block_);
    };
    words("sensor", b.sensor);
    words("dataset", b.dataset);
    column("level", "Int8", {&b.level});
    column("rule_ids", "Array(String)", {&b.rule_ends, &b.rules});
    column("alerts", "Array(UInt64)", {&b.alert_ends, &b.alerts});
    for (std::size_t i = 0; i < kHotColumns.size(); ++i) {
        if (kHotColumns[i].kind == ColumnKind::Word) {
            words(kHotColumns[i].column, b.words[i]);
        } else {
            column(kHotColumns[i].column, wire_type(kHotColumns[i].kind), {&b.hot[i]});
        }
    }
    column("extra", "Map(String, String)", {&b.key_ends, &b.keys, &b.extra_values});
    column("others", "String", {&b.others});
    words("shape", b.shape);
    column("field_values", "String", {&b.field_values});
    column("original", "String", {&b.original});
    return block_;
}

} // namespace tanggap::store::clickhouse
