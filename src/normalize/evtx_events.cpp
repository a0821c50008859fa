#include "normalize/evtx_events.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "normalize/detail/decoder.h"

namespace tanggap::normalize {
namespace {

using detail::Derivation;
using detail::EventBuilder;
using detail::SourceSpec;
using detail::Target;
using detail::ValueType;
using model::QuarantineReason;

/// Calls `visit` with each field that a value for `target` may give.
template <class Visit>
void outputs_of(const Target& target, Visit visit)
{
    for (const std::string* name : {&target.name, &target.ip_name, &target.port_name}) {
        if (!name->empty()) {
            visit(std::string_view(*name));
        }
    }
}

template <class Visit>
void outputs_of(const Derivation& derivation, Visit visit)
{
    if (derivation.to) {
        outputs_of(*derivation.to, visit);
    }
    for (const auto& constant : derivation.constants) {
        visit(std::string_view(constant.name));
    }
}

/// The wanted fields with all that the derivations giving it read.
model::FieldSet with_causes(model::FieldSet out, const SourceSpec& spec)
{
    for (bool grown = !out.all; grown;) {
        const std::size_t before = out.names.size();
        for (const Derivation& derivation : spec.derive) {
            bool needed = derivation.to && derivation.to->type == ValueType::Url;
            outputs_of(derivation,
                       [&](std::string_view name) { needed = needed || out.contains(name); });
            if (!needed) {
                continue;
            }
            out.names.insert(derivation.from.begin(), derivation.from.end());
            for (const auto& condition : derivation.when) {
                out.names.insert(condition.field);
            }
        }
        grown = out.names.size() > before;
    }
    return out;
}

constexpr std::uint32_t kNoSlot = UINT32_MAX;

/// Where the values of one name go: worked out once, at the first.
struct Place {
    bool made = false;
    const std::vector<Target>* targets = nullptr; ///< of the source's fields
    bool nowhere = false;                         ///< left out
    bool only_targets = false;                    ///< never under `name` as well
    bool left_out_as_time = false;                ///< not under `name` when it gave the time
    bool is_key = false;                          ///< its value decides what is wanted
    const Target* address = nullptr;              ///< of `name`
    std::string_view name;
    int time_rank = -1; ///< place among the fields that may give the time
    bool time_utc = false;
    std::uint32_t slot = kNoSlot; ///< of the one field it gives, where that is certain
    bool one_field = false;       ///< `slot` says all
};

/// What is read of the events with some values of Event.System.
struct Choice {
    enum class Known : std::uint8_t { Unknown, Yes, No };
    model::FieldSet fields;
    std::vector<Known> names;  ///< by number of the name
    std::vector<bool> derives; ///< by number of the derivation
};

} // namespace

struct EvtxEvents::Work final : codec::EvtxWanted {
    Work(std::shared_ptr<const Sources> given, const model::StreamContext& stream,
         EvtxEventsOptions options_given)
        : sources(std::move(given)),
          options(std::move(options_given)),
          spec(*sources->loaded().find(options.source)),
          sensor(stream.sensor),
          zone(detail::Zone::find(stream.timezone).value_or(detail::Zone{})),
          times(zone, reference),
          utc_times(times.in_utc())
    {
        for (const Derivation& derivation : spec.derive) {
            auto& bound = derivations.emplace_back();
            for (const auto& condition : derivation.when) {
                bound.when.push_back(slot_of(condition.field));
            }
            for (const auto& name : derivation.from) {
                bound.from.push_back(slot_of(name));
            }
            for (const auto& constant : derivation.constants) {
                bound.constants.push_back(slot_of(constant.name));
            }
            if (derivation.to) {
                outputs_of(*derivation.to, [&](std::string_view name) {
                    bound.to.push_back(slot_of(std::string(name)));
                });
            }
        }
        for (const auto& constant : spec.constants) {
            constants.push_back(slot_of(constant.name));
        }
        firsts.resize(slots.size());
    }

    struct BoundDerivation {
        std::vector<std::uint32_t> when;
        std::vector<std::uint32_t> from;
        std::vector<std::uint32_t> constants;
        std::vector<std::uint32_t> to; ///< also of a port: then it is not asked for
    };

    std::uint32_t slot_of(const std::string& name)
    {
        return slots.emplace(name, static_cast<std::uint32_t>(slots.size())).first->second;
    }
    std::uint32_t find_slot(std::string_view name) const
    {
        const auto found = slots.find(name);
        return found == slots.end() ? kNoSlot : found->second;
    }

    // --- which values are read -----------------------------------------------------------------
    void begin(const codec::EvtxNames& all) override
    {
        if (generation != all.generation()) {
            generation = all.generation();
            places.clear();
            choices.clear();
            kept_names = std::make_shared<std::deque<std::string>>();
            held = false;
        }
        names = &all;
        choice = nullptr;
        time_name = UINT32_MAX;
    }

