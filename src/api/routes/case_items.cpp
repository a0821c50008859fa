// What lies in a case: tasks, timeline, observables, notes.
#include "service/case_items.h"
#include "api/detail/read_cases.h"
#include "api/detail/render_cases.h"
#include "api/detail/route.h"
#include "casework/observable.h"

namespace tanggap::api {
namespace {

using service::Scope;

service::ItemWish wish_of(const Call& call)
{
    const auto item = call.path.find("item");
    return {.principal = call.principal,
            .command = call.command(),
            .case_id = call.path.at("id"),
            .id = item == call.path.end() ? "" : item->second,
            .expected_version = call.expected_version};
}

/// Reads from the case of the path, seen by who may.
template <class Body>
base::Status in_case(Call& call, Body body)
{
    return call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto subject,
            store::find_case(snapshot, call.path.at("id"), service::viewer_of(call.principal)));
        return body(snapshot, subject);
    });
}

base::Result<std::uint64_t> version_in(Call& call, std::string_view kind, const std::string& id)
{
    std::uint64_t version = 0;
    TRY_STATUS(in_case(call, [&](store::Snapshot& snapshot, const casework::Case&) -> base::Status {
        TRY(const auto now, store::version_of(snapshot, {.kind = std::string(kind), .id = id}));
        version = now.version;
        return {};
    }));
    return version;
}

Answer with_version(Json body, std::uint64_t version, int status = 200)
{
    Reply reply = reply_json(body, status);
    reply.version = version;
    return reply;
}

Answer reply_task(Call& call, const casework::Task& task, int status = 200)
{
    TRY(const std::uint64_t version, version_in(call, "task", task.id));
    Names names(call.world());
    return with_version(task_json(names, task, version), version, status);
}

Answer reply_entry(Call& call, const casework::Entry& entry, int status = 200)
{
    TRY(const std::uint64_t version, version_in(call, "entry", entry.id));
    return with_version(entry_json(entry, version), version, status);
}

/// What the list tells of it, but for the cases of others.
Answer reply_observable(Call& call, const casework::CaseObservable& each, int status = 200)
{
    TRY(const std::uint64_t version, version_in(call, "observable", each.id));
    return with_version({{"id", each.id},
                         {"type", each.type},
                         {"value", each.value},
                         {"note", each.note},
                         {"indicator", each.indicator},
                         {"by", each.by},
                         {"created_at", base::format_rfc3339(each.created_at)},
                         {"version", version}},
                        version, status);
}

Answer reply_note(Call& call, const casework::Note& note, int status = 200)
{
    TRY(const std::uint64_t version, version_in(call, "note", note.id));
    return with_version(note_json(note, version), version, status);
}

/// The thing of the path as it is now, for a 412.
template <class Find, class Show>
Answer current_item(Call& call, Find find, Show show)
{
    std::optional<Answer> answer;
    TRY_STATUS(in_case(
        call, [&](store::Snapshot& snapshot, const casework::Case& subject) -> base::Status {
            TRY(const auto item, find(snapshot, call.path.at("item")));
            if (item.case_id != subject.id) {
                return base::not_found("there is no such thing in this case");
            }
            answer = show(call, item, 200);
            return {};
        }));
    return std::move(*answer);
}

Answer current_task(Call& call)
{
    return current_item(call, store::find_task, reply_task);
}
Answer current_entry(Call& call)
{
    return current_item(call, store::find_entry, reply_entry);
}
Answer current_note(Call& call)
{
    return current_item(call, store::find_note, reply_note);
}
Answer current_observable(Call& call)
{
    return current_item(call, store::find_observable, reply_observable);
}

Answer get_tasks(Call& call)
{
    Json items = Json::array();
    Names names(call.world());
    TRY_STATUS(in_case(
        call, [&](store::Snapshot& snapshot, const casework::Case& subject) -> base::Status {
            TRY(const auto tasks, store::list_tasks(snapshot, subject.id));
            for (const casework::Task& task : tasks) {
                TRY(const auto version,
                    store::version_of(snapshot, {.kind = "task", .id = task.id}));
                items.push_back(task_json(names, task, version.version));
            }
            return {};
        }));
    return reply_json({{"items", std::move(items)}});
}

Answer post_task(Call& call)
{
    TRY(const auto edit, read_task_edit(call.body));
    TRY(const auto task, service::add_task(call.world(), wish_of(call), edit));
    return reply_task(call, task, 201);
}

Answer patch_task(Call& call)
{
    TRY(const auto edit, read_task_edit(call.body));
    TRY(const auto task, service::edit_task(call.world(), wish_of(call), edit));
    return reply_task(call, task);
}

Answer post_playbook(Call& call)
{
    const service::CaseWish wish{
        .principal = call.principal, .command = call.command(), .id = call.path.at("id")};
    TRY_STATUS(service::apply_playbook(call.world(), wish, text_of(call.body, "playbook")));
    return get_tasks(call);
}

