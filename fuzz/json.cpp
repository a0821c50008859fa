// Any text as a JSON record: fields within the limits, or a reason.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/limits.h"
#include "base/text.h"
#include "codec/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static tanggap::codec::JsonFlattener flattener;
    std::string text;
    tanggap::base::make_utf8({reinterpret_cast<const char*>(data), size}, text);
    tanggap::model::EventBatch batch;
    std::vector<tanggap::model::Field> fields;
    bool duplicate_key = false;
    const auto problem = flattener.flatten(text, batch, fields, duplicate_key);
    if (fields.size() > tanggap::base::limits::kEventFieldsMax || (problem && !fields.empty())) {
        std::abort();
    }
    return 0;
}
