#include "store/clickhouse/clickhouse_store.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mutex>

#include <fmt/format.h>

#include "base/life.h"
#include "base/limits.h"
#include "model/detection.h"
#include "store/clickhouse/client.h"
#include "store/clickhouse/columns.h"
#include "store/clickhouse/compile.h"
#include "store/clickhouse/native.h"
#include "store/clickhouse/rows.h"
#include "store/clickhouse/shape.h"

namespace tanggap::store {
namespace {

namespace limits = base::limits;
using namespace clickhouse;
using base::Result;
using base::Status;
using base::Time;

constexpr std::string_view kFormat = " FORMAT RowBinaryWithNamesAndTypes";
constexpr std::string_view kEventColumns =
    "event_id, toUnixTimestamp64Micro(ts), toUnixTimestamp64Micro(ingested), sensor, dataset, "
    "shape, field_values, "
    "original";

std::string seconds_text(std::chrono::milliseconds time)
{
    return fmt::format("{}.{:03}", time.count() / 1000, time.count() % 1000);
}

/// Position in a newest-first list: "<microseconds>:<uuid>".
struct Position {
    std::int64_t micros = 0;
    base::Uuid id;

    std::string text() const { return std::to_string(micros) + ":" + id.text(); }
    static Result<Position> parse(std::string_view text)
    {
        Position position;
        const std::size_t colon = text.find(':');
        const auto end = text.data() + std::min(colon, text.size());
        const auto [stop, error] = std::from_chars(text.data(), end, position.micros);
        auto id = base::parse_uuid(colon == std::string_view::npos ? "" : text.substr(colon + 1));
        if (error != std::errc{} || stop != end || !id) {
            return base::invalid(
                "the cursor is not one that this list gave out; start from the first page");
        }
        position.id = *id;
        return position;
    }
};

struct Row {
    Position position;
    std::string json;
};

Result<Row> read_event(RowReader& reader)
{
    model::EventBatch batch;
    model::Event event;
    event.id = reader.take_uuid();
    const std::int64_t micros = reader.take_i64();
    event.time = {micros * 1000};
    event.received = {reader.take_i64() * 1000};
    event.sensor = reader.take_string();
    event.dataset = reader.take_string();
    const std::string_view shape = reader.take_string();
    const std::string_view values = reader.take_string();
    event.original = reader.take_string();
    if (!reader.ok()) {
        return base::corrupt("the event store's answer is cut off in a row");
    }
    TRY_STATUS(read_shape(shape, values, batch, event));
    return Row{.position = {micros, event.id}, .json = model::render_json(event)};
}

class ClickHouseStore final : public EventStore {
public:
    explicit ClickHouseStore(const ClickHouseOptions& options)
        : options_(options), client_(options.url)
    {
    }

    Status prepare() override
    {
        const std::lock_guard lock(prepare_mutex_);
        TRY_STATUS(execute(create_database_sql(options_.database)));
        TRY_STATUS(execute(create_table_sql(options_.database)));
        TRY(const std::string body,
            select({.sql = "SELECT count() FROM " + table() + " WHERE others != ''",
                    .parameters = {},
                    .settings = {},
                    .id = {}}));
        TRY(RowReader reader, RowReader::open(body, {"UInt64"}));
        others_ = others_ || reader.take_u64() > 0;
        prepared_ = true;
        return {};
    }

    Status insert(std::span<const ArchiveRow> rows, std::string_view token) override
    {
        base::life::step();
        TRY_STATUS(prepare_once());
        const std::lock_guard lock(encoder_mutex_);
        for (std::size_t begin = 0, part = 0; begin < rows.size(); ++part) {
            const std::size_t count = piece_size(rows.subspan(begin));
            TRY_STATUS(insert_piece(rows.subspan(begin, count),
                                    std::string(token) + "." + std::to_string(part)));
            begin += count;
        }
        return {};
    }

