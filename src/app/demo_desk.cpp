#include "app/demo_desk.h"

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "policy/policy.h"
#include "query/query.h"
#include "service/acts.h"
#include "service/case_items.h"
#include "service/cases.h"
#include "service/evidence.h"
#include "service/profile.h"
#include "service/report_form.h"
#include "service/reporter_desk.h"
#include "service/reports.h"
#include "store/triage_list.h"

namespace tanggap::app {
namespace {

using casework::Milestone;
using casework::Stage;
using model::ReportChannel;
using model::ReportStatus;
using service::Principal;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kAlertsOfACase = 8;

struct StoryReport {
    std::string_view key; ///< how cases name it
    hours before;         ///< the end
    ReportChannel channel;
    model::Language language;
    service::Answers answers;
    ReportStatus status;
    bool acknowledged;
};

/// Reports of the thirty days, oldest first.
std::vector<StoryReport> story_reports()
{
    using enum ReportChannel;
    using enum ReportStatus;
    constexpr auto kId = model::Language::Indonesian;
    constexpr auto kEn = model::Language::English;
    const auto named = [](service::Answers answers, const char* name, const char* phone) {
        answers.insert({{"identity", "open"}, {"name", name}, {"phone", phone}});
        return answers;
    };
    const auto anonymous = [](service::Answers answers) {
        answers.insert({"identity", "anonymous"});
        return answers;
    };
    return {
        {"lapangan", hours(29 * 24), Phone, kId,
         named({{"what", "website"},
                {"role", "citizen"},
                {"where", "dinkes.kota.example/antrean"},
                {"story", "Halaman antrean puskesmas tidak bisa dibuka sejak pagi, hanya putih."}},
               "Sri Wahyuni", "0812-0000-0101"),
         Done, true},
        {"lowongan", hours(26 * 24 + 3), WhatsApp, kId,
         named({{"what", "impersonation"},
                {"where", "https://lowongan-kota.example/daftar"},
                {"story", "Ada pesan lowongan kerja pemerintah kota yang meminta foto KTP dan uang "
                          "pendaftaran 150 ribu."}},
               "Agus Pratama", "0812-0000-0102"),
         Forwarded, true},
        {"kelurahan", hours(21 * 24 + 6), Counter, kId,
         named({{"what", "malware"},
                {"role", "agency"},
                {"where", "PC-LOKET-3"},
                {"agency", "Kelurahan Melati"},
                {"asset", "Komputer loket 3"},
                {"impact", "Satu komputer loket tidak dapat dipakai."},
                {"story", "Berkas di komputer loket berubah nama dan tidak bisa dibuka. Muncul "
                          "tulisan meminta uang."}},
               "Bambang Irawan", "0812-0000-0103"),
         Done, true},
        {"akun", hours(17 * 24), Email, kEn,
         anonymous(
             {{"what", "other"},
              {"role", "citizen"},
              {"where", "@layanan.kota.resmi"},
              {"story", "A social media account answers complaints in the name of the city and "
                        "asks for ID numbers. Is it yours?"}}),
         Rejected, true},
        {"judi", hours(12 * 24 + 5), WhatsApp, kId,
         named({{"what", "website"},
                {"role", "citizen"},
                {"where", "dinkes.kota.example"},
                {"story", "Saat saya cari jadwal imunisasi di mesin pencari, hasilnya iklan slot "
                          "dengan alamat Dinas Kesehatan."}},
               "Ratna Dewi", "0812-0000-0104"),
         Done, true},
        {"celah", hours(9 * 24 + 2), Email, kEn,
         named(
             {{"what", "vulnerability"},
              {"role", "researcher"},
              {"where", "https://www.kota.example/unduh?file="},
              {"story", "The download page takes a path. With ../ in it other files of the server "
                        "can be read. I stopped after one harmless file."}},
             "T. Halim", "0812-0000-0105"),
         Handling, true},
        {"pajak1", hours(5 * 24 + 4), WhatsApp, kId,
         named({{"what", "impersonation"},
                {"where", "https://pajak-kota-online.example/bayar"},
                {"story", "Saya menerima pesan tunggakan pajak dari 0812-0000-0199 dengan tautan "
                          "untuk membayar. Logonya logo kota."}},
               "Hendra Gunawan", "0812-0000-0106"),
         Handling, true},
        {"pajak2", hours(5 * 24), Phone, kId,
         named({{"what", "fraud"},
                {"where", "https://pajak-kota-online.example/bayar"},
                {"story", "Ibu saya membayar 1,2 juta ke rekening yang ada di halaman pajak palsu "
                          "itu. Nomor pengirimnya 0812-0000-0199."}},
               "Lina Marlina", "0812-0000-0107"),
         Handling, true},
        {"pajak3", hours(4 * 24 + 20), Counter, kId,
         anonymous(
             {{"what", "impersonation"},
              {"where", "pajak-kota-online.example"},
              {"story", "Tetangga saya di grup RT menyebar tautan pajak yang mencurigakan."}}),
         Handling, false},
        {"bocor", hours(2 * 24 + 3), Email, kId,
         named({{"what", "data_leak"},
                {"role", "citizen"},
                {"where", "forum jual beli data"},
                {"story", "Di sebuah forum ada orang menjual daftar penerima bantuan kota lengkap "
                          "dengan NIK dan nomor telepon."}},
               "Yusuf Maulana", "0812-0000-0108"),
         Verified, true},
        {"wifi", hours(20), Phone, kId,
         named({{"what", "other"},
                {"role", "citizen"},
                {"where", "Taman Kota"},
                {"story", "Ada wifi bernama sama dengan wifi gratis kota, tetapi meminta sandi "
                          "surel saya."}},
               "Nia Kurnia", "0812-0000-0109"),
         Received, true},
        {"pesan", hours(5), WhatsApp, kId,
         anonymous(
             {{"what", "impersonation"},
              {"where", "0812-0000-0177"},
              {"story", "Orang ini mengaku pegawai dukcapil dan meminta kode OTP lewat telepon "
                        "pagi ini."}}),
         Received, false},
        {"sekolah", hours(2), Phone, kId,
         named({{"what", "malware"},
                {"role", "agency"},
                {"where", "SMP 4"},
                {"agency", "Dinas Pendidikan"},
                {"asset", "Komputer ruang guru"},
                {"impact", "Dua komputer dimatikan, ujian besok memakai laboratorium lain."},
                {"story", "Dua komputer ruang guru membuka jendela iklan terus-menerus setelah "
                          "memasang aplikasi nilai."}},
               "Dedi Saputra", "0812-0000-0110"),
         Received, false},
    };
}

service::Profile story_profile(service::Profile profile)
{
    profile.team = "Kota Contoh CSIRT";
    profile.short_name = "KotaContoh-CSIRT";
    profile.organisation = "Dinas Komunikasi dan Informatika Kota Contoh";
    profile.domain = "csirt.kota.example";
    profile.address = "Jalan Merdeka 1, Kota Contoh";
    profile.phone = "(021) 0000 0001";
    profile.emergency_phone = "0812-0000-0001";
    profile.whatsapp = "0812-0000-0002";
    profile.email = "csirt@kota.example";
    profile.hours = {"Senin sampai Jumat, 07.30 sampai 16.00 WIB; insiden kritis setiap saat",
                     "Monday to Friday, 07:30 to 16:00 WIB; critical incidents at any time"};
    profile.mission = {"Mencegah, menerima, dan menangani insiden siber pada layanan kota.",
                       "To prevent, receive and handle cyber incidents of the city's services."};
    profile.constituency = {"Semua perangkat daerah Kota Contoh dan warga yang memakai layanannya.",
                            "All departments of Kota Contoh, and the citizens who use their "
                            "services."};
    return profile;
}

/// Does things at past times, one after the other; the first error ends the story.
class Desk {
public:
    Desk(const service::World& world, service::Accounts& accounts, const Principal& lead,
         base::Time end)
        : world_(world), accounts_(accounts), lead_(lead), end_(end)
    {
    }

