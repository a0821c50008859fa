#include "detect/samples.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/sample_limits.h"
#include "base/text.h"
#include "base/time.h"
#include "codec/yaml.h"

namespace tanggap::detect {
namespace {

using codec::YamlNode;

constexpr std::chrono::seconds kSpanMax = std::chrono::days(31);
constexpr std::chrono::seconds kStepsSpanMax = std::chrono::days(366);

/// The time of a step where its line says {clf}, {syslog} or {iso}.
std::string with_time(std::string line, base::Time time)
{
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const base::CivilTime at = base::civil_from_time(time);
    const char* const month = kMonths[static_cast<std::size_t>(at.month - 1)];
    const auto put = [&line](std::string_view name, const std::string& text) {
        if (const auto found = line.find(name); found != std::string::npos) {
            line.replace(found, name.size(), text);
        }
    };
    put("{clf}", fmt::format("{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000", at.day, month, at.year,
                             at.hour, at.minute, at.second));
    put("{syslog}",
        fmt::format("{} {:2} {:02}:{:02}:{:02}", month, at.day, at.hour, at.minute, at.second));
    put("{iso}", base::format_rfc3339(time));
    return line;
}

class SampleReader {
public:
    SampleReader(const RuleFile& file, std::vector<Diagnostic>& diagnostics)
        : file_(file), diagnostics_(diagnostics)
    {
    }

    std::optional<SampleFile> read()
    {
        const auto stream = codec::parse_yaml(file_.yaml);
        for (const auto& problem : stream.problems) {
            report(problem.line, problem.column, problem.message, problem.hint);
        }
        if (good_ && (stream.documents.size() != 1 || !stream.documents[0].is_mapping())) {
            report(1, 1, "a file of samples is one mapping",
                   "write 'rule', 'match' and 'near_miss'");
        }
        if (!good_) {
            return std::nullopt;
        }
        const YamlNode& top = stream.documents[0];
        check_keys(top, {"rule", "match", "near_miss"});
        SampleFile out{
            .file = file_.name, .rule = text_of(top, "rule"), .match = {}, .near_miss = {}};
        read_list(top, "match", out.match);
        read_list(top, "near_miss", out.near_miss);
        return good_ ? std::optional(std::move(out)) : std::nullopt;
    }

private:
    void report(std::size_t line, std::size_t column, std::string message, std::string hint)
    {
        good_ = false;
        diagnostics_.push_back({.severity = Diagnostic::Severity::Error,
                                .file = file_.name,
                                .line = line,
                                .column = column,
                                .length = 0,
                                .rule_title = {},
                                .message = std::move(message),
                                .hint = std::move(hint)});
    }
    void report(const YamlNode& node, std::string message, std::string hint)
    {
        report(node.line, node.column, std::move(message), std::move(hint));
    }

    void check_keys(const YamlNode& node, std::initializer_list<std::string_view> known)
    {
        for (const auto& entry : node.entries) {
            if (std::ranges::find(known, entry.key.text) == known.end()) {
                report(entry.key,
                       fmt::format("samples have no key {}", base::quoted(entry.key.text)),
                       fmt::format("known here: {}", fmt::join(known, ", ")));
            }
        }
    }

    std::string text_of(const YamlNode& node, std::string_view key)
    {
        const auto* const found = node.find(key);
        if (found == nullptr || !found->is_scalar() || found->text.empty()) {
            report(found == nullptr ? node : *found, fmt::format("'{}' must be a text", key), {});
            return {};
        }
        return found->text;
    }

    void read_list(const YamlNode& top, std::string_view key, std::vector<Sample>& out)
    {
        const auto* const list = top.find(key);
        if (list == nullptr) {
            return;
        }
        if (!list->is_sequence()) {
            return report(*list, fmt::format("'{}' must be a list of samples", key), {});
        }
        for (const YamlNode& item : list->items) {
            if (!item.is_mapping()) {
                report(item, "a sample is a mapping", "write 'source' and 'line' or 'steps'");
                continue;
            }
            check_keys(item, {"source", "also", "line", "steps"});
            Sample sample{
                .source = text_of(item, "source"), .lines = {}, .also = {}, .line = item.line};
            if (const auto* const also = item.find("also")) {
                read_names(*also, sample.also);
            }
            if (const auto* const steps = item.find("steps")) {
                read_steps(*steps, sample.lines);
            } else {
                add_line(item, text_of(item, "line"), sample.lines);
            }
            out.push_back(std::move(sample));
        }
    }

    void read_names(const YamlNode& list, std::set<std::string>& out)
    {
        if (!list.is_sequence()) {
            return report(list, "'also' must be a list of names of rules", {});
        }
        for (const YamlNode& name : list.items) {
            out.insert(name.text);
        }
    }

    /// Each step's line, `repeat` times, one `every` span.
    void read_steps(const YamlNode& steps, std::vector<std::string>& out)
    {
        const auto begin = base::parse_rfc3339("2026-10-03T00:00:00Z").value_or(base::Time{});
        std::chrono::seconds passed{};
        for (const YamlNode& step : steps.items) {
            check_keys(step, {"repeat", "every", "line"});
            const auto* const repeat = step.find("repeat");
            const auto times = repeat == nullptr ? std::nullopt : repeat->as_integer();
            if (!times || *times < 1) {
                report(step, "a step needs 'repeat', a number from 1", {});
                return;
            }
            const auto every = span_of(step);
            const auto line = text_of(step, "line");
            for (std::int64_t i = 0; i < *times && good_; ++i) {
                add_line(step, with_time(line, begin + passed), out);
                passed += every;
                if (passed > kStepsSpanMax) {
                    report(step, "the steps go on for more than a year", "repeat less");
                }
            }
        }
        if (!steps.is_sequence() || steps.items.empty()) {
            report(steps, "'steps' must be a list of steps", {});
        }
    }

    std::chrono::seconds span_of(const YamlNode& step)
    {
        const auto text = text_of(step, "every");
        std::int64_t number = -1;
        const char* const end = text.data() + text.size();
        const auto [unit, fault] = std::from_chars(text.data(), end, number);
        const bool known = fault == std::errc{} && end - unit == 1 &&
                           (*unit == 's' || *unit == 'm' || *unit == 'h');
        if (known && number >= 0 && number <= kSpanMax.count()) {
            const std::chrono::seconds span(number * (*unit == 'm' ? 60 : *unit == 'h' ? 3600 : 1));
            if (span <= kSpanMax) {
                return span;
            }
        }
        report(step, fmt::format("{} is no span up to 31 days", base::quoted(text)),
               "write 10s, 5m or 1h");
        return {};
    }

    void add_line(const YamlNode& node, std::string line, std::vector<std::string>& out)
    {
        ++lines_;
        bytes_ += line.size();
        if (lines_ > base::limits::kSampleLinesMax || bytes_ > base::limits::kSampleBytesMax) {
            return report(node,
                          fmt::format("more than {} lines or {} bytes of samples",
                                      base::limits::kSampleLinesMax, base::limits::kSampleBytesMax),
                          "repeat less");
        }
        out.push_back(std::move(line));
    }

    const RuleFile& file_;
    std::vector<Diagnostic>& diagnostics_;
    bool good_ = true;
    std::size_t lines_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace

std::optional<SampleFile> read_samples(const RuleFile& file, std::vector<Diagnostic>& diagnostics)
{
    return SampleReader(file, diagnostics).read();
}

} // namespace tanggap::detect
