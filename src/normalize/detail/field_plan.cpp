#include "normalize/detail/field_plan.h"

#include <algorithm>

#include "base/text.h"

namespace tanggap::normalize::detail {
namespace {

/// Fields that only the program itself may write.
bool is_reserved(std::string_view name)
{
    constexpr std::string_view kReserved[] = {"@timestamp",    "ecs.version",    "event.id",
                                              "event.dataset", "event.original", "event.ingested",
                                              "event"};
    return name.starts_with("tanggap.") ||
           std::ranges::find(kReserved, name) != std::end(kReserved);
}

/// "#text" is how XML written as JSON calls the text of an element that has attributes.
std::string_view name_in_branch(const Branch& branch, std::string_view name)
{
    constexpr std::string_view kText = ".#text";
    name.remove_prefix(branch.from.size());
    if (const auto dot = name.find('.'); branch.skips_one && dot != std::string_view::npos) {
        name.remove_prefix(dot + 1);
    }
    if (branch.skips_one && name.ends_with(kText)) {
        name.remove_suffix(kText.size());
    }
    return name;
}

bool takes_any_text(const Target& target)
{
    return target.type == ValueType::Text && target.words.empty();
}

} // namespace

const Target* address_target(std::string_view name)
{
    static const Target kTargets[] = {
        make_target("source.address", ValueType::Address),
        make_target("destination.address", ValueType::Address),
        make_target("client.address", ValueType::Address),
        make_target("server.address", ValueType::Address),
    };
    if (!name.ends_with(".ip")) {
        return nullptr;
    }
    const auto found = std::ranges::find(kTargets, name, &Target::ip_name);
    return found == std::end(kTargets) ? nullptr : found;
}

bool name_rest(const SourceSpec& spec, std::string_view json_name, std::string_view time_field,
               std::string& name)
{
    const auto branch = std::ranges::find_if(
        spec.branches, [&](const Branch& one) { return json_name.starts_with(one.from); });
    if (branch != spec.branches.end()) {
        name.assign(branch->to).append(name_in_branch(*branch, json_name));
    } else if (!spec.rest.empty()) {
        name.assign(spec.rest).append(".").append(json_name);
    } else if (json_name == time_field) {
        return false;
    } else {
        name.assign(is_reserved(json_name) ? "json." : "").append(json_name);
    }
    return true;
}

FieldPlan::FieldPlan(const SourceSpec& spec) : spec_(spec)
{
    for (const Derivation& derivation : spec.derive) {
        BoundDerivation& bound = derivations_.emplace_back();
        for (const Condition& condition : derivation.when) {
            bound.when.push_back(add_slot(condition.field));
        }
        for (const std::string& name : derivation.from) {
            bound.from.push_back(add_slot(name));
        }
        for (const Constant& constant : derivation.constants) {
            bound.constants.push_back(add_slot(constant.name));
        }
        if (derivation.to) {
            bound.to = add_slot(derivation.to->name);
            bound.to_ip =
                derivation.to->ip_name.empty() ? kNoSlot : add_slot(derivation.to->ip_name);
        }
    }
    for (const Constant& constant : spec.constants) {
        constants_.push_back(add_slot(constant.name));
    }
}

std::uint32_t FieldPlan::add_slot(const std::string& field)
{
    const auto known = slots_.find(field);
    if (known != kNoSlot) {
        return known;
    }
    slots_.add(field, slot_count_);
    return slot_count_++;
}

Place FieldPlan::place_of(std::string_view json_name,
                          const std::function<std::string_view(std::string_view)>& keep) const
{
    Place place;
    if (const auto mapped = spec_.fields.find(json_name); mapped != spec_.fields.end()) {
        place.nowhere = mapped->second.empty();
        place.targets = &mapped->second;
        place.only_targets = !place.nowhere && !spec_.keep_whole &&
                             std::ranges::any_of(mapped->second, takes_any_text);
    }
    std::string name;
    place.left_out_as_time = !name_rest(spec_, json_name, json_name, name);
    (void)name_rest(spec_, json_name, {}, name);
    place.name = keep(name);
    place.address = address_target(place.name);
    const auto time = std::ranges::find(spec_.time_fields, json_name);
    if (time != spec_.time_fields.end()) {
        place.time_rank = static_cast<int>(time - spec_.time_fields.begin());
        place.time_utc = std::ranges::find(spec_.utc_fields, json_name) != spec_.utc_fields.end();
    }
    if (place.targets == nullptr && place.address == nullptr) {
        place.one_field = true;
        place.slot = slot_of(place.name);
    } else if (place.only_targets && place.targets->size() == 1) {
        place.one_field = true;
        place.plain = &place.targets->front();
        place.slot = slot_of(place.plain->name);
    }
    return place;
}

void FieldNotes::begin(const model::Event& event)
{
    std::ranges::fill(firsts_, 0U);
    noted_ = 0;
    note_new(event);
}

void FieldNotes::note_new(const model::Event& event)
{
    for (; noted_ < event.fields.size(); ++noted_) {
        note(plan_.slot_of(event.fields[noted_].name), noted_);
    }
}

void FieldNotes::place(const Place& place, const model::Value& value, bool gave_time,
                       EventBuilder& to)
{
    if (place.one_field) {
        if (place.plain == nullptr && gave_time && place.left_out_as_time) {
            return;
        }
        note(place.slot, noted_++);
        to.add(place.plain != nullptr ? std::string_view(place.plain->name) : place.name, value);
        return;
    }
    if (place.nowhere) {
        return;
    }
    bool placed = false;
    if (place.targets != nullptr) {
        for (const Target& target : *place.targets) {
            if (takes_any_text(target)) {
                to.add(target.name, value);
                placed = true;
            } else {
                placed = to.add(target, value.text) || placed;
            }
        }
    }
    if ((!placed || plan_.spec().keep_whole) && !(gave_time && place.left_out_as_time)) {
        if (place.address != nullptr) {
            to.add(*place.address, value.text);
        } else {
            to.add(place.name, value);
        }
    }
    note_new(to.event());
}

void FieldNotes::derive(EventBuilder& to, const std::vector<bool>* wanted)
{
    const auto& derivations = plan_.spec().derive;
    for (std::size_t i = 0; i < derivations.size(); ++i) {
        const Derivation& derivation = derivations[i];
        const auto& bound = plan_.derivations_[i];
        if ((wanted != nullptr && !(*wanted)[i]) || !holds(derivation, bound, to.event())) {
            continue;
        }
        if (!derivation.constants.empty()) {
            add_where_absent(derivation.constants, bound.constants, to);
        }
        if (!derivation.to || has(bound.to) || has(bound.to_ip)) {
            continue;
        }
        for (const auto slot : bound.from) {
            if (!has(slot)) {
                continue;
            }
            const std::string_view text = to.event().fields[firsts_[slot] - 1].value.text;
            if (!text.empty() && text != "-" && to.add(*derivation.to, text)) {
                break;
            }
        }
        note_new(to.event());
    }
}

bool FieldNotes::holds(const Derivation& derivation, const FieldPlan::BoundDerivation& bound,
                       const model::Event& event) const
{
    for (std::size_t i = 0; i < bound.when.size(); ++i) {
        if (!has(bound.when[i])) {
            return false;
        }
        const auto& values = derivation.when[i].values;
        const std::string_view text = event.fields[firsts_[bound.when[i]] - 1].value.text;
        const bool met =
            values.empty() || std::ranges::any_of(values, [text](const std::string& wanted) {
                return wanted.size() == text.size() && base::equals_ignore_case_ascii(wanted, text);
            });
        if (!met) {
            return false;
        }
    }
    return true;
}

void FieldNotes::add_where_absent(const Constants& values, const std::vector<std::uint32_t>& slots,
                                  EventBuilder& to)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!has(slots[i])) {
            to.add_constant(values[i]);
        }
    }
    note_new(to.event());
}

void FieldNotes::add_constants_where_absent(EventBuilder& to)
{
    add_where_absent(plan_.spec().constants, plan_.constants_, to);
}

} // namespace tanggap::normalize::detail
