#include "detect/detail/event_view.h"

#include <algorithm>
#include <functional>

#include "detect/detail/value_match.h"

namespace tanggap::detect {

EventView::EventView(const RuleSet::Compiled& set)
    : set_(set), stamps_(set.slots.size()), first_(set.slots.size()), last_(set.slots.size())
{
    for (const auto& [name, slot] : set.slots) {
        slots_.add(name, slot);
    }
    std::ranges::transform(kMembers, member_slots_.begin(),
                           [&](std::string_view name) { return slots_.find(name); });
}

void EventView::add(SlotId slot, std::uint32_t number)
{
    if (stamps_[slot] != epoch_) {
        stamps_[slot] = epoch_;
        first_[slot] = number;
    } else {
        next_[last_[slot]] = number;
    }
    last_[slot] = number;
}

void EventView::index(const model::Event& event)
{
    event_ = &event;
    if (++epoch_ == 0) {
        std::ranges::fill(stamps_, 0U);
        epoch_ = 1;
    }
    const auto fields = static_cast<std::uint32_t>(event.fields.size());
    next_.assign(fields + members_.size(), kEnd);
    lowered_.assign(fields + members_.size(), nullptr);
    std::size_t bytes = 0;
    for (std::uint32_t i = 0; i < fields; ++i) {
        bytes += event.fields[i].value.text.size();
        if (const auto slot = slots_.find(event.fields[i].name); slot != kNoSlot) {
            add(slot, i);
        }
    }
    original_is_text_ = original_is_text(event.original);
    members_[0] = model::string_value(event.dataset);
    members_[kOriginal] = model::string_value(event.original);
    if (member_slots_[2] != kNoSlot) {
        time_text_.clear();
        base::append_rfc3339(time_text_, event.time);
        members_[2] = model::string_value(time_text_);
    }
    members_[3] = model::string_value(event.sensor);
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
        bytes += members_[i].text.size();
        const bool absent = i == 3 && event.sensor.empty();
        if (member_slots_[i] != kNoSlot && !absent) {
            add(member_slots_[i], fields + i);
        }
    }
    texts_.start(bytes, next_.size());
}

std::string_view EventView::all_values()
{
    constexpr char kBetween = '\n';
    all_values_.clear();
    if (original_is_text_) {
        all_values_.append(event_->original) += kBetween;
    }
    for (const auto& field : event_->fields) {
        if (!is_of_line(field.value.text)) {
            all_values_.append(field.value.text) += kBetween;
        }
    }
    return all_values_;
}

/// Whether `text` views a part of the line, which is text.
bool EventView::is_of_line(std::string_view text) const
{
    const auto line = event_->original;
    const std::less_equal<const char*> upto;
    return original_is_text_ && text.data() != nullptr && upto(line.data(), text.data()) &&
           upto(text.data() + text.size(), line.data() + line.size());
}

std::string_view EventView::lowered(std::uint32_t number)
{
    const auto text = value(number).text;
    auto& at = lowered_[number];
    if (at == nullptr) {
        at = texts_.add(text).data();
    }
    return {at, text.size()};
}

} // namespace tanggap::detect
