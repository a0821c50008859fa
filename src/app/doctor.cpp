#include "app/doctor.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <unistd.h>

#include "app/content.h"
#include "app/places.h"
#include "app/settings.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "connect/pdf_printer.h"
#include "disk/salvage.h"
#include "normalize/enrich.h"
#include "store/audit.h"
#include "store/engine/library.h"
#include "store/figures.h"
#include "store/sqlite/check.h"

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kFreeBytesWanted = std::uintmax_t{2} << 30;

enum class Verdict { Ok, Warning, Bad };

class Report {
public:
    void line(Verdict verdict, std::string_view what, std::string_view found)
    {
        const std::string_view word = verdict == Verdict::Ok        ? "ok"
                                      : verdict == Verdict::Warning ? "warning"
                                                                    : "bad";
        fmt::print("{:8} {:14} {}\n", word, what, found);
        failed_ = failed_ || verdict == Verdict::Bad;
    }
    int exit_code() const { return failed_ ? 1 : 0; }

private:
    bool failed_ = false;
};

void check_data_folder(Report& report, const std::string& data)
{
    std::error_code error;
    if (!fs::is_directory(data, error)) {
        report.line(Verdict::Ok, "data folder",
                    fmt::format("{} will be made by `tanggap serve`", data));
        return;
    }
    if (::access(data.c_str(), W_OK) != 0) {
        report.line(Verdict::Bad, "data folder",
                    fmt::format("{} cannot be written by this user", data));
        return;
    }
    const fs::space_info space = fs::space(data, error);
    const bool room = !error && space.available >= kFreeBytesWanted;
    report.line(room ? Verdict::Ok : Verdict::Warning, "data folder",
                fmt::format("{}, {} MiB free{}", data, space.available >> 20,
                            room ? "" : "; below 2 GiB: make room before intake stops"));
}

void check_engine(Report& report, const DoctorOptions& options)
{
    const auto library =
        store::find_engine_library(engine_search(options.data, options.engine_library));
    report.line(library ? Verdict::Ok : Verdict::Warning, "event engine",
                library ? *library : library.error().message);
}

void check_geo(Report& report, const DoctorOptions& options)
{
    const std::string file = find_country_database(options.data, options.geo_country);
    if (file.empty()) {
        report.line(Verdict::Warning, "countries",
                    "no country database; install it with `npm ci` in tools/geo or name one with "
                    "--geo-country");
        return;
    }
    const auto geo = normalize::GeoTable::open(file, "");
    report.line(
        geo ? Verdict::Ok : Verdict::Bad, "countries",
        geo ? fmt::format("{}, of {}", file, base::format_rfc3339((*geo)->built_at()).substr(0, 10))
            : geo.error().message);
}

void check_content(Report& report, const DoctorOptions& options)
{
    const auto content = load_content({options.content, options.data});
    if (!content) {
        report.line(Verdict::Bad, "content", content.error().message);
        return;
    }
    std::vector<detect::Diagnostic> problems;
    const auto rules = detect::RuleSet::load(content->rules, content->mappings, problems);
    std::vector<normalize::Diagnostic> source_problems;
    const auto sources = normalize::Sources::load(content->sources, source_problems);
    for (const detect::Diagnostic& p : problems) {
        report.line(Verdict::Warning, "rule", fmt::format("{}:{}: {}", p.file, p.line, p.message));
    }
    for (const normalize::Diagnostic& p : source_problems) {
        report.line(Verdict::Warning, "source",
                    fmt::format("{}:{}: {}", p.file, p.line, p.message));
    }
    report.line(Verdict::Ok, "content",
                fmt::format("{} rules, {} sources", rules->rules().size(), sources->list().size()));
}

void check_settings(Report& report, const DoctorOptions& options)
{
    const auto settings = settings_of(options.data);
    if (!settings) {
        report.line(Verdict::Bad, "settings", settings.error().message);
        return;
    }
    report.line(Verdict::Ok, "retention",
                settings->retention == "0"
                    ? std::string("events are kept without limit; --retention 400d sets one")
                    : fmt::format("a day of events goes once all of it was received more than {} "
                                  "ago",
                                  settings->retention));
}

void check_sandbox(Report& report)
{
    const long abi = base::landlock_version();
    report.line(abi > 0 ? Verdict::Ok : Verdict::Warning, "sandbox",
                abi > 0 ? fmt::format("Landlock {}", abi)
                        : "this kernel has no Landlock: child processes are held by seccomp alone");
}

void check_printing(Report& report)
{
    const std::string problem = connect::printing_problem();
    report.line(problem.empty() ? Verdict::Ok : Verdict::Warning, "printing",
                problem.empty() ? "WeasyPrint makes the PDF files" : problem);
}

void print_problems(const disk::JournalReport& report)
{
    for (const std::string& problem : report.problems) {
        fmt::print("  {}\n", problem);
    }
}

void check_journal(Report& report, const DoctorOptions& options)
{
    const std::string folder = options.data + "/journal";
    std::error_code error;
    if (!fs::exists(folder, error)) {
        return;
    }
    const auto found = disk::verify_journal(folder);
    const auto taken = store::taken_records(options.data + "/cases");
    if (!found || !taken) {
        report.line(Verdict::Warning, "journal",
                    found ? taken.error().message : found.error().message);
        return;
    }
    report.line(found->problems.empty() ? Verdict::Ok : Verdict::Bad, "journal",
                fmt::format("{} entries, {} records, {} bytes checked{}", found->entries,
                            found->records, found->bytes_checked,
                            found->problems.empty() ? "" : "; next: `tanggap doctor --salvage`"));
    print_problems(*found);
    const std::uint64_t lost = found->lost + taken->lost;
    report.line(lost == 0 ? Verdict::Ok : Verdict::Warning, "ledger",
                lost == 0 ? std::string("no record was lost")
                          : fmt::format("{} records were lost to damage: {} of the journal, {} "
                                        "before the archive had them",
                                        lost, found->lost, taken->lost));
}

