// Attacks and harmless requests that no rule was written from: how many are found, how many
// flagged. The first pair of lists was used to mend rules afterwards, the second pair was not.
#include <cstdio>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "generated/source_dir.h"
#include "rules/shipped.h"

namespace tanggap::rules_check {
namespace {

const std::filesystem::path kLists = TANGGAP_SOURCE_DIR "/tests/rules/unseen";
constexpr std::string_view kBrowser =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36";

enum class Columns { ClassFirst, RequestFirst };

struct Request {
    std::string category; ///< class of the attack; "harmless" without one
    std::string request;  ///< method and target as listed
    std::string line;     ///< of an access log
};

std::string without_percent(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// As Apache and nginx escape what they quote.
std::string as_logged(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        out += c == '"' || c == '\\' ? "\\" : "";
        out += c;
    }
    return out;
}

Request read_request(const std::string& listed, Columns columns)
{
    std::istringstream words(listed);
    Request out{.category = "harmless", .request = {}, .line = {}};
    if (columns == Columns::ClassFirst) {
        words >> out.category;
    }
    std::string method;
    std::string target;
    words >> method >> target;
    std::map<std::string, std::string> said{{"source", "203.0.113.7"},
                                            {"status", "200"},
                                            {"referrer", "-"},
                                            {"agent", std::string(kBrowser)}};
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        said[word.substr(0, equals)] = word.substr(equals + 1);
    }
    out.request = method + " " + target;
    out.line = fmt::format("{} - - [03/Oct/2026:07:05:09 +0700] \"{} {} HTTP/1.1\" {} 512 \"{}\" "
                           "\"{}\"",
                           said["source"], method, as_logged(target), said["status"],
                           as_logged(said["referrer"]), as_logged(without_percent(said["agent"])));
    return out;
}

std::vector<Request> read_list(const std::string& name, Columns columns)
{
    std::vector<Request> out;
    std::istringstream lines(read_text(kLists / name));
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && !line.starts_with('#')) {
            out.push_back(read_request(line, columns));
        }
    }
    return out;
}

/// Titles of the rules above informational that match `request`; empty for none.
std::string found_in(const Shipped& shipped, const Request& request)
{
    const auto outcome = run_lines(shipped, "apache_access", std::span(&request.line, 1));
    EXPECT_TRUE(outcome->rejected.empty()) << request.line;
    std::string titles;
    for (const model::Detection& detection : outcome->detections) {
        if (detection.rule->level > model::Level::Informational) {
            titles += (titles.empty() ? "" : "; ") + detection.rule->title;
        }
    }
    return titles;
}

/// Percentage of the list that a rule matched; prints what went wrong.
double share_matched(const std::string& name, Columns columns)
{
    static const Shipped shipped = load_shipped(TANGGAP_SOURCE_DIR "/content");
    const bool attacks = columns == Columns::ClassFirst;
    std::map<std::string, std::pair<int, int>> by_category; ///< matched, all
    int matched = 0;
    const auto requests = read_list(name, columns);
    for (const Request& request : requests) {
        const std::string titles = found_in(shipped, request);
        auto& [found, all] = by_category[request.category];
        ++all;
        found += titles.empty() ? 0 : 1;
        matched += titles.empty() ? 0 : 1;
        if (titles.empty() == attacks) {
            std::printf("  %s %s  %s\n", attacks ? "missed: " : "flagged:", request.request.c_str(),
                        titles.c_str());
        }
    }
    const double share = 100.0 * matched / static_cast<double>(requests.size());
    std::printf("%s: %d of %zu matched, %.1f %%\n", name.c_str(), matched, requests.size(), share);
    for (const auto& [category, counts] : by_category) {
        std::printf("  %-10s %d of %d\n", category.c_str(), counts.first, counts.second);
    }
    return share;
}

TEST(UnseenRequests, MostAttacksAreFound)
{
    EXPECT_GE(share_matched("attacks.txt", Columns::ClassFirst), 95.0);
    EXPECT_GE(share_matched("attacks_second.txt", Columns::ClassFirst), 75.0);
}

TEST(UnseenRequests, FewHarmlessOnesAreFlagged)
{
    EXPECT_LE(share_matched("harmless.txt", Columns::RequestFirst), 2.0);
    EXPECT_LE(share_matched("harmless_second.txt", Columns::RequestFirst), 4.0);
}

} // namespace
} // namespace tanggap::rules_check
