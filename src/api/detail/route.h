// A route: what it is called, what it takes, what it gives, who may, and the function that does it.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <semaphore>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "api/detail/encoding.h"
#include "api/detail/event_stream.h"
#include "service/acts.h"
#include "service/limiter.h"
#include "service/sensors.h"

namespace tanggap::api {

/// What every request shares. Thread: any.
struct Shared {
    explicit Shared(Context wired)
        : context(std::move(wired)), sensors(*context.administration.sensors)
    {
    }

    Context context;
    service::SensorCatalog& sensors;
    /// A console asks a few times a second, a script in bursts.
    service::RateLimiter by_account{{.per_second = 1000, .burst = 2000}};
    /// Those who have not signed in: nobody needs more to do so.
    service::RateLimiter by_address{{.per_second = 50, .burst = 300}};
    std::counting_semaphore<kSearchesAtOnce> searches{kSearchesAtOnce};
    service::Acts acts{context.world};
    /// Requests with an idempotency key that are being carried out; at most one a worker.
    std::mutex once_mutex;
    std::set<std::string> once_running;
    StreamPlaces stream_places;
};

/// Something wrong with one part of a request.
struct FieldError {
    std::string pointer; ///< JSON pointer into the body, or "?name" for a query parameter
    std::string code;
    std::string detail;
};

/// One request on its way to its handler. Lifetime: the request's.
struct Call {
    Shared& shared;
    const net::HttpRequest& request;
    std::string request_id;
    service::Principal principal;
    std::map<std::string, std::string, std::less<>> path;
    std::map<std::string, std::string, std::less<>> query;
    Json body;
    /// Of If-Match, where the route is versioned and the asker named a version.
    std::optional<std::uint64_t> expected_version;
    std::string idempotency_key;
    std::string fingerprint; ///< of the request, where it has an idempotency key

    /// The command this request is, for Changes::change.
    store::Command command(std::string reason = {}) const;
    const service::World& world() const { return shared.context.world; }
    base::Time now() const { return world().clock.now(); }
    /// The value of a query parameter, or "".
    std::string_view parameter(std::string_view name) const;
    std::size_t limit() const; ///< `limit`, or the default
    /// Errors: Invalid where `total` is something else than exact.
    base::Result<bool> wants_exact_total() const;
    /// The whole question without its cursor, limit, total and budget.
    std::string question() const;
    base::Result<std::string> cursor() const;
    /// This request again, for the page that the cursor begins.
    std::string target_of_page(std::string_view cursor) const;
};

struct Reply {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    /// What the ETag is made from; empty: the body. A list leaves out the moment it was read.
    std::string etag_of = {};
    std::vector<std::pair<std::string, std::string>> headers;
    std::optional<std::uint64_t> version;         ///< of the one item answered: goes into its ETag
    std::shared_ptr<net::HttpStream> stream = {}; ///< instead of a body
};
using Answer = base::Result<Reply>;

Reply reply_json(const Json& value, int status = 200);
/// {"items":[…],"next":…,"total":…,"as_of":…} from items that are JSON text already.
Reply reply_list(const Call& call, const std::vector<std::string>& items, std::string_view position,
                 std::uint64_t total, bool total_is_lower_bound);
/// A page of events, or of the fields asked for, with how far its search came.
Answer reply_events(const Call& call, store::EventPage page, std::string_view after);

enum class ParameterKind { Text, Integer };
struct Parameter {
    std::string_view name;
    std::string_view summary;
    ParameterKind kind = ParameterKind::Text;
    std::int64_t min = 0; ///< Integer
    std::int64_t max = 0;
};

struct Route {
    std::string_view method;
    std::string_view path; ///< "/api/v1/alerts/{id}"
    std::string_view id;   ///< operationId
    std::string_view summary;
    std::string_view summary_id; ///< Indonesian
    policy::Scope scope = policy::Scope::Read;
    std::vector<Parameter> parameters;
    std::string_view request;  ///< schema of the JSON body; empty: none
    std::string_view response; ///< schema; empty: no JSON
    int status = 200;
    Answer (*handle)(Call& call) = nullptr;
    bool open_on_loopback = false;           ///< rulings 16: no scope asked of a loopback peer
    bool takes_records = false;              ///< the body is records, not JSON
    std::size_t csv_bytes_max = 0;           ///< the body is text/csv of at most so much; 0: not
    bool or_json = false;                    ///< csv_bytes_max: or a JSON document of our reading
    bool searches = false;                   ///< asks the event store, which may take its time
    bool versioned = false;                  ///< asks for If-Match
    Answer (*current)(Call& call) = nullptr; ///< versioned: the item as it is now, for a 412
    bool secret_answer = false;              ///< shown once: not kept for a repeated request
    bool session_only = false;               ///< no API key does this
    bool fresh = false; ///< a session must have been asked for its password lately
};

/// Every route there is.
std::span<const Route> routes();

// The tables of the single files under routes/.
std::vector<Route> account_routes();
std::vector<Route> action_routes();
std::vector<Route> alert_routes();
std::vector<Route> asset_routes();
std::vector<Route> case_routes();
std::vector<Route> case_item_routes();
std::vector<Route> evidence_routes();
std::vector<Route> event_routes();
std::vector<Route> figure_routes();
std::vector<Route> indicator_routes();
std::vector<Route> advisory_routes();
std::vector<Route> report_routes();
std::vector<Route> admin_routes();
std::vector<Route> hunt_routes();
std::vector<Route> own_rule_routes();
std::vector<Route> rule_routes();
std::vector<Route> sensor_routes();
std::vector<Route> system_routes();
std::vector<Route> ingest_routes();
std::vector<Route> office_routes();
std::vector<Route> organisation_routes();
std::vector<Route> own_account_routes();
std::vector<Route> people_routes();
std::vector<Route> audit_routes();
std::vector<Route> protection_routes();
std::vector<Route> stream_routes();
std::vector<Route> triage_routes();

/// Whether the reader names Indonesian before English.
bool wants_indonesian(const net::HttpRequest& request);

/// Application/problem+json (RFC 9457). `type` is a stable word: "invalid", "engine-unavailable".
Reply make_problem(const Call& call, int status, std::string_view type, std::string_view detail,
                   const std::vector<FieldError>& errors = {});
Reply make_problem(const Call& call, const base::Error& error);

/// Reads If-Match of a versioned route. Nothing: go on.
std::optional<Reply> read_precondition(const Route& route, Call& call);
/// What the handler's Conflict means: 412 with the current item where the version moved.
Reply explain_conflict(const Route& route, Call& call, const base::Error& error);
/// `carry_out` once for one Idempotency-Key; a repeat gets the answer of the first.
Reply carry_out_once(const Route& route, Call& call, const std::function<Reply()>& carry_out);

/// Parameters common to lists.
inline constexpr Parameter kFields{"fields", "only these members of each item, by commas"};
inline constexpr Parameter kLimit{"limit", "items on a page", ParameterKind::Integer, 1, 500};
inline constexpr Parameter kCursor{"cursor", "`next` of the page before"};
inline constexpr Parameter kTotal{"total",
                                  "exact: count them all; else counting stops at 10,000, where"
                                  " `total.relation` says gte"};

} // namespace tanggap::api
