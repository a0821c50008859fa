#include "store/clickhouse/event_rows.h"

#include <algorithm>
#include <chrono>

#include "store/clickhouse/shape.h"

namespace tanggap::store::clickhouse {
namespace {

/// 20261003 to days since 1970-01-01.
std::int64_t day_number(std::int64_t yyyymmdd)
{
    const std::chrono::year_month_day date{
        std::chrono::year(static_cast<int>(yyyymmdd / 10'000)),
        std::chrono::month(static_cast<unsigned>(yyyymmdd / 100 % 100)),
        std::chrono::day(static_cast<unsigned>(yyyymmdd % 100))};
    return std::chrono::sys_days(date).time_since_epoch().count();
}

} // namespace

std::vector<std::string_view> event_types()
{
    constexpr std::string_view kWord = "LowCardinality(String)"; // written like a String
    return {"UUID", "Int64", "Int64", kWord, kWord, kWord, "String", "String"};
}

base::Status read_event(RowReader& reader, model::EventBatch& batch, model::Event& event)
{
    event.id = reader.take_uuid();
    event.time = {reader.take_i64() * 1000};
    event.received = {reader.take_i64() * 1000};
    event.sensor = reader.take_string();
    event.dataset = reader.take_string();
    const std::string_view shape = reader.take_string();
    const std::string_view values = reader.take_string();
    event.original = reader.take_string();
    if (!reader.ok()) {
        return base::corrupt("the event store's answer is cut off in a row");
    }
    return read_shape(shape, values, batch, event);
}

std::string days_sql(std::string_view table)
{
    return "SELECT toInt64(toYYYYMMDD(ts)) AS day, count() FROM " + std::string(table) +
           " GROUP BY day";
}

base::Result<std::vector<Day>> read_days(std::string_view answer)
{
    TRY(RowReader reader, RowReader::open(answer, {"Int64", "UInt64"}));
    std::vector<Day> days;
    while (reader.has_row()) {
        const std::int64_t day = day_number(reader.take_i64());
        days.push_back({.day = day, .rows = reader.take_u64()});
    }
    std::ranges::sort(days, {}, &Day::day);
    return days;
}

} // namespace tanggap::store::clickhouse
