#include "model/dates.h"

#include <array>

namespace tanggap::model {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kMonths{{
    {"Januari", "January"},
    {"Februari", "February"},
    {"Maret", "March"},
    {"April", "April"},
    {"Mei", "May"},
    {"Juni", "June"},
    {"Juli", "July"},
    {"Agustus", "August"},
    {"September", "September"},
    {"Oktober", "October"},
    {"November", "November"},
    {"Desember", "December"},
}};

struct Zone {
    std::string_view name;
    std::chrono::hours offset;
};

Zone zone_of(std::string_view name)
{
    for (const Zone& zone :
         {Zone{"WIB", std::chrono::hours(7)}, Zone{"WITA", std::chrono::hours(8)},
          Zone{"WIT", std::chrono::hours(9)}}) {
        if (zone.name == name) {
            return zone;
        }
    }
    return {"UTC", std::chrono::hours(0)};
}

std::string two_digits(int number)
{
    return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string date_of(const base::CivilTime& civil, Language language)
{
    const auto& [id, en] = kMonths[static_cast<std::size_t>(civil.month - 1)];
    const std::string_view month = language == Language::English ? en : id;
    return std::to_string(civil.day) + " " + std::string(month) + " " + std::to_string(civil.year);
}

} // namespace

std::chrono::hours zone_offset(std::string_view zone)
{
    return zone_of(zone).offset;
}

std::string format_date(base::Time time, std::string_view zone, Language language)
{
    return date_of(base::civil_from_time(time + base::Duration(zone_of(zone).offset)), language);
}

std::string format_moment(base::Time time, std::string_view zone, Language language)
{
    const Zone there = zone_of(zone);
    const base::CivilTime civil = base::civil_from_time(time + base::Duration(there.offset));
    const std::string_view between = language == Language::English ? ", " : " pukul ";
    return date_of(civil, language) + std::string(between) + two_digits(civil.hour) + "." +
           two_digits(civil.minute) + " " + std::string(there.name);
}

std::string format_bytes(std::uint64_t bytes, Language language)
{
    if (bytes < 1000) {
        return std::to_string(bytes) + " B";
    }
    if (bytes < 1'000'000) {
        return std::to_string((bytes + 500) / 1000) + " kB";
    }
    const std::uint64_t tenths = (bytes + 50'000) / 100'000;
    const char point = language == Language::English ? '.' : ',';
    return std::to_string(tenths / 10) + point + std::to_string(tenths % 10) + " MB";
}

} // namespace tanggap::model
