// Who we are: the organisation's profile, which the public pages and RFC 2350 are made from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/words.h"
#include "store/activity.h"

namespace tanggap::service {

struct Profile {
    std::string team; ///< "Kota Contoh CSIRT"
    std::string short_name;
    std::string organisation; ///< "Dinas Komunikasi dan Informatika Kota Contoh"
    std::string domain;       ///< of the portal, "csirt.contoh.go.id"
    std::string address;
    std::string time_zone = "WIB"; ///< WIB, WITA or WIT
    std::string phone;
    std::string emergency_phone;
    std::string whatsapp;
    std::string fax;
    std::string email;
    std::string pgp_fingerprint;
    std::string pgp_key; ///< armoured
    std::vector<std::string> languages{"id", "en"};
    std::string colour = "#0b5cad"; ///< seed of the public pages
    std::string crest_png;          ///< base64; empty: none
    model::Words hours;
    model::Words mission;
    model::Words constituency;
    model::Words sponsorship;
    model::Words authority;
    model::Words distribution;
    model::Words authenticity;
    model::Words other_telecommunication;
    model::Words members;
    model::Words other_information;
    model::Words contact_points;
    model::Words incident_types;
    model::Words disclosure;
    model::Words communication;
    model::Words triage;
    model::Words coordination;
    model::Words resolution;
    model::Words proactive;
    model::Words disclaimer;

    friend bool operator==(const Profile&, const Profile&) = default;
};

/// A profile with its place in time: RFC 2350 §1.1 tells both.
struct KeptProfile {
    Profile profile;
    std::uint64_t version = 0; ///< 0: nobody has filled it in
    base::Time updated_at;
};

/// What stands until somebody fills it in: the name that the program was started with.
Profile first_profile(std::string_view site_name);

base::Result<KeptProfile> find_profile(store::Changes& changes, const Profile& first);
/// `expected`: of If-Match. Errors: Conflict where it is no longer the current version.
base::Status change_profile(store::Changes& changes, const store::Command& command,
                            std::optional<std::uint64_t> expected, const Profile& profile);

/// As JSON with every member, in the order above.
std::string profile_json(const Profile& profile);
/// Errors: Invalid, naming the member and what is wrong with it: an unknown one, one too long, a
/// time zone, colour, domain, language or picture that is none.
base::Result<Profile> read_profile(std::string_view json);

/// The text of a member that has two languages, by its name; null where there is none such.
const model::Words* words_of(const Profile& profile, std::string_view member);

/// Two colours of the seed's hue that texts can have on our light and dark ground, and that bear
/// our light and dark text: at least 4.5 to 1 (WCAG 1.4.3).
struct BrandColours {
    std::string light;
    std::string dark;
};
BrandColours brand_colours(std::string_view seed);
/// Contrast of two "#rrggbb". Source: WCAG 2.2, relative luminance.
double contrast(std::string_view a, std::string_view b);

} // namespace tanggap::service
