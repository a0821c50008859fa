// What the event store answers with: rows and the packed fields of events, from any bytes.
#include <cstdint>
#include <string_view>

#include "store/clickhouse/rows.h"
#include "store/clickhouse/shape.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto reader = store::clickhouse::RowReader::open(text, {"UUID", "String"})) {
        while (reader->has_row()) {
            reader->take_uuid();
            reader->take_string();
        }
    }
    const std::size_t half = size / 2;
    model::EventBatch batch;
    model::Event event;
    event.original = text;
    if (store::clickhouse::read_shape(text.substr(0, half), text.substr(half), batch, event)) {
        (void)model::render_json(event);
    }
    return 0;
}
