// The frame around each page.
#include <algorithm>
#include <array>

#include "base/id.h"
#include "base/text.h"
#include "portal/detail/page.h"

namespace tanggap::portal {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

/// A page is addressed the same in both languages, English below /en.
std::string address_of(std::string_view path, model::Language language)
{
    if (language == model::Language::Indonesian) {
        return std::string(path);
    }
    return path == "/" ? "/en" : "/en" + std::string(path);
}

/// What changes when the look does: the style sheet may be kept by browsers for long.
std::string style_version(const Visit& visit)
{
    const service::Profile& profile = visit.profile();
    return base::sha256_hex(visit.site->style + profile.colour + profile.crest_png).substr(0, 12);
}

/// "tel:" without the blanks that people put into numbers.
std::string digits_of(std::string_view number)
{
    std::string digits;
    for (const char c : number) {
        if ((c >= '0' && c <= '9') || (c == '+' && digits.empty())) {
            digits += c;
        }
    }
    return digits;
}

/// WhatsApp wants the country's code: 0812 becomes 62812.
std::string whatsapp_address(std::string_view number)
{
    std::string digits = digits_of(number);
    if (digits.starts_with('+')) {
        digits.erase(0, 1);
    } else if (digits.starts_with('0')) {
        digits.replace(0, 1, "62");
    }
    return "https://wa.me/" + digits;
}

void add_nav(const Visit& visit, Values& values)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kPages{{
        {"/", "nav_home"},
        {"/lapor", "nav_report"},
        {"/lacak", "nav_track"},
        {"/imbauan", "nav_advisories"},
        {"/rfc2350", "nav_rfc2350"},
    }};
    for (const auto& [path, key] : kPages) {
        const bool below = path != "/" && visit.path.starts_with(std::string(path) + "/");
        Values& entry = values.add("NAV");
        entry.set("HREF", visit.link(path)).set("LABEL", visit.text(key));
        entry.show_if(visit.path == path || below, "HERE");
    }
}

void add_languages(const Visit& visit, Values& values)
{
    using model::Language;
    if (!visit.speaks("id") || !visit.speaks("en")) {
        return;
    }
    const std::string host =
        visit.profile().domain.empty() ? std::string() : "https://" + visit.profile().domain;
    for (const Language language : {Language::Indonesian, Language::English}) {
        values.add("ALTERNATE")
            .set("HREFLANG", model::code_of(language))
            .set("HREF", host + address_of(visit.path, language));
    }
    const Language other =
        visit.language == Language::English ? Language::Indonesian : Language::English;
    values.add("OTHER").set("HREF", address_of(visit.path, other));
}

} // namespace

std::string
Visit::text(std::string_view key,
            std::initializer_list<std::pair<std::string_view, std::string_view>> filled) const
{
    std::string out = text(key);
    for (const auto& [name, value] : filled) {
        const std::string place = "{" + std::string(name) + "}";
        if (const std::size_t at = out.find(place); at != out.npos) {
            out.replace(at, place.size(), value);
        }
    }
    return out;
}

std::string Visit::link(std::string_view path_of_page) const
{
    return address_of(path_of_page, language);
}

bool Visit::speaks(std::string_view code) const
{
    return std::ranges::find(profile().languages, code) != profile().languages.end();
}

void add_reach(const Visit& visit, Values& values, std::string_view section)
{
    const service::Profile& profile = visit.profile();
    const auto add = [&](std::string_view key, const std::string& text) -> Values* {
        if (text.empty()) {
            return nullptr;
        }
        Values& entry = values.add(section);
        entry.set("LABEL", visit.text(key)).set("TEXT", text);
        return &entry;
    };
    const auto add_phone = [&](std::string_view key, const std::string& number) {
        if (Values* const entry = add(key, number)) {
            const std::string digits = digits_of(number);
            const bool international = digits.starts_with('+');
            entry->add(international ? "TEL_PLUS" : "TEL")
                .set("DIGITS", std::string_view(digits).substr(international ? 1 : 0));
        }
    };
    add_phone("reach_phone", profile.phone);
    add_phone("reach_emergency", profile.emergency_phone);
    if (Values* const entry = add("reach_whatsapp", profile.whatsapp)) {
        entry->add("LINK").set("HREF", whatsapp_address(profile.whatsapp));
    }
    if (Values* const entry = add("reach_email", profile.email)) {
        entry->show("MAIL");
    }
    if (Values* const entry = add("reach_hours", visit.in(profile.hours))) {
        entry->show("PLAIN");
    }
}

