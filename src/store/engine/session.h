// One request's connection to the engine, and the engine itself. Thin: names, ownership, errors.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/engine/chdb_api.h"

namespace tanggap::store::engine {

/// What the engine says went wrong: the first number of "Code: N. DB::Exception: …".
struct EngineError {
    int code = 0;
    std::string text;
};
EngineError engine_error(std::string_view text);
template <class T>
using EngineResult = std::expected<T, EngineError>;

// Numbers of ClickHouse's ErrorCodes.cpp that we answer with ourselves or look for.
inline constexpr int kSyntaxError = 62;
inline constexpr int kUnsupported = 36; ///< BAD_ARGUMENTS: "Streaming query is not supported"
inline constexpr int kUnknownSetting = 115;
inline constexpr int kTooManyQueries = 202;
inline constexpr int kAccessDenied = 497;
inline constexpr int kLogicalError = 49;

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A piece of result, owned by the engine until this dies.
class ResultPiece {
public:
    ResultPiece(const ChdbApi& api, chdb_result* result) : api_(&api), result_(result) {}
    ResultPiece(ResultPiece&& other) noexcept
        : api_(other.api_), result_(std::exchange(other.result_, nullptr))
    {
    }
    ResultPiece& operator=(ResultPiece&& other) noexcept
    {
        std::swap(result_, other.result_);
        return *this;
    }
    ~ResultPiece();

    chdb_result* get() const { return result_; }
    std::string_view bytes() const;
    const char* error() const;
    std::uint64_t rows_read() const { return api_->result_rows_read(result_); }
    std::uint64_t rows_written() const { return api_->result_rows_written(result_); }

private:
    const ChdbApi* api_;
    chdb_result* result_;
};

/// A fresh connection with one request's settings, closed with it (engine-child, correction 1).
/// Thread: one.
class Session {
public:
    static EngineResult<std::unique_ptr<Session>> open(const ChdbApi& api, const std::string& data,
                                                       const std::string& config);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    EngineResult<void> set(const Pairs& settings);
    /// Exactly one statement, or SyntaxError.
    EngineResult<QueryClass> classify(std::string_view statement) const;
    EngineResult<ResultPiece> run(std::string_view statement, std::string_view format,
                                  const Pairs& parameters);
    /// A stream; its pieces come from fetch() until an empty one.
    EngineResult<ResultPiece> stream(std::string_view statement, std::string_view format,
                                     const Pairs& parameters);
    EngineResult<ResultPiece> fetch(const ResultPiece& stream);
    void cancel(const ResultPiece& stream);

    ChdbConnection connection() const { return *connection_; }
    const ChdbApi& api() const { return api_; }

private:
    Session(const ChdbApi& api, ChdbConnection* connection) : api_(api), connection_(connection) {}

    const ChdbApi& api_;
    ChdbConnection* connection_;
};

/// A streaming insert: nothing is stored unless done() succeeds (below one block, engine-child §1).
class Insert {
public:
    static EngineResult<std::unique_ptr<Insert>> begin(Session& session, std::string_view head,
                                                       std::string_view format,
                                                       const Pairs& parameters);
    ~Insert();
    Insert(const Insert&) = delete;
    Insert& operator=(const Insert&) = delete;

    EngineResult<void> append(std::string_view piece);
    EngineResult<ResultPiece> done();
    void cancel();

private:
    Insert(const ChdbApi& api, ChdbInsertStream stream) : api_(api), stream_(stream) {}
    EngineError error() const;

    const ChdbApi& api_;
    ChdbInsertStream stream_;
};

} // namespace tanggap::store::engine
