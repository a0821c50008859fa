// Which records are the same record (rulings 18).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/limits.h"
#include "disk/journal.h"
#include "model/event.h"

namespace tanggap::disk::detail {

/// SHA-256(length of sensor, sensor, bytes, k), first 128 bits. Of an oversize record the whole
/// record's length and digest stand in for its bytes. Range: k counts from 1.
model::EventId content_id(std::string_view sensor, const NewRecord& record, std::uint64_t k);
/// SHA-256(sensor, external id), in a space of its own.
model::EventId external_id(std::string_view sensor, std::string_view id);
/// A record that is never the same as another: its place in this journal names it.
model::EventId unique_id(std::string_view journal_id, std::uint64_t sequence, std::uint64_t index);

/// What is remembered of one content: the highest k that became an event, and how often each of
/// the latest streams has delivered it.
///
/// The k-th identical record of a stream is new exactly when k > max_k. So the same file again
/// counts 1, 2, … up to what is known, and adds nothing; a grown file adds what is beyond.
struct Seen {
    struct Stream {
        std::uint32_t tag = 0;
        std::uint64_t count = 0;
    };

    std::uint64_t max_k = 0;
    std::array<Stream, base::limits::kSeenStreamsMax> streams{}; ///< newest first
    std::size_t streams_known = 0;

    /// Counts one delivery by the stream. Gives its k, and raises max_k where it is new.
    struct Delivery {
        std::uint64_t k = 0;
        bool is_new = false;
    };
    Delivery deliver(std::uint32_t tag);
};

/// Shape: 4 bytes where one stream has delivered it once (nearly always), else max_k and the
/// streams as varints, which is never 4 bytes long.
std::string encode_seen(const Seen& seen);
base::Result<Seen> decode_seen(std::string_view bytes);

std::uint32_t stream_tag(std::string_view stream_id);

} // namespace tanggap::disk::detail
