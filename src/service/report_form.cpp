#include "service/report_form.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.h"
#include "codec/yaml.h"

namespace tanggap::service {
namespace {

using codec::YamlNode;

constexpr std::size_t kFirstSteps = 3;

/// Reads the file and keeps the first thing that is wrong.
class Reader {
public:
    explicit Reader(std::string_view file) : file_(file) {}

    std::optional<base::Error> error;

    void wrong(const YamlNode& at, std::string_view message)
    {
        if (!error) {
            error = base::invalid(fmt::format("{}:{}: {}", file_, at.line, message)).error();
        }
    }

    std::string text(const YamlNode& in, std::string_view key, std::string_view otherwise = {})
    {
        const YamlNode* const node = in.find(key);
        if (node == nullptr) {
            return std::string(otherwise);
        }
        if (!node->is_scalar()) {
            wrong(*node, fmt::format("`{}` must be a text", key));
        }
        return node->text;
    }

    model::Words words_of(const YamlNode& node)
    {
        model::Words words{.id = text(node, "id"), .en = text(node, "en")};
        if (words.id.empty() || words.en.empty()) {
            wrong(node, "a text needs both languages: {id: …, en: …}");
        }
        return words;
    }

    model::Words words(const YamlNode& in, std::string_view key)
    {
        const YamlNode* const node = in.find(key);
        return node == nullptr ? model::Words{} : words_of(*node);
    }

    std::vector<model::Words> list_of_words(const YamlNode& in, std::string_view key)
    {
        std::vector<model::Words> list;
        if (const YamlNode* const node = in.find(key)) {
            for (const YamlNode& item : node->items) {
                list.push_back(words_of(item));
            }
        }
        return list;
    }

    std::size_t number(const YamlNode& in, std::string_view key, std::size_t otherwise)
    {
        const YamlNode* const node = in.find(key);
        if (node == nullptr) {
            return otherwise;
        }
        const auto value = node->as_integer();
        if (!value || *value < 0) {
            wrong(*node, fmt::format("`{}` must be a whole number", key));
            return otherwise;
        }
        return static_cast<std::size_t>(*value);
    }

    template <class Enum, std::size_t N>
    Enum choice(const YamlNode& in, std::string_view key,
                const std::array<std::pair<std::string_view, Enum>, N>& values, Enum otherwise)
    {
        const YamlNode* const node = in.find(key);
        if (node == nullptr) {
            return otherwise;
        }
        for (const auto& [name, value] : values) {
            if (node->text == name) {
                return value;
            }
        }
        wrong(*node, fmt::format("`{}` {} is not known here", key, base::quoted(node->text)));
        return otherwise;
    }

    FormOption option(const YamlNode& node)
    {
        FormOption option;
        option.value = text(node, "value");
        option.label = words(node, "label");
        option.hint = words(node, "hint");
        option.incident_class = text(node, "class");
        option.first_steps = list_of_words(node, "steps");
        if (const std::string level = text(node, "level"); !level.empty()) {
            const auto known = model::parse_level(level);
            known ? void(option.severity = *known) : wrong(node, known.error().message);
        }
        if (option.value.empty() || option.label.empty()) {
            wrong(node, "an option needs `value` and `label`");
        }
        return option;
    }

    FormQuestion question(const YamlNode& node)
    {
        using Kind = FormQuestion::Kind;
        constexpr std::array<std::pair<std::string_view, Kind>, 5> kKinds{{
            {"choice", Kind::Choice},
            {"line", Kind::Line},
            {"area", Kind::Area},
            {"email", Kind::Email},
            {"phone", Kind::Phone},
        }};
        FormQuestion question;
        question.name = text(node, "name");
        question.kind = choice(node, "kind", kKinds, Kind::Line);
        question.label = words(node, "label");
        question.hint = words(node, "hint");
        question.missing = words(node, "missing");
        question.too_short = words(node, "short");
        question.too_long = words(node, "long");
        question.wrong = words(node, "wrong");
        question.characters_min = number(node, "min", 0);
        question.characters_max = number(node, "max", 500);
        question.autocomplete = text(node, "autocomplete", "off");
        if (const YamlNode* const options = node.find("options")) {
            for (const YamlNode& item : options->items) {
                question.options.push_back(option(item));
            }
        }
        check(node, question);
        return question;
    }

