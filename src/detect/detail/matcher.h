// Many text tests of one field at once: one pass over the value says which of them hold.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/detail/rule.h"
#include "model/event.h"

struct hs_scratch;

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

/// Memory one thread needs to scan; grows to the largest matcher it met.
class ScanScratch {
public:
    ScanScratch() = default;
    ~ScanScratch();
    ScanScratch(const ScanScratch&) = delete;
    ScanScratch& operator=(const ScanScratch&) = delete;

private:
    friend class TextMatcher;
    hs_scratch* scratch_ = nullptr;
    std::string lowered_;
};

/// Equality by one hash look-up; prefix, suffix, contains and the longest literal of any other
/// pattern by one vectorscan pass over the value, then checked exactly.
/// Thread: immutable after build(); each thread brings its own scratch.
class TextMatcher {
public:
    TextMatcher();
    ~TextMatcher();
    TextMatcher(TextMatcher&&) noexcept;
    TextMatcher& operator=(TextMatcher&&) noexcept;

    /// Whether a matcher can answer `test`: text with some literal in it.
    static bool takes(const Test& test);
    /// Lifetime: `test` must outlive the matcher.
    void add(PredicateId predicate, const Test& test);
    /// Once, after the last add().
    void build();

    void scan(const model::Value& value, ScanScratch& scratch, HitSink& sink) const;
    /// Makes `scratch` fit; before the first scan() with it.
    void prepare(ScanScratch& scratch) const;
    std::size_t size() const { return uses_.size() + equal_count_; }

private:
    struct Use {
        PredicateId predicate = 0;
        const Test* test = nullptr;
    };
    struct Database;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const
        {
            return std::hash<std::string_view>{}(text);
        }
    };

    void scan_equal(std::string_view text, ScanScratch& scratch, HitSink& sink) const;
    void scan_equal_number(double value, HitSink& sink) const;
    void found(unsigned literal, std::size_t end, std::string_view text, HitSink& sink) const;

    std::unordered_map<std::string, std::vector<Use>, TextHash, std::equal_to<>> equal_;
    std::size_t equal_count_ = 0;
    std::vector<bool> equal_lengths_;
    bool equal_numbers_ = false;
    std::vector<Use> uses_;                   ///< grouped by literal after build()
    std::vector<std::string> literals_;       ///< lower case
    std::vector<std::uint32_t> literal_ends_; ///< literal i owns uses_[ends_[i-1], ends_[i])
    std::unique_ptr<Database> database_;
};

} // namespace tanggap::detect
