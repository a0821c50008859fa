// Which fields each list knows. Adding one is a row here and a row in the list's compiler.
#include "query/query.h"

#include <algorithm>

#include "base/text.h"

namespace tanggap::query {
namespace {

std::vector<Choice> outcomes()
{
    return {{"succeeded", {"berhasil", "success"}},
            {"failed", {"gagal", "failure"}},
            {"blocked", {"diblokir"}},
            {"unknown", {"tidak-diketahui"}}};
}

/// Where an alert stands (model/alert_state.h); `open` is those that wait for somebody.
std::vector<Choice> statuses()
{
    return {{"open", {"terbuka"}},        {"new", {"baru"}},
            {"accepted", {"diterima"}},   {"escalating", {"memuncak"}},
            {"regressed", {"kambuh"}},    {"snoozed", {"ditunda"}},
            {"in_case", {"dalam-kasus"}}, {"closed", {"ditutup", "selesai"}},
            {"archived", {"diarsipkan"}}, {"merged", {"digabung"}}};
}

std::vector<Choice> close_reasons()
{
    return {{"true_positive", {"positif-benar"}},
            {"false_positive", {"positif-palsu"}},
            {"benign", {"jinak"}},
            {"out_of_scope", {"di-luar-lingkup"}},
            {"resolved", {"teratasi"}}};
}

Scope make_alert_scope()
{
    using enum FieldType;
    Scope scope{.name = "alerts",
                .is_terms = {{"open", {"terbuka"}},
                             {"new", {"baru"}},
                             {"ongoing", {"berlanjut", "accepted", "diterima"}},
                             {"escalating", {"memuncak"}},
                             {"regressed", {"kambuh"}},
                             {"snoozed", {"ditunda"}},
                             {"archived", {"diarsipkan"}},
                             {"closed", {"ditutup", "selesai"}},
                             {"merged", {"digabung", "duplikat", "duplicate"}},
                             {"mine", {"milik-saya"}},
                             {"unassigned", {"tanpa-pj", "belum-ditugaskan"}},
                             {"recurring", {"berulang"}},
                             {"overdue", {"lewat-tenggat", "terlambat"}}},
                .number_field = "number",
                .age_field = "first_seen"};
    scope.fields = {
        {"number", Integer, {"alert", "nomor"}, "ALR-81234 or 81234"},
        {"id", Keyword, {}, "UUID of the alert"},
        {"severity", Level, {"level", "keparahan", "tingkat"}, "highest level of its rules"},
        {"priority", Integer, {"prioritas"}, "0 to 100"},
        {"status", Keyword, {}, "where it stands: new, accepted, closed …", statuses()},
        {"reason", Keyword, {"alasan", "close_reason"}, "why it was closed", close_reasons()},
        {"assignee", Keyword, {"pj", "owner", "penanggung-jawab"}, "name of an account, or @me"},
        {"label", Keyword, {"labels", "tag"}, "a label people gave it"},
        {"case", Keyword, {"kasus", "case_id"}, "number or id of the case it is in"},
        {"into", Integer, {"merged_into", "duplikat_dari"}, "number of the alert it duplicates"},
        {"rule", Text, {"aturan", "rule.id", "rule.name"}, "id of a rule, or words of its title"},
        {"title", Text, {"judul"}, "words of the title"},
        {"technique", Keyword, {"teknik"}, "T1110, or the rule id where it names none"},
        {"source",
         Address,
         {"source.ip", "src.ip", "src_ip", "source_ip", "sumber"},
         "address or network, user@host, or host",
         {},
         true},
        {"source_country",
         Keyword,
         {"country", "negara", "source.geo.country_iso_code"},
         "ISO code of where the packets came from"},
        {"target", Keyword, {"sasaran"}, "asset id, site, host or address"},
        {"asset", Keyword, {"aset", "asset_name"}, "name of the asset"},
        {"organisation", Keyword, {"organization", "organisasi", "opd"}, "owner of the asset"},
        {"outcome", Keyword, {"hasil"}, "succeeded, unknown, failed or blocked", outcomes()},
        {"sensor", Keyword, {}, "sender of the first event"},
        {"first_seen", Time, {"pertama", "created"}, "time of the first event"},
        {"last_seen", Time, {"terakhir", "updated"}, "time of the last event"},
        {"events", Integer, {"peristiwa"}, "distinct detected events"},
        {"detections", Integer, {"deteksi"}, "matches of rules"},
        {"recurs", Integer, {"recurs_of", "ulangan"}, "number of the alert it repeats"},
    };
    return scope;
}

std::vector<FieldInfo> network_fields()
{
    using enum FieldType;
    return {
        {"source.ip", Address, {"src.ip", "src_ip", "source_ip", "sumber"}, "where it came from"},
        {"source.port", Integer, {"src.port", "src_port"}, ""},
        {"source.address", Keyword, {"src.address"}, "name or address as logged"},
        {"source.geo.country_iso_code",
         Keyword,
         {"source_country", "source.country", "country", "negara"},
         "ISO code of where the packets came from"},
        {"destination.ip", Address, {"dst.ip", "dst_ip", "dest_ip", "destination_ip"}, ""},
        {"destination.port", Integer, {"dst.port", "dst_port", "dest_port"}, ""},
        {"network.transport", Keyword, {"proto", "protocol"}, "tcp, udp, icmp"},
        {"http.request.method", Keyword, {"method", "http.method"}, "GET, POST"},
        {"http.response.status_code", Integer, {"http.status", "status_code", "status"}, ""},
        {"http.response.body.bytes", Integer, {"bytes", "http.bytes"}, ""},
        {"http.request.referrer", Keyword, {"referrer", "referer"}, ""},
        {"url.original", Keyword, {"url", "uri"}, ""},
        {"url.path", Keyword, {"path"}, ""},
        {"url.query", Keyword, {}, ""},
        {"url.domain", Keyword, {"domain", "site"}, ""},
        {"user_agent.original", Keyword, {"user_agent", "agent"}, ""},
    };
}

Scope make_event_scope()
{
    using enum FieldType;
    Scope scope{.name = "events",
                .open = true,
                .is_terms = {{"detected", {"terdeteksi"}}},
                .has_terms = {{"detection", {"deteksi"}}, {"alert", {"peringatan"}}},
                .regex = true,
                .number_field = "alert",
                .age_field = "@timestamp"};
    scope.fields = {
        {"@timestamp", Time, {"time", "timestamp", "waktu"}, "what the log says"},
        {"event.ingested", Time, {"ingested", "received"}, "when it was received"},
        {"event.id", Keyword, {}, "UUID of the event"},
        {"event.dataset", Keyword, {"dataset", "source"}, "apache.access, sshd"},
        {"event.action", Keyword, {"action"}, ""},
        {"event.outcome", Keyword, {"outcome", "hasil"}, "success, failure, unknown"},
        {"event.code", Keyword, {"event_id", "eventid"}, "4625"},
        {"event.original", Text, {"original", "raw"}, "the record as received"},
        {"sensor", Keyword, {"tanggap.sensor"}, "configured sender"},
        {"level", Level, {"severity", "keparahan", "tingkat"}, "highest level of its detections"},
        {"rule", Keyword, {"rule.id", "aturan"}, "id of a rule that matched"},
        {"alert", Integer, {"alert.number", "peringatan"}, "ALR-12: events of that alert"},
        {"message", Text, {"msg", "pesan"}, ""},
        {"user.name", Keyword, {"user", "username", "pengguna"}, ""},
        {"host.name", Keyword, {"host", "hostname"}, ""},
        {"process.name", Keyword, {"process", "program"}, ""},
        {"process.pid", Integer, {"pid"}, ""},
        {"tanggap.asset.id", Keyword, {"asset", "aset", "asset_id"}, ""},
        {"organization.name", Keyword, {"organisation", "organization", "organisasi", "opd"}, ""},
        {"winlog.channel", Keyword, {"channel"}, ""},
    };
    std::ranges::move(network_fields(), std::back_inserter(scope.fields));
    return scope;
}

} // namespace

const FieldInfo* Scope::find(std::string_view wanted) const
{
    const auto is_wanted = [&](const std::string& known) {
        return base::equals_ignore_case_ascii(known, wanted);
    };
    const auto canonical = std::ranges::find_if(fields, is_wanted, &FieldInfo::canonical);
    if (canonical != fields.end()) {
        return &*canonical;
    }
    const auto aliased = std::ranges::find_if(fields, [&](const FieldInfo& field) {
        return std::ranges::any_of(field.aliases, is_wanted);
    });
    return aliased != fields.end() ? &*aliased : nullptr;
}

const Scope& alert_scope()
{
    static const Scope scope = make_alert_scope();
    return scope;
}

const Scope& triage_scope()
{
    static const Scope scope = [] {
        Scope all = make_alert_scope();
        all.name = "triage";
        all.fields.push_back({"kind",
                              FieldType::Keyword,
                              {"jenis"},
                              "alert or report",
                              {{"alert", {"peringatan"}}, {"report", {"laporan"}}}});
        return all;
    }();
    return scope;
}

void put_account(Node& node, std::string_view account)
{
    const bool person = node.field == "assignee" || node.field == "owner";
    const bool me = node.op == Operator::Equals && person && node.value == "@me";
    if (me || (node.op == Operator::Is && node.value == "mine")) {
        node.field = me ? node.field : "assignee";
        node.op = Operator::Equals;
        node.type = FieldType::Keyword;
        node.value = account.empty() ? "@nobody" : account;
        node.wildcard = false;
    }
    for (Node& child : node.children) {
        put_account(child, account);
    }
}

const Scope& event_scope()
{
    static const Scope scope = make_event_scope();
    return scope;
}

} // namespace tanggap::query
