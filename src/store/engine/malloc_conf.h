// Settings of the allocator inside libchdb.
#pragma once

namespace tanggap::store::engine {

inline constexpr const char* kMallocConfName = "JE_MALLOC_CONF";
/// Without it four hostile queries leave 1.1 GB resident; with a decay of 200 ms 233 MB
/// (engine-child §4), but then an import gives back and faults in the same pages again and again.
inline constexpr const char* kMallocConf = "dirty_decay_ms:2000,muzzy_decay_ms:0,narenas:2";

} // namespace tanggap::store::engine
