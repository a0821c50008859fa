#include "detect/detail/event_view.h"

#include <algorithm>

#include "detect/detail/value_match.h"

namespace tanggap::detect {

EventView::EventView(const RuleSet::Compiled& set)
    : set_(set), stamps_(set.slots.size()), first_(set.slots.size()), last_(set.slots.size())
{
    for (const auto& [name, slot] : set.slots) {
        slots_.add(name, slot);
    }
    member_slots_ = {slots_.find(MemberFields::kDataset), slots_.find(MemberFields::kOriginal),
                     slots_.find(MemberFields::kTime), slots_.find(MemberFields::kSensor)};
}

void EventView::add(SlotId slot, const model::Value& value)
{
    const auto index = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({.value = &value, .next = kEnd});
    if (stamps_[slot] != epoch_) {
        stamps_[slot] = epoch_;
        first_[slot] = index;
    } else {
        entries_[last_[slot]].next = index;
    }
    last_[slot] = index;
}

void EventView::index(const model::Event& event)
{
    event_ = &event;
    entries_.clear();
    if (++epoch_ == 0) {
        std::ranges::fill(stamps_, 0U);
        epoch_ = 1;
    }
    for (const auto& field : event.fields) {
        if (const auto slot = slots_.find(field.name); slot != kNoSlot) {
            add(slot, field.value);
        }
    }
    original_is_text_ = original_is_text(event.original);
    members_[0] = model::string_value(event.dataset);
    members_[1] = model::string_value(event.original);
    if (member_slots_[2] != kNoSlot) {
        time_text_.clear();
        base::append_rfc3339(time_text_, event.time);
        members_[2] = model::string_value(time_text_);
    }
    members_[3] = model::string_value(event.sensor);
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const bool absent = i == 3 && event.sensor.empty();
        if (member_slots_[i] != kNoSlot && !absent) {
            add(member_slots_[i], members_[i]);
        }
    }
}

} // namespace tanggap::detect
