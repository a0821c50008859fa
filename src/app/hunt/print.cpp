#include "app/hunt/print.h"

#include <algorithm>
#include <cstdlib>
#include <ostream>

#include <fmt/format.h>

namespace tanggap::app::hunting {
namespace {

struct Words {
    std::string_view nothing, found, hosts, more, by, unnamed, techniques, not_all;
    std::array<std::string_view, kLevels> levels;
};

const Words& words(Language language)
{
    static constexpr Words kEnglish{
        .nothing = "Nothing was found.",
        .found = "findings",
        .hosts = "hosts",
        .more = "and more",
        .by = "by",
        .unnamed = "an unnamed author",
        .techniques = "ATT&CK",
        .not_all = "… the {} gravest of {} findings are shown; --level, --since or --rule narrow "
                   "them\n",
        .levels = {"informational", "low", "medium", "high", "critical"}};
    static constexpr Words kIndonesian{
        .nothing = "Tidak ada temuan.",
        .found = "temuan",
        .hosts = "host",
        .more = "dan lainnya",
        .by = "oleh",
        .unnamed = "penulis tanpa nama",
        .techniques = "ATT&CK",
        .not_all = "… yang ditampilkan {} temuan terberat dari {}; persempit dengan --level, "
                   "--since, atau --rule\n",
        .levels = {"info", "rendah", "sedang", "tinggi", "kritis"}};
    return language == Language::Indonesian ? kIndonesian : kEnglish;
}

/// Contrast holds on dark and light terminals: bold, and colours of the terminal's own palette.
std::string_view colour_of(model::Level level)
{
    switch (level) {
    case model::Level::Critical:
        return "\x1b[1;35m";
    case model::Level::High:
        return "\x1b[1;31m";
    case model::Level::Medium:
        return "\x1b[1;33m";
    case model::Level::Low:
        return "\x1b[1;36m";
    case model::Level::Informational:
        break;
    }
    return "\x1b[1m";
}

/// Cells of a terminal that UTF-8 `text` takes; what is not known takes one.
std::size_t cells_of(std::string_view text)
{
    std::size_t cells = 0;
    for (const char c : text) {
        cells += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    }
    return cells;
}

/// At most `cells` of the front of `text`, ending in "…" when it was cut.
std::string cut(std::string_view text, std::size_t cells)
{
    if (cells_of(text) <= cells) {
        return std::string(text);
    }
    std::size_t end = 0;
    for (std::size_t count = 0; end < text.size(); ++end) {
        if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && ++count >= cells) {
            break;
        }
    }
    return std::string(text.substr(0, end)) + "…";
}

std::string padded(std::string_view text, std::size_t cells)
{
    const std::size_t used = cells_of(text);
    return std::string(text) + std::string(used < cells ? cells - used : 0, ' ');
}

std::string level_cell(model::Level level, const PrintStyle& style)
{
    constexpr std::size_t kCells = 13;
    const auto name = padded(words(style.language).levels[static_cast<std::size_t>(level)], kCells);
    return style.colour ? fmt::format("{}{}\x1b[0m", colour_of(level), name) : name;
}

std::string_view title_of(const model::RuleInfo& rule, Language language)
{
    return language == Language::Indonesian && !rule.title_id.empty() ? rule.title_id : rule.title;
}

std::string joined(const auto& names, std::string_view more)
{
    std::string out;
    for (const auto& name : names) {
        out += out.empty() ? "" : ", ";
        out += printable(name);
    }
    return more.empty() ? out : fmt::format("{}, {}", out, more);
}

void print_rule(std::ostream& out, const RuleTally& tally, const PrintStyle& style)
{
    const auto& rule = *tally.rule;
    const auto& said = words(style.language);
    out << fmt::format(
        "{} {:>9}  {}  {}  {}\n", level_cell(rule.level, style), tally.findings,
        padded(base::format_rfc3339(base::Time::from_seconds(tally.first.seconds())), 20),
        padded(base::format_rfc3339(base::Time::from_seconds(tally.last.seconds())), 20),
        printable(title_of(rule, style.language)));
    const auto line = [&](std::string_view name, const std::string& text) {
        if (!text.empty()) {
            out << fmt::format("{:25}{}: {}\n", "", name, text);
        }
    };
    line(said.techniques, joined(rule.techniques, ""));
    line(said.hosts, joined(tally.hosts, tally.more_hosts ? said.more : ""));
    out << fmt::format("{:25}{} {}{}{}\n", "", said.by,
                       rule.author.empty() ? std::string(said.unnamed) : printable(rule.author),
                       rule.license.empty() ? "" : ", ", printable(rule.license));
    constexpr std::size_t kIndent = 25;
    const auto& example = tally.example;
    out << fmt::format("{:25}{}:{}\n{:25}{}\n", "", printable(*example.file), example.record, "",
                       cut(printable(example.detail),
                           std::max<std::size_t>(style.columns, kIndent + 40) - kIndent));
}

std::string csv_cell(std::string_view text)
{
    std::string out = "\"";
    // What a spreadsheet takes for the start of a formula.
    if (!text.empty() &&
        std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
        out += '\'';
    }
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + '"';
}

} // namespace

