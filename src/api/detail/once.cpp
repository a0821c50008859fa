// Requests that change something: which version the asker saw, and which were carried out already.
#include <algorithm>
#include <charconv>

#include "api/detail/route.h"
#include "base/command_limits.h"
#include "base/id.h"
#include "base/log.h"
#include "service/principal.h"

namespace tanggap::api {
namespace {

/// "v7" or "v7.<hash>" in quotes: 7.
std::optional<std::uint64_t> version_of_tag(std::string_view tag)
{
    if (tag.starts_with("W/")) {
        tag.remove_prefix(2);
    }
    if (tag.size() < 4 || !tag.starts_with("\"v") || !tag.ends_with('"')) {
        return std::nullopt;
    }
    tag = tag.substr(2, tag.size() - 3);
    const std::string_view digits = tag.substr(0, tag.find('.'));
    std::uint64_t version = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), version);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    return whole ? std::optional(version) : std::nullopt;
}

/// Everything that makes two requests the same wish.
std::string fingerprint_of(const Call& call)
{
    const net::HttpRequest& request = call.request;
    return base::sha256_hex(request.method + "\n" + request.target + "\n" + request.body);
}

bool is_good_key(std::string_view key)
{
    return !key.empty() && key.size() <= base::limits::kIdempotencyKeyBytesMax &&
           std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7F; });
}

/// A place among the requests with this key; others are told that it is running.
class OncePlace {
public:
    OncePlace(Shared& shared, std::string key) : shared_(shared), key_(std::move(key))
    {
        const std::lock_guard lock(shared_.once_mutex);
        held_ = shared_.once_running.insert(key_).second;
    }
    ~OncePlace()
    {
        if (held_) {
            const std::lock_guard lock(shared_.once_mutex);
            shared_.once_running.erase(key_);
        }
    }
    OncePlace(const OncePlace&) = delete;
    OncePlace& operator=(const OncePlace&) = delete;
    bool held() const { return held_; }

private:
    Shared& shared_;
    std::string key_;
    bool held_ = false;
};

Reply repeat_of(const Call& call, const store::KeptAnswer& kept)
{
    if (kept.fingerprint != call.fingerprint) {
        return make_problem(call, 422, "idempotency-key-reused",
                            "this Idempotency-Key was sent with another request; make a new one");
    }
    if (!kept.answered) {
        return make_problem(call, 409, "already-carried-out",
                            "this request was carried out as command " + kept.command +
                                "; its answer is not kept");
    }
    Reply reply;
    reply.status = kept.status;
    reply.body = kept.body;
    const Json headers = Json::parse(kept.headers, nullptr, false);
    for (const auto& [name, value] : headers.items()) {
        reply.headers.emplace_back(name, value.get<std::string>());
    }
    reply.headers.emplace_back("Idempotent-Replayed", "true");
    return reply;
}

void keep(const Route& route, const Call& call, const Reply& reply)
{
    if (reply.status >= 400 || route.secret_answer ||
        reply.body.size() > base::limits::kIdempotencyAnswerBytesMax) {
        return;
    }
    Json headers = Json::object();
    for (const auto& [name, value] : reply.headers) {
        headers[name] = value;
    }
    const base::Status kept = call.world().cases.keep_answer(service::actor_of(call.principal),
                                                             call.idempotency_key, call.now(),
                                                             {.fingerprint = call.fingerprint,
                                                              .command = {},
                                                              .answered = true,
                                                              .status = reply.status,
                                                              .body = reply.body,
                                                              .headers = json_text(headers)});
    if (!kept) {
        // What was asked for is done and answered; only a repeat will be told less.
        base::log(base::LogLevel::Warning, "answer_not_kept", kept.error().message);
    }
}

} // namespace

store::Command Call::command(std::string reason) const
{
    return {.actor = service::actor_of(principal),
            .now = now(),
            .reason = std::move(reason),
            .idempotency_key = idempotency_key,
            .fingerprint = fingerprint};
}

std::optional<Reply> read_precondition(const Route& route, Call& call)
{
    if (!route.versioned) {
        return std::nullopt;
    }
    const auto header = call.request.header("if-match");
    if (!header) {
        return make_problem(call, 428, "if-match-missing",
                            "send `If-Match` with the ETag of the item you saw");
    }
    if (*header == "*") {
        return std::nullopt;
    }
    call.expected_version = version_of_tag(*header);
    if (!call.expected_version) {
        return make_problem(call, 400, "invalid",
                            "If-Match must be one ETag of this item, such as \"v7\"");
    }
    return std::nullopt;
}

Reply explain_conflict(const Route& route, Call& call, const base::Error& error)
{
    if (error.code != base::Code::Conflict || !call.expected_version || route.current == nullptr) {
        return make_problem(call, error);
    }
    auto current = route.current(call);
    if (!current || !current->version || *current->version == *call.expected_version) {
        return make_problem(call, error);
    }
    Reply reply = make_problem(call, 412, "edited-meanwhile", error.message);
    Json problem = Json::parse(reply.body);
    const std::string tag = "\"v" + std::to_string(*current->version) + "\"";
    problem["current"] = {{"etag", tag}, {"item", Json::parse(current->body)}};
    reply.body = json_text(problem);
    reply.headers.emplace_back("ETag", tag);
    return reply;
}

Reply carry_out_once(const Route& route, Call& call, const std::function<Reply()>& carry_out)
{
    const auto key = call.request.header("idempotency-key");
    if (!key || route.method != "POST" || route.takes_records || call.principal.anonymous()) {
        return carry_out();
    }
    if (!is_good_key(*key)) {
        return make_problem(call, 400, "invalid",
                            "Idempotency-Key must have 1 to 200 printable ASCII characters");
    }
    call.idempotency_key = *key;
    call.fingerprint = fingerprint_of(call);
    const OncePlace place(call.shared, call.principal.user_id + "\n" + call.idempotency_key);
    if (!place.held()) {
        return make_problem(call, 409, "still-running",
                            "a request with this Idempotency-Key is being carried out");
    }
    const auto kept = call.world().cases.find_answer(service::actor_of(call.principal),
                                                     call.idempotency_key, call.now());
    if (kept) {
        return repeat_of(call, *kept);
    }
    if (kept.error().code != base::Code::NotFound) {
        return make_problem(call, kept.error());
    }
    Reply reply = carry_out();
    keep(route, call, reply);
    return reply;
}

} // namespace tanggap::api
