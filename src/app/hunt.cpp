#include "app/hunt.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <ostream>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/hunt/html.h"
#include "app/hunt/inputs.h"
#include "app/hunt/overview.h"
#include "app/hunt/tamper.h"
#include "app/hunt/worker.h"
#include "base/text.h"
#include "detect/engine.h"
#include "exchange/indicators.h"
#include "normalize/normalizer.h"

namespace tanggap::app {
namespace {

using namespace hunting;
using Form = HuntOptions::Form;

/// Findings a timeline holds in memory, some hundred bytes each.
constexpr std::size_t kTimelineMax = 100'000;
constexpr std::size_t kTamperSignsKept = 2'000;

template <class Diagnostics>
void print_diagnostics(const Diagnostics& diagnostics, std::ostream& errors)
{
    for (const auto& one : diagnostics) {
        using Severity = std::remove_cvref_t<decltype(one.severity)>;
        errors << fmt::format("{}:{}:{}: {}: {}\n", printable(one.file), one.line, one.column,
                              one.severity == Severity::Error ? "error" : "warning",
                              printable(one.message));
        if (!one.hint.empty()) {
            errors << "  hint: " << printable(one.hint) << '\n';
        }
    }
}

std::size_t kept_max(const HuntOptions& options)
{
    const std::size_t page = options.html.empty() ? 0 : kPageFindingsMax;
    return options.form == Form::Timeline ? kTimelineMax : page;
}

class Hunt {
public:
    Hunt(const HuntOptions& options, std::ostream& out, std::ostream& errors)
        : options_(options),
          out_(out),
          errors_(errors),
          overview_(kept_max(options)),
          tamper_overview_(kTamperSignsKept),
          tamper_(with_json()),
          progress_(options.progress, errors)
    {
    }

    base::Status load(const Content& content)
    {
        std::vector<normalize::Diagnostic> source_problems;
        shared_.sources = normalize::Sources::load(content.sources, source_problems);
        print_diagnostics(source_problems, errors_);
        if (!options_.source.empty() && !shared_.sources->knows(options_.source)) {
            return base::invalid(
                fmt::format("no source is named {}", base::quoted(options_.source)));
        }
        TRY_STATUS(
            normalize::check_timezone(options_.timezone.empty() ? "UTC" : options_.timezone));
        auto rules = content.rules;
        if (!options_.rules.empty()) {
            rules.clear();
        }
        for (const auto& path : options_.rules) {
            TRY_STATUS(add_rules(path, rules));
        }
        TRY_STATUS(load_rules(rules, content.mappings));
        return load_indicators();
    }

    void run()
    {
        inputs_ = std::make_unique<Inputs>(InputOptions{.paths = options_.files,
                                                        .source = options_.source,
                                                        .timezone = options_.timezone,
                                                        .reference_time = options_.reference_time});
        const std::size_t threads = options_.threads != 0
                                        ? options_.threads
                                        : std::max(1U, std::thread::hardware_concurrency());
        ahead_max_ = 2 * threads + 2;
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < threads; ++i) {
            others.emplace_back([this] { work(); });
        }
        work();
        others.clear(); // joined
        end_file();
        summary_.files = inputs_->files();
        summary_.interrupted = stopped();
    }

    base::Status finish(double seconds)
    {
        progress_.clear();
        summary_.seconds = seconds;
        if (options_.form == Form::Table) {
            print_summary(out_, overview_, options_.style);
            if (tamper_overview_.findings() > 0) {
                out_ << (options_.style.language == Language::Indonesian
                             ? "\nTanda perusakan log\n"
                             : "\nSigns of tampering with logs\n");
                print_summary(out_, tamper_overview_, options_.style);
            }
        } else if (options_.form == Form::Timeline) {
            print_timeline(out_, overview_, options_.style);
        }
        auto written = write_page();
        print_totals();
        return written;
    }

    const HuntSummary& summary() const { return summary_; }

private:
    WithJson with_json() const
    {
        return options_.form == Form::JsonLines ? WithJson::Yes : WithJson::No;
    }

