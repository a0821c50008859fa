#include "store/engine/engine_child.h"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "store/engine/chdb_api.h"
#include "store/engine/config.h"
#include "store/engine/malloc_conf.h"
#include "store/engine/sandbox.h"
#include "store/engine/server.h"

namespace tanggap::store {
namespace {

constexpr std::size_t kReadersMax = 16;

/// The allocator inside the library reads its settings from the environment at start-up only.
base::Status restart_with_malloc_conf()
{
    if (std::getenv(engine::kMallocConfName) != nullptr) {
        return {};
    }
    setenv(engine::kMallocConfName, engine::kMallocConf, 1);
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    std::vector<std::string> arguments;
    for (std::string argument; std::getline(file, argument, '\0');) {
        arguments.push_back(argument);
    }
    std::vector<char*> pointers;
    for (std::string& argument : arguments) {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    execv("/proc/self/exe", pointers.data());
    return base::system_error("cannot start again with JE_MALLOC_CONF", errno);
}

void bound_process()
{
    const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE,
              &no_core); // a core would hold log lines; failing to forbid it is no error
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max; // a part is a dozen files
        setrlimit(RLIMIT_NOFILE, &files);
    }
    std::signal(SIGPIPE, SIG_IGN);
}

base::Status serve_engine(const EngineChildOptions& options)
{
    TRY_STATUS(restart_with_malloc_conf());
    bound_process();
    std::error_code error;
    std::filesystem::create_directories(options.data, error);
    if (error) {
        return base::unavailable("cannot make " + options.data + ": " + error.message());
    }
    TRY(const std::string config, engine::write_config(options.data));
    TRY(const ChdbApi api, ChdbApi::load(options.library));
    api.set_signal_handlers_enabled(0);
    TRY(const int listener, engine::listen_on(options.socket));
    if (options.sandbox) {
        TRY(const std::string entered, engine::enter_sandbox(options.data));
        base::log(base::LogLevel::Info, "engine_sandbox", entered);
    }
    return std::unexpected(engine::serve(
        listener, api, {.data = options.data, .config = config, .readers = options.readers}));
}

base::Result<std::size_t> parse_readers(std::string_view text)
{
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || end != text.data() + text.size() || count == 0 ||
        count > kReadersMax) {
        return base::invalid("--readers " + base::quoted(text) + " is not a number from 1 to " +
                             std::to_string(kReadersMax));
    }
    return count;
}

} // namespace

base::Result<EngineChildOptions>
parse_engine_child_arguments(std::span<const char* const> arguments)
{
    EngineChildOptions options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        if (name == "--no-sandbox") {
            options.sandbox = false;
            continue;
        }
        if (i + 1 == arguments.size()) {
            return base::invalid(base::quoted(name) + " needs a value");
        }
        const std::string_view value = arguments[++i];
        if (name == "--socket") {
            options.socket = value;
        } else if (name == "--data") {
            options.data = value;
        } else if (name == "--library") {
            options.library = value;
        } else if (name == "--readers") {
            TRY(const std::size_t readers, parse_readers(value));
            options.readers = readers;
        } else {
            return base::invalid(base::quoted(name) + " is not an option of engine-child");
        }
    }
    for (const std::string* path : {&options.socket, &options.data, &options.library}) {
        if (!path->starts_with('/')) {
            return base::invalid(
                "engine-child needs --socket, --data and --library with absolute paths; found " +
                base::quoted(*path));
        }
    }
    return options;
}

int run_engine_child(const EngineChildOptions& options)
{
    const base::Status served = serve_engine(options);
    base::log(base::LogLevel::Error, "engine_failed", served.error().message);
    return base::traits_of(served.error().code).exit_code;
}

} // namespace tanggap::store
