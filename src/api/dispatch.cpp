// From a request to its handler: who asks, may they, is it well formed; then the answer's dress.
#include <algorithm>
#include <charconv>
#include <exception>

#include "api/detail/console.h"
#include "api/detail/cookies.h"
#include "api/detail/route.h"
#include "api/detail/schema.h"
#include "base/account_limits.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "store/abandoned.h"

namespace tanggap::api {
namespace {

using Parts = std::map<std::string, std::string, std::less<>>;

/// Whether `path` has the shape of `pattern`; fills the named parts.
bool fits(std::string_view pattern, std::string_view path, Parts& parts)
{
    while (!pattern.empty() && !path.empty()) {
        if (pattern.front() != '{') {
            if (pattern.front() != path.front()) {
                return false;
            }
            pattern.remove_prefix(1);
            path.remove_prefix(1);
            continue;
        }
        const std::size_t close = pattern.find('}');
        const std::size_t end = std::min(path.find('/'), path.size());
        parts[std::string(pattern.substr(1, close - 1))] = path.substr(0, end);
        pattern.remove_prefix(close + 1);
        path.remove_prefix(end);
    }
    return pattern.empty() && path.empty();
}

struct Found {
    const Route* route = nullptr;
    Parts parts;
    std::string allowed; ///< methods of this path, where the one asked is not among them
};

/// A path without a parameter wins over one with: "/alerts/facets" is no alert.
Found find_route(std::string_view method, std::string_view path)
{
    Found found;
    for (const Route& route : routes()) {
        Parts parts;
        if (!fits(route.path, path, parts)) {
            continue;
        }
        if (route.method != method) {
            found.allowed.append(found.allowed.empty() ? "" : ", ").append(route.method);
        } else if (found.route == nullptr || parts.size() < found.parts.size()) {
            found.route = &route;
            found.parts = std::move(parts);
        }
    }
    return found;
}

/// The one who asks: by key when there is one, else by cookie, else nobody.
base::Result<service::Principal> identify(const Context& context, const net::HttpRequest& request)
{
    if (const auto header = request.header("authorization")) {
        constexpr std::string_view kBearer = "bearer ";
        if (!base::to_lower_ascii(header->substr(0, kBearer.size())).starts_with(kBearer)) {
            return base::fail(base::Code::Unauthenticated, "send `Authorization: Bearer tg_…`");
        }
        return context.accounts.principal_of_key(base::trim(header->substr(kBearer.size())));
    }
    if (const auto token = session_token(request, context.tls)) {
        auto principal = context.accounts.principal_of_session(*token);
        const bool ended = !principal && principal.error().code == base::Code::Unauthenticated;
        return ended ? service::Principal{} : principal;
    }
    return service::Principal{};
}

/// Requests a browser can be tricked into making with our cookie: all but GET need a header that
/// only our own pages can set, and must not come from another site.
base::Status check_forgery(const Call& call)
{
    if (call.request.method == "GET" || !call.principal.key_id.empty()) {
        return {};
    }
    if (is_cross_site(call.request)) {
        return base::fail(base::Code::Denied, "this request was made by another site");
    }
    const bool by_cookie = !call.principal.session_hash.empty();
    if (by_cookie && call.request.header("x-requested-with").value_or("") != "tanggap") {
        return base::fail(base::Code::Denied, "send the header `X-Requested-With: tanggap`");
    }
    return {};
}

void check_integer(const Parameter& parameter, std::string_view text,
                   std::vector<FieldError>& errors)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || value < parameter.min || value > parameter.max) {
        errors.push_back({"?" + std::string(parameter.name), "value",
                          "must be a whole number from " + std::to_string(parameter.min) + " to " +
                              std::to_string(parameter.max)});
    }
}

void read_query(const Route& route, Call& call, std::vector<FieldError>& errors)
{
    for (const auto& [name, value] : call.request.query) {
        const auto known = std::ranges::find(route.parameters, name, &Parameter::name);
        const std::string pointer = "?" + base::quoted(name, 40);
        if (known == route.parameters.end()) {
            errors.push_back({pointer, "unknown", "there is no such parameter"});
        } else if (!call.query.emplace(name, value).second) {
            errors.push_back({pointer, "twice", "may be given once"});
        } else if (known->kind == ParameterKind::Integer) {
            check_integer(*known, value, errors);
        } else if (!base::is_utf8(value)) {
            errors.push_back({pointer, "value", "is not UTF-8"});
        }
    }
}

