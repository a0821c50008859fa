// The queue: its rows, what is new in it, what was decided before; views and looks.
#include <algorithm>
#include <charconv>

#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/limits.h"
#include "base/text.h"
#include "service/alert_hours.h"
#include "service/alerts.h"
#include "service/precedents.h"
#include "service/reports.h"
#include "service/views.h"
#include "store/triage_list.h"

namespace tanggap::api {
namespace {

/// Counting for a tab stops here: "1,000+".
constexpr std::size_t kCountMax = 1000;
constexpr std::size_t kQuestionsMax = 40;

base::Result<store::TriageSort> parse_sort(std::string_view text)
{
    using enum store::TriageSort;
    constexpr std::array<std::pair<std::string_view, store::TriageSort>, 5> kSorts{
        {{"", PriorityDesc},
         {"-priority", PriorityDesc},
         {"-last_seen", LastSeenDesc},
         {"-first_seen", FirstSeenDesc},
         {"-events", EventsDesc}}};
    const auto* const known = std::ranges::find(kSorts, text, &decltype(kSorts)::value_type::first);
    return known != kSorts.end()
               ? base::Result<store::TriageSort>(known->second)
               : base::invalid("sort must be -priority, -last_seen, -first_seen or -events");
}

base::Result<store::TriageGrouping> parse_grouping(std::string_view text)
{
    using enum store::TriageGrouping;
    constexpr std::array<std::pair<std::string_view, store::TriageGrouping>, 3> kGroupings{
        {{"rule", Rule}, {"source", Source}, {"organisation", Organisation}}};
    const auto* const known =
        std::ranges::find(kGroupings, text, &decltype(kGroupings)::value_type::first);
    return known != kGroupings.end() ? base::Result<store::TriageGrouping>(known->second)
                                     : base::invalid("group must be rule, source or organisation");
}

ParsedQuery parse_question(const Call& call, std::string_view text)
{
    ParsedQuery parsed = parse_query(call, text, query::triage_scope());
    query::put_account(parsed.root, call.principal.user_id);
    return parsed;
}

store::TriageQuestion question_of(const Call& call, const query::Node& root)
{
    return {.filter = &root,
            .now = call.now(),
            .visible = visible_alerts(call),
            .visible_reports = service::visible_reports(call.principal)};
}

/// A report in the shape of an alert's row: what it has no word for is empty.
Json report_row(const store::QueuedReport& queued)
{
    const store::ReportHead& head = queued.head;
    store::AlertStanding standing;
    standing.assignee = queued.assignee;
    standing.version = queued.version;
    standing.state.case_id = head.case_id;
    model::Alert alert;
    alert.title = head.title;
    alert.severity = head.severity;
    alert.priority = store::priority_of(head.severity);
    alert.organisation = head.organisation;
    alert.first_seen = head.received_at;
    alert.last_seen = head.updated_at;
    alert.events = 1;
    Json row = alert_row(alert, standing);
    row["id"] = head.id;
    row["number"] = head.number;
    row["status"] = queued.place;
    row["report"] = {{"kind", head.kind},
                     {"status", model::name_of(head.status)},
                     {"channel", model::name_of(head.channel)},
                     {"identity", model::name_of(head.identity)},
                     {"acknowledged", head.acknowledged_at.ns != 0},
                     {"waiting", head.waiting}};
    return row;
}

/// Whether a source would stand for more than its own rows: a host may be called 0.0.0.0/0. The
/// network that is the source of an IPv6 alert means just its rows.
bool reads_as_many(std::string_view source)
{
    const std::size_t dots = source.find("..");
    if (dots != std::string_view::npos) {
        return query::parse_address_range(source.substr(0, dots)).has_value();
    }
    return source.find_first_of(":/") != std::string_view::npos && !source.ends_with("/64") &&
           query::parse_address_range(source).has_value();
}

/// The term that leaves the rows of a group, as the query language writes it.
std::string term_of(std::string_view field, const std::string& value)
{
    if (value.empty()) {
        return "-" + std::string(field) + ":*";
    }
    query::Node term;
    term.op = query::Operator::Equals;
    term.field = field;
    term.value = value;
    if (field == "source" && reads_as_many(value)) {
        term.value.insert(0, "*"); // What has a star is a name.
        term.wildcard = true;
    }
    return query::format(term);
}

Answer list_groups(Call& call, const store::TriagePageRequest& request)
{
    const std::string_view field = call.parameter("group");
    TRY(const auto grouping, parse_grouping(field));
    TRY(const FieldNames fields, row_fields(call, "TriageGroup"));
    store::TriageGroupPage page;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(page, store::list_triage_groups(snapshot, request, grouping));
        return {};
    }));
    std::vector<std::string> items;
    for (const store::TriageGroup& group : page.groups) {
        Json item{{"value", group.value},
                  {"title", group.title},
                  {"title_id", group.title_id},
                  {"q", term_of(field, group.value)},
                  {"rows", group.rows},
                  {"events", group.events},
                  {"priority", group.priority},
                  {"severity", model::name_of(group.severity)},
                  {"last_seen", base::format_rfc3339(group.last_seen)}};
        items.push_back(json_text(only_fields(fields, std::move(item))));
    }
    return reply_list(call, items, page.next, page.total, false);
}

