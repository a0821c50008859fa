#include "api/detail/schema_parts.h"
#include "model/report.h"

namespace tanggap::api {
namespace {

template <class Enum, std::size_t N>
Json words_of(const std::array<std::pair<Enum, std::string_view>, N>& words_of_enum)
{
    std::vector<std::string> allowed;
    for (const auto& [value, word] : words_of_enum) {
        allowed.emplace_back(word);
    }
    return words(allowed);
}

Fields report_row_fields()
{
    return {{"id", text()},
            {"number", text()},
            {"title", text()},
            {"kind", text()},
            {"kind_title", both()},
            {"status", words_of(model::kReportStatuses)},
            {"channel", words_of(model::kReportChannels)},
            {"identity", words_of(model::kIdentities)},
            {"language", words({"id", "en"})},
            {"organisation", text()},
            {"assignee", or_null(text())},
            {"case", or_null(text())},
            {"received_at", moment()},
            {"acknowledged_at", or_null(moment())},
            {"updated_at", moment()},
            {"waiting", truth()},
            {"helped", words_of(model::kHelped)}};
}

} // namespace

void add_reports(Json& all)
{
    const Json message = object({{"id", text()},
                                 {"from", words({"reporter", "team"})},
                                 {"text", text()},
                                 {"at", moment()},
                                 {"by", text()}});
    const Json note = object({{"id", text()}, {"text", text()}, {"at", moment()}, {"by", text()}});
    const Json file = object({{"id", text()},
                              {"name", text()},
                              {"sha256", text()},
                              {"bytes", count()},
                              {"added_at", moment()}});
    all["ReportRow"] = object(report_row_fields());
    all["ReportPage"] = page_of("ReportRow");
    all["ReportSimilar"] =
        object(report_row_fields() +
               Fields{{"shared", list_of(object({{"kind", text()}, {"value", text()}}))}});
    all["ReportSimilarList"] = object({{"items", list_of(ref("ReportSimilar"))}});
    all["ReportTexts"] = object({{"text", text()}, {"except?", text()}});
    all["Report"] = object(
        report_row_fields() +
        Fields{{"tlp", text()},
               {"incident_class", text()},
               {"answers",
                list_of(object({{"question", text()}, {"label", both()}, {"text", text()}}))},
               {"messages", list_of(message)},
               {"notes", list_of(note)},
               {"files", list_of(file)},
               {"similar", list_of(ref("ReportSimilar"))},
               {"acknowledgement", text()}});
    all["ReportEdit"] = object({{"title?", text()},
                                {"status?", words_of(model::kReportStatuses)},
                                {"organisation?", text()},
                                {"assignee?", or_null(text())}});
    all["ReportEntered"] = object({{"channel", words({"phone", "whatsapp", "counter", "email"})},
                                   {"language?", words({"id", "en"})},
                                   {"told_at?", moment()},
                                   {"answers", map_of(text())}});
    all["ReportNumber"] = object({{"number", text()}, {"code", text()}});
    all["ReportAcknowledge"] = object({{"text?", text()}});
    all["ReportAnswer"] = object({{"text", text()}, {"status?", words_of(model::kReportStatuses)}});
    all["ReportNoteText"] = object({{"text", text()}});
    all["ReportFileReason"] = object({{"reason", text()}});
    all["ReportMove"] = object({{"reports", list_of(text())}, {"case", or_null(text())}});
    all["ReportMoved"] = object({{"reports", list_of(ref("ReportRow"))}});
    const Fields advisory{{"level", words({"info", "low", "medium", "high", "critical"})},
                          {"title", both()},
                          {"summary", both()},
                          {"affected", list_of(both())},
                          {"actions", list_of(both())},
                          {"sources", list_of(text())}};
    all["AdvisoryTexts"] = object(advisory);
    all["Advisory"] =
        object(advisory + Fields{{"id", text()},
                                 {"date", text()},
                                 {"state", words({"draft", "published", "withdrawn"})},
                                 {"updated_at", moment()},
                                 {"version", count()}});
    all["Advisories"] = object({{"items", list_of(ref("Advisory"))}});
    all["AdvisoryMove"] = object({{"reason?", text()}});
    all["ReportNews"] =
        object({{"case", text()}, {"text", both()}, {"status?", words_of(model::kReportStatuses)}});
    all["ReportInformed"] = object({{"reporters", count()}});
    const Json option = object({{"value", text()},
                                {"label", both()},
                                {"incident_class", text()},
                                {"first_steps", list_of(both())}});
    const Json question =
        object({{"name", text()},
                {"kind", words({"choice", "line", "area", "email", "phone"})},
                {"label", both()},
                {"hint", both()},
                {"required", truth()},
                {"characters_max", count()},
                {"when", list_of(object({{"question", text()}, {"values", list_of(text())}}))},
                {"options", list_of(option)}});
    all["ReportForm"] = object({{"questions", list_of(question)}});
}

void add_profile(Json& all)
{
    // service/profile.h reads it member by member and says what is wrong.
    all["Profile"] = {{"type", "object"},
                      {"description", "the organisation's profile, its members as in RFC 2350"},
                      {"additionalProperties", true}};
    all["ProfileKept"] = object(
        {{"profile", ref("Profile")}, {"version", count()}, {"updated_at", or_null(moment())}});
}

} // namespace tanggap::api
