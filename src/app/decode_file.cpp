#include "app/decode_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "base/files_below.h"
#include "base/limits.h"
#include "base/text.h"
#include "codec/records.h"

namespace tanggap::app {
namespace {

/// Records decoded at once: enough to amortise a batch, little enough to print early.
constexpr std::size_t kPieceRecords = 2'000;
/// Their bytes; long lines come in smaller pieces.
constexpr std::size_t kPieceBytes = 4 * 1024 * 1024;

base::Time modified_time(const std::string& path)
{
    struct stat status{};
    if (path == "-" || stat(path.c_str(), &status) != 0) {
        return base::system_clock().now();
    }
    return base::Time::from_seconds(status.st_mtim.tv_sec);
}

/// Reads up to a piece of records. False in `more` at the end; an error comes after its records.
struct PieceReader {
    codec::RecordReader& reader;
    std::vector<model::Record> records;
    base::Status status;
    bool more = true;

    void read()
    {
        records.clear();
        std::size_t bytes = 0;
        while (more && records.size() < kPieceRecords && bytes < kPieceBytes) {
            model::Record record;
            const auto found = reader.next(record);
            if (!found) {
                status = std::unexpected(found.error());
            }
            more = found && *found;
            if (more) {
                bytes += record.bytes.size();
                records.push_back(std::move(record));
            }
        }
    }
};

std::string choose(const normalize::Sources& sources, std::span<const model::Record> records)
{
    std::vector<std::string_view> first;
    for (const model::Record& record :
         records.first(std::min(records.size(), base::limits::kSourceProbeRecords))) {
        first.push_back(record.bytes);
    }
    return sources.choose(first);
}

} // namespace

std::vector<std::uint64_t> DecodedPiece::event_ordinals() const
{
    std::vector<std::uint64_t> ordinals;
    ordinals.reserve(batch.events.size());
    std::size_t next_rejected = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (next_rejected < rejected.size() && rejected[next_rejected].record_index == i) {
            ++next_rejected;
        } else {
            ordinals.push_back(first_record + i);
        }
    }
    return ordinals;
}

std::vector<std::string> logs_below(const std::string& path)
{
    std::error_code error;
    if (path == "-" || !std::filesystem::is_directory(path, error)) {
        return {path};
    }
    base::FilesBelow below = base::files_below(path);
    for (const auto& [folder, why] : below.unlisted) {
        below.files.push_back(folder);
    }
    return std::move(below.files);
}

base::Status check(const DecodeOptions& options, const normalize::Sources& sources)
{
    if (!options.source.empty() && !sources.knows(options.source)) {
        std::string known;
        for (const normalize::SourceInfo& info : sources.list()) {
            known += (known.empty() ? "" : ", ") + info.id;
        }
        return base::invalid("--source " + base::quoted(options.source) +
                             " is not known; known are " + known);
    }
    if (auto zone = normalize::check_timezone(options.timezone); !zone) {
        return std::unexpected(std::move(zone).error().in("--timezone"));
    }
    if (!options.reference_time.empty()) {
        if (auto time = base::parse_rfc3339(options.reference_time); !time) {
            return std::unexpected(std::move(time).error().in("--reference-time"));
        }
    }
    return {};
}

base::Status decode_file(const std::string& file, const DecodeOptions& options,
                         const normalize::Sources& sources, DecodedTotals& totals,
                         const std::function<void(DecodedPiece&)>& take)
{
    TRY(const auto reader, codec::open_records(file == "-" ? "/dev/stdin" : file));
    model::StreamContext stream{.sensor = "",
                                .source = options.source,
                                .timezone = options.timezone,
                                .reference_time = modified_time(file),
                                .origin = file};
    if (!options.reference_time.empty()) {
        TRY(stream.reference_time, base::parse_rfc3339(options.reference_time));
    }
    const base::Time received = base::system_clock().now();
    PieceReader pieces{.reader = *reader, .records = {}, .status = {}};
    while (pieces.more) {
        pieces.read();
        if (stream.source.empty()) {
            stream.source = choose(sources, pieces.records);
        }
        model::EventBatch batch;
        const auto rejected = normalize::decode(sources, stream, pieces.records, received, batch);
        DecodedPiece piece{.file = file,
                           .source = stream.source,
                           .batch = batch,
                           .records = pieces.records,
                           .rejected = rejected,
                           .first_record = totals.records + 1};
        totals.records += pieces.records.size();
        totals.events += batch.events.size();
        totals.quarantined += rejected.size();
        take(piece);
    }
    if (!pieces.status) {
        return std::unexpected(std::move(pieces.status).error().in(file));
    }
    return {};
}

} // namespace tanggap::app
