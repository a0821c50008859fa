#include "detect/detail/diagnose.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/text.h"

namespace tanggap::detect {
namespace {

std::size_t edits_between(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

} // namespace

void report_problems(const codec::YamlStream& stream, const std::string& file,
                     std::vector<Diagnostic>& out)
{
    for (const auto& problem : stream.problems) {
        out.push_back({.severity = Diagnostic::Severity::Error,
                       .file = file,
                       .line = problem.line,
                       .column = problem.column,
                       .length = 0,
                       .rule_title = {},
                       .message = problem.message,
                       .hint = problem.hint});
    }
}

Diagnoser::Span Diagnoser::span_of(const codec::YamlNode& at)
{
    return {.line = at.line, .column = at.column, .length = at.length};
}

void Diagnoser::add(Diagnostic::Severity severity, const Span& span, std::string message,
                    std::string hint)
{
    errors_ += severity == Diagnostic::Severity::Error ? 1U : 0U;
    out_.push_back({.severity = severity,
                    .file = file_,
                    .line = span.line,
                    .column = span.column,
                    .length = span.length,
                    .rule_title = title_,
                    .message = std::move(message),
                    .hint = std::move(hint)});
}

void Diagnoser::error(const codec::YamlNode& at, std::string message, std::string hint)
{
    add(Diagnostic::Severity::Error, span_of(at), std::move(message), std::move(hint));
}

void Diagnoser::warning(const codec::YamlNode& at, std::string message, std::string hint)
{
    add(Diagnostic::Severity::Warning, span_of(at), std::move(message), std::move(hint));
}

void Diagnoser::error_inside(const codec::YamlNode& at, std::size_t offset, std::string message,
                             std::string hint, std::size_t length)
{
    using Style = codec::YamlNode::Style;
    const bool quoted = at.style == Style::SingleQuoted || at.style == Style::DoubleQuoted;
    // Where the text goes on over several lines its place is all we can say.
    const bool one_line = at.style != Style::Block && (at.length > 0 || at.text.empty());
    const auto inside = one_line ? offset + (quoted ? 1U : 0U) : 0;
    add(Diagnostic::Severity::Error,
        {.line = at.line, .column = at.column + inside, .length = one_line ? length : 0},
        std::move(message), std::move(hint));
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates)
{
    constexpr std::size_t kWordBytesMax = 64; // nobody mistypes more; keeps the table small
    std::string best;
    std::size_t best_edits = 3;
    for (const auto& candidate : candidates) {
        if (word.size() > kWordBytesMax || candidate.size() > kWordBytesMax) {
            continue;
        }
        const auto edits = edits_between(word, candidate);
        if (edits > 0 && edits < best_edits && edits < candidate.size()) {
            best = candidate;
            best_edits = edits;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates)
{
    const auto best = nearest(word, candidates);
    return best.empty() ? std::string{} : fmt::format("did you mean {}?", base::quoted(best));
}

} // namespace tanggap::detect
