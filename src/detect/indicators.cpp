#include "detect/indicators.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/keyed_hash.h"
#include "detect/detail/observables.h"

namespace tanggap::detect {
namespace {

using model::IndicatorKind;

constexpr std::size_t kBatch = 16;

/// Hosts of a URL, parents of a domain and addresses in networks are looked up in other kinds.
constexpr std::uint64_t tweak_of(IndicatorKind kind)
{
    return static_cast<std::uint64_t>(kind) + 1;
}

} // namespace

/// Keys and what they say lie in two arrays: eight and four bytes a place, three places in four
/// used.
struct IndicatorSet::Table {
    std::vector<std::pair<Key, std::uint32_t>> added; ///< until built
    std::vector<Key> keys;
    std::vector<std::uint32_t> values;
    std::vector<std::uint64_t> bloom; ///< a word holds four bits of each of its keys
    std::size_t count = 0;
    std::vector<Facts> facts;
    std::vector<unsigned> prefixes;

    using Said = std::tuple<IndicatorKind, std::string, std::string, std::string, std::uint8_t,
                            std::int64_t>;
    std::map<Said, std::uint32_t> said;

    std::size_t place_of(Key key) const
    {
        return static_cast<std::size_t>(
            (static_cast<unsigned __int128>(key * 0x9E3779B97F4A7C15U) * keys.size()) >> 64);
    }
    std::size_t word_of(Key key) const
    {
        return static_cast<std::size_t>((static_cast<unsigned __int128>(key) * bloom.size()) >> 64);
    }
    static std::uint64_t bits_of(Key key)
    {
        return 1ULL << (key & 63) | 1ULL << (key >> 6 & 63) | 1ULL << (key >> 12 & 63) |
               1ULL << (key >> 18 & 63);
    }
    bool stays(std::uint32_t a, std::uint32_t b) const
    {
        const auto rank = [this](std::uint32_t index) {
            const Facts& one = facts[index];
            return std::pair(one.confidence, one.expires.ns == 0 ? INT64_MAX : one.expires.ns);
        };
        return rank(a) >= rank(b);
    }

    void put(Key key, std::uint32_t value)
    {
        std::size_t at = place_of(key);
        while (keys[at] != 0 && keys[at] != key) {
            at = at + 1 == keys.size() ? 0 : at + 1;
        }
        if (keys[at] == 0) {
            keys[at] = key;
            values[at] = value;
            bloom[word_of(key)] |= bits_of(key);
            ++count;
        } else if (!stays(values[at], value)) {
            values[at] = value;
        }
    }
};

IndicatorSet::IndicatorSet(std::unique_ptr<Table> table) : table_(std::move(table)) {}
IndicatorSet::~IndicatorSet() = default;

IndicatorSet::Key IndicatorSet::key_of(IndicatorKind kind, std::string_view value) const
{
    return secret().hash(tweak_of(kind), value);
}

IndicatorSet::Key IndicatorSet::key_of_network(const model::AddressBits& address,
                                               unsigned prefix) const
{
    model::AddressBits kept = address;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const int bits = std::clamp(static_cast<int>(prefix) - static_cast<int>(i) * 8, 0, 8);
        kept[i] &= static_cast<std::uint8_t>(0xFF00U >> bits);
    }
    return secret().hash(tweak_of(IndicatorKind::Network) | std::uint64_t{prefix} << 8,
                         {reinterpret_cast<const char*>(kept.data()), kept.size()});
}

std::span<const unsigned> IndicatorSet::prefixes() const
{
    return table_->prefixes;
}

