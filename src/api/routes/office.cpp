// How the office works: days off, playbooks, clocks.
#include "service/office.h"
#include "api/detail/page.h"
#include "api/detail/render_cases.h"

namespace tanggap::api {
namespace {

/// Who switched it off and why; null: it is on.
Json off_json(const std::vector<store::SwitchedOff>& off, std::string_view kind,
              std::string_view id)
{
    const auto found = std::ranges::find_if(
        off, [&](const store::SwitchedOff& each) { return each.kind == kind && each.id == id; });
    return found == off.end() ? Json()
                              : Json{{"reason", found->reason},
                                     {"by", found->set_by},
                                     {"at", base::format_rfc3339(found->set_at)}};
}

Json holidays_json(const casework::WorkCalendar* calendar,
                   const std::vector<store::OwnHoliday>& own)
{
    Json items = Json::array();
    Json hours = Json::array();
    if (calendar != nullptr) {
        for (std::size_t day = 0; day < 7; ++day) {
            hours.push_back(calendar->hours_of(day));
        }
        for (const casework::Holiday& day : calendar->holidays()) {
            if (!day.own) {
                items.push_back({{"date", casework::format_date(day.date)},
                                 {"name", both_json(day.name)},
                                 {"joint_leave", day.joint_leave},
                                 {"own", false},
                                 {"by", ""}});
            }
        }
    }
    for (const store::OwnHoliday& day : own) {
        items.push_back({{"date", day.date},
                         {"name", {{"id", day.name}, {"en", day.name}}},
                         {"joint_leave", false},
                         {"own", true},
                         {"by", day.set_by}});
    }
    return {{"calendar", calendar != nullptr ? Json(calendar->id()) : Json()},
            {"title", both_json(calendar != nullptr ? calendar->title() : casework::Text{})},
            {"source", calendar != nullptr ? calendar->source() : ""},
            {"zone", calendar != nullptr ? Json(calendar->zone()) : Json()},
            {"covers_until", calendar != nullptr ? Json(calendar->covers_until()) : Json()},
            {"hours", std::move(hours)},
            {"items", std::move(items)}};
}

Answer list_holidays(Call& call)
{
    TRY(const auto own, service::list_own_holidays(call.world()));
    return reply_json(holidays_json(call.world().casework()->calendar.get(), own));
}

Answer put_holiday(Call& call)
{
    TRY_STATUS(service::put_own_holiday(call.world(), call.shared.context.administration,
                                        call.command(), call.path.at("date"),
                                        call.body.at("name").get_ref<const std::string&>()));
    return list_holidays(call);
}

Answer delete_holiday(Call& call)
{
    TRY_STATUS(service::remove_own_holiday(call.world(), call.shared.context.administration,
                                           call.command(), call.path.at("date")));
    return list_holidays(call);
}

Json task_json(const casework::TaskTemplate& task)
{
    Json steps = Json::array();
    for (const casework::Text& step : task.steps) {
        steps.push_back(both_json(step));
    }
    return {{"id", task.id},
            {"title", both_json(task.title)},
            {"why", both_json(task.why)},
            {"stage", casework::name_of(task.stage)},
            {"role", casework::name_of(task.role)},
            {"due_seconds", task.due_seconds},
            {"due_working_days", task.due_working_days},
            {"mandatory", task.mandatory},
            {"steps", std::move(steps)}};
}

Json playbook_json(const casework::Playbook& book, const std::vector<store::SwitchedOff>& off)
{
    Json tasks = Json::array();
    for (const casework::TaskTemplate& task : book.tasks) {
        tasks.push_back(task_json(task));
    }
    return {{"id", book.id},
            {"version", book.version},
            {"title", both_json(book.title)},
            {"when", both_json(book.when)},
            {"classes", book.classes},
            {"techniques", book.techniques},
            {"overriding", book.overriding},
            {"off", off_json(off, service::kSwitchedPlaybook, book.id)},
            {"tasks", std::move(tasks)}};
}

Json limit_json(const std::optional<casework::Limit>& limit)
{
    if (!limit) {
        return {};
    }
    return {{"working", limit->kind == casework::TimeKind::Working},
            {"seconds", limit->seconds},
            {"working_days", limit->working_days}};
}

Json milestone_json(const std::optional<casework::Milestone>& milestone)
{
    return milestone ? both_json(casework::title_of(*milestone)) : Json();
}

Json clock_rule_json(const casework::ClockRule& rule, const std::vector<store::SwitchedOff>& off)
{
    Json limits = Json::object();
    for (std::size_t i = 0; i < rule.limits.size(); ++i) {
        limits[casework::name_of(static_cast<casework::Priority>(i))] = limit_json(rule.limits[i]);
    }
    Json content = Json::array();
    for (const casework::Text& each : rule.content) {
        content.push_back(both_json(each));
    }
    return {{"id", rule.id},
            {"kind", casework::name_of(rule.kind)},
            {"title", both_json(rule.title)},
            {"starts", milestone_json(rule.starts)},
            {"met_by", milestone_json(rule.met_by)},
            {"concerns", casework::name_of(rule.concerns)},
            {"limits", std::move(limits)},
            {"addressee", both_json(rule.addressee)},
            {"content", std::move(content)},
            {"instrument", rule.source.instrument},
            {"article", rule.source.article},
            {"checked", rule.source.checked},
            {"overriding", rule.overriding},
            {"off", off_json(off, service::kSwitchedClock, rule.id)}};
}

Answer list_playbooks(Call& call)
{
    const auto knowledge = call.world().casework();
    TRY(const auto off, service::list_switched_off(call.world()));
    Json items = Json::array();
    for (const casework::Playbook& book : knowledge->playbooks) {
        items.push_back(playbook_json(book, off));
    }
    return reply_json({{"items", std::move(items)}});
}

Answer list_clocks(Call& call)
{
    const auto knowledge = call.world().casework();
    TRY(const auto off, service::list_switched_off(call.world()));
    Json items = Json::array();
    for (const casework::ClockRule& rule : knowledge->clocks) {
        items.push_back(clock_rule_json(rule, off));
    }
    return reply_json({{"items", std::move(items)}});
}

service::Switch switch_of(const Call& call)
{
    return call.body.at("enabled").get<bool>() ? service::Switch::On : service::Switch::Off;
}

Answer put_playbook_setting(Call& call)
{
    TRY_STATUS(service::switch_playbook(call.world(), call.shared.context.administration,
                                        call.command(call.body.value("reason", "")),
                                        call.path.at("id"), switch_of(call)));
    return list_playbooks(call);
}

Answer put_clock_setting(Call& call)
{
    TRY_STATUS(service::switch_clock(call.world(), call.shared.context.administration,
                                     call.command(call.body.value("reason", "")),
                                     call.path.at("id"), switch_of(call)));
    return list_clocks(call);
}

} // namespace

std::vector<Route> office_routes()
{
    using policy::Scope;
    return {
        {.method = "GET",
         .path = "/api/v1/holidays",
         .id = "listHolidays",
         .summary = "Working hours and days off: those of the file and our own",
         .summary_id = "Jam kerja dan hari libur, dari berkas dan milik sendiri",
         .parameters = {},
         .request = {},
         .response = "Holidays",
         .handle = list_holidays},
        {.method = "PUT",
         .path = "/api/v1/holidays/{date}",
         .id = "putHoliday",
         .summary = "An own day off, or its new name; what is due in working time moves at once",
         .summary_id = "Hari libur sendiri; tenggat jam kerja langsung bergeser",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "HolidayWish",
         .response = "Holidays",
         .handle = put_holiday},
        {.method = "DELETE",
         .path = "/api/v1/holidays/{date}",
         .id = "removeHoliday",
         .summary = "Remove an own day off",
         .summary_id = "Hapus hari libur sendiri",
         .scope = Scope::Admin,
         .parameters = {},
         .request = {},
         .response = "Holidays",
         .handle = delete_holiday},
        {.method = "GET",
         .path = "/api/v1/playbooks",
         .id = "listPlaybooks",
         .summary = "Playbooks with their tasks, those that are off as well",
         .summary_id = "Panduan dengan tugasnya, juga yang dimatikan",
         .parameters = {},
         .request = {},
         .response = "Playbooks",
         .handle = list_playbooks},
        {.method = "PUT",
         .path = "/api/v1/playbooks/{id}/setting",
         .id = "switchPlaybook",
         .summary = "Switch a playbook on, or off with a reason",
         .summary_id = "Aktifkan panduan, atau matikan dengan alasan",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "SwitchWish",
         .response = "Playbooks",
         .handle = put_playbook_setting},
        {.method = "GET",
         .path = "/api/v1/clocks",
         .id = "listClocks",
         .summary = "Clocks of cases with their limits and where duties are written",
         .summary_id = "Tenggat kasus, batasnya, dan dasar hukumnya",
         .parameters = {},
         .request = {},
         .response = "ClockRules",
         .handle = list_clocks},
        {.method = "PUT",
         .path = "/api/v1/clocks/{id}/setting",
         .id = "switchClock",
         .summary = "Switch a service clock on, or off with a reason; a duty by law is always on",
         .summary_id = "Aktifkan janji layanan, atau matikan dengan alasan",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "SwitchWish",
         .response = "ClockRules",
         .handle = put_clock_setting},
    };
}

} // namespace tanggap::api
