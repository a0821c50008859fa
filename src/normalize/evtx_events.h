// Records of Windows event logs straight to events: what decode() makes of their JSON, without it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "codec/evtx.h"
#include "model/field_set.h"
#include "normalize/normalizer.h"

namespace tanggap::normalize {

/// Chooses what is read of an event by its head: what Event.System gives, and the constants.
/// `may_come` tells whether a field that the head lacks can still come.
using ChooseFields = std::function<model::FieldSet(
    const model::Event& head, const std::function<bool(std::string_view)>& may_come)>;

struct EvtxEventsOptions {
    std::string source;  ///< content id of a JSON source
    ChooseFields choose; ///< empty: all fields of each event
    /// The fields of `head` that `choose` looks at: one answer holds for all heads equal in these.
    std::vector<std::string> choose_reads;
    bool with_original = true; ///< event.original, the record's JSON
};

/// Thread: one owner. Shape: equal to decode() over codec::RecordReader, field by field and in
/// order; with `choose`, less of it.
class EvtxEvents {
public:
    /// `sources` must know the source, and it must be of format json.
    EvtxEvents(std::shared_ptr<const Sources> sources, const model::StreamContext& stream,
               EvtxEventsOptions options);
    ~EvtxEvents();
    EvtxEvents(const EvtxEvents&) = delete;

    /// Whether `source` can be read this way.
    static bool can_read(const Sources& sources, std::string_view source);

    /// Turns to another batch: call it first, and whenever `out` of decode() changes. `reference`
    /// and `received` are as for decode(); the stream's own reference is not looked at.
    void begin(model::EventBatch& out, base::Time reference, base::Time received);
    /// The event of the record last given by reader.next(), added to `out`; or why there is none
    /// (Rejected::record_index is the caller's).
    std::optional<Rejected> decode(codec::EvtxReader& reader, const codec::EvtxRecord& record,
                                   model::EventBatch& out);

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

} // namespace tanggap::normalize