void IndicatorSet::find(std::span<const Key> keys, std::vector<Hit>& hits) const
{
    const Table& table = *table_;
    if (table.count == 0) {
        return;
    }
    std::array<std::uint32_t, kBatch> maybe{};
    for (std::size_t begin = 0; begin < keys.size(); begin += kBatch) {
        const auto batch = keys.subspan(begin, std::min(kBatch, keys.size() - begin));
        for (const Key key : batch) {
            __builtin_prefetch(&table.bloom[table.word_of(key)]);
        }
        std::size_t count = 0;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const std::uint64_t bits = Table::bits_of(batch[i]);
            maybe[count] = static_cast<std::uint32_t>(i);
            count += (table.bloom[table.word_of(batch[i])] & bits) == bits ? 1 : 0;
        }
        for (std::size_t i = 0; i < count; ++i) {
            __builtin_prefetch(&table.keys[table.place_of(batch[maybe[i]])]);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const Key key = batch[maybe[i]];
            std::size_t at = table.place_of(key);
            while (table.keys[at] != 0 && table.keys[at] != key) {
                at = at + 1 == table.keys.size() ? 0 : at + 1;
            }
            if (table.keys[at] == key) {
                hits.push_back({.place = static_cast<std::uint32_t>(begin) + maybe[i],
                                .facts = table.values[at]});
            }
        }
    }
}

const IndicatorSet::Facts& IndicatorSet::facts(std::uint32_t index) const
{
    return table_->facts[index];
}

std::size_t IndicatorSet::size() const
{
    return table_->count;
}

std::size_t IndicatorSet::memory_bytes() const
{
    const Table& table = *table_;
    return table.keys.capacity() * sizeof(Key) + table.values.capacity() * 4 +
           table.bloom.capacity() * 8 + table.facts.capacity() * sizeof(Facts);
}

IndicatorSet::Builder::Builder() : table_(std::make_unique<Table>()) {}
IndicatorSet::Builder::~Builder() = default;

base::Status IndicatorSet::Builder::add(const model::Indicator& indicator)
{
    Table& table = *table_;
    if (table.added.size() >= base::limits::kIndicatorsMax) {
        return base::exhausted("more than " + std::to_string(base::limits::kIndicatorsMax) +
                               " indicators; the rest is not used");
    }
    // Days are enough to tell apart: a feed with a second of its own for each stays small.
    constexpr std::int64_t kDay = 86'400'000'000'000;
    const std::int64_t expires =
        indicator.expires.ns == 0 ? 0 : (indicator.expires.ns + kDay - 1) / kDay * kDay;
    const auto [said, fresh] =
        table.said.emplace(Table::Said{indicator.kind, indicator.source, indicator.label,
                                       indicator.tlp, indicator.confidence, expires},
                           static_cast<std::uint32_t>(table.facts.size()));
    if (fresh) {
        table.facts.push_back({.kind = indicator.kind,
                               .source = indicator.source,
                               .label = indicator.label,
                               .tlp = indicator.tlp,
                               .confidence = indicator.confidence,
                               .expires = {expires}});
    }
    Key key = secret().hash(tweak_of(indicator.kind), indicator.value);
    if (indicator.kind == IndicatorKind::Network) {
        const auto network = model::network_bits_of(indicator.value);
        if (!network) {
            return base::invalid(base::quoted(indicator.value) + " is no network");
        }
        if (std::ranges::find(table.prefixes, network->prefix) == table.prefixes.end()) {
            table.prefixes.push_back(network->prefix);
        }
        key = secret().hash(tweak_of(IndicatorKind::Network) | std::uint64_t{network->prefix} << 8,
                            {reinterpret_cast<const char*>(network->bits.data()), 16});
    }
    table.added.emplace_back(key, said->second);
    return {};
}

std::shared_ptr<const IndicatorSet> IndicatorSet::Builder::build()
{
    Table& table = *table_;
    constexpr std::size_t kPlacesMin = 16;
    const std::size_t places = std::max(kPlacesMin, table.added.size() * 4 / 3 + 1);
    table.keys.assign(places, 0);
    table.values.assign(places, 0);
    table.bloom.assign(std::max<std::size_t>(1, table.added.size() * 12 / 64 + 1), 0);
    for (const auto& [key, value] : table.added) {
        table.put(key, value);
    }
    table.added = {};
    table.said.clear();
    table.facts.shrink_to_fit();
    std::ranges::sort(table.prefixes, std::ranges::greater{});
    std::shared_ptr<const IndicatorSet> set(new IndicatorSet(std::move(table_)));
    table_ = std::make_unique<Table>();
    return set;
}

