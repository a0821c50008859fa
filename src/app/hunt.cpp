#include "app/hunt.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <memory>
#include <ostream>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "base/text.h"
#include "codec/records.h"
#include "detect/engine.h"
#include "normalize/normalizer.h"

namespace tanggap::app {
namespace {

namespace limits = base::limits;
using Form = HuntOptions::Form;

/// Text of rules and logs on a terminal: no byte of it may move the cursor.
std::string printable(std::string_view text)
{
    std::string out;
    base::make_utf8(text, out);
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    // C1 controls are two bytes in UTF-8: C2 80 to C2 9F.
    for (std::size_t i = 0; i + 1 < out.size(); ++i) {
        const auto next = static_cast<unsigned char>(out[i + 1]);
        if (out[i] == '\xC2' && next < 0xA0) {
            out[i] = out[i + 1] = '?';
        }
    }
    return out;
}

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

base::Time time_of_change(const std::string& path)
{
    struct stat status{};
    return stat(path.c_str(), &status) == 0 ? base::Time::from_seconds(status.st_mtime)
                                            : base::Time{};
}

/// What the table shows of one rule: counts and the first finding, so that memory stays bounded
/// by the number of rules.
struct RuleBlock {
    std::shared_ptr<const model::RuleInfo> rule;
    std::uint64_t detections = 0;
    base::Time first;
    base::Time last;
    std::string example;
};

class Hunt {
public:
    Hunt(const HuntOptions& options, std::ostream& out, std::ostream& errors)
        : options_(options), out_(out), errors_(errors)
    {
    }

