// The public report form as data: steps, questions, what a reporter can do first.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/detection.h"
#include "model/words.h"

namespace tanggap::service {

using Answers = std::map<std::string, std::string, std::less<>>;

struct FormOption {
    std::string value;
    model::Words label;
    model::Words hint;
    std::string incident_class;                   ///< "fraud/phishing"; of the question `what`
    model::Level severity = model::Level::Medium; ///< of the question `what`
    std::vector<model::Words> first_steps;        ///< three; of the question `what`
};

struct FormQuestion {
    enum class Kind : std::uint8_t { Choice, Line, Area, Email, Phone };
    std::string name;
    Kind kind = Kind::Line;
    model::Words label;
    model::Words hint;
    model::Words missing; ///< error where it is required and empty; empty: may be left out
    model::Words too_short;
    model::Words too_long;
    model::Words wrong; ///< error of a malformed email address or phone number
    std::size_t characters_min = 0;
    std::size_t characters_max = 500;
    std::string autocomplete = "off";
    std::vector<FormOption> options;

    const FormOption* find_option(std::string_view value) const;
};

struct FormStep {
    enum class Kind : std::uint8_t { Questions, Notice, Files };
    std::string id; ///< as in the address of its page
    Kind kind = Kind::Questions;
    model::Words title;
    model::Words lead;
    std::vector<model::Words> points; ///< Notice
    std::vector<FormQuestion> questions;
    /// Asked only where each of these answers is one of its values.
    std::vector<std::pair<std::string, std::vector<std::string>>> when;

    bool applies(const Answers& answers) const;
};

struct FormProblem {
    std::string question;
    model::Words text;
};

class ReportForm {
public:
    /// Errors: Invalid with file, line, and what is wrong. The questions `what`, `story` and
    /// `identity` must be there: the rest of the program knows them by name.
    static base::Result<ReportForm> load(std::string_view file, std::string_view yaml);

    const std::vector<FormStep>& steps() const { return steps_; }
    const FormStep* find_step(std::string_view id) const;
    const FormQuestion* find_question(std::string_view name) const;
    /// The steps that these answers ask for, in order.
    std::vector<const FormStep*> steps_for(const Answers& answers) const;
    /// The option of `what`; null where the value is none of ours.
    const FormOption* find_kind(std::string_view what) const;

private:
    std::vector<FormStep> steps_;
};

/// What is wrong with the answers to the questions of one step.
std::vector<FormProblem> check_step(const FormStep& step, const Answers& answers);
/// What is wrong with all that `answers` ask for: nothing before sending.
std::vector<FormProblem> check_answers(const ReportForm& form, const Answers& answers);
/// Without answers to questions that are not asked: who becomes anonymous leaves no name behind.
Answers asked_only(const ReportForm& form, const Answers& answers);

/// Characters of UTF-8 text, as a person counts letters and as maxlength of a browser roughly does.
std::size_t characters_of(std::string_view text);

} // namespace tanggap::service
