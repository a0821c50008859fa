#include "casework/knowledge.h"

#include <algorithm>

namespace tanggap::casework {
namespace {

template <class Value>
const Value* find_by_id(const std::vector<Value>& values, std::string_view id)
{
    const auto found = std::ranges::find(values, id, &Value::id);
    return found == values.end() ? nullptr : &*found;
}

} // namespace

const IncidentClass* Knowledge::find_class(std::string_view id) const
{
    return find_by_id(classes, id);
}

const Playbook* Knowledge::find_playbook(std::string_view id) const
{
    return find_by_id(playbooks, id);
}

const ClockRule* Knowledge::find_clock(std::string_view id) const
{
    return find_by_id(clocks, id);
}

Knowledge with_settings(Knowledge loaded, const OwnSettings& own)
{
    for (Playbook& book : loaded.playbooks) {
        book.enabled = !own.playbooks_off.contains(book.id);
    }
    for (ClockRule& rule : loaded.clocks) {
        rule.enabled = rule.kind == ClockKind::Statutory || !own.clocks_off.contains(rule.id);
    }
    if (loaded.calendar) {
        loaded.calendar = loaded.calendar->with_own(own.days_off);
    }
    return loaded;
}

Knowledge load_knowledge(const KnowledgeFiles& files, std::string_view zone,
                         std::vector<Diagnostic>& diagnostics)
{
    Knowledge knowledge;
    knowledge.classes = load_taxonomy(files.taxonomies, diagnostics);
    std::vector<std::string> ids;
    for (const IncidentClass& each : knowledge.classes) {
        ids.push_back(each.id);
    }
    knowledge.playbooks = load_playbooks(files.playbooks, ids, diagnostics);
    knowledge.clocks = load_clocks(files.clocks, diagnostics);
    knowledge.calendar = load_calendar(files.holidays, zone, diagnostics);
    return knowledge;
}

} // namespace tanggap::casework
