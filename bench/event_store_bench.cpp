// Insert rate and search medians of the event store against the engine child.
//   event_store_bench [ROWS] [FOLDER]     default 200,000 rows in a temporary folder
// Events: access-log lines of a seeded generator, 200,000 addresses, 50,000 paths, 30 days, one in
// 200 detected. Batches of 50,000, one day each. Searches: median of 7.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <unistd.h>

#include <fmt/format.h>

#include "query/query.h"
#include "store/clickhouse/clickhouse_store.h"
#include "store/clickhouse/native.h"
#include "store/engine/library.h"
#include "store/engine/supervisor.h"

namespace {

using namespace tanggap;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kSeed = 20261122;
constexpr std::size_t kBatch = 50'000;
constexpr std::int64_t kDays = 30;
const base::Time kStart = base::Time::from_seconds(1'790'812'800); // 2026-10-01

double seconds_since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Batch {
    model::EventBatch events;
    std::vector<store::ArchiveRow> rows;
};

void add_event(Batch& batch, base::Time time, std::mt19937_64& random, std::uint64_t number)
{
    const std::uint64_t a = random() % 200'000;
    const std::string address =
        fmt::format("{}.{}.{}.{}", 100 + a % 64, a / 64 % 200, a / 12'800, 7);
    const std::string path = fmt::format("/page/{}.php", random() % 50'000);
    const std::string query = fmt::format("id={}", random() % 100'000);
    const std::string agent =
        fmt::format("Mozilla/5.0 (Windows NT 10.0) Chrome/{}", random() % 300);
    const int status = std::array{200, 404, 403, 500}[random() % 4];
    model::EventBatch& b = batch.events;
    model::Event event;
    event.original = b.keep(fmt::format("{} - - [{}] \"GET {}?{} HTTP/1.1\" {} {} \"-\" \"{}\"",
                                        address, base::format_rfc3339(time), path, query, status,
                                        random() % 100'000, agent));
    const auto digest = base::sha256({event.original, std::to_string(number)});
    std::copy_n(digest.begin(), 16, event.id.bytes.begin());
    event.time = time;
    event.received = time;
    event.sensor = "web-1";
    event.dataset = "apache.access";
    const auto text = [&](std::string_view name, std::string_view value) {
        const std::size_t at = event.original.find(value);
        event.fields.push_back(
            {name, model::string_value(event.original.substr(at, value.size()))});
    };
    text("source.ip", address);
    text("http.request.method", "GET");
    text("url.original", path + "?" + query);
    text("url.path", path);
    text("url.query", query);
    text("user_agent.original", agent);
    text("http.version", "1.1");
    event.fields.push_back({"http.response.status_code", model::integer_value(b, status)});
    b.events.push_back(std::move(event));
}

void fill(Batch& batch, std::uint64_t first, std::size_t count, std::uint64_t total,
          std::mt19937_64& random)
{
    static const std::vector<std::string> kRules{"0a0a0a0a-0000-4000-8000-000000000001"};
    static const std::vector<std::uint64_t> kAlerts{77};
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::int64_t>(
            (first + i) * static_cast<std::uint64_t>(kDays * 86400) / total);
        add_event(batch, kStart + std::chrono::seconds(at), random, first + i);
    }
    for (const model::Event& event : batch.events.events) {
        const bool detected = batch.rows.size() % 200 == 0;
        batch.rows.push_back(
            {.event = &event, .rule_ids = {}, .alerts = {}, .level = detected ? 3 : -1});
        if (detected) {
            batch.rows.back().rule_ids = kRules;
            batch.rows.back().alerts = kAlerts;
        }
    }
}

/// One insert for each day of the batch, as the archiver does.
bool insert_by_day(store::EventStore& events, const Batch& batch, std::uint64_t number)
{
    const std::span<const store::ArchiveRow> rows(batch.rows);
    for (std::size_t begin = 0; begin < rows.size();) {
        const std::int64_t day = rows[begin].event->time.day();
        std::size_t end = begin;
        while (end < rows.size() && rows[end].event->time.day() == day) {
            ++end;
        }
        const auto stored = events.insert(rows.subspan(begin, end - begin),
                                          fmt::format("bench-{}-{}", number, day));
        if (!stored) {
            fmt::print(stderr, "insert: {}\n", stored.error().message);
            return false;
        }
        begin = end;
    }
    return true;
}

bool insert_all(store::EventStore& events, std::uint64_t total)
{
    std::mt19937_64 random(kSeed);
    store::clickhouse::NativeEncoder encoder;
    double inserting = 0;
    double encoding = 0;
    for (std::uint64_t first = 0; first < total; first += kBatch) {
        Batch batch;
        fill(batch, first, static_cast<std::size_t>(std::min<std::uint64_t>(kBatch, total - first)),
             total, random);
        const auto encode_start = Clock::now();
        encoder.encode(batch.rows);
        encoding += seconds_since(encode_start);
        const auto start = Clock::now();
        if (!insert_by_day(events, batch, first)) {
            return false;
        }
        inserting += seconds_since(start);
    }
    const auto rows = static_cast<double>(total);
    fmt::print("insert   {:.0f} events/s   encode {:.2f} us/event\n", rows / inserting,
               encoding * 1e6 / rows);
    return true;
}

template <class Work>
void measure(std::string_view name, const Work& work)
{
    constexpr int kRuns = 7;
    std::vector<double> times;
    for (int i = 0; i < kRuns; ++i) {
        const auto start = Clock::now();
        if (const auto done = work(); !done) {
            fmt::print("{:<44} failed: {}\n", name, done.error().message);
            return;
        }
        times.push_back(seconds_since(start) * 1000);
    }
    std::ranges::sort(times);
    fmt::print("{:<44} median {:>7.1f} ms   max {:>7.1f} ms\n", name, times[kRuns / 2],
               times.back());
}

void search_all(store::EventStore& events)
{
    const base::Time end = kStart + std::chrono::hours(24 * kDays);
    const auto list = [&](const char* text, base::Time from) {
        measure(fmt::format("list {} {}", from == kStart ? "30d" : "24h", text), [&] {
            const auto filter = query::parse(text, query::event_scope()).root;
            return events.list({.filter = &filter,
                                .from = from,
                                .to = end,
                                .limit = 50,
                                .after = {},
                                .request_id = "bench",
                                .now = end});
        });
    };
    for (const char* text : {"", "status:404", "src.ip:100.5.3.7", "path:/page/4321.php",
                             "status:404 method:get src.ip:100.0.0.0/10", "is:detected", "alert:77",
                             "http.version:1.1", "77777", "*43.php*"}) {
        list(text, kStart);
    }
    list("77777", end - std::chrono::hours(24));
    const auto filter = query::parse("status:404", query::event_scope()).root;
    measure("histogram", [&] { return events.histogram(nullptr, kStart, end, 60, end); });
    measure("histogram status:404",
            [&] { return events.histogram(&filter, kStart, end, 60, end); });
    for (const char* field : {"status", "source.ip", "url.path", "user_agent.original"}) {
        measure(fmt::format("top 5 {}", field),
                [&] { return events.top(field, nullptr, kStart, end, 5, end); });
    }
    measure("count status:404", [&] { return events.count(&filter, kStart, end, end); });
    const auto health = events.health();
    fmt::print("{} rows, {:.0f} bytes an event on disk\n", health.rows,
               static_cast<double>(health.bytes_on_disk) /
                   static_cast<double>(std::max<std::uint64_t>(health.rows, 1)));
}

} // namespace

int main(int argc, char** argv)
{
    std::uint64_t total = 200'000;
    if (argc > 1) {
        const std::string_view text(argv[1]);
        std::from_chars(text.data(), text.data() + text.size(), total);
    }
    const std::filesystem::path folder = argc > 2
                                             ? std::filesystem::path(argv[2])
                                             : std::filesystem::temp_directory_path() /
                                                   ("tanggap-bench-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    const auto library = store::find_engine_library({.option = {}, .data = {}, .source_root = {}});
    if (!library) {
        fmt::print(stderr, "{}\n", library.error().message);
        return 3;
    }
    const auto self = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
    const auto supervisor =
        store::Supervisor::start({.command = {(self / "src" / "tanggap_engine_child").string()},
                                  .socket = (std::filesystem::absolute(folder) / "s").string(),
                                  .data = (std::filesystem::absolute(folder) / "data").string(),
                                  .library = *library,
                                  .library_problem = {}});
    if (const auto up = supervisor->wait_until_up(std::chrono::seconds(30)); !up) {
        fmt::print(stderr, "{}\n", up.error().message);
        return 7;
    }
    const auto events = store::open_clickhouse(
        {.url = "unix:" + (std::filesystem::absolute(folder) / "s").string()});
    fmt::print("{} events, seed {}\n", total, kSeed);
    if (!insert_all(*events, total)) {
        return 1;
    }
    search_all(*events);
    if (argc <= 2) {
        std::filesystem::remove_all(folder);
    }
    return 0;
}