/// Without parameters and white space, in lower case.
std::string content_type_of(const net::HttpRequest& request)
{
    const std::string_view type = request.header("content-type").value_or("");
    return base::to_lower_ascii(base::trim(type.substr(0, type.find(';'))));
}

base::Status check_csv(const Route& route, const Call& call)
{
    const std::string type = content_type_of(call.request);
    if (type != "text/csv" && !(route.or_json && type == "application/json")) {
        return base::invalid(route.or_json ? "Content-Type must be text/csv or application/json"
                                           : "Content-Type must be text/csv");
    }
    if (call.request.body.size() > route.csv_bytes_max) {
        return base::invalid("the file is longer than " +
                             std::to_string(route.csv_bytes_max / 1024 / 1024) + " MiB");
    }
    return {};
}

base::Status read_body(const Route& route, Call& call, std::vector<FieldError>& errors)
{
    if (route.takes_records) {
        return {};
    }
    if (route.csv_bytes_max > 0) {
        return check_csv(route, call);
    }
    if (route.request.empty()) {
        return call.request.body.empty() ? base::Status{}
                                         : base::invalid("this request takes no body");
    }
    if (content_type_of(call.request) != "application/json") {
        return base::invalid("Content-Type must be application/json");
    }
    if (call.request.body.size() > base::limits::kJsonBodyBytesMax) {
        return base::invalid("the body is longer than 64 KiB");
    }
    TRY(call.body, read_json(call.request.body));
    validate(route.request, call.body, errors);
    return {};
}

/// What is wrong with the request itself. Nothing: go on.
std::optional<Reply> refuse(const Route& route, Call& call)
{
    std::vector<FieldError> errors;
    read_query(route, call, errors);
    if (const base::Status read = read_body(route, call, errors); !read) {
        return make_problem(call, read.error());
    }
    if (!errors.empty()) {
        return make_problem(call, 400, "invalid", "parts of the request are not right", errors);
    }
    return std::nullopt;
}

/// Intake is limited by the journal; the rest by caller.
base::Status limit_rate(const Route& route, Call& call)
{
    if (route.takes_records && !call.principal.anonymous()) {
        return {};
    }
    return call.principal.anonymous()
               ? call.shared.by_address.take(service::neighbourhood_of(call.request.peer),
                                             call.now())
               : call.shared.by_account.take(call.principal.user_id, call.now());
}

/// Acts that a leaked key, or a browser left open, must not do. Nothing: go on.
std::optional<Reply> check_person(const Route& route, const Call& call)
{
    const service::Principal& who = call.principal;
    if (route.session_only && who.session_id.empty() && !who.anonymous()) {
        return make_problem(call, 403, "denied",
                            "this is done by a person who is signed in, not by an API key");
    }
    const base::Duration since = call.now() - who.authenticated_at;
    if (route.fresh && !who.session_id.empty() &&
        since > base::Duration(base::limits::accounts::kReauthenticated)) {
        return make_problem(call, 403, "reauthenticate",
                            "give your password and a code again: POST"
                            " /api/v1/session/reauthenticate");
    }
    return std::nullopt;
}

/// Who asks, and may they: decided by the head alone. Nothing: go on.
std::optional<Reply> turn_away(const Route& route, Call& call)
{
    auto principal = identify(call.shared.context, call.request);
    if (!principal) {
        // Guessed keys cost the database a look each: those who guess are slowed down as well.
        const base::Status slow =
            call.shared.by_address.take(service::neighbourhood_of(call.request.peer), call.now());
        return make_problem(call, slow ? principal.error() : slow.error());
    }
    call.principal = std::move(*principal);
    if (const base::Status slow = limit_rate(route, call); !slow) {
        return make_problem(call, slow.error());
    }
    const bool open = route.open_on_loopback && call.request.peer_is_loopback;
    const base::Status may =
        open ? base::Status{} : service::authorise(call.principal, route.scope);
    if (!may) {
        return make_problem(call, may.error());
    }
    if (const base::Status own = check_forgery(call); !own) {
        return make_problem(call, own.error());
    }
    return check_person(route, call);
}

