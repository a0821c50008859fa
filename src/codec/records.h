// Bytes to records: lines, elements of a JSON array, JSON objects written over several lines, rows
// of CSV, events as XML, or the records of a Windows event log. Used wherever a file or a body is
// read: import, parse, hunt.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "codec/compress.h"
#include "model/record.h"

namespace tanggap::codec {

enum class Framing : std::uint8_t {
    Lines,       ///< one record a line, CRLF or LF
    JsonValues,  ///< elements of one JSON array, or objects over several lines
    EvtxRecords, ///< of a Windows event log (EVTX), each as one JSON object
    CsvRows,     ///< of a table with names in its first row, each as one JSON object
    XmlEvents,   ///< Windows events as XML, each as one JSON object
};

/// Thread: one owner. Memory: at most 2 × limits::kLineBytesMax, whatever the input.
class RecordReader {
public:
    /// Unpacks `bytes`, looks at the first of them and decides framing and encoding (UTF-8 or
    /// UTF-16 with a byte order mark; the mark is dropped, UTF-16 becomes UTF-8).
    /// Errors: Invalid where the content is a known binary format or not text, saying which and
    /// what is accepted; those of the reader.
    static base::Result<std::unique_ptr<RecordReader>> open(std::unique_ptr<ByteReader> bytes,
                                                            const UnpackLimits& limits = {});
    virtual ~RecordReader() = default;

    /// Reads the next record into `record` (its memory is used again). False: the end.
    /// Blank lines are no records. A longer record than limits::kLineBytesMax comes as oversize:
    /// its head, full length and SHA-256. `record.id` is left alone.
    /// Errors: the input cannot be read further; records given before are good.
    virtual base::Result<bool> next(model::Record& record) = 0;

    virtual Framing framing() const = 0;
    /// Units: bytes of the file as it lies there, for progress.
    virtual std::uint64_t position() const = 0;
};

/// Opens, unpacks and frames a file. Errors name the file.
base::Result<std::unique_ptr<RecordReader>> open_records(const std::string& path);

/// What the first bytes are when they are not text, e.g. "an ELF program"; empty for text.
/// Shape: looks at up to the first 8 KiB.
std::string_view find_binary_format(std::string_view head);

} // namespace tanggap::codec
