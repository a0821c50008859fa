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

/// Where the values of one name go: worked out once, at the first.
struct NamedPlace {
    detail::Place place;
    bool made = false;
    bool is_key = false; ///< its value decides what is wanted
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
          utc_times(times.in_utc()),
          notes(*spec.plan)
    {
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
            if (named(leaf.name).is_key) {
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
        notes.begin(head);
        for (const auto& leaf : so_far.leaves) {
            place(leaf, so_far.text_of(leaf), to);
        }
        notes.add_constants_where_absent(to);
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
            known = is_wanted(named(name).place, choice->fields) ? Known::Yes : Known::No;
        }
        return known == Known::Yes;
    }

    static bool is_wanted(const detail::Place& place, const model::FieldSet& fields)
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
    const NamedPlace& named(std::uint32_t name)
    {
        if (name >= places.size()) {
            places.resize(std::max<std::size_t>(names->size(), name + 1));
        }
        NamedPlace& place = places[name];
        if (!place.made) {
            make_place(names->text(name), place);
        }
        return place;
    }

    void make_place(std::string_view json_name, NamedPlace& out)
    {
        out.made = true;
        out.place = notes.plan().place_of(json_name, [this](std::string_view name) {
            return std::string_view(kept_names->emplace_back(name));
        });
        for (const auto& read : options.choose_reads) {
            const auto look = [&](std::string_view output) {
                out.is_key = out.is_key || output == read;
            };
            if (out.place.targets != nullptr) {
                for (const Target& target : *out.place.targets) {
                    outputs_of(target, look);
                }
            }
            look(out.place.name);
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
        const auto claimed = time_of(read, text);
        notes.begin(event);
        for (const auto& leaf : read.leaves) {
            place(leaf, text.substr(leaf.at, leaf.size), to);
        }
        notes.derive(to, choice == nullptr ? nullptr : &choice->derives);
        notes.add_constants_where_absent(to);
        detail::settle_time(event, claimed, reference, received, to);
    }

    /// The first in the source's order that can be read.
    std::optional<base::Time> time_of(const codec::EvtxLeaves& read, std::string_view text)
    {
        std::optional<base::Time> best;
        int best_rank = INT32_MAX;
        time_name = UINT32_MAX;
        for (const auto& leaf : read.leaves) {
            const detail::Place& place = named(leaf.name).place;
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

    void place(const codec::EvtxLeaf& leaf, std::string_view text, EventBuilder& to)
    {
        const model::Value value{
            .kind = leaf.kind, .boolean = leaf.boolean, .integer = leaf.integer, .text = text};
        notes.place(named(leaf.name).place, value, leaf.name == time_name, to);
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

    detail::FieldNotes notes;

    const codec::EvtxNames* names = nullptr;
    std::uint64_t generation = UINT64_MAX;
    std::vector<NamedPlace> places; ///< by number of the name
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
