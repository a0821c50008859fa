// man: the manual page, from the same tree that reads the command line.
#include <array>
#include <fmt/format.h>

#include "app/verbs/verbs.h"

namespace tanggap::app {
namespace {

/// Text for roff: a backslash, a leading dot or quote and a hyphen mean something to it.
std::string roff(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else if (c == '\n') {
            out += "\n.br\n";
        } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
            out += std::string("\\&") + c;
        } else {
            out += c;
        }
    }
    return out;
}

std::string option_entry(const CLI::Option& option)
{
    const bool flag = option.get_expected_max() == 0 || option.get_type_name().empty();
    const std::string value =
        option.get_positional() || flag ? "" : " \\fI" + roff(option.get_type_name()) + "\\fR";
    const std::string name =
        option.get_positional() ? option.get_name(true, false) : option.get_name(false, true);
    std::string entry =
        fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(name), value, roff(option.get_description()));
    if (!option.get_default_str().empty()) {
        entry += fmt::format("Default: {}.\n", roff(option.get_default_str()));
    }
    if (!option.get_envname().empty()) {
        entry += fmt::format("Environment: {}.\n", roff(option.get_envname()));
    }
    return entry;
}

/// A verb that does something, with its options; then the verbs below it.
void add_section(std::string& page, const CLI::App& verb, const std::string& path)
{
    const auto below = verb.get_subcommands([](const CLI::App*) { return true; });
    const bool acts = below.empty() || verb.get_options().size() > 1; // --help is one
    if (!path.empty() && acts) {
        page += fmt::format(".SS tanggap {}\n{}.\n", roff(path), roff(verb.get_description()));
        for (const CLI::Option* option : verb.get_options()) {
            if (!option->get_group().empty() &&
                option->get_lnames() != std::vector<std::string>{"help"}) {
                page += option_entry(*option);
            }
        }
    }
    for (const CLI::App* each : below) {
        if (!each->get_group().empty()) {
            add_section(page, *each,
                        path.empty() ? each->get_name() : path + " " + each->get_name());
        }
    }
}

std::string manual_page(const CLI::App& root)
{
    std::string page = ".TH TANGGAP 1\n.SH NAME\ntanggap \\- the operating platform of a CSIRT\n"
                       ".SH SYNOPSIS\n.B tanggap\n\\fIverb\\fR [\\fIoptions\\fR]\n.SH VERBS\n";
    add_section(page, root, "");
    page += ".SH EXIT STATUS\n";
    constexpr std::array<std::pair<int, std::string_view>, 11> kCodes{
        {{0, "done"},
         {1, "failure; stored bytes are damaged"},
         {2, "usage"},
         {3, "not found"},
         {4, "who are you, or you may not"},
         {5, "conflict"},
         {6, "invalid data"},
         {7, "unavailable, or a limit"},
         {8, "partial success: some input could not be read"},
         {10, "hunt --fail-on found something"},
         {130, "interrupted"}}};
    for (const auto& [code, means] : kCodes) {
        page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", code, roff(means));
    }
    return page;
}

} // namespace

void add_manual(CommandLine& line)
{
    line.app.add_subcommand("man", "Print the manual page (man -l - shows it)")->callback([&line] {
        line.chosen = [&line] {
            fmt::print("{}", manual_page(line.app));
            return 0;
        };
    });
}

} // namespace tanggap::app
