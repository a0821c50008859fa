#include "detect/detail/matcher.h"

#include <hs/hs.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "detect/detail/value_match.h"

namespace tanggap::detect {
namespace {

/// Of a longer literal only the head is searched for; the rest is checked on the value.
constexpr std::size_t kSearchedBytesMax = 200;

std::string searched_literal(const Pattern& pattern)
{
    return base::to_lower_ascii(std::string_view(pattern.literal()).substr(0, kSearchedBytesMax));
}

} // namespace

struct TextMatcher::Database {
    hs_database_t* db = nullptr;
    ~Database() { hs_free_database(db); }
};

ScanScratch::~ScanScratch()
{
    hs_free_scratch(scratch_);
}

TextMatcher::TextMatcher() = default;
TextMatcher::~TextMatcher() = default;
TextMatcher::TextMatcher(TextMatcher&&) noexcept = default;
TextMatcher& TextMatcher::operator=(TextMatcher&&) noexcept = default;

bool TextMatcher::takes(const Test& test)
{
    return test.op == Test::Op::Text && test.pattern.shape() != Pattern::Shape::Everything &&
           !test.pattern.literal().empty();
}

void TextMatcher::add(PredicateId predicate, const Test& test)
{
    const Use use{.predicate = predicate, .test = &test};
    if (test.pattern.shape() != Pattern::Shape::Equals) {
        uses_.push_back(use);
        return;
    }
    const auto& literal = test.pattern.literal();
    equal_[base::to_lower_ascii(literal)].push_back(use);
    ++equal_count_;
    equal_numbers_ = equal_numbers_ || test.number;
    if (equal_lengths_.size() <= literal.size()) {
        equal_lengths_.resize(literal.size() + 1);
    }
    equal_lengths_[literal.size()] = true;
}

void TextMatcher::build()
{
    std::map<std::string, std::vector<Use>> by_literal;
    for (const auto& use : uses_) {
        by_literal[searched_literal(use.test->pattern)].push_back(use);
    }
    uses_.clear();
    for (auto& [literal, uses] : by_literal) {
        literals_.push_back(literal);
        uses_.insert(uses_.end(), uses.begin(), uses.end());
        literal_ends_.push_back(static_cast<std::uint32_t>(uses_.size()));
    }
    if (literals_.empty()) {
        return;
    }
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    std::vector<unsigned> ids;
    std::vector<unsigned> flags;
    for (const auto& literal : literals_) {
        texts.push_back(literal.data());
        lengths.push_back(literal.size());
        ids.push_back(static_cast<unsigned>(ids.size()));
        // Only a suffix needs to hear of more than the first place.
        const bool suffix = std::ranges::any_of(by_literal.at(literal), [](const Use& use) {
            return use.test->pattern.shape() == Pattern::Shape::Suffix;
        });
        flags.push_back(HS_FLAG_CASELESS | (suffix ? 0U : unsigned{HS_FLAG_SINGLEMATCH}));
    }
    auto database = std::make_unique<Database>();
    hs_compile_error_t* problem = nullptr;
    const auto result = hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), lengths.data(),
                                             static_cast<unsigned>(texts.size()), HS_MODE_BLOCK,
                                             nullptr, &database->db, &problem);
    hs_free_compile_error(problem);
    // Without a database scan() tries every literal itself: slower, never wrong.
    if (result == HS_SUCCESS) {
        database_ = std::move(database);
    }
}

void TextMatcher::prepare(ScanScratch& scratch) const
{
    if (database_) {
        const auto result = hs_alloc_scratch(database_->db, &scratch.scratch_);
        TANGGAP_ASSERT(result == HS_SUCCESS); // only memory can be missing here
    }
}

void TextMatcher::scan(const model::Value& value, ScanScratch& scratch, HitSink& sink) const
{
    // No literal is empty; an empty view may also be a null pointer, which vectorscan refuses.
    if (value.kind == model::Value::Kind::Null || value.text.empty()) {
        return;
    }
    scan_equal(value.text, scratch, sink);
    if (equal_numbers_ && value.kind == model::Value::Kind::Float) {
        scan_equal_number(value.real, sink);
    }
    if (!database_) {
        for (const auto& use : uses_) {
            if (value_matches(*use.test, value)) {
                sink.hit(use.predicate);
            }
        }
        return;
    }
    struct Context {
        const TextMatcher* self;
        std::string_view text;
        HitSink* sink;
    } context{.self = this, .text = value.text, .sink = &sink};
    const auto on_match = [](unsigned id, unsigned long long, unsigned long long to, unsigned,
                             void* raw) {
        const auto& into = *static_cast<const Context*>(raw);
        into.self->found(id, static_cast<std::size_t>(to), into.text, *into.sink);
        return 0;
    };
    const auto length = static_cast<unsigned>(value.text.size());
    const auto result =
        hs_scan(database_->db, value.text.data(), length, 0, scratch.scratch_, on_match, &context);
    TANGGAP_ASSERT(result == HS_SUCCESS);
}

void TextMatcher::scan_equal(std::string_view text, ScanScratch& scratch, HitSink& sink) const
{
    if (text.size() >= equal_lengths_.size() || !equal_lengths_[text.size()]) {
        return;
    }
    scratch.lowered_.assign(text);
    std::ranges::transform(scratch.lowered_, scratch.lowered_.begin(), lower_ascii);
    const auto found = equal_.find(std::string_view(scratch.lowered_));
    if (found == equal_.end()) {
        return;
    }
    for (const auto& use : found->second) {
        if (use.test->pattern.casing() == Casing::Ignored || use.test->pattern.literal() == text) {
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

/// A literal ends at `end` of `text`: whatever of its patterns that proves.
void TextMatcher::found(unsigned literal, std::size_t end, std::string_view text,
                        HitSink& sink) const
{
    const auto first = literal == 0 ? 0 : literal_ends_[literal - 1];
    for (auto i = first; i < literal_ends_[literal]; ++i) {
        const auto& use = uses_[i];
        const auto& pattern = use.test->pattern;
        if (sink.is_hit(use.predicate)) {
            continue;
        }
        const bool whole = pattern.literal().size() <= kSearchedBytesMax;
        const bool caseless = pattern.casing() == Casing::Ignored;
        const auto shape = pattern.shape();
        const bool proven = whole && caseless &&
                            (shape == Pattern::Shape::Contains ||
                             (shape == Pattern::Shape::Prefix && end == pattern.literal().size()) ||
                             (shape == Pattern::Shape::Suffix && end == text.size()));
        const bool refuted =
            whole && ((shape == Pattern::Shape::Prefix && end != pattern.literal().size()) ||
                      (shape == Pattern::Shape::Suffix && end != text.size()));
        if (proven || (!refuted && sink.first_try(use.predicate) && pattern.matches(text))) {
            sink.hit(use.predicate);
        }
    }
}

} // namespace tanggap::detect
