// Organisations: who owns assets, and whom to call there.
#include "service/organisations.h"
#include "api/detail/page.h"
#include "api/detail/table.h"
#include "base/office_limits.h"
#include "base/text.h"

namespace tanggap::api {
namespace {

Json contacts_json(const std::vector<casework::Contact>& contacts)
{
    Json list = Json::array();
    for (const casework::Contact& contact : contacts) {
        list.push_back({{"name", contact.name},
                        {"role", contact.role},
                        {"phone", contact.phone},
                        {"email", contact.email}});
    }
    return list;
}

Json organisation_json(const service::SeenOrganisation& seen)
{
    return {{"id", seen.id.empty() ? Json() : Json(seen.id)},
            {"name", seen.organisation.name},
            {"note", seen.organisation.note},
            {"contacts", contacts_json(seen.organisation.contacts)},
            {"assets", seen.assets},
            {"version", seen.version}};
}

/// Whether its name, note or a contact holds the text, without regard to case.
bool mentions(const casework::Organisation& organisation, std::string_view wanted)
{
    std::string all = organisation.name + '\n' + organisation.note;
    for (const casework::Contact& contact : organisation.contacts) {
        all +=
            '\n' + contact.name + '\n' + contact.role + '\n' + contact.phone + '\n' + contact.email;
    }
    return base::to_lower_ascii(all).find(wanted) != std::string::npos;
}

/// Of the name that is asked for, or all.
base::Result<std::vector<service::SeenOrganisation>> organisations_named(const Call& call)
{
    const std::string_view name = base::trim(call.parameter("name"));
    if (call.parameter("name").empty()) {
        return service::list_organisations(call.world());
    }
    TRY(auto found, service::find_organisation_named(call.world(), name));
    return found ? std::vector{*std::move(found)} : std::vector<service::SeenOrganisation>{};
}

Answer list_organisations(Call& call)
{
    TRY(auto all, organisations_named(call));
    const std::string wanted = base::to_lower_ascii(call.parameter("text"));
    std::erase_if(all, [&](const service::SeenOrganisation& one) {
        return !mentions(one.organisation, wanted);
    });
    return page_of(call, all, organisation_json);
}

Answer answer_of(Call& call, std::string_view id, int status = 200)
{
    TRY(const auto seen, service::find_organisation(call.world(), id));
    Reply reply = reply_json(organisation_json(seen), status);
    reply.version = seen.version;
    return reply;
}

Answer get_organisation(Call& call)
{
    return answer_of(call, call.path.at("id"));
}

casework::Organisation wish_of(const Json& body)
{
    casework::Organisation wish{.name = body.value("name", ""), .note = body.value("note", "")};
    for (const Json& one : body.value("contacts", Json::array())) {
        wish.contacts.push_back({.name = one.value("name", ""),
                                 .role = one.value("role", ""),
                                 .phone = one.value("phone", ""),
                                 .email = one.value("email", "")});
    }
    return wish;
}

Answer post_organisation(Call& call)
{
    TRY(const std::string id,
        service::add_organisation(call.world(), call.command(), wish_of(call.body)));
    return answer_of(call, id, 201);
}

Answer put_organisation(Call& call)
{
    TRY_STATUS(service::change_organisation(call.world(), call.command(), call.expected_version,
                                            call.path.at("id"), wish_of(call.body)));
    return get_organisation(call);
}

Answer delete_organisation(Call& call)
{
    TRY_STATUS(service::remove_organisation(call.world(), call.command(), call.expected_version,
                                            call.path.at("id")));
    Reply reply;
    reply.status = 204;
    return reply;
}

std::string_view code_of(casework::ContactProblem::Kind kind)
{
    constexpr std::array<std::string_view, 10> kCodes{"columns", "text",  "organisation", "contact",
                                                      "reach",   "phone", "email",        "long",
                                                      "twice",   "many"};
    return kCodes[static_cast<std::size_t>(kind)];
}

Answer put_organisations(Call& call)
{
    TRY(const bool dry, only_checked(call));
    using Mode = service::OrganisationImportMode;
    TRY(const auto done,
        service::import_organisations(call.world(), call.command(), call.request.body,
                                      dry ? Mode::Dry : Mode::Apply));
    if (!done.problems.empty()) {
        return refuse_rows(call, "organisation-rows", {.id = "baris", .en = "rows"}, done.problems,
                           code_of);
    }
    return reply_json({{"organisations", done.organisations},
                       {"added", done.added},
                       {"changed", done.changed},
                       {"dry_run", dry}});
}

} // namespace

std::vector<Route> organisation_routes()
{
    using policy::Scope;
    return {
        {.method = "GET",
         .path = "/api/v1/organisations",
         .id = "listOrganisations",
         .summary = "Organisations with their contacts, those that only assets name as well",
         .summary_id = "Perangkat daerah dengan narahubungnya",
         .parameters = {{"text", "only those that mention this"},
                        {"name", "only the one of this name, without regard to case"},
                        kLimit,
                        kCursor},
         .request = {},
         .response = "OrganisationPage",
         .handle = list_organisations},
        {.method = "POST",
         .path = "/api/v1/organisations",
         .id = "addOrganisation",
         .summary = "Write an organisation down",
         .summary_id = "Catat perangkat daerah",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "OrganisationWish",
         .response = "Organisation",
         .status = 201,
         .handle = post_organisation},
        {.method = "PUT",
         .path = "/api/v1/organisations",
         .id = "importOrganisations",
         .summary = "Contacts from a CSV: organisation,contact,role,phone,email, a row for each",
         .summary_id = "Narahubung dari CSV, satu baris setiap orang",
         .scope = Scope::Admin,
         .parameters = {{"dry_run", "true: only check and count"}},
         .request = {},
         .response = "OrganisationImport",
         .handle = put_organisations,
         .csv_bytes_max = base::limits::kOrganisationsCsvBytesMax},
        {.method = "GET",
         .path = "/api/v1/organisations/{id}",
         .id = "getOrganisation",
         .summary = "One organisation",
         .summary_id = "Satu perangkat daerah",
         .parameters = {},
         .request = {},
         .response = "Organisation",
         .handle = get_organisation},
        {.method = "PUT",
         .path = "/api/v1/organisations/{id}",
         .id = "changeOrganisation",
         .summary = "New note and contacts; the name stays",
         .summary_id = "Catatan dan narahubung baru; namanya tetap",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "OrganisationTexts",
         .response = "Organisation",
         .handle = put_organisation,
         .versioned = true,
         .current = get_organisation},
        {.method = "DELETE",
         .path = "/api/v1/organisations/{id}",
         .id = "removeOrganisation",
         .summary = "Take it out of the directory; its assets stay",
         .summary_id = "Hapus dari daftar; asetnya tetap",
         .scope = Scope::Admin,
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_organisation,
         .versioned = true,
         .current = get_organisation},
    };
}

} // namespace tanggap::api
