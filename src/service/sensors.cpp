#include "service/sensors.h"

#include <algorithm>
#include <filesystem>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::service {
namespace {

bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Shape: "+07:00".
bool is_offset(std::string_view text)
{
    return text.size() == 6 && (text[0] == '+' || text[0] == '-') && is_digit(text[1]) &&
           is_digit(text[2]) && text[3] == ':' && is_digit(text[4]) && is_digit(text[5]);
}

} // namespace

base::Status check_sensor_name(std::string_view name)
{
    constexpr std::size_t kNameBytesMax = 64;
    const auto allowed = [](char c) {
        return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '-';
    };
    const bool good = !name.empty() && name.size() <= kNameBytesMax && is_alphanumeric(name[0]) &&
                      std::ranges::all_of(name, allowed);
    return good ? base::Status{}
                : base::invalid("sensor name " + base::quoted(name) +
                                " must be 1 to 64 letters,"
                                " digits or . _ : - and start with a letter or digit");
}

base::Status check_timezone(std::string_view name)
{
    const auto allowed = [](char c) {
        return is_alphanumeric(c) || c == '/' || c == '_' || c == '-' || c == '+';
    };
    std::error_code failed;
    const bool known =
        is_offset(name) ||
        (!name.empty() && std::ranges::all_of(name, allowed) && name[0] != '/' &&
         std::filesystem::is_regular_file("/usr/share/zoneinfo/" + std::string(name), failed));
    return known ? base::Status{}
                 : base::invalid(
                       "time zone " + base::quoted(name) +
                       " is unknown; use a name like Asia/Jakarta or an offset like +07:00");
}

base::Status SensorCatalog::load()
{
    TRY(auto sensors, store_.list_sensors());
    for (store::Sensor& sensor : sensors) {
        known_.insert_or_assign(sensor.name, std::move(sensor));
    }
    return {};
}

base::Result<store::Sensor> SensorCatalog::find_or_make(std::string_view name)
{
    TRY_STATUS(check_sensor_name(name));
    const std::lock_guard lock(mutex_);
    const std::string key(name);
    if (!known_.contains(key)) {
        TRY_STATUS(load());
    }
    if (const auto known = known_.find(key); known != known_.end()) {
        return known->second;
    }
    if (known_.size() >= base::limits::kSensorsMax) {
        return base::exhausted("there are " + std::to_string(known_.size()) +
                               " sensors already, no more are made by themselves; use one of them");
    }
    store::Sensor sensor;
    sensor.name = key;
    TRY_STATUS(store_.upsert_sensor(sensor));
    known_.emplace(key, sensor);
    return sensor;
}

} // namespace tanggap::service
