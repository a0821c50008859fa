// Damaged journal entries, quarantine entries and write-ahead logs: refused, never believed.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "disk/detail/entry_format.h"
#include "disk/detail/identity.h"
#include "disk/detail/wal_scan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::disk::detail;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    // What decodes must encode to something that decodes to the same.
    if (const auto chunk = decode_chunk(1, bytes)) {
        const auto again = decode_chunk(1, encode_chunk(*chunk));
        TANGGAP_ASSERT(again && again->records.size() == chunk->records.size());
    }
    if (const auto seen = decode_seen(bytes)) {
        TANGGAP_ASSERT(decode_seen(encode_seen(*seen)));
    }
    (void)decode_quarantine("id", bytes);
    (void)decode_totals(bytes);
    (void)decode_answer(bytes);
    (void)decode_size(bytes);
    const WalState state = scan_wal(bytes);
    TANGGAP_ASSERT(state.valid_bytes <= size);
    return 0;
}
