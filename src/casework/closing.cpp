#include "casework/closing.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tanggap::casework {
namespace {

struct WantedText {
    std::string_view code;
    std::string ClosingFacts::* text;
    Text missing;
};

const std::array<WantedText, 7>& wanted_texts()
{
    static const std::array<WantedText, 7> all{{
        {"organisation",
         &ClosingFacts::organisation,
         {"Perangkat daerah yang terkena belum diisi", "The organisation concerned is not named"}},
        {"summary",
         &ClosingFacts::summary,
         {"Ringkasan belum ditulis: apa yang terjadi", "The summary is missing: what happened"}},
        {"cause",
         &ClosingFacts::cause,
         {"Penyebab belum ditulis; tulis \"tidak diketahui\" bila memang demikian",
          "The cause is missing; write \"unknown\" where it is"}},
        {"impact", &ClosingFacts::impact, {"Dampak belum ditulis", "The impact is missing"}},
        {"measures",
         &ClosingFacts::measures,
         {"Tindakan yang dilakukan belum ditulis", "What was done is missing"}},
        {"lessons",
         &ClosingFacts::lessons,
         {"Pembelajaran belum ditulis", "The lessons are missing"}},
        {"resolution",
         &ClosingFacts::resolution,
         {"Hasil akhir belum dipilih", "The resolution is not chosen"}},
    }};
    return all;
}

void add_tasks(const ClosingFacts& facts, std::vector<Missing>& missing)
{
    for (const OpenTask& task : facts.open_mandatory_tasks) {
        missing.push_back({"task",
                           task.id,
                           {"Tugas wajib belum selesai: " + task.title,
                            "A mandatory task is open: " + task.title}});
    }
}

void add_duties(const ClosingFacts& facts, std::vector<Missing>& missing)
{
    for (const Clock& clock : facts.clocks) {
        const auto rule = std::ranges::find(facts.rules, clock.rule_id, &ClockRule::id);
        if (rule != facts.rules.end() && rule->kind == ClockKind::Statutory &&
            is_open(clock.state)) {
            missing.push_back({"duty",
                               rule->id,
                               {"Kewajiban belum dipenuhi atau dikesampingkan: " + rule->title.id,
                                "A duty is neither done nor waived: " + rule->title.en}});
        }
    }
}

void add_milestones(const ClosingFacts& facts, std::vector<Missing>& missing)
{
    for (std::size_t i = 0; facts.incident && i < kMilestones; ++i) {
        const auto milestone = static_cast<Milestone>(i);
        if (is_required(milestone) && !facts.milestones.find(milestone)) {
            const Text& title = title_of(milestone);
            missing.push_back({"milestone",
                               std::string(name_of(milestone)),
                               {"Waktu belum diisi: " + title.id + " (atau nyatakan tidak berlaku)",
                                "A time is missing: " + title.en + " (or say it does not apply)"}});
        }
    }
}

} // namespace

std::vector<Missing> missing_for_closing(const ClosingFacts& facts)
{
    std::vector<Missing> missing;
    if (facts.classes == 0) {
        missing.push_back(
            {"classification", {}, {"Klasifikasi belum dipilih", "The classification is missing"}});
    }
    if (!facts.assessed) {
        missing.push_back(
            {"priority",
             {},
             {"Dampak dan kemendesakan belum ditetapkan", "Impact and urgency are not decided"}});
    }
    for (const WantedText& wanted : wanted_texts()) {
        if (base::trim(facts.*wanted.text).empty()) {
            missing.push_back({std::string(wanted.code), {}, wanted.missing});
        }
    }
    add_tasks(facts, missing);
    add_duties(facts, missing);
    add_milestones(facts, missing);
    return missing;
}

} // namespace tanggap::casework
