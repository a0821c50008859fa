// The files of a hunt, cut into pieces that are read one after another and hunted side by side.
#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "codec/archive.h"
#include "codec/records.h"
#include "model/record.h"

namespace tanggap::app::hunting {

/// One file, or one member of an archive ("logs.zip/dc-1/Security.evtx").
struct HuntFile {
    std::string name; ///< as given
    model::StreamContext stream;
    /// The source of its records: chosen by whoever hunts its first piece, awaited by the others.
    std::promise<std::string> choose_source;
    std::shared_future<std::string> source{choose_source.get_future()};
    std::uint64_t records_before = 0; ///< of pieces finished; owner: whoever finishes them in order
};

/// Some records of a file, or what is wrong with it.
struct Piece {
    std::uint64_t sequence = 0;
    std::shared_ptr<HuntFile> file;
    bool first = false;
    std::vector<model::Record> records; ///< of text
    std::string chunks;                 ///< whole chunks of an event log
    std::uint64_t chunks_at = 0;        ///< of its file
    std::string problem;                ///< the file, or its rest, cannot be read
};

struct InputOptions {
    std::vector<std::string> paths; ///< files, folders, archives; "-": standard input
    std::string source;
    std::string timezone;
    std::optional<base::Time> reference_time; ///< empty: each file's time of last change
};

/// Thread: one caller at a time. Memory: one piece, and what the reader of one file needs.
class Inputs {
public:
    explicit Inputs(InputOptions options);
    ~Inputs();

    /// The next piece, in the order of the paths. False: there are no more.
    bool next(Piece& piece);

    std::uint64_t files() const { return files_; }
    /// Units: bytes of files as they lie there; total is 0 where it is not known.
    std::uint64_t bytes_done() const;
    std::uint64_t bytes_total() const { return bytes_total_; }

private:
    struct Open;
    void open_next(Piece& piece);
    void open_path(const std::string& path, Piece& piece);
    void open_member(Piece& piece);
    void open_bytes(std::unique_ptr<codec::ByteReader> bytes, Piece& piece);
    void begin_file(const std::string& name, base::Time changed);
    void read_records(Piece& piece);
    void read_chunks(Piece& piece);
    void fail(Piece& piece, const base::Error& error);
    void close();

    InputOptions options_;
    std::vector<std::string> paths_;
    std::size_t next_path_ = 0;
    std::uint64_t files_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t bytes_before_ = 0; ///< of files closed
    std::uint64_t bytes_of_file_ = 0;
    std::uint64_t bytes_total_ = 0;
    std::string archive_name_;
    std::unique_ptr<codec::ArchiveReader> archive_;
    std::shared_ptr<HuntFile> file_;
    bool first_ = true;
    std::unique_ptr<codec::RecordReader> records_;
    std::unique_ptr<codec::ByteReader> chunks_;
    std::uint64_t chunks_at_ = 0;
};

} // namespace tanggap::app::hunting
