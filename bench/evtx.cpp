// Event logs: decoding every field against Debian's evtxexport, and hunting with a whole rule set.
//
//   ./dev bench evtx [LOGS [RULES…]]     LOGS: a folder, or an archive of .evtx files
//
// Without arguments: the logs and rules of TANGGAP_CORPORA. One thread, CPU time, best of three;
// then the whole hunt with one thread and two, in wall time, and its memory: quiet machines only.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "app/content.h"
#include "app/hunt.h"
#include "app/hunt/worker.h"
#include "codec/archive.h"
#include "codec/evtx.h"

namespace {

using namespace tanggap;
namespace fs = std::filesystem;

/// evtxexport starts a process for each file: only logs that keep it busy are compared.
constexpr std::size_t kComparedBytesMin = 1'000'000;
constexpr std::size_t kPieceBytes = 16 * codec::kEvtxChunkBytes;

struct Log {
    std::string path;
    std::string bytes;
};

double cpu_seconds(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <class Work>
double best_of_three(Work work)
{
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
        const double begin = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
        work();
        best = std::min(best, cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
    }
    return best;
}

template <class Wanted>
void add_members(const fs::path& archive, const fs::path& folder, Wanted wanted)
{
    auto bytes = codec::open_file_bytes(archive.string());
    auto unpacked = bytes ? codec::unpack(std::move(*bytes)) : std::move(bytes);
    auto reader = unpacked ? codec::ArchiveReader::open(std::move(*unpacked))
                           : std::unexpected(unpacked.error());
    if (!reader) {
        std::fprintf(stderr, "%s\n", reader.error().message.c_str());
        std::exit(1);
    }
    codec::ArchiveMember member;
    for (std::size_t count = 0; (*reader)->next(member).value_or(false); ++count) {
        if (!wanted(member.name)) {
            continue;
        }
        const auto name = archive.stem().string() + std::to_string(count) +
                          fs::path(member.name).extension().string();
        std::ofstream to(folder / name, std::ios::binary);
        const auto from = (*reader)->bytes();
        std::vector<char> piece(1 << 16);
        for (auto got = from->read(piece); got && *got > 0; got = from->read(piece)) {
            to.write(piece.data(), static_cast<std::streamsize>(*got));
        }
    }
}

std::vector<Log> logs_below(const fs::path& folder)
{
    std::vector<Log> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() == ".evtx") {
            std::ifstream in(entry.path(), std::ios::binary);
            out.push_back({entry.path().string(), {std::istreambuf_iterator<char>(in), {}}});
        }
    }
    std::ranges::sort(out, {}, &Log::path);
    return out;
}

struct Size {
    std::uint64_t records = 0;
    std::uint64_t text = 0;
};

Size decode_all(const std::vector<const Log*>& logs)
{
    Size size;
    const auto reader = codec::EvtxReader::of_chunks();
    for (const Log* log : logs) {
        const auto chunks = std::string_view(log->bytes).substr(codec::kEvtxFileHeadBytes);
        reader->turn_to(codec::memory_bytes(chunks), codec::kEvtxFileHeadBytes);
        codec::EvtxRecord record;
        while (reader->next(record).value_or(false)) {
            const auto leaves = reader->leaves(nullptr);
            size.records += leaves ? 1 : 0;
            size.text += leaves ? leaves->text.size() : 0;
        }
    }
    return size;
}

