#include "service/profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "base/id.h"
#include "base/report_limits.h"
#include "base/text.h"
#include "service/report_form.h"
#include "store/profile.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::ordered_json;
using base::limits::kProfileCrestBytesMax;
using base::limits::kProfileTextCharactersMax;

struct TextMember {
    std::string_view name;
    std::string Profile::* member;
    std::size_t characters_max;
};
constexpr std::array kTexts{
    TextMember{"team", &Profile::team, 120},
    TextMember{"short_name", &Profile::short_name, 60},
    TextMember{"organisation", &Profile::organisation, 200},
    TextMember{"domain", &Profile::domain, 253},
    TextMember{"address", &Profile::address, 500},
    TextMember{"time_zone", &Profile::time_zone, 4},
    TextMember{"phone", &Profile::phone, 60},
    TextMember{"emergency_phone", &Profile::emergency_phone, 60},
    TextMember{"whatsapp", &Profile::whatsapp, 60},
    TextMember{"fax", &Profile::fax, 60},
    TextMember{"email", &Profile::email, 200},
    TextMember{"pgp_fingerprint", &Profile::pgp_fingerprint, 60},
    TextMember{"pgp_key", &Profile::pgp_key, 20'000},
    TextMember{"colour", &Profile::colour, 7},
    TextMember{"crest_png", &Profile::crest_png, kProfileCrestBytesMax * 4 / 3 + 4},
};

struct WordsMember {
    std::string_view name;
    model::Words Profile::* member;
};
constexpr std::array kWords{
    WordsMember{"hours", &Profile::hours},
    WordsMember{"mission", &Profile::mission},
    WordsMember{"constituency", &Profile::constituency},
    WordsMember{"sponsorship", &Profile::sponsorship},
    WordsMember{"authority", &Profile::authority},
    WordsMember{"distribution", &Profile::distribution},
    WordsMember{"authenticity", &Profile::authenticity},
    WordsMember{"other_telecommunication", &Profile::other_telecommunication},
    WordsMember{"members", &Profile::members},
    WordsMember{"other_information", &Profile::other_information},
    WordsMember{"contact_points", &Profile::contact_points},
    WordsMember{"incident_types", &Profile::incident_types},
    WordsMember{"disclosure", &Profile::disclosure},
    WordsMember{"communication", &Profile::communication},
    WordsMember{"triage", &Profile::triage},
    WordsMember{"coordination", &Profile::coordination},
    WordsMember{"resolution", &Profile::resolution},
    WordsMember{"proactive", &Profile::proactive},
    WordsMember{"disclaimer", &Profile::disclaimer},
};

base::Result<std::string> read_text(const Json& value, std::string_view name,
                                    std::size_t characters_max)
{
    if (!value.is_string()) {
        return base::invalid(fmt::format("`{}` must be a text", name));
    }
    std::string text(base::trim(value.get_ref<const std::string&>()));
    if (characters_of(text) > characters_max) {
        return base::invalid(fmt::format("`{}` has {} characters, at most {} fit", name,
                                         characters_of(text), characters_max));
    }
    return text;
}

base::Result<model::Words> read_words(const Json& value, std::string_view name)
{
    if (!value.is_object()) {
        return base::invalid(fmt::format("`{}` must be {{\"id\": …, \"en\": …}}", name));
    }
    model::Words words;
    for (const auto& [key, text] : value.items()) {
        if (key != "id" && key != "en") {
            return base::invalid(
                fmt::format("`{}` has the languages id and en, not {}", name, base::quoted(key)));
        }
        TRY((key == "id" ? words.id : words.en),
            read_text(text, std::string(name) + "." + key, kProfileTextCharactersMax));
    }
    return words;
}

bool is_host_name(std::string_view text)
{
    constexpr std::string_view kHost =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    return text.find_first_not_of(kHost) == text.npos && !text.starts_with('.') &&
           !text.starts_with('-') && !text.ends_with('.');
}

bool is_colour(std::string_view text)
{
    return text.size() == 7 && text[0] == '#' &&
           text.find_first_not_of("0123456789abcdefABCDEF", 1) == text.npos;
}

bool is_png(std::string_view base64)
{
    std::string bytes(base64.size(), '\0');
    std::size_t size = 0;
    const bool whole = ::sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()),
                                           bytes.size(), base64.data(), base64.size(), nullptr,
                                           &size, nullptr, sodium_base64_VARIANT_ORIGINAL) == 0;
    bytes.resize(size);
    return whole && size <= kProfileCrestBytesMax && bytes.starts_with("\x89PNG\r\n\x1a\n");
}

