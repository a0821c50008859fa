#include "codec/evtx/record_reader.h"

#include <fmt/format.h>

#include "base/text.h"
#include "codec/evtx.h"

namespace tanggap::codec::evtx {
namespace {

class EvtxRecordReader final : public RecordReader {
public:
    explicit EvtxRecordReader(std::unique_ptr<EvtxReader> reader) : reader_(std::move(reader)) {}

    base::Result<bool> next(model::Record& record) override
    {
        record.full_length = 0;
        record.full_sha256.clear();
        EvtxRecord found;
        TRY(const bool more, reader_->next(found));
        if (!more) {
            return false;
        }
        auto json = found.damage.empty() ? reader_->json({}) : base::corrupt(found.damage);
        if (json) {
            record.bytes.assign(*json);
        } else {
            record.bytes = damaged(found, json.error().message);
        }
        return true;
    }
    Framing framing() const override { return Framing::EvtxRecords; }
    std::uint64_t position() const override { return reader_->position(); }

private:
    static std::string damaged(const EvtxRecord& record, std::string_view why)
    {
        return fmt::format("{}{}{}", describe_damage(record, why), kEvtxDamageBytes,
                           base::to_hex(record.bytes));
    }

    std::unique_ptr<EvtxReader> reader_;
};

} // namespace

base::Result<std::unique_ptr<RecordReader>> open_record_reader(std::unique_ptr<ByteReader> rest,
                                                               std::string head)
{
    TRY(auto reader, EvtxReader::open(with_head(std::move(head), std::move(rest))));
    return std::make_unique<EvtxRecordReader>(std::move(reader));
}

} // namespace tanggap::codec::evtx
