// One piece to the server until it is taken, however often the server is busy or away.
#pragma once

#include <atomic>
#include <functional>

#include "cli/detail/api_client.h"
#include "cli/detail/import_report.h"
#include "cli/import.h"

namespace tanggap::cli::detail {

/// Waits up to `span`, less when `stop` is set. False: stopped.
bool wait_unless_stopped(std::chrono::milliseconds span, const std::atomic<bool>* stop);

struct PieceAnswer {
    std::uint64_t batch = 0; ///< journal sequence; 0 when nothing of the piece was new
    std::uint64_t received = 0;
    std::uint64_t duplicate = 0;
    Counts rejected;
};

struct PieceAddress {
    std::string target; ///< "/api/v1/ingest/web-1?stream=…"
    std::string idempotency_key;
};

/// Thread: one owner.
class PieceSender {
public:
    PieceSender(ApiClient& client, const ImportOptions& options,
                std::function<void(const std::string&)> say);

    /// Errors: Unavailable when the server stayed busy or away for give_up_after, or on stop; other
    /// codes as the server refused it.
    base::Result<PieceAnswer> send(const PieceAddress& address, std::string_view body);

private:
    base::Result<net::HttpResponse> try_once(const PieceAddress& address, std::string_view body);
    bool stopped() const;

    ApiClient& client_;
    const ImportOptions& options_;
    const std::function<void(const std::string&)> say_; ///< a line for the person waiting
};

} // namespace tanggap::cli::detail
