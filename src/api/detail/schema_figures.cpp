// Schemas of statistics and publications.
#include "api/detail/schema_parts.h"

namespace tanggap::api {
namespace {

Json list_name()
{
    return words({"", "alerts", "cases", "reports", "events"});
}

Fields statistics_fields()
{
    const Json figures = list_of(ref("Figure"));
    return {
        {"period", text()},
        {"zone", text()},
        {"from", moment()},
        {"to", moment()},
        {"as_of", moment()},
        {"definitions", count()},
        {"demo", truth()},
        {"ladder", figures},
        {"figures", figures},
        {"breakdowns",
         list_of(object(
             {{"id", text()},
              {"list", list_name()},
              {"values", count()},
              {"rows",
               list_of(object(
                   {{"value", text()}, {"label", both()}, {"count", count()}, {"q", text()}}))}}))},
        {"intervals", list_of(object({{"id", text()},
                                      {"list", list_name()},
                                      {"q", text()},
                                      {"n", count()},
                                      {"mean_seconds", or_null(count())},
                                      {"median_seconds", or_null(count())},
                                      {"p90_seconds", or_null(count())}}))},
        {"days", list_of(object({{"date", text()},
                                 {"attempts", count()},
                                 {"alerts", count()},
                                 {"events", count()},
                                 {"hours", count()},
                                 {"covered", count()}}))},
        {"coverage", object({{"known", truth()},
                             {"problem", text()},
                             {"hours", count()},
                             {"sensors", list_of(object({{"name", text()},
                                                         {"events", count()},
                                                         {"hours_up", count()},
                                                         {"hours_by_day", list_of(count())}}))}})},
        {"title", both()},
        {"sentence", both()},
        {"terms", map_of(object({{"title", both()}, {"definition", both()}}))}};
}

} // namespace

void add_figures(Json& all)
{
    all["Figure"] = object({{"id", text()},
                            {"rung", text()},
                            {"value", or_null(count())},
                            {"list", list_name()},
                            {"q", text()},
                            {"problem", text()}});
    all["Statistics"] = object(statistics_fields());
    const Fields publication{{"id", text()},         {"period", text()},      {"version", count()},
                             {"correction", text()}, {"frozen_at", moment()}, {"frozen_by", text()},
                             {"sha256", text()},     {"title", both()}};
    all["PublicationRow"] = object(publication);
    all["PublicationPage"] = page_of("PublicationRow");
    all["PrintedDocument"] = object({{"id", text()},
                                     {"kind", words({"publication", "case"})},
                                     {"subject", text()},
                                     {"language", words({"id", "en"})},
                                     {"data_sha256", text()},
                                     {"file_sha256", text()},
                                     {"bytes", count()},
                                     {"made_at", moment()},
                                     {"made_by", text()}});
    all["DocumentList"] = object({{"items", list_of(ref("PrintedDocument"))}});
    all["NewDocument"] = object({{"language", words({"id", "en"})}});
    all["Publication"] = object(
        publication + Fields{{"statistics", ref("Statistics")},
                             {"versions", list_of(ref("PublicationRow"))},
                             {"documents", list_of(ref("PrintedDocument"))},
                             {"differences", list_of(object({{"id", text()},
                                                             {"before", or_null(count())},
                                                             {"after", or_null(count())}}))}});
    all["NewPublication"] = object({{"period", text()}, {"correction?", text()}});
}

} // namespace tanggap::api
