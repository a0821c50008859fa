#include "cli/detail/import_pieces.h"

#include "base/limits.h"
#include "codec/records.h"

namespace tanggap::cli::detail {
namespace {

namespace limits = base::limits;

/// Read ahead of the sender.
constexpr std::size_t kQueuePieces = 4;

void append_little_endian(std::string& out, std::uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i) {
        out += static_cast<char>(value >> (8 * i) & 0xFF);
    }
}

void append_from_hex(std::string& out, std::string_view hex)
{
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
    }
}

base::Result<std::unique_ptr<codec::RecordReader>> open(const Input& input)
{
    TRY(auto bytes, codec::open_file_bytes(input.path == "-" ? "/dev/stdin" : input.path));
    const codec::UnpackLimits unpack{.ratio_max = 0, .bytes_max = limits::kImportUnpackedBytesMax};
    return codec::RecordReader::open(std::move(bytes), unpack);
}

bool is_full(const Piece& piece)
{
    return piece.records == limits::kChunkRecordsMax ||
           piece.body.size() >= limits::kChunkBytesMax - limits::kLineBytesMax;
}

/// Fills `piece` up to its limits; `last` and `error` say how the file ended.
void fill(codec::RecordReader& reader, model::Record& record, Piece& piece)
{
    piece.body.reserve(limits::kChunkBytesMax + limits::kLineBytesMax);
    while (!is_full(piece)) {
        const auto more = reader.next(record);
        if (!more || !*more) {
            piece.last = true;
            if (!more) {
                piece.error = more.error();
            }
            break;
        }
        append_frame(record, piece.body);
        ++piece.records;
        if (piece.records <= limits::kSourceProbeRecords) {
            piece.probe_bytes = piece.body.size();
        }
    }
    piece.position = reader.position();
}

} // namespace

void append_frame(const model::Record& record, std::string& body)
{
    constexpr std::size_t kOversizeHead = 8 + 32;
    const std::size_t length = record.bytes.size() + (record.oversize() ? kOversizeHead : 0);
    append_little_endian(body, length, 4);
    body += record.oversize() ? '\1' : '\0';
    if (record.oversize()) {
        append_little_endian(body, record.full_length, 8);
        append_from_hex(body, record.full_sha256);
    }
    body += record.bytes;
}

PieceReader::PieceReader(const std::vector<Input>& inputs)
    : inputs_(inputs),
      queue_({.items_max = kQueuePieces, .bytes_max = SIZE_MAX}),
      thread_([this] { run(); })
{
}

PieceReader::~PieceReader()
{
    queue_.close();
    thread_.join();
}

void PieceReader::run()
{
    for (std::size_t file = 0; file < inputs_.size(); ++file) {
        if (!read_file(file)) {
            return;
        }
    }
    queue_.close();
}

/// False when nobody takes pieces any more.
bool PieceReader::read_file(std::size_t file)
{
    auto reader = open(inputs_[file]);
    model::Record record;
    for (std::size_t number = 0;; ++number) {
        Piece piece{.file = file, .number = number};
        if (reader) {
            fill(**reader, record, piece);
        } else {
            piece.last = true;
            piece.error = reader.error();
        }
        const bool last = piece.last;
        if (!queue_.push(std::move(piece), 1)) {
            return false;
        }
        if (last) {
            return true;
        }
    }
}

} // namespace tanggap::cli::detail
