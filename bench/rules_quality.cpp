// How good the shipped rules are, on data that is not ours; and the list of them.
//
//   rules_quality list                   docs/reference/rules.md on standard output
//   rules_quality measure CORPORA CRS    share of attacks found and of harmless requests flagged,
//                                        then the sequences other detectors were tested with
//   rules_quality details CORPORA CRS    the same, and each request that went wrong
//   rules_quality speed                  microseconds a line, decoding and rules apart
#include <array>
#include <cstdio>
#include <ctime>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "generated/source_dir.h"
#include "rules/crs.h"
#include "rules/shipped.h"
#include "triage/triage.h"

namespace tanggap::rules_check {
namespace {

using Path = std::filesystem::path;

struct Share {
    std::size_t attacks = 0;
    std::size_t found = 0;
    std::size_t harmless = 0;
    std::size_t flagged = 0;
    std::size_t hidden = 0; ///< attacks that an access log does not show
};

std::set<std::string> titles_of(const Outcome& outcome)
{
    std::set<std::string> titles;
    for (const model::Detection& detection : outcome.detections) {
        titles.insert(detection.rule->title);
    }
    return titles;
}

const char* class_name(const std::string& attack_class)
{
    static const std::map<std::string, const char*> kNames = {{"913", "scanner"},
                                                              {"921", "protocol"},
                                                              {"930", "local file"},
                                                              {"931", "remote file"},
                                                              {"932", "remote execution"},
                                                              {"933", "PHP"},
                                                              {"934", "Node, SSRF, other"},
                                                              {"941", "XSS"},
                                                              {"942", "SQL injection"},
                                                              {"943", "session fixation"},
                                                              {"944", "Java"}};
    const auto found = kNames.find(attack_class);
    return found != kNames.end() ? found->second : nullptr;
}

void count(const CrsRequest& request, const std::set<std::string>& titles, Share& share)
{
    const bool matched = !titles.empty();
    if (request.is_attack && !request.is_visible) {
        ++share.hidden;
    } else if (request.is_attack) {
        ++share.attacks;
        share.found += matched ? 1 : 0;
    } else {
        ++share.harmless;
        share.flagged += matched ? 1 : 0;
    }
}

enum class Detail { Summary, EachMistake };

void measure_crs(const Shipped& shipped, const std::vector<CrsRequest>& requests, Detail detail)
{
    std::map<std::string, Share> shares;
    for (const CrsRequest& request : requests) {
        if (class_name(request.attack_class) == nullptr) {
            continue;
        }
        const std::vector<std::string> lines = {request.line};
        const auto titles = titles_of(*run_lines(shipped, "apache_access", lines));
        count(request, titles, shares[request.attack_class]);
        const bool wrong =
            request.is_attack ? request.is_visible && titles.empty() : !titles.empty();
        if (detail == Detail::EachMistake && wrong) {
            fmt::print("{} {} {} {}\n", request.is_attack ? "missed " : "flagged", request.test,
                       request.line.substr(44, 160), titles);
        }
    }
    Share all;
    fmt::print(
        "| class | attacks visible | found | share | harmless | flagged | attacks not visible |\n");
    fmt::print("|---|---|---|---|---|---|---|\n");
    const auto row = [](std::string_view name, const Share& share) {
        fmt::print("| {} | {} | {} | {:.0f} % | {} | {} | {} |\n", name, share.attacks, share.found,
                   share.attacks > 0 ? 100.0 * static_cast<double>(share.found) /
                                           static_cast<double>(share.attacks)
                                     : 0.0,
                   share.harmless, share.flagged, share.hidden);
    };
    for (const auto& [attack_class, share] : shares) {
        row(fmt::format("{} {}", attack_class, class_name(attack_class)), share);
        all.attacks += share.attacks;
        all.found += share.found;
        all.harmless += share.harmless;
        all.flagged += share.flagged;
        all.hidden += share.hidden;
    }
    row("all", all);
}

std::vector<std::string> lines_of(const Path& path)
{
    std::vector<std::string> lines;
    const std::string text = read_text(path);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        if (!line.empty()) {
            lines.push_back(std::move(line));
        }
        at = end + 1;
    }
    return lines;
}

std::string source_for(const Shipped& shipped, const std::vector<std::string>& lines)
{
    const std::vector<std::string_view> views(lines.begin(), lines.end());
    return shipped.sources->choose(views);
}

/// Nothing was before: each file is judged by itself.
class NoPast final : public triage::Past {
public:
    base::Result<std::vector<model::Alert>> alerts_of(const model::AlertKey&, base::Time,
                                                      base::Time) override
    {
        return std::vector<model::Alert>{};
    }
    std::uint64_t next_number() override { return ++number_; }

private:
    std::uint64_t number_ = 0;
};

void measure_normal_traffic(const Shipped& shipped, const Path& log)
{
    const std::vector<std::string> lines = lines_of(log);
    const auto outcome = run_lines(shipped, source_for(shipped, lines), lines);
    std::map<std::string, std::size_t> by_title;
    std::set<std::size_t> events;
    for (const model::Detection& detection : outcome->detections) {
        ++by_title[detection.rule->title];
        events.insert(detection.event_index);
    }
    fmt::print("\n{}: {} lines, {} detected events\n", log.filename().string(), lines.size(),
               events.size());
    for (const auto& [title, number] : by_title) {
        fmt::print("  {} × {}\n", number, title);
    }
}

/// "len(results) == 2" of a scenario.assert; 0 where the file is empty or absent.
std::size_t expected_alerts(const Path& path)
{
    if (!std::filesystem::exists(path)) {
        return 0;
    }
    const std::string text = read_text(path);
    const auto at = text.find("len(results) == ");
    return at == std::string::npos ? 0
                                   : static_cast<std::size_t>(std::atoi(text.c_str() + at + 16));
}

/// The files of log lines of a test folder.
std::vector<Path> logs_of(const Path& folder)
{
    std::vector<Path> logs;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".log") {
            logs.push_back(entry.path());
        }
    }
    std::ranges::sort(logs);
    return logs;
}

