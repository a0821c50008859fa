#include "base/error.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace tanggap::base {

const CodeTraits& traits_of(Code code)
{
    static constexpr std::array<CodeTraits, 9> kTraits{{
        {"invalid", 400, 6, false},
        {"unauthenticated", 401, 4, false},
        {"denied", 403, 4, false},
        {"not-found", 404, 3, false},
        {"conflict", 409, 5, false},
        {"exhausted", 429, 7, true},
        {"unavailable", 503, 7, true},
        {"corrupt", 500, 1, false},
        {"internal", 500, 1, false},
    }};
    return kTraits.at(static_cast<std::size_t>(code));
}

Error Error::in(std::string_view where) &&
{
    message.insert(0, std::string(where) + ": ");
    return std::move(*this);
}

std::unexpected<Error> fail(Code code, std::string message)
{
    return std::unexpected(Error{code, std::move(message)});
}

std::unexpected<Error> invalid(std::string message)
{
    return fail(Code::Invalid, std::move(message));
}

std::unexpected<Error> not_found(std::string message)
{
    return fail(Code::NotFound, std::move(message));
}

std::unexpected<Error> unavailable(std::string message)
{
    return fail(Code::Unavailable, std::move(message));
}

std::unexpected<Error> exhausted(std::string message)
{
    return fail(Code::Exhausted, std::move(message));
}

std::unexpected<Error> corrupt(std::string message)
{
    return fail(Code::Corrupt, std::move(message));
}

std::unexpected<Error> internal(std::string message)
{
    return fail(Code::Internal, std::move(message));
}

std::unexpected<Error> system_error(std::string_view what, int errno_value)
{
    const Code code = errno_value == ENOENT ? Code::NotFound : Code::Unavailable;
    return fail(code, std::string(what) + ": " + std::generic_category().message(errno_value));
}

void assertion_failed(const char* expression, const char* file, int line)
{
    std::fprintf(stderr, "tanggap: bug: %s does not hold at %s:%d\n", expression, file, line);
    std::abort();
}

} // namespace tanggap::base
