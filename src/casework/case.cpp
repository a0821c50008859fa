#include "casework/case.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"

namespace tanggap::casework {
namespace {

/// The value whose name is `text`; the error lists what there is.
template <class Value, std::size_t N>
base::Result<Value> parse_word(std::string_view text, const std::array<std::string_view, N>& names,
                               std::string_view what)
{
    std::string known;
    for (std::size_t i = 0; i < N; ++i) {
        if (names[i] == text) {
            return static_cast<Value>(i);
        }
        if (!names[i].empty()) {
            known += (known.empty() ? "" : ", ") + std::string(names[i]);
        }
    }
    return base::invalid(base::quoted(text) + " is no " + std::string(what) + "; known are " +
                         known);
}

constexpr std::array<std::string_view, 5> kTlps{"clear", "green", "amber", "amber+strict", "red"};
constexpr std::array<std::string_view, 5> kResolutions{"", "resolved", "mitigated", "unresolved",
                                                       "no_response"};
constexpr std::array<std::string_view, 4> kTaskStates{"open", "doing", "done", "dropped"};
constexpr std::array<std::string_view, 3> kEntryKinds{"fact", "action", "decision"};

} // namespace

std::string number_text(const CaseNumber& number, bool incident)
{
    return fmt::format("{}-{}-{:04}", incident ? "INS" : "KAS", number.year, number.ordinal);
}

std::string Evidence::number_text() const
{
    return fmt::format("EV-{}-{:04}", number.year, number.ordinal);
}

std::span<const std::string_view> evidence_kinds()
{
    static constexpr std::array<std::string_view, 10> kKinds{
        "log",        "page_capture", "screenshot", "mail",    "document",
        "disk_image", "memory",       "pcap",       "malware", "other"};
    return kKinds;
}

std::optional<CaseNumber> parse_case_number(std::string_view text)
{
    constexpr std::size_t kPrefix = 4; // "KAS-"
    constexpr std::size_t kYear = 4;
    const std::string_view prefix = text.substr(0, std::min(kPrefix, text.size()));
    const bool known = base::equals_ignore_case_ascii(prefix, "KAS-") ||
                       base::equals_ignore_case_ascii(prefix, "INS-");
    if (!known || text.size() < kPrefix + kYear + 2 || text[kPrefix + kYear] != '-') {
        return std::nullopt;
    }
    const auto read = [](std::string_view digits, auto& into) {
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), into);
        return error == std::errc{} && end == digits.data() + digits.size();
    };
    CaseNumber number;
    const bool whole = read(text.substr(kPrefix, kYear), number.year) &&
                       read(text.substr(kPrefix + kYear + 1), number.ordinal);
    return whole && number.year > 0 && number.ordinal > 0 ? std::optional(number) : std::nullopt;
}

std::string_view name_of(Tlp tlp)
{
    return kTlps[static_cast<std::size_t>(tlp)];
}
base::Result<Tlp> parse_tlp(std::string_view name)
{
    return parse_word<Tlp>(name, kTlps, "TLP label");
}
std::string_view name_of(Resolution resolution)
{
    return kResolutions[static_cast<std::size_t>(resolution)];
}
base::Result<Resolution> parse_resolution(std::string_view name)
{
    return parse_word<Resolution>(name, kResolutions, "resolution");
}
std::string_view name_of(TaskState state)
{
    return kTaskStates[static_cast<std::size_t>(state)];
}
base::Result<TaskState> parse_task_state(std::string_view name)
{
    return parse_word<TaskState>(name, kTaskStates, "state of a task");
}
std::string_view name_of(EntryKind kind)
{
    return kEntryKinds[static_cast<std::size_t>(kind)];
}
base::Result<EntryKind> parse_entry_kind(std::string_view name)
{
    return parse_word<EntryKind>(name, kEntryKinds, "kind of entry");
}

std::optional<Priority> Case::priority() const
{
    if (priority_set) {
        return priority_set;
    }
    const auto decision = decide_priority(assessment);
    return decision ? std::optional(decision->priority) : std::nullopt;
}

History Case::history() const
{
    History history{.opened = opened_at,
                    .milestones = milestones,
                    .waiting = waiting,
                    .ended = ended_at,
                    .reopened = reopened_at,
                    .updated = news_at,
                    .priority = priority(),
                    .vital_system = assessment.vital_system,
                    .personal_data = assessment.personal_data,
                    .fulfilled = {}};
    for (const auto& [rule, duty] : duties) {
        history.fulfilled.emplace(rule, duty.done);
    }
    return history;
}

void move(Case& subject, Stage to, base::Time now)
{
    const Stage from = subject.place.stage;
    if (from == Stage::Waiting && !subject.waiting.empty()) {
        subject.waiting.back().to = now;
    }
    if (is_ended(from)) {
        subject.ended_at.reset();
        subject.reopened_at = now;
    }
    subject.place = moved(subject.place, to);
    if (to == Stage::Waiting) {
        subject.waiting.push_back({.from = now, .to = std::nullopt});
    }
    if (is_ended(to)) {
        subject.ended_at = now;
    }
    on_stage(subject.milestones, from, to, now);
}

} // namespace tanggap::casework
