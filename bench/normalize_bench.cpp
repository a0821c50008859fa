// How long one access log line takes to become an event. Prints nanoseconds of processor time a
// line: what else runs on the machine does not count.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>

#include "normalize/normalizer.h"

namespace {

using namespace tanggap;

std::string read_file(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

double processor_ns()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

std::vector<model::Record> access_lines(std::size_t count)
{
    std::vector<model::Record> records(count);
    for (std::size_t i = 0; i < count; ++i) {
        // One in ten carries an encoded query, as logs of real sites do.
        records[i].bytes =
            fmt::format("203.0.{}.{} - - [03/Oct/2026:07:{:02}:{:02} +0700] \"GET /berita/{}{} "
                        "HTTP/1.1\" 200 {} "
                        "\"https://portal.kota.example/\" \"Mozilla/5.0 (X11; Linux x86_64) "
                        "AppleWebKit/537.36\"",
                        i / 251 % 256, i % 251, i / 6000 % 60, i / 100 % 60, i % 50'000,
                        i % 10 == 0 ? "?cari=jalan%20raya" : "", 100 + i % 9000);
    }
    return records;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string folder = argc > 1 ? argv[1] : "content/sources";
    const normalize::SourceFile file{.name = "apache_access.yaml",
                                     .yaml = read_file(folder + "/apache_access.yaml")};
    std::vector<normalize::Diagnostic> diagnostics;
    const auto sources = normalize::Sources::load(std::span(&file, 1), diagnostics);
    if (!sources->knows("apache_access")) {
        fmt::print(stderr, "cannot load {}/apache_access.yaml\n", folder);
        return 1;
    }
    constexpr std::size_t kRecords = 2'000;
    constexpr int kRounds = 100;
    const auto records = access_lines(kRecords);
    model::StreamContext stream;
    stream.source = "apache_access";
    const auto received = base::Time::from_seconds(1'793'000'000);
    double best_ns = 1e9;
    for (int round = 0; round < kRounds; ++round) {
        const double begin = processor_ns();
        model::EventBatch batch;
        normalize::decode(*sources, stream, records, received, batch);
        best_ns = std::min(best_ns, (processor_ns() - begin) / kRecords);
    }
    fmt::print("access log decode: {:.0f} ns a line, best of {} rounds of {}\n", best_ns, kRounds,
               kRecords);
}
