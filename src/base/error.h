// Errors as values: a Code says what the caller should do next, the message says what happened.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace tanggap::base {

/// Chosen by what the caller should do; `traits_of` maps each to HTTP, exit code and retry.
enum class Code : std::uint8_t {
    Invalid,         ///< These bytes will never be right: fix the input.
    Unauthenticated, ///< Who are you? Sign in.
    Denied,          ///< You may not: ask for a role or scope.
    NotFound,        ///< No such thing, or hidden from you.
    Conflict,        ///< State or version moved: read again, then decide.
    Exhausted,       ///< A limit or quota of ours: slow down or narrow.
    Unavailable,     ///< Something is down or slow: retry with backoff.
    Corrupt,         ///< Stored bytes fail their check: quarantine, alarm.
    Internal,        ///< A bug seen without crashing: report it.
};

struct CodeTraits {
    std::string_view name; ///< Stable lower-case word, used in problem types and logs.
    int http_status;
    int exit_code; ///< docs/reference/exit-codes.md
    bool retry;
};

const CodeTraits& traits_of(Code code);

struct Error {
    Code code = Code::Internal;
    std::string message;

    /// Puts `where: ` in front of the message: context that means something to a person.
    Error in(std::string_view where) &&;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

std::unexpected<Error> fail(Code code, std::string message);
std::unexpected<Error> invalid(std::string message);
std::unexpected<Error> not_found(std::string message);
std::unexpected<Error> unavailable(std::string message);
std::unexpected<Error> exhausted(std::string message);
std::unexpected<Error> corrupt(std::string message);
std::unexpected<Error> internal(std::string message);
/// Unavailable with the text of `errno_value`, e.g. "cannot open /x: No such file or directory".
std::unexpected<Error> system_error(std::string_view what, int errno_value);

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

} // namespace tanggap::base

/// Stays on in release: our own bug stops the program rather than continue wrong.
/// Input never reaches an assert.
#define TANGGAP_ASSERT(expression)                                                                 \
    ((expression) ? void() : ::tanggap::base::assertion_failed(#expression, __FILE__, __LINE__))

#define TANGGAP_CONCAT_(a, b) a##b
#define TANGGAP_CONCAT(a, b) TANGGAP_CONCAT_(a, b)

/// `TRY(auto x, f())` declares x or returns f()'s error; `TRY_STATUS(f())` for Status.
#define TRY(declaration, expression)                                                               \
    auto TANGGAP_CONCAT(try_, __LINE__) = (expression);                                            \
    if (!TANGGAP_CONCAT(try_, __LINE__)) {                                                         \
        return std::unexpected(std::move(TANGGAP_CONCAT(try_, __LINE__)).error());                 \
    }                                                                                              \
    declaration = std::move(*TANGGAP_CONCAT(try_, __LINE__))

#define TRY_STATUS(expression)                                                                     \
    if (auto try_status = (expression); !try_status) {                                             \
        return std::unexpected(std::move(try_status).error());                                     \
    }
