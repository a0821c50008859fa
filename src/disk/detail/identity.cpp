#include "disk/detail/identity.h"

#include <algorithm>
#include <cstring>

#include "base/id.h"
#include "disk/detail/bytes.h"

namespace tanggap::disk::detail {
namespace {

model::EventId first_half(const std::array<std::uint8_t, 32>& digest)
{
    model::EventId id;
    std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

/// A value's bytes as a view, for hashing. Lifetime: of the value.
template <class Integer>
std::string_view bytes_of(const Integer& value)
{
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

} // namespace

model::EventId content_id(std::string_view sensor, const NewRecord& record, std::uint64_t k)
{
    const std::uint64_t sensor_length = sensor.size();
    if (record.full_length != 0) {
        return first_half(
            base::sha256({bytes_of(sensor_length), sensor, bytes_of(record.full_length),
                          record.full_sha256, bytes_of(k)}));
    }
    return first_half(base::sha256({bytes_of(sensor_length), sensor, record.bytes, bytes_of(k)}));
}

model::EventId external_id(std::string_view sensor, std::string_view id)
{
    const std::uint64_t sensor_length = sensor.size();
    return first_half(base::sha256({"external", bytes_of(sensor_length), sensor, id}));
}

model::EventId unique_id(std::string_view journal_id, std::uint64_t sequence, std::uint64_t index)
{
    return first_half(base::sha256({"unique", journal_id, bytes_of(sequence), bytes_of(index)}));
}

Seen::Delivery Seen::deliver(std::uint32_t tag)
{
    const auto begin = streams.begin();
    auto end = begin + static_cast<std::ptrdiff_t>(streams_known);
    auto stream = std::find_if(begin, end, [&](const Stream& s) { return s.tag == tag; });
    if (stream == end) {
        if (streams_known < streams.size()) {
            ++streams_known;
        } else {
            --stream; // The stream longest without this record makes room.
        }
        *stream = {tag, 0};
    }
    std::rotate(begin, stream, stream + 1);
    const std::uint64_t k = ++streams.front().count;
    const bool is_new = k > max_k;
    max_k = std::max(max_k, k);
    return {k, is_new};
}

std::string encode_seen(const Seen& seen)
{
    std::string out;
    const bool plain = seen.max_k == 1 && seen.streams_known == 1 && seen.streams[0].count == 1;
    if (plain) {
        put_fixed(out, seen.streams[0].tag);
        return out;
    }
    put_varint(out, seen.max_k);
    for (std::size_t i = 0; i < seen.streams_known; ++i) {
        put_fixed(out, seen.streams[i].tag);
        put_varint(out, seen.streams[i].count);
    }
    return out;
}

base::Result<Seen> decode_seen(std::string_view bytes)
{
    Reader reader(bytes);
    if (bytes.size() == sizeof(std::uint32_t)) {
        return Seen{1, {{{reader.fixed<std::uint32_t>(), 1}}}, 1};
    }
    Seen seen;
    seen.max_k = reader.varint();
    while (reader.ok() && !reader.left().empty() && seen.streams_known < seen.streams.size()) {
        Seen::Stream& stream = seen.streams.at(seen.streams_known++);
        stream.tag = reader.fixed<std::uint32_t>();
        stream.count = reader.varint();
    }
    if (!reader.done()) {
        return base::corrupt("a record identity in the journal does not decode");
    }
    return seen;
}

std::uint32_t stream_tag(std::string_view stream_id)
{
    const auto digest = base::sha256({stream_id});
    std::uint32_t tag = 0;
    std::memcpy(&tag, digest.data(), sizeof tag);
    return tag;
}

} // namespace tanggap::disk::detail
