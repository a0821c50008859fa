// Events read again: oldest first, a day at a time, so that one question never reads more than a
// partition and the next piece begins where the last one ended.
#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/search_limits.h"
#include "store/clickhouse/clickhouse_store.h"
#include "store/clickhouse/client.h"
#include "store/clickhouse/compile.h"
#include "store/clickhouse/event_rows.h"
#include "store/clickhouse/whole.h"

namespace tanggap::store {
namespace {

namespace limits = base::limits;
using namespace clickhouse;
using base::Result;
using base::Status;
using base::Time;

/// Everything up to it is seen: "<microseconds>:<uuid>".
struct Seen {
    std::int64_t micros = 0;
    base::Uuid id;

    static Seen all_before(Time end)
    {
        Seen seen{.micros = end.micros() - 1, .id = {}};
        seen.id.bytes.fill(0xFF);
        return seen;
    }
    /// No event before it is unseen.
    Time from() const
    {
        const bool whole = std::ranges::all_of(id.bytes, [](auto byte) { return byte == 0xFF; });
        return Time{(micros + (whole ? 1 : 0)) * 1000};
    }
    std::string text() const { return std::to_string(micros) + ":" + id.text(); }
    static Result<Seen> parse(std::string_view text)
    {
        constexpr std::int64_t kMicrosMax = std::numeric_limits<std::int64_t>::max() / 1000 - 1;
        Seen seen;
        const std::size_t colon = std::min(text.find(':'), text.size());
        const auto [stop, error] = std::from_chars(text.data(), text.data() + colon, seen.micros);
        const auto id = base::parse_uuid(text.substr(std::min(colon + 1, text.size())));
        if (error != std::errc{} || stop != text.data() + colon || !id ||
            seen.micros > kMicrosMax || seen.micros < -kMicrosMax) {
            return base::invalid("the position is not one that this search gave out");
        }
        seen.id = *id;
        return seen;
    }
};

/// "a\nb" to a, b.
std::vector<std::string> split_lines(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::vector<std::uint64_t> numbers_of(const std::vector<std::string>& texts)
{
    std::vector<std::uint64_t> numbers;
    for (const std::string& text : texts) {
        std::from_chars(text.data(), text.data() + text.size(), numbers.emplace_back());
    }
    return numbers;
}

class ClickHouseScan final : public EventScan {
public:
    explicit ClickHouseScan(const ClickHouseOptions& options)
        : options_(options), client_(options.url)
    {
    }

    Result<ScanPiece> scan(const ScanRequest& request) override
    {
        std::optional<Seen> after;
        Time from = request.from;
        if (!request.after.empty()) {
            TRY(after, Seen::parse(request.after));
            from = std::max(from, after->from());
        }
        TRY(const std::string answer, ask({.text = days_sql(table()), .parameters = {}}, {}));
        TRY(const std::vector<Day> days, read_days(answer));
        const auto first = std::ranges::find_if(
            days, [&](const Day& day) { return (day.day + 1) * kDayNs > from.ns; });
        if (first == days.end() || first->day * kDayNs >= request.to.ns) {
            return ScanPiece{};
        }
        const Slice slice{.from = std::max(from, Time{first->day * kDayNs}),
                          .to = std::min(request.to, Time{(first->day + 1) * kDayNs}),
                          .rows = 0};
        const std::size_t wanted = request.limit == 0 ? limits::kScanEventsAtOnce : request.limit;
        std::size_t limit = wanted;
        auto piece = read_slice(request, after, slice, limit);
        while (!piece && piece.error().code == base::Code::Exhausted &&
               limit > limits::kScanEventsMin) { // too long for one answer: fewer of them
            limit = std::max(limit / 8, limits::kScanEventsMin);
            piece = read_slice(request, after, slice, limit);
        }
        if (!piece) {
            return piece;
        }
        piece->next_limit = limit < wanted ? limit : std::min(2 * limit, limits::kScanEventsAtOnce);
        Time seen_to = slice.to;
        if (piece->batch.events.size() >= limit) {
            const model::Event& last = piece->batch.events.back();
            piece->next = Seen{last.time.micros(), last.id}.text();
            seen_to = last.time;
        } else if (std::next(first) != days.end() && slice.to < request.to) {
            piece->next = Seen::all_before(slice.to).text();
        }
        piece->left = Slices(days, seen_to, request.to).rows_left();
        return piece;
    }

private:
    /// Of one question; the engine has 450 MB for all.
    static constexpr std::size_t kMemoryBytes = 200'000'000;

    std::string table() const { return options_.database + ".events"; }

    Result<std::string> ask(Sql sql, const Abandoned& abandoned) const
    {
        const auto timeout = options_.query_timeout;
        auto body = client_.query(
            {.sql = sql.text + " FORMAT RowBinaryWithNamesAndTypes",
             .parameters = std::move(sql.parameters),
             .settings = {{"readonly", "1"},
                          {"max_memory_usage", std::to_string(kMemoryBytes)},
                          {"max_execution_time", std::to_string(timeout.count() / 1000)}},
             .id = {},
             .timeout = timeout + std::chrono::seconds(limits::kEngineAdmissionWait),
             .abandoned = abandoned});
        if (!body && (body.error().code == base::Code::Unavailable ||
                      body.error().code == base::Code::NotFound)) {
            const std::string reason =
                options_.unavailable_reason ? options_.unavailable_reason() : std::string();
            return base::unavailable(reason.empty() ? "the event store cannot be reached: " +
                                                          body.error().message
                                                    : reason);
        }
        return body;
    }

    Result<ScanPiece> read_slice(const ScanRequest& request, const std::optional<Seen>& after,
                                 const Slice& slice, std::size_t limit) const
    {
        Sql sql;
        sql.text = fmt::format("SELECT {}, arrayStringConcat(rule_ids, '\\n'),"
                               " arrayStringConcat(arrayMap(x -> toString(x), alerts), '\\n')"
                               " FROM {} WHERE ",
                               kEventColumns, table());
        add_period(sql, slice.from, slice.to);
        if (request.filter != nullptr) {
            sql.text += " AND ";
            TRY_STATUS(compile_filter(
                *request.filter,
                {.now = request.now, .zone_minutes = options_.zone_minutes, .others = true}, sql));
        }
        if (after) {
            sql.text +=
                fmt::format(" AND (ts, event_id) > (fromUnixTimestamp64Micro({}, 'UTC'), {})",
                            sql.bind(std::to_string(after->micros), "Int64"),
                            sql.bind(after->id.text(), "UUID"));
        }
        sql.text += fmt::format(" ORDER BY ts, event_id LIMIT {}", limit);
        TRY(std::string answer, ask(std::move(sql), request.abandoned));
        return read_piece(std::make_shared<const std::string>(std::move(answer)));
    }

    static Result<ScanPiece> read_piece(const std::shared_ptr<const std::string>& answer)
    {
        ScanPiece piece;
        piece.batch.hold(answer);
        std::vector<std::string_view> types = event_types();
        types.insert(types.end(), {"String", "String"});
        TRY(RowReader reader, RowReader::open(*answer, types));
        while (reader.has_row()) {
            model::Event event;
            TRY_STATUS(read_event(reader, piece.batch, event));
            const std::string_view rules = reader.take_string();
            const std::string_view alerts = reader.take_string();
            piece.batch.events.push_back(std::move(event));
            piece.detected.push_back(
                {.rule_ids = split_lines(rules), .alerts = numbers_of(split_lines(alerts))});
        }
        if (!reader.ok()) {
            return base::corrupt("the event store's answer is cut off in a row");
        }
        return piece;
    }

    const ClickHouseOptions options_;
    const Client client_;
};

} // namespace

std::unique_ptr<EventScan> open_clickhouse_scan(const ClickHouseOptions& options)
{
    return std::make_unique<ClickHouseScan>(options);
}

} // namespace tanggap::store