base::Status check(const Profile& profile)
{
    if (profile.time_zone != "WIB" && profile.time_zone != "WITA" && profile.time_zone != "WIT") {
        return base::invalid("`time_zone` is " + base::quoted(profile.time_zone) +
                             ", expected WIB, WITA or WIT");
    }
    if (!is_colour(profile.colour)) {
        return base::invalid("`colour` is " + base::quoted(profile.colour) +
                             ", expected six hex digits as in #0b5cad");
    }
    if (!is_host_name(profile.domain)) {
        return base::invalid("`domain` is " + base::quoted(profile.domain) +
                             ", expected a host name as in csirt.kota.go.id");
    }
    if (!profile.email.empty() && profile.email.find('@') == std::string::npos) {
        return base::invalid("`email` is " + base::quoted(profile.email) +
                             ", expected an address as in csirt@kota.go.id");
    }
    if (!profile.pgp_key.empty() &&
        !profile.pgp_key.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
        return base::invalid("`pgp_key` must be an armoured public key: it begins with "
                             "-----BEGIN PGP PUBLIC KEY BLOCK-----");
    }
    if (!profile.crest_png.empty() && !is_png(profile.crest_png)) {
        return base::invalid(
            fmt::format("`crest_png` must be a PNG picture in base64, at most {} KiB",
                        kProfileCrestBytesMax / 1024));
    }
    return {};
}

base::Status read_languages(const Json& value, Profile& profile)
{
    profile.languages.clear();
    for (const Json& item : value) {
        if (item != "id" && item != "en") {
            return base::invalid("`languages` holds \"id\" and \"en\"");
        }
        profile.languages.push_back(item.get<std::string>());
    }
    return value.is_array() && !profile.languages.empty()
               ? base::Status{}
               : base::invalid("`languages` needs at least one of \"id\" and \"en\"");
}

/// The members of `json` that are not so in `other`. Pictures and keys as their hash: a record is
/// no place for them.
std::string changed_members(const std::string& json, const std::string& other)
{
    const Json one = Json::parse(json);
    const Json two = other.empty() ? Json::object() : Json::parse(other);
    Json changed = Json::object();
    for (const auto& [name, value] : one.items()) {
        if (two.contains(name) && two[name] == value) {
            continue;
        }
        const bool large = name == "crest_png" || name == "pgp_key";
        changed[name] = large ? Json(base::sha256_hex(value.get<std::string>())) : value;
    }
    return changed.dump();
}

struct Rgb {
    double red = 0;
    double green = 0;
    double blue = 0;
};

Rgb rgb_of(std::string_view colour)
{
    const auto part = [&](std::size_t at) {
        return std::stoi(std::string(colour.substr(at, 2)), nullptr, 16) / 255.0;
    };
    return {.red = part(1), .green = part(3), .blue = part(5)};
}

double luminance(const Rgb& rgb)
{
    const auto linear = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(rgb.red) + 0.7152 * linear(rgb.green) + 0.0722 * linear(rgb.blue);
}

std::string hex_of(const Rgb& rgb)
{
    const auto part = [](double c) { return static_cast<int>(std::lround(c * 255)); };
    return fmt::format("#{:02x}{:02x}{:02x}", part(rgb.red), part(rgb.green), part(rgb.blue));
}

