#include "cli/import.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "base/id.h"
#include "base/time.h"
#include "cli/detail/api_client.h"
#include "cli/detail/import_inputs.h"
#include "cli/detail/import_pieces.h"
#include "cli/detail/import_report.h"
#include "cli/detail/import_sender.h"
#include "cli/detail/progress.h"
#include "net/http.h"

namespace tanggap::cli {
namespace {

using std::chrono::steady_clock;

constexpr int kUsageExit = 2;
constexpr int kPartialExit = 8;
constexpr int kInterruptedExit = 130;
/// Pieces that the server has taken and not processed. More would only be read from its disk again,
/// at the cost of the processing they wait for.
constexpr std::size_t kPiecesAhead = 3;
constexpr std::chrono::seconds kPaceWaitMax{5};

/// A whole import. Thread: one, beside the reader that detail::PieceReader owns.
class Import {
public:
    Import(const ImportOptions& options, const Console& console, detail::ApiClient client,
           detail::InputList inputs);

    int run();

private:
    void send_all();
    void send(const detail::Piece& piece);
    void choose_source(const detail::Piece& piece);
    void keep_pace();
    std::string target_of(std::size_t file) const;
    void wait_until_processed();
    void collect_batches();
    void fail_file(std::size_t file, const base::Error& error);
    void show_progress(const std::string& doing);
    bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }
    int finish();

    /// What belongs to a file beside its report.
    struct Stream {
        std::string id;
        bool failed = false;                     ///< nothing more of it is sent
        std::uint64_t position = 0;              ///< for progress
        std::vector<std::uint64_t> batches = {}; ///< journal sequences, each once
    };