/// Units: CPU seconds of a child that exports `path` as XML to nowhere; negative without
/// evtxexport.
double export_seconds(const std::string& path)
{
    const pid_t child = fork();
    if (child == 0) {
        const int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execlp("evtxexport", "evtxexport", "-f", "xml", path.c_str(), nullptr);
        _exit(127);
    }
    int status = 0;
    rusage used{};
    wait4(child, &status, 0, &used);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        return -1;
    }
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void compare(const std::vector<Log>& logs)
{
    std::vector<const Log*> compared;
    std::uint64_t bytes = 0;
    for (const Log& log : logs) {
        if (log.bytes.size() >= kComparedBytesMin) {
            compared.push_back(&log);
            bytes += log.bytes.size();
        }
    }
    Size size;
    const double ours = best_of_three([&] { size = decode_all(compared); });
    double theirs = 1e9;
    for (int i = 0; i < 3; ++i) {
        double sum = 0;
        for (const Log* log : compared) {
            const double one = export_seconds(log->path);
            if (one < 0) {
                std::printf("evtxexport is not there (Debian: libevtx-utils)\n");
                std::exit(1);
            }
            sum += one;
        }
        theirs = std::min(theirs, sum);
    }
    const auto records = static_cast<double>(size.records);
    std::printf("decode, all fields: %zu logs, %.1f MB, %.0f records, %.1f MB of text\n",
                compared.size(), static_cast<double>(bytes) / 1e6, records,
                static_cast<double>(size.text) / 1e6);
    std::printf("  ours        %8.3f s  %9.0f records/s  %7.1f MB/s\n", ours, records / ours,
                static_cast<double>(bytes) / 1e6 / ours);
    std::printf("  evtxexport  %8.3f s  %9.0f records/s  %7.1f MB/s\n", theirs, records / theirs,
                static_cast<double>(bytes) / 1e6 / theirs);
    std::printf("  ratio       %8.1f   (floor 40, aim 60)\n", theirs / ours);
}

struct Found {
    std::uint64_t records = 0;
    std::uint64_t detections = 0;
    double seconds = 0; ///< without copying the pieces, which a file's bytes need not
};

Found hunt(app::hunting::Worker& worker, const std::vector<Log>& logs)
{
    Found found;
    for (const Log& log : logs) {
        auto file = std::make_shared<app::hunting::HuntFile>();
        file->name = log.path;
        file->stream.source = "windows_evtx";
        file->stream.reference_time = base::Time::from_seconds(1'790'000'000);
        for (std::size_t at = codec::kEvtxFileHeadBytes; at < log.bytes.size(); at += kPieceBytes) {
            app::hunting::Piece piece;
            piece.file = file;
            piece.chunks = log.bytes.substr(at, kPieceBytes);
            piece.chunks_at = at;
            const double begin = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
            const auto result = worker.run(std::move(piece));
            found.seconds += cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin;
            found.records += result.records;
            found.detections += result.findings.size();
        }
    }
    return found;
}

int measure_hunt(const std::vector<Log>& logs, const std::vector<std::string>& rule_paths)
{
    const auto content = app::load_content({});
    std::vector<detect::RuleFile> files;
    for (const auto& path : rule_paths) {
        if (const auto added = app::add_rules(path, files); !added) {
            std::fprintf(stderr, "%s\n", added.error().message.c_str());
            return 1;
        }
    }
    app::hunting::Shared shared;
    std::vector<normalize::Diagnostic> source_problems;
    std::vector<detect::Diagnostic> rule_problems;
    shared.sources = normalize::Sources::load(content->sources, source_problems);
    shared.rules = detect::RuleSet::load(files, content->mappings, rule_problems);
    shared.field_use = std::make_unique<detect::FieldUse>(shared.rules);
    app::hunting::Worker worker(shared);
    Found found;
    for (int i = 0; i < 3; ++i) {
        const auto again = hunt(worker, logs);
        found = i == 0 || again.seconds < found.seconds ? again : found;
    }
    std::uint64_t bytes = 0;
    for (const Log& log : logs) {
        bytes += log.bytes.size();
    }
    std::printf("hunt, %zu rules: %zu logs, %.1f MB, %.0f records, %.0f detections\n",
                shared.rules->rules().size(), logs.size(), static_cast<double>(bytes) / 1e6,
                static_cast<double>(found.records), static_cast<double>(found.detections));
    std::printf("  %.3f s  %.0f records/s  %.1f MB/s  (floor 120,000 records/s, aim 250,000)\n",
                found.seconds, static_cast<double>(found.records) / found.seconds,
                static_cast<double>(bytes) / 1e6 / found.seconds);
    return 0;
}

struct WholeHunt {
    double seconds = 1e9; ///< wall time, best of three
    long kibibytes = 0;   ///< most memory that was resident
};

/// A hunt in a process of its own, so that its memory is its own.
WholeHunt hunt_whole(const std::string& logs, const std::vector<std::string>& rules,
                     std::size_t threads)
{
    WholeHunt out;
    for (int i = 0; i < 3; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        const pid_t child = fork();
        if (child == 0) {
            app::HuntOptions options;
            options.files = {logs};
            options.rules = rules;
            options.source = "windows_evtx";
            options.threads = threads;
            std::ofstream nowhere("/dev/null");
            const auto content = app::load_content({});
            _exit(content && app::hunt(options, *content, nowhere, nowhere) ? 0 : 1);
        }
        int status = 0;
        rusage used{};
        wait4(child, &status, 0, &used);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            std::fprintf(stderr, "the hunt failed\n");
            std::exit(1);
        }
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
        out.seconds = std::min(out.seconds, passed.count());
        out.kibibytes = std::max(out.kibibytes, used.ru_maxrss);
    }
    return out;
}

