// What people let pass: events of a rule that are known and permitted, until a day.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/event.h"

namespace tanggap::detect {

enum class ExceptionTest : std::uint8_t { Is, StartsWith, EndsWith, Contains, InNetwork };
std::string_view name_of(ExceptionTest test); ///< "starts_with"
base::Result<ExceptionTest> parse_exception_test(std::string_view name);

/// One value of `field` must pass the test; letters of ASCII are the same in both cases.
struct ExceptionCondition {
    std::string field; ///< as events name it: "source.ip", "sensor"
    ExceptionTest test = ExceptionTest::Is;
    std::string value; ///< InNetwork: "203.0.113.0/24", or one address

    friend bool operator==(const ExceptionCondition&, const ExceptionCondition&) = default;
};

/// All conditions must hold.
struct RuleException {
    std::string id;
    std::string rule_id;
    std::vector<ExceptionCondition> conditions;
    base::Time expires; ///< for events received before it
};

/// Exceptions by rule, made ready once. Thread: any; immutable.
class ExceptionSet {
public:
    /// Errors: Invalid where a network is none, or an exception has no conditions: it would hide
    /// the whole rule.
    static base::Result<std::shared_ptr<const ExceptionSet>>
    build(std::span<const RuleException> exceptions);
    ~ExceptionSet();

    bool empty() const { return by_rule_.empty(); }
    /// The first exception of the rule that lets the event pass; null: none does. Time is that of
    /// the event's receipt, so that a replay decides as it was decided.
    const RuleException* find(std::string_view rule_id, const model::Event& event) const;

private:
    struct Ready;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const
        {
            return std::hash<std::string_view>{}(text);
        }
    };
    ExceptionSet();
    std::unordered_map<std::string, std::vector<Ready>, Hash, std::equal_to<>> by_rule_;
};

} // namespace tanggap::detect
