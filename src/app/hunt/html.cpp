#include "app/hunt/html.h"

#include <openssl/evp.h>

#include <array>
#include <map>

#include <fmt/format.h>

#include "app/embedded.h"

namespace tanggap::app::hunting {
namespace {

constexpr std::size_t kSteps = 240;
constexpr std::size_t kTop = 15;

/// The source of a policy that allows exactly `text`. Source: CSP3 §2.3.1, hash-source.
std::string hash_source(std::string_view text)
{
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::array<unsigned char, 48> base64{};
    const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
    return fmt::format("'sha256-{}'", std::string_view(reinterpret_cast<const char*>(base64.data()),
                                                       static_cast<std::size_t>(length)));
}

/// JSON in which no character can end the element around it or begin markup: <, >, & and the line
/// separators are escaped.
std::string quiet_string(std::string_view text)
{
    std::string json;
    append_json_string(json, text);
    std::string out;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '<' || c == '>' || c == '&') {
            out += fmt::format("\\u00{:02x}", static_cast<unsigned>(c));
        } else if (json.compare(i, 3, "\u2028") == 0 || json.compare(i, 3, "\u2029") == 0) {
            out += json[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
    return out;
}

std::int64_t milliseconds(base::Time time)
{
    return time.ns / 1'000'000;
}

template <class Items, class Write>
std::string list_of(const Items& items, Write write)
{
    std::string out = "[";
    for (const auto& item : items) {
        out += out.size() > 1 ? "," : "";
        out += write(item);
    }
    return out + "]";
}

std::string counts_of(const LevelCounts& counts)
{
    return list_of(counts, [](std::uint64_t count) { return std::to_string(count); });
}

std::string names_of(const NameTally& tally)
{
    return list_of(tally.top(kTop), [](const NameTally::Row& row) {
        return fmt::format("[{},{}]", quiet_string(row.name), row.count);
    });
}

std::string rule_of(const RuleTally& tally)
{
    const auto& rule = *tally.rule;
    return fmt::format(
        R"({{"title":{},"title_id":{},"level":{},"author":{},"license":{},"techniques":{},"n":{},)"
        R"("first":{},"last":{},"hosts":{},"more_hosts":{}}})",
        quiet_string(rule.title), quiet_string(rule.title_id), static_cast<int>(rule.level),
        quiet_string(rule.author), quiet_string(rule.license),
        list_of(rule.techniques, quiet_string), tally.findings, milliseconds(tally.first),
        milliseconds(tally.last), list_of(tally.hosts, quiet_string), tally.more_hosts);
}

/// Rows of findings, with rules and files as numbers into lists.
class Rows {
public:
    std::string rows(const Overview& overview)
    {
        std::map<std::string, std::size_t> places;
        for (const auto* rule : overview.rules()) {
            places.emplace(rule->rule->id, places.size());
        }
        return list_of(overview.kept(), [&](const Finding* finding) {
            return fmt::format("[{},{},{},{},{},{},{},{}]", milliseconds(finding->time),
                               places.at(finding->rule->id), quiet_string(finding->host),
                               quiet_string(finding->user), quiet_string(finding->address),
                               file_number(*finding->file), finding->record,
                               quiet_string(finding->detail));
        });
    }
    std::string files() const { return list_of(files_, quiet_string); }

private:
    std::size_t file_number(const std::string& file)
    {
        const auto [found, fresh] = numbers_.emplace(file, files_.size());
        if (fresh) {
            files_.push_back(file);
        }
        return found->second;
    }

    std::map<std::string, std::size_t> numbers_;
    std::vector<std::string> files_;
};

/// In the order of the matrix.
std::string tactics_of_page(const Overview& overview)
{
    std::vector<std::string> rows;
    for (const std::string_view name : tactics_in_order()) {
        const auto found = overview.tactics().find(std::string(name));
        if (found != overview.tactics().end()) {
            std::uint64_t sum = 0;
            for (const auto count : found->second) {
                sum += count;
            }
            rows.push_back(fmt::format("[{},{}]", quiet_string(name), sum));
        }
    }
    return list_of(rows, [](const std::string& row) { return row; });
}

std::string data_of(const Overview& overview, const Overview& tamper, const PageFacts& facts)
{
    Rows rows;
    const auto rule = [](const RuleTally* tally) { return rule_of(*tally); };
    std::string out = fmt::format(
        R"({{"facts":{{"findings":{},"files":{},"records":{},"events":{},"quarantined":{},)"
        R"("unreadable":{},"rules":{},"made":{}}})",
        overview.findings(), facts.files, facts.records, facts.events, facts.quarantined,
        facts.unreadable, facts.rules, milliseconds(facts.made));
    out += R"(,"levels":)" + counts_of(overview.levels());
    out +=
        R"(,"steps":)" + list_of(overview.times().steps(kSteps), [](const TimeTally::Step& step) {
            return fmt::format("[{},{}]", milliseconds(step.begin), counts_of(step.counts));
        });
    out += fmt::format(
        R"(,"width_s":{})",
        std::chrono::duration_cast<std::chrono::seconds>(overview.times().width(kSteps)).count());
    out += R"(,"tactics":)" + tactics_of_page(overview);
    out += R"(,"hosts":)" + names_of(overview.hosts());
    out += R"(,"users":)" + names_of(overview.users());
    out += R"(,"addresses":)" + names_of(overview.addresses());
    out += R"(,"rules":)" + list_of(overview.rules(), rule);
    out += R"(,"findings":)" + rows.rows(overview);
    out += R"(,"sign_rules":)" + list_of(tamper.rules(), rule);
    out += R"(,"signs":)" + rows.rows(tamper);
    out += R"(,"files":)" + rows.files();
    return out + "}";
}

} // namespace

std::string html_page(const Overview& overview, const Overview& tamper, const PageFacts& facts)
{
    const std::string_view style = hunt_page_files[0].bytes();
    const std::string_view script = hunt_page_files[1].bytes();
    std::string out = "<!doctype html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n";
    out += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                       "script-src {}; style-src {}; base-uri 'none'; form-action 'none'; "
                       "require-trusted-types-for 'script'; trusted-types 'none'\">\n",
                       hash_source(script), hash_source(style));
    out += "<meta name=\"referrer\" content=\"no-referrer\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<title>Tanggap</title>\n<style>";
    out += style;
    out += "</style>\n</head>\n<body>\n<div id=\"page\"></div>\n"
           "<noscript><p>Halaman ini memerlukan JavaScript. This page needs JavaScript.</p>"
           "</noscript>\n<script type=\"application/json\" id=\"data\">";
    out += data_of(overview, tamper, facts);
    out += "</script>\n<script>";
    out += script;
    out += "</script>\n</body>\n</html>\n";
    return out;
}

} // namespace tanggap::app::hunting
