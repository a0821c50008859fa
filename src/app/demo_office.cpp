#include "app/demo_office.h"

#include <chrono>
#include <string>
#include <string_view>

#include "service/advisories.h"
#include "service/organisations.h"

namespace tanggap::app {
namespace {

using std::chrono::hours;

constexpr hours kDay{24};

constexpr std::string_view kContacts =
    "organisation,contact,role,phone,email\n"
    "Dinas Kesehatan,Ratna Wulandari,Agen siber,0812-0000-0021,ratna@dinkes.kota.example\n"
    "Dinas Kesehatan,Agus Salim,Pengelola situs,0812-0000-0022,admin@dinkes.kota.example\n"
    "Dinas Kominfo,Maya Anjani,Kepala NOC,0812-0000-0031,noc@kota.example\n"
    "Dinas Pendidikan,Hendra Gunawan,Agen siber,0812-0000-0041,hendra@disdik.kota.example\n"
    "Dinas Sosial,Lina Marlina,Pejabat data pribadi,0812-0000-0051,lina@dinsos.kota.example\n";

/// To the day: an advisory has no hour.
base::Time day_of(base::Time moment)
{
    const std::int64_t day = std::chrono::nanoseconds(kDay).count();
    return {moment.ns - moment.ns % day};
}

model::Advisory tax_advisory(base::Time written)
{
    return {.date = day_of(written),
            .level = "high",
            .title = {.id = "Halaman pajak palsu meminta data kartu",
                      .en = "A false tax page asks for card details"},
            .summary = {.id = "Sebuah halaman meniru layanan pajak kota dan meminta data kartu.",
                        .en = "A page imitates the city's tax service and asks for card details."},
            .affected = {{.id = "Warga yang menerima tautan pajak lewat pesan.",
                          .en = "Citizens who got a tax link in a message."}},
            .actions = {{.id = "Jangan buka tautan itu. Ketik sendiri alamat layanan pajak.",
                         .en = "Do not open the link. Type the address of the tax service."},
                        {.id = "Sudah mengisi data kartu? Hubungi bank Anda sekarang.",
                         .en = "Gave card details already? Call your bank now."}}};
}

model::Advisory wifi_advisory(base::Time written)
{
    return {.date = day_of(written),
            .level = "low",
            .title = {.id = "Wifi bernama sama dengan wifi gratis kota",
                      .en = "Wi-Fi with the name of the city's free Wi-Fi"},
            .summary = {.id = "Ada wifi tiruan yang meminta sandi surel. Wifi kota tidak pernah "
                              "meminta sandi.",
                        .en = "An imitation asks for an e-mail password. The city's Wi-Fi never "
                              "does."},
            .affected = {{.id = "Pengguna wifi gratis kota.", .en = "Users of the city's Wi-Fi."}},
            .actions = {{.id = "Jangan isi sandi apa pun pada halaman masuk wifi.",
                         .en = "Enter no password on a Wi-Fi sign-in page."}}};
}

} // namespace

base::Status fill_demo_office(const service::World& world, const service::Principal& lead,
                              base::Time end)
{
    const auto at = [&](base::Duration before) {
        return store::Command{.actor = service::actor_of(lead), .now = end - before};
    };
    TRY(const auto taken, service::import_organisations(world, at(kDay * 30), kContacts,
                                                        service::OrganisationImportMode::Apply));
    if (!taken.problems.empty()) {
        return base::internal("rows of the demonstration's contacts are wrong");
    }
    TRY(const std::string tax,
        service::draft_advisory(world.cases, at(kDay * 4), tax_advisory(end - kDay * 4)));
    TRY_STATUS(service::publish_advisory(
        world.cases, {.command = at(kDay * 4 - std::chrono::minutes(20)), .id = tax}));
    TRY([[maybe_unused]] const std::string wifi,
        service::draft_advisory(world.cases, at(hours(3)), wifi_advisory(end - hours(3))));
    return {};
}

} // namespace tanggap::app