/// A place among the questions to the event store; other routes need none.
class SearchPlace {
public:
    SearchPlace(const Route& route, Shared& shared)
        : shared_(shared),
          taken_(route.searches && shared.searches.try_acquire()),
          held_(taken_ || !route.searches)
    {
    }
    ~SearchPlace()
    {
        if (taken_) {
            shared_.searches.release();
        }
    }
    SearchPlace(const SearchPlace&) = delete;
    SearchPlace& operator=(const SearchPlace&) = delete;
    bool held() const { return held_; }

private:
    Shared& shared_;
    bool taken_;
    bool held_;
};

Reply handle_route(const Route& route, Call& call)
{
    if (auto refusal = turn_away(route, call)) {
        return std::move(*refusal);
    }
    if (auto refusal = refuse(route, call)) {
        return std::move(*refusal);
    }
    if (auto refusal = read_precondition(route, call)) {
        return std::move(*refusal);
    }
    const SearchPlace place(route, call.shared);
    if (!place.held()) {
        return make_problem(call, 503, "busy", "too many searches at once; try again in a moment");
    }
    // A command runs to its answer, which a retry with its key is given: only questions are given
    // up.
    static const store::Abandoned kNever;
    const store::AbandonedReads reads(route.method == "GET" ? call.request.abandoned : kNever);
    return carry_out_once(route, call, [&] {
        auto answer = route.handle(call);
        return answer ? std::move(*answer) : explain_conflict(route, call, answer.error());
    });
}

Reply no_route(Call& call, const std::string& allowed)
{
    if (allowed.empty()) {
        return make_problem(call, 404, "not-found", "there is nothing at this path");
    }
    Reply reply = make_problem(call, 405, "method-not-allowed", "this path takes " + allowed);
    reply.headers.emplace_back("Allow", allowed);
    return reply;
}

Reply answer(Call& call, std::string_view method)
{
    Found found = find_route(method, call.request.path);
    if (found.route != nullptr) {
        call.path = std::move(found.parts);
        return handle_route(*found.route, call);
    }
    return no_route(call, found.allowed);
}

constexpr std::size_t kHttpBodyDigitsMax = 9;

/// A body longer than any JSON of ours is taken only as records, and only from who may send them.
std::optional<Reply> answer_before_body(Call& call)
{
    Found found = find_route(call.request.method, call.request.path);
    if (found.route == nullptr) {
        return no_route(call, found.allowed);
    }
    call.path = std::move(found.parts);
    if (auto refusal = turn_away(*found.route, call)) {
        return refusal;
    }
    const bool of_unknown_length = call.request.header("transfer-encoding").has_value();
    const std::string_view length = call.request.header("content-length").value_or("0");
    if (length.size() > kHttpBodyDigitsMax ||
        std::stoull(std::string(length)) > base::limits::kHttpBodyBytesMax) {
        return make_problem(call, 413, "too-large",
                            "the body has " + std::string(length) + " bytes, at most " +
                                std::to_string(base::limits::kHttpBodyBytesMax) + " are taken");
    }
    const bool may_be_long = found.route->takes_records || found.route->csv_bytes_max > 0;
    if (!may_be_long && (!of_unknown_length || call.principal.anonymous())) {
        return make_problem(call, 413, "too-large",
                            "the body must state its Content-Length, at most 64 KiB");
    }
    return std::nullopt;
}

/// An ETag over what was asked for: equal answers are equal, whatever made them. Of an item that
/// commands change, its version stands before.
void add_etag(const net::HttpRequest& request, const Reply& reply, net::HttpResponse& response)
{
    if (reply.version && request.method != "GET" && response.status < 300) {
        response.headers.emplace_back("ETag", "\"v" + std::to_string(*reply.version) + "\"");
    }
    if (request.method != "GET" || response.status != 200 || response.stream) {
        return;
    }
    const std::string version = reply.version ? "v" + std::to_string(*reply.version) + "." : "";
    const std::string_view bytes =
        reply.etag_of.empty() ? std::string_view(response.body) : std::string_view(reply.etag_of);
    const std::string tag = "\"" + version + base::sha256_hex(bytes).substr(0, 32) + "\"";
    response.headers.emplace_back("ETag", tag);
    if (request.header("if-none-match").value_or("") == tag) {
        response.status = 304;
        response.body.clear();
    }
}

