// One request of a browser and the frame around each answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portal/portal.h"

namespace tanggap::portal {

/// Lifetime: the request's.
struct Visit {
    const Context& context;
    const net::HttpRequest& request;
    std::shared_ptr<const Site> site;
    service::KeptProfile kept;
    model::Language language = model::Language::Indonesian;
    std::string path;                   ///< without the language: "/lapor/apa"
    std::vector<Advisory> advisories{}; ///< of content and of the desk, newest first

    const service::Profile& profile() const { return kept.profile; }
    base::Time now() const { return context.clock.now(); }
    bool is_post() const { return request.method == "POST"; }
    std::string text(std::string_view key) const { return site->texts.in(key, language); }
    /// The text of `key` with {NAME}s replaced.
    std::string
    text(std::string_view key,
         std::initializer_list<std::pair<std::string_view, std::string_view>> filled) const;
    const std::string& in(const model::Words& words) const { return words.in(language); }
    /// The address of a page in the language of this one: "/en/lapor".
    std::string link(std::string_view path) const;
    bool speaks(std::string_view code) const;
};

/// Something wrong with a form. `field` empty: with the form as a whole.
struct FieldError {
    std::string field;
    std::string text;
};

/// A page as HTML in the frame of all pages. `title` is that of the browser's tab.
net::HttpResponse render(const Visit& visit, std::string_view name, std::string_view title,
                         Values values, int status = 200);
/// How to reach the team, one round of `section` a way.
void add_reach(const Visit& visit, Values& values, std::string_view section);
/// The summary at the head of a form, and the mark in the title.
void add_errors(Values& values, const std::vector<FieldError>& errors);

/// A page with a heading, a paragraph and a link: texts `key`_title, `key`, `key`_next.
net::HttpResponse notice(const Visit& visit, int status, std::string_view key,
                         std::string_view next_path);
net::HttpResponse redirect(std::string_view path);

/// Adds CSP (rulings 42: no script at all) and the other headers of trust.md §2.6; what is set
/// stays.
void add_security_headers(net::HttpResponse& response, bool tls);

/// Cookies: __Host- where there is TLS.
std::optional<std::string> find_cookie(const Visit& visit, std::string_view name);
void set_cookie(const Visit& visit, net::HttpResponse& response, std::string_view name,
                std::string_view value, std::chrono::seconds life);

// The pages, by subject.
net::HttpResponse home_page(const Visit& visit);
net::HttpResponse advisories_page(const Visit& visit);
net::HttpResponse advisory_page(const Visit& visit, std::string_view id);
net::HttpResponse rfc2350_page(const Visit& visit);
net::HttpResponse privacy_page(const Visit& visit);
net::HttpResponse security_txt(const Visit& visit);
net::HttpResponse style_sheet(const Visit& visit);
net::HttpResponse crest(const Visit& visit);
/// /lapor and below.
net::HttpResponse report_pages(const Visit& visit);
/// /lacak and below.
net::HttpResponse track_pages(const Visit& visit);

} // namespace tanggap::portal
