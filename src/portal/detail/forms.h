// What all forms of citizens share: the cookie that a form is bound to, reading what was sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/form_data.h"
#include "portal/detail/page.h"

namespace tanggap::portal {

inline constexpr std::string_view kFormCookie = "lapor";
inline constexpr std::string_view kTrackCookie = "lacak";

/// The token of this browser's forms: from its cookie, or a new one that has to be set.
struct FormToken {
    std::string value;
    bool is_new = false;
};
FormToken form_token(const Visit& visit);
/// Renders a page that holds a form: CSRF in place, the cookie set where it is new.
net::HttpResponse render_form(const Visit& visit, std::string_view name, std::string_view title,
                              Values values, int status = 200);

/// A form that came back. `refusal` set: answer that instead.
struct Sent {
    std::string token;
    codec::FormData form;
    bool trapped = false; ///< the field that people do not see was filled in
    std::optional<net::HttpResponse> refusal;
};
/// Checks the cookie and the seal, and that the neighbourhood does not ask too much.
Sent read_sent(const Visit& visit, service::PublicAct act, std::string_view form_path);

/// The answer where the desk could not do it: too many requests, or it cannot save now.
net::HttpResponse desk_failed(const Visit& visit, const base::Error& error, std::string_view path);

} // namespace tanggap::portal
