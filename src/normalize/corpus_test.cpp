// Every log of the corpora of real data: what source is chosen, how many records give events, and
// what their own expectations say. The data lies outside the repository: TANGGAP_CORPORA.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "codec/records.h"
#include "normalize/sources_for_test.h"

namespace tanggap::normalize {
namespace {

namespace fs = std::filesystem;

/// Differences that were looked at one by one and found right, or beyond a single line.
/// fail2ban: eleven hosts that only an earlier line of the same session names; one line where we
/// follow OpenSSH's source: it writes nothing behind "ssh2" for passwords, so the last address is
/// the real one and the rest belongs to a user name made to look like a log line.
constexpr std::size_t kFail2banDifferencesMax = 12;
/// CrowdSec: four blanks that it leaves behind a request target; three error lines whose request
/// has no HTTP version, kept whole by us as tanggap.http.request_line (two values each).
constexpr std::size_t kCrowdsecDifferencesMax = 10;

/// The folder of the corpora; empty (and the test skipped) where none is given.
fs::path corpora(const std::string& part)
{
    const char* root = std::getenv("TANGGAP_CORPORA");
    if (root == nullptr) {
        return {};
    }
    const fs::path folder = fs::path(root) / part;
    EXPECT_TRUE(fs::is_directory(folder)) << folder << " is missing";
    return folder;
}

bool is_log(const fs::path& path)
{
    static const std::set<std::string> kNotLogs{
        "eve-schema.json", "honeypot-2018-signature-list.txt", "wrccdc-2017-signature-list.txt"};
    static const std::set<std::string> kEndings{".log", ".json", ".jsonl", ".txt"};
    const std::string name = path.filename().string();
    const fs::path inner = path.extension() == ".zst" ? path.stem() : path;
    return kEndings.contains(inner.extension().string()) && !kNotLogs.contains(name) &&
           name.find(".tar") == std::string::npos;
}

struct FileResult {
    std::string source;
    std::vector<model::Record> records;
    model::EventBatch batch;
    std::vector<Rejected> rejected;
    double seconds = 0;