    void system_read(const codec::EvtxLeaves& so_far) override
    {
        if (!options.choose) {
            return;
        }
        key.clear();
        for (const auto& leaf : so_far.leaves) {
            if (place_of(leaf.name).is_key) {
                key.append(reinterpret_cast<const char*>(&leaf.name), sizeof leaf.name);
                key.append(so_far.text_of(leaf)).append(1, '\0');
            }
        }
        constexpr std::size_t kChoicesMax = 4'096;
        auto found = choices.find(key);
        if (found == choices.end()) {
            if (choices.size() >= kChoicesMax) {
                choices.clear();
            }
            found = choices.emplace(key, choose(so_far)).first;
        }
        choice = &found->second;
    }

    Choice choose(const codec::EvtxLeaves& so_far)
    {
        model::EventBatch batch;
        model::Event& head = batch.events.emplace_back();
        head.dataset = spec.info.dataset;
        head.sensor = sensor;
        EventBuilder to(batch, head);
        for (const auto& leaf : so_far.leaves) {
            place(leaf, so_far.text_of(leaf), to);
        }
        std::ranges::fill(firsts, 0U);
        noted = 0;
        note_new(head.fields);
        add_where_absent(spec.constants, constants, to);
        Choice made;
        made.fields = with_causes(
            options.choose(head, [this](std::string_view name) { return may_give(name); }), spec);
        for (const Derivation& derivation : spec.derive) {
            bool needed = made.fields.all;
            outputs_of(derivation, [&](std::string_view name) {
                needed = needed || made.fields.contains(name);
            });
            made.derives.push_back(needed);
        }
        return made;
    }

    /// Whether something behind Event.System may give the field.
    bool may_give(std::string_view name) const
    {
        bool gives = name.starts_with("Event.") || name.starts_with("tanggap.") ||
                     (!spec.rest.empty() && name.starts_with(spec.rest));
        const auto look = [&](std::string_view output) { gives = gives || output == name; };
        for (const auto& branch : spec.branches) {
            gives = gives || name.starts_with(branch.to);
        }
        for (const auto& [json_name, targets] : spec.fields) {
            if (!json_name.starts_with("Event.System.")) {
                for (const Target& target : targets) {
                    gives = gives || target.type == ValueType::Url;
                    outputs_of(target, look);
                }
            }
        }
        for (const Derivation& derivation : spec.derive) {
            outputs_of(derivation, look);
        }
        return gives;
    }

    bool wants(std::uint32_t name) override
    {
        using Known = Choice::Known;
        if (choice == nullptr) {
            return true; // no choice is made, or Event.System is still being read
        }
        if (name >= choice->names.size()) {
            choice->names.resize(std::max<std::size_t>(names->size(), name + 1));
        }
        Known& known = choice->names[name];
        if (known == Known::Unknown) {
            known = is_wanted(place_of(name), choice->fields) ? Known::Yes : Known::No;
        }
        return known == Known::Yes;
    }

    static bool is_wanted(const Place& place, const model::FieldSet& fields)
    {
        bool wanted = fields.all || place.time_rank >= 0;
        const auto look = [&](std::string_view name) { wanted = wanted || fields.contains(name); };
        if (place.targets != nullptr) {
            for (const Target& target : *place.targets) {
                wanted = wanted || target.type == ValueType::Url;
                outputs_of(target, look);
            }
        }
        if (!place.only_targets && !place.nowhere) {
            look(place.name);
            if (place.address != nullptr) {
                outputs_of(*place.address, look);
            }
        }
        return wanted;
    }

    // --- names ---------------------------------------------------------------------------------
    const Place& place_of(std::uint32_t name)
    {
        if (name >= places.size()) {
            places.resize(std::max<std::size_t>(names->size(), name + 1));
        }
        Place& place = places[name];
        if (!place.made) {
            make_place(names->text(name), place);
        }
        return place;
    }

    void make_place(std::string_view json_name, Place& place)
    {
        place.made = true;
        const auto plain = [](const Target& target) {
            return target.type == ValueType::Text && target.words.empty();
        };
        if (const auto mapped = spec.fields.find(json_name); mapped != spec.fields.end()) {
            place.nowhere = mapped->second.empty();
            place.targets = &mapped->second;
            place.only_targets =
                !place.nowhere && !spec.keep_whole && std::ranges::any_of(mapped->second, plain);
        }
        std::string name;
        place.left_out_as_time = !detail::name_rest(spec, json_name, json_name, name);
        (void)detail::name_rest(spec, json_name, {}, name);
        place.name = kept_names->emplace_back(std::move(name));
        place.address = detail::address_target(place.name);
        const auto time = std::ranges::find(spec.time_fields, json_name);
        if (time != spec.time_fields.end()) {
            place.time_rank = static_cast<int>(time - spec.time_fields.begin());
            place.time_utc = std::ranges::find(spec.utc_fields, json_name) != spec.utc_fields.end();
        }
        if (place.targets == nullptr && place.address == nullptr) {
            place.one_field = true;
            place.slot = find_slot(place.name);
        } else if (place.only_targets && place.targets->size() == 1) {
            place.one_field = true;
            place.slot = find_slot(place.targets->front().name);
        }
        for (const auto& read : options.choose_reads) {
            const auto look = [&](std::string_view output) {
                place.is_key = place.is_key || output == read;
            };
            if (place.targets != nullptr) {
                for (const Target& target : *place.targets) {
                    outputs_of(target, look);
                }
            }
            look(place.name);
        }
    }