/// The first colour on the way from the seed to `end` that stands out on every one of `grounds`.
std::string towards(std::string_view seed, double end,
                    std::initializer_list<std::string_view> grounds)
{
    constexpr double kContrastMin = 4.6; // 4.5 and a little, for the rounding
    const Rgb from = rgb_of(seed);
    std::string colour;
    for (int step = 0; step <= 100; ++step) {
        const double t = step / 100.0;
        const auto mix = [&](double c) { return c + (end - c) * t; };
        colour = hex_of({mix(from.red), mix(from.green), mix(from.blue)});
        if (std::ranges::all_of(grounds, [&](std::string_view ground) {
                return contrast(colour, ground) >= kContrastMin;
            })) {
            break;
        }
    }
    return colour;
}

} // namespace

Profile first_profile(std::string_view site_name)
{
    Profile profile;
    profile.team = site_name.empty() ? "CSIRT" : site_name;
    return profile;
}

base::Result<KeptProfile> find_profile(store::Changes& changes, const Profile& first)
{
    KeptProfile kept{.profile = first, .version = 0, .updated_at = {}};
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const std::string json, store::find_profile(snapshot));
        if (json.empty()) {
            return {};
        }
        TRY(kept.profile, read_profile(json));
        TRY(const store::ObjectVersion version, store::version_of(snapshot, store::kProfileObject));
        kept.version = version.version;
        kept.updated_at = version.updated_at;
        return {};
    }));
    return kept;
}

base::Status change_profile(store::Changes& changes, const store::Command& command,
                            std::optional<std::uint64_t> expected, const Profile& profile)
{
    TRY([[maybe_unused]] const std::string id,
        changes.change(command, [&](store::Change& change) -> base::Status {
            TRY_STATUS(change.expect(store::kProfileObject, expected));
            TRY(const std::string before, store::find_profile(change));
            const std::string after = profile_json(profile);
            if (before == after) {
                return {};
            }
            TRY_STATUS(store::put_profile(change, after));
            store::Effect effect;
            effect.action = "profile.change";
            effect.object = store::kProfileObject;
            effect.before = before.empty() ? "null" : changed_members(before, after);
            effect.after = changed_members(after, before);
            return change.record(std::move(effect));
        }));
    return {};
}

std::string profile_json(const Profile& profile)
{
    Json json;
    for (const TextMember& text : kTexts) {
        json[std::string(text.name)] = profile.*text.member;
    }
    json["languages"] = profile.languages;
    for (const WordsMember& words : kWords) {
        const model::Words& both = profile.*words.member;
        json[std::string(words.name)] = {{"id", both.id}, {"en", both.en}};
    }
    return json.dump();
}

base::Result<Profile> read_profile(std::string_view text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return base::invalid("the profile must be a JSON object");
    }
    Profile profile;
    for (const auto& [name, value] : json.items()) {
        const auto one = std::ranges::find(kTexts, name, &TextMember::name);
        const auto both = std::ranges::find(kWords, name, &WordsMember::name);
        if (one != kTexts.end()) {
            TRY(profile.*one->member, read_text(value, name, one->characters_max));
        } else if (both != kWords.end()) {
            TRY(profile.*both->member, read_words(value, name));
        } else if (name == "languages") {
            TRY_STATUS(read_languages(value, profile));
        } else {
            return base::invalid("the profile has no member " + base::quoted(name));
        }
    }
    TRY_STATUS(check(profile));
    return profile;
}

const model::Words* words_of(const Profile& profile, std::string_view member)
{
    const auto found = std::ranges::find(kWords, member, &WordsMember::name);
    return found == kWords.end() ? nullptr : &(profile.*found->member);
}

double contrast(std::string_view a, std::string_view b)
{
    const double one = luminance(rgb_of(a));
    const double other = luminance(rgb_of(b));
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

BrandColours brand_colours(std::string_view seed)
{
    // The grounds and texts of content/portal/templates/portal.css.
    return {.light = towards(seed, 0.0, {"#ffffff", "#f4f6f8"}),
            .dark = towards(seed, 1.0, {"#14171a", "#1d2126"})};
}

} // namespace tanggap::service
