// Tables as text (CSV): each row one JSON object, named by the first row.
#pragma once

#include <memory>
#include <string_view>

#include "codec/records.h"

namespace tanggap::codec {

/// The separator of a table whose first row names its columns; 0 where `head`, the first bytes of a
/// text, is none.
///
/// Shape: RFC 4180 with ',', ';' or tab. At least three names in the first row, all different and
///        all like names, and as many cells in each row behind it as far as `head` goes. `whole`
///        says that the text ends with `head`.
char csv_separator(std::string_view head, bool whole);

/// Reads rows behind the first as `{"name":"cell",…}`, without cells that are empty. A row with
/// more cells than names, or that does not end, is given as it is, so that it is quarantined.
/// `bytes` starts with the row of names.
std::unique_ptr<RecordReader> read_csv(std::unique_ptr<ByteReader> bytes, char separator);

} // namespace tanggap::codec
