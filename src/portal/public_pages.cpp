// Pages that anybody reads: home, advisories, RFC 2350, privacy, security.txt, the look.
#include <algorithm>
#include <fmt/format.h>
#include <sodium.h>

#include "model/dates.h"
#include "portal/detail/page.h"

namespace tanggap::portal {
namespace {

constexpr std::size_t kHomeAdvisories = 3;
constexpr std::chrono::seconds kLookLife{365 * 24 * 3600};
/// RFC 9116 §2.5.5 asks for less than a year.
constexpr std::chrono::hours kSecurityTextLife{180 * 24};

std::string day_of(base::Time time)
{
    return base::format_rfc3339(time).substr(0, 10);
}

void describe(const Visit& visit, const Advisory& advisory, Values& values)
{
    // An advisory's day is a day, not a moment: it does not move with the zone.
    values.set("HREF", visit.link("/imbauan/" + advisory.id))
        .set("NAME", visit.in(advisory.title))
        .set("SUMMARY", visit.in(advisory.summary))
        .set("NUMBER", advisory.id)
        .set("ISO", day_of(advisory.date))
        .set("DATE", model::format_date(advisory.date, "UTC", visit.language))
        .set("LEVEL", visit.text("level_" + advisory.level));
}

void add_texts(const Visit& visit, Values& values, std::string_view section,
               const std::vector<model::Words>& list)
{
    for (const model::Words& words : list) {
        values.add(section).set("TEXT", visit.in(words));
    }
}

std::string or_default(const Visit& visit, const model::Words& words, std::string_view key)
{
    return words.empty() ? visit.text(key) : visit.in(words);
}

std::string site_address(const Visit& visit)
{
    const std::string& domain = visit.profile().domain;
    return domain.empty() ? std::string() : "https://" + domain;
}

std::string zone_text(std::string_view zone)
{
    const std::string_view offset = zone == "WIT" ? "+09:00" : zone == "WITA" ? "+08:00" : "+07:00";
    return fmt::format("{} (GMT{})", zone, offset);
}

/// What RFC 2350 says under one heading, from single-language members and facts of the server.
std::string fact(const Visit& visit, std::string_view from)
{
    const service::Profile& p = visit.profile();
    const bool english = visit.language == model::Language::English;
    const auto join = [](std::string a, const std::string& between, const std::string& b) {
        return a.empty() || b.empty() ? a + b : a + between + b;
    };
    if (from == "team") {
        return join(p.team, p.short_name.empty() ? "" : ", ", p.short_name);
    }
    if (from == "address") {
        return join(p.organisation, "\n", p.address);
    }
    if (from == "time_zone") {
        return zone_text(p.time_zone);
    }
    if (from == "phone") {
        const std::string emergency =
            p.emergency_phone.empty()
                ? std::string()
                : p.emergency_phone + (english ? " (emergency)" : " (darurat)");
        return join(p.phone, "\n", emergency);
    }
    if (from == "fax") {
        return p.fax;
    }
    if (from == "email") {
        return p.email;
    }
    if (from == "other_telecommunication" && p.other_telecommunication.empty()) {
        return p.whatsapp.empty() ? std::string() : "WhatsApp: " + p.whatsapp;
    }
    if (from == "document_date") {
        return visit.kept.version == 0
                   ? std::string()
                   : model::format_date(visit.kept.updated_at, p.time_zone, visit.language);
    }
    if (from == "location") {
        return site_address(visit) + "/rfc2350";
    }
    if (from == "identification") {
        return english
                   ? fmt::format("Title: RFC 2350 {}\nVersion: {}\nValid until a newer version is "
                                 "published",
                                 p.team, visit.kept.version)
                   : fmt::format("Judul: RFC 2350 {}\nVersi: {}\nBerlaku sampai versi baru terbit",
                                 p.team, visit.kept.version);
    }
    if (from == "reporting") {
        return (english ? "Report form: " : "Formulir laporan: ") + site_address(visit) +
               visit.link("/lapor");
    }
    if (from == "contact_points" && p.contact_points.empty()) {
        return join(p.email, "\n", visit.in(p.hours));
    }
    if (from == "public_key") {
        return p.pgp_fingerprint.empty() ? std::string() : "Fingerprint: " + p.pgp_fingerprint;
    }
    const model::Words* const words = service::words_of(p, from);
    return words == nullptr ? std::string() : visit.in(*words);
}

void add_heading(const Visit& visit, const Heading& heading, Values& values)
{
    Values& section = values.add("SECTION");
    const auto dots = std::ranges::count(heading.number, '.');
    section.show(dots == 0 ? "LEVEL_2" : dots == 1 ? "LEVEL_3" : "LEVEL_4");
    section.set("ANCHOR", "bagian-" + heading.number)
        .set("HEADING", heading.number + " " + visit.in(heading.title));
    if (heading.from.empty()) {
        return;
    }
    std::string text = fact(visit, heading.from);
    if (text.empty()) {
        text = heading.text.empty() ? visit.text("rfc2350_unstated") : visit.in(heading.text);
    }
    section.add("PARAGRAPH").lines("VALUE_LINE", text);
    if (heading.from == "public_key" && !visit.profile().pgp_key.empty()) {
        section.add("BLOCK").lines("VALUE_LINE", visit.profile().pgp_key);
    }
}

std::string decode_base64(std::string_view text)
{
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    const int failed = ::sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()),
                                           bytes.size(), text.data(), text.size(), nullptr, &size,
                                           nullptr, sodium_base64_VARIANT_ORIGINAL);
    bytes.resize(failed == 0 ? size : 0);
    return bytes;
}

} // namespace