Language language_of_environment()
{
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* const value = std::getenv(name);
        if (value != nullptr && *value != '\0') {
            return std::string_view(value).starts_with("id") ? Language::Indonesian
                                                             : Language::English;
        }
    }
    return Language::English;
}

void print_summary(std::ostream& out, const Overview& overview, const PrintStyle& style)
{
    const auto& said = words(style.language);
    if (overview.findings() == 0) {
        out << said.nothing << '\n';
        return;
    }
    for (const auto* rule : overview.rules()) {
        print_rule(out, *rule, style);
    }
    out << '\n';
    for (std::size_t i = kLevels; i > 0; --i) {
        if (const auto count = overview.levels()[i - 1]; count > 0) {
            out << fmt::format("{} {:>9}\n", level_cell(static_cast<model::Level>(i - 1), style),
                               count);
        }
    }
}

void print_timeline(std::ostream& out, const Overview& overview, const PrintStyle& style)
{
    const auto kept = overview.kept();
    for (const auto* finding : kept) {
        const auto head = fmt::format("{}  {} ", padded(base::format_rfc3339(finding->time), 24),
                                      level_cell(finding->rule->level, style));
        const auto rest =
            fmt::format("{}  {}  {}  {}:{}  {}", padded(printable(finding->host), 16),
                        padded(printable(finding->user), 12),
                        printable(title_of(*finding->rule, style.language)),
                        printable(*finding->file), finding->record, printable(finding->detail));
        constexpr std::size_t kHeadCells = 40;
        out << head << cut(rest, std::max<std::size_t>(style.columns, 80) - kHeadCells) << '\n';
    }
    if (kept.size() < overview.findings()) {
        out << fmt::format(fmt::runtime(words(style.language).not_all), kept.size(),
                           overview.findings());
    }
}

std::string csv_head()
{
    return "time,level,rule,rule_id,author,techniques,host,user,source_ip,file,record,detail\r\n";
}

std::string csv_row(const Finding& finding)
{
    const auto& rule = *finding.rule;
    std::string techniques;
    for (const auto& technique : rule.techniques) {
        techniques += (techniques.empty() ? "" : " ") + technique;
    }
    std::string out = base::format_rfc3339(finding.time);
    for (const std::string_view cell :
         {model::name_of(rule.level), std::string_view(rule.title), std::string_view(rule.id),
          std::string_view(rule.author), std::string_view(techniques),
          std::string_view(finding.host), std::string_view(finding.user),
          std::string_view(finding.address), std::string_view(*finding.file)}) {
        out += ',';
        out += csv_cell(cell);
    }
    out += fmt::format(",{},", finding.record);
    out += csv_cell(finding.detail);
    return out + "\r\n";
}

} // namespace tanggap::app::hunting
