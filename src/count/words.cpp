#include "count/words.h"

#include <algorithm>
#include <array>

namespace tanggap::count {
namespace {

constexpr std::array kTerms{
    Term{"records", "Catatan log", "Log records",
         "Baris, datagram, atau entri yang diterima pada periode ini menurut waktu penerimaan. "
         "Bukan serangan.",
         "Lines, datagrams or entries received in the period, by time of receipt. Not attacks."},
    Term{"events", "Peristiwa", "Events",
         "Catatan yang terbaca dan bertanggal dalam periode ini. Catatan yang dikirim dua kali "
         "dihitung satu. Bukan serangan.",
         "Records that were read and are dated in the period. A record delivered twice counts "
         "once. Not attacks."},
    Term{"detected_events", "Peristiwa terdeteksi", "Detected events",
         "Peristiwa yang cocok dengan sedikitnya satu aturan atau indikator.",
         "Events that at least one rule or indicator matched."},
    Term{"detections", "Deteksi", "Detections",
         "Kecocokan aturan atau indikator di dalam peringatan yang dimulai pada periode ini. Satu "
         "peristiwa dapat memuat beberapa.",
         "Matches of rules or indicators in alerts that began in the period. One event can have "
         "several."},
    Term{"alerts", "Peringatan (kelompok aktivitas)", "Alerts (activity groups)",
         "Satu sumber, satu kelas teknik, dan satu sasaran; jeda paling lama 30 menit, rentang "
         "paling lama 24 jam. Dihitung menurut peristiwa pertamanya.",
         "One source, technique class and target; gaps of at most 30 minutes, 24 hours at most. "
         "Counted by the first event."},
    Term{"set_aside", "Disisihkan petugas", "Set aside by a person",
         "Peringatan yang dinyatakan positif palsu, jinak, di luar lingkup, atau duplikat.",
         "Alerts that a person called false positive, benign, out of scope or a duplicate."},
    Term{"attempts", "Percobaan serangan (kelompok aktivitas)", "Attack attempts (activity groups)",
         "Peringatan dikurangi yang disisihkan petugas. Percobaan bukan insiden.",
         "Alerts less those a person set aside. An attempt is not an incident."},
    Term{"campaigns", "Kampanye", "Campaigns",
         "Peringatan yang dirangkai dan dipastikan analis. Belum dicatat oleh versi ini: kosong, "
         "bukan nol.",
         "Alerts that an analyst linked and confirmed. Not kept by this version: unknown, which is "
         "not zero."},
    Term{"incidents", "Insiden terkonfirmasi", "Confirmed incidents",
         "Kasus yang dibuka pada periode ini dan dinyatakan insiden oleh manusia. Latihan tidak "
         "dihitung.",
         "Cases opened in the period that a person declared incidents. Exercises are left out."},
    Term{"unique_sources", "Sumber berbeda", "Distinct sources",
         "Alamat, jaringan IPv6 /64, akun, atau host asal percobaan serangan. Negara berarti asal "
         "paket, bukan pelakunya.",
         "Addresses, IPv6 /64 networks, accounts or hosts that attempts came from. A country is "
         "where packets came from, not who did it."},
    Term{"unique_addresses", "Alamat berbeda", "Distinct addresses",
         "Sumber berbeda yang berupa alamat IPv4 atau jaringan IPv6 /64.",
         "Distinct sources that are IPv4 addresses or IPv6 /64 networks."},
    Term{"unique_targets", "Sasaran berbeda", "Distinct targets",
         "Aset, situs, host, atau alamat yang menjadi sasaran percobaan serangan.",
         "Assets, sites, hosts or addresses that attempts aimed at."},
    Term{"cases", "Kasus dibuka", "Cases opened",
         "Kasus yang dibuka pada periode ini. Latihan tidak dihitung.",
         "Cases opened in the period. Exercises are left out."},
    Term{"cases_open", "Masih terbuka", "Still open",
         "Kasus yang dibuka pada periode ini dan belum berakhir saat dihitung.",
         "Cases opened in the period that had not ended when counted."},
    Term{"cases_ended", "Kasus selesai", "Cases ended",
         "Kasus yang berakhir pada periode ini, kapan pun dibuka.",
         "Cases that ended in the period, whenever they were opened."},
    Term{"reports", "Laporan masuk", "Reports received",
         "Laporan warga, peneliti, dan perangkat daerah yang diterima pada periode ini.",
         "Reports of citizens, researchers and departments received in the period."},
    Term{"reports_acknowledged", "Laporan dijawab pertama kali", "Reports acknowledged",
         "Laporan periode ini yang penerimaannya sudah dikonfirmasi kepada pelapor.",
         "Reports of the period whose receipt was confirmed to the reporter."},
    Term{"outcome", "Hasil percobaan", "Outcome of attempts",
         "Diblokir: sebuah kendali menolak. Gagal: sasaran menolak. Berhasil: ada buktinya. "
         "Selain itu tidak diketahui.",
         "Blocked: a control said no. Failed: the target refused. Succeeded: there is evidence. "
         "Otherwise unknown."},
    Term{"severity", "Tingkat percobaan", "Severity of attempts",
         "Tingkat tertinggi di antara aturan yang cocok.",
         "The highest level of the rules that matched."},
    Term{"technique", "Teknik", "Techniques",
         "Teknik ATT&CK tanpa subteknik, atau id aturan bila tidak ada.",
         "ATT&CK technique without sub-technique, or the rule's id where it names none."},
    Term{"source", "Sumber terbanyak", "Top sources", "Asal percobaan serangan.",
         "Where attempts came from."},
    Term{"country", "Negara asal paket", "Country of origin of packets",
         "Negara tempat alamat sumber terdaftar, bukan negara pelaku.",
         "Country in which the source address is registered, not that of who did it."},
    Term{"target", "Sasaran terbanyak", "Top targets", "Yang dituju percobaan serangan.",
         "What attempts aimed at."},
    Term{"organisation", "Perangkat daerah tersasar", "Organisations aimed at",
         "Pemilik aset yang disasar.", "Owners of the assets aimed at."},
    Term{"case_priority", "Prioritas kasus", "Priority of cases", "Prioritas kasus saat dihitung.",
         "Priority of the cases when counted."},
    Term{"case_stage", "Tahap kasus", "Stage of cases", "Tahap kasus saat dihitung.",
         "Stage of the cases when counted."},
    Term{"case_class", "Kelas insiden", "Incident classes",
         "Kelas taksonomi RSIT; satu kasus dapat memiliki beberapa.",
         "Classes of the RSIT taxonomy; a case can have several."},
    Term{"case_organisation", "Kasus per perangkat daerah", "Cases by organisation",
         "Perangkat daerah yang bersangkutan.", "The organisation concerned."},
    Term{"report_channel", "Kanal laporan", "Channel of reports", "Cara laporan sampai.",
         "How reports reached us."},
    Term{"report_kind", "Jenis laporan", "Kind of reports", "Pilihan pelapor pada formulir.",
         "What reporters chose in the form."},
    Term{"report_status", "Status laporan", "Status of reports", "Status laporan saat dihitung.",
         "Status of the reports when counted."},
    Term{"detect", "Waktu deteksi", "Time to detect",
         "Dari aktivitas jahat pertama yang terbukti sampai peringatan atau laporan pertama.",
         "From the first proven malicious act to the first alert or report."},
    Term{"acknowledge", "Waktu penerimaan", "Time to acknowledge",
         "Dari peringatan atau laporan pertama sampai seseorang menanganinya.",
         "From the first alert or report to somebody taking it."},
    Term{"respond", "Waktu tindakan pertama", "Time to first action",
         "Dari terdeteksi sampai tindakan pertama.", "From detected to the first action."},
    Term{"contain", "Waktu penahanan", "Time to contain", "Dari terdeteksi sampai tertahan.",
         "From detected to contained."},
    Term{"recover", "Waktu pemulihan", "Time to recover", "Dari terdeteksi sampai layanan pulih.",
         "From detected to service restored."},
    Term{"dwell", "Lama keberadaan penyusup", "Dwell time",
         "Dari aktivitas jahat pertama sampai tereradikasi.",
         "From the first malicious act to eradicated."},
    Term{"close", "Waktu penutupan", "Time to close", "Dari dibuka sampai ditutup.",
         "From opened to closed."},
    Term{"report_acknowledge", "Waktu jawaban pertama laporan", "Time to acknowledge a report",
         "Dari laporan diterima sampai penerimaannya dikonfirmasi.",
         "From a report's receipt to its confirmation."},
};

struct Word {
    std::string_view breakdown;
    std::string_view value;
    std::string_view id;
    std::string_view en;
};
constexpr std::array kWords{
    Word{"outcome", "succeeded", "Berhasil", "Succeeded"},
    Word{"outcome", "unknown", "Tidak diketahui", "Unknown"},
    Word{"outcome", "failed", "Gagal", "Failed"},
    Word{"outcome", "blocked", "Diblokir", "Blocked"},
    Word{"severity", "critical", "Kritis", "Critical"},
    Word{"severity", "high", "Tinggi", "High"},
    Word{"severity", "medium", "Sedang", "Medium"},
    Word{"severity", "low", "Rendah", "Low"},
    Word{"severity", "informational", "Info", "Informational"},
    Word{"case_priority", "P1", "P1 Kritis", "P1 Critical"},
    Word{"case_priority", "P2", "P2 Tinggi", "P2 High"},
    Word{"case_priority", "P3", "P3 Sedang", "P3 Medium"},
    Word{"case_priority", "P4", "P4 Rendah", "P4 Low"},
    Word{"case_priority", "none", "Belum ditetapkan", "Not decided"},
    Word{"case_stage", "triage", "Triase", "Triage"},
    Word{"case_stage", "confirmed", "Terkonfirmasi", "Confirmed"},
    Word{"case_stage", "containment", "Penahanan", "Containment"},
    Word{"case_stage", "eradication", "Eradikasi", "Eradication"},
    Word{"case_stage", "recovery", "Pemulihan", "Recovery"},
    Word{"case_stage", "verification", "Verifikasi", "Verification"},
    Word{"case_stage", "reporting", "Pelaporan", "Reporting"},
    Word{"case_stage", "closed", "Ditutup", "Closed"},
    Word{"case_stage", "waiting", "Menunggu", "Waiting"},
    Word{"case_stage", "transferred", "Dialihkan", "Transferred"},
    Word{"case_stage", "not_incident", "Bukan insiden", "Not an incident"},
    Word{"case_stage", "duplicate", "Duplikat", "Duplicate"},
    Word{"report_channel", "web", "Situs", "Web"},
    Word{"report_channel", "phone", "Telepon", "Phone"},
    Word{"report_channel", "whatsapp", "WhatsApp", "WhatsApp"},
    Word{"report_channel", "counter", "Loket", "Counter"},
    Word{"report_channel", "email", "Surel", "E-mail"},
    Word{"report_status", "received", "Diterima", "Received"},
    Word{"report_status", "verified", "Diverifikasi", "Verified"},
    Word{"report_status", "handling", "Ditangani", "Being handled"},
    Word{"report_status", "done", "Selesai", "Done"},
    Word{"report_status", "forwarded", "Diteruskan", "Forwarded"},
    Word{"report_status", "rejected", "Ditolak", "Rejected"},
};

/// The values of kWords, so that a closed set is a slice of them.
constexpr auto kValues = [] {
    std::array<std::string_view, kWords.size()> values{};
    for (std::size_t i = 0; i < kWords.size(); ++i) {
        values[i] = kWords[i].value;
    }
    return values;
}();

} // namespace

std::span<const Term> terms()
{
    return kTerms;
}

const Term* find_term(std::string_view id)
{
    const auto* const term = std::ranges::find(kTerms, id, &Term::id);
    return term == kTerms.end() ? nullptr : term;
}

model::Words label_of(std::string_view breakdown, std::string_view value)
{
    for (const Word& word : kWords) {
        if (word.breakdown == breakdown && word.value == value) {
            return {.id = std::string(word.id), .en = std::string(word.en)};
        }
    }
    if (value.empty()) {
        return {.id = "Tidak diketahui", .en = "Unknown"};
    }
    return {.id = std::string(value), .en = std::string(value)};
}

std::span<const std::string_view> values_of(std::string_view breakdown)
{
    const auto begin = std::ranges::find(kWords, breakdown, &Word::breakdown);
    const auto end = std::find_if(begin, kWords.end(),
                                  [&](const Word& word) { return word.breakdown != breakdown; });
    return std::span(kValues).subspan(static_cast<std::size_t>(begin - kWords.begin()),
                                      static_cast<std::size_t>(end - begin));
}

} // namespace tanggap::count