void compare_sequence(const Shipped& shipped, const Path& folder)
{
    const std::size_t expected = expected_alerts(folder / "scenario.assert");
    for (const Path& log : logs_of(folder)) {
        const std::vector<std::string> lines = lines_of(log);
        const std::string source = source_for(shipped, lines);
        const auto outcome = run_lines(shipped, source, lines);
        NoPast past;
        triage::Grouper grouper(past, 1000);
        const auto alerts = grouper.group(outcome->batch, outcome->detections, {});
        std::vector<std::string> titles;
        for (const model::Alert& alert : alerts->changed) {
            titles.push_back(fmt::format("{} ({})", alert.title, alert.events));
        }
        fmt::print("| {} | {} | {} | {} | {} | {} |\n", folder.filename().string(), source,
                   lines.size(), expected, titles.size(), fmt::join(titles, "; "));
    }
}

void compare_sequences(const Shipped& shipped, const Path& corpora)
{
    for (const char* part : {"auth/crowdsec", "weblog/crowdsec"}) {
        fmt::print("\n{}\n| test | read as | lines | alerts there | alerts here | ours (events) |\n"
                   "|---|---|---|---|---|---|\n",
                   part);
        std::vector<Path> folders;
        for (const auto& entry : std::filesystem::directory_iterator(corpora / part)) {
            if (entry.is_directory()) {
                folders.push_back(entry.path());
            }
        }
        std::ranges::sort(folders);
        for (const Path& folder : folders) {
            compare_sequence(shipped, folder);
        }
    }
}

void list_rules(const Shipped& shipped)
{
    fmt::print(
        "# Rules\n\n{} rules of `content/rules`. Written by `rules_quality list`; do not edit.\n"
        "Rules of level informational are counted by correlations or give background.\n\n"
        "| rule | level | technique | proves success | aturan |\n|---|---|---|---|---|\n",
        shipped.rules->rules().size());
    std::vector<std::shared_ptr<const model::RuleInfo>> rules(shipped.rules->rules().begin(),
                                                              shipped.rules->rules().end());
    std::ranges::sort(rules, [](const auto& a, const auto& b) {
        return a->level != b->level ? a->level > b->level : a->title < b->title;
    });
    for (const auto& rule : rules) {
        fmt::print("| {}{} | {} | {} | {} | {} |\n", rule->title,
                   rule->correlation ? " (correlation)" : "", model::name_of(rule->level),
                   fmt::join(rule->techniques, ", "),
                   rule->declared_outcome == model::Outcome::Succeeded ? "yes" : "",
                   rule->title_id);
    }
}