    base::Status load_rules(const std::vector<detect::RuleFile>& files,
                            const std::vector<detect::MappingFile>& mappings)
    {
        std::vector<detect::Diagnostic> problems;
        shared_.rules = detect::RuleSet::load(files, mappings, problems);
        print_diagnostics(problems, errors_);
        if (shared_.rules->rules().empty()) {
            return base::invalid("no rule could be loaded; see the messages above");
        }
        const bool backtracks = std::ranges::any_of(problems, [](const detect::Diagnostic& one) {
            return one.message.contains("slow engine");
        });
        if (options_.strict && backtracks) {
            return base::invalid("--strict refuses rules whose expressions look around or back");
        }
        shared_.field_use = std::make_unique<detect::FieldUse>(shared_.rules);
        shared_.filter = options_.filter;
        shared_.since = options_.since;
        shared_.until = options_.until;
        shared_.json = with_json();
        shared_.timezone = options_.timezone;
        correlator_ = std::make_unique<detect::Correlator>(shared_.rules);
        return {};
    }

    base::Status load_indicators()
    {
        if (options_.indicators.empty()) {
            return {};
        }
        detect::IndicatorSet::Builder builder;
        for (const auto& path : options_.indicators) {
            TRY(auto bytes, codec::open_file_bytes(path));
            const exchange::IndicatorDefaults defaults{.source = path, .tlp = {}, .expires = {}};
            auto report = exchange::read_indicators(
                std::move(bytes), defaults, [&](const auto& one) { return builder.add(one); });
            if (!report) {
                return std::unexpected(std::move(report).error().in(path));
            }
            for (const auto& problem : report->problems) {
                errors_ << fmt::format("{}: {}\n", printable(path), printable(problem));
            }
            errors_ << fmt::format("{}: {} indicators ({}), {} refused\n", printable(path),
                                   report->taken, report->format, report->refused);
        }
        shared_.indicators = builder.build();
        return {};
    }

    bool stopped() const { return options_.stop != nullptr && *options_.stop; }

    /// What each thread does until nothing is left to read.
    void work()
    {
        Worker worker(shared_);
        Piece piece;
        while (take_piece(piece)) {
            hand_in(worker.run(std::move(piece)));
        }
    }

    bool take_piece(Piece& piece)
    {
        const std::lock_guard reading(reading_);
        {
            // One slow piece must not let the others pile up behind it.
            std::unique_lock lock(order_);
            advanced_.wait(lock, [this] { return taken_ < next_ + ahead_max_; });
        }
        if (stopped() || !inputs_->next(piece)) {
            return false;
        }
        ++taken_;
        files_ = inputs_->files();
        bytes_done_ = inputs_->bytes_done();
        return true;
    }

    /// Results are taken in order, by whoever brings the one that is next.
    void hand_in(PieceResult result)
    {
        const std::lock_guard lock(order_);
        waiting_.emplace(result.piece.sequence, std::move(result));
        while (!waiting_.empty() && waiting_.begin()->first == next_) {
            take(waiting_.begin()->second);
            waiting_.erase(waiting_.begin());
            ++next_;
        }
        advanced_.notify_all();
    }

    void take(PieceResult& result)
    {
        const Piece& piece = result.piece;
        if (piece.first) {
            end_file();
        }
        HuntFile& file = *piece.file;
        take_findings(result, file.records_before);
        file_name_ = std::shared_ptr<const std::string>(piece.file, &file.name);
        std::vector<Finding> signs;
        tamper_.take(result.marks, file_name_, file.records_before, signs);
        take_signs(signs);
        file.records_before += result.records;
        summary_.records += result.records;
        summary_.events += result.events;
        summary_.quarantined += result.quarantined;
        if (!piece.problem.empty()) {
            ++summary_.unreadable;
            progress_.clear();
            errors_ << printable(piece.problem) << '\n';
        }
        progress_.show({.files = files_,
                        .records = summary_.records,
                        .detections = summary_.detections,
                        .bytes_done = bytes_done_,
                        .bytes_total = inputs_->bytes_total()});
    }

    /// In the order of the events; at one event rules come before correlations.
    void take_findings(PieceResult& result, std::uint64_t records_before)
    {
        std::vector<model::Detection> correlated;
        if (!result.signals.empty()) {
            correlator_->feed(result.batch, result.signals, correlated);
            (void)correlator_->take_changes(); // kept by a server only
        }
        const std::shared_ptr<const std::string> name(result.piece.file, &result.piece.file->name);
        auto single = result.findings.begin();
        const auto take_singles = [&](std::size_t up_to) {
            for (; single != result.findings.end() && single->first <= up_to; ++single) {
                single->second.record += records_before;
                emit(single->second);
            }
        };
        for (const auto& detection : correlated) {
            take_singles(detection.event_index);
            const auto& event = result.batch.events[detection.event_index];
            // A storm is one finding a timespan, however many events go on with it.
            if (!detection.continues && options_.filter.takes(*detection.rule) &&
                options_.filter.takes(event)) {
                emit(make_finding(event, detection, name,
                                  records_before + result.ordinals[detection.event_index],
                                  with_json()));
            }
        }
        take_singles(SIZE_MAX);
    }