    base::Status run()
    {
        TRY_STATUS(take_profile());
        TRY(analyst_, colleague("budi.santoso", {"analyst"}));
        TRY(duty_, colleague("sari.lestari", {"analyst"}));
        TRY(const Principal head, colleague("dewi.anggraini", {"viewer"}));
        static_cast<void>(head);
        TRY_STATUS(take_reports());
        TRY_STATUS(ransomware());
        TRY_STATUS(guessing());
        TRY_STATUS(gambling_pages());
        TRY_STATUS(vulnerability());
        TRY_STATUS(fake_tax_page());
        TRY_STATUS(leaked_list());
        TRY_STATUS(web_shell());
        return sort_queue();
    }

private:
    base::Time ago(base::Duration before) const { return end_ - before; }

    static store::Command by(const Principal& who, base::Time when)
    {
        return {.actor = service::actor_of(who), .now = when};
    }
    static service::CaseWish on_case(const Principal& who, base::Time when, const std::string& id)
    {
        return {.principal = who, .command = by(who, when), .id = id};
    }
    static service::ItemWish in_case(const Principal& who, base::Time when, const std::string& id)
    {
        return {.principal = who, .command = by(who, when), .case_id = id, .id = {}};
    }

    base::Status take_profile()
    {
        TRY(const service::KeptProfile kept,
            service::find_profile(world_.cases, world_.first_profile));
        return service::change_profile(world_.cases, by(lead_, ago(hours(30 * 24))), kept.version,
                                       story_profile(kept.profile));
    }

