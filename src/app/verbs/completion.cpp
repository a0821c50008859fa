// completion: scripts for the shells, and what may come next, from the tree that reads the line.
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <vector>

#include "app/verbs/verbs.h"

namespace tanggap::app {
namespace {

constexpr std::string_view kBash = R"(_tanggap() {
    local candidates
    candidates=$(tanggap __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
    if [ "$candidates" = / ]; then
        mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
    else
        mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "${COMP_WORDS[COMP_CWORD]}")
    fi
}
complete -o filenames -F _tanggap tanggap
)";
constexpr std::string_view kZsh = R"(#compdef tanggap
_tanggap() {
    local -a candidates
    candidates=("${(@f)$(tanggap __complete "${words[@]:1:$((CURRENT-1))}" 2>/dev/null)}")
    if [[ "$candidates" == / ]]; then _files; else compadd -a candidates; fi
}
compdef _tanggap tanggap
)";
constexpr std::string_view kFish = R"(function __tanggap_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates (tanggap __complete $words[2..-1] 2>/dev/null)
    if test "$candidates" = /
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $candidates
    end
end
complete -c tanggap -f -a '(__tanggap_complete)'
)";

std::vector<const CLI::App*> verbs_of(const CLI::App& app)
{
    std::vector<const CLI::App*> out;
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (!verb->get_group().empty()) { // others are hidden
            out.push_back(verb);
        }
    }
    return out;
}

/// The option that is called `word`, where it waits for a value.
const CLI::Option* waiting_option(const CLI::App& verb, const std::string& word)
{
    const CLI::Option* const option =
        word.starts_with("-") ? verb.get_option_no_throw(word) : nullptr;
    return option != nullptr && option->get_expected_max() > 0 && option->get_type_size() > 0
               ? option
               : nullptr;
}

} // namespace

std::string complete(const CLI::App& root, std::vector<std::string> words)
{
    const std::string last = words.empty() ? "" : words.back();
    words.resize(words.empty() ? 0 : words.size() - 1);
    const CLI::App* verb = &root;
    const CLI::Option* waiting = nullptr;
    for (const std::string& word : words) {
        if (std::exchange(waiting, nullptr) != nullptr) {
            continue;
        }
        waiting = waiting_option(*verb, word);
        for (const CLI::App* below : verbs_of(*verb)) {
            verb = below->get_name() == word ? below : verb;
        }
    }
    std::set<std::string> names;
    if (waiting == nullptr && last.starts_with("-")) {
        for (const CLI::Option* option : verb->get_options()) {
            for (const std::string& name : option->get_lnames()) {
                names.insert("--" + name);
            }
        }
    } else if (waiting == nullptr) {
        for (const CLI::App* below : verbs_of(*verb)) {
            names.insert(below->get_name());
        }
    }
    std::string out;
    for (const std::string& name : names) {
        out += name.starts_with(last) ? name + "\n" : "";
    }
    const bool file = waiting != nullptr || (!last.starts_with("-") && verbs_of(*verb).empty());
    return file ? "/\n" : out;
}

void add_completion(CommandLine& line)
{
    auto shell = std::make_shared<std::string>();
    add_verb(line, line.app, "completion", "Print a script that completes verbs and options", shell,
             [](const std::string& name) {
                 fmt::print("{}", name == "bash" ? kBash : name == "zsh" ? kZsh : kFish);
                 return 0;
             })
        ->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

} // namespace tanggap::app