net::HttpResponse home_page(const Visit& visit)
{
    using service::FormStep;
    const std::vector<FormStep>& steps = visit.site->form.steps();
    const auto advice = std::ranges::find(steps, FormStep::Kind::Notice, &FormStep::kind);
    const std::string victims = advice == steps.end() ? "/lapor" : "/lapor/" + advice->id;
    const service::Profile& profile = visit.profile();
    Values values;
    values.set("MISSION", or_default(visit, profile.mission, "home_mission_default"))
        .set("CONSTITUENCY", or_default(visit, profile.constituency, "home_who_default"))
        .set("REPORT", visit.link("/lapor"))
        .set("TRACK", visit.link("/lacak"))
        .set("FRAUD", visit.link(victims))
        .set("ADVISORIES", visit.link("/imbauan"));
    for (const std::string_view key : {"home_do_receive", "home_do_respond", "home_do_warn"}) {
        values.add("TASK")
            .set("TITLE_TEXT", visit.text(key))
            .set("TEXT", visit.text(std::string(key) + "_text"));
    }
    if (!visit.advisories.empty()) {
        Values& list = values.add("HAS_ADVISORIES");
        const std::size_t count = std::min(kHomeAdvisories, visit.advisories.size());
        for (std::size_t i = 0; i < count; ++i) {
            describe(visit, visit.advisories[i], list.add("ADVISORY"));
        }
    }
    add_reach(visit, values, "CONTACT");
    const bool reachable = !profile.phone.empty() || !profile.email.empty() ||
                           !profile.whatsapp.empty() || !profile.emergency_phone.empty();
    if (!profile.address.empty()) {
        values.add("CONTACT")
            .set("LABEL", visit.text("reach_address"))
            .set("TEXT", profile.address)
            .show("PLAIN");
    }
    if (!reachable) {
        values.add("NO_CONTACT").set("TEXT", visit.text("reach_none"));
    }
    return render(visit, "home.html", visit.text("home_page"), std::move(values));
}

net::HttpResponse advisories_page(const Visit& visit)
{
    Values values;
    values.show_if(visit.advisories.empty(), "EMPTY");
    for (const Advisory& advisory : visit.advisories) {
        describe(visit, advisory, values.add("ADVISORY"));
    }
    return render(visit, "advisories.html", visit.text("advisories_title"), std::move(values));
}