Answer get_timeline(Call& call)
{
    TRY(const auto after, call.cursor());
    TRY(const auto page, service::list_timeline(call.world(), call.principal, call.path.at("id"),
                                                call.limit(), after));
    std::vector<std::string> items;
    for (const service::TimelineLine& line : page.lines) {
        items.push_back(
            json_text({{"at", base::format_rfc3339(line.at)},
                       {"entry", line.entry ? entry_json(*line.entry, line.entry_version) : Json()},
                       {"activity", line.activity ? case_activity_json(*line.activity) : Json()}}));
    }
    return reply_list(call, items, page.next, items.size(), !page.next.empty() || !after.empty());
}

Answer post_entry(Call& call)
{
    TRY(const auto edit, read_entry_edit(call.body));
    TRY(const auto entry, service::add_entry(call.world(), wish_of(call), edit));
    return reply_entry(call, entry, 201);
}

Answer patch_entry(Call& call)
{
    TRY(const auto edit, read_entry_edit(call.body));
    TRY(const auto entry, service::edit_entry(call.world(), wish_of(call), edit));
    return reply_entry(call, entry);
}

std::string shown(const std::string& type, const std::string& value)
{
    const auto known = casework::parse_observable_type(type);
    return known ? casework::defang(*known, value) : value;
}

Answer get_observables(Call& call)
{
    constexpr std::size_t kShown = 2000;
    Json items = Json::array();
    TRY_STATUS(in_case(
        call, [&](store::Snapshot& snapshot, const casework::Case& subject) -> base::Status {
            TRY(const auto all,
                store::list_observables(snapshot, subject.id, service::viewer_of(call.principal),
                                        kShown));
            for (const store::SeenObservable& each : all) {
                TRY(const auto version,
                    store::version_of(snapshot, {.kind = "observable", .id = each.observable.id}));
                items.push_back({{"id", each.observable.id},
                                 {"type", each.observable.type},
                                 {"value", each.observable.value},
                                 {"shown", shown(each.observable.type, each.observable.value)},
                                 {"note", each.observable.note},
                                 {"indicator", each.observable.indicator},
                                 {"by", each.observable.by},
                                 {"created_at", base::format_rfc3339(each.observable.created_at)},
                                 {"other_cases", each.other_cases},
                                 {"version", version.version}});
            }
            return {};
        }));
    return reply_json({{"items", std::move(items)}});
}

Answer post_observables(Call& call)
{
    std::vector<service::ObservableInput> given;
    for (const Json& item : call.body.value("items", Json::array())) {
        given.push_back({.type = item.at("type").get<std::string>(),
                         .value = item.at("value").get<std::string>(),
                         .note = item.value("note", "")});
    }
    TRY(const std::size_t added,
        service::add_observables(call.world(), wish_of(call), text_of(call.body, "text"), given));
    return reply_json({{"added", added}}, 201);
}

Answer patch_observable(Call& call)
{
    service::ObservableEdit edit;
    if (call.body.contains("note")) {
        edit.note = text_of(call.body, "note");
    }
    if (call.body.contains("indicator")) {
        edit.indicator = call.body.at("indicator").get<bool>();
    }
    if (call.body.contains("removed")) {
        edit.removed = call.body.at("removed").get<bool>();
    }
    TRY([[maybe_unused]] const auto done,
        service::edit_observable(call.world(), wish_of(call), edit));
    return get_observables(call);
}

Answer post_extract(Call& call)
{
    Json items = Json::array();
    for (const casework::Observable& each :
         casework::extract_observables(text_of(call.body, "text"))) {
        items.push_back({{"type", name_of(each.type)},
                         {"value", each.value},
                         {"shown", casework::defang(each.type, each.value)},
                         {"times", each.times}});
    }
    return reply_json({{"items", std::move(items)}});
}

Answer get_notes(Call& call)
{
    Json items = Json::array();
    TRY_STATUS(in_case(
        call, [&](store::Snapshot& snapshot, const casework::Case& subject) -> base::Status {
            TRY(const auto notes, store::list_notes(snapshot, subject.id));
            for (const casework::Note& note : notes) {
                TRY(const auto version,
                    store::version_of(snapshot, {.kind = "note", .id = note.id}));
                items.push_back(note_json(note, version.version));
            }
            return {};
        }));
    return reply_json({{"items", std::move(items)}});
}

Answer post_note(Call& call)
{
    TRY(const auto note, service::add_note(call.world(), wish_of(call), read_note_edit(call.body)));
    return reply_note(call, note, 201);
}

Answer patch_note(Call& call)
{
    TRY(const auto note,
        service::edit_note(call.world(), wish_of(call), read_note_edit(call.body)));
    return reply_note(call, note);
}

