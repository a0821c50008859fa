// What came of it (rulings 27).
#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "triage/triage.h"

namespace tanggap::triage {
namespace {

using model::Event;
using model::Outcome;

bool is_one_of(std::string_view text, std::span<const std::string_view> words)
{
    return std::ranges::any_of(
        words, [&](std::string_view word) { return base::equals_ignore_case_ascii(text, word); });
}

/// ModSecurity says in words whether it stopped the request or only warns.
bool firewall_denied(const Event& event)
{
    return is_one_of(event.text("event.action"), {{"waf_match"}}) &&
           event.text("message").find("Access denied") != std::string_view::npos;
}

/// A control between sender and target said no: IPS, WAF, packet filter.
bool control_refused(const Event& event)
{
    static constexpr std::array<std::string_view, 8> kRefusals = {
        "blocked", "block", "denied", "deny", "dropped", "drop", "rejected", "reject"};
    return is_one_of(event.text("suricata.eve.alert.action"), kRefusals) ||
           is_one_of(event.text("suricata.eve.event_type"), {{"drop"}}) ||
           is_one_of(event.text("event.action"), kRefusals) || firewall_denied(event);
}

/// 4xx says that the server would not do it. 408 and 499 say only that the client went away first.
/// Source: RFC 9110 §15.5; 499 is nginx's own.
bool is_refusal(const model::Value& status)
{
    constexpr std::string_view kRequestTimeout = "408";
    constexpr std::string_view kClientClosedRequest = "499";
    const std::string_view code = status.text;
    return code.size() == 3 && code.front() == '4' && code != kRequestTimeout &&
           code != kClientClosedRequest;
}

/// The target itself said no: wrong password, forbidden, not found.
bool target_refused(const Event& event)
{
    if (is_one_of(event.text("event.outcome"), {{"failure"}})) {
        return true;
    }
    const model::Value* status = event.find("http.response.status_code");
    return status != nullptr && is_refusal(*status);
}

/// Succeeded wins over the others: one rule's evidence of success is not undone by another's
/// silence.
Outcome declared_by(std::span<const model::Detection* const> detections)
{
    constexpr std::array kByWeight = {Outcome::Succeeded, Outcome::Blocked, Outcome::Failed};
    for (const Outcome outcome : kByWeight) {
        if (std::ranges::any_of(detections, [&](const model::Detection* detection) {
                return detection->rule->declared_outcome == outcome;
            })) {
            return outcome;
        }
    }
    return Outcome::Unknown;
}

} // namespace

Outcome outcome_of(const Event& event, std::span<const model::Detection* const> detections)
{
    if (control_refused(event)) {
        return Outcome::Blocked;
    }
    return target_refused(event) ? Outcome::Failed : declared_by(detections);
}

} // namespace tanggap::triage