    Result<EventPage> list(const EventPageRequest& request) override
    {
        TRY_STATUS(prepare_once());
        const std::size_t limit = std::min(request.limit, limits::kPageItemsMax);
        Sql sql;
        sql.text = fmt::format("SELECT {} FROM {} WHERE ", kEventColumns, table());
        TRY_STATUS(add_condition(sql, request.filter, request.from, request.to, request.now));
        if (!request.after.empty()) {
            TRY(const Position after, Position::parse(request.after));
            const std::string at = sql.bind(std::to_string(after.micros), "Int64");
            sql.text +=
                fmt::format(" AND ts <= fromUnixTimestamp64Micro({0}, 'UTC') AND (ts, event_id) < "
                            "(fromUnixTimestamp64Micro({0}, 'UTC'), {1})",
                            at, sql.bind(after.id.text(), "UUID"));
        }
        sql.text += fmt::format(" ORDER BY ts DESC, event_id DESC LIMIT {}", limit + 1);
        return read_page(std::move(sql), limit, request.request_id);
    }

    Result<std::string> find(std::string_view event_id) override
    {
        TRY_STATUS(prepare_once());
        const auto id = base::parse_uuid(event_id);
        if (!id) {
            return base::not_found("there is no event " + std::string(event_id.substr(0, 60)));
        }
        Sql sql;
        sql.text = fmt::format("SELECT {} FROM {} WHERE event_id = {} LIMIT 1", kEventColumns,
                               table(), sql.bind(id->text(), "UUID"));
        TRY(EventPage page, read_page(std::move(sql), 1, {}));
        if (page.events_json.empty()) {
            return base::not_found("there is no event " + id->text() + " in the archive");
        }
        return std::move(page.events_json.front());
    }

    Result<std::uint64_t> count(const query::Node* filter, Time from, Time to, Time now) override
    {
        TRY_STATUS(prepare_once());
        Sql sql;
        sql.text = fmt::format("SELECT count() FROM {} WHERE ", table());
        TRY_STATUS(add_condition(sql, filter, from, to, now));
        TRY(const std::string body, select_sql(std::move(sql)));
        TRY(RowReader reader, RowReader::open(body, {"UInt64"}));
        return reader.take_u64();
    }

    Result<Histogram> histogram(const query::Node* filter, Time from, Time to, std::size_t buckets,
                                Time now) override
    {
        TRY_STATUS(prepare_once());
        Histogram histogram = empty_histogram(from, to, buckets);
        if (histogram.counts.empty()) {
            return histogram;
        }
        const bool everything =
            filter == nullptr || (filter->op == query::Operator::And && filter->children.empty());
        Sql sql;
        if (everything && histogram.bucket_seconds % 60 == 0) {
            TRY_STATUS(add_minute_counts(sql, histogram, from, to, now));
        } else {
            TRY_STATUS(add_counts(sql, histogram, filter, from, to, now));
        }
        TRY(const std::string body, select_sql(std::move(sql)));
        TRY(RowReader reader, RowReader::open(body, {"Int64", "UInt64", "UInt64"}));
        while (reader.has_row()) {
            const std::int64_t bucket = reader.take_i64();
            const std::uint64_t events = reader.take_u64();
            const std::uint64_t detected = reader.take_u64();
            if (reader.ok() && bucket >= 0 &&
                static_cast<std::size_t>(bucket) < histogram.counts.size()) {
                histogram.counts[static_cast<std::size_t>(bucket)] += events;
                histogram.detected[static_cast<std::size_t>(bucket)] += detected;
            }
        }
        return histogram;
    }