    // --- one record ----------------------------------------------------------------------------
    std::optional<Rejected> decode(codec::EvtxReader& reader, const codec::EvtxRecord& record,
                                   model::EventBatch& out)
    {
        if (!record.damage.empty()) {
            return damaged(record, record.damage);
        }
        const auto read = reader.leaves(this);
        if (!read) {
            return damaged(record, read.error().message);
        }
        if (!held) {
            held = true;
            out.hold(kept_names);
        }
        model::Event& event = out.events.emplace_back();
        event.received = received;
        event.sensor = kept_sensor;
        event.dataset = spec.info.dataset;
        const bool fits = read->leaves.size() <= base::limits::kEventFieldsMax;
        if (fits) {
            fill(*read, out.keep(read->text), event, out);
        }
        if (!fits || event.fields.size() > base::limits::kEventFieldsMax) {
            out.events.pop_back();
            return Rejected{.reason = QuarantineReason::TooManyFields,
                            .detail =
                                fmt::format("more than {} fields", base::limits::kEventFieldsMax)};
        }
        if (options.with_original) {
            const auto json = reader.json({});
            if (!json) {
                out.events.pop_back();
                return damaged(record, json.error().message);
            }
            event.original = out.keep(*json);
        }
        return std::nullopt;
    }

    static Rejected damaged(const codec::EvtxRecord& record, std::string_view why)
    {
        return {.reason = QuarantineReason::BadFormat,
                .detail = codec::describe_damage(record, why)};
    }

    void fill(const codec::EvtxLeaves& read, std::string_view text, model::Event& event,
              model::EventBatch& out)
    {
        EventBuilder to(out, event);
        event.fields.reserve(read.leaves.size() + 16);
        std::ranges::fill(firsts, 0U);
        noted = 0;
        const auto claimed = time_of(read, text);
        for (const auto& leaf : read.leaves) {
            const Place& where = place(leaf, text.substr(leaf.at, leaf.size), to);
            note(where, event.fields);
        }
        derive(to);
        add_where_absent(spec.constants, constants, to);
        detail::settle_time(event, claimed, reference, received, to);
    }

    /// The first in the source's order that can be read.
    std::optional<base::Time> time_of(const codec::EvtxLeaves& read, std::string_view text)
    {
        std::optional<base::Time> best;
        int best_rank = INT32_MAX;
        time_name = UINT32_MAX;
        for (const auto& leaf : read.leaves) {
            const Place& place = place_of(leaf.name);
            if (place.time_rank < 0 || place.time_rank >= best_rank) {
                continue;
            }
            auto& reader = place.time_utc ? utc_times : times;
            const auto time =
                reader.read(base::trim(text.substr(leaf.at, leaf.size)), spec.time_formats);
            if (time) {
                best = time;
                best_rank = place.time_rank;
                time_name = leaf.name;
            }
        }
        return best;
    }

    /// As Decoder::json_field().
    const Place& place(const codec::EvtxLeaf& leaf, std::string_view text, EventBuilder& to)
    {
        const Place& place = place_of(leaf.name);
        if (place.nowhere) {
            return place;
        }
        const model::Value value{
            .kind = leaf.kind, .boolean = leaf.boolean, .integer = leaf.integer, .text = text};
        bool placed = false;
        if (place.targets != nullptr) {
            for (const Target& target : *place.targets) {
                if (target.type == ValueType::Text && target.words.empty()) {
                    to.add(target.name, value);
                    placed = true;
                } else {
                    placed = to.add(target, text) || placed;
                }
            }
        }
        const bool gave_time = leaf.name == time_name && place.left_out_as_time;
        if ((placed && !spec.keep_whole) || gave_time) {
            return place;
        }
        if (place.address != nullptr) {
            to.add(*place.address, text);
        } else {
            to.add(place.name, value);
        }
        return place;
    }

