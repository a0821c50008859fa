// An event as rules see it: its fields by slot, found with one hash look-up each.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detect/detail/compiled.h"
#include "model/event.h"
#include "model/name_table.h"

namespace tanggap::detect {

/// The members of an event that rules may also name as fields.
struct MemberFields {
    static constexpr std::string_view kDataset = "event.dataset";
    static constexpr std::string_view kOriginal = "event.original";
    static constexpr std::string_view kTime = "@timestamp";
    static constexpr std::string_view kSensor = "observer.name";
};

/// Calls `visit(value)` for each value of `field`, members of the event included, until it returns
/// true; says whether it did. Slow: for explanations, groups and tests.
template <class Visit>
bool any_value_of(const model::Event& event, std::string_view field, Visit&& visit)
{
    if (field == MemberFields::kDataset) {
        return visit(model::string_value(event.dataset));
    }
    if (field == MemberFields::kOriginal) {
        return visit(model::string_value(event.original));
    }
    if (field == MemberFields::kSensor && !event.sensor.empty()) {
        return visit(model::string_value(event.sensor));
    }
    if (field == MemberFields::kTime) {
        const auto text = base::format_rfc3339(event.time);
        return visit(model::string_value(text));
    }
    for (const auto& one : event.fields) {
        if (one.name == field && visit(one.value)) {
            return true;
        }
    }
    return false;
}

/// Lifetime: views the event given to index(); one per thread, memory is reused.
class EventView {
public:
    explicit EventView(const RuleSet::Compiled& set);
    void index(const model::Event& event);

    /// Calls `visit(value)` for each value of the slot until it returns true.
    template <class Visit>
    bool any_of_slot(SlotId slot, Visit&& visit) const
    {
        if (stamps_[slot] != epoch_) {
            return false;
        }
        for (auto i = first_[slot]; i != kEnd; i = entries_[i].next) {
            if (visit(*entries_[i].value)) {
                return true;
            }
        }
        return false;
    }
    /// Every value keywords look at: all fields, and the line itself where it is text.
    template <class Visit>
    bool any_value(Visit&& visit) const
    {
        for (const auto& field : event_->fields) {
            if (visit(field.value)) {
                return true;
            }
        }
        return original_is_text_ && visit(members_[1]);
    }
    template <class Visit>
    bool any_of_column(ColumnId column, Visit&& visit) const
    {
        if (column == kAnyValue) {
            return any_value(visit);
        }
        for (const auto slot : set_.columns[column]) {
            if (any_of_slot(slot, visit)) {
                return true;
            }
        }
        return false;
    }
    bool has_slot(SlotId slot) const { return stamps_[slot] == epoch_; }
    const model::Event& event() const { return *event_; }

private:
    static constexpr std::uint32_t kEnd = 0xFFFFFFFF;
    static constexpr std::uint32_t kNoSlot = model::NameTable::kAbsent;
    struct Entry {
        const model::Value* value = nullptr;
        std::uint32_t next = kEnd;
    };
    void add(SlotId slot, const model::Value& value);

    const RuleSet::Compiled& set_;
    model::NameTable slots_;
    const model::Event* event_ = nullptr;
    std::uint32_t epoch_ = 0;
    bool original_is_text_ = false;
    std::vector<std::uint32_t> stamps_;
    std::vector<std::uint32_t> first_;
    std::vector<std::uint32_t> last_;
    std::vector<Entry> entries_;
    std::array<model::Value, 4> members_; ///< dataset, original, time, sensor
    std::array<SlotId, 4> member_slots_{};
    std::string time_text_;
};

} // namespace tanggap::detect