/// The damaged folder is kept beside its replacement: nothing is deleted.
int salvage(const std::string& data)
{
    const std::string folder = data + "/journal";
    const std::string target = data + "/journal.salvaged";
    const std::string damaged = data + "/journal.damaged";
    std::error_code error;
    if (fs::exists(damaged, error)) {
        fmt::print(stderr, "tanggap: {} exists from an earlier salvage; move it away first\n",
                   damaged);
        return 5;
    }
    const auto taken = store::taken_records(data + "/cases");
    if (!taken) {
        fmt::print(stderr, "tanggap: {}\n", taken.error().message);
        return base::traits_of(taken.error().code).exit_code;
    }
    const auto report = disk::salvage_journal(folder, target,
                                              {.cursor = taken->cursor,
                                               .needed_from = taken->needed_from,
                                               .events = taken->events,
                                               .quarantined = taken->quarantined});
    if (!report) {
        fmt::print(stderr, "tanggap: {}\n", report.error().message);
        return base::traits_of(report.error().code).exit_code;
    }
    fs::rename(folder, damaged, error);
    if (!error) {
        fs::rename(target, folder, error);
    }
    if (error) {
        fmt::print(stderr, "tanggap: cannot put {} in place: {}\n", target, error.message());
        return 7;
    }
    fmt::print(
        "salvaged {} entries with {} records; {} records are lost and counted as that in the "
        "ledger; the damaged journal is kept in {}\n",
        report->entries, report->records, report->lost, damaged);
    print_problems(*report);
    return report->problems.empty() ? 0 : 8;
}

} // namespace

int run_doctor(const DoctorOptions& options)
{
    if (options.salvage) {
        return salvage(options.data);
    }
    Report report;
    check_data_folder(report, options.data);
    check_settings(report, options);
    check_content(report, options);
    check_engine(report, options);
    check_geo(report, options);
    check_sandbox(report);
    check_printing(report);
    check_journal(report, options);
    return report.exit_code();
}

namespace {

/// The counts that figures are read from, against the alerts.
int verify_counts(const std::string& data)
{
    const auto check = store::check_counts(data + "/cases");
    if (!check) {
        fmt::print(stderr, "tanggap: {}\n", check.error().message);
        return base::traits_of(check.error().code).exit_code;
    }
    if (!check->kept) {
        fmt::print("figures: not counted yet; `tanggap serve` of this version counts them\n");
        return 0;
    }
    fmt::print("figures: {} counts compared with the alerts, {} differences\n", check->counts,
               check->differences);
    for (const std::string& example : check->examples) {
        fmt::print(stderr, "tanggap: figures: {}\n", example);
    }
    return check->differences == 0 ? 0 : 1;
}

} // namespace

int run_verify(const std::string& data)
{
    int worst = 0;
    const auto journal = disk::verify_journal(data + "/journal");
    if (!journal) {
        fmt::print(stderr, "tanggap: {}\n", journal.error().message);
        return base::traits_of(journal.error().code).exit_code;
    }
    fmt::print("journal: {} entries, {} records, {} bytes checked, {} problems\n", journal->entries,
               journal->records, journal->bytes_checked, journal->problems.size());
    print_problems(*journal);
    worst = journal->problems.empty() ? 0 : 1;

    const auto cases = store::check_sqlite(data + "/cases");
    if (!cases) {
        fmt::print(stderr, "tanggap: {}\n", cases.error().message);
        return base::traits_of(cases.error().code).exit_code;
    }
    fmt::print("case database: sound\n");
    return std::max(worst, verify_counts(data));
}

int run_verify_audit(const VerifyAuditOptions& options)
{
    const int invalid = base::traits_of(base::Code::Invalid).exit_code;
    const std::string expected = base::to_lower_ascii(options.expect_head);
    const bool is_head = expected.size() == 64 &&
                         expected.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!expected.empty() && !is_head) {
        fmt::print(stderr, "tanggap: --expect-head takes the 64 hex digits that an earlier run"
                           " printed\n");
        return 2;
    }
    const auto report = store::verify_audit(options.data + "/cases", expected);
    if (!report) {
        fmt::print(stderr, "tanggap: {}\n", report.error().message);
        return base::traits_of(report.error().code).exit_code;
    }
    fmt::print("records {}\nhead {}\n", report->count, report->head);
    if (report->bad) {
        fmt::print(stderr, "tanggap: activity record {}: {}; records before it hold\n",
                   report->bad->sequence, report->bad->what);
        return invalid;
    }
    if (!expected.empty() && !report->expected_at) {
        fmt::print(stderr,
                   "tanggap: the expected head {} is the head of no record: records at the end were"
                   " cut off or rewritten since it was noted\n",
                   expected);
        return invalid;
    }
    if (report->expected_at && *report->expected_at != report->count) {
        fmt::print("expected head is record {}; {} were added since\n", *report->expected_at,
                   report->count - *report->expected_at);
    }
    return 0;
}

} // namespace tanggap::app
