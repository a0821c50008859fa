#include "model/event.h"

#include <charconv>

namespace tanggap::model {

const Value* Event::find(std::string_view name) const
{
    for (const Field& field : fields) {
        if (field.name == name) {
            return &field.value;
        }
    }
    return nullptr;
}

std::string_view Event::text(std::string_view name) const
{
    const Value* value = find(name);
    return value != nullptr ? value->text : std::string_view{};
}

EventBatch::EventBatch() : arena_(std::make_unique<std::pmr::monotonic_buffer_resource>(64 * 1024))
{
}

char* EventBatch::allocate(std::size_t size)
{
    return static_cast<char*>(arena_->allocate(size, 1));
}

std::string_view EventBatch::keep(std::string_view text)
{
    if (text.empty()) {
        return {};
    }
    char* copy = allocate(text.size());
    text.copy(copy, text.size());
    return {copy, text.size()};
}

void EventBatch::hold(std::shared_ptr<const void> owner)
{
    held_.push_back(std::move(owner));
}

Value string_value(std::string_view text)
{
    return {.kind = Value::Kind::String, .text = text};
}

Value integer_value(EventBatch& batch, std::int64_t number)
{
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return {.kind = Value::Kind::Integer,
            .integer = number,
            .text = batch.keep({digits, static_cast<std::size_t>(end - digits)})};
}

} // namespace tanggap::model