    const ImportOptions& options_;
    const Console& console_;
    detail::ApiClient client_;
    const detail::InputList inputs_;
    detail::ImportReport report_;
    std::vector<Stream> streams_;
    const steady_clock::time_point start_ = steady_clock::now();
    detail::Progress progress_;
    std::optional<base::Error> fatal_; ///< ends the whole import
    bool partial_ = false;
    bool server_chooses_ = true;
    std::uint64_t records_ = 0;
    std::uint64_t last_batch_ = 0;
    std::deque<std::uint64_t> ahead_; ///< batches not known to be processed, oldest first
};

std::uint64_t bytes_of(const detail::InputList& inputs)
{
    std::uint64_t bytes = 0;
    for (const detail::Input& input : inputs.files) {
        bytes += input.bytes;
    }
    return bytes;
}

Import::Import(const ImportOptions& options, const Console& console, detail::ApiClient client,
               detail::InputList inputs)
    : options_(options),
      console_(console),
      client_(std::move(client)),
      inputs_(std::move(inputs)),
      progress_(console, options.quiet, bytes_of(inputs_), start_)
{
    for (const detail::Input& input : inputs_.files) {
        detail::FileReport file;
        file.path = input.path;
        file.sensor = input.sensor;
        file.source = options.source;
        report_.files.push_back(std::move(file));
        streams_.push_back({.id = base::make_uuid_v7(base::system_clock().now()).text()});
    }
    for (const auto& [path, error] : inputs_.unreadable) {
        detail::FileReport file;
        file.path = path;
        report_.files.push_back(std::move(file));
        fail_file(report_.files.size() - 1, error);
    }
}

int Import::run()
{
    send_all();
    progress_.finish();
    if (!fatal_ && !stopped()) {
        wait_until_processed();
    }
    if (!fatal_) {
        collect_batches();
    }
    return finish();
}

void Import::send_all()
{
    detail::PieceReader reader(inputs_.files);
    while (auto piece = reader.take()) {
        if (stopped() || fatal_) {
            return;
        }
        detail::FileReport& file = report_.files[piece->file];
        streams_[piece->file].position = piece->position;
        if (piece->records > 0 && !streams_[piece->file].failed) {
            keep_pace();
            send(*piece);
        }
        if (piece->error) {
            // The reader names the file only where it opened it by name itself.
            base::Error error = *piece->error;
            const bool named = error.message.find(file.path) != std::string::npos;
            fail_file(piece->file, named ? error : std::move(error).in(file.path));
        }
        show_progress(file.path);
    }
}

void Import::send(const detail::Piece& piece)
{
    if (piece.number == 0 && options_.source.empty()) {
        choose_source(piece);
    }
    detail::FileReport& file = report_.files[piece.file];
    Stream& stream = streams_[piece.file];
    detail::PieceSender sender(client_, options_,
                               [this](const std::string& line) { show_progress(line); });
    const detail::PieceAddress address{.target = target_of(piece.file),
                                       .idempotency_key =
                                           stream.id + "-" + std::to_string(piece.number)};
    const auto answer = sender.send(address, piece.body);
    if (!answer) {
        const base::Code code = answer.error().code;
        const bool hits_every_file =
            code != base::Code::Invalid && code != base::Code::NotFound && !stopped();
        if (hits_every_file) {
            fatal_ = answer.error();
        }
        fail_file(piece.file, base::Error(answer.error()).in(file.path));
        return;
    }
    file.records += answer->received;
    file.duplicate += answer->duplicate;
    for (const auto& [reason, count] : answer->rejected) {
        file.rejected[reason] += count;
    }
    records_ += answer->received;
    if (answer->batch != 0) {
        stream.batches.push_back(answer->batch);
        last_batch_ = std::max(last_batch_, answer->batch);
        ahead_.push_back(answer->batch);
    }
}

/// Waits while the server is behind by more than kPiecesAhead; not for ever, since taking is worth
/// more than processing.
void Import::keep_pace()
{
    const auto until = steady_clock::now() + kPaceWaitMax;
    while (ahead_.size() > kPiecesAhead && steady_clock::now() < until && !stopped()) {
        const auto progress = client_.get("/api/v1/ingest/progress");
        if (!progress) {
            break; // The next piece meets the same trouble and says so.
        }
        const std::uint64_t processed = detail::count_of(*progress, "processed");
        std::erase_if(ahead_, [&](std::uint64_t batch) { return batch <= processed; });
        if (ahead_.size() > kPiecesAhead) {
            show_progress("waiting until the server has processed the last pieces");
            detail::wait_unless_stopped(options_.retry.poll, options_.stop);
        }
    }
}

/// Rulings 23: one source for the whole file. A server without that question chooses per piece.
void Import::choose_source(const detail::Piece& piece)
{
    if (!server_chooses_) {
        return;
    }
    net::HttpClientRequest request{.method = "POST",
                                   .target = "/api/v1/sources/choose",
                                   .headers = {{"Content-Type", "application/vnd.tanggap.records"}},
                                   .body_view =
                                       std::string_view(piece.body).substr(0, piece.probe_bytes)};
    const auto response = client_.send(std::move(request));
    if (!response || response->status != 200) {
        server_chooses_ = !response || (response->status != 404 && response->status != 405);
        return;
    }
    if (const auto json = detail::parse_json(*response)) {
        report_.files[piece.file].source = detail::text_of(*json, "source");
    }
}

std::string Import::target_of(std::size_t file) const
{
    const detail::Input& input = inputs_.files[file];
    const std::string reference = !options_.reference_time.empty() ? options_.reference_time
                                  : input.modified.ns != 0 ? base::format_rfc3339(input.modified)
                                                           : std::string();
    std::string target = "/api/v1/ingest/" + net::percent_encode(input.sensor) +
                         "?stream=" + streams_[file].id +
                         "&origin=" + net::percent_encode(printable(input.path));
    const std::pair<std::string_view, const std::string&> optional[] = {
        {"source", report_.files[file].source},
        {"timezone", options_.timezone},
        {"reference_time", reference},
    };
    for (const auto& [name, value] : optional) {
        if (!value.empty()) {
            target += "&" + std::string(name) + "=" + net::percent_encode(value);
        }
    }
    return target;
}

void Import::wait_until_processed()
{
    while (last_batch_ != 0 && !stopped()) {
        const auto progress = client_.get("/api/v1/ingest/progress");
        if (!progress) {
            if (!base::traits_of(progress.error().code).retry) {
                fatal_ = progress.error();
                return;
            }
        } else if (detail::count_of(*progress, "processed") >= last_batch_) {
            return;
        }
        show_progress("waiting until the server has processed it");
        detail::wait_unless_stopped(options_.retry.poll, options_.stop);
    }
}

void Import::collect_batches()
{
    for (std::size_t i = 0; i < streams_.size(); ++i) {
        detail::FileReport& file = report_.files[i];
        for (const std::uint64_t batch : streams_[i].batches) {
            const auto json = client_.get("/api/v1/ingest/batches/" + std::to_string(batch));
            if (!json) {
                fail_file(i, base::Error(json.error()).in("the result of " + file.path));
                break;
            }
            const auto quarantined = json->find("quarantined");
            if (quarantined != json->end() && quarantined->is_object()) {
                for (const auto& [reason, count] : quarantined->items()) {
                    file.quarantined[reason] += detail::count_of(*quarantined, reason.c_str());
                }
            }
            file.detections += detail::count_of(*json, "detections");
            const auto alerts = json->find("alerts");
            if (alerts != json->end() && alerts->is_array()) {
                for (const auto& alert : *alerts) {
                    file.alerts.insert(alert.is_string() ? alert.get<std::string>() : alert.dump());
                }
            }
            if (file.source.empty()) {
                file.source = detail::text_of(*json, "source");
            }
        }
    }
}

void Import::fail_file(std::size_t file, const base::Error& error)
{
    partial_ = true;
    if (file < streams_.size()) {
        streams_[file].failed = true;
    }
    report_.files[file].error = error.message;
    progress_.finish();
    report(console_, error);
}

void Import::show_progress(const std::string& doing)
{
    std::uint64_t bytes = 0;
    for (const Stream& stream : streams_) {
        bytes += stream.position;
    }
    progress_.update(bytes, records_, doing, steady_clock::now());
}

int Import::finish()
{
    progress_.finish();
    report_.seconds = std::chrono::duration<double>(steady_clock::now() - start_).count();
    if (options_.json || !console_.out_is_terminal) {
        if (options_.each) {
            console_.out(detail::to_lines(report_));
        }
        console_.out(detail::to_json(report_).dump() + "\n");
    } else {
        console_.out(detail::to_text(report_));
    }
    if (stopped()) {
        console_.err("tanggap: interrupted; what the server has taken is safe. Run the same "
                     "command again to go on: records it has already are counted as duplicates\n");
        return kInterruptedExit;
    }
    if (fatal_) {
        return base::traits_of(fatal_->code).exit_code;
    }
    return partial_ ? kPartialExit : 0;
}

base::Status check(const ImportOptions& options)
{
    if (options.paths.empty()) {
        return base::invalid("nothing to import; name files, folders or - for standard input");
    }
    if (!options.reference_time.empty()) {
        const auto time = base::parse_rfc3339(options.reference_time);
        if (!time) {
            return std::unexpected(base::Error(time.error()).in("--reference-time"));
        }
    }
    return {};
}

} // namespace

int run_import(const ImportOptions& options, const Console& console)
{
    if (const auto checked = check(options); !checked) {
        report(console, checked.error());
        return kUsageExit;
    }
    auto client = detail::ApiClient::open(options.server);
    if (!client) {
        return report(console, client.error());
    }
    Import import(options, console, std::move(*client),
                  detail::find_inputs(options.paths, options.sensor));
    return import.run();
}

} // namespace tanggap::cli
