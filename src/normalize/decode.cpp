// One chunk of records to events: text repaired, source applied, times judged (rulings 21-25).
#include <algorithm>

#include "base/life.h"
#include "base/limits.h"
#include "codec/evtx.h"
#include "normalize/detail/decoder.h"

namespace tanggap::normalize {
namespace {

using detail::Decoder;
using detail::Failure;
using model::QuarantineReason;

/// What is the same for all records of a chunk.
struct Stream {
    const model::StreamContext& context;
    std::string_view sensor; ///< in the batch's arena
    base::Time reference;
    base::Time received;
};

std::optional<Failure> decode_record(Decoder& decoder, const model::Record& record,
                                     const Stream& stream, model::EventBatch& out)
{
    if (record.oversize()) {
        return Failure{.reason = QuarantineReason::Oversize,
                       .detail = "record of " + std::to_string(record.full_length) +
                                 " bytes, at most " + std::to_string(base::limits::kLineBytesMax) +
                                 " are taken; SHA-256 " + record.full_sha256};
    }
    model::Event& event = out.events.emplace_back();
    event.id = record.id;
    event.received = stream.received;
    event.sensor = stream.sensor;
    auto failure = decoder.decode(record.bytes, event);
    if (!failure && event.fields.size() > base::limits::kEventFieldsMax) {
        failure = Failure{.reason = QuarantineReason::TooManyFields,
                          .detail = "more than " + std::to_string(base::limits::kEventFieldsMax) +
                                    " fields"};
    }
    if (failure) {
        const std::string_view text = event.original;
        out.events.pop_back();
        if (failure->reason == QuarantineReason::BadJson && text.starts_with(codec::kEvtxDamage)) {
            failure =
                Failure{.reason = QuarantineReason::BadFormat,
                        .detail = std::string(text.substr(0, text.find(codec::kEvtxDamageBytes)))};
        } else if (text.find('\0') != std::string_view::npos) {
            failure->reason = QuarantineReason::Binary;
            failure->detail = "NUL bytes: " + failure->detail;
        }
        return failure;
    }
    detail::EventBuilder to(out, event);
    detail::settle_time(event, decoder.claimed_time(), stream.reference, stream.received, to);
    if (decoder.replaced_bytes()) {
        to.add_flag("tanggap.utf8.replaced");
    }
    return std::nullopt;
}

/// The source of a chunk: as told, else chosen from its first records, else text.
const detail::SourceSpec& source_of(const Sources& sources, const model::StreamContext& stream,
                                    std::span<const model::Record> records)
{
    const auto& loaded = sources.loaded();
    if (const auto* told = loaded.find(stream.source)) {
        return *told;
    }
    std::vector<std::string_view> first;
    for (const model::Record& record :
         records.first(std::min(records.size(), base::limits::kSourceProbeRecords))) {
        first.push_back(record.bytes);
    }
    const auto* chosen = loaded.find(sources.choose(first));
    TANGGAP_ASSERT(chosen != nullptr);
    return *chosen;
}

} // namespace

std::vector<Rejected> decode(const Sources& sources, const model::StreamContext& stream,
                             std::span<const model::Record> records, base::Time received,
                             model::EventBatch& out)
{
    base::life::step();
    const detail::SourceSpec& spec = source_of(sources, stream, records);
    const Stream facts{.context = stream,
                       .sensor = out.keep(stream.sensor),
                       .reference =
                           stream.reference_time.ns != 0 ? stream.reference_time : received,
                       .received = received};
    // A zone that went away with an update of the system must not stop the pipeline: UTC, as when
    // none is set. Where a person gives a zone it is checked at once.
    const auto zone = detail::Zone::find(stream.timezone).value_or(detail::Zone{});
    Decoder decoder(sources.loaded(), spec, detail::TimeReader(zone, facts.reference), out);
    out.hold(sources.hold());
    out.events.reserve(out.events.size() + records.size());

    std::vector<Rejected> rejected;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (auto failure = decode_record(decoder, records[i], facts, out)) {
            rejected.push_back({.record_index = i,
                                .reason = failure->reason,
                                .detail = std::move(failure->detail)});
        }
    }
    return rejected;
}

base::Status check_timezone(std::string_view name)
{
    TRY([[maybe_unused]] const auto zone, detail::Zone::find(name));
    return {};
}

} // namespace tanggap::normalize