    /// Keeps where the fields that derivations ask for stand: the first of each name.
    void note(const Place& place, const std::vector<model::Field>& fields)
    {
        if (!place.one_field) {
            return note_new(fields);
        }
        if (fields.size() > noted && place.slot != kNoSlot && firsts[place.slot] == 0) {
            firsts[place.slot] = static_cast<std::uint32_t>(noted + 1);
        }
        noted = fields.size();
    }
    void note_new(const std::vector<model::Field>& fields)
    {
        for (; noted < fields.size(); ++noted) {
            const auto slot = find_slot(fields[noted].name);
            if (slot != kNoSlot && firsts[slot] == 0) {
                firsts[slot] = static_cast<std::uint32_t>(noted + 1);
            }
        }
    }

    /// As Decoder::derive(): what is not wanted is not made.
    void derive(EventBuilder& to)
    {
        const auto& fields = to.event().fields;
        for (std::size_t i = 0; i < spec.derive.size(); ++i) {
            const Derivation& derivation = spec.derive[i];
            const BoundDerivation& bound = derivations[i];
            if ((choice != nullptr && !choice->derives[i]) || !holds(derivation, bound, fields)) {
                continue;
            }
            add_where_absent(derivation.constants, bound.constants, to);
            if (!derivation.to || has(derivation.to->name) || has(derivation.to->ip_name)) {
                continue;
            }
            for (const auto slot : bound.from) {
                const std::string_view text =
                    firsts[slot] == 0 ? std::string_view{} : fields[firsts[slot] - 1].value.text;
                if (!text.empty() && text != "-" && to.add(*derivation.to, text)) {
                    break;
                }
            }
            note_new(fields);
        }
    }

    bool has(std::string_view name) const
    {
        const auto slot = name.empty() ? kNoSlot : find_slot(name);
        return slot != kNoSlot && firsts[slot] != 0;
    }

    bool holds(const Derivation& derivation, const BoundDerivation& bound,
               const std::vector<model::Field>& fields) const
    {
        for (std::size_t i = 0; i < bound.when.size(); ++i) {
            const auto first = firsts[bound.when[i]];
            const auto& values = derivation.when[i].values;
            const bool met =
                first != 0 &&
                (values.empty() || std::ranges::any_of(values, [&](const auto& wanted) {
                     return base::equals_ignore_case_ascii(wanted, fields[first - 1].value.text);
                 }));
            if (!met) {
                return false;
            }
        }
        return true;
    }

    void add_where_absent(const detail::Constants& values, const std::vector<std::uint32_t>& at,
                          EventBuilder& to)
    {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (firsts[at[i]] == 0) {
                to.add_constant(values[i]);
            }
        }
        note_new(to.event().fields);
    }

    std::shared_ptr<const Sources> sources;
    EvtxEventsOptions options;
    const SourceSpec& spec;
    std::string sensor;
    base::Time received = {};
    base::Time reference = {};
    detail::Zone zone;
    detail::TimeReader times;
    detail::TimeReader utc_times;

    std::unordered_map<std::string, std::uint32_t, detail::TextHash, std::equal_to<>> slots;
    std::vector<BoundDerivation> derivations;
    std::vector<std::uint32_t> constants;
    std::vector<std::uint32_t> firsts; ///< by slot: 1 + place of the first field; 0: absent
    std::size_t noted = 0;             ///< fields that were looked at

    const codec::EvtxNames* names = nullptr;
    std::uint64_t generation = UINT64_MAX;
    std::vector<Place> places; ///< by number of the name
    std::shared_ptr<std::deque<std::string>> kept_names;
    bool held = false; ///< the batch at hand keeps `kept_names`
    std::string_view kept_sensor;
    std::unordered_map<std::string, Choice> choices;
    Choice* choice = nullptr;
    std::string key;
    std::uint32_t time_name = UINT32_MAX;
};

EvtxEvents::EvtxEvents(std::shared_ptr<const Sources> sources, const model::StreamContext& stream,
                       EvtxEventsOptions options)
    : work_(std::make_unique<Work>(std::move(sources), stream, std::move(options)))
{
}

EvtxEvents::~EvtxEvents() = default;

bool EvtxEvents::can_read(const Sources& sources, std::string_view source)
{
    const auto* spec = sources.loaded().find(source);
    return spec != nullptr && spec->format == detail::Format::Json;
}

void EvtxEvents::begin(model::EventBatch& out, base::Time reference, base::Time received)
{
    if (reference != work_->reference) {
        work_->reference = reference;
        work_->times = detail::TimeReader(work_->zone, reference);
        work_->utc_times = work_->times.in_utc();
    }
    work_->received = received;
    out.hold(work_->sources->hold());
    work_->held = false;
    work_->kept_sensor = out.keep(work_->sensor);
}

std::optional<Rejected> EvtxEvents::decode(codec::EvtxReader& reader,
                                           const codec::EvtxRecord& record, model::EventBatch& out)
{
    return work_->decode(reader, record, out);
}

} // namespace tanggap::normalize