// --- events ------------------------------------------------------------------------------------

namespace {

constexpr std::string_view kRuleIdStart = "1d1ca70a-0000-4000-8000-0000000000";

/// A rule stands for all indicators of a kind and a level: "0" to "6", then "1" to "3".
std::shared_ptr<const model::RuleInfo> make_rule(IndicatorKind kind, model::Level level)
{
    constexpr std::string_view kTitles[] = {
        "Address of an indicator",  "Network of an indicator", "Domain of an indicator",
        "URL of an indicator",      "Hash of an indicator",    "E-mail address of an indicator",
        "File name of an indicator"};
    constexpr std::string_view kTitlesId[] = {
        "Alamat dari indikator",     "Jaringan dari indikator", "Domain dari indikator",
        "URL dari indikator",        "Hash dari indikator",     "Alamat surel dari indikator",
        "Nama berkas dari indikator"};
    const auto number = static_cast<std::size_t>(kind);
    auto rule = std::make_shared<model::RuleInfo>();
    rule->id = std::string(kRuleIdStart) + std::to_string(number) +
               std::to_string(static_cast<int>(level));
    rule->title = kTitles[number];
    rule->title_id = kTitlesId[number];
    rule->description = "An event holds a value that is known from attacks elsewhere.";
    rule->description_id = "Peristiwa memuat nilai yang dikenal dari serangan di tempat lain.";
    rule->author = "Tanggap";
    rule->level = level;
    rule->confidence = level == model::Level::High     ? 0.9
                       : level == model::Level::Medium ? 0.7
                                                       : 0.5;
    return rule;
}

/// Confidence 80 and more is high, 50 and more medium.
const std::shared_ptr<const model::RuleInfo>& rule_of(const IndicatorSet::Facts& facts)
{
    static const auto kRules = [] {
        std::vector<std::array<std::shared_ptr<const model::RuleInfo>, 3>> rules;
        for (std::size_t i = 0; i < model::kIndicatorKinds; ++i) {
            const auto kind = static_cast<IndicatorKind>(i);
            rules.push_back({make_rule(kind, model::Level::Low),
                             make_rule(kind, model::Level::Medium),
                             make_rule(kind, model::Level::High)});
        }
        return rules;
    }();
    constexpr std::uint8_t kHigh = 80;
    constexpr std::uint8_t kMedium = 50;
    const std::size_t level = facts.confidence >= kHigh ? 2 : facts.confidence >= kMedium ? 1 : 0;
    return kRules[static_cast<std::size_t>(facts.kind)][level];
}

std::string text_of(const IndicatorSet::Facts& facts, std::string_view value)
{
    std::string out(value);
    const auto add = [&out](std::string_view text) {
        if (!text.empty()) {
            out += " · ";
            out += text;
        }
    };
    add(facts.label);
    add(facts.source);
    add(facts.tlp);
    add("confidence " + std::to_string(facts.confidence));
    if (facts.expires.ns != 0) {
        add("until " + base::format_rfc3339(facts.expires));
    }
    return out;
}

} // namespace

bool is_indicator_rule(const model::RuleInfo& rule)
{
    return rule.id.starts_with(kRuleIdStart);
}

struct IndicatorMatcher::Work final : ObservableSink {
    explicit Work(std::shared_ptr<const IndicatorSet> given) : set(std::move(given)) {}

    void take(IndicatorKind kind, std::string_view value, const model::Field& field) override
    {
        add(set->key_of(kind, value), kind, value, field);
    }

    void take_address(const model::AddressBits& bits, std::string_view value,
                      const model::Field& field) override
    {
        add(set->key_of(IndicatorKind::Address, value), IndicatorKind::Address, value, field);
        for (const unsigned prefix : set->prefixes()) {
            add(set->key_of_network(bits, prefix), IndicatorKind::Network, value, field, prefix);
        }
    }

