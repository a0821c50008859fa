// The *.samples.yaml files: lines that a rule must match, and lines that look alike and must not.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <set>

#include "base/time.h"
#include "codec/yaml.h"
#include "rules/shipped.h"

namespace tanggap::rules_check {

struct Sample {
    std::string source;
    std::vector<std::string> lines;
    std::set<std::string> also; ///< other rules that rightly match too
    std::string where;          ///< file and line, for messages
};

struct SampleFile {
    std::string file;
    std::string rule; ///< name of the rule
    std::vector<Sample> match;
    std::vector<Sample> near_miss;
};

/// The time of a step where its line says {clf}, {syslog} or {iso}.
inline std::string with_time(std::string line, base::Time time)
{
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const base::CivilTime civil = base::civil_from_time(time);
    const char* month = kMonths[civil.month - 1];
    char text[64];
    const auto put = [&](std::string_view name) {
        if (const auto at = line.find(name); at != std::string::npos) {
            line.replace(at, name.size(), text);
        }
    };
    std::snprintf(text, sizeof text, "%02d/%s/%04d:%02d:%02d:%02d +0000", civil.day, month,
                  civil.year, civil.hour, civil.minute, civil.second);
    put("{clf}");
    std::snprintf(text, sizeof text, "%s %2d %02d:%02d:%02d", month, civil.day, civil.hour,
                  civil.minute, civil.second);
    put("{syslog}");
    std::snprintf(text, sizeof text, "%s", base::format_rfc3339(time).c_str());
    put("{iso}");
    return line;
}

inline std::chrono::seconds parse_span(std::string_view text)
{
    std::int64_t number = 0;
    const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || unit != text.data() + text.size() - 1) {
        throw std::runtime_error("not a span such as 10s or 5m: " + std::string(text));
    }
    return std::chrono::seconds(number * (*unit == 'm' ? 60 : *unit == 'h' ? 3600 : 1));
}

/// Each step's line, `repeat` times, one `every` span.
inline std::vector<std::string> expand_steps(const codec::YamlNode& steps)
{
    std::vector<std::string> lines;
    base::Time now = *base::parse_rfc3339("2026-10-03T00:00:00Z");
    for (const codec::YamlNode& step : steps.items) {
        const auto every = parse_span(step.find("every")->text);
        for (std::int64_t i = 0; i < step.find("repeat")->as_integer().value(); ++i) {
            lines.push_back(with_time(step.find("line")->text, now));
            now = now + every;
        }
    }
    return lines;
}

inline std::vector<Sample> read_list(const codec::YamlNode* list, const std::string& file)
{
    std::vector<Sample> samples;
    if (list == nullptr) {
        return samples;
    }
    for (const codec::YamlNode& item : list->items) {
        Sample sample;
        sample.where = file + ":" + std::to_string(item.line);
        sample.source = item.find("source")->text;
        if (const codec::YamlNode* also = item.find("also")) {
            for (const codec::YamlNode& name : also->items) {
                sample.also.insert(name.text);
            }
        }
        const codec::YamlNode* steps = item.find("steps");
        sample.lines = steps != nullptr ? expand_steps(*steps)
                                        : std::vector<std::string>{item.find("line")->text};
        samples.push_back(std::move(sample));
    }
    return samples;
}

inline std::vector<SampleFile> read_samples(const std::filesystem::path& rules)
{
    std::vector<SampleFile> files;
    for (const auto& path : yaml_below(rules, Kind::Samples)) {
        const std::string file = path.filename().string();
        const codec::YamlStream stream = codec::parse_yaml(read_text(path));
        if (!stream.problems.empty() || stream.documents.size() != 1) {
            throw std::runtime_error(file + " is not one YAML document");
        }
        const codec::YamlNode& top = stream.documents[0];
        files.push_back({.file = file,
                         .rule = top.find("rule")->text,
                         .match = read_list(top.find("match"), file),
                         .near_miss = read_list(top.find("near_miss"), file)});
    }
    return files;
}

} // namespace tanggap::rules_check