    base::Status load(const Content& content)
    {
        std::vector<normalize::Diagnostic> source_problems;
        sources_ = normalize::Sources::load(content.sources, source_problems);
        print_diagnostics(source_problems, errors_);
        if (!options_.source.empty() && !sources_->knows(options_.source)) {
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
        return load_rules(rules, content.mappings);
    }

    void read_file(const std::string& path)
    {
        ++summary_.files;
        auto reader = codec::open_records(path);
        if (!reader) {
            fail_file(reader.error().message);
            return;
        }
        File file{.path = path, .stream = {}, .records_before = 0};
        file.stream.sensor = "hunt";
        file.stream.origin = path;
        file.stream.source = options_.source;
        file.stream.timezone = options_.timezone;
        file.stream.reference_time = options_.reference_time.value_or(time_of_change(path));
        while (read_chunk(**reader, file)) {
        }
    }

    void finish(double seconds)
    {
        summary_.seconds = seconds;
        if (options_.form == Form::Table) {
            print_table();
        }
        print_summary();
    }

    const HuntSummary& summary() const { return summary_; }

private:
    struct File {
        std::string path;
        model::StreamContext stream;
        std::uint64_t records_before = 0;
    };

    base::Status load_rules(const std::vector<detect::RuleFile>& files,
                            const std::vector<detect::MappingFile>& mappings)
    {
        std::vector<detect::Diagnostic> problems;
        rules_ = detect::RuleSet::load(files, mappings, problems);
        print_diagnostics(problems, errors_);
        if (rules_->rules().empty()) {
            return base::invalid("no rule could be loaded; see the messages above");
        }
        const bool backtracks = std::ranges::any_of(problems, [](const detect::Diagnostic& one) {
            return one.message.contains("slow engine");
        });
        if (options_.strict && backtracks) {
            return base::invalid("--strict refuses rules whose expressions look around or back");
        }
        evaluator_ = std::make_unique<detect::Evaluator>(rules_);
        correlator_ = std::make_unique<detect::Correlator>(rules_);
        return {};
    }

    void fail_file(std::string_view message)
    {
        ++summary_.unreadable;
        errors_ << printable(message) << '\n';
    }

    /// Reads and hunts one piece of the file; false at its end.
    bool read_chunk(codec::RecordReader& reader, File& file)
    {
        std::vector<model::Record> records;
        std::size_t bytes = 0;
        bool more = true;
        while (more && records.size() < limits::kChunkRecordsMax &&
               bytes < limits::kChunkBytesMax) {
            model::Record record;
            const auto given = reader.next(record);
            if (!given) {
                fail_file(given.error().message);
            }
            more = given.value_or(false);
            if (more) {
                bytes += record.bytes.size();
                records.push_back(std::move(record));
            }
        }
        if (!records.empty()) {
            hunt_records(records, file);
        }
        file.records_before += records.size();
        return more;
    }

    /// One source for the whole file, chosen from its first records.
    void choose_source(const std::vector<model::Record>& records, File& file) const
    {
        if (!file.stream.source.empty()) {
            return;
        }
        std::vector<std::string_view> first;
        for (const auto& record : records) {
            if (first.size() < limits::kSourceProbeRecords && !record.oversize()) {
                first.push_back(record.bytes);
            }
        }
        file.stream.source = sources_->choose(first);
    }

    void hunt_records(const std::vector<model::Record>& records, File& file)
    {
        choose_source(records, file);
        model::EventBatch batch;
        // One time of receipt for the whole hunt: groups then end by number alone.
        const auto rejected =
            normalize::decode(*sources_, file.stream, records, file.stream.reference_time, batch);
        summary_.records += records.size();
        summary_.events += batch.events.size();
        summary_.quarantined += rejected.size();

        const auto ordinals = ordinals_of(records.size(), rejected);
        for (const auto& detection : detect_in(batch)) {
            // A storm is one finding a timespan, however many events go on with it.
            if (detection.continues) {
                continue;
            }
            const auto record = file.records_before + ordinals[detection.event_index];
            take_finding(file, record, batch.events[detection.event_index], detection);
        }
    }

    /// In the order of the events; at one event rules come before correlations.
    std::vector<model::Detection> detect_in(const model::EventBatch& batch)
    {
        std::vector<model::Detection> single;
        std::vector<model::Detection> correlated;
        std::vector<detect::Signal> signals;
        evaluator_->evaluate(batch, single, signals);
        correlator_->feed(batch, signals, correlated);
        (void)correlator_->take_changes(); // kept by a server only
        std::vector<model::Detection> all;
        std::merge(std::move_iterator(single.begin()), std::move_iterator(single.end()),
                   std::move_iterator(correlated.begin()), std::move_iterator(correlated.end()),
                   std::back_inserter(all),
                   [](const auto& a, const auto& b) { return a.event_index < b.event_index; });
        return all;
    }

    /// The 1-based place among the records of each event.
    static std::vector<std::uint64_t> ordinals_of(std::size_t records,
                                                  const std::vector<normalize::Rejected>& rejected)
    {
        std::vector<bool> gave_none(records);
        for (const auto& one : rejected) {
            gave_none[one.record_index] = true;
        }
        std::vector<std::uint64_t> out;
        for (std::size_t i = 0; i < records; ++i) {
            if (!gave_none[i]) {
                out.push_back(i + 1);
            }
        }
        return out;
    }

    void take_finding(const File& file, std::uint64_t record, const model::Event& event,
                      const model::Detection& detection)
    {
        ++summary_.detections;
        const auto level = detection.rule->level;
        summary_.highest = std::max(summary_.highest.value_or(level), level);
        if (options_.form == Form::JsonLines) {
            print_json(file, record, event, detection);
            return;
        }
        auto& block = blocks_[detection.rule->id];
        if (block.detections++ == 0) {
            block.rule = detection.rule;
            block.first = block.last = event.time;
            block.example = example_of(file, record, detection);
        }
        block.first = std::min(block.first, event.time);
        block.last = std::max(block.last, event.time);
    }

    static std::string example_of(const File& file, std::uint64_t record,
                                  const model::Detection& detection)
    {
        std::string out = fmt::format("    {}:{}\n", printable(file.path), record);
        if (!detection.correlation_summary.empty()) {
            out += fmt::format("      {}\n", printable(detection.correlation_summary));
        }
        for (const auto& reason : detection.reasons) {
            const auto& field = reason.event_field.empty() ? reason.field : reason.event_field;
            out += fmt::format("      {}: {} = {}", printable(reason.selection), printable(field),
                               printable(std::string_view(reason.value).substr(0, 120)));
            out +=
                reason.pattern.empty() ? "\n" : fmt::format("  ({})\n", printable(reason.pattern));
        }
        return out;
    }

    void print_json(const File& file, std::uint64_t record, const model::Event& event,
                    const model::Detection& detection)
    {
        using Json = nlohmann::ordered_json;
        const auto& rule = *detection.rule;
        Json reasons = Json::array();
        for (const auto& reason : detection.reasons) {
            reasons.push_back({{"selection", reason.selection},
                               {"field", reason.field},
                               {"event_field", reason.event_field},
                               {"value", reason.value},
                               {"pattern", reason.pattern}});
        }
        Json finding{{"@timestamp", base::format_rfc3339(event.time)},
                     {"rule",
                      {{"id", rule.id},
                       {"title", rule.title},
                       {"level", model::name_of(rule.level)},
                       {"author", rule.author},
                       {"license", rule.license},
                       {"techniques", rule.techniques}}},
                     {"file", file.path},
                     {"record", record},
                     {"reasons", std::move(reasons)}};
        if (!detection.correlation_summary.empty()) {
            finding["correlation"] = {{"events", detection.correlated_events},
                                      {"summary", detection.correlation_summary}};
        }
        // Bytes of a log may be no UTF-8: such bytes are replaced, never a reason to stop.
        auto line = finding.dump(-1, ' ', false, Json::error_handler_t::replace);
        line.pop_back();
        out_ << line << ",\"event\":"
             << model::render_json(
                    event, {.with_id = false, .with_ingested = false, .with_original = true})
             << "}\n";
    }

    void print_table()
    {
        std::vector<const RuleBlock*> order;
        for (const auto& [id, block] : blocks_) {
            order.push_back(&block);
        }
        // The gravest first; rule ids make the order the same each time.
        std::ranges::sort(order, [](const RuleBlock* a, const RuleBlock* b) {
            return std::tie(b->rule->level, b->detections, a->rule->id) <
                   std::tie(a->rule->level, a->detections, b->rule->id);
        });
        for (const auto* block : order) {
            const auto& rule = *block->rule;
            out_ << fmt::format("{:<13} {:>9}  {} … {}  {}\n", model::name_of(rule.level),
                                block->detections, base::format_rfc3339(block->first),
                                base::format_rfc3339(block->last), printable(rule.title));
            out_ << fmt::format("    by {}{}{}\n",
                                rule.author.empty() ? "an unnamed author" : printable(rule.author),
                                rule.license.empty() ? "" : ", ", printable(rule.license));
            out_ << block->example;
        }
    }

    void print_summary()
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
        errors_ << fmt::format("{} files, {} records, {} events, {} quarantined, {} detections, "
                               "{:.1f} s\n",
                               s.files, s.records, s.events, s.quarantined, s.detections,
                               s.seconds);
    }

    const HuntOptions& options_;
    std::ostream& out_;
    std::ostream& errors_;
    std::shared_ptr<const normalize::Sources> sources_;
    std::shared_ptr<const detect::RuleSet> rules_;
    std::unique_ptr<detect::Evaluator> evaluator_;
    std::unique_ptr<detect::Correlator> correlator_;
    HuntSummary summary_;
    std::map<std::string, RuleBlock> blocks_;
};

} // namespace

int exit_code_of(const HuntOptions& options, const HuntSummary& summary)
{
    constexpr int kSomeUnreadable = 8;
    constexpr int kFound = 10;
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
    for (const auto& path : options.files) {
        run.read_file(path);
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    run.finish(seconds.count());
    return run.summary();
}

} // namespace tanggap::app