Answer list_rows(Call& call, const store::TriagePageRequest& request)
{
    TRY(const FieldNames fields, row_fields(call, "TriageRow"));
    store::TriagePage page;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(page, store::list_triage(snapshot, request));
        return {};
    }));
    std::vector<std::string> items;
    for (const store::TriageRow& row : page.rows) {
        Json item = row.report ? report_row(*row.report) : alert_row(row.alert, row.standing);
        item["kind"] = row.report ? "report" : "alert";
        if (!row.report) {
            item["report"] = nullptr;
        }
        items.push_back(json_text(only_fields(fields, std::move(item))));
    }
    return reply_list(call, items, page.next, page.total, page.total_is_lower_bound);
}

Answer list_triage(Call& call)
{
    const ParsedQuery parsed = parse_question(call, call.parameter("q"));
    if (parsed.problem) {
        return *parsed.problem;
    }
    TRY(const auto sort, parse_sort(call.parameter("sort")));
    TRY(auto after, call.cursor());
    TRY(const bool exact_total, call.wants_exact_total());
    const store::TriagePageRequest request{.filter = &parsed.root,
                                           .sort = sort,
                                           .limit = call.limit(),
                                           .after = std::move(after),
                                           .now = call.now(),
                                           .visible = visible_alerts(call),
                                           .visible_reports =
                                               service::visible_reports(call.principal),
                                           .exact_total = exact_total};
    return call.query.contains("group") ? list_groups(call, request) : list_rows(call, request);
}

/// "ALR-12,ALR-7".
base::Result<std::vector<std::uint64_t>> parse_alerts(std::string_view text)
{
    constexpr std::string_view kPrefix = "ALR-";
    std::vector<std::uint64_t> numbers;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string_view one = text.substr(at, end - at);
        const std::string_view digits = one.substr(std::min(kPrefix.size(), one.size()));
        std::int64_t number = 0;
        const auto [stop, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        const bool whole = error == std::errc{} && stop == digits.data() + digits.size();
        if (!one.starts_with(kPrefix) || !whole || number < 0) {
            return base::invalid("alerts takes numbers separated by commas, e.g. ALR-12,ALR-7; " +
                                 base::quoted(one, 30) + " is none");
        }
        numbers.push_back(static_cast<std::uint64_t>(number));
        at = end + 1;
    }
    return numbers;
}

Answer get_hours(Call& call)
{
    TRY(const auto numbers, parse_alerts(call.parameter("alerts")));
    auto hours =
        service::hours_of_alerts(call.world(), call.principal, numbers, call.request.abandoned);
    if (!hours) {
        return engine_answer(call, std::move(hours).error());
    }
    Json alerts = Json::object();
    for (const service::HoursOfAlert& each : hours->alerts) {
        alerts[model::alert_number_text(each.alert)] = each.events;
    }
    return reply_json({{"from", base::format_rfc3339(hours->from)}, {"alerts", std::move(alerts)}});
}

Answer list_facets(Call& call)
{
    const ParsedQuery parsed = parse_question(call, call.parameter("q"));
    if (parsed.problem) {
        return *parsed.problem;
    }
    return facets_of(call, [&](std::span<const std::string> fields, std::size_t top) {
        base::Result<std::vector<store::FacetValues>> values;
        const auto read = call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
            values = store::triage_facets(snapshot, fields, question_of(call, parsed.root), top);
            return {};
        });
        return read ? std::move(values) : std::unexpected(read.error());
    });
}

Json total_of(std::uint64_t count, std::size_t max)
{
    return {{"value", std::min<std::uint64_t>(count, max)},
            {"relation", count > max ? "gte" : "eq"}};
}