    void add(IndicatorSet::Key key, IndicatorKind kind, std::string_view value,
             const model::Field& field, unsigned prefix = 0)
    {
        keys.push_back(key);
        seen.push_back({.event = event,
                        .kind = kind,
                        .prefix = prefix,
                        .value_at = static_cast<std::uint32_t>(text.size()),
                        .value_size = static_cast<std::uint32_t>(value.size()),
                        .field = &field});
        text.append(value);
    }

    void match(const model::EventBatch& batch, std::vector<model::Detection>& detections)
    {
        constexpr std::size_t kAtOnce = 4'096; // keys: what one flush looks up
        for (event = 0; event < batch.events.size(); ++event) {
            collect_observables(batch.events[event], *this);
            if (keys.size() >= kAtOnce) {
                flush(batch, detections);
            }
        }
        flush(batch, detections);
    }

    void flush(const model::EventBatch& batch, std::vector<model::Detection>& detections)
    {
        hits.clear();
        set->find(keys, hits);
        std::set<std::pair<std::size_t, IndicatorSet::Key>> told;
        for (const auto& hit : hits) {
            const Seen& one = seen[hit.place];
            const auto& facts = set->facts(hit.facts);
            const auto& of = batch.events[one.event];
            const bool expired = facts.expires.ns != 0 && of.received >= facts.expires;
            if (!expired && told.emplace(one.event, keys[hit.place]).second) {
                detections.push_back(detection_of(one, facts));
            }
        }
        keys.clear();
        seen.clear();
        text.clear();
    }

    struct Seen {
        std::size_t event = 0;
        IndicatorKind kind = IndicatorKind::Domain;
        unsigned prefix = 0;
        std::uint32_t value_at = 0;
        std::uint32_t value_size = 0;
        const model::Field* field = nullptr;
    };

    model::Detection detection_of(const Seen& one, const IndicatorSet::Facts& facts)
    {
        std::string value = text.substr(one.value_at, one.value_size);
        if (one.kind == IndicatorKind::Network) {
            const bool v4 = value.find(':') == std::string::npos;
            const auto network = model::canonical_indicator(
                IndicatorKind::Network, value + "/" + std::to_string(one.prefix - (v4 ? 96 : 0)));
            value = network.value_or(value);
        }
        ++total;
        auto counted = counts.find(std::string(model::name_of(one.kind)) + " " + value);
        if (counted == counts.end() && counts.size() < base::limits::kSightingsMax) {
            counted = counts.emplace(std::string(model::name_of(one.kind)) + " " + value, 0).first;
        }
        if (counted != counts.end()) {
            ++counted->second;
        }
        model::Detection out;
        out.rule = rule_of(facts);
        out.event_index = one.event;
        out.reasons = {{.selection = "indicator",
                        .field = std::string(model::name_of(one.kind)),
                        .event_field = std::string(one.field->name),
                        .value = std::string(
                            one.field->value.text.substr(0, base::limits::kReasonValueBytesMax)),
                        .pattern = text_of(facts, value)}};
        return out;
    }

    std::shared_ptr<const IndicatorSet> set;
    std::size_t event = 0;
    std::vector<IndicatorSet::Key> keys;
    std::vector<Seen> seen;
    std::string text;
    std::vector<IndicatorSet::Hit> hits;
    std::unordered_map<std::string, std::uint64_t> counts;
    std::uint64_t total = 0;
};

IndicatorMatcher::IndicatorMatcher(std::shared_ptr<const IndicatorSet> set)
    : work_(std::make_unique<Work>(std::move(set)))
{
}

IndicatorMatcher::~IndicatorMatcher() = default;

void IndicatorMatcher::match(const model::EventBatch& batch,
                             std::vector<model::Detection>& detections)
{
    if (work_->set->size() > 0) {
        work_->match(batch, detections);
    }
}

const std::unordered_map<std::string, std::uint64_t>& IndicatorMatcher::sightings() const
{
    return work_->counts;
}

std::uint64_t IndicatorMatcher::sightings_total() const
{
    return work_->total;
}

} // namespace tanggap::detect
