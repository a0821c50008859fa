#include "detect/exceptions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "detect/detail/address.h"
#include "detect/detail/event_view.h"

namespace tanggap::detect {
namespace {

constexpr std::array<std::pair<std::string_view, ExceptionTest>, 5> kTests{
    {{"is", ExceptionTest::Is},
     {"starts_with", ExceptionTest::StartsWith},
     {"ends_with", ExceptionTest::EndsWith},
     {"contains", ExceptionTest::Contains},
     {"in_network", ExceptionTest::InNetwork}}};

/// A condition with its value in the form it is compared in.
struct ReadyCondition {
    std::string field;
    ExceptionTest test = ExceptionTest::Is;
    std::string lowered;
    std::optional<Network> network;

    bool passes(const model::Value& value) const
    {
        if (network) {
            const auto address = parse_address(value.text);
            return address && network->contains(*address);
        }
        const std::string text = base::to_lower_ascii(value.text);
        switch (test) {
        case ExceptionTest::Is:
            return text == lowered;
        case ExceptionTest::StartsWith:
            return text.starts_with(lowered);
        case ExceptionTest::EndsWith:
            return text.ends_with(lowered);
        case ExceptionTest::Contains:
            return text.contains(lowered);
        case ExceptionTest::InNetwork:
            break;
        }
        return false;
    }
    bool holds(const model::Event& event) const
    {
        // Queries call it `sensor`, rules `observer.name`: one sender.
        const std::string_view name = field == "sensor" ? MemberFields::kSensor : field;
        return any_value_of(event, name, [&](const model::Value& value) {
            return value.kind != model::Value::Kind::Null && passes(value);
        });
    }
};

/// One address is a network of all its bits.
base::Result<Network> network_of(std::string_view text)
{
    if (const auto address = parse_address(text)) {
        return Network{.base = *address, .bits = 128};
    }
    return parse_network(text);
}

base::Result<ReadyCondition> ready(const ExceptionCondition& condition)
{
    if (condition.field.empty() || condition.value.empty()) {
        return base::invalid("a condition of an exception names a field and a value");
    }
    ReadyCondition out{.field = condition.field,
                       .test = condition.test,
                       .lowered = base::to_lower_ascii(condition.value),
                       .network = std::nullopt};
    if (condition.test == ExceptionTest::InNetwork) {
        TRY(out.network, network_of(condition.value));
    }
    return out;
}

} // namespace

struct ExceptionSet::Ready {
    RuleException exception;
    std::vector<ReadyCondition> conditions;
};

ExceptionSet::ExceptionSet() = default;
ExceptionSet::~ExceptionSet() = default;

std::string_view name_of(ExceptionTest test)
{
    const auto* const found =
        std::ranges::find(kTests, test, [](const auto& known) { return known.second; });
    return found->first;
}

base::Result<ExceptionTest> parse_exception_test(std::string_view name)
{
    const auto* const found =
        std::ranges::find(kTests, name, [](const auto& known) { return known.first; });
    return found != kTests.end()
               ? base::Result<ExceptionTest>(found->second)
               : base::invalid("a test is is, starts_with, ends_with, contains or in_network");
}

base::Result<std::shared_ptr<const ExceptionSet>>
ExceptionSet::build(std::span<const RuleException> exceptions)
{
    const std::shared_ptr<ExceptionSet> out(new ExceptionSet());
    for (const RuleException& exception : exceptions) {
        if (exception.conditions.empty()) {
            return base::invalid("an exception without conditions would hide the whole rule;"
                                 " switch the rule off instead");
        }
        Ready made{.exception = exception, .conditions = {}};
        for (const ExceptionCondition& condition : exception.conditions) {
            TRY(ReadyCondition one, ready(condition));
            made.conditions.push_back(std::move(one));
        }
        out->by_rule_[exception.rule_id].push_back(std::move(made));
    }
    return std::shared_ptr<const ExceptionSet>(out);
}

const RuleException* ExceptionSet::find(std::string_view rule_id, const model::Event& event) const
{
    const auto found = by_rule_.find(rule_id);
    if (found == by_rule_.end()) {
        return nullptr;
    }
    const auto passed = std::ranges::find_if(found->second, [&](const Ready& each) {
        return event.received < each.exception.expires &&
               std::ranges::all_of(
                   each.conditions,
                   [&](const ReadyCondition& condition) { return condition.holds(event); });
    });
    return passed == found->second.end() ? nullptr : &passed->exception;
}

} // namespace tanggap::detect
