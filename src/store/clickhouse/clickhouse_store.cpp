#include "store/clickhouse/clickhouse_store.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <limits>
#include <mutex>
#include <shared_mutex>

#include <fmt/format.h>

#include "base/life.h"
#include "base/limits.h"
#include "base/search_limits.h"
#include "model/detection.h"
#include "store/clickhouse/client.h"
#include "store/clickhouse/columns.h"
#include "store/clickhouse/compile.h"
#include "store/clickhouse/event_rows.h"
#include "store/clickhouse/histogram.h"
#include "store/clickhouse/native.h"
#include "store/clickhouse/rows.h"
#include "store/clickhouse/slices.h"
#include "store/clickhouse/tally.h"
#include "store/clickhouse/top.h"
#include "store/clickhouse/whole.h"

namespace tanggap::store {
namespace {

namespace limits = base::limits;
using namespace clickhouse;
using base::Result;
using base::Status;
using base::Time;

constexpr std::string_view kFormat = " FORMAT RowBinaryWithNamesAndTypes";
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
        constexpr std::int64_t kMicrosMax = std::numeric_limits<std::int64_t>::max() / 1000 - 1;
        Position position;
        const std::size_t colon = text.find(':');
        const auto end = text.data() + std::min(colon, text.size());
        const auto [stop, error] = std::from_chars(text.data(), end, position.micros);
        auto id = base::parse_uuid(colon == std::string_view::npos ? "" : text.substr(colon + 1));
        const bool sayable = position.micros >= -kMicrosMax && position.micros <= kMicrosMax;
        if (error != std::errc{} || stop != end || !id || !sayable) {
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

Result<Row> read_row(RowReader& reader)
{
    model::EventBatch batch;
    model::Event event;
    TRY_STATUS(read_event(reader, batch, event));
    return Row{.position = {event.time.micros(), event.id}, .json = model::render_json(event)};
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
        for (std::string& upgrade : upgrade_sql(options_.database)) {
            TRY_STATUS(execute(std::move(upgrade)));
        }
        for (std::string& create : create_tally_sql(options_.database)) {
            TRY_STATUS(execute(std::move(create)));
        }
        TRY_STATUS(load_tally());
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
        const std::shared_lock beside_others(inserting_);
        NativeEncoder& encoder = thread_encoder();
        for (std::size_t begin = 0, part = 0; begin < rows.size(); ++part) {
            const std::size_t count = piece_size(rows.subspan(begin));
            TRY_STATUS(insert_piece(encoder, rows.subspan(begin, count),
                                    std::string(token) + "." + std::to_string(part)));
            begin += count;
        }
        return {};
    }

    Result<DroppedDays> drop_received_before(Time limit) override
    {
        TRY_STATUS(prepare_once());
        TRY(const auto days, days_received_before(limit));
        DroppedDays dropped;
        for (const std::int64_t day : days) {
            TRY(const std::uint64_t events, drop_day(day, limit));
            if (events > 0) {
                dropped.days.push_back(
                    fmt::format("{:04}-{:02}-{:02}", day / 10'000, day / 100 % 100, day % 100));
                dropped.events += events;
            }
        }
        return dropped;
    }

    Result<EventPage> list(const EventPageRequest& request) override
    {
        TRY_STATUS(prepare_once());
        PageSearch search{.request = request, .pace = Pace(options_.first_slice_rows)};
        search.limit = std::min(request.limit, limits::kPageItemsMax);
        search.budget =
            std::min(request.budget.value_or(options_.query_timeout), options_.query_timeout);
        Time end = request.to;
        if (!request.after.empty()) {
            TRY(search.after, Position::parse(request.after));
            end = std::min(end, Time{(search.after->micros + 1) * 1000});
        }
        TRY(search.days, days_with_events());
        search.slices = Slices(search.days, request.from, end);
        return run(search);
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
        std::vector<Row> rows;
        TRY_STATUS(read_rows(std::move(sql), {}, {}, rows));
        if (rows.empty()) {
            return base::not_found("there is no event " + id->text() + " in the archive");
        }
        return std::move(rows.front().json);
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
                                Time now, const Abandoned& abandoned) override
    {
        TRY_STATUS(prepare_once());
        Histogram histogram = empty_histogram(from, to, buckets);
        if (histogram.counts.empty()) {
            return histogram;
        }
        Sql sql;
        TRY_STATUS(add_histogram(sql, histogram,
                                 {.table = table(), .filter = filter, .from = from, .to = to},
                                 compile_options(now)));
        TRY(const std::string body, select_sql(std::move(sql), {}, abandoned));
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

    Result<std::vector<std::pair<std::string, std::uint64_t>>>
    top(std::string_view field, const query::Node* filter, Time from, Time to, std::size_t n,
        Time now, const Abandoned& abandoned) override
    {
        TRY_STATUS(prepare_once());
        Sql sql;
        TRY(const Countable countable, compile_countable(field, sql));
        TopScope scope{.table = table(),
                       .countable = countable,
                       .filter = filter,
                       .from = from,
                       .to = to,
                       .values = std::min(n, limits::kPageItemsMax)};
        std::shared_ptr<const Tally> tally;
        if (countable.by_day && asks_only_counts(filter, compile_options(now))) {
            TRY(tally, tally_for(scope));
        }
        TRY_STATUS(add_top(sql, scope, compile_options(now)));
        TRY(const std::string body, select_sql(std::move(sql), {}, abandoned));
        TRY(RowReader reader, RowReader::open(body, {"String", "UInt64"}));
        std::vector<std::pair<std::string, std::uint64_t>> values;
        while (reader.has_row()) {
            std::string value = shown(countable, reader.take_string());
            values.emplace_back(std::move(value), reader.take_u64());
        }
        return values;
    }

    /// Owner: one caller at a time. Nothing is wrong for as long as this is not called, only
    /// slower.
    Status tally() override
    {
        TRY_STATUS(prepare_once());
        const std::lock_guard lock(tallying_);
        TRY(std::vector<Day> now, days_with_events());
        const std::vector<Day> quiet = days_seen_.empty() ? now : resting(days_seen_, now);
        days_seen_ = now;
        const auto current = tally_now();
        const bool held = current != nullptr && current->holds(now);
        const std::uint64_t gain = Tally{.days = held ? beside(*current, quiet) : quiet}.events();
        return gain < limits::kTallyEventsMin ? Status() : make_tally(quiet, current.get());
    }

    Result<std::vector<SensorHour>> sensor_hours(Time from, Time to) override
    {
        TRY_STATUS(prepare_once());
        Sql sql;
        sql.text = fmt::format("SELECT CAST(toString(sensor) AS String) AS name, "
                               "toInt64(intDiv(toUnixTimestamp(ts), 3600)) AS hour, count() "
                               "FROM {} WHERE ",
                               table());
        add_period(sql, from, to);
        sql.text += " GROUP BY name, hour";
        TRY(const std::string body, select_sql(std::move(sql)));
        TRY(RowReader reader, RowReader::open(body, {"String", "Int64", "UInt64"}));
        std::vector<SensorHour> hours;
        while (reader.has_row()) {
            SensorHour hour;
            hour.sensor = reader.take_string();
            hour.hour = Time::from_seconds(reader.take_i64() * 3600);
            hour.events = reader.take_u64();
            hours.push_back(std::move(hour));
        }
        return hours;
    }

    /// The bloom filter of `alerts` skips granules that hold none of them.
    Result<std::vector<AlertHour>> alert_hours(std::span<const std::uint64_t> alerts, Time from,
                                               Time to, const Abandoned& abandoned) override
    {
        if (alerts.empty() || from >= to) {
            return std::vector<AlertHour>{};
        }
        TRY_STATUS(prepare_once());
        Sql sql;
        const std::string wanted =
            sql.bind(fmt::format("[{}]", fmt::join(alerts, ",")), "Array(UInt64)");
        sql.text = fmt::format("SELECT arrayJoin(arrayIntersect(alerts, {0})) AS alert, "
                               "toInt64(intDiv(toUnixTimestamp(ts), 3600)) AS hour, count() "
                               "FROM {1} WHERE hasAny(alerts, {0}) AND ",
                               wanted, table());
        add_period(sql, from, to);
        sql.text += " GROUP BY alert, hour";
        TRY(const std::string body, select_sql(std::move(sql), {}, abandoned));
        TRY(RowReader reader, RowReader::open(body, {"UInt64", "Int64", "UInt64"}));
        std::vector<AlertHour> hours;
        while (reader.has_row()) {
            AlertHour hour;
            hour.alert = reader.take_u64();
            hour.hour = Time::from_seconds(reader.take_i64() * 3600);
            hour.events = reader.take_u64();
            hours.push_back(hour);
        }
        return hours;
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
        return execute(std::move(sql), options_.query_timeout);
    }
    Status execute(std::string sql, std::chrono::milliseconds timeout) const
    {
        TRY_STATUS(send({.sql = std::move(sql),
                         .parameters = {},
                         .settings = {},
                         .id = {},
                         .timeout = timeout}));
        return {};
    }

    std::shared_ptr<const Tally> tally_now() const
    {
        const std::lock_guard lock(tally_mutex_);
        return tally_;
    }

    void publish_tally(std::shared_ptr<const Tally> tally)
    {
        const std::lock_guard lock(tally_mutex_);
        tally_ = std::move(tally);
    }

    /// The newest whose days were written.
    Status load_tally()
    {
        const std::string days = tally_tables(options_.database).front();
        TRY(const std::string body,
            select({.sql = fmt::format("SELECT tally, day, events FROM {0} WHERE tally = (SELECT "
                                       "max(tally) FROM {0}) ORDER BY day",
                                       days),
                    .parameters = {},
                    .settings = {},
                    .id = {}}));
        TRY(RowReader reader, RowReader::open(body, {"UInt64", "Int64", "UInt64"}));
        auto tally = std::make_shared<Tally>();
        while (reader.has_row()) {
            tally->id = reader.take_u64();
            const std::int64_t day = reader.take_i64();
            tally->days.push_back({.day = day, .rows = reader.take_u64()});
        }
        publish_tally(tally->days.empty() ? nullptr : std::move(tally));
        return {};
    }

    /// Lets `scope` use the tally where it holds and the period takes it whole.
    Result<std::shared_ptr<const Tally>> tally_for(TopScope& scope) const
    {
        auto tally = tally_now();
        const Whole whole = whole_units(scope.from, scope.to, kDayNs);
        const std::int64_t first = whole.first.ns / kDayNs;
        const std::int64_t last = whole.last.ns / kDayNs; // exclusive
        if (tally == nullptr || !whole.any() || tally->days.front().day < first ||
            tally->days.back().day >= last) {
            return nullptr;
        }
        TRY(const std::vector<Day> now, days_with_events());
        std::vector<Day> others = beside(*tally, now);
        std::erase_if(others, [&](const Day& day) { return day.day < first || day.day >= last; });
        if (!tally->holds(now) || others.size() > limits::kTallyDaysBesideMax) {
            return nullptr;
        }
        scope.tally = tally.get();
        scope.tally_table = tally_table(options_.database, scope.countable.expression);
        scope.beside = std::move(others);
        return tally;
    }

    /// One is kept beside the new: a count that is under way may read it.
    Status make_tally(const std::vector<Day>& days, const Tally* current)
    {
        const auto id = static_cast<std::uint64_t>(base::system_clock().now().ns);
        const std::uint64_t kept = current != nullptr ? current->id : 0;
        auto next = std::make_shared<Tally>(Tally{.id = std::max(id, kept + 1), .days = days});
        for (const std::string_view column : kCountedByDay) {
            TRY_STATUS(execute(count_tally_sql(options_.database, column, *next),
                               options_.insert_timeout));
        }
        TRY(const std::vector<Day> after, days_with_events());
        if (!next->holds(after)) {
            return drop_tallies_but(kept, kept); // Something came meanwhile: again another time.
        }
        TRY_STATUS(execute(complete_tally_sql(options_.database, *next)));
        publish_tally(next);
        return drop_tallies_but(kept, next->id);
    }

    Status drop_tallies_but(std::uint64_t kept, std::uint64_t newest) const
    {
        for (const std::string& name : tally_tables(options_.database)) {
            Sql sql;
            sql.text = fmt::format("SELECT DISTINCT toUInt64(partition) FROM system.parts WHERE "
                                   "active AND database = {} AND table = {}",
                                   sql.bind(options_.database),
                                   sql.bind(name.substr(options_.database.size() + 1)));
            TRY(const std::string body, select_sql(std::move(sql)));
            TRY(RowReader reader, RowReader::open(body, {"UInt64"}));
            while (reader.has_row()) {
                const std::uint64_t id = reader.take_u64();
                if (id != kept && id != newest) {
                    TRY_STATUS(execute(fmt::format("ALTER TABLE {} DROP PARTITION {}", name, id)));
                }
            }
        }
        return {};
    }

    /// A day that goes may come again with as many other events: no tally may take it for the same.
    Status forget_tally()
    {
        const std::lock_guard lock(tallying_);
        const auto current = tally_now();
        publish_tally(nullptr);
        days_seen_.clear();
        return current == nullptr ? Status() : drop_tallies_but(0, 0);
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

    Result<std::string> select_sql(Sql sql, std::string id = {},
                                   const Abandoned& abandoned = {}) const
    {
        return select({.sql = std::move(sql.text),
                       .parameters = std::move(sql.parameters),
                       .settings = {},
                       .id = std::move(id),
                       .abandoned = abandoned});
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

    /// Its buffers are kept from one insert to the next.
    static NativeEncoder& thread_encoder()
    {
        thread_local NativeEncoder encoder;
        return encoder;
    }

    Status insert_piece(NativeEncoder& encoder, std::span<const ArchiveRow> rows, std::string token)
    {
        const std::string_view block = encoder.encode(rows);
        const auto sent = send(
            {.sql = fmt::format("INSERT INTO {} ({}) FORMAT Native", table(), insert_columns()),
             .parameters = {},
             // Indexes are made by the first merge: made for each small part they cost a third
             // of an insert, and are thrown away by that merge.
             .settings = {{"insert_deduplication_token", std::move(token)},
                          {"materialize_skip_indexes_on_insert", "0"},
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
        if (encoder.has_others()) {
            others_ = true;
        }
        return {};
    }

    CompileOptions compile_options(Time now) const
    {
        return {.now = now, .zone_minutes = options_.zone_minutes, .others = others_};
    }

    Status add_condition(Sql& sql, const query::Node* filter, Time from, Time to, Time now) const
    {
        add_period(sql, from, to);
        if (filter != nullptr) {
            sql.text += " AND ";
            return compile_filter(*filter, compile_options(now), sql);
        }
        return {};
    }

    /// Days that may be past the limit: an event is received at most a day before its own time
    /// (limits::kEventFutureMax), so younger days need not be read.
    Result<std::vector<std::int64_t>> days_received_before(Time limit) const
    {
        Sql sql;
        sql.text = fmt::format(
            "SELECT toInt64(toYYYYMMDD(ts)) AS day, "
            "toUnixTimestamp64Micro(max(ingested)) FROM {} "
            "WHERE ts < fromUnixTimestamp64Micro({}, 'UTC') GROUP BY day",
            table(),
            sql.bind(std::to_string((limit + base::Duration(2 * limits::kEventFutureMax)).micros()),
                     "Int64"));
        TRY(const std::string body, select_sql(std::move(sql)));
        TRY(RowReader reader, RowReader::open(body, {"Int64", "Int64"}));
        std::vector<std::int64_t> days;
        while (reader.has_row()) {
            const std::int64_t day = reader.take_i64();
            if (reader.take_i64() < limit.micros()) {
                days.push_back(day);
            }
        }
        return days;
    }

    /// Drops the day unless an event of it was received at or after the limit. Gives its events.
    Result<std::uint64_t> drop_day(std::int64_t day, Time limit)
    {
        // Inserts wait: none may slip in between the look and the drop.
        const std::unique_lock alone(inserting_);
        TRY(const std::string body,
            select({.sql = fmt::format("SELECT count(), toUnixTimestamp64Micro(max(ingested)) FROM "
                                       "{} WHERE toYYYYMMDD(ts) = {}",
                                       table(), day),
                    .parameters = {},
                    .settings = {},
                    .id = {}}));
        TRY(RowReader reader, RowReader::open(body, {"UInt64", "Int64"}));
        const std::uint64_t events = reader.take_u64();
        if (events == 0 || reader.take_i64() >= limit.micros()) {
            return std::uint64_t{0};
        }
        TRY_STATUS(forget_tally());
        TRY_STATUS(execute(fmt::format("ALTER TABLE {} DROP PARTITION {}", table(), day)));
        return events;
    }

    Result<std::vector<Day>> days_with_events() const
    {
        TRY(const std::string body,
            select({.sql = days_sql(table()), .parameters = {}, .settings = {}, .id = {}}));
        return read_days(body);
    }

    /// A search for one page, slice by slice.
    struct PageSearch {
        const EventPageRequest& request;
        std::size_t limit = 0;
        std::chrono::milliseconds budget{};
        std::optional<Position> after{}; ///< until the slice that holds it is searched
        std::vector<Day> days{};
        Slices slices{{}, {}, {}};
        Pace pace{};
        std::vector<Row> rows{};
        EventPage page{};
    };

    Result<EventPage> run(PageSearch& search) const
    {
        using std::chrono::duration_cast;
        using std::chrono::milliseconds;
        using Clock = std::chrono::steady_clock;
        const auto start = Clock::now();
        EventPage& page = search.page;
        page.reach.down_to = search.request.from;
        for (auto begun = start; const auto slice = search.slices.take(search.pace.rows());) {
            TRY_STATUS(search_slice(search, *slice));
            search.after.reset();
            const auto now = Clock::now();
            search.pace.took(slice->rows, duration_cast<milliseconds>(now - begun));
            begun = now;
            page.reach.elapsed = duration_cast<milliseconds>(now - start);
            const bool full = search.rows.size() >= search.limit;
            if (full || (page.reach.elapsed >= search.budget && !search.slices.done())) {
                page.reach.down_to = slice->from;
                break;
            }
        }
        finish(search);
        return std::move(page);
    }

    /// Where the next page begins: behind the last event of this one, or, when the page did not
    /// fill, where the search stopped.
    static void finish(PageSearch& search)
    {
        EventPage& page = search.page;
        if (search.rows.size() > search.limit) {
            search.rows.resize(search.limit);
            page.next = search.rows.back().position.text();
            page.reach.down_to = Time{search.rows.back().position.micros * 1000};
        } else if (!search.slices.done()) {
            page.next = Position{.micros = page.reach.down_to.micros(), .id = {}}.text();
        }
        const Time from = search.request.from;
        page.reach.complete = page.next.empty();
        page.reach.total = Slices(search.days, from, search.request.to).rows_left();
        page.reach.searched =
            page.reach.total - Slices(search.days, from, page.reach.down_to).rows_left();
        for (Row& row : search.rows) {
            page.events_json.push_back(std::move(row.json));
        }
    }

    Status search_slice(PageSearch& search, const Slice& slice) const
    {
        const EventPageRequest& request = search.request;
        Sql sql;
        sql.text = fmt::format("SELECT {} FROM {} WHERE ", kEventColumns, table());
        TRY_STATUS(add_condition(sql, request.filter, slice.from, slice.to, request.now));
        if (search.after) {
            sql.text +=
                fmt::format(" AND (ts, event_id) < (fromUnixTimestamp64Micro({}, 'UTC'), {})",
                            sql.bind(std::to_string(search.after->micros), "Int64"),
                            sql.bind(search.after->id.text(), "UUID"));
        }
        sql.text += fmt::format(" ORDER BY ts DESC, event_id DESC LIMIT {}",
                                search.limit + 1 - search.rows.size());
        return read_rows(std::move(sql), request.request_id, request.abandoned, search.rows);
    }

    Status read_rows(Sql sql, const std::string& id, const Abandoned& abandoned,
                     std::vector<Row>& rows) const
    {
        TRY(const std::string body, select_sql(std::move(sql), id, abandoned));
        TRY(RowReader reader, RowReader::open(body, event_types()));
        while (reader.has_row()) {
            TRY(Row row, read_row(reader));
            rows.push_back(std::move(row));
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
    std::shared_mutex inserting_; ///< shared by inserts, alone by what drops a day
    std::mutex tallying_;         ///< held while a tally is made or forgotten
    std::vector<Day> days_seen_;  ///< at the last look; under tallying_
    mutable std::mutex tally_mutex_;
    std::shared_ptr<const Tally> tally_; ///< under tally_mutex_; null: none
};

} // namespace

std::unique_ptr<EventStore> open_clickhouse(const ClickHouseOptions& options)
{
    return std::make_unique<ClickHouseStore>(options);
}

} // namespace tanggap::store
