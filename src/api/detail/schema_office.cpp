// Schemas of what an office keeps about itself: organisations, assets, days off, playbooks, clocks.
#include "api/detail/schema_parts.h"

namespace tanggap::api {
namespace {

Json contact()
{
    return object({{"name", text()}, {"role", text()}, {"phone", text()}, {"email", text()}});
}

Json wished_contact()
{
    return object({{"name", text()}, {"role?", text()}, {"phone?", text()}, {"email?", text()}});
}

void add_assets(Json& all)
{
    const Fields row{{"network", text()},
                     {"name", text()},
                     {"organisation", text()},
                     {"contact", text()},
                     {"value", count()}};
    all["Asset"] = object(row);
    all["AssetWish"] = object({{"network", text()},
                               {"name", text()},
                               {"organisation?", text()},
                               {"contact?", text()},
                               {"value?", count()}});
    all["AssetPage"] = page_of("Asset");
    all["AssetImport"] = object({{"assets", count()},
                                 {"added", count()},
                                 {"changed", count()},
                                 {"removed", count()},
                                 {"dry_run", truth()}});
}

void add_organisations(Json& all)
{
    all["Organisation"] = object({{"id", or_null(text())},
                                  {"name", text()},
                                  {"note", text()},
                                  {"contacts", list_of(contact())},
                                  {"assets", count()},
                                  {"version", count()}});
    all["OrganisationPage"] = page_of("Organisation");
    const Fields texts{{"note?", text()}, {"contacts?", list_of(wished_contact())}};
    all["OrganisationTexts"] = object(texts);
    all["OrganisationWish"] = object(Fields{{"name", text()}} + texts);
    all["OrganisationImport"] = object({{"organisations", count()},
                                        {"added", count()},
                                        {"changed", count()},
                                        {"dry_run", truth()}});
}

Json both_or_null()
{
    return {{"anyOf", Json::array({both(), {{"type", "null"}}})}};
}

Json switched_off()
{
    return or_null(object({{"reason", text()}, {"by", text()}, {"at", moment()}}));
}

void add_holidays(Json& all)
{
    all["Holidays"] = object({{"calendar", or_null(text())},
                              {"title", both()},
                              {"source", text()},
                              {"zone", or_null(text())},
                              {"covers_until", or_null(count())},
                              {"hours", list_of(text())},
                              {"items", list_of(object({{"date", text()},
                                                        {"name", both()},
                                                        {"joint_leave", truth()},
                                                        {"own", truth()},
                                                        {"by", text()}}))}});
    all["HolidayWish"] = object({{"name", text()}});
}

void add_content(Json& all)
{
    const Json task = object({{"id", text()},
                              {"title", both()},
                              {"why", both()},
                              {"stage", text()},
                              {"role", text()},
                              {"due_seconds", count()},
                              {"due_working_days", count()},
                              {"mandatory", truth()},
                              {"steps", list_of(both())}});
    all["Playbook"] = object({{"id", text()},
                              {"version", count()},
                              {"title", both()},
                              {"when", both()},
                              {"classes", list_of(text())},
                              {"techniques", list_of(text())},
                              {"overriding", truth()},
                              {"off", switched_off()},
                              {"tasks", list_of(task)}});
    all["Playbooks"] = object({{"items", list_of(ref("Playbook"))}});
    const Json limit =
        or_null(object({{"working", truth()}, {"seconds", count()}, {"working_days", count()}}));
    all["ClockRule"] =
        object({{"id", text()},
                {"kind", words({"service", "statutory"})},
                {"title", both()},
                {"starts", both()},
                {"met_by", both_or_null()},
                {"concerns", words({"every", "vital_system", "personal_data", "high_risk"})},
                {"limits", object({{"P1", limit}, {"P2", limit}, {"P3", limit}, {"P4", limit}})},
                {"addressee", both()},
                {"content", list_of(both())},
                {"instrument", text()},
                {"article", text()},
                {"checked", truth()},
                {"overriding", truth()},
                {"off", switched_off()}});
    all["ClockRules"] = object({{"items", list_of(ref("ClockRule"))}});
    all["SwitchWish"] = object({{"enabled", truth()}, {"reason?", text()}});
}

} // namespace

void add_office(Json& all)
{
    add_assets(all);
    add_organisations(all);
    add_holidays(all);
    add_content(all);
}

} // namespace tanggap::api
