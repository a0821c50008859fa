// Millions of indicators against the values of events: a set that is built once and published.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/detection.h"
#include "model/event.h"
#include "model/indicator.h"

namespace tanggap::detect {

/// Immutable once built. Memory: about 18 bytes an indicator; what it says (source, label, expiry,
/// …) is kept once for all indicators that say the same.
///
/// Values are kept as 64-bit hashes under a secret of this process: 5 million indicators and a
/// look-up are taken for equal wrongly once in 10^12, and nobody outside can choose when.
class IndicatorSet {
public:
    class Builder;
    ~IndicatorSet();
    IndicatorSet(const IndicatorSet&) = delete;

    /// What an indicator says beside its value.
    struct Facts {
        model::IndicatorKind kind = model::IndicatorKind::Domain;
        std::string source;
        std::string label;
        std::string tlp;
        std::uint8_t confidence = 0;
        base::Time expires;
    };

    using Key = std::uint64_t;
    Key key_of(model::IndicatorKind kind, std::string_view value) const;
    Key key_of_network(const model::AddressBits& address, unsigned prefix) const;
    /// Lengths of prefix that any network has, the longest first.
    std::span<const unsigned> prefixes() const;

    struct Hit {
        std::uint32_t place = 0; ///< into the keys given
        std::uint32_t facts = 0;
    };
    /// Appends a hit for each key that is there, expired ones too. Cost: about two cache misses a
    /// key, many at once.
    void find(std::span<const Key> keys, std::vector<Hit>& hits) const;

    const Facts& facts(std::uint32_t index) const;
    std::size_t size() const;
    std::size_t memory_bytes() const;

private:
    struct Table;
    explicit IndicatorSet(std::unique_ptr<Table> table);
    std::unique_ptr<Table> table_;
};

/// Of two indicators with one value the more confident stays, then the one that lasts longer.
class IndicatorSet::Builder {
public:
    Builder();
    ~Builder();
    /// Values are in their one form. Errors: Exhausted above limits::kIndicatorsMax.
    base::Status add(const model::Indicator& indicator);
    std::shared_ptr<const IndicatorSet> build();

private:
    std::unique_ptr<Table> table_;
};

/// Looks up what events hold. Thread: one owner; the set may be shared.
class IndicatorMatcher {
public:
    explicit IndicatorMatcher(std::shared_ptr<const IndicatorSet> set);
    ~IndicatorMatcher();

    /// Adds a detection for each indicator found in an event, once an event; in the order of the
    /// events. Expired ones (by the event's time of receipt) are not.
    void match(const model::EventBatch& batch, std::vector<model::Detection>& detections);

    /// How often each value was seen, by "kind value"; at most limits::kSightingsMax of them.
    const std::unordered_map<std::string, std::uint64_t>& sightings() const;
    std::uint64_t sightings_total() const;

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

/// Whether `rule` stands for indicators (its detections are theirs).
bool is_indicator_rule(const model::RuleInfo& rule);

} // namespace tanggap::detect
