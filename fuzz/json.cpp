// Any bytes as a JSON record: fields within the limits, or a reason; and what the quick reader
// reads is what the thorough one reads.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/limits.h"
#include "base/text.h"
#include "codec/json.h"
#include "codec/json_leaves.h"

namespace {

using namespace tanggap;

bool is_same(const codec::JsonLeaves& leaves, const std::vector<model::Field>& fields)
{
    return std::ranges::equal(
        leaves.leaves(), fields, [&](const codec::JsonLeaf& leaf, const model::Field& field) {
            return leaves.names().text(leaf.name) == field.name &&
                   leaf.value.kind == field.value.kind && leaf.value.text == field.value.text &&
                   leaf.value.integer == field.value.integer &&
                   leaf.value.boolean == field.value.boolean;
        });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static codec::JsonFlattener flattener;
    static codec::JsonLeaves leaves;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::string text;
    const bool replaced = base::make_utf8(bytes, text);
    model::EventBatch batch;
    std::vector<model::Field> fields;
    bool duplicate_key = false;
    const auto problem = flattener.flatten(text, batch, fields, duplicate_key);
    if (fields.size() > base::limits::kEventFieldsMax || (problem && !fields.empty())) {
        std::abort();
    }
    if (leaves.read(bytes, batch) &&
        (replaced || problem || leaves.duplicate_key() != duplicate_key ||
         !is_same(leaves, fields))) {
        std::abort();
    }
    return 0;
}
