// Cases and what lies in them as JSON. One function a type tells the fields, for both directions.
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "casework/case.h"

namespace tanggap::casework {
namespace {

using Json = nlohmann::json;

/// What goes wrong while reading; nlohmann's own exceptions are caught beside it.
struct Broken {
    std::string what;
};

template <class Value>
Value take(base::Result<Value> value)
{
    if (!value) {
        throw Broken{value.error().message};
    }
    return std::move(*value);
}

Json json_of(base::Time value)
{
    return base::format_rfc3339(value);
}
void from(const Json& json, base::Time& value)
{
    value = take(base::parse_rfc3339(json.get<std::string>()));
}
Json json_of(const std::string& value)
{
    return value;
}
Json json_of(bool value)
{
    return value;
}
Json json_of(int value)
{
    return value;
}
void from(const Json& json, std::string& value)
{
    value = json.get<std::string>();
}
void from(const Json& json, bool& value)
{
    value = json.get<bool>();
}
void from(const Json& json, int& value)
{
    value = json.get<int>();
}
Json json_of(Stage value)
{
    return name_of(value);
}
void from(const Json& json, Stage& value)
{
    value = take(parse_stage(json.get<std::string>()));
}
Json json_of(Priority value)
{
    return name_of(value);
}
void from(const Json& json, Priority& value)
{
    value = take(parse_priority(json.get<std::string>()));
}
Json json_of(Tlp value)
{
    return name_of(value);
}
void from(const Json& json, Tlp& value)
{
    value = take(parse_tlp(json.get<std::string>()));
}
Json json_of(Resolution value)
{
    return name_of(value);
}
void from(const Json& json, Resolution& value)
{
    value = take(parse_resolution(json.get<std::string>()));
}
Json json_of(TaskState value)
{
    return name_of(value);
}
void from(const Json& json, TaskState& value)
{
    value = take(parse_task_state(json.get<std::string>()));
}
Json json_of(EntryKind value)
{
    return name_of(value);
}
void from(const Json& json, EntryKind& value)
{
    value = take(parse_entry_kind(json.get<std::string>()));
}
Json json_of(TeamRole value)
{
    return name_of(value);
}
void from(const Json& json, TeamRole& value)
{
    value = take(parse_team_role(json.get<std::string>()));
}
Json json_of(const Text& value)
{
    return {{"id", value.id}, {"en", value.en}};
}
void from(const Json& json, Text& value)
{
    value = {json.at("id").get<std::string>(), json.at("en").get<std::string>()};
}
Json json_of(const std::vector<bool>& value)
{
    return value;
}
void from(const Json& json, std::vector<bool>& value)
{
    value = json.get<std::vector<bool>>();
}

template <class Value>
Json json_of(const std::optional<Value>& value)
{
    return value ? json_of(*value) : Json();
}
template <class Value>
void from(const Json& json, std::optional<Value>& value)
{
    value.reset();
    if (!json.is_null()) {
        from(json, value.emplace());
    }
}
template <class Value>
Json json_of(const std::vector<Value>& value);
template <class Value>
void from(const Json& json, std::vector<Value>& value);

/// The fields of one type, told to whoever visits: a writer or a reader.
template <class Visitor>
void fields(Visitor& visit, Assessment& value)
{
    visit("impact", value.impact);
    visit("urgency", value.urgency);
    visit("vital_system", value.vital_system);
    visit("personal_data", value.personal_data);
    visit("public_service_down", value.public_service_down);
    visit("attacker_inside", value.attacker_inside);
}
template <class Visitor>
void fields(Visitor& visit, Interval& value)
{
    visit("from", value.from);
    visit("to", value.to);
}
template <class Visitor>
void fields(Visitor& visit, DutyDone& value)
{
    visit("at", value.done.at);
    visit("waived", value.done.waived);
    visit("proof", value.proof);
    visit("by", value.by);
}
template <class Visitor>
void fields(Visitor& visit, Case& value)
{
    visit("id", value.id);
    visit("year", value.number.year);
    visit("ordinal", value.number.ordinal);
    visit("incident", value.incident);
    visit("title", value.title);
    visit("stage", value.place.stage);
    visit("resume", value.place.resume);
    visit("assessment", value.assessment);
    visit("priority_set", value.priority_set);
    visit("priority_reason", value.priority_reason);
    visit("owner", value.owner);
    visit("team", value.team);
    visit("organisation", value.organisation);
    visit("contact", value.contact);
    visit("tlp", value.tlp);
    visit("classes", value.classes);
    visit("labels", value.labels);
    visit("members", value.members);
    visit("summary", value.summary);
    visit("cause", value.cause);
    visit("impact", value.impact);
    visit("measures", value.measures);
    visit("lessons", value.lessons);
    visit("resolution", value.resolution);
    visit("stage_reason", value.stage_reason);
    visit("waiting_for", value.waiting_for);
    visit("transferred_to", value.transferred_to);
    visit("duplicate_of", value.duplicate_of);
    visit("opened_at", value.opened_at);
    visit("milestones", value.milestones);
    visit("waiting", value.waiting);
    visit("ended_at", value.ended_at);
    visit("reopened_at", value.reopened_at);
    visit("news_at", value.news_at);
    visit("duties", value.duties);
}
template <class Visitor>
void fields(Visitor& visit, Task& value)
{
    visit("id", value.id);
    visit("case_id", value.case_id);
    visit("title", value.title);
    visit("title_en", value.title_en);
    visit("why", value.why);
    visit("why_en", value.why_en);
    visit("stage", value.stage);
    visit("role", value.role);
    visit("owner", value.owner);
    visit("state", value.state);
    visit("mandatory", value.mandatory);
    visit("due", value.due);
    visit("steps", value.steps);
    visit("ticked", value.ticked);
    visit("playbook", value.playbook);
    visit("outcome", value.outcome);
    visit("created_at", value.created_at);
    visit("done_at", value.done_at);
    visit("done_by", value.done_by);
}
template <class Visitor>
void fields(Visitor& visit, Entry& value)
{
    visit("id", value.id);
    visit("case_id", value.case_id);
    visit("kind", value.kind);
    visit("text", value.text);
    visit("at", value.at);
    visit("starred", value.starred);
    visit("removed", value.removed);
    visit("by", value.by);
    visit("created_at", value.created_at);
}
template <class Visitor>
void fields(Visitor& visit, Note& value)
{
    visit("id", value.id);
    visit("case_id", value.case_id);
    visit("title", value.title);
    visit("text", value.text);
    visit("removed", value.removed);
    visit("by", value.by);
    visit("created_at", value.created_at);
    visit("updated_at", value.updated_at);
}
template <class Visitor>
void fields(Visitor& visit, CaseObservable& value)
{
    visit("id", value.id);
    visit("case_id", value.case_id);
    visit("type", value.type);
    visit("value", value.value);
    visit("note", value.note);
    visit("indicator", value.indicator);
    visit("removed", value.removed);
    visit("by", value.by);
    visit("created_at", value.created_at);
}

template <class Visitor>
void fields(Visitor& visit, Evidence& value)
{
    visit("id", value.id);
    visit("case_id", value.case_id);
    visit("year", value.number.year);
    visit("ordinal", value.number.ordinal);
    visit("name", value.name);
    visit("kind", value.kind);
    visit("description", value.description);
    visit("source", value.source);
    visit("method", value.method);
    visit("acquired_at", value.acquired_at);
    visit("size", value.size);
    visit("sha256", value.sha256);
    visit("removed", value.removed);
    visit("by", value.by);
    visit("created_at", value.created_at);
}

Json json_of(const Milestones& value)
{
    Json out = Json::object();
    for (std::size_t i = 0; i < kMilestones; ++i) {
        const auto milestone = static_cast<Milestone>(i);
        if (const auto& time = value.find(milestone)) {
            out[std::string(name_of(milestone))] = {{"at", json_of(time->at)},
                                                    {"by_person", time->set_by == SetBy::Person},
                                                    {"not_applicable", time->not_applicable},
                                                    {"note", time->note}};
        }
    }
    return out;
}
void from(const Json& json, Milestones& value)
{
    value = {};
    for (const auto& [name, time] : json.items()) {
        const Milestone milestone = take(parse_milestone(name));
        MilestoneTime read{.at = {},
                           .set_by = SetBy::Program,
                           .not_applicable = time.at("not_applicable").get<bool>(),
                           .note = time.at("note").get<std::string>()};
        from(time.at("at"), read.at);
        if (time.at("by_person").get<bool>()) {
            value.set(milestone, std::move(read));
        } else {
            value.reach(milestone, read.at);
        }
    }
}

Json json_of(std::uint64_t value)
{
    return value;
}
void from(const Json& json, std::uint64_t& value)
{
    value = json.get<std::uint64_t>();
}

struct Writer {
    Json json = Json::object();

