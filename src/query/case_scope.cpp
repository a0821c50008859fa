// Fields of the list of cases. Adding one is a row here and a row in store/sqlite/case_sql.cpp.
#include "query/query.h"

namespace tanggap::query {
namespace {

std::vector<Choice> stages()
{
    return {{"triage", {"triase"}},
            {"confirmed", {"terkonfirmasi"}},
            {"containment", {"penahanan"}},
            {"eradication", {"eradikasi"}},
            {"recovery", {"pemulihan"}},
            {"verification", {"verifikasi"}},
            {"reporting", {"pelaporan"}},
            {"closed", {"ditutup"}},
            {"waiting", {"menunggu"}},
            {"transferred", {"dialihkan"}},
            {"not_incident", {"bukan-insiden", "bukan_insiden"}},
            {"duplicate", {"duplikat"}}};
}

Scope make_case_scope()
{
    using enum FieldType;
    Scope scope{.name = "cases",
                .is_terms = {{"open", {"terbuka"}},
                             {"ended", {"selesai"}},
                             {"closed", {"ditutup"}},
                             {"incident", {"insiden"}},
                             {"waiting", {"menunggu"}},
                             {"overdue", {"terlambat", "terlampaui"}},
                             {"unassigned", {"tanpa-pj"}}},
                .has_terms = {{"alert", {"peringatan"}},
                              {"task", {"tugas"}},
                              {"evidence", {"bukti"}},
                              {"observable", {"artefak"}},
                              {"time_to_detect", {"waktu_deteksi"}},
                              {"time_to_acknowledge", {"waktu_penerimaan"}},
                              {"time_to_respond", {"waktu_tindakan"}},
                              {"time_to_contain", {"waktu_penahanan"}},
                              {"time_to_recover", {"waktu_pemulihan"}},
                              {"dwell_time", {"lama_keberadaan"}},
                              {"time_to_close", {"waktu_penutupan"}}},
                .age_field = "opened"};
    scope.fields = {
        {"number", Keyword, {"nomor"}, "KAS-2026-0042 or INS-2026-0042"},
        {"id", Keyword, {}, "UUID of the case"},
        {"title", Text, {"judul"}, "words of the title"},
        {"stage", Keyword, {"tahap"}, "where the work stands", stages(), false, true},
        {"priority",
         Keyword,
         {"prioritas"},
         "P1 to P4; none: not decided",
         {{"P1", {"kritis", "critical"}},
          {"P2", {"tinggi", "high"}},
          {"P3", {"sedang", "medium"}},
          {"P4", {"rendah", "low"}},
          {"none", {"belum"}}},
         false,
         true},
        {"owner", Keyword, {"assignee", "pj"}, "account that owns it, by name"},
        {"team", Keyword, {"tim"}, "team"},
        {"organisation", Keyword, {"organization", "organisasi", "opd"}, "organisation concerned"},
        {"class", Keyword, {"kelas", "klasifikasi"}, "fraud/phishing"},
        {"label", Keyword, {}, "label"},
        {"tlp",
         Keyword,
         {},
         "TLP label",
         {{"clear", {"white"}},
          {"green", {}},
          {"amber", {}},
          {"amber+strict", {"amber-strict"}},
          {"red", {}}},
         false,
         true},
        {"observable", Keyword, {"artefak"}, "value of an observable in it"},
        {"opened", Time, {"dibuka", "created"}, "when it was opened"},
        {"updated", Time, {"diperbarui"}, "when it last changed"},
        {"ended", Time, {"selesai"}, "when it ended"},
        {"due", Time, {"tenggat"}, "when its next clock is due"},
    };
    return scope;
}

} // namespace

const Scope& case_scope()
{
    static const Scope scope = make_case_scope();
    return scope;
}

} // namespace tanggap::query
