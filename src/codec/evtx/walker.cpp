#include "codec/evtx/walker.h"

namespace tanggap::codec::evtx {

bool ValueStack::push(ByteCursor& cursor, std::size_t count, Values& values)
{
    if (count > cursor.left() / 4 || all_.size() + count > all_.capacity()) {
        return false;
    }
    ByteCursor descriptors = cursor;
    cursor.skip(count * 4);
    const std::size_t first = all_.size();
    all_.resize(first + count);
    values.slots = std::span(all_).subspan(first, count);
    for (Value& value : values.slots) {
        const auto size = descriptors.take<std::uint16_t>();
        value.type = static_cast<Type>(descriptors.take<std::uint8_t>());
        descriptors.skip(1);
        value.bytes = cursor.take_bytes(size);
        values.any_array = values.any_array || value.is_array();
    }
    return !cursor.failed();
}

base::Result<const Template*> take_instance(ByteCursor& cursor, TemplateTable& table,
                                            ValueStack& stack, Values& values)
{
    cursor.skip(5);
    const auto definition = cursor.take<std::uint32_t>();
    if (definition == cursor.at() && cursor.left() >= TemplateTable::kDefinitionHead) {
        const auto size = load<std::uint32_t>(table.chunk().data() + definition +
                                              TemplateTable::kDefinitionHead - 4);
        cursor.skip(TemplateTable::kDefinitionHead + std::size_t{size});
    }
    const auto count = cursor.take<std::uint32_t>();
    if (cursor.failed() || !stack.push(cursor, count, values)) {
        return base::corrupt(fmt::format(
            "a template instance that ends behind byte {}, where its record ends", cursor.end()));
    }
    return table.at(definition);
}

} // namespace tanggap::codec::evtx
