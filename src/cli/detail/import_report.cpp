#include "cli/detail/import_report.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "cli/detail/progress.h"

namespace tanggap::cli::detail {
namespace {

std::uint64_t sum(const Counts& counts)
{
    std::uint64_t total = 0;
    for (const auto& [name, count] : counts) {
        total += count;
    }
    return total;
}

void add(Counts& into, const Counts& from)
{
    for (const auto& [name, count] : from) {
        into[name] += count;
    }
}

FileReport total_of(const ImportReport& report)
{
    FileReport total;
    for (const FileReport& file : report.files) {
        total.records += file.records;
        total.duplicate += file.duplicate;
        total.detections += file.detections;
        add(total.rejected, file.rejected);
        add(total.quarantined, file.quarantined);
        total.alerts.insert(file.alerts.begin(), file.alerts.end());
    }
    return total;
}

Json row_of(const FileReport& file)
{
    Json row{{"file", printable(file.path)},    {"sensor", file.sensor},
             {"source", file.source},           {"records", file.records},
             {"new", file.created()},           {"duplicate", file.duplicate},
             {"quarantined", file.quarantined}, {"rejected", file.rejected},
             {"detections", file.detections},   {"alerts", file.alerts.size()}};
    if (!file.error.empty()) {
        row["error"] = printable(file.error);
    }
    return row;
}

std::string reasons(const Counts& counts)
{
    std::string out;
    for (const auto& [name, count] : counts) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", format_count(count), name);
    }
    return out;
}

/// The end of a long path says more than its beginning.
std::string shortened(const std::string& path)
{
    constexpr std::size_t kPathColumns = 44;
    const std::string text = printable(path);
    return text.size() <= kPathColumns ? text : "…" + text.substr(text.size() - kPathColumns + 1);
}

constexpr std::string_view kRow = "{:<44}  {:<18} {:>10} {:>10} {:>10} {:>11} {:>10} {:>7}\n";

std::string text_row(const FileReport& file)
{
    std::string out =
        fmt::format(kRow, shortened(file.path), file.source, format_count(file.records),
                    format_count(file.created()), format_count(file.duplicate),
                    format_count(file.quarantined_records()), format_count(file.detections),
                    format_count(file.alerts.size()));
    Counts odd = file.quarantined;
    add(odd, file.rejected);
    if (!odd.empty()) {
        out += "    " + reasons(odd) + "\n";
    }
    if (!file.error.empty()) {
        out += "    not whole: " + printable(file.error) + "\n";
    }
    return out;
}

} // namespace

std::uint64_t FileReport::quarantined_records() const
{
    return sum(quarantined);
}

std::uint64_t FileReport::rejected_records() const
{
    return sum(rejected);
}

std::uint64_t FileReport::created() const
{
    const std::uint64_t others = duplicate + quarantined_records() + rejected_records();
    return records > others ? records - others : 0;
}

Json to_json(const ImportReport& report)
{
    const FileReport total = total_of(report);
    return Json{{"files", report.files.size()},
                {"records", total.records},
                {"new", total.created()},
                {"duplicate", total.duplicate},
                {"quarantined", total.quarantined_records()},
                {"rejected", total.rejected},
                {"detections", total.detections},
                {"alerts", total.alerts.size()}};
}

std::string to_lines(const ImportReport& report)
{
    std::string out;
    for (const FileReport& file : report.files) {
        out += row_of(file).dump() + "\n";
    }
    return out;
}

std::string to_text(const ImportReport& report)
{
    std::string out = fmt::format(kRow, "file", "source", "records", "new", "duplicate",
                                  "quarantined", "detections", "alerts");
    for (const FileReport& file : report.files) {
        out += text_row(file);
    }
    FileReport total = total_of(report);
    total.path = fmt::format("{} {} in {:.1f} s", report.files.size(),
                             report.files.size() == 1 ? "file" : "files", report.seconds);
    return out + text_row(total);
}

} // namespace tanggap::cli::detail