Answer post_merge(Call& call)
{
    TRY(const auto merged,
        service::merge_note(call.world(), wish_of(call), text_of(call.body, "base"),
                            text_of(call.body, "ours")));
    Json chunks = Json::array();
    for (const casework::MergeChunk& chunk : merged.merge.chunks) {
        chunks.push_back({{"by", casework::name_of(chunk.by)},
                          {"base", chunk.base},
                          {"ours", chunk.ours},
                          {"theirs", chunk.theirs}});
    }
    return with_version({{"chunks", std::move(chunks)},
                         {"clashes", merged.merge.clashes},
                         {"merged", merged.merge.merged},
                         {"theirs", note_json(merged.theirs, merged.version)}},
                        merged.version);
}

struct Row {
    std::string_view method;
    std::string_view path;
    std::string_view id;
    std::string_view summary;
    std::string_view summary_id;
    std::string_view request;
    std::string_view response;
    Answer (*handle)(Call&);
    int status = 200;
    Answer (*current)(Call&) = nullptr;
};

Route route_of(const Row& row)
{
    const bool reads =
        row.method == "GET" || row.id == "extractObservables" || row.id == "mergeNote";
    return {.method = row.method,
            .path = row.path,
            .id = row.id,
            .summary = row.summary,
            .summary_id = row.summary_id,
            .scope = reads ? Scope::CasesRead : Scope::CasesWrite,
            .parameters = row.id == "listTimeline" ? std::vector<Parameter>{kLimit, kCursor}
                                                   : std::vector<Parameter>{},
            .request = row.request,
            .response = row.response,
            .status = row.status,
            .handle = row.handle,
            .versioned = row.current != nullptr,
            .current = row.current};
}

constexpr std::array kRows{
    Row{"GET",
        "/api/v1/cases/{id}/tasks",
        "listTasks",
        "Its tasks",
        "Tugasnya",
        {},
        "Tasks",
        get_tasks},
    Row{"POST", "/api/v1/cases/{id}/tasks", "addTask", "Add a task", "Tambah tugas", "TaskEdit",
        "Task", post_task, 201},
    Row{"PATCH", "/api/v1/cases/{id}/tasks/{item}", "editTask", "Change a task", "Ubah tugas",
        "TaskEdit", "Task", patch_task, 200, current_task},
    Row{"POST", "/api/v1/cases/{id}/playbooks", "applyPlaybook",
        "Add the tasks of a playbook that it does not have yet", "Terapkan panduan",
        "PlaybookChoice", "Tasks", post_playbook},
    Row{"GET",
        "/api/v1/cases/{id}/timeline",
        "listTimeline",
        "What happened and what was done, newest first",
        "Linimasa, terbaru dahulu",
        {},
        "TimelinePage",
        get_timeline},
    Row{"POST", "/api/v1/cases/{id}/entries", "addEntry", "Write a fact, action or decision",
        "Tulis fakta, tindakan, atau keputusan", "EntryEdit", "Entry", post_entry, 201},
    Row{"PATCH", "/api/v1/cases/{id}/entries/{item}", "editEntry", "Change an entry",
        "Ubah catatan linimasa", "EntryEdit", "Entry", patch_entry, 200, current_entry},
    Row{"GET",
        "/api/v1/cases/{id}/observables",
        "listObservables",
        "Its observables, with how many other cases have them",
        "Artefaknya",
        {},
        "SeenObservables",
        get_observables},
    Row{"POST", "/api/v1/cases/{id}/observables", "addObservables",
        "Add what is found in a text, and what is given", "Tambah artefak dari teks",
        "NewObservables", "Added", post_observables, 201},
    Row{"PATCH", "/api/v1/cases/{id}/observables/{item}", "editObservable", "Change an observable",
        "Ubah artefak", "ObservableEdit", "SeenObservables", patch_observable, 200,
        current_observable},
    Row{"POST", "/api/v1/observables/extract", "extractObservables",
        "What a text holds, without keeping it", "Baca artefak dari teks", "TextToRead",
        "FoundObservables", post_extract},
    Row{"GET",
        "/api/v1/cases/{id}/notes",
        "listNotes",
        "Its notes",
        "Catatannya",
        {},
        "Notes",
        get_notes},
    Row{"POST", "/api/v1/cases/{id}/notes", "addNote", "Begin a note", "Buat catatan", "NoteEdit",
        "Note", post_note, 201},
    Row{"PATCH", "/api/v1/cases/{id}/notes/{item}", "editNote", "Change a note", "Ubah catatan",
        "NoteEdit", "Note", patch_note, 200, current_note},
    Row{"POST", "/api/v1/cases/{id}/notes/{item}/merge", "mergeNote",
        "Your text and the one kept now, against what you began from",
        "Gabungkan tulisan Anda dengan yang tersimpan", "NoteVersions", "NoteMerge", post_merge},
};

} // namespace

std::vector<Route> case_item_routes()
{
    std::vector<Route> routes;
    for (const Row& row : kRows) {
        routes.push_back(route_of(row));
    }
    return routes;
}

} // namespace tanggap::api