    /// An account nobody has the password of: it gives the desk its names.
    base::Result<Principal> colleague(std::string_view name, const std::vector<std::string>& roles)
    {
        TRY(const service::Invitation invitation,
            accounts_.invite(lead_, by(lead_, world_.clock.now()), name, roles));
        TRY(const service::Accepted accepted,
            accounts_.accept_invitation({.token = invitation.token,
                                         .password = base::make_uuid_v7(end_).text(),
                                         .code = {},
                                         .address = "127.0.0.1"}));
        return Principal{.user_id = accepted.user.id,
                         .name = accepted.user.name,
                         .roles = accepted.user.roles,
                         .scopes = policy::scopes_of_roles(accepted.user.roles)};
    }

    base::Status take_reports()
    {
        const auto form = world_.report_form();
        for (const StoryReport& story : story_reports()) {
            const base::Time told = ago(story.before);
            TRY(const service::SentReport sent,
                world_.desk->enter(by(duty_, told + minutes(4)), *form,
                                   {.channel = story.channel,
                                    .language = story.language,
                                    .answers = story.answers,
                                    .told_at = told}));
            reports_[std::string(story.key)] = sent.number;
            const auto wish = [&](minutes later) {
                return service::ReportWish{.principal = duty_,
                                           .command = by(duty_, told + later),
                                           .id = sent.number,
                                           .expected = {}};
            };
            if (story.acknowledged) {
                TRY_STATUS(service::acknowledge_report(world_, wish(minutes(25)), *form, {}));
            }
            if (story.status != ReportStatus::Received) {
                TRY_STATUS(service::edit_report(
                    world_, wish(minutes(70)),
                    {.title = {}, .status = story.status, .organisation = {}, .assignee = {}}));
            }
        }
        return {};
    }

    base::Status link_reports(const std::string& case_id, base::Time when,
                              const std::vector<std::string>& keys)
    {
        std::vector<std::string> numbers;
        for (const auto& key : keys) {
            numbers.push_back(reports_[key]);
        }
        return service::move_reports(world_, duty_, by(duty_, when), numbers, case_id);
    }