    Result<std::vector<std::pair<std::string, std::uint64_t>>> top(std::string_view field,
                                                                   const query::Node* filter,
                                                                   Time from, Time to,
                                                                   std::size_t n, Time now) override
    {
        TRY_STATUS(prepare_once());
        Sql sql;
        TRY(const Countable countable, compile_countable(field, sql));
        sql.text = fmt::format(
            // toString keeps LowCardinality, which the reader of rows does not take.
            "SELECT CAST(toString(v) AS String), c FROM (SELECT {} AS v, count() AS c FROM {} "
            "WHERE {} AND ",
            countable.expression, table(), countable.present);
        TRY_STATUS(add_condition(sql, filter, from, to, now));
        sql.text += fmt::format(" GROUP BY v ORDER BY c DESC, v LIMIT {})",
                                std::min(n, limits::kPageItemsMax));
        TRY(const std::string body, select_sql(std::move(sql)));
        TRY(RowReader reader, RowReader::open(body, {"String", "UInt64"}));
        std::vector<std::pair<std::string, std::uint64_t>> values;
        while (reader.has_row()) {
            std::string value = shown(countable, reader.take_string());
            values.emplace_back(std::move(value), reader.take_u64());
        }
        return values;
    }

    EventStoreHealth health() override
    {
        EventStoreHealth health;
        const Status filled = fill(health);
        health.available = filled.has_value();
        health.reason = filled ? std::string() : filled.error().message;
        return health;
    }

private:
    std::string table() const { return options_.database + ".events"; }

    /// Explains an engine that is not there (rulings 9).
    base::Error explained(base::Error error) const
    {
        const std::string reason =
            options_.unavailable_reason ? options_.unavailable_reason() : std::string();
        if (error.code == base::Code::Unavailable || error.code == base::Code::NotFound) {
            error.code = base::Code::Unavailable;
            error.message =
                reason.empty() ? "the event store cannot be reached: " + error.message : reason;
        }
        return error;
    }

    Result<std::string> send(const QueryRequest& request) const
    {
        auto body = client_.query(request);
        if (!body) {
            return std::unexpected(explained(std::move(body.error())));
        }
        return body;
    }

    Status execute(std::string sql) const
    {
        TRY(const std::string ignored, send({.sql = std::move(sql),
                                             .parameters = {},
                                             .settings = {},
                                             .id = {},
                                             .timeout = options_.query_timeout}));
        return {};
    }

    Result<std::string> select(QueryRequest request) const
    {
        request.sql += kFormat;
        request.timeout =
            options_.query_timeout + std::chrono::seconds(limits::kEngineAdmissionWait);
        request.settings = {{"readonly", "1"},
                            {"max_execution_time", seconds_text(options_.query_timeout)},
                            {"max_memory_usage", std::to_string(kQueryMemoryBytes)}};
        return send(request);
    }

    Result<std::string> select_sql(Sql sql, std::string id = {}) const
    {
        return select({.sql = std::move(sql.text),
                       .parameters = std::move(sql.parameters),
                       .settings = {},
                       .id = std::move(id)});
    }

    Status prepare_once() { return prepared_ ? Status{} : prepare(); }

    /// As many rows as fit one insert. The same rows always give the same pieces: tokens rest on
    /// it.
    static std::size_t piece_size(std::span<const ArchiveRow> rows)
    {
        std::size_t bytes = 0;
        std::size_t count = 0;
        while (count < rows.size() && count < limits::kEngineInsertRowsMax) {
            bytes += rows[count].event->original.size() * 2;
            for (const model::Field& field : rows[count].event->fields) {
                bytes += field.name.size() + field.value.text.size();
            }
            if (count > 0 && bytes > limits::kEngineInsertBytesMax) {
                break;
            }
            ++count;
        }
        return count;
    }

