// An event as rules see it: its fields by slot, found with one hash look-up each, its texts in
// lower case where they are asked for.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detect/detail/compiled.h"
#include "detect/detail/literal_index.h"
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

/// Values are told by number: the fields in their order, then the members.
/// Lifetime: views the event given to index(); one per thread, memory is reused.
class EventView {
public:
    explicit EventView(const RuleSet::Compiled& set);
    void index(const model::Event& event);

    const model::Value& value(std::uint32_t number) const
    {
        const auto fields = event_->fields.size();
        return number < fields ? event_->fields[number].value : members_[number - fields];
    }
    std::string_view name(std::uint32_t number) const
    {
        const auto fields = event_->fields.size();
        return number < fields ? event_->fields[number].name : kMembers[number - fields];
    }
    /// The value's text in lower case, of LoweredTexts.
    std::string_view lowered(std::uint32_t number);
    /// All that any_value() visits, one value behind another, parts of the line within the line.
    /// Lifetime: until the next event.
    std::string_view all_values();

    /// Calls `visit(number)` for each value of the slot until it returns true.
    template <class Visit>
    bool any_of_slot(SlotId slot, Visit&& visit) const
    {
        if (stamps_[slot] != epoch_) {
            return false;
        }
        for (auto i = first_[slot]; i != kEnd; i = next_[i]) {
            if (visit(i)) {
                return true;
            }
        }
        return false;
    }
    /// Calls `visit(slot)` for each that has a value, or came without one.
    template <class Visit>
    void each_slot(Visit&& visit) const
    {
        for (SlotId slot = 0; slot < stamps_.size(); ++slot) {
            if (stamps_[slot] == epoch_) {
                visit(slot);
            }
        }
    }
    /// Every value keywords look at: all fields, and the line itself where it is text.
    template <class Visit>
    bool any_value(Visit&& visit) const
    {
        const auto fields = static_cast<std::uint32_t>(event_->fields.size());
        for (std::uint32_t i = 0; i < fields; ++i) {
            if (visit(i)) {
                return true;
            }
        }
        return original_is_text_ && visit(fields + kOriginal);
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
    const model::Event& event() const { return *event_; }

private:
    static constexpr std::uint32_t kEnd = 0xFFFFFFFF;
    static constexpr std::uint32_t kNoSlot = model::NameTable::kAbsent;
    static constexpr std::array<std::string_view, 4> kMembers{
        MemberFields::kDataset, MemberFields::kOriginal, MemberFields::kTime,
        MemberFields::kSensor};
    static constexpr std::uint32_t kOriginal = 1; ///< of the members
    void add(SlotId slot, std::uint32_t number);
    bool is_of_line(std::string_view text) const;

    const RuleSet::Compiled& set_;
    model::NameTable slots_;
    const model::Event* event_ = nullptr;
    std::uint32_t epoch_ = 0;
    bool original_is_text_ = false;
    std::vector<std::uint32_t> stamps_;
    std::vector<std::uint32_t> first_;
    std::vector<std::uint32_t> last_;
    std::vector<std::uint32_t> next_; ///< by number: the next value of the same slot
    std::array<model::Value, 4> members_;
    std::array<SlotId, 4> member_slots_{};
    std::string time_text_;
    std::string all_values_;
    LoweredTexts texts_;
    std::vector<const char*> lowered_; ///< by number: where it stands in texts_; none: not yet
};

} // namespace tanggap::detect