net::HttpResponse dress(const Call& call, Reply reply)
{
    if (reply.status >= 400) {
        base::counter("tanggap_api_refusals_total", "Answers of the API that are no success.",
                      {{"status", std::to_string(reply.status)}})
            .add();
    }
    net::HttpResponse response;
    response.status = reply.status;
    response.headers = std::move(reply.headers);
    response.body = std::move(reply.body);
    response.stream = std::move(reply.stream);
    if (!response.body.empty() || response.stream) {
        response.headers.emplace_back("Content-Type", reply.content_type);
    }
    response.headers.emplace_back("X-Request-Id", call.request_id);
    add_etag(call.request, reply, response);
    return response;
}

void log_fault(const Call& call, const Reply& reply)
{
    if (reply.status >= 500 && reply.status != 503) {
        base::log(base::LogLevel::Error, "request_failed", call.request_id + " " + reply.body);
    }
}

Call call_of(Shared& shared, const net::HttpRequest& request)
{
    return {.shared = shared,
            .request = request,
            .request_id = base::make_uuid_v7(shared.context.world.clock.now()).text(),
            .principal = {},
            .path = {},
            .query = {},
            .body = {},
            .expected_version = {},
            .idempotency_key = {},
            .fingerprint = {}};
}

/// `decide` answers, and what it throws becomes an answer: we throw nothing, the JSON library may.
template <class Decide>
auto guarded(Call& call, Decide decide) -> decltype(decide())
{
    try {
        return decide();
    } catch (const std::exception& thrown) {
        // The caller gets an id, the log the reason.
        base::log(base::LogLevel::Error, "request_threw", call.request_id + " " + thrown.what());
        return make_problem(call, 500, "internal", "see the server's log for this id");
    }
}

net::HttpResponse respond(Shared& shared, const net::HttpRequest& request)
{
    const std::string_view method =
        request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
    if (method == "GET") {
        if (auto page = console_response(shared.context, request)) {
            return std::move(*page);
        }
    }
    Call call = call_of(shared, request);
    Reply reply = guarded(call, [&] { return answer(call, method); });
    log_fault(call, reply);
    return dress(call, std::move(reply));
}

std::optional<net::HttpResponse> respond_before_body(Shared& shared,
                                                     const net::HttpRequest& request)
{
    Call call = call_of(shared, request);
    auto reply = guarded(call, [&] { return answer_before_body(call); });
    if (!reply) {
        return std::nullopt;
    }
    log_fault(call, *reply);
    return dress(call, std::move(*reply));
}

} // namespace

std::span<const Route> routes()
{
    static const std::vector<Route> all = [] {
        std::vector<Route> routes;
        for (auto* const table :
             {account_routes,    own_account_routes,  people_routes,   audit_routes,
              protection_routes, action_routes,       alert_routes,    asset_routes,
              case_routes,       case_item_routes,    evidence_routes, event_routes,
              figure_routes,     indicator_routes,    advisory_routes, report_routes,
              stream_routes,     admin_routes,        sensor_routes,   system_routes,
              triage_routes,     ingest_routes,       rule_routes,     own_rule_routes,
              hunt_routes,       organisation_routes, office_routes}) {
            std::ranges::move(table(), std::back_inserter(routes));
        }
        return routes;
    }();
    return all;
}

Handlers make_handlers(Context context)
{
    const auto shared = std::make_shared<Shared>(std::move(context));
    const auto handle = [shared](const net::HttpRequest& request) {
        net::HttpResponse response = respond(*shared, request);
        add_security_headers(response, shared->context.tls);
        return response;
    };
    const auto admit = [shared](const net::HttpRequest& request) {
        auto response = respond_before_body(*shared, request);
        if (response) {
            add_security_headers(*response, shared->context.tls);
        }
        return response;
    };
    return {.handle = handle, .admit = admit};
}

} // namespace tanggap::api
