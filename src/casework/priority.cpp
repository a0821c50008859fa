#include "casework/priority.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tanggap::casework {
namespace {

constexpr int kImpactMax = 4;
constexpr int kUrgencyMax = 3;

using enum Priority;
/// [impact - 1][urgency - 1]
constexpr std::array<std::array<Priority, kUrgencyMax>, kImpactMax> kMatrix{{
    {P4, P4, P3},
    {P4, P3, P2},
    {P3, P2, P1},
    {P2, P1, P1},
}};

const std::array<Text, kImpactMax>& impact_words()
{
    static const std::array<Text, kImpactMax> all{{
        {"Dampak kecil: tidak mengganggu layanan", "Minor impact: no service is affected"},
        {"Dampak terbatas: satu sistem atau sedikit pengguna",
         "Limited impact: one system or few users"},
        {"Dampak besar: layanan penting terganggu atau data berubah",
         "Major impact: an important service suffers or data was changed"},
        {"Dampak parah: fungsi utama hilang, data hilang atau bocor",
         "Severe impact: a core function is lost, data is lost or leaked"},
    }};
    return all;
}

const std::array<Text, kUrgencyMax>& urgency_words()
{
    static const std::array<Text, kUrgencyMax> all{{
        {"Bisa menunggu: keadaan tidak memburuk", "Can wait: it is not getting worse"},
        {"Segera: akan memburuk dalam hitungan hari", "Soon: it will get worse within days"},
        {"Sekarang: sedang berlangsung atau meluas", "Now: it is going on or spreading"},
    }};
    return all;
}

/// A fact that raises the priority to at least `at_least`.
struct Raiser {
    std::string_view code;
    bool Assessment::* fact;
    Priority at_least;
    Text text;
};

const std::array<Raiser, 4>& raisers()
{
    static const std::array<Raiser, 4> all{{
        {"vital_system",
         &Assessment::vital_system,
         P2,
         {"Menyangkut infrastruktur informasi vital (IIV): paling rendah P2",
          "Concerns vital information infrastructure (IIV): at least P2"}},
        {"personal_data",
         &Assessment::personal_data,
         P2,
         {"Menyangkut data pribadi: paling rendah P2", "Concerns personal data: at least P2"}},
        {"public_service_down",
         &Assessment::public_service_down,
         P1,
         {"Layanan publik tidak dapat dipakai: P1", "A public service cannot be used: P1"}},
        {"attacker_inside",
         &Assessment::attacker_inside,
         P2,
         {"Akses penyerang belum terputus: paling rendah P2",
          "The attacker still has access: at least P2"}},
    }};
    return all;
}

} // namespace

std::string_view name_of(Priority priority)
{
    constexpr std::array<std::string_view, 4> kNames{"P1", "P2", "P3", "P4"};
    return kNames[static_cast<std::size_t>(priority)];
}

const Text& title_of(Priority priority)
{
    static const std::array<Text, 4> all{
        {{"Kritis", "Critical"}, {"Tinggi", "High"}, {"Sedang", "Medium"}, {"Rendah", "Low"}}};
    return all[static_cast<std::size_t>(priority)];
}

base::Result<Priority> parse_priority(std::string_view name)
{
    for (const Priority each : {P1, P2, P3, P4}) {
        if (base::equals_ignore_case_ascii(name, name_of(each))) {
            return each;
        }
    }
    return base::invalid(base::quoted(name) + " is no priority; it is P1, P2, P3 or P4");
}

base::Result<PriorityDecision> decide_priority(const Assessment& assessment)
{
    if (assessment.impact < 1 || assessment.impact > kImpactMax) {
        return base::invalid("impact must be 1 (minor) to 4 (severe), not " +
                             std::to_string(assessment.impact));
    }
    if (assessment.urgency < 1 || assessment.urgency > kUrgencyMax) {
        return base::invalid("urgency must be 1 (can wait) to 3 (now), not " +
                             std::to_string(assessment.urgency));
    }
    const auto impact = static_cast<std::size_t>(assessment.impact - 1);
    const auto urgency = static_cast<std::size_t>(assessment.urgency - 1);
    PriorityDecision decision{
        .priority = kMatrix[impact][urgency],
        .reasons = {{"impact", impact_words()[impact]}, {"urgency", urgency_words()[urgency]}}};
    for (const Raiser& raiser : raisers()) {
        if (assessment.*raiser.fact) {
            decision.priority = std::min(decision.priority, raiser.at_least);
            decision.reasons.push_back({std::string(raiser.code), raiser.text});
        }
    }
    return decision;
}

} // namespace tanggap::casework
