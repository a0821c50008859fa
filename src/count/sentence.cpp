#include <array>
#include <fmt/format.h>

#include "count/statistics.h"
#include "model/dates.h"

namespace tanggap::count {
namespace {

using model::Language;

std::string value_of(const Statistics& statistics, std::string_view id, Language language)
{
    const Figure* const figure = statistics.find(id);
    if (figure == nullptr || !figure->value) {
        return language == Language::English ? "an unknown number of"
                                             : "sejumlah (belum diketahui)";
    }
    return format_count(*figure->value, language);
}

bool is_one(const Statistics& statistics, std::string_view id)
{
    const Figure* const figure = statistics.find(id);
    return figure != nullptr && figure->value == 1;
}

/// Days without any sensor: figures that hide them would be too low without saying so.
std::size_t gap_days(const Statistics& statistics)
{
    std::size_t gaps = 0;
    for (const Day& day : statistics.days) {
        gaps += day.hours > 0 && day.covered == 0 ? 1 : 0;
    }
    return gaps;
}

std::string gap_note(const Statistics& statistics, Language language)
{
    const bool english = language == Language::English;
    if (!statistics.coverage.known) {
        return english ? " Sensor coverage is not known." : " Cakupan sensor tidak diketahui.";
    }
    const std::size_t gaps = gap_days(statistics);
    if (gaps == 0) {
        return {};
    }
    return english
               ? fmt::format(" On {} of {} days no sensor reported: the figure has a gap there.",
                             gaps, statistics.days.size())
               : fmt::format(" Pada {} dari {} hari tidak ada data sensor: angka ini berlubang "
                             "di sana.",
                             gaps, statistics.days.size());
}

} // namespace

std::string press_sentence(const Statistics& statistics, std::string_view team, Language language)
{
    const std::string attempts = value_of(statistics, "attempts", language);
    const std::string sources = value_of(statistics, "unique_addresses", language);
    const std::string incidents = value_of(statistics, "incidents", language);
    const std::string title = title_of(period_of(statistics), language);
    const std::string counted = model::format_moment(statistics.as_of, statistics.zone, language);
    const std::string note = gap_note(statistics, language);
    if (language == Language::English) {
        return fmt::format("In {}, {} recorded {} attack attempt{} (activity group{}) from {} "
                           "address{}, {} confirmed incident{}. Counted on {}; attempts are not "
                           "incidents.{}",
                           title, team, attempts, is_one(statistics, "attempts") ? "" : "s",
                           is_one(statistics, "attempts") ? "" : "s", sources,
                           is_one(statistics, "unique_addresses") ? "" : "es", incidents,
                           is_one(statistics, "incidents") ? "" : "s", counted, note);
    }
    return fmt::format("Pada {}, {} mencatat {} percobaan serangan (kelompok aktivitas) dari {} "
                       "alamat, {} insiden terkonfirmasi. Dihitung pada {}; percobaan bukan "
                       "insiden.{}",
                       title, team, attempts, sources, incidents, counted, note);
}

std::string format_count(std::uint64_t count, Language language)
{
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, language == Language::English ? "," : ".");
    }
    return digits;
}

std::string format_seconds(std::int64_t seconds, Language language)
{
    struct Unit {
        std::int64_t seconds;
        std::string_view id;
        std::string_view en;
    };
    constexpr std::array kUnits{Unit{86'400, "hari", "day"}, Unit{3'600, "jam", "hour"},
                                Unit{60, "menit", "minute"}, Unit{1, "detik", "second"}};
    std::string out;
    int parts = 0;
    for (const Unit& unit : kUnits) {
        const std::int64_t whole = seconds / unit.seconds;
        seconds %= unit.seconds;
        if (whole > 0 && parts < 2) {
            out += out.empty() ? "" : " ";
            out += language == Language::English
                       ? fmt::format("{} {}{}", whole, unit.en, whole == 1 ? "" : "s")
                       : fmt::format("{} {}", whole, unit.id);
            ++parts;
        } else if (parts > 0) {
            break; // "2 days 5 seconds" says more than it knows
        }
    }
    return out.empty() ? (language == Language::English ? "0 seconds" : "0 detik") : out;
}

} // namespace tanggap::count
