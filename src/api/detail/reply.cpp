#include <charconv>

#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/limits.h"

namespace tanggap::api {
namespace {

struct Title {
    int status;
    std::string_view en;
    std::string_view id;
};
constexpr std::array kTitles{
    Title{400, "The request is not right", "Permintaan tidak tepat"},
    Title{401, "Sign in first", "Masuk dahulu"},
    Title{403, "You may not do this", "Anda tidak berhak melakukan ini"},
    Title{404, "There is no such thing", "Tidak ditemukan"},
    Title{405, "This path does not do that", "Alamat ini tidak melayani itu"},
    Title{409, "It changed meanwhile", "Keadaannya sudah berubah"},
    Title{412, "It was changed by someone else", "Sudah diubah orang lain"},
    Title{413, "Too large", "Terlalu besar"},
    Title{415, "This kind of body is not taken", "Jenis isi ini tidak diterima"},
    Title{422, "This key belongs to another request", "Kunci ini milik permintaan lain"},
    Title{428, "Say which version you saw", "Sebutkan versi yang Anda lihat"},
    Title{429, "Slow down", "Terlalu sering"},
    Title{500, "A fault of ours", "Kesalahan di pihak kami"},
    Title{503, "Not available now", "Sedang tidak tersedia"},
};

std::string_view title_of(int status, bool indonesian)
{
    for (const Title& title : kTitles) {
        if (title.status == status) {
            return indonesian ? title.id : title.en;
        }
    }
    return indonesian ? "Galat" : "Error";
}

} // namespace

bool wants_indonesian(const net::HttpRequest& request)
{
    const std::string_view wish = request.header("accept-language").value_or("");
    const std::size_t id = wish.find("id");
    const std::size_t en = wish.find("en");
    return id != wish.npos && (en == wish.npos || id < en);
}

std::string_view Call::parameter(std::string_view name) const
{
    const auto known = query.find(name);
    return known == query.end() ? std::string_view{} : std::string_view(known->second);
}

std::size_t Call::limit() const
{
    const std::string_view text = parameter("limit");
    std::size_t value = base::limits::kPageItemsDefault;
    std::from_chars(text.data(), text.data() + text.size(), value); // checked by the dispatcher
    return value;
}

std::string Call::question() const
{
    std::string text = request.path;
    for (const auto& [name, value] : query) {
        if (name != "cursor" && name != "limit" && name != "total" && name != "budget_ms") {
            text.append("\n").append(name).append("=").append(value);
        }
    }
    return text;
}

base::Result<bool> Call::wants_exact_total() const
{
    const std::string_view text = parameter("total");
    if (!text.empty() && text != "exact") {
        return base::invalid("total is exact or not given");
    }
    return !text.empty();
}

base::Result<std::string> Call::cursor() const
{
    return read_cursor(shared.context.cursor_key, question(), parameter("cursor"));
}

std::string Call::target_of_page(std::string_view cursor) const
{
    std::string target = request.path + "?";
    for (const auto& [name, value] : query) {
        if (name != "cursor") {
            target += net::percent_encode(name) + "=" + net::percent_encode(value) + "&";
        }
    }
    return target + "cursor=" + net::percent_encode(cursor);
}

Reply reply_json(const Json& value, int status)
{
    Reply reply;
    reply.status = status;
    reply.body = json_text(value);
    return reply;
}

namespace {

/// {"items":[…],"next":…,"total":…,"as_of":…,…rest}
Reply reply_page(const Call& call, const std::vector<std::string>& items, std::string_view position,
                 const Json& total, Json rest)
{
    std::string joined;
    for (const std::string& item : items) {
        joined.append(joined.empty() ? "" : ",").append(item);
    }
    const std::string next = make_cursor(call.shared.context.cursor_key, call.question(), position);
    rest["next"] = next.empty() ? Json() : Json(next);
    rest["total"] = total;
    rest["as_of"] = base::format_rfc3339(call.now());
    Reply reply;
    reply.etag_of = joined + next + json_text(total);
    if (!next.empty()) {
        // RFC 8288.
        reply.headers.emplace_back("Link", "<" + call.target_of_page(next) + ">; rel=\"next\"");
    }
    reply.body = "{\"items\":[" + joined + "]," + json_text(rest).substr(1);
    return reply;
}

Json total_json(std::uint64_t total, bool is_lower_bound)
{
    return {{"value", total}, {"relation", is_lower_bound ? "gte" : "eq"}};
}

} // namespace

Reply reply_list(const Call& call, const std::vector<std::string>& items, std::string_view position,
                 std::uint64_t total, bool total_is_lower_bound)
{
    return reply_page(call, items, position, total_json(total, total_is_lower_bound),
                      Json::object());
}

Answer reply_events(const Call& call, store::EventPage page, std::string_view after)
{
    TRY(const FieldNames fields, event_fields(call));
    if (!fields.empty()) {
        for (std::string& event : page.events_json) {
            event = json_text(only_fields(fields, Json::parse(event)));
        }
    }
    const store::SearchReach& reach = page.reach;
    // Counting ten million rows for every page is not worth its price: the histogram has the
    // figure.
    const bool partial = !page.next.empty() || !after.empty();
    return reply_page(call, page.events_json, page.next,
                      total_json(page.events_json.size(), partial),
                      {{"searched",
                        {{"events", reach.searched},
                         {"of", reach.total},
                         {"down_to", base::format_rfc3339(reach.down_to)},
                         {"complete", reach.complete},
                         {"elapsed_ms", reach.elapsed.count()}}}});
}

Reply make_problem(const Call& call, int status, std::string_view type, std::string_view detail,
                   const std::vector<FieldError>& errors)
{
    Json list = Json::array();
    for (const FieldError& error : errors) {
        list.push_back(
            {{"pointer", error.pointer}, {"code", error.code}, {"detail", error.detail}});
    }
    Reply reply = reply_json({{"type", "urn:tanggap:problem:" + std::string(type)},
                              {"title", title_of(status, wants_indonesian(call.request))},
                              {"status", status},
                              {"detail", detail},
                              {"instance", call.request_id},
                              {"errors", std::move(list)}},
                             status);
    reply.content_type = "application/problem+json";
    if (status == 429 || status == 503) {
        reply.headers.emplace_back("Retry-After", "5");
    }
    if (status == 401) {
        reply.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"tanggap\"");
    }
    return reply;
}

Reply make_problem(const Call& call, const base::Error& error)
{
    const base::CodeTraits& traits = base::traits_of(error.code);
    return make_problem(call, traits.http_status, traits.name, error.message);
}

} // namespace tanggap::api
