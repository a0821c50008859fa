// Windows events written out as XML: as Event Viewer, wevtutil and Get-WinEvent export them.
#pragma once

#include <memory>
#include <string_view>

#include "codec/records.h"

namespace tanggap::codec {

/// Whether the text that `head` begins is a list of <Event> elements, one alone, or one a line.
bool is_xml_events(std::string_view head);

/// Each <Event> as one JSON object, as an event log's record is (codec/evtx.h). What stands between
/// events and is no markup around them, or is no XML, is given as it is, so that it is quarantined.
/// Document types and entities of one's own are refused.
std::unique_ptr<RecordReader> read_xml_events(std::unique_ptr<ByteReader> bytes);

} // namespace tanggap::codec