/// Loading the rules is left out: a hunt over an empty file takes as long.
void measure_threads(const fs::path& folder, const std::string& logs,
                     const std::vector<std::string>& rules)
{
    const auto empty = (folder / "empty").string();
    std::ofstream(empty).flush();
    const double load = hunt_whole(empty, rules, 1).seconds;
    const auto one = hunt_whole(logs, rules, 1);
    const auto two = hunt_whole(logs, rules, 2);
    std::printf("hunt, whole: load %.2f s, one thread %.2f s, two %.2f s\n", load,
                one.seconds - load, two.seconds - load);
    std::printf("  ratio       %8.2f   (floor 1.7, aim 1.9)\n",
                (one.seconds - load) / (two.seconds - load));
    std::printf("  peak memory %8.0f MB, %.0f MB with two   (bound 300)\n",
                static_cast<double>(one.kibibytes) / 1024,
                static_cast<double>(two.kibibytes) / 1024);
}

} // namespace

int main(int argc, char** argv)
{
    const fs::path folder =
        fs::temp_directory_path() / ("tanggap-evtx-" + std::to_string(getpid()));
    fs::create_directories(folder);
    const char* const corpora = std::getenv("TANGGAP_CORPORA");
    std::vector<std::string> rules(argv + std::min(argc, 2), argv + argc);
    fs::path logs = argc > 1 ? argv[1] : "";
    if (argc < 2 && corpora == nullptr) {
        std::fprintf(stderr, "usage: evtx LOGS [RULES…], or set TANGGAP_CORPORA\n");
        return 2;
    }
    if (argc < 2) {
        logs = folder / "logs";
        fs::create_directories(logs);
        fs::create_directories(folder / "rules");
        rules.push_back((folder / "rules").string());
        add_members(fs::path(corpora) / "sigma/sigmahq-rules.tar.zst", folder / "rules",
                    [](const std::string& name) {
                        return name.starts_with("sigmahq/rules") && name.ends_with(".yml") &&
                               !name.contains("placeholder");
                    });
        for (const auto& entry : fs::directory_iterator(fs::path(corpora) / "evtx")) {
            if (entry.path().string().ends_with(".tar.zst")) {
                add_members(entry.path(), logs,
                            [](const std::string& name) { return name.ends_with(".evtx"); });
            }
        }
    }
    if (!rules.empty()) { // first: a child starts with the memory of this process
        measure_threads(folder, logs.string(), rules);
    }
    const auto all = logs_below(logs);
    compare(all);
    int code = 0;
    if (!rules.empty()) {
        code = measure_hunt(all, rules);
    } else {
        std::printf("hunt: name rule folders to measure it\n");
    }
    fs::remove_all(folder);
    return code;
}