    /// The event of record `index` (from 0); null where it was quarantined.
    const model::Event* event_of(std::size_t index) const
    {
        std::size_t before = 0;
        for (const Rejected& one : rejected) {
            if (one.record_index == index) {
                return nullptr;
            }
            before += one.record_index < index ? 1U : 0U;
        }
        return index - before < batch.events.size() ? &batch.events[index - before] : nullptr;
    }
};

FileResult read_log(const Sources& sources, const fs::path& path)
{
    FileResult result;
    auto reader = codec::open_records(path.string());
    EXPECT_TRUE(reader) << (reader ? "" : reader.error().message);
    model::Record record;
    while (reader) {
        const auto found = (*reader)->next(record);
        EXPECT_TRUE(found) << (found ? "" : found.error().message);
        if (!found || !*found) {
            break;
        }
        result.records.push_back(record);
    }
    std::vector<std::string_view> first;
    for (const model::Record& one : result.records) {
        first.push_back(one.bytes);
    }
    result.source = sources.choose(first);
    model::StreamContext stream;
    stream.source = result.source;
    stream.reference_time = base::parse_rfc3339("2026-10-10T00:00:00Z").value();
    const auto begin = std::chrono::steady_clock::now();
    result.rejected = decode(sources, stream, result.records, stream.reference_time, result.batch);
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

class Corpus : public ::testing::TestWithParam<const char*> {};

TEST_P(Corpus, every_record_gives_an_event_or_a_reason)
{
    const fs::path folder = corpora(GetParam());
    if (folder.empty()) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    std::vector<Diagnostic> diagnostics;
    const auto sources = testing::load_shipped(diagnostics);
    for (const fs::path& path : testing::files_below(folder)) {
        if (!is_log(path)) {
            continue;
        }
        const FileResult result = read_log(*sources, path);
        EXPECT_EQ(result.records.size(), result.batch.events.size() + result.rejected.size())
            << path;
        std::map<std::string_view, std::size_t> reasons;
        for (const Rejected& one : result.rejected) {
            ++reasons[model::name_of(one.reason)];
        }
        std::string quarantined;
        for (const auto& [reason, count] : reasons) {
            quarantined += " " + std::string(reason) + "=" + std::to_string(count);
        }
        std::printf("%-70s %-18s %6zu records %6zu events%s\n",
                    fs::relative(path, folder.parent_path()).c_str(), result.source.c_str(),
                    result.records.size(), result.batch.events.size(), quarantined.c_str());
        if (std::getenv("TANGGAP_CORPORA_EVENTS") != nullptr) {
            for (const model::Event& event : result.batch.events) {
                std::printf(
                    "  %s\n",
                    model::render_json(event, {.with_id = false, .with_ingested = false}).c_str());
            }
            for (const Rejected& one : result.rejected) {
                std::printf("  QUARANTINED %zu %s\n", one.record_index + 1, one.detail.c_str());
            }
        }
    }
}

/// One expectation beside the data and what was found instead.
struct Difference {
    std::string where;
    std::string expected;
    std::string found;
};

void print(const std::vector<Difference>& differences, std::size_t compared)
{
    std::printf("%zu values compared, %zu differ\n", compared, differences.size());
    for (const Difference& one : differences) {
        std::printf("  %s: expected '%s', found '%s'\n", one.where.c_str(), one.expected.c_str(),
                    one.found.c_str());
    }
}

std::string first_text(const model::Event* event, std::initializer_list<std::string_view> names)
{
    for (const std::string_view name : names) {
        if (event != nullptr && !event->text(name).empty()) {
            return std::string(event->text(name));
        }
    }
    return {};
}

/// What fail2ban states in `# failJSON: {…}` about the line behind it, for one file.
struct Agreement {
    std::size_t compared = 0;
    std::vector<Difference> differences;
};

Agreement compare_fail2ban(const Sources& sources, const fs::path& log)
{
    constexpr std::string_view kMark = "# failJSON: ";
    const FileResult result = read_log(sources, log);
    Agreement out;
    for (std::size_t i = 0; i + 1 < result.records.size(); ++i) {
        const std::string& line = result.records[i].bytes;
        if (!line.starts_with(kMark)) {
            continue;
        }
        const auto expected = nlohmann::json::parse(line.substr(kMark.size()), nullptr, false);
        if (expected.is_discarded() || !expected.value("match", false)) {
            continue;
        }
        const model::Event* event = result.event_of(i + 1);
        const auto compare = [&](const char* key, std::initializer_list<std::string_view> names) {
            if (expected.contains(key)) {
                ++out.compared;
                const std::string found = first_text(event, names);
                if (found != expected[key].get<std::string>()) {
                    out.differences.push_back({result.records[i + 1].bytes, expected[key], found});
                }
            }
        };
        compare("host", {"source.ip", "source.address"});
        compare("user", {"user.name"});
    }
    return out;
}

TEST(CorpusExpectations, fail2ban_hosts_and_users_are_found)
{
    // Every file of a kind we have a source for; the others are printed to show what is not read.
    const std::map<std::string, std::size_t> kDifferencesMax{
        {"sshd.log", kFail2banDifferencesMax},
        {"apache-auth.log", 4}, // four lines of a syslog among those of an error log
        {"apache-botsearch.log", 0},
        {"apache-modsecurity.log", 0},
        {"apache-overflows.log", 0},
        {"apache-shellshock.log", 0},
        {"nginx-forbidden.log", 0},
        {"nginx-http-auth.log", 0},
        {"php-url-fopen.log", 0},
        {"traefik-auth.log", 0},
        {"zoneminder.log", 0},
        {"dropbear.log", 4}, // a second time and pid within the message; a name with a quote
    };
    if (corpora("").empty()) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    std::vector<Diagnostic> diagnostics;
    const auto sources = testing::load_shipped(diagnostics);
    std::size_t compared = 0;
    std::size_t right = 0;
    for (const char* folder : {"auth/fail2ban", "weblog/fail2ban"}) {
        for (const fs::path& log : testing::files_below(corpora(folder))) {
            const Agreement found = compare_fail2ban(*sources, log);
            if (found.compared == 0) {
                continue;
            }
            const auto allowed = kDifferencesMax.find(log.filename().string());
            const bool ours = allowed != kDifferencesMax.end();
            std::printf("%-26s %3zu of %3zu values%s\n", log.filename().c_str(),
                        found.compared - found.differences.size(), found.compared,
                        ours ? "" : " (no source of this kind)");
            if (ours) {
                print(found.differences, found.compared);
                compared += found.compared;
                right += found.compared - found.differences.size();
                EXPECT_LE(found.differences.size(), allowed->second) << log;
            }
        }
    }
    std::printf("of the kinds we read: %zu of %zu values\n", right, compared);
    EXPECT_GT(compared, 200U);
}

/// Cuts `results["s01-parse"]["parser"][3].Evt.Parsed["field"] == "value"`.
struct Assertion {
    std::size_t index = 0;
    std::string field;
    std::string value;
};

std::optional<Assertion> cut_assertion(const std::string& line)
{
    static const RE2 kShape(
        R"re(results\["s01-parse"\]\["crowdsecurity/(?:apache2|nginx|sshd)-logs"\]\[(\d+)\]\.Evt\.Parsed\["(\w+)"\] == (".*"))re");
    Assertion out;
    std::string quoted;
    if (!RE2::FullMatch(line, kShape, &out.index, &out.field, &quoted)) {
        return std::nullopt;
    }
    const auto value = nlohmann::json::parse(quoted, nullptr, false);
    if (!value.is_string()) {
        return std::nullopt;
    }
    out.value = value.get<std::string>();
    return out;
}

/// CrowdSec's own parses of the same lines, where its fields mean what ours mean.
TEST(CorpusExpectations, crowdsec_parses_agree)
{
    const fs::path folder = corpora("");
    if (folder.empty()) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    const std::map<std::string, std::vector<std::string_view>> kFields{
        {"clientip", {"source.ip", "source.address"}},
        {"remote_addr", {"source.ip", "source.address"}},
        {"sshd_client_ip", {"source.ip", "source.address"}},
        {"sshd_invalid_user", {"user.name"}},
        {"verb", {"http.request.method"}},
        {"request", {"url.original"}},
        {"http_version", {"http.version"}},
        {"status", {"http.response.status_code"}},
        {"response", {"http.response.status_code"}},
        {"bytes", {"http.response.body.bytes"}},
        {"body_bytes_sent", {"http.response.body.bytes"}},
        {"http_user_agent", {"user_agent.original"}},
        {"referrer", {"http.request.referrer"}},
        {"http_referer", {"http.request.referrer"}},
        {"target_fqdn", {"url.domain"}},
    };
    std::vector<Diagnostic> diagnostics;
    const auto sources = testing::load_shipped(diagnostics);
    std::vector<Difference> differences;
    std::size_t compared = 0;
    for (const fs::path& asserted : testing::files_below(folder)) {
        // Nginx Proxy Manager writes a format of its own, for which there is no source yet.
        const bool other_format =
            asserted.string().find("nginx_http-catch-npm") != std::string::npos;
        if (asserted.filename() != "parser.assert" || other_format) {
            continue;
        }
        std::map<std::size_t, std::map<std::string, std::string>> parses;
        std::istringstream lines(testing::read_file(asserted));
        for (std::string line; std::getline(lines, line);) {
            if (const auto one = cut_assertion(line)) {
                parses[one->index][one->field] = one->value;
            }
        }
        if (parses.empty()) {
            continue;
        }
        for (const fs::path& log : testing::files_below(asserted.parent_path())) {
            if (log.extension() != ".log") {
                continue;
            }
            const FileResult result = read_log(*sources, log);
            for (const auto& [index, fields] : parses) {
                const auto message = fields.find("message");
                std::size_t i = 0;
                while (message != fields.end() && i < result.records.size() &&
                       result.records[i].bytes.find(message->second) == std::string::npos) {
                    ++i;
                }
                if (message == fields.end() || i == result.records.size()) {
                    continue;
                }
                const model::Event* event = result.event_of(i);
                for (const auto& [field, value] : fields) {
                    const auto names = kFields.find(field);
                    const bool escaped = value.find('\\') != std::string::npos;
                    if (names == kFields.end() || escaped || value == "-") {
                        continue;
                    }
                    ++compared;
                    std::string found;
                    for (const std::string_view name : names->second) {
                        found = found.empty() ? first_text(event, {name}) : found;
                    }
                    if (found != value) {
                        differences.push_back({log.filename().string() + " " + field + " of " +
                                                   result.records[i].bytes.substr(0, 150),
                                               value, found});
                    }
                }
            }
        }
    }
    print(differences, compared);
    EXPECT_GT(compared, 400U);
    EXPECT_LE(differences.size(), kCrowdsecDifferencesMax);
}

/// Units: events; `index.csv` of the folder states them for each file.
TEST(CorpusExpectations, suricata_counts_are_those_of_the_index)
{
    const fs::path folder = corpora("suricata");
    if (folder.empty()) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    std::vector<Diagnostic> diagnostics;
    const auto sources = testing::load_shipped(diagnostics);
    std::istringstream lines(testing::read_file(folder / "index.csv"));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        std::string file;
        std::string bytes;
        std::string events;
        std::istringstream columns(line);
        std::getline(columns, file, ',');
        std::getline(columns, bytes, ',');
        std::getline(columns, events, ',');
        const FileResult result = read_log(*sources, folder / file);
        EXPECT_EQ(std::to_string(result.batch.events.size()), events) << file;
        EXPECT_EQ(result.source, "suricata_eve") << file;
    }
}

INSTANTIATE_TEST_SUITE_P(Folders, Corpus,
                         ::testing::Values("weblog", "auth", "suricata", "winjson"));

} // namespace
} // namespace tanggap::normalize
