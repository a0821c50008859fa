// One request to a ClickHouse HTTP interface.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace tanggap::store::clickhouse {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct QueryRequest {
    std::string sql;  ///< one statement with its FORMAT
    Pairs parameters; ///< names without "param_"
    Pairs settings;
    std::string id;          ///< tags the query, for its cancel
    std::string_view body{}; ///< an insert's data
    std::chrono::milliseconds timeout{10'000};
    /// True when nobody waits any more: the connection is closed, which ends the query.
    std::function<bool()> abandoned{};
};

/// Thread: any; each call makes its own connection, so that a caller who goes away closes it and
/// the server ends the query.
class Client {
public:
    explicit Client(std::string url) : url_(std::move(url)) {}

    /// The answer's body. Errors by the engine's code: Exhausted (time, memory, turns), Invalid (a
    /// regular expression), Unavailable (not reached, cut off), Internal (the rest, with its text).
    base::Result<std::string> query(const QueryRequest& request) const;
    base::Status ping() const;

private:
    std::string url_;
};

} // namespace tanggap::store::clickhouse