Answer get_news(Call& call)
{
    const ParsedQuery parsed = parse_question(call, call.parameter("q"));
    if (parsed.problem) {
        return *parsed.problem;
    }
    if (call.parameter("since").empty()) {
        return base::invalid("since is missing: `as_of` of the list that is shown");
    }
    TRY(const base::Time since, time_parameter(call, "since", {}));
    std::uint64_t count = 0;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(count, store::count_triage_news(snapshot, question_of(call, parsed.root), since,
                                            kCountMax + 1));
        return {};
    }));
    const Json total = total_of(count, kCountMax);
    return reply_json({{"count", total.at("value")}, {"relation", total.at("relation")}});
}

Answer post_counts(Call& call)
{
    const Json& queries = call.body.at("queries");
    if (queries.size() > kQuestionsMax) {
        return base::invalid("at most " + std::to_string(kQuestionsMax) + " queries at once");
    }
    Json counts = Json::object();
    for (const auto& [name, text] : queries.items()) {
        const ParsedQuery parsed = parse_question(call, text.get_ref<const std::string&>());
        if (parsed.problem) {
            continue; // A saved view may name what is gone: it has no count, the others have.
        }
        TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(const auto count,
                store::count_triage(snapshot, question_of(call, parsed.root), kCountMax + 1));
            counts[name] = total_of(count, kCountMax);
            return {};
        }));
    }
    return reply_json({{"counts", std::move(counts)}});
}

Answer list_assignees(Call& call)
{
    Json items = Json::array();
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto assignees, store::list_assignees(snapshot));
        for (const store::Assignee& each : assignees) {
            items.push_back({{"id", each.id}, {"name", each.name}});
        }
        return {};
    }));
    return reply_json({{"items", std::move(items)}});
}

Answer get_precedents(Call& call)
{
    TRY(const auto alert, service::see_alert(call.world(), call.principal, call.path.at("id")));
    TRY(const auto precedents, service::precedents_of(call.world().cases, call.principal, alert));
    Json items = Json::array();
    for (const service::Precedent& each : precedents.items) {
        Json item = alert_row(each.row.alert, each.row.standing);
        item["decided_by"] = each.decided_by;
        item["note"] = each.note;
        items.push_back(std::move(item));
    }
    Json same;
    if (precedents.same) {
        same = {{"reason", precedents.same->reason}, {"count", precedents.same->count}};
    }
    return reply_json(
        {{"items", std::move(items)}, {"total", precedents.total}, {"same", std::move(same)}});
}

Answer get_history(Call& call)
{
    TRY(const auto alert, service::see_alert(call.world(), call.principal, call.path.at("id")));
    return history_of(call, {.kind = "alert", .id = alert.id.text()});
}

Json view_json(const store::View& view)
{
    return {{"id", view.id},     {"name", view.name},     {"q", view.query},
            {"sort", view.sort}, {"shared", view.shared}, {"owner", view.owner_name}};
}

Answer list_views(Call& call)
{
    Json items = Json::array();
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto views, store::list_views(snapshot, call.principal.user_id));
        for (const store::View& view : views) {
            items.push_back(view_json(view));
        }
        return {};
    }));
    return reply_json({{"items", std::move(items)}});
}

Answer post_view(Call& call)
{
    TRY(const store::View view, service::add_view(call.world(), call.command(),
                                                  {.name = call.body.at("name").get<std::string>(),
                                                   .query = call.body.at("q").get<std::string>(),
                                                   .sort = call.body.value("sort", ""),
                                                   .shared = call.body.value("shared", false)}));
    return reply_json(view_json(view), 201);
}

Answer delete_view(Call& call)
{
    TRY_STATUS(
        service::remove_view(call.world(), call.principal, call.command(), call.path.at("id")));
    Reply reply;
    reply.status = 204;
    return reply;
}

Answer get_preferences(Call& call)
{
    std::string document;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(document,
            store::find_preferences(snapshot, call.principal.user_id, call.path.at("page")));
        return {};
    }));
    return reply_json({{"values", Json::parse(document)}});
}

Answer put_preferences(Call& call)
{
    TRY_STATUS(service::keep_preferences(call.world(), call.command(), call.path.at("page"),
                                         json_text(call.body.at("values"))));
    return reply_json(call.body);
}

} // namespace

