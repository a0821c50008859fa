#include "detect/detail/matcher.h"

#include <algorithm>

#include "base/text.h"
#include "detect/detail/value_match.h"

namespace tanggap::detect {
namespace {

using Shape = Pattern::Shape;

enum Kind : std::uint8_t { Front, Back, Whole, Inside };

Kind kind_of(Shape shape)
{
    return shape == Shape::Prefix   ? Kind::Front
           : shape == Shape::Suffix ? Kind::Back
           : shape == Shape::Equals ? Kind::Whole
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
    if (shape == Shape::Equals && use.test->number) {
        numbers_[literal].push_back(use.predicate);
    }
    uses_[kind_of(shape)][std::move(literal)].push_back(use);
}

void TextMatcher::build()
{
    const auto take = [&](Kind kind, std::vector<Literal>& literals) {
        for (auto& [text, uses] : uses_[kind]) {
            literals.push_back({.text = text, .uses = std::move(uses)});
        }
        uses_[kind].clear();
        return static_cast<std::uint32_t>(literals.size());
    };
    take(Kind::Front, fronts_);
    const auto suffixes = take(Kind::Back, backs_);
    take(Kind::Whole, backs_);
    take(Kind::Inside, insides_);
    for (std::uint32_t i = 0; i < fronts_.size(); ++i) {
        front_.add(fronts_[i].text, i, false);
    }
    for (std::uint32_t i = 0; i < backs_.size(); ++i) {
        back_.add(backs_[i].text, i, i >= suffixes);
    }
    for (std::uint32_t i = 0; i < insides_.size(); ++i) {
        inside_.add(insides_[i].text, i);
    }
    front_.build();
    back_.build();
    inside_.build();
}

void TextMatcher::scan(const model::Value& value, HitSink& sink) const
{
    const auto text = value.text;
    if (!numbers_.empty() && value.kind == model::Value::Kind::Float) {
        scan_equal_number(value.real, sink);
    }
    front_.scan(text, [&](std::uint32_t i) { affix_found(fronts_[i], text, sink); });
    back_.scan(text, [&](std::uint32_t i) { affix_found(backs_[i], text, sink); });
    inside_.scan(text, [&](std::uint32_t i) {
        inside_found(insides_[i], text, sink);
        return false;
    });
}

bool TextMatcher::finds_nothing_within(std::string_view text) const
{
    // Where a text begins and ends, values inside it need not.
    return fronts_.empty() && backs_.empty() &&
           !inside_.scan(text, [](std::uint32_t) { return true; });
}

void TextMatcher::scan_equal_number(double value, HitSink& sink) const
{
    if (const auto found = numbers_.find(canonical_number(value)); found != numbers_.end()) {
        std::ranges::for_each(found->second, [&](PredicateId id) { sink.hit(id); });
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
