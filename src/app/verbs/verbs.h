// The verbs of the command line: each keeps its options and, when it is the one asked for, leaves
// what to run. One file here holds the verbs of one kind.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/console.h"
#include "cli/server.h"

namespace tanggap::app {

inline constexpr int kUsageExit = 2;

/// Says what is wrong and gives its exit code (docs/reference/exit-codes.md).
int exit_code_of(const base::Error& error);

struct CommandLine {
    CLI::App app{"Tanggap: the operating platform of a CSIRT", "tanggap"};
    std::function<int()> chosen;
};

// The tables of the single files.
void add_install_verbs(CommandLine& line); ///< serve, doctor, verify, cert, demo, openapi
void add_content_verbs(CommandLine& line); ///< content, rules, sources
void add_server_verbs(CommandLine& line);  ///< import, setup, and lists, by the API only
void add_file_verbs(CommandLine& line);    ///< parse, hunt
void add_manual(CommandLine& line);        ///< man, of all verbs added before
void add_completion(CommandLine& line);    ///< completion

/// What may stand in place of the last of `words`, one a line; "/" asks for the names of files.
std::string complete(const CLI::App& root, std::vector<std::string> words);

template <class Options, class Run>
CLI::App* add_verb(CommandLine& line, CLI::App& parent, const char* name, const char* help,
                   std::shared_ptr<Options> options, Run run)
{
    CLI::App* added = parent.add_subcommand(name, help);
    added->callback([&line, options = std::move(options), run] {
        line.chosen = [options, run] { return run(*options); };
    });
    return added;
}

} // namespace tanggap::app
