// What a JSON source does with each name, worked out once, and which fields its derivations ask
// for, found without searching.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/name_table.h"
#include "normalize/detail/event_builder.h"
#include "normalize/detail/spec.h"

namespace tanggap::normalize::detail {

/// Where the values of one JSON name go.
struct Place {
    const std::vector<Target>* targets = nullptr; ///< of the source's fields
    const Target* address = nullptr;              ///< of `name`
    const Target* plain = nullptr; ///< the one target, where it takes any text as it is
    std::string_view name;         ///< where no target takes it
    int time_rank = -1;            ///< place among the fields that may give the time
    std::uint32_t slot = 0;        ///< FieldPlan::slot_of() of the one field
    bool one_field = false;        ///< a value gives one field, and `slot` is that field's
    bool nowhere = false;          ///< left out
    bool only_targets = false;     ///< never under `name` as well
    bool left_out_as_time = false; ///< not under `name` when it gave the time
    bool time_utc = false;
};

/// The fields that derivations and constants of one source look for, by number ("slot").
/// Immutable; made with the source. Lifetime: that of the source.
class FieldPlan {
public:
    static constexpr std::uint32_t kNoSlot = model::NameTable::kAbsent;

    explicit FieldPlan(const SourceSpec& spec);

    const SourceSpec& spec() const { return spec_; }
    std::uint32_t slot_of(std::string_view field) const { return slots_.find(field); }
    std::size_t slots() const { return slot_count_; }
    /// `keep` gives back a text that lives as long as the events do: that of Place::name.
    Place place_of(std::string_view json_name,
                   const std::function<std::string_view(std::string_view)>& keep) const;

private:
    friend class FieldNotes;
    struct BoundDerivation {
        std::vector<std::uint32_t> when;
        std::vector<std::uint32_t> from;
        std::vector<std::uint32_t> constants;
        std::uint32_t to = kNoSlot;
        std::uint32_t to_ip = kNoSlot;
    };
    std::uint32_t add_slot(const std::string& field);

    const SourceSpec& spec_;
    model::NameTable slots_;
    std::uint32_t slot_count_ = 0;
    std::vector<BoundDerivation> derivations_;
    std::vector<std::uint32_t> constants_;
};

/// The fields of one event as a plan numbers them: where the first of each stands. Thread: one
/// owner.
class FieldNotes {
public:
    explicit FieldNotes(const FieldPlan& plan) : plan_(plan), firsts_(plan.slots()) {}

    const FieldPlan& plan() const { return plan_; }
    /// Begins an event, with the fields it has already.
    void begin(const model::Event& event);
    /// Adds what a value of `place` gives. `gave_time`: it is the event's time already.
    void place(const Place& place, const model::Value& value, bool gave_time, EventBuilder& to);
    /// The derivations of the source, or those of them that `wanted` marks.
    void derive(EventBuilder& to, const std::vector<bool>* wanted = nullptr);
    /// What a record says itself goes before these.
    void add_constants_where_absent(EventBuilder& to);

private:
    void note_new(const model::Event& event);
    void note(std::uint32_t slot, std::size_t field)
    {
        if (slot != FieldPlan::kNoSlot && firsts_[slot] == 0) {
            firsts_[slot] = static_cast<std::uint32_t>(field + 1);
        }
    }
    bool has(std::uint32_t slot) const { return slot != FieldPlan::kNoSlot && firsts_[slot] != 0; }
    bool holds(const Derivation& derivation, const FieldPlan::BoundDerivation& bound,
               const model::Event& event) const;
    void add_where_absent(const Constants& values, const std::vector<std::uint32_t>& slots,
                          EventBuilder& to);

    const FieldPlan& plan_;
    std::vector<std::uint32_t> firsts_; ///< by slot: 1 + place of the first field; 0: absent
    std::size_t noted_ = 0;             ///< fields that were looked at
};

/// The event field that `json_name`, which no line of `fields` places, goes to. False: none, as it
/// gave the time already.
bool name_rest(const SourceSpec& spec, std::string_view json_name, std::string_view time_field,
               std::string& name);
/// ECS fields that hold an address and nothing else; null for others.
const Target* address_target(std::string_view name);

} // namespace tanggap::normalize::detail
