#include "portal/detail/forms.h"

#include "base/id.h"
#include "base/log.h"
#include "base/report_limits.h"
#include "base/text.h"

namespace tanggap::portal {
namespace {

constexpr std::size_t kTokenBytes = 32;

bool is_token(std::string_view text)
{
    return text.size() == kTokenBytes * 2 &&
           text.find_first_not_of("0123456789abcdef") == text.npos;
}

} // namespace

FormToken form_token(const Visit& visit)
{
    auto cookie = find_cookie(visit, kFormCookie);
    if (cookie && is_token(*cookie)) {
        return {.value = std::move(*cookie), .is_new = false};
    }
    return {.value = base::to_hex(base::random_bytes(kTokenBytes)), .is_new = true};
}

net::HttpResponse render_form(const Visit& visit, std::string_view name, std::string_view title,
                              Values values, int status)
{
    const FormToken token = form_token(visit);
    values.set("CSRF", visit.context.desk.seal_form(token.value));
    net::HttpResponse response = render(visit, name, title, std::move(values), status);
    if (token.is_new) {
        set_cookie(visit, response, kFormCookie, token.value, base::limits::kDraftLife);
    }
    return response;
}

Sent read_sent(const Visit& visit, service::PublicAct act, std::string_view form_path)
{
    Sent sent;
    if (const base::Status may = visit.context.desk.may(act, visit.request.peer); !may) {
        sent.refusal = desk_failed(visit, may.error(), form_path);
        return sent;
    }
    auto form =
        codec::parse_form(visit.request.header("content-type").value_or(""), visit.request.body);
    if (!form) {
        sent.refusal = notice(visit, 400, "bad", form_path);
        return sent;
    }
    const auto cookie = find_cookie(visit, kFormCookie);
    if (!cookie || !is_token(*cookie) ||
        !visit.context.desk.check_form(*cookie, form->text("csrf"))) {
        sent.refusal = notice(visit, 403, "cookie", form_path);
        return sent;
    }
    sent.token = *cookie;
    sent.form = std::move(*form);
    sent.trapped = !sent.form.text("situs").empty();
    return sent;
}

net::HttpResponse desk_failed(const Visit& visit, const base::Error& error, std::string_view path)
{
    if (error.code == base::Code::Exhausted) {
        net::HttpResponse slow = notice(visit, 429, "slow", path);
        slow.headers.emplace_back("Retry-After", "120");
        return slow;
    }
    base::log(base::LogLevel::Error, "portal_failed", error.message);
    return notice(visit, 503, "busy", path);
}

} // namespace tanggap::portal
