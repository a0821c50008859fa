#include "service/sensors.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "base/sensor_limits.h"
#include "base/text.h"
#include "store/sensors.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::ordered_json;

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

/// One setting: its name in records, and how to read it.
struct TextSetting {
    const char* name;
    std::string store::SensorSettings::* member;
};
constexpr std::array kTexts{
    TextSetting{"title", &store::SensorSettings::title},
    TextSetting{"source", &store::SensorSettings::source},
    TextSetting{"timezone", &store::SensorSettings::timezone},
    TextSetting{"zone", &store::SensorSettings::zone},
    TextSetting{"owner", &store::SensorSettings::owner},
};

base::Status check_settings(const World& world, const store::SensorSettings& settings)
{
    constexpr std::size_t kTextBytesMax = 200;
    for (const TextSetting& text : kTexts) {
        const std::string& value = settings.*text.member;
        const bool control = std::ranges::any_of(
            value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
        if (value.size() > kTextBytesMax || control) {
            return base::invalid("`" + std::string(text.name) + "` must be one line of at most " +
                                 std::to_string(kTextBytesMax) + " bytes");
        }
    }
    if (!settings.source.empty() && !world.knows_source(settings.source)) {
        return base::invalid("source " + base::quoted(settings.source) +
                             " is unknown; `tanggap sources list` names them");
    }
    if (settings.rate_max > base::limits::kSensorRateMax) {
        return base::invalid("`rate_max` is " + std::to_string(settings.rate_max) +
                             " records a second, at most " +
                             std::to_string(base::limits::kSensorRateMax) + "; 0 sets no limit");
    }
    if (settings.silent_after < std::chrono::seconds(0) ||
        settings.silent_after > base::limits::kSensorSilenceMax) {
        return base::invalid("`silent_after_seconds` is " +
                             std::to_string(settings.silent_after.count()) +
                             ", expected 0 (as for all) to " +
                             std::to_string(base::limits::kSensorSilenceMax.count()));
    }
    return settings.timezone.empty() ? base::Status() : check_timezone(settings.timezone);
}

/// The settings that changed, as they were and as they are.
void difference(const store::SensorSettings& before, const store::SensorSettings& after, Json& was,
                Json& is)
{
    for (const TextSetting& text : kTexts) {
        if (before.*text.member != after.*text.member) {
            was[text.name] = before.*text.member;
            is[text.name] = after.*text.member;
        }
    }
    if (before.rate_max != after.rate_max) {
        was["rate_max"] = before.rate_max;
        is["rate_max"] = after.rate_max;
    }
    if (before.silent_after != after.silent_after) {
        was["silent_after_seconds"] = before.silent_after.count();
        is["silent_after_seconds"] = after.silent_after.count();
    }
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
    return store_.read([this](store::Snapshot& snapshot) -> base::Status {
        TRY(auto all, store::list_sensor_settings(snapshot));
        for (store::SensorSettings& settings : all) {
            Known& known = known_[settings.name];
            known.settings = std::move(settings);
        }
        return {};
    });
}

base::Result<store::SensorSettings> SensorCatalog::find_or_make(std::string_view name)
{
    TRY_STATUS(check_sensor_name(name));
    const std::lock_guard lock(mutex_);
    const std::string key(name);
    if (!known_.contains(key)) {
        TRY_STATUS(load());
    }
    if (const auto known = known_.find(key); known != known_.end()) {
        return known->second.settings;
    }
    if (known_.size() >= base::limits::kSensorsMax) {
        return base::exhausted("there are " + std::to_string(known_.size()) +
                               " sensors already, no more are made by themselves; use one of them");
    }
    store::Sensor sensor;
    sensor.name = key;
    TRY_STATUS(store_.upsert_sensor(sensor));
    Known& made = known_[key];
    made.settings.name = key;
    return made.settings;
}

void SensorCatalog::put(const store::SensorSettings& settings)
{
    const std::lock_guard lock(mutex_);
    Known& known = known_[settings.name];
    known.settings = settings;
    known.free_at = {}; // a new rate begins now
}

SensorCatalog::Turn SensorCatalog::take_turn(std::string_view name, std::size_t records,
                                             base::Time now, base::Duration patience)
{
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(std::string(name));
    if (known == known_.end() || known->second.settings.rate_max == 0) {
        return {};
    }
    constexpr std::uint64_t kSecondNs = 1'000'000'000;
    const std::uint64_t rate = known->second.settings.rate_max;
    base::Time& free_at = known->second.free_at;
    const base::Time start = std::max(now, free_at);
    const base::Duration wait = start - now;
    if (wait > patience) {
        return {.taken = false, .wait = wait - patience};
    }
    const auto flows = static_cast<std::int64_t>(records * kSecondNs / rate);
    free_at = start + base::Duration(flows);
    return {.taken = true, .wait = wait};
}

base::Result<std::vector<store::SensorSettings>> list_sensor_settings(const World& world)
{
    std::vector<store::SensorSettings> all;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(all, store::list_sensor_settings(snapshot));
        return {};
    }));
    return all;
}

base::Result<KeptSensor> find_sensor(const World& world, std::string_view name)
{
    KeptSensor kept;
    TRY(const auto sensors, world.cases.list_sensors());
    const auto known = std::ranges::find(sensors, name, &store::Sensor::name);
    if (known == sensors.end()) {
        return base::not_found("there is no sensor " + base::quoted(name));
    }
    kept.sensor = *known;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(auto settings, store::find_sensor_settings(snapshot, name));
        kept.settings = settings.value_or(store::SensorSettings{.name = std::string(name)});
        TRY(const auto version, store::version_of(snapshot, store::sensor_object(name)));
        kept.version = version.version;
        return {};
    }));
    return kept;
}

base::Status change_sensor(const World& world, const Administration& administration,
                           const store::Command& command, std::optional<std::uint64_t> expected,
                           const store::SensorSettings& to)
{
    TRY_STATUS(check_sensor_name(to.name));
    TRY_STATUS(check_settings(world, to));
    TRY([[maybe_unused]] const std::string id,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            const store::ObjectRef object = store::sensor_object(to.name);
            TRY_STATUS(change.expect(object, expected));
            TRY(const auto known, store::find_sensor_settings(change, to.name));
            Json was = Json::object();
            Json is = Json::object();
            difference(known.value_or(store::SensorSettings{.name = to.name}), to, was, is);
            if (known && is.empty()) {
                return {}; // Nothing to do is no change: no record.
            }
            TRY_STATUS(store::put_sensor_settings(change, to));
            return change.record({.action = known ? "sensor.change" : "sensor.make",
                                  .object = object,
                                  .before = known ? was.dump() : "null",
                                  .after = is.dump()});
        }));
    administration.sensors->put(to);
    return administration.reload_sensors();
}

} // namespace tanggap::service
