// The stable words of the enumerations: API, metrics, database and URLs use these.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/alert.h"
#include "model/alert_state.h"
#include "model/detection.h"
#include "model/ledger.h"
#include "model/record.h"

namespace tanggap::model {

std::string_view name_of(QuarantineReason reason)
{
    switch (reason) {
    case QuarantineReason::Oversize:
        return "oversize";
    case QuarantineReason::Binary:
        return "binary";
    case QuarantineReason::BadFormat:
        return "bad_format";
    case QuarantineReason::BadJson:
        return "bad_json";
    case QuarantineReason::TooManyFields:
        return "too_many_fields";
    case QuarantineReason::TooDeep:
        return "too_deep";
    }
    return "bad_format";
}

std::string_view name_of(RejectReason reason)
{
    switch (reason) {
    case RejectReason::BadFrame:
        return "bad_frame";
    case RejectReason::TooLarge:
        return "too_large";
    case RejectReason::Empty:
        return "empty";
    case RejectReason::RateLimited:
        return "rate_limited";
    case RejectReason::Unauthorised:
        return "unauthorised";
    }
    return "bad_frame";
}

std::string_view name_of(Level level)
{
    switch (level) {
    case Level::Informational:
        return "informational";
    case Level::Low:
        return "low";
    case Level::Medium:
        return "medium";
    case Level::High:
        return "high";
    case Level::Critical:
        return "critical";
    }
    return "medium";
}

base::Result<Level> parse_level(std::string_view text)
{
    struct Word {
        std::string_view word;
        Level level;
    };
    static constexpr Word kWords[] = {
        {"informational", Level::Informational},
        {"info", Level::Informational},
        {"low", Level::Low},
        {"rendah", Level::Low},
        {"medium", Level::Medium},
        {"sedang", Level::Medium},
        {"high", Level::High},
        {"tinggi", Level::High},
        {"critical", Level::Critical},
        {"kritis", Level::Critical},
    };
    for (const Word& word : kWords) {
        if (base::equals_ignore_case_ascii(word.word, text)) {
            return word.level;
        }
    }
    return base::invalid(base::quoted(text) +
                         " is not a level; use informational, low, medium, high or critical");
}

std::string_view name_of(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Unknown:
        return "unknown";
    case Outcome::Succeeded:
        return "succeeded";
    case Outcome::Failed:
        return "failed";
    case Outcome::Blocked:
        return "blocked";
    }
    return "unknown";
}

Outcome OutcomeCounts::group() const
{
    if (succeeded > 0) {
        return Outcome::Succeeded;
    }
    if (unknown > 0) {
        return Outcome::Unknown;
    }
    return failed > 0 ? Outcome::Failed : blocked > 0 ? Outcome::Blocked : Outcome::Unknown;
}

void OutcomeCounts::add(Outcome outcome, std::uint64_t n)
{
    switch (outcome) {
    case Outcome::Unknown:
        unknown += n;
        return;
    case Outcome::Succeeded:
        succeeded += n;
        return;
    case Outcome::Failed:
        failed += n;
        return;
    case Outcome::Blocked:
        blocked += n;
        return;
    }
}

std::string alert_number_text(std::uint64_t number)
{
    return "ALR-" + std::to_string(number);
}

std::size_t Chunk::bytes() const
{
    std::size_t total = 0;
    for (const Record& record : records) {
        total += sizeof record + record.bytes.size() + record.full_sha256.size();
    }
    return total;
}

bool Ledger::balances() const
{
    std::uint64_t sum = stored + duplicate + quarantined + in_flight;
    for (const auto* const by_reason : {&rejected, &lost}) {
        for (const auto& [reason, count] : *by_reason) {
            sum += count;
        }
    }
    return received == sum;
}

namespace {

constexpr std::array<std::string_view, kAlertStatuses> kStatusNames{
    "new",     "accepted", "escalating", "regressed", "snoozed",
    "in_case", "closed",   "archived",   "merged"};
constexpr std::array<std::string_view, kCloseReasons> kReasonNames{
    "true_positive", "false_positive", "benign", "out_of_scope", "resolved"};

/// The value whose name this is, or an error that lists the names.
template <class Value, std::size_t N>
base::Result<Value> parse_name(const std::array<std::string_view, N>& names, std::string_view name,
                               std::string_view what)
{
    const auto known = std::ranges::find(names, name);
    if (known != names.end()) {
        return static_cast<Value>(known - names.begin());
    }
    std::string listed;
    for (const std::string_view each : names) {
        listed.append(listed.empty() ? "" : ", ").append(each);
    }
    return base::invalid(base::quoted(name) + " is not " + std::string(what) + "; use " + listed);
}

} // namespace

std::string_view name_of(AlertStatus status)
{
    return kStatusNames.at(static_cast<std::size_t>(status));
}

base::Result<AlertStatus> parse_alert_status(std::string_view name)
{
    return parse_name<AlertStatus>(kStatusNames, name, "a status");
}

std::string_view name_of(CloseReason reason)
{
    return kReasonNames.at(static_cast<std::size_t>(reason));
}

base::Result<CloseReason> parse_close_reason(std::string_view name)
{
    return parse_name<CloseReason>(kReasonNames, name, "a reason to close");
}

} // namespace tanggap::model