    base::Result<std::string> open(base::Time when, const service::NewCase& wish)
    {
        TRY(const casework::Case opened, service::open_case(world_, duty_, by(duty_, when), wish));
        return opened.id;
    }
    base::Status edit(const std::string& id, base::Time when, const service::CaseEdit& edit)
    {
        return service::edit_case(world_, on_case(analyst_, when, id), edit);
    }
    base::Status move(const std::string& id, base::Time when, const service::StageMove& to,
                      std::string reason = {})
    {
        service::CaseWish wish = on_case(analyst_, when, id);
        wish.command.reason = std::move(reason);
        return service::move_case(world_, wish, to);
    }
    base::Status say(const std::string& id, base::Time when, casework::EntryKind kind,
                     std::string text, std::optional<base::Time> happened = {})
    {
        return status_of(service::add_entry(
            world_, in_case(analyst_, when, id),
            {.kind = kind, .text = std::move(text), .at = happened.value_or(when)}));
    }
    base::Status milestone(const std::string& id, base::Time when, Milestone which, base::Time at)
    {
        return service::set_milestone(
            world_, on_case(analyst_, when, id), which,
            casework::MilestoneTime{.at = at, .set_by = casework::SetBy::Person});
    }
    template <class T>
    static base::Status status_of(const base::Result<T>& result)
    {
        return result ? base::Status() : base::Status(std::unexpected(result.error()));
    }

    /// The city's alerts that match, oldest first, up to kAlertsOfACase.
    base::Result<std::vector<std::string>> alerts(std::string_view question) const
    {
        TRY(const query::Node filter, query::parse_or_error(question, query::triage_scope()));
        std::vector<std::string> numbers;
        TRY_STATUS(world_.cases.read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(const store::TriagePage page,
                store::list_triage(snapshot, {.filter = &filter,
                                              .limit = kAlertsOfACase,
                                              .after = {},
                                              .now = end_,
                                              .visible = policy::Filter::unrestricted()}));
            for (const auto& row : page.rows) {
                numbers.push_back(row.alert.id.text());
            }
            return {};
        }));
        return numbers;
    }

    base::Status finish_tasks(const std::string& id, base::Time when, Stage until)
    {
        for (;;) { // each pass does one; the list is short
            TRY(const service::CaseView view, service::view_case(world_, analyst_, id));
            std::optional<std::string> open;
            TRY_STATUS(world_.cases.read([&](store::Snapshot& snapshot) -> base::Status {
                TRY(const auto tasks, store::list_tasks(snapshot, view.subject.id));
                for (const auto& task : tasks) {
                    if (task.stage <= until && task.state != casework::TaskState::Done) {
                        open = task.id;
                        return {};
                    }
                }
                return {};
            }));
            if (!open) {
                return {};
            }
            service::ItemWish wish = in_case(analyst_, when, id);
            wish.id = *open;
            service::TaskEdit done;
            done.state = casework::TaskState::Done;
            done.outcome = "Selesai";
            TRY_STATUS(status_of(service::edit_task(world_, wish, done)));
        }
    }

    /// Everything the close wizard names, then closed.
    base::Status close(const std::string& id, base::Time when, const service::CaseEdit& texts)
    {
        TRY_STATUS(finish_tasks(id, when, Stage::Closed));
        TRY_STATUS(edit(id, when, texts));
        TRY(const service::CaseView view, service::view_case(world_, analyst_, id));
        for (const casework::Missing& missing : view.missing) {
            if (missing.code == "milestone") {
                TRY(const Milestone which, casework::parse_milestone(missing.subject));
                TRY_STATUS(service::set_milestone(
                    world_, on_case(analyst_, when, id), which,
                    casework::MilestoneTime{.set_by = casework::SetBy::Person,
                                            .not_applicable = true,
                                            .note = "Tidak perlu dalam kasus ini"}));
            } else if (missing.code == "duty") {
                service::DutyWish duty;
                duty.rule = missing.subject;
                duty.at = when;
                duty.proof = "Surat 045/CSIRT";
                TRY_STATUS(service::fulfil_duty(world_, on_case(lead_, when, id), duty));
            }
        }
        return move(id, when, {.to = Stage::Closed});
    }