    template <class Value>
    void operator()(const char* name, Value& value);
};
struct Reader {
    const Json& json;

    /// A field that is not there keeps what it was made with: older rows read as newer ones.
    template <class Value>
    void operator()(const char* name, Value& value);
};

template <class Value>
concept HasFields = requires(Writer& writer, Value& value) { fields(writer, value); };

template <HasFields Value>
Json json_of(const Value& value)
{
    Writer writer;
    Value copy = value; // the list of fields is one for both directions
    fields(writer, copy);
    return std::move(writer.json);
}
template <HasFields Value>
void from(const Json& json, Value& value)
{
    Reader reader{json};
    fields(reader, value);
}

Json json_of(const std::map<std::string, DutyDone, std::less<>>& value)
{
    Json out = Json::object();
    for (const auto& [rule, duty] : value) {
        out[rule] = json_of(duty);
    }
    return out;
}
void from(const Json& json, std::map<std::string, DutyDone, std::less<>>& value)
{
    value.clear();
    for (const auto& [rule, duty] : json.items()) {
        from(duty, value[rule]);
    }
}

template <class Value>
Json json_of(const std::vector<Value>& value)
{
    Json out = Json::array();
    for (const Value& each : value) {
        out.push_back(json_of(each));
    }
    return out;
}
template <class Value>
void from(const Json& json, std::vector<Value>& value)
{
    value.clear();
    for (const Json& each : json) {
        from(each, value.emplace_back());
    }
}

template <class Value>
void Writer::operator()(const char* name, Value& value)
{
    json[name] = json_of(value);
}
template <class Value>
void Reader::operator()(const char* name, Value& value)
{
    if (const auto found = json.find(name); found != json.end()) {
        from(*found, value);
    }
}

std::string text_of(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <class Value>
base::Result<Value> read(std::string_view text, std::string_view what)
{
    try {
        Value value;
        from(Json::parse(text), value);
        return value;
    } catch (const Json::exception& broken) {
        return base::corrupt("a stored " + std::string(what) + ": " + broken.what());
    } catch (const Broken& broken) {
        return base::corrupt("a stored " + std::string(what) + ": " + broken.what);
    }
}

} // namespace

std::string write_json(const Case& value)
{
    return text_of(json_of(value));
}
std::string write_json(const Task& value)
{
    return text_of(json_of(value));
}
std::string write_json(const Entry& value)
{
    return text_of(json_of(value));
}
std::string write_json(const Note& value)
{
    return text_of(json_of(value));
}
std::string write_json(const CaseObservable& value)
{
    return text_of(json_of(value));
}
std::string write_json(const Evidence& value)
{
    return text_of(json_of(value));
}

base::Result<Case> read_case(std::string_view json)
{
    return read<Case>(json, "case");
}
base::Result<Task> read_task(std::string_view json)
{
    return read<Task>(json, "task");
}
base::Result<Entry> read_entry(std::string_view json)
{
    return read<Entry>(json, "entry");
}
base::Result<Note> read_note(std::string_view json)
{
    return read<Note>(json, "note");
}
base::Result<CaseObservable> read_observable(std::string_view json)
{
    return read<CaseObservable>(json, "observable");
}
base::Result<Evidence> read_evidence(std::string_view json)
{
    return read<Evidence>(json, "piece of evidence");
}

Difference difference_of(std::string_view before_json, std::string_view after_json)
{
    const Json before = Json::parse(before_json, nullptr, false);
    const Json after = Json::parse(after_json, nullptr, false);
    Json old_fields = Json::object();
    Json new_fields = Json::object();
    for (const auto& [name, value] : after.items()) {
        const auto was = before.find(name);
        if (was == before.end() || *was != value) {
            old_fields[name] = was == before.end() ? Json() : *was;
            new_fields[name] = value;
        }
    }
    for (const auto& [name, value] : before.items()) {
        if (!after.contains(name)) {
            old_fields[name] = value;
            new_fields[name] = nullptr;
        }
    }
    return {
        .before = text_of(old_fields), .after = text_of(new_fields), .empty = new_fields.empty()};
}

base::Result<std::string> with_fields(std::string_view json, std::string_view fields)
{
    Json value = Json::parse(json, nullptr, false);
    const Json patch = Json::parse(fields, nullptr, false);
    if (!value.is_object() || !patch.is_object()) {
        return base::corrupt("the fields to set back are no JSON object");
    }
    for (const auto& [name, field] : patch.items()) {
        value[name] = field;
    }
    return text_of(value);
}

} // namespace tanggap::casework
