#include "cli/detail/import_sender.h"

#include <algorithm>
#include <charconv>
#include <thread>

namespace tanggap::cli::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool worth_retrying(const base::Result<net::HttpResponse>& response)
{
    if (!response) {
        return base::traits_of(response.error().code).retry;
    }
    // 409: the same key is still at work on the server, from a try whose answer was lost.
    return response->status == 429 || response->status == 503 || response->status == 409;
}

std::string reason_of(const base::Result<net::HttpResponse>& response)
{
    return response ? error_of(*response).message : response.error().message;
}

/// Retry-After in seconds, zero where absent.
milliseconds asked_wait(const base::Result<net::HttpResponse>& response)
{
    const auto header = response ? response->header("retry-after") : std::nullopt;
    unsigned seconds = 0;
    if (header) {
        std::from_chars(header->data(), header->data() + header->size(), seconds);
    }
    return milliseconds(1000) * seconds;
}

std::uint64_t number_of(const std::string& text)
{
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

base::Result<PieceAnswer> read_answer(const net::HttpResponse& response)
{
    TRY(const Json json, parse_json(response));
    PieceAnswer answer{.batch = number_of(text_of(json, "batch")),
                       .received = count_of(json, "received"),
                       .duplicate = count_of(json, "duplicate"),
                       .rejected = {}};
    const auto rejected = json.find("rejected");
    if (rejected != json.end() && rejected->is_array()) {
        for (const Json& one : *rejected) {
            ++answer.rejected[text_of(one, "reason")];
        }
    }
    return answer;
}

} // namespace

bool wait_unless_stopped(milliseconds span, const std::atomic<bool>* stop)
{
    constexpr milliseconds kStep{50};
    const auto end = steady_clock::now() + span;
    while (stop == nullptr || !stop->load()) {
        const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
        if (left <= milliseconds(0)) {
            return true;
        }
        std::this_thread::sleep_for(std::min(left, kStep));
    }
    return false;
}

PieceSender::PieceSender(ApiClient& client, const ImportOptions& options,
                         std::function<void(const std::string&)> say)
    : client_(client), options_(options), say_(std::move(say))
{
}

bool PieceSender::stopped() const
{
    return options_.stop != nullptr && options_.stop->load();
}

base::Result<net::HttpResponse> PieceSender::try_once(const PieceAddress& address,
                                                      std::string_view body)
{
    net::HttpClientRequest request{.method = "POST",
                                   .target = address.target,
                                   .headers = {{"Content-Type", "application/vnd.tanggap.records"},
                                               {"Idempotency-Key", address.idempotency_key}},
                                   .body_view = body};
    return client_.send(std::move(request));
}

base::Result<PieceAnswer> PieceSender::send(const PieceAddress& address, std::string_view body)
{
    const auto give_up = steady_clock::now() + options_.retry.give_up_after;
    milliseconds wait = options_.retry.first;
    for (;;) {
        const auto response = try_once(address, body);
        if (!worth_retrying(response)) {
            return response ? read_answer(*response)
                            : base::Result<PieceAnswer>(std::unexpected(response.error()));
        }
        const std::string reason = reason_of(response);
        if (steady_clock::now() >= give_up) {
            return base::unavailable("gave up waiting for the server: " + reason);
        }
        say_("waiting: " + reason);
        const milliseconds pause =
            std::min(std::max(wait, asked_wait(response)), options_.retry.longest);
        if (!wait_unless_stopped(pause, options_.stop)) {
            return base::unavailable("stopped while waiting for the server: " + reason);
        }
        wait *= 2;
    }
}

} // namespace tanggap::cli::detail
