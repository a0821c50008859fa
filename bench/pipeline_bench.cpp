// Access-log lines from journal to alerts, with a real case database, every shipped rule, and an
// archive that takes everything: what the pipeline costs beside the event engine.
//
//   pipeline_bench [--records N] [--content DIR] [--folder DIR]
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <thread>

#include <fmt/core.h>

#include "base/metrics.h"
#include "pipeline/detail/test_world.h"
#include "pipeline/pipeline.h"

namespace {

using namespace tanggap;

class TakesEverything final : public pipeline::testing::MemoryEventStore {
public:
    base::Status insert(std::span<const store::ArchiveRow>, std::string_view) override
    {
        return {};
    }
};

struct Settings {
    std::uint64_t records = 500'000;
    std::string content = "content";
    std::string folder =
        (std::filesystem::temp_directory_path() / "tanggap_pipeline_bench").string();
};

Settings read_settings(int count, char** arguments)
{
    Settings settings;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = arguments[i];
        const char* const value = arguments[i + 1];
        if (name == "--records") {
            settings.records = std::strtoull(value, nullptr, 10);
        } else if (name == "--content") {
            settings.content = value;
        } else if (name == "--folder") {
            settings.folder = value;
        }
    }
    return settings;
}

std::string line(std::uint64_t i)
{
    const bool attack = i % 200 == 0;
    return fmt::format(
        "198.{}.{}.{} - - [10/Oct/2026:{:02}:{:02}:{:02} +0700] \"GET /berita/{}/{}.html{} "
        "HTTP/1.1\" 200 {} \"https://kota.example/beranda\" \"Mozilla/5.0 (X11; Linux "
        "x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.{}\"",
        18 + i % 2, i / 256 % 256, i % 256, i / 180'000 % 24, i / 3000 % 60, i / 50 % 60, i % 500,
        i * 31 % 50'000, attack ? "?id=1%20UNION%20SELECT%20a,b%20FROM%20users" : "",
        i * 13 % 90'000, i);
}

/// Kept waiting by nothing but the journal, as a fast importer is.
void append_all(disk::Journal& journal, std::uint64_t records)
{
    for (std::uint64_t first = 0; first < records; first += base::limits::kChunkRecordsMax) {
        disk::AppendRequest request;
        request.stream.sensor = "web-1";
        request.stream.source = "apache_access";
        request.stream_id = "bench";
        for (std::uint64_t i = first; i < first + base::limits::kChunkRecordsMax; ++i) {
            request.records.push_back({line(i), "", 0, ""});
        }
        if (const auto result = journal.append(std::move(request)); !result) {
            fmt::print(stderr, "pipeline_bench: {}\n", result.error().message);
            std::exit(1);
        }
    }
}

int run(const Settings& settings)
{
    std::filesystem::remove_all(settings.folder);
    const auto journal = disk::Journal::open(settings.folder + "/journal", {});
    const auto cases = store::open_sqlite(settings.folder);
    if (!journal || !cases) {
        fmt::print(stderr, "pipeline_bench: {}\n",
                   journal ? cases.error().message : journal.error().message);
        return 1;
    }
    TakesEverything events;
    const auto knowledge =
        pipeline::testing::load_content(settings.content, {"linux", "web", "suricata", "windows"});
    const auto pipeline = pipeline::Pipeline::start({**journal, **cases, events}, knowledge, {});
    if (!pipeline) {
        fmt::print(stderr, "pipeline_bench: {}\n", pipeline.error().message);
        return 1;
    }
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    append_all(**journal, settings.records);
    const std::chrono::duration<double> appended = std::chrono::steady_clock::now() - start;
    while ((*pipeline)->ledger().in_flight != 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const double cpu_s =
        static_cast<double>(std::clock() - cpu) / static_cast<double>(CLOCKS_PER_SEC);
    const model::Ledger ledger = (*pipeline)->ledger();
    const auto n = static_cast<double>(ledger.received);
    fmt::print("{} records: appended after {:.2f} s, archived after {:.2f} s, {:.0f} records/s, "
               "{:.0f} ns cpu a record; {} detections, {} alerts\n",
               ledger.received, appended.count(), wall.count(), n / wall.count(), cpu_s / n * 1e9,
               ledger.detections, ledger.alerts);
    fmt::print("{}", base::render_metrics());
    return 0;
}

} // namespace

int main(int count, char** arguments)
{
    const Settings settings = read_settings(count, arguments);
    const int code = run(settings);
    std::filesystem::remove_all(settings.folder);
    return code;
}