net::HttpResponse advisory_page(const Visit& visit, std::string_view id)
{
    const auto advisory = std::ranges::find(visit.advisories, id, &Advisory::id);
    if (advisory == visit.advisories.end()) {
        return notice(visit, 404, "not_found", "/");
    }
    Values values;
    describe(visit, *advisory, values);
    values.set("BACK", visit.link("/imbauan")).set("REPORT", visit.link("/lapor"));
    if (!advisory->affected.empty()) {
        add_texts(visit, values.add("HAS_AFFECTED"), "AFFECTED", advisory->affected);
    }
    add_texts(visit, values, "ACTION", advisory->actions);
    if (!advisory->sources.empty()) {
        Values& list = values.add("HAS_SOURCES");
        for (const std::string& source : advisory->sources) {
            list.add("SOURCE").set("HREF", source).set("TEXT", source);
        }
    }
    return render(visit, "advisory.html", visit.in(advisory->title), std::move(values));
}

net::HttpResponse rfc2350_page(const Visit& visit)
{
    Values values;
    values.add("HAS_LEAD").set("LEAD", visit.text("rfc2350_lead"));
    for (const Heading& heading : visit.site->rfc2350) {
        add_heading(visit, heading, values);
    }
    const std::string title = visit.text("rfc2350_page") + " " + visit.profile().team;
    return render(visit, "document.html", title, std::move(values));
}

net::HttpResponse privacy_page(const Visit& visit)
{
    Values values;
    std::size_t number = 0;
    for (const NoticeSection& part : visit.site->privacy) {
        Values& section = values.add("SECTION");
        section.show("LEVEL_2")
            .set("ANCHOR", fmt::format("bagian-{}", ++number))
            .set("HEADING", visit.in(part.heading));
        add_texts(visit, section.add("ITEMS"), "ITEM", part.items);
    }
    return render(visit, "document.html", visit.text("privacy_page"), std::move(values));
}

/// Source: RFC 9116.
net::HttpResponse security_txt(const Visit& visit)
{
    const service::Profile& profile = visit.profile();
    const std::string host(visit.request.header("host").value_or("localhost"));
    const std::string site = profile.domain.empty()
                                 ? (visit.context.tls ? "https://" : "http://") + host
                                 : site_address(visit);
    std::string text;
    const auto add = [&](std::string_view name, const std::string& value) {
        text += fmt::format("{}: {}\r\n", name, value);
    };
    add("Contact", site + "/lapor");
    if (!profile.email.empty()) {
        add("Contact", "mailto:" + profile.email);
    }
    // Whole days: the same file all day, so that caches and signatures have something to hold.
    const base::Time expires =
        base::Time::from_seconds((visit.now() + base::Duration(kSecurityTextLife)).day() * 86400);
    add("Expires", base::format_rfc3339(expires));
    if (!profile.pgp_key.empty()) {
        add("Encryption", site + "/rfc2350#bagian-2.8");
    }
    add("Preferred-Languages", fmt::format("{}", fmt::join(profile.languages, ", ")));
    add("Canonical", site + "/.well-known/security.txt");
    add("Policy", site + "/rfc2350");
    net::HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(text);
    return response;
}

net::HttpResponse style_sheet(const Visit& visit)
{
    const service::BrandColours brand = service::brand_colours(visit.profile().colour);
    net::HttpResponse response;
    response.headers = {{"Content-Type", "text/css; charset=utf-8"},
                        {"Cache-Control", fmt::format("public, max-age={}", kLookLife.count())}};
    response.body =
        fmt::format(":root{{--brand-light:{};--brand-dark:{}}}\n", brand.light, brand.dark) +
        visit.site->style;
    return response;
}

net::HttpResponse crest(const Visit& visit)
{
    std::string png = decode_base64(visit.profile().crest_png);
    if (png.empty()) {
        return notice(visit, 404, "not_found", "/");
    }
    net::HttpResponse response;
    response.headers = {{"Content-Type", "image/png"},
                        {"Cache-Control", fmt::format("public, max-age={}", kLookLife.count())}};
    response.body = std::move(png);
    return response;
}

} // namespace tanggap::portal