    void emit(const Finding& finding)
    {
        ++summary_.detections;
        const auto level = finding.rule->level;
        summary_.highest = std::max(summary_.highest.value_or(level), level);
        overview_.add(finding);
        print(finding);
    }

    void print(const Finding& finding)
    {
        if (options_.form == Form::JsonLines) {
            out_ << finding.json() << '\n';
        } else if (options_.form == Form::Csv) {
            if (!std::exchange(head_printed_, true)) {
                out_ << csv_head();
            }
            out_ << csv_row(finding);
        }
    }

    void end_file()
    {
        std::vector<Finding> signs;
        tamper_.end_file(signs);
        take_signs(signs);
    }

    void take_signs(const std::vector<Finding>& signs)
    {
        for (const auto& sign : signs) {
            if (!options_.filter.takes(*sign.rule)) {
                continue;
            }
            ++summary_.tamper_signs;
            tamper_overview_.add(sign);
            if (options_.tamper) {
                print(sign);
            }
        }
    }

    base::Status write_page()
    {
        if (options_.html.empty()) {
            return {};
        }
        std::ofstream page(options_.html, std::ios::binary);
        page << html_page(overview_, tamper_overview_,
                          {.files = summary_.files,
                           .records = summary_.records,
                           .events = summary_.events,
                           .quarantined = summary_.quarantined,
                           .unreadable = summary_.unreadable,
                           .rules = shared_.rules->rules().size(),
                           .made = base::system_clock().now()});
        page.flush();
        return page ? base::Status{} : base::system_error("cannot write " + options_.html, errno);
    }

    void print_totals()
    {
        const auto& s = summary_;
        if (options_.summary_json) {
            const nlohmann::ordered_json object{
                {"files", s.files},           {"records", s.records},
                {"events", s.events},         {"quarantined", s.quarantined},
                {"detections", s.detections}, {"seconds", s.seconds}};
            errors_ << object.dump() << '\n';
            return;
        }
        if (s.tamper_signs > 0 && !options_.tamper &&
            (options_.form == Form::JsonLines || options_.form == Form::Csv)) {
            errors_ << fmt::format("{} signs of tampering with logs; --tamper shows them\n",
                                   s.tamper_signs);
        }
        errors_ << fmt::format("{} files, {} records, {} events, {} quarantined, {} detections, "
                               "{:.1f} s\n",
                               s.files, s.records, s.events, s.quarantined, s.detections,
                               s.seconds);
    }

    const HuntOptions& options_;
    std::ostream& out_;
    std::ostream& errors_;
    Shared shared_;

    std::mutex reading_; ///< of inputs_, taken_ is written under it
    std::unique_ptr<Inputs> inputs_;
    std::atomic<std::uint64_t> taken_{0};
    std::atomic<std::uint64_t> files_{0};
    std::atomic<std::uint64_t> bytes_done_{0};
    std::size_t ahead_max_ = 4;

    std::mutex order_; ///< of all below
    std::condition_variable advanced_;
    std::map<std::uint64_t, PieceResult> waiting_;
    std::uint64_t next_ = 0; ///< sequence number of the piece whose turn it is
    std::unique_ptr<detect::Correlator> correlator_;
    HuntSummary summary_;
    Overview overview_;
    Overview tamper_overview_;
    TamperCheck tamper_;
    std::shared_ptr<const std::string> file_name_;
    bool head_printed_ = false;
    Progress progress_;
};

} // namespace

int exit_code_of(const HuntOptions& options, const HuntSummary& summary)
{
    constexpr int kSomeUnreadable = 8;
    constexpr int kFound = 10;
    constexpr int kInterrupted = 130;
    if (summary.interrupted) {
        return kInterrupted;
    }
    // What could not be read may hold anything: that outweighs what was found.
    if (summary.unreadable > 0) {
        return kSomeUnreadable;
    }
    const bool found = options.fail_on && summary.highest && *summary.highest >= *options.fail_on;
    return found ? kFound : 0;
}

base::Result<HuntSummary> hunt(const HuntOptions& options, const Content& content,
                               std::ostream& out, std::ostream& errors)
{
    const auto begin = std::chrono::steady_clock::now();
    Hunt run(options, out, errors);
    TRY_STATUS(run.load(content));
    run.run();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    TRY_STATUS(run.finish(seconds.count()));
    return run.summary();
}

} // namespace tanggap::app
