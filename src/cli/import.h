// `tanggap import`: files into a server, by the public API, each record once.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/server.h"

namespace tanggap::cli {

/// How long a server that is busy or away is waited for.
struct RetryTimes {
    std::chrono::milliseconds first{100}; ///< doubled each time
    std::chrono::milliseconds longest{5000};
    std::chrono::milliseconds give_up_after{600'000}; ///< without one accepted piece
    std::chrono::milliseconds poll{50};               ///< between questions how far processing is
};

struct ImportOptions {
    std::vector<std::string> paths = {}; ///< files, globs, folders, "-" for standard input
    ServerOptions server = {};
    std::string sensor = {};         ///< empty: from each file's path
    std::string source = {};         ///< empty: the server chooses from the first records
    std::string timezone = {};       ///< empty: the sensor's, else the server's
    std::string reference_time = {}; ///< RFC 3339; empty: each file's modification time
    bool json = false;
    bool each = false; ///< with `json`: an object a line for each file first
    bool quiet = false;
    RetryTimes retry = {};
    const std::atomic<bool>* stop = nullptr; ///< catch_interrupts(); null: never
};

/// Reads, sends, waits until the server has processed all of it, and says per file what came of it
/// (rulings 52). One bad file never stops the others. A piece that is sent twice counts once.
/// Exit codes: 0, 2 nothing to read, 4 key, 7 server away, 8 some input unreadable, 130
/// interrupted.
int run_import(const ImportOptions& options, const Console& console);

} // namespace tanggap::cli
