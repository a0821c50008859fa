// Settings of the allocator inside libchdb.
#pragma once

namespace tanggap::store::engine {

inline constexpr const char* kMallocConfName = "JE_MALLOC_CONF";
/// Without it four hostile queries leave 1.1 GB resident; with it 233 MB (engine-child §4).
inline constexpr const char* kMallocConf = "dirty_decay_ms:200,muzzy_decay_ms:0,narenas:2";

} // namespace tanggap::store::engine
