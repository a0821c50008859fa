#include "casework/stage.h"

#include <array>
#include <string>

#include "base/text.h"

namespace tanggap::casework {
namespace {

struct StageWords {
    std::string_view name;
    Text title;
};

const std::array<StageWords, kStages>& words()
{
    static const std::array<StageWords, kStages> all{{
        {"triage", {"Triase", "Triage"}},
        {"confirmed", {"Terkonfirmasi", "Confirmed"}},
        {"containment", {"Penahanan", "Containment"}},
        {"eradication", {"Eradikasi", "Eradication"}},
        {"recovery", {"Pemulihan", "Recovery"}},
        {"verification", {"Verifikasi", "Verification"}},
        {"reporting", {"Pelaporan", "Reporting"}},
        {"closed", {"Ditutup", "Closed"}},
        {"waiting", {"Menunggu pihak luar", "Waiting for others"}},
        {"transferred", {"Dialihkan", "Transferred"}},
        {"not_incident", {"Bukan insiden", "Not an incident"}},
        {"duplicate", {"Duplikat", "Duplicate"}},
    }};
    return all;
}

base::Result<std::vector<Need>> refuse(Stage from, Stage to, std::string_view instead)
{
    return base::fail(base::Code::Conflict, "a case cannot go from " + std::string(name_of(from)) +
                                                " to " + std::string(name_of(to)) + ": " +
                                                std::string(instead));
}

/// What standing at `to` asks for, however the case came there.
void add_needs_of_standing(Stage to, std::vector<Need>& needs)
{
    if (to >= Stage::Confirmed && to <= Stage::Closed) {
        needs.push_back(Need::Priority);
        needs.push_back(Need::Classification);
    }
    if (to >= Stage::Containment && to <= Stage::Closed) {
        needs.push_back(Need::Owner);
    }
}

std::vector<Need> needs_of_side(Stage to)
{
    switch (to) {
    case Stage::Waiting:
        return {Need::WaitingFor, Need::Reason};
    case Stage::Transferred:
        return {Need::TransferredTo, Need::Reason};
    case Stage::Duplicate:
        return {Need::DuplicateOf};
    default:
        return {Need::Reason};
    }
}

base::Result<std::vector<Need>> needs_between(Stage from, Stage to)
{
    if (to > Stage::Closed) {
        return needs_of_side(to);
    }
    std::vector<Need> needs;
    if (to == Stage::Closed && from == Stage::Triage) {
        return refuse(from, to,
                      "confirm it first, or end it as not_incident, duplicate or transferred");
    }
    if (to < from) {
        needs.push_back(Need::Reason);
    }
    add_needs_of_standing(to, needs);
    if (to == Stage::Closed) {
        needs.push_back(Need::Closing);
    }
    return needs;
}

base::Result<std::vector<Need>> needs_of_reopening(const Place& from, Stage to)
{
    if (to != Stage::Triage && to != from.resume) {
        return refuse(from.stage, to,
                      "an ended case is opened again at triage or where it was (" +
                          std::string(name_of(from.resume)) + ")");
    }
    std::vector<Need> needs{Need::Reason};
    add_needs_of_standing(to, needs);
    return needs;
}

} // namespace

std::string_view name_of(Stage stage)
{
    return words()[static_cast<std::size_t>(stage)].name;
}

const Text& title_of(Stage stage)
{
    return words()[static_cast<std::size_t>(stage)].title;
}

base::Result<Stage> parse_stage(std::string_view name)
{
    std::string known;
    for (std::size_t i = 0; i < kStages; ++i) {
        if (words()[i].name == name) {
            return static_cast<Stage>(i);
        }
        known += (i == 0 ? "" : ", ") + std::string(words()[i].name);
    }
    return base::invalid(base::quoted(name) + " is no stage; stages are " + known);
}

std::string_view name_of(Need need)
{
    constexpr std::array<std::string_view, 8> kNames{
        "reason",   "waiting_for",    "transferred_to", "duplicate_of",
        "priority", "classification", "owner",          "closing"};
    return kNames[static_cast<std::size_t>(need)];
}

base::Result<std::vector<Need>> needs_of(const Place& from, Stage to)
{
    if (to == from.stage) {
        return refuse(from.stage, to, "it is there already");
    }
    if (is_ended(from.stage)) {
        return needs_of_reopening(from, to);
    }
    if (from.stage != Stage::Waiting) {
        return needs_between(from.stage, to);
    }
    if (to == from.resume) { // Going on where it was asks for nothing that was not asked before.
        std::vector<Need> needs;
        add_needs_of_standing(to, needs);
        return needs;
    }
    return needs_between(from.resume, to);
}

std::vector<Stage> next_stages(const Place& from)
{
    std::vector<Stage> next;
    for (std::size_t i = 0; i < kStages; ++i) {
        if (needs_of(from, static_cast<Stage>(i))) {
            next.push_back(static_cast<Stage>(i));
        }
    }
    return next;
}

Place moved(const Place& from, Stage to)
{
    if (is_working(to)) {
        return {.stage = to, .resume = to};
    }
    return {.stage = to, .resume = is_working(from.stage) ? from.stage : from.resume};
}

} // namespace tanggap::casework
