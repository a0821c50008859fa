#include "app/hunt/inputs.h"

#include <sys/stat.h>

#include <algorithm>

#include <fmt/format.h>

#include "app/decode_file.h"
#include "base/text.h"
#include "codec/evtx.h"

namespace tanggap::app::hunting {
namespace {

/// A piece: enough to make switching between threads cheap, little enough to hold several.
constexpr std::size_t kPieceRecords = 4'000;
constexpr std::size_t kPieceBytes = std::size_t{2} * 1024 * 1024;
constexpr std::size_t kPieceChunks = 16;
/// Enough of a file to tell what it is.
constexpr std::size_t kHeadBytes = codec::kEvtxFileHeadBytes;

struct FileFacts {
    std::uint64_t bytes = 0;
    base::Time changed;
};

FileFacts facts_of(const std::string& path)
{
    struct stat status{};
    if (path == "-" || stat(path.c_str(), &status) != 0) {
        return {.bytes = 0, .changed = base::system_clock().now()};
    }
    return {.bytes = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0,
            .changed = base::Time::from_seconds(status.st_mtime)};
}

/// Fills `into` as far as the bytes go.
base::Status read_full(codec::ByteReader& bytes, std::string& into, std::size_t size)
{
    into.resize(size);
    std::size_t done = 0;
    while (done < size) {
        const auto got = bytes.read({into.data() + done, size - done});
        if (!got || *got == 0) {
            into.resize(done);
            return got ? base::Status{} : std::unexpected(got.error());
        }
        done += *got;
    }
    return {};
}

} // namespace

Inputs::Inputs(InputOptions options) : options_(std::move(options))
{
    for (const std::string& path : options_.paths) {
        std::ranges::move(logs_below(path), std::back_inserter(paths_));
    }
    for (const std::string& path : paths_) {
        bytes_total_ += facts_of(path).bytes;
    }
}

Inputs::~Inputs() = default;

std::uint64_t Inputs::bytes_done() const
{
    std::uint64_t done = bytes_before_;
    if (records_) {
        done += std::min(records_->position(), bytes_of_file_);
    } else if (chunks_) {
        done += std::min(chunks_->position(), bytes_of_file_);
    }
    return done;
}

bool Inputs::next(Piece& piece)
{
    piece = {};
    while (piece.records.empty() && piece.chunks.empty() && piece.problem.empty()) {
        if (records_) {
            read_records(piece);
        } else if (chunks_) {
            read_chunks(piece);
        } else if (archive_) {
            open_member(piece);
        } else if (next_path_ < paths_.size()) {
            open_path(paths_[next_path_++], piece);
        } else {
            return false;
        }
    }
    if (!piece.file) {
        piece.file = file_;
    }
    piece.first = std::exchange(first_, false);
    piece.sequence = sequence_++;
    return true;
}

void Inputs::begin_file(const std::string& name, base::Time changed)
{
    ++files_;
    first_ = true;
    file_ = std::make_shared<HuntFile>();
    file_->name = name;
    file_->stream = {.sensor = "hunt",
                     .source = options_.source,
                     .timezone = options_.timezone,
                     .reference_time = options_.reference_time.value_or(changed),
                     .origin = name};
}

void Inputs::open_path(const std::string& path, Piece& piece)
{
    const FileFacts facts = facts_of(path);
    bytes_before_ += std::exchange(bytes_of_file_, facts.bytes);
    begin_file(path, facts.changed);
    auto bytes = codec::open_file_bytes(path == "-" ? "/dev/stdin" : path);
    if (!bytes) {
        return fail(piece, bytes.error());
    }
    open_bytes(std::move(*bytes), piece);
}

/// Looks at what the bytes are, once unpacked.
void Inputs::open_bytes(std::unique_ptr<codec::ByteReader> bytes, Piece& piece)
{
    auto unpacked = codec::unpack(std::move(bytes));
    if (!unpacked) {
        return fail(piece, unpacked.error());
    }
    std::string head;
    // A file damaged within its head still gives what could be read: its reader meets the error.
    (void)read_full(**unpacked, head, kHeadBytes);
    if (head.starts_with(codec::kEvtxMagic) && head.size() == kHeadBytes) {
        chunks_ = std::move(*unpacked);
        chunks_at_ = kHeadBytes;
        return;
    }
    if (codec::is_archive(head)) {
        if (archive_) {
            return fail(piece, {base::Code::Invalid, "an archive inside an archive is not opened; "
                                                     "unpack the outer one first"});
        }
        --files_; // its members are the files
        archive_name_ = file_->name;
        // A zip file has its list at the end; a stream is read by its members' heads.
        const bool plain_zip = head.starts_with("PK") && file_->name != "-";
        auto opened = plain_zip ? codec::ArchiveReader::open_file(file_->name)
                                : codec::ArchiveReader::open(
                                      codec::with_head(std::move(head), std::move(*unpacked)));
        if (!opened) {
            return fail(piece, opened.error());
        }
        archive_ = std::move(*opened);
        return;
    }
    auto opened =
        codec::RecordReader::open(codec::with_head(std::move(head), std::move(*unpacked)));
    if (!opened) {
        return fail(piece, opened.error());
    }
    records_ = std::move(*opened);
}

void Inputs::open_member(Piece& piece)
{
    codec::ArchiveMember member;
    const auto found = archive_->next(member);
    if (!found) {
        begin_file(archive_name_, base::system_clock().now());
        --files_;
        fail(piece, found.error());
    } else if (*found) {
        begin_file(archive_name_ + "/" + member.name,
                   member.changed_s > 0 ? base::Time::from_seconds(member.changed_s)
                                        : facts_of(archive_name_).changed);
        open_bytes(archive_->bytes(), piece);
    }
    if (archive_->ended()) {
        archive_.reset();
    }
}

void Inputs::fail(Piece& piece, const base::Error& error)
{
    const bool named = error.message.find(file_->name) != std::string::npos;
    piece.problem = named ? error.message : file_->name + ": " + error.message;
    piece.file = file_;
    close();
}

void Inputs::close()
{
    records_.reset();
    chunks_.reset();
}

void Inputs::read_records(Piece& piece)
{
    std::size_t bytes = 0;
    while (piece.records.size() < kPieceRecords && bytes < kPieceBytes) {
        model::Record& record = piece.records.emplace_back();
        const auto given = records_->next(record);
        if (given && *given) {
            bytes += record.bytes.size();
            continue;
        }
        piece.records.pop_back();
        if (!given) {
            return fail(piece, given.error());
        }
        return close();
    }
}

void Inputs::read_chunks(Piece& piece)
{
    piece.chunks_at = chunks_at_;
    const auto read = read_full(*chunks_, piece.chunks, kPieceChunks * codec::kEvtxChunkBytes);
    chunks_at_ += piece.chunks.size();
    if (!read) {
        return fail(piece, read.error());
    }
    if (piece.chunks.size() < kPieceChunks * codec::kEvtxChunkBytes) {
        close();
    }
}

} // namespace tanggap::app::hunting