    base::Status keep_evidence(const std::string& id, base::Time when, std::string_view bytes,
                               const service::NewEvidence& about)
    {
        const service::ItemWish wish = in_case(analyst_, when, id);
        service::NewEvidence taken = about;
        TRY(taken.upload, service::begin_upload(world_, wish));
        TRY_STATUS(status_of(world_.vault->append(taken.upload, 0, bytes)));
        return status_of(service::add_evidence(world_, wish, taken));
    }

    base::Status ransomware()
    {
        const base::Time t = ago(hours(21 * 24 + 5));
        service::NewCase wish;
        wish.title = "Komputer loket Kelurahan Melati terkunci ransomware";
        wish.classes = {"malicious-code/infected-system"};
        wish.assessment = {.impact = 2, .urgency = 2};
        wish.organisation = "Kelurahan Melati";
        wish.contact = "Bambang Irawan, 0812-0000-0103";
        wish.incident = true;
        wish.playbook = "ransomware";
        TRY(const std::string id, open(t, wish));
        TRY_STATUS(link_reports(id, t + minutes(5), {"kelurahan"}));
        TRY_STATUS(say(id, t + minutes(20), casework::EntryKind::Action,
                       "Kabel jaringan komputer loket 3 dicabut, komputer dibiarkan menyala."));
        TRY_STATUS(move(id, t + hours(1), {.to = Stage::Containment}));
        TRY_STATUS(
            say(id, t + hours(2), casework::EntryKind::Fact,
                "Berkas berakhiran .terkunci; pintu masuknya lampiran surel tagihan palsu."));
        TRY_STATUS(say(id, t + hours(3), casework::EntryKind::Decision,
                       "Tebusan tidak dibayar. Komputer dipasang ulang dari citra standar."));
        TRY_STATUS(move(id, t + hours(5), {.to = Stage::Recovery}));
        TRY_STATUS(move(id, t + hours(27), {.to = Stage::Reporting}));
        service::CaseEdit texts;
        texts.summary = "Satu komputer loket terkunci setelah lampiran surel dibuka.";
        texts.cause = "Makro pada lampiran surel; penyaring surel belum menolak jenis berkas itu.";
        texts.impact = "Satu loket tutup setengah hari; tidak ada data warga yang hilang.";
        texts.measures = "Komputer dipasang ulang, cadangan dipulihkan, jenis lampiran ditolak.";
        texts.lessons = "Cadangan loket kini harian dan diuji tiap bulan.";
        texts.resolution = casework::Resolution::Resolved;
        return close(id, t + hours(30), texts);
    }

    base::Status guessing()
    {
        const base::Time t = ago(hours(18 * 24));
        service::NewCase wish;
        wish.title = "Tebakan sandi SSH dari banyak alamat";
        wish.classes = {"intrusion-attempts/brute-force"};
        wish.assessment = {.impact = 1, .urgency = 1};
        wish.organisation = "Dinas Kesehatan";
        wish.playbook = "brute_force";
        TRY(const std::string id, open(t, wish));
        TRY_STATUS(
            say(id, t + minutes(40), casework::EntryKind::Fact,
                "Tidak ada satu pun tebakan yang berhasil; masuk dengan sandi sudah dimatikan "
                "di server ini."));
        return move(id, t + hours(2), {.to = Stage::NotIncident},
                    "Hanya percobaan, semua ditolak; alamat dibatasi di fail2ban");
    }

