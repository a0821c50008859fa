#include "app/print_evtx.h"

#include <fmt/format.h>

#include "codec/evtx.h"

namespace tanggap::app {
namespace {

constexpr int kExitPartial = 8;
/// Output is handed on in pieces of about this size.
constexpr std::size_t kOutputBytes = 256 * 1024;

class EvtxPrinter {
public:
    EvtxPrinter(const PrintEvtxOptions& options, const cli::Console& console)
        : options_(options), console_(console)
    {
    }

    /// Errors: the file cannot be opened or read further; what was read is printed.
    base::Status print(const std::string& file)
    {
        TRY(auto bytes, codec::open_file_bytes(file == "-" ? "/dev/stdin" : file));
        TRY(auto unpacked, codec::unpack(std::move(bytes)));
        TRY(const auto reader,
            codec::EvtxReader::open(std::move(unpacked), {.recover = options_.recover}));
        auto done = print_records(*reader, file);
        flush();
        tell_totals(reader->totals(), file);
        return done;
    }

    std::uint64_t printed() const { return printed_; }
    std::uint64_t damaged() const { return damaged_; }

private:
    base::Status print_records(codec::EvtxReader& reader, const std::string& file)
    {
        codec::EvtxRecord record;
        for (;;) {
            TRY(const bool more, reader.next(record));
            if (!more) {
                return {};
            }
            const auto text =
                record.damage.empty() ? written(reader) : base::corrupt(record.damage);
            if (text) {
                print_one(*text);
            } else {
                tell_damage(file, record, text.error().message);
            }
        }
    }

    base::Result<std::string_view> written(codec::EvtxReader& reader) const
    {
        if (options_.form == EvtxForm::Xml) {
            return reader.xml();
        }
        const bool beside = options_.form == EvtxForm::SeparateAttributes;
        return reader.json(
            {.attributes = beside ? codec::EvtxAttributes::Beside : codec::EvtxAttributes::Inside,
             .style = codec::EvtxStyle::Plain});
    }

    void print_one(std::string_view text)
    {
        ++printed_;
        output_ += text;
        output_ += '\n';
        if (output_.size() > kOutputBytes) {
            flush();
        }
    }

    void flush()
    {
        console_.out(output_);
        output_.clear();
    }

    void tell_damage(const std::string& file, const codec::EvtxRecord& record, std::string_view why)
    {
        ++damaged_;
        console_.err(fmt::format("tanggap: {}: record {} at byte {} cannot be read: {}\n",
                                 cli::printable(file), record.id, record.offset,
                                 cli::printable(why)));
    }

    void tell_totals(const codec::EvtxTotals& totals, const std::string& file)
    {
        if (totals.checksum_mismatches > 0) {
            console_.err(fmt::format("tanggap: {}: the checksums of {} of {} chunks do not fit; "
                                     "they were read all the same\n",
                                     cli::printable(file), totals.checksum_mismatches,
                                     totals.chunks));
        }
        if (totals.left_behind > 0) {
            console_.err(fmt::format("tanggap: {}: {} records lie behind damage in their chunk; "
                                     "--recover reads them\n",
                                     cli::printable(file), totals.left_behind));
        }
    }

    const PrintEvtxOptions& options_;
    const cli::Console& console_;
    std::string output_;
    std::uint64_t printed_ = 0;
    std::uint64_t damaged_ = 0;
};

} // namespace

int print_evtx(const PrintEvtxOptions& options, const cli::Console& console)
{
    EvtxPrinter printer(options, console);
    int failed = 0;
    for (const std::string& file : options.files) {
        if (auto done = printer.print(file); !done) {
            failed = cli::report(console, std::move(done).error().in(file));
        }
    }
    if (failed != 0) {
        return printer.printed() > 0 || options.files.size() > 1 ? kExitPartial : failed;
    }
    return options.strict && printer.damaged() > 0 ? kExitPartial : 0;
}

} // namespace tanggap::app
