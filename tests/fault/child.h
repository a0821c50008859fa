// A child process with its own environment, read line by line, killed by its id.
#pragma once

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace tanggap::fault {

class Child {
public:
    using Environment = std::map<std::string, std::string>;

    Child(const std::vector<std::string>& command, const Environment& environment)
    {
        int output[2] = {-1, -1};
        int input[2] = {-1, -1};
        if (::pipe(output) != 0 || ::pipe(input) != 0) {
            std::abort();
        }
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(input[0], STDIN_FILENO);
            ::dup2(output[1], STDOUT_FILENO);
            for (const int file : {output[0], output[1], input[0], input[1]}) {
                ::close(file);
            }
            run(command, environment);
        }
        ::close(output[1]);
        ::close(input[0]);
        output_ = ::fdopen(output[0], "r");
        input_ = input[1];
    }

    ~Child()
    {
        if (process_ > 0) {
            kill();
        }
        close_input();
        std::fclose(output_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// The next line it printed; empty at its end.
    std::optional<std::string> read_line()
    {
        char* line = nullptr;
        std::size_t size = 0;
        const ssize_t length = ::getline(&line, &size, output_);
        std::optional<std::string> out;
        if (length > 0 && line[length - 1] == '\n') {
            out.emplace(line, static_cast<std::size_t>(length - 1));
        }
        std::free(line);
        return out;
    }

    /// False: it does not read any more.
    bool write_line(const std::string& line)
    {
        const std::string whole = line + "\n";
        return ::write(input_, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
    }

    void close_input()
    {
        if (input_ >= 0) {
            ::close(input_);
            input_ = -1;
        }
    }

    void kill()
    {
        ::kill(process_, SIGKILL);
        wait();
    }

    /// Exit code; 128 + signal where one ended it.
    int wait()
    {
        int status = 0;
        ::waitpid(std::exchange(process_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    [[noreturn]] static void run(const std::vector<std::string>& command,
                                 const Environment& environment)
    {
        for (const auto& [name, value] : environment) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
        std::vector<char*> arguments;
        for (const std::string& argument : command) {
            arguments.push_back(const_cast<char*>(argument.c_str()));
        }
        arguments.push_back(nullptr);
        ::execv(arguments[0], arguments.data());
        std::_Exit(127);
    }

    pid_t process_ = -1;
    int input_ = -1;
    FILE* output_ = nullptr;
};

/// A number from the environment, for longer runs than ctest's.
inline std::uint64_t setting(const char* name, std::uint64_t otherwise)
{
    const char* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

} // namespace tanggap::fault
