#include "detect/detail/matcher.h"

#include <algorithm>

#include "base/text.h"
#include "detect/detail/value_match.h"

namespace tanggap::detect {
namespace {

using Shape = Pattern::Shape;

enum Kind : std::uint8_t { Front, Back, Inside };

Kind kind_of(Shape shape)
{
    return shape == Shape::Prefix   ? Kind::Front
           : shape == Shape::Suffix ? Kind::Back
                                    : Kind::Inside;
}

} // namespace

bool TextMatcher::takes(const Test& test)
{
    return test.op == Test::Op::Text && test.pattern.shape() != Shape::Everything &&
           !test.pattern.literal().empty();
}

void TextMatcher::add(PredicateId predicate, const Test& test)
{
    ++count_;
    if (test.pattern.shape() == Shape::Glob) {
        // A dash and a letter stand in most command lines, the five ways to write them in few.
        if (const auto spelled = test.pattern.spelled_dashes(); !spelled.texts.empty()) {
            for (const auto& text : spelled.texts) {
                add_literal(spelled.shape, text,
                            {.predicate = predicate, .test = &test, .whole = true});
            }
            return;
        }
    }
    add_literal(
        test.pattern.shape(), test.pattern.literal(),
        {.predicate = predicate, .test = &test, .whole = test.pattern.shape() != Shape::Glob});
}

void TextMatcher::add_literal(Pattern::Shape shape, std::string_view text, Use use)
{
    auto literal = base::to_lower_ascii(text);
    if (shape != Shape::Equals) {
        uses_[kind_of(shape)][std::move(literal)].push_back(use);
        return;
    }
    equal_numbers_ = equal_numbers_ || use.test->number;
    if (equal_lengths_.size() <= literal.size()) {
        equal_lengths_.resize(literal.size() + 1);
    }
    equal_lengths_[literal.size()] = true;
    equal_[std::move(literal)].push_back(use);
}

void TextMatcher::build()
{
    const auto fill = [&](Kind kind, std::vector<Literal>& literals, auto& index) {
        for (auto& [text, uses] : uses_[kind]) {
            literals.push_back({.text = text, .uses = std::move(uses)});
        }
        uses_[kind].clear();
        for (std::uint32_t i = 0; i < literals.size(); ++i) {
            index.add(literals[i].text, i);
        }
        index.build();
    };
    fill(Kind::Front, fronts_, front_);
    fill(Kind::Back, backs_, back_);
    fill(Kind::Inside, insides_, inside_);
}

void TextMatcher::scan(const model::Value& value, const ScanScratch& scratch, HitSink& sink) const
{
    const auto text = value.text;
    const auto lowered = scratch.text();
    scan_equal(text, lowered, sink);
    if (equal_numbers_ && value.kind == model::Value::Kind::Float) {
        scan_equal_number(value.real, sink);
    }
    front_.scan(lowered, [&](std::uint32_t i) { affix_found(fronts_[i], text, sink); });
    back_.scan(lowered, [&](std::uint32_t i) { affix_found(backs_[i], text, sink); });
    inside_.scan(lowered,
                 [&](std::uint32_t i, std::size_t) { inside_found(insides_[i], text, sink); });
}

void TextMatcher::scan_equal(std::string_view text, std::string_view lowered, HitSink& sink) const
{
    if (text.size() >= equal_lengths_.size() || !equal_lengths_[text.size()]) {
        return;
    }
    const auto found = equal_.find(lowered);
    if (found == equal_.end()) {
        return;
    }
    for (const auto& use : found->second) {
        if (use.test->pattern.casing() == Casing::Ignored || use.test->pattern.matches(text)) {
            sink.hit(use.predicate);
        }
    }
}

void TextMatcher::scan_equal_number(double value, HitSink& sink) const
{
    const auto found = equal_.find(std::string_view(canonical_number(value)));
    if (found == equal_.end()) {
        return;
    }
    for (const auto& use : found->second) {
        if (use.test->number) {
            sink.hit(use.predicate);
        }
    }
}

/// The literal stands at its end of `text`, whatever its case.
void TextMatcher::affix_found(const Literal& literal, std::string_view text, HitSink& sink)
{
    for (const auto& use : literal.uses) {
        const auto& pattern = use.test->pattern;
        if (pattern.casing() == Casing::Ignored || pattern.matches(text)) {
            sink.hit(use.predicate);
        }
    }
}

/// The literal stands somewhere in `text`, whatever its case.
void TextMatcher::inside_found(const Literal& literal, std::string_view text, HitSink& sink)
{
    for (const auto& use : literal.uses) {
        const auto& pattern = use.test->pattern;
        if (sink.is_hit(use.predicate)) {
            continue;
        }
        const bool proven = use.whole && pattern.casing() == Casing::Ignored;
        if (proven || (sink.first_try(use.predicate) && pattern.matches(text))) {
            sink.hit(use.predicate);
        }
    }
}

} // namespace tanggap::detect