/// The traffic of a city's site: mostly pages and pictures, a few that are missing.
std::vector<std::string> city_lines(std::size_t count)
{
    static constexpr std::array kTargets = {"/berita/{}",
                                            "/layanan?halaman={}",
                                            "/aset/gambar/galeri-{}.webp",
                                            "/dokumen/{}/kecamatan-7",
                                            "/cari?q=izin+usaha+{}",
                                            "/berkas/unduh.php?id={}"};
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string target =
            fmt::format(fmt::runtime(kTargets[i % kTargets.size()]), i * 7919 % 50'000);
        lines.push_back(fmt::format(
            "198.51.{}.{} - - [03/Oct/2026:07:{:02}:{:02} +0700] \"GET {} HTTP/1.1\" {} {} "
            "\"https://www.kota.example/\" \"Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
            "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\"",
            i % 251, i % 241, i / 6000 % 60, i / 100 % 60, target, i % 50 == 0 ? 404 : 200,
            i % 9999));
    }
    return lines;
}

void measure_speed(const Shipped& shipped)
{
    constexpr std::size_t kLines = 60'000;
    constexpr std::size_t kBatch = 20'000;
    const std::vector<std::string> lines = city_lines(kLines);
    detect::Evaluator evaluator(shipped.rules);
    detect::Correlator correlator(shipped.rules);
    std::vector<model::Detection> detections;
    std::vector<detect::Signal> signals;
    std::clock_t decoding = 0; // of the processor, so that a busy machine does not count
    std::clock_t evaluating = 0;
    std::clock_t correlating = 0;
    for (std::size_t at = 0; at < kLines; at += kBatch) {
        std::vector<model::Record> records;
        for (std::size_t i = at; i < at + kBatch; ++i) {
            records.push_back({.id = {}, .bytes = lines[i], .full_sha256 = {}});
        }
        const model::StreamContext stream{.sensor = "speed",
                                          .source = "apache_access",
                                          .timezone = {},
                                          .reference_time = {},
                                          .origin = {}};
        model::EventBatch batch;
        signals.clear();
        const std::clock_t begin = std::clock();
        normalize::decode(*shipped.sources, stream, records, {}, batch);
        const std::clock_t decoded = std::clock();
        evaluator.evaluate(batch, detections, signals);
        const std::clock_t evaluated = std::clock();
        correlator.feed(batch, signals, detections);
        decoding += decoded - begin;
        evaluating += evaluated - decoded;
        correlating += std::clock() - evaluated;
    }
    const auto micros = [](std::clock_t spent) {
        return 1e6 * static_cast<double>(spent) / CLOCKS_PER_SEC / kLines;
    };
    fmt::print("{} lines, {} detections; µs a line: decoding {:.2f}, rules {:.2f}, correlations "
               "{:.2f}\n",
               kLines, detections.size(), micros(decoding), micros(evaluating),
               micros(correlating));
}

int run(int count, char** arguments)
{
    const std::string verb = count > 1 ? arguments[1] : "";
    const Shipped shipped = load_shipped(TANGGAP_SOURCE_DIR "/content");
    for (const std::string& problem : shipped.problems) {
        fmt::print(stderr, "{}\n", problem);
    }
    if (verb == "list") {
        list_rules(shipped);
        return 0;
    }
    if (verb == "speed") {
        measure_speed(shipped);
        return 0;
    }
    if ((verb != "measure" && verb != "details") || count != 4) {
        fmt::print(stderr,
                   "usage: rules_quality list | speed | (measure|details) CORPORA CRS_FOLDER\n");
        return 2;
    }
    const Path corpora = arguments[2];
    const auto detail = verb == "details" ? Detail::EachMistake : Detail::Summary;
    fmt::print("{} rules\n\n", shipped.rules->rules().size());
    measure_crs(shipped, read_crs(arguments[3]), detail);
    measure_normal_traffic(shipped, corpora / "weblog/access/gtkcyber-hackers-access.log");
    compare_sequences(shipped, corpora);
    return 0;
}

} // namespace
} // namespace tanggap::rules_check

int main(int count, char** arguments)
{
    return tanggap::rules_check::run(count, arguments);
}