    Status insert_piece(std::span<const ArchiveRow> rows, std::string token)
    {
        const std::string_view block = encoder_.encode(rows);
        const auto sent = send(
            {.sql = fmt::format("INSERT INTO {} ({}) FORMAT Native", table(), insert_columns()),
             .parameters = {},
             .settings = {{"insert_deduplication_token", std::move(token)},
                          {"min_insert_block_size_rows",
                           std::to_string(limits::kArchiveBatchRowsMax * 2)},
                          {"min_insert_block_size_bytes",
                           std::to_string(limits::kArchiveBatchBytesMax * 4)}},
             .id = {},
             .body = block,
             .timeout = options_.insert_timeout});
        if (!sent) {
            return std::unexpected(sent.error());
        }
        if (encoder_.has_others()) {
            others_ = true;
        }
        return {};
    }

    Status add_condition(Sql& sql, const query::Node* filter, Time from, Time to, Time now) const
    {
        sql.text += fmt::format("ts >= fromUnixTimestamp64Micro({}, 'UTC') AND ts < "
                                "fromUnixTimestamp64Micro({}, 'UTC')",
                                sql.bind(std::to_string(from.micros()), "Int64"),
                                sql.bind(std::to_string(to.micros()), "Int64"));
        if (filter != nullptr) {
            sql.text += " AND ";
            return compile_filter(
                *filter, {.now = now, .zone_minutes = options_.zone_minutes, .others = others_},
                sql);
        }
        return {};
    }

    Result<EventPage> read_page(Sql sql, std::size_t limit, const std::string& id) const
    {
        TRY(const std::string body, select_sql(std::move(sql), id));
        constexpr std::string_view kWord = "LowCardinality(String)"; // written like a String
        TRY(RowReader reader, RowReader::open(body, {"UUID", "Int64", "Int64", kWord, kWord, kWord,
                                                     "String", "String"}));
        EventPage page;
        Position last;
        while (reader.has_row()) {
            TRY(Row row, read_event(reader));
            if (page.events_json.size() == limit) {
                page.next = last.text();
                break;
            }
            last = row.position;
            page.events_json.push_back(std::move(row.json));
        }
        return page;
    }

    /// Buckets of a round length that cover [from, to).
    static Histogram empty_histogram(Time from, Time to, std::size_t buckets)
    {
        constexpr std::int64_t kLengths[] = {
            1,    2,    5,    10,    15,    30,    60,    120,       300,        600,        900,
            1800, 3600, 7200, 10800, 21600, 43200, 86400, 7 * 86400, 30 * 86400, 365 * 86400};
        Histogram histogram;
        const std::int64_t span = to.seconds() - from.seconds() + 1;
        if (to <= from || buckets == 0) {
            return histogram;
        }
        const auto wanted =
            static_cast<std::int64_t>(std::min<std::size_t>(buckets, limits::kPageItemsMax));
        const auto fits = std::ranges::find_if(
            kLengths, [&](std::int64_t length) { return span / length < wanted; });
        histogram.bucket_seconds = fits != std::end(kLengths) ? *fits : span / wanted + 1;
        const std::int64_t into =
            ((from.seconds() % histogram.bucket_seconds) + histogram.bucket_seconds) %
            histogram.bucket_seconds;
        histogram.from = Time::from_seconds(from.seconds() - into);
        const std::int64_t last = (to + base::Duration{-1}).seconds();
        const auto size = static_cast<std::size_t>(
            (last - histogram.from.seconds()) / histogram.bucket_seconds + 1);
        histogram.counts.resize(size);
        histogram.detected.resize(size);
        return histogram;
    }

    std::string bucket_of(std::string_view seconds, const Histogram& histogram, Sql& sql) const
    {
        return fmt::format("intDiv(toInt64({}) - {}, {})", seconds,
                           sql.bind(std::to_string(histogram.from.seconds()), "Int64"),
                           sql.bind(std::to_string(histogram.bucket_seconds), "Int64"));
    }

    Status add_counts(Sql& sql, const Histogram& histogram, const query::Node* filter, Time from,
                      Time to, Time now) const
    {
        sql.text += fmt::format("SELECT {} AS bucket, count(), countIf(level >= 0) FROM {} WHERE ",
                                bucket_of("toUnixTimestamp(ts)", histogram, sql), table());
        TRY_STATUS(add_condition(sql, filter, from, to, now));
        sql.text += " GROUP BY bucket";
        return {};
    }

