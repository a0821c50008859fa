// Event logs where records are read: each is one JSON object, as if it were a line of a file.
#pragma once

#include <memory>
#include <string>

#include "codec/compress.h"
#include "codec/records.h"

namespace tanggap::codec::evtx {

/// Reads `head` and then `rest`. A record that cannot be read is given as a line that says why and
/// shows its bytes in hex: no JSON, so that it is quarantined and the rest goes on.
base::Result<std::unique_ptr<RecordReader>> open_record_reader(std::unique_ptr<ByteReader> rest,
                                                               std::string head);

} // namespace tanggap::codec::evtx
