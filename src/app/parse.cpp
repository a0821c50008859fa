#include "app/parse.h"

#include <nlohmann/json.hpp>

#include <optional>

#include "base/text.h"

namespace tanggap::app {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitPartial = 8;
/// Quarantined records named on stderr for each file; the rest is counted.
constexpr std::uint64_t kNamedMax = 20;
/// Output is handed on in pieces of about this size.
constexpr std::size_t kOutputBytes = 256 * 1024;

class Printer {
public:
    Printer(const ParseOptions& options, const cli::Console& console)
        : options_(options), console_(console)
    {
    }

    void print(DecodedPiece& piece)
    {
        constexpr model::RenderOptions kRender{.with_id = false, .with_ingested = false};
        for (const model::Event& event : piece.batch.events) {
            output_ += model::render_json(event, kRender);
            output_ += '\n';
            if (output_.size() > kOutputBytes) {
                flush();
            }
        }
        for (const normalize::Rejected& rejected : piece.rejected) {
            print_rejected(piece, rejected);
        }
        flush();
    }

    void end_of_file(const std::string& file)
    {
        if (named_ > kNamedMax) {
            console_.err("tanggap: " + cli::printable(file) + ": " +
                         std::to_string(named_ - kNamedMax) + " more quarantined records\n");
        }
        named_ = 0;
    }

private:
    void flush()
    {
        console_.out(output_);
        output_.clear();
    }

    void print_rejected(const DecodedPiece& piece, const normalize::Rejected& rejected)
    {
        const std::uint64_t ordinal = piece.first_record + rejected.record_index;
        const std::string_view reason = model::name_of(rejected.reason);
        if (options_.quarantine) {
            std::string original;
            base::make_utf8(piece.records[rejected.record_index].bytes, original);
            const nlohmann::ordered_json line{{"tanggap",
                                               {{"quarantine",
                                                 {{"file", piece.file},
                                                  {"record", ordinal},
                                                  {"reason", reason},
                                                  {"detail", rejected.detail}}}}},
                                              {"event", {{"original", original}}}};
            output_ += line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
        }
        if (++named_ <= kNamedMax) {
            console_.err("tanggap: " + cli::printable(piece.file) + ": record " +
                         std::to_string(ordinal) + ": quarantined (" + std::string(reason) +
                         "): " + rejected.detail + "\n");
        }
    }

    const ParseOptions& options_;
    const cli::Console& console_;
    std::string output_;
    std::uint64_t named_ = 0;
};

} // namespace

int run_parse(const ParseOptions& options, const normalize::Sources& sources,
              const cli::Console& console)
{
    if (const auto status = check(options.decode, sources); !status) {
        cli::report(console, status.error());
        return kExitUsage;
    }
    Printer printer(options, console);
    std::uint64_t events = 0;
    std::uint64_t quarantined = 0;
    std::optional<int> failed;
    for (const std::string& file : options.files) {
        DecodedTotals totals;
        const auto status = decode_file(file, options.decode, sources, totals,
                                        [&printer](DecodedPiece& piece) { printer.print(piece); });
        printer.end_of_file(file);
        if (!status) {
            failed = cli::report(console, status.error());
        }
        events += totals.events;
        quarantined += totals.quarantined;
    }
    if (failed) {
        return events > 0 || options.files.size() > 1 ? kExitPartial : *failed;
    }
    return options.strict && quarantined > 0 ? kExitPartial : 0;
}

} // namespace tanggap::app