    /// Whole minutes from the projection, the rest of the first and last minute from the events.
    Status add_minute_counts(Sql& sql, const Histogram& histogram, Time from, Time to,
                             Time now) const
    {
        constexpr std::int64_t kMinute = 60'000'000'000;
        const Time first{(from.ns + kMinute - 1) / kMinute * kMinute};
        const Time last{to.ns / kMinute * kMinute};
        if (last <= first || from.ns < 0) {
            return add_counts(sql, histogram, nullptr, from, to, now);
        }
        const std::string bucket =
            bucket_of("toUnixTimestamp(toStartOfMinute(ts))", histogram, sql);
        sql.text += fmt::format("SELECT bucket, sum(n) AS events, sumIf(n, detected) AS hits FROM "
                                "(SELECT {} AS bucket, "
                                "level >= 0 AS detected, count() AS n FROM {} WHERE "
                                "toStartOfMinute(ts) >= toDateTime({}, 'UTC') "
                                "AND toStartOfMinute(ts) < toDateTime({}, 'UTC') GROUP BY bucket, "
                                "detected) GROUP BY bucket",
                                bucket, table(), sql.bind(std::to_string(first.seconds()), "Int64"),
                                sql.bind(std::to_string(last.seconds()), "Int64"));
        for (const auto& [begin, end] : {std::pair{from, first}, std::pair{last, to}}) {
            if (begin < end) {
                sql.text += " UNION ALL ";
                TRY_STATUS(add_counts(sql, histogram, nullptr, begin, end, now));
            }
        }
        return {};
    }

    static std::string shown(const Countable& countable, std::string_view value)
    {
        constexpr std::string_view kMapped = "::ffff:";
        if (countable.address && value.starts_with(kMapped) && value.contains('.')) {
            return std::string(value.substr(kMapped.size()));
        }
        if (countable.level && value.size() == 1 && value[0] >= '0' && value[0] <= '4') {
            return std::string(model::name_of(static_cast<model::Level>(value[0] - '0')));
        }
        return std::string(value);
    }

    Status fill(EventStoreHealth& health)
    {
        TRY_STATUS(prepare_once());
        TRY(const std::string body,
            select(
                {.sql = fmt::format("SELECT version(), count(), toUnixTimestamp64Micro(min(ts)), "
                                    "toUnixTimestamp64Micro(max(ts)) FROM {}",
                                    table()),
                 .parameters = {},
                 .settings = {},
                 .id = {}}));
        TRY(RowReader reader, RowReader::open(body, {"String", "UInt64", "Int64", "Int64"}));
        health.version = reader.take_string();
        health.rows = reader.take_u64();
        health.oldest = {reader.take_i64() * 1000};
        health.newest = {reader.take_i64() * 1000};
        Sql sql;
        sql.text = fmt::format("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table "
                               "= 'events' AND database = {}",
                               sql.bind(options_.database));
        TRY(const std::string size, select_sql(std::move(sql)));
        TRY(RowReader bytes, RowReader::open(size, {"UInt64"}));
        health.bytes_on_disk = bytes.take_u64();
        return {};
    }

    /// Of one search; the engine has 450 MB for all.
    static constexpr std::size_t kQueryMemoryBytes = 200'000'000;

    ClickHouseOptions options_;
    Client client_;
    std::atomic<bool> prepared_{false};
    std::atomic<bool> others_{false};
    std::mutex prepare_mutex_;
    std::mutex encoder_mutex_;
    NativeEncoder encoder_;
};

} // namespace

std::unique_ptr<EventStore> open_clickhouse(const ClickHouseOptions& options)
{
    return std::make_unique<ClickHouseStore>(options);
}

} // namespace tanggap::store