    base::Status gambling_pages()
    {
        const base::Time t = ago(hours(12 * 24 + 4));
        service::NewCase wish;
        wish.title = "Halaman judi tersembunyi di situs Dinas Kesehatan";
        wish.classes = {"information-content-security/unauthorised-information-modification"};
        wish.assessment = {.impact = 3, .urgency = 3, .public_service_down = true};
        wish.organisation = "Dinas Kesehatan";
        wish.contact = "admin@dinkes.kota.example";
        wish.incident = true;
        wish.playbook = "web_defacement";
        TRY(const std::string id, open(t, wish));
        TRY_STATUS(link_reports(id, t + minutes(3), {"judi"}));
        TRY_STATUS(say(id, t + minutes(15), casework::EntryKind::Fact,
                       "Mesin pencari melihat 240 halaman slot; pengunjung biasa tidak melihatnya.",
                       t - hours(60)));
        TRY_STATUS(say(id, t + minutes(50), casework::EntryKind::Action,
                       "Halaman pemeliharaan dipasang, unggahan ditutup, sesi pengelola dicabut."));
        TRY_STATUS(move(id, t + hours(1), {.to = Stage::Containment}));
        TRY_STATUS(move(id, t + hours(9), {.to = Stage::Eradication}));
        TRY_STATUS(move(id, t + hours(26), {.to = Stage::Recovery}));
        TRY_STATUS(milestone(id, t + hours(26), Milestone::FirstMalicious, t - hours(62)));
        TRY_STATUS(move(id, t + hours(52), {.to = Stage::Reporting}));
        service::CaseEdit texts;
        texts.summary = "Berkas PHP asing menyajikan halaman judi hanya kepada mesin pencari.";
        texts.cause = "Plugin formulir lama menerima unggahan .php tanpa masuk.";
        texts.impact = "Situs ditutup 18 jam; hasil pencarian Dinas Kesehatan tercemar.";
        texts.measures =
            "Berkas dihapus, plugin diganti, sandi diganti, hasil pencarian dibersihkan.";
        texts.lessons = "Unggahan di semua situs perangkat daerah kini tidak dapat dijalankan.";
        texts.resolution = casework::Resolution::Resolved;
        return close(id, t + hours(76), texts);
    }

    base::Status vulnerability()
    {
        const base::Time t = ago(hours(9 * 24 + 1));
        service::NewCase wish;
        wish.title = "Celah pembacaan berkas pada halaman unduhan";
        wish.classes = {"vulnerable/vulnerable-system"};
        wish.assessment = {.impact = 2, .urgency = 2};
        wish.organisation = "Dinas Kominfo";
        wish.playbook = "vulnerability";
        wish.tlp = casework::Tlp::AmberStrict;
        TRY(const std::string id, open(t, wish));
        TRY_STATUS(link_reports(id, t + minutes(6), {"celah"}));
        TRY_STATUS(move(id, t + hours(3), {.to = Stage::Confirmed}));
        TRY_STATUS(say(id, t + hours(4), casework::EntryKind::Action,
                       "Aturan sementara di tembok api web menolak ../ pada /unduh."));
        TRY_STATUS(finish_tasks(id, t + hours(30), Stage::Containment));
        TRY_STATUS(move(id, t + hours(80), {.to = Stage::Verification}));
        return say(id, ago(hours(18)), casework::EntryKind::Fact,
                   "Perbaikan dipasang pengembang; pelapor diminta memeriksa ulang.");
    }

