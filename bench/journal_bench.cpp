// Records a second through Journal::append, with access-log lines of about 200 bytes.
//
//   journal_bench [--records N] [--chunk N] [--folder DIR]
//
// Prints one line for new records, one for the same records again, one for reading them back.
// CPU is of the whole process, so it holds RocksDB's background work too.
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>

#include <fmt/core.h>

#include "disk/journal.h"

namespace {

using namespace tanggap;

struct Settings {
    std::uint64_t records = 2'000'000;
    std::uint64_t chunk = 20'000;
    std::string folder =
        (std::filesystem::temp_directory_path() / "tanggap_journal_bench").string();
};

Settings read_settings(int count, char** arguments)
{
    Settings settings;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = arguments[i];
        const char* const value = arguments[i + 1];
        if (name == "--records") {
            settings.records = std::strtoull(value, nullptr, 10);
        } else if (name == "--chunk") {
            settings.chunk = std::strtoull(value, nullptr, 10);
        } else if (name == "--folder") {
            settings.folder = value;
        }
    }
    return settings;
}

std::string line(std::uint64_t i)
{
    return fmt::format(
        "198.51.{}.{} - - [10/Oct/2026:13:{:02}:{:02} +0700] \"GET /berita/{}/{}.html "
        "HTTP/1.1\" 200 {} \"https://kota.example/beranda\" \"Mozilla/5.0 (X11; Linux "
        "x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129 {}\"",
        i % 256, i * 7 % 256, i / 60 % 60, i % 60, i % 500, i * 31 % 50'000, i * 13 % 90'000, i);
}

class Stopwatch {
public:
    double wall() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }
    double cpu() const
    {
        return static_cast<double>(std::clock() - cpu_) / static_cast<double>(CLOCKS_PER_SEC);
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::clock_t cpu_ = std::clock();
};

void report(const char* what, std::uint64_t records, double wall, double cpu)
{
    const auto n = static_cast<double>(records);
    fmt::print(
        "{:<10} {:>9} records {:>7.2f} s {:>9.0f} records/s {:>6.0f} ns wall {:>6.0f} ns cpu\n",
        what, records, wall, n / wall, wall / n * 1e9, cpu / n * 1e9);
}

/// Lines are made outside the clock.
void append_all(disk::Journal& journal, const Settings& settings, const char* what)
{
    double wall = 0;
    double cpu = 0;
    for (std::uint64_t first = 0; first < settings.records; first += settings.chunk) {
        disk::AppendRequest request;
        request.stream.sensor = "web-1";
        request.stream_id = what;
        for (std::uint64_t i = first; i < first + settings.chunk; ++i) {
            request.records.push_back({line(i), "", 0, ""});
        }
        const Stopwatch watch;
        const auto result = journal.append(std::move(request));
        wall += watch.wall();
        cpu += watch.cpu();
        if (!result) {
            fmt::print(stderr, "journal_bench: {}\n", result.error().message);
            std::exit(1);
        }
    }
    report(what, settings.records, wall, cpu);
}

} // namespace

int main(int count, char** arguments)
{
    const Settings settings = read_settings(count, arguments);
    std::filesystem::remove_all(settings.folder);
    auto journal = disk::Journal::open(settings.folder, {});
    if (!journal) {
        fmt::print(stderr, "journal_bench: {}\n", journal.error().message);
        return 1;
    }
    append_all(**journal, settings, "new");
    append_all(**journal, settings, "duplicate");
    journal->reset();
    const Stopwatch start;
    journal = disk::Journal::open(settings.folder, {});
    fmt::print("start      {:.3f} s\n", start.wall());
    const Stopwatch reading;
    std::uint64_t read = 0;
    for (std::uint64_t after = 0; journal;) {
        const auto chunks = (*journal)->read(after, 8 << 20, 0);
        if (!chunks || chunks->empty()) {
            break;
        }
        for (const auto& chunk : *chunks) {
            read += chunk->records.size();
        }
        after = chunks->back()->sequence;
    }
    report("read", read, reading.wall(), reading.cpu());
    journal->reset();
    std::filesystem::remove_all(settings.folder);
    return 0;
}
