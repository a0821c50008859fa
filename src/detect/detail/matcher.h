// Many text tests of one field at once: one pass over the value says which of them hold.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/detail/literal_index.h"
#include "detect/detail/rule.h"
#include "model/event.h"

namespace tanggap::detect {

using PredicateId = std::uint32_t;

/// What one scan writes to. `hit` may be called several times for one predicate.
class HitSink {
public:
    virtual void hit(PredicateId predicate) = 0;
    virtual bool is_hit(PredicateId predicate) const = 0;
    /// True once for each predicate and scanned value: a check of the whole value is not repeated
    /// for each place where its literal stands.
    virtual bool first_try(PredicateId predicate) = 0;

protected:
    ~HitSink() = default;
};

/// Equality, prefixes and suffixes by their outermost bytes; contains and the longest literal of
/// any other pattern by the bytes that are rarest in it, then compared. Thread: immutable after
/// build().
class TextMatcher {
public:
    TextMatcher() = default;
    /// The indexes view the literals, which a move leaves in their place.
    TextMatcher(TextMatcher&&) noexcept = default;
    TextMatcher& operator=(TextMatcher&&) noexcept = default;
    TextMatcher(const TextMatcher&) = delete;

    /// Whether a matcher can answer `test`: text with some literal in it.
    static bool takes(const Test& test);
    /// Lifetime: `test` must outlive the matcher.
    void add(PredicateId predicate, const Test& test);
    /// Once, after the last add().
    void build();

    /// The value's text is not empty.
    void scan(const model::Value& value, HitSink& sink) const;
    /// Whether scan() finds nothing in a value all of which stands in `text`.
    bool finds_nothing_within(std::string_view text) const;
    std::size_t size() const { return count_; }

private:
    struct Use {
        PredicateId predicate = 0;
        const Test* test = nullptr;
        bool whole = false; ///< the literal is all of the pattern but its case
    };
    /// A literal and the uses of one kind that have it.
    struct Literal {
        std::string text; ///< lower case
        std::vector<Use> uses;
    };
    void add_literal(Pattern::Shape shape, std::string_view text, Use use);
    void scan_equal_number(double value, HitSink& sink) const;
    static void affix_found(const Literal& literal, std::string_view text, HitSink& sink);
    static void inside_found(const Literal& literal, std::string_view text, HitSink& sink);

    std::size_t count_ = 0;
    std::map<std::string, std::vector<Use>> uses_[4]; ///< by kind, until build()
    std::unordered_map<std::string, std::vector<PredicateId>> numbers_;
    std::vector<Literal> fronts_;
    std::vector<Literal> backs_; ///< suffixes, then whole values
    std::vector<Literal> insides_;
    AffixIndex front_{AffixIndex::End::Front};
    AffixIndex back_{AffixIndex::End::Back};
    GramIndex inside_;
};

} // namespace tanggap::detect