    base::Status fake_tax_page()
    {
        const base::Time t = ago(hours(5 * 24 + 3));
        service::NewCase wish;
        wish.title = "Halaman pajak palsu pajak-kota-online.example";
        wish.classes = {"fraud/phishing"};
        wish.assessment = {.impact = 3, .urgency = 2};
        wish.organisation = "Badan Pendapatan Daerah";
        wish.incident = true;
        wish.playbook = "phishing";
        TRY(const std::string id, open(t, wish));
        TRY_STATUS(link_reports(id, t + hours(9), {"pajak1", "pajak2", "pajak3"}));
        TRY_STATUS(
            status_of(service::add_observables(world_, in_case(analyst_, t + minutes(30), id),
                                               "https://pajak-kota-online.example/bayar "
                                               "198.51.100.23 tagihan@pajak-kota-online.example",
                                               {})));
        TRY_STATUS(say(id, t + minutes(45), casework::EntryKind::Action,
                       "Permintaan pemutusan dikirim ke pendaftar nama dan penyedia hosting."));
        TRY_STATUS(say(id, t + hours(10), casework::EntryKind::Decision,
                       "Imbauan untuk warga diterbitkan hari ini juga."));
        TRY_STATUS(finish_tasks(id, t + hours(11), Stage::Confirmed));
        TRY_STATUS(move(id, t + hours(2), {.to = Stage::Containment}));
        service::StageMove waiting;
        waiting.to = Stage::Waiting;
        waiting.waiting_for = "Pendaftar nama domain";
        TRY_STATUS(move(id, t + hours(12), waiting, "Menunggu pemutusan nama domain"));
        const model::PublicText text(
            "Terima kasih atas laporan Anda. Halaman palsu itu sedang kami minta diputus. Jangan "
            "membayar lewat tautan pesan; pajak hanya dibayar di kanal resmi.");
        const model::PublicText english("Thank you for your report. We have asked for the fake "
                                        "page to be taken down. Do not pay "
                                        "through links in messages.");
        return status_of(service::inform_reporters(world_, duty_, by(duty_, t + hours(13)), id,
                                                   {.id = text, .en = english, .status = {}}));
    }

    base::Status leaked_list()
    {
        const base::Time t = ago(hours(2 * 24 + 2));
        service::NewCase wish;
        wish.title = "Daftar penerima bantuan ditawarkan di forum";
        wish.classes = {"information-content-security/data-leak"};
        wish.assessment = {.impact = 4, .urgency = 2, .personal_data = true};
        wish.organisation = "Dinas Sosial";
        wish.incident = true;
        wish.playbook = "data_leak";
        wish.tlp = casework::Tlp::Red;
        TRY(const std::string id, open(t, wish));
        service::CaseEdit named; // at TLP:RED nobody else sees it
        named.members = {analyst_.name, lead_.name};
        TRY_STATUS(service::edit_case(world_, on_case(duty_, t + minutes(2), id), named));
        TRY_STATUS(link_reports(id, t + minutes(10), {"bocor"}));
        TRY_STATUS(milestone(id, t + hours(1), Milestone::Known, t + minutes(40)));
        TRY_STATUS(say(id, t + hours(1), casework::EntryKind::Fact,
                       "Contoh 20 baris cocok dengan data bulan Juni; asalnya belum diketahui."));
        TRY_STATUS(move(id, t + hours(2), {.to = Stage::Confirmed}));
        TRY_STATUS(
            say(id, ago(minutes(50)), casework::EntryKind::Decision,
                "Pemberitahuan kepada warga disiapkan; batasnya tiga hari sejak diketahui."));
        return status_of(service::add_note(
            world_, in_case(analyst_, t + hours(6), id),
            {.title = "Yang sudah diperiksa",
             .text =
                 "## Sumber yang mungkin\n\n- Ekspor ke vendor, 12 Juni\n- Akun bersama di loket\n"
                 "\n## Belum\n\n- Log unduhan aplikasi bantuan sosial"}));
    }

