// A process to be killed: appends lines to a journal and says which were acknowledged.
//
//   journal_driver FOLDER PREFIX COUNT
//
// Prints "ack <line>" after each acknowledgement, "refused <message>" for a refusal (which is tried
// again), "open <message>" when the journal does not open, "done" at the end.
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

#include "disk/journal.h"

namespace {

using namespace tanggap;

constexpr int kThreads = 2;
/// About a minute of refusals: a driver that nobody mends ends by itself.
constexpr int kRefusalsMax = 2000;

void say(const std::string& line)
{
    const std::string whole = line + "\n";
    if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) {
        std::_Exit(3); // The test has gone away.
    }
}

disk::AppendRequest request_of(const std::string& text)
{
    disk::AppendRequest request;
    request.stream.sensor = "driver";
    request.stream_id = text;
    // Padding makes records of different sizes cross the blocks of the log.
    request.records.push_back({text + std::string(text.size() * 97 % 3000, '.'), "", 0, ""});
    return request;
}

void append_all(disk::Journal& journal, const std::string& prefix, int count)
{
    int refusals = 0;
    for (int i = 0; i < count && refusals < kRefusalsMax;) {
        const std::string text = prefix + "-" + std::to_string(i);
        const auto result = journal.append(request_of(text));
        if (result) {
            say("ack " + text);
            ++i;
            continue;
        }
        ++refusals;
        say("refused " + result.error().message);
        ::usleep(20'000);
    }
}

} // namespace

int main(int count, char** arguments)
{
    if (count != 4) {
        return 2;
    }
    disk::JournalOptions options;
    options.free_bytes_min = 0;
    const auto journal = disk::Journal::open(arguments[1], options);
    if (!journal) {
        say("open " + journal.error().message);
        return 1;
    }
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            append_all(**journal, std::string(arguments[2]) + "t" + std::to_string(t),
                       std::atoi(arguments[3]));
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    say("done");
    return 0;
}