std::vector<Route> triage_routes()
{
    using policy::Scope;
    constexpr Parameter kQuery{"q", "query language, e.g. is:open severity>=high"};
    return {
        {.method = "GET",
         .path = "/api/v1/triage",
         .id = "listTriage",
         .summary = "The queue: alerts and reports in one order",
         .summary_id = "Antrean: peringatan dan laporan dalam satu urutan",
         .parameters = {kQuery,
                        {"sort", "-priority, -last_seen, -first_seen or -events"},
                        {"group", "rule, source or organisation: groups instead of rows"},
                        kLimit,
                        kCursor,
                        kTotal,
                        kFields},
         .request = {},
         .response = "TriagePage",
         .handle = list_triage},
        {.method = "GET",
         .path = "/api/v1/triage/facets",
         .id = "listTriageFacets",
         .summary = "Most frequent values of fields in the queue",
         .summary_id = "Nilai tersering tiap isian di antrean",
         .parameters = {kQuery,
                        {"fields", "names separated by commas"},
                        {"top", "values of each", ParameterKind::Integer, 1, 100}},
         .request = {},
         .response = "Facets",
         .handle = list_facets},
        {.method = "GET",
         .path = "/api/v1/triage/hours",
         .id = "getTriageHours",
         .summary = "Events of alerts by hour, over the last 24",
         .summary_id = "Peristiwa tiap peringatan per jam, 24 jam terakhir",
         .parameters = {{"alerts", "up to 100 numbers separated by commas, e.g. ALR-12,ALR-7"}},
         .request = {},
         .response = "TriageHours",
         .handle = get_hours,
         .searches = true},
        {.method = "GET",
         .path = "/api/v1/triage/news",
         .id = "countTriageNews",
         .summary = "How many rows came into a query since it was read",
         .summary_id = "Banyaknya baris baru sejak daftar dibaca",
         .parameters = {kQuery, {"since", "`as_of` of the list"}},
         .request = {},
         .response = "TriageNews",
         .handle = get_news},
        {.method = "POST",
         .path = "/api/v1/triage/counts",
         .id = "countTriage",
         .summary = "How many rows match each of some queries",
         .summary_id = "Banyaknya baris untuk beberapa kueri",
         .parameters = {},
         .request = "TriageQuestions",
         .response = "TriageCounts",
         .handle = post_counts},
        {.method = "GET",
         .path = "/api/v1/assignees",
         .id = "listAssignees",
         .summary = "Accounts that can be given work",
         .summary_id = "Akun yang dapat ditugasi",
         .parameters = {},
         .request = {},
         .response = "Assignees",
         .handle = list_assignees},
        {.method = "GET",
         .path = "/api/v1/alerts/{id}/precedents",
         .id = "listPrecedents",
         .summary = "How the same rule on the same target was handled before",
         .summary_id = "Keputusan terdahulu untuk aturan dan sasaran yang sama",
         .parameters = {},
         .request = {},
         .response = "Precedents",
         .handle = get_precedents},
        {.method = "GET",
         .path = "/api/v1/alerts/{id}/history",
         .id = "listAlertHistory",
         .summary = "What was decided about it, newest first, by whom and why",
         .summary_id = "Riwayat keputusan atas peringatan",
         .parameters = {kLimit, kCursor},
         .request = {},
         .response = "History",
         .handle = get_history},
        {.method = "GET",
         .path = "/api/v1/views",
         .id = "listViews",
         .summary = "Saved views of the queue: one's own and the shared ones",
         .summary_id = "Tampilan antrean yang tersimpan",
         .parameters = {},
         .request = {},
         .response = "Views",
         .handle = list_views},
        {.method = "POST",
         .path = "/api/v1/views",
         .id = "saveView",
         .summary = "Save a view of the queue",
         .summary_id = "Simpan tampilan antrean",
         .parameters = {},
         .request = "ViewRequest",
         .response = "View",
         .status = 201,
         .handle = post_view},
        {.method = "DELETE",
         .path = "/api/v1/views/{id}",
         .id = "removeView",
         .summary = "Remove a view",
         .summary_id = "Hapus tampilan",
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_view},
        {.method = "GET",
         .path = "/api/v1/preferences/{page}",
         .id = "getPreferences",
         .summary = "How a page looks to the account that asks",
         .summary_id = "Setelan tampilan halaman",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "Preferences",
         .handle = get_preferences},
        {.method = "PUT",
         .path = "/api/v1/preferences/{page}",
         .id = "keepPreferences",
         .summary = "Keep how a page looks to the account that asks",
         .summary_id = "Simpan setelan tampilan halaman",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = "Preferences",
         .response = "Preferences",
         .handle = put_preferences},
    };
}

} // namespace tanggap::api