    /// The break-in that the city's logs tell.
    base::Status web_shell()
    {
        const base::Time t = ago(hours(7));
        TRY(const auto found, alerts("source:203.0.113.66"));
        service::NewCase wish;
        wish.title = "Penyusup dari 203.0.113.66 di situs Dinas Kesehatan";
        wish.alerts = found;
        wish.classes = {"intrusions/application-compromise"};
        wish.assessment = {.impact = 4, .urgency = 3, .attacker_inside = true};
        wish.organisation = "Dinas Kesehatan";
        wish.contact = "admin@dinkes.kota.example";
        wish.incident = true;
        wish.playbook = "web_defacement";
        TRY(const std::string id, open(t, wish));
        TRY_STATUS(
            say(id, t + minutes(12), casework::EntryKind::Fact,
                "Berkas .php di folder unggahan dipanggil dari alamat yang sama yang menebak "
                "sandi SSH."));
        TRY_STATUS(say(id, t + minutes(30), casework::EntryKind::Action,
                       "Alamat diblokir di fw-1, server dipisahkan dari jaringan."));
        TRY_STATUS(move(id, t + minutes(45), {.to = Stage::Containment}));
        TRY_STATUS(milestone(id, t + minutes(50), Milestone::FirstMalicious, t - hours(30)));
        TRY_STATUS(milestone(id, t + minutes(50), Milestone::FirstAlert, t - minutes(10)));
        service::CaseEdit texts;
        texts.summary =
            "Seseorang masuk lewat SSH setelah menebak sandi, lalu menaruh berkas PHP di "
            "folder unggahan situs Dinas Kesehatan.";
        texts.impact = "Situs Dinas Kesehatan dipisahkan dari jaringan; antrean memakai telepon.";
        TRY_STATUS(edit(id, t + hours(1), texts));
        TRY_STATUS(finish_tasks(id, t + hours(1), Stage::Triage));
        service::NewEvidence about;
        about.name = "unggah.php.txt";
        about.kind = "malware";
        about.description = "Isi berkas asing di folder unggahan, dibuat tidak dapat dijalankan";
        about.source = "web-dinkes";
        about.method = "Disalin dari server yang dipisahkan, hanya baca";
        about.acquired_at = t + minutes(50);
        TRY_STATUS(
            keep_evidence(id, t + minutes(55), "<!-- contoh: isi berkas asing -->\n", about));
        TRY_STATUS(say(id, ago(minutes(35)), casework::EntryKind::Fact,
                       "Tidak ada alamat lain yang memanggil berkas itu dalam tiga puluh hari."));
        return status_of(service::add_note(
            world_, in_case(analyst_, t + hours(2), id),
            {.title = "Serah terima",
             .text =
                 "Malam ini **sari.lestari** berjaga. Yang masih dicari: akses pertama di log, dan "
                 "alamat yang sama di situs lain."}));
    }

    /// The quiet end of the queue is sorted, the rest waits for the visitor.
    base::Status sort_queue()
    {
        service::Acts acts(world_, service::Acts::Worker::None);
        const auto perform = [&](service::Act act, std::string_view question) -> base::Status {
            service::ActTarget target;
            target.matching = true;
            TRY(target.filter, query::parse_or_error(question, query::triage_scope()));
            target.as_of = world_.clock.now();
            TRY_STATUS(status_of(acts.perform(duty_, by(duty_, world_.clock.now()), act, target)));
            while (acts.work_once()) {
            }
            return {};
        };
        service::Act blocked;
        blocked.kind = service::ActKind::Close;
        blocked.close_reason = model::CloseReason::Resolved;
        TRY_STATUS(perform(blocked, "is:open outcome:blocked"));
        service::Act noise;
        noise.kind = service::ActKind::Close;
        noise.close_reason = model::CloseReason::OutOfScope;
        TRY_STATUS(perform(noise, "is:open severity<=low outcome:failed"));
        service::Act assigned;
        assigned.kind = service::ActKind::Assign;
        assigned.assignee = analyst_.name;
        return perform(assigned, "is:open severity>=high outcome:failed");
    }

    const service::World& world_;
    service::Accounts& accounts_;
    const Principal& lead_;
    base::Time end_;
    Principal analyst_{};
    Principal duty_{};
    std::map<std::string, std::string, std::less<>> reports_{}; ///< key of the story → number
};

} // namespace

base::Status fill_demo_desk(const service::World& world, service::Accounts& accounts,
                            const service::Principal& lead, base::Time end)
{
    return Desk(world, accounts, lead, end).run();
}

} // namespace tanggap::app