net::HttpResponse render(const Visit& visit, std::string_view name, std::string_view title,
                         Values values, int status)
{
    const service::Profile& profile = visit.profile();
    values.set("TITLE", title)
        .set("TEAM", profile.team)
        .set("ORGANISATION", profile.organisation)
        .set("HOME", visit.link("/"))
        .set("PRIVACY", visit.link("/privasi"))
        .set("STYLE_VERSION", style_version(visit));
    values.show_if(visit.context.demo, "DEMO");
    values.show(profile.crest_png.empty() ? "NO_CREST" : "CREST");
    add_nav(visit, values);
    add_languages(visit, values);
    add_reach(visit, values, "REACH");

    net::HttpResponse response;
    auto page = visit.site->templates.render(name, visit.language, values);
    if (!page) {
        response.status = 500;
        response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
        response.body = page.error().message + "\n";
        return response;
    }
    response.status = status;
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    response.headers.emplace_back("Content-Language", model::code_of(visit.language));
    response.body = std::move(*page);
    return response;
}

void add_errors(Values& values, const std::vector<FieldError>& errors)
{
    if (errors.empty()) {
        return;
    }
    Values& summary = values.add("HAS_ERRORS");
    for (const FieldError& error : errors) {
        Values& entry = summary.add("ERROR");
        entry.set("TEXT", error.text);
        if (error.field.empty()) {
            entry.show("PLAIN");
        } else {
            entry.add("LINK").set("FIELD", error.field);
        }
    }
}

net::HttpResponse notice(const Visit& visit, int status, std::string_view key,
                         std::string_view next_path)
{
    const std::string name(key);
    Values values;
    values.add("PARAGRAPH").set("TEXT", visit.text(name));
    if (visit.site->texts.has(name + "_next")) {
        values.add("NEXT")
            .set("HREF", visit.link(next_path))
            .set("LABEL", visit.text(name + "_next"));
    }
    const std::string title = visit.text(name + "_title");
    return render(visit, "notice.html", title, std::move(values), status);
}

net::HttpResponse redirect(std::string_view path)
{
    net::HttpResponse response;
    response.status = 303;
    response.headers.emplace_back("Location", path);
    return response;
}

void add_security_headers(net::HttpResponse& response, bool tls)
{
    using Header = std::pair<std::string_view, std::string_view>;
    constexpr std::array kHeaders{
        Header{"Content-Security-Policy", kPolicy},
        Header{"X-Content-Type-Options", "nosniff"},
        Header{"Referrer-Policy", "no-referrer"},
        Header{"Cross-Origin-Opener-Policy", "same-origin"},
        Header{"Cross-Origin-Resource-Policy", "same-origin"},
        Header{"Permissions-Policy",
               "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
        Header{"Cache-Control", "no-store"},
    };
    for (const auto& [name, value] : kHeaders) {
        if (!response.header(name)) {
            response.headers.emplace_back(name, value);
        }
    }
    if (tls) {
        response.headers.emplace_back("Strict-Transport-Security", "max-age=63072000");
    }
}

std::optional<std::string> find_cookie(const Visit& visit, std::string_view name)
{
    const std::string wanted = (visit.context.tls ? "__Host-" : "") + std::string(name);
    std::string_view rest = visit.request.header("cookie").value_or("");
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        const std::string_view pair = base::trim(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::size_t equals = pair.find('=');
        if (equals != pair.npos && pair.substr(0, equals) == wanted) {
            return std::string(pair.substr(equals + 1));
        }
    }
    return std::nullopt;
}

void set_cookie(const Visit& visit, net::HttpResponse& response, std::string_view name,
                std::string_view value, std::chrono::seconds life)
{
    std::string text = (visit.context.tls ? "__Host-" : "") + std::string(name);
    text.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=");
    text += std::to_string(life.count());
    response.headers.emplace_back("Set-Cookie", text + (visit.context.tls ? "; Secure" : ""));
}

} // namespace tanggap::portal