    FormStep step(const YamlNode& node)
    {
        using Kind = FormStep::Kind;
        constexpr std::array<std::pair<std::string_view, Kind>, 3> kKinds{{
            {"questions", Kind::Questions},
            {"notice", Kind::Notice},
            {"files", Kind::Files},
        }};
        FormStep step;
        step.id = text(node, "id");
        step.kind = choice(node, "kind", kKinds, Kind::Questions);
        step.title = words(node, "title");
        step.lead = words(node, "lead");
        step.points = list_of_words(node, "points");
        if (const YamlNode* const fields = node.find("fields")) {
            for (const YamlNode& item : fields->items) {
                step.questions.push_back(question(item));
            }
        }
        if (const YamlNode* const when = node.find("when")) {
            for (const codec::YamlEntry& entry : when->entries) {
                step.when.emplace_back(entry.key.text, std::vector<std::string>{});
                for (const YamlNode& value : entry.value.items) {
                    step.when.back().second.push_back(value.text);
                }
            }
        }
        constexpr std::string_view kPath = "abcdefghijklmnopqrstuvwxyz0123456789-";
        if (step.id.empty() || step.id.find_first_not_of(kPath) != step.id.npos) {
            wrong(node, "a step needs an `id` of a-z, 0-9 and -");
        }
        if (step.title.empty() || (step.kind == Kind::Questions && step.questions.empty())) {
            wrong(node, "a step needs a `title`, and one of questions needs `fields`");
        }
        return step;
    }

private:
    void check(const YamlNode& node, const FormQuestion& question)
    {
        if (question.name.empty() || question.label.empty()) {
            wrong(node, "a field needs `name` and `label`");
        }
        if (question.kind == FormQuestion::Kind::Choice && question.options.empty()) {
            wrong(node, "a choice needs `options`");
        }
        if (question.name != "what") {
            return;
        }
        for (const FormOption& option : question.options) {
            if (option.first_steps.size() != kFirstSteps || option.incident_class.empty()) {
                wrong(node, fmt::format("option {} of `what` needs `class` and three `steps`",
                                        base::quoted(option.value)));
            }
        }
    }

