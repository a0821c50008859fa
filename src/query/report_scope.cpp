// Which fields the list of reports knows. Adding one is a row here and a row in its compiler.
#include "query/report_scope.h"

namespace tanggap::query {
namespace {

Scope make_report_scope()
{
    using enum FieldType;
    const auto words = [](std::initializer_list<std::pair<const char*, const char*>> pairs) {
        std::vector<Choice> choices;
        for (const auto& [en, id] : pairs) {
            choices.push_back({en, {id}});
        }
        return choices;
    };
    Scope scope{.name = "reports",
                .is_terms = words({{"open", "terbuka"},
                                   {"closed", "ditutup"},
                                   {"waiting", "menunggu"},
                                   {"new", "baru"},
                                   {"unassigned", "tanpa-petugas"}}),
                .has_terms =
                    words({{"case", "kasus"}, {"attachment", "berkas"}, {"note", "catatan"}}),
                .age_field = "received"};
    scope.fields = {
        {"number", Keyword, {"report", "laporan", "nomor"}, "LPR-7K3M-92QF"},
        {"id", Keyword, {}, "UUID of the report"},
        {"title", Text, {"judul"}, "words of the title"},
        {"kind", Keyword, {"what", "jenis"}, "what the reporter chose: impersonation, website, …"},
        {"status",
         Keyword,
         {},
         "received, verified, handling, done, forwarded or rejected",
         words({{"received", "diterima"},
                {"verified", "diverifikasi"},
                {"handling", "ditangani"},
                {"done", "selesai"},
                {"forwarded", "diteruskan"},
                {"rejected", "ditolak"}})},
        {"channel",
         Keyword,
         {"kanal"},
         "web, phone, whatsapp, counter or email",
         words({{"web", "situs"},
                {"phone", "telepon"},
                {"whatsapp", "wa"},
                {"counter", "loket"},
                {"email", "surel"}})},
        {"identity",
         Keyword,
         {"identitas"},
         "open, confidential or anonymous",
         words({{"open", "terbuka"}, {"confidential", "rahasia"}, {"anonymous", "anonim"}})},
        {"organisation", Keyword, {"organization", "organisasi", "opd"}, "whom it concerns"},
        {"assignee", Keyword, {"petugas"}, "id of the account that has it"},
        {"case", Keyword, {"kasus"}, "id of the case it is in"},
        {"helped",
         Keyword,
         {"membantu"},
         "what the reporter said of our work at its end: yes, partly or no",
         words({{"yes", "ya"}, {"partly", "sebagian"}, {"no", "tidak"}})},
        {"received", Time, {"diterima", "created"}, "when it was received"},
        {"updated", Time, {"diperbarui"}, "when something changed"},
        {"mark", Keyword, {"tanda"}, "link, host, address, phone or account number in its text"},
    };
    return scope;
}

} // namespace

const Scope& report_scope()
{
    static const Scope scope = make_report_scope();
    return scope;
}

} // namespace tanggap::query
