// A process to be killed: journal, detection, case database and an archive of files.
//
//   pipeline_driver FOLDER STREAM
//
// Reads lines from standard input, appends each with those that wait beside it, and prints
// "ack <line>" for each. After "drain" it waits until nothing is in flight and prints
// "ledger <received> <stored> <duplicate> <quarantined> <balances>", then "alerts <n>
// <detections>".
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "generated/source_dir.h"
#include "pipeline/detail/test_world.h"
#include "pipeline/pipeline.h"

namespace {

using namespace tanggap;

/// One file a token, so it survives this process. The file is made whole before it has its name:
/// a temporary one for each token, as several threads archive at once.
class FileEventStore final : public pipeline::testing::MemoryEventStore {
public:
    explicit FileEventStore(std::filesystem::path folder) : folder_(std::move(folder))
    {
        std::filesystem::create_directories(folder_);
    }

    base::Status insert(std::span<const store::ArchiveRow> rows, std::string_view token) override
    {
        std::string content;
        for (const store::ArchiveRow& row : rows) {
            content += row.event->id.text() + " " + std::string(row.event->original) + "\n";
        }
        const auto path = folder_ / token;
        if (std::filesystem::exists(path)) {
            const bool same = pipeline::testing::read_file(path) == content;
            return same ? base::Status() : base::Status(base::internal("a replay differs"));
        }
        const auto temporary = folder_ / ("new-" + std::string(token));
        std::ofstream(temporary, std::ios::binary) << content;
        std::filesystem::rename(temporary, path);
        return {};
    }

private:
    const std::filesystem::path folder_;
};

void say(const std::string& line)
{
    const std::string whole = line + "\n";
    if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) {
        std::_Exit(3); // The test has gone away.
    }
}

void append(disk::Journal& journal, const std::string& stream, const std::string& line)
{
    disk::AppendRequest request;
    request.stream.sensor = "driver";
    request.stream.source = line.starts_with("{") ? "generic_json" : "linux_auth";
    request.stream.reference_time = base::Time::from_seconds(1'790'000'000);
    request.stream_id = stream;
    request.records.push_back({line, "", 0, ""});
    const auto result = journal.append(std::move(request));
    say(result ? "ack " + line : "refused " + result.error().message);
}

void drain(const pipeline::Pipeline& pipeline)
{
    while (pipeline.ledger().in_flight != 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const model::Ledger ledger = pipeline.ledger();
    say("ledger " + std::to_string(ledger.received) + " " + std::to_string(ledger.stored) + " " +
        std::to_string(ledger.duplicate) + " " + std::to_string(ledger.quarantined) + " " +
        std::to_string(static_cast<int>(ledger.balances())));
    say("alerts " + std::to_string(ledger.alerts) + " " + std::to_string(ledger.detections));
}

int run(const std::filesystem::path& folder, const std::string& stream)
{
    disk::JournalOptions journal_options;
    journal_options.free_bytes_min = 0;
    const auto journal = disk::Journal::open((folder / "journal").string(), journal_options);
    const auto cases = store::open_sqlite(folder.string());
    if (!journal || !cases) {
        say("open " + (journal ? cases.error().message : journal.error().message));
        return 1;
    }
    FileEventStore events(folder / "archive");
    pipeline::Options options;
    options.batch_age = std::chrono::milliseconds(1);
    const auto knowledge =
        pipeline::testing::load_content(TANGGAP_SOURCE_DIR "/content", {"linux"});
    const auto pipeline =
        pipeline::Pipeline::start({**journal, **cases, events}, knowledge, options);
    if (!pipeline) {
        say("open " + pipeline.error().message);
        return 1;
    }
    say("ready");
    for (std::string line; std::getline(std::cin, line);) {
        if (line == "drain") {
            drain(**pipeline);
        } else {
            append(**journal, stream, line);
        }
    }
    return 0;
}

} // namespace

int main(int count, char** arguments)
{
    return count == 3 ? run(arguments[1], arguments[2]) : 2;
}
