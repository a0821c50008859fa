// An event's fields as two strings that give back exactly the event: `shape` (names and kinds, the
// same for all events of one kind of log, so it costs a byte or two) and `values` (where each value
// lies in the record, or its text).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "model/event.h"

namespace tanggap::store::clickhouse {

/// Shape of `shape`:  one "<kind><name>" per field in order, ended by '\n'; kinds n b i f s. A name
///                    that holds a '\n' or NUL is escaped by '\\'.
/// Shape of `values`: varint of the nanoseconds below a microsecond of the time, the same of
///                    receipt, then per field (nulls have none) varint n: even: n/2 bytes of text
///                    follow; odd: n/2 is the length and a varint offset into the record follows.
void append_shape(std::string& shape, const model::Event& event);
void append_values(std::string& values, const model::Event& event);

/// The reverse: adds the fields, and the nanoseconds to both times, whose microseconds are set.
/// Lifetime: views into `shape`, `values` and event.original, or kept in `batch`.
/// Errors: Corrupt where the strings do not fit each other.
base::Status read_shape(std::string_view shape, std::string_view values, model::EventBatch& batch,
                        model::Event& event);

} // namespace tanggap::store::clickhouse