    std::string file_;
};

/// One @ with something on both sides and no blank; the rest is the mail server's to say.
bool looks_like_email(std::string_view text)
{
    const std::size_t at = text.find('@');
    return at != text.npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == text.npos && text.find_first_of(" \t\r\n<>\"") == text.npos;
}

bool looks_like_phone(std::string_view text)
{
    const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
    return digits >= 5 && text.find_first_not_of("0123456789+-() .") == text.npos;
}

std::optional<model::Words> problem_of(const FormQuestion& question, std::string_view answer)
{
    using Kind = FormQuestion::Kind;
    const std::string_view text = base::trim(answer);
    if (text.empty()) {
        return question.missing.empty() ? std::nullopt : std::optional(question.missing);
    }
    if (question.kind == Kind::Choice) {
        // A value that is not ours was made by hand: the same words as for none at all.
        return question.find_option(text) != nullptr ? std::nullopt
                                                     : std::optional(question.missing);
    }
    const std::size_t characters = characters_of(text);
    if (characters > question.characters_max) {
        const std::string most = std::to_string(question.characters_max);
        return question.too_long.empty() ? model::Words{.id = "Paling panjang " + most + " huruf",
                                                        .en = "At most " + most + " characters"}
                                         : question.too_long;
    }
    if (characters < question.characters_min) {
        return question.too_short;
    }
    const bool malformed = (question.kind == Kind::Email && !looks_like_email(text)) ||
                           (question.kind == Kind::Phone && !looks_like_phone(text));
    return malformed ? std::optional(question.wrong) : std::nullopt;
}

} // namespace

const FormOption* FormQuestion::find_option(std::string_view value) const
{
    const auto found = std::ranges::find(options, value, &FormOption::value);
    return found == options.end() ? nullptr : &*found;
}

bool FormStep::applies(const Answers& answers) const
{
    return std::ranges::all_of(when, [&](const auto& condition) {
        const auto answer = answers.find(condition.first);
        return answer != answers.end() &&
               std::ranges::find(condition.second, answer->second) != condition.second.end();
    });
}

base::Result<ReportForm> ReportForm::load(std::string_view file, std::string_view yaml)
{
    const codec::YamlStream stream = codec::parse_yaml(yaml);
    if (!stream.problems.empty()) {
        return base::invalid(
            fmt::format("{}:{}: {}", file, stream.problems[0].line, stream.problems[0].message));
    }
    const YamlNode* const steps =
        stream.documents.size() == 1 ? stream.documents[0].find("steps") : nullptr;
    if (steps == nullptr || !steps->is_sequence()) {
        return base::invalid(fmt::format("{}: expected one document with a list `steps`", file));
    }
    Reader reader(file);
    ReportForm form;
    for (const YamlNode& node : steps->items) {
        form.steps_.push_back(reader.step(node));
    }
    if (reader.error) {
        return std::unexpected(*reader.error);
    }
    for (const std::string_view name : {"what", "story", "identity"}) {
        const FormQuestion* const question = form.find_question(name);
        if (question == nullptr || question->missing.empty()) {
            return base::invalid(
                fmt::format("{}: the required question `{}` is missing", file, name));
        }
    }
    for (const std::string_view value : {"open", "confidential", "anonymous"}) {
        if (form.find_question("identity")->find_option(value) == nullptr) {
            return base::invalid(fmt::format("{}: `identity` lacks the option {}", file, value));
        }
    }
    return form;
}

const FormStep* ReportForm::find_step(std::string_view id) const
{
    const auto found = std::ranges::find(steps_, id, &FormStep::id);
    return found == steps_.end() ? nullptr : &*found;
}

const FormQuestion* ReportForm::find_question(std::string_view name) const
{
    for (const FormStep& step : steps_) {
        const auto found = std::ranges::find(step.questions, name, &FormQuestion::name);
        if (found != step.questions.end()) {
            return &*found;
        }
    }
    return nullptr;
}

std::vector<const FormStep*> ReportForm::steps_for(const Answers& answers) const
{
    std::vector<const FormStep*> steps;
    for (const FormStep& step : steps_) {
        if (step.applies(answers)) {
            steps.push_back(&step);
        }
    }
    return steps;
}

const FormOption* ReportForm::find_kind(std::string_view what) const
{
    return find_question("what")->find_option(what);
}

std::vector<FormProblem> check_step(const FormStep& step, const Answers& answers)
{
    std::vector<FormProblem> problems;
    for (const FormQuestion& question : step.questions) {
        const auto answer = answers.find(question.name);
        const std::string_view text =
            answer == answers.end() ? std::string_view() : std::string_view(answer->second);
        if (auto problem = problem_of(question, text)) {
            problems.push_back({.question = question.name, .text = std::move(*problem)});
        }
    }
    return problems;
}

std::vector<FormProblem> check_answers(const ReportForm& form, const Answers& answers)
{
    std::vector<FormProblem> problems;
    for (const FormStep* const step : form.steps_for(answers)) {
        std::ranges::move(check_step(*step, answers), std::back_inserter(problems));
    }
    return problems;
}

Answers asked_only(const ReportForm& form, const Answers& answers)
{
    Answers asked;
    for (const FormStep* const step : form.steps_for(answers)) {
        for (const FormQuestion& question : step->questions) {
            if (const auto answer = answers.find(question.name); answer != answers.end()) {
                asked.insert(*answer);
            }
        }
    }
    return asked;
}

std::size_t characters_of(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace tanggap::service
