#include "detect/testing/naive.h"

#include <cctype>
#include <cstdlib>
#include <random>
#include <set>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "detect/detail/compiled.h"
#include "detect/testing/events.h"

namespace tanggap::detect::testing {
namespace {

using Values = std::vector<model::Value>;

std::string folded(std::string text, Casing casing)
{
    if (casing == Casing::Ignored) {
        for (auto& c : text) {
            c = static_cast<unsigned char>(c) < 0x80 ? static_cast<char>(std::tolower(c)) : c;
        }
    }
    return text;
}

/// All positions of `text` that can follow after the parts so far: no backtracking, no shortcuts.
bool glob(const SigmaString& pattern, const std::string& text)
{
    std::set<std::size_t> at{0};
    for (const auto& part : pattern.parts) {
        std::set<std::size_t> next;
        for (const auto i : at) {
            switch (part.kind) {
            case Part::Kind::Any:
                for (auto j = i; j <= text.size(); ++j) {
                    next.insert(j);
                }
                break;
            case Part::Kind::One:
                if (i < text.size()) {
                    auto j = i + 1;
                    const bool wide = static_cast<unsigned char>(text[i]) >= 0xC2;
                    while (wide && j < text.size() &&
                           (static_cast<unsigned char>(text[j]) & 0xC0) == 0x80) {
                        ++j;
                    }
                    next.insert(j);
                }
                break;
            case Part::Kind::Dash:
                for (const std::string dash : {"-", "/", "–", "—", "―"}) {
                    if (text.compare(i, dash.size(), dash) == 0) {
                        next.insert(i + dash.size());
                    }
                }
                break;
            case Part::Kind::Text:
                if (text.compare(i, part.text.size(), part.text) == 0) {
                    next.insert(i + part.text.size());
                }
                break;
            }
        }
        at = std::move(next);
    }
    return at.contains(text.size());
}

bool text_holds(const Test& test, const model::Value& value)
{
    const auto casing = test.pattern.casing();
    auto pattern = test.pattern.string();
    for (auto& part : pattern.parts) {
        part.text = folded(part.text, casing);
    }
    if (glob(pattern, folded(std::string(value.text), casing))) {
        return true;
    }
    return test.number && value.kind == model::Value::Kind::Float &&
           std::strtod(pattern.plain().c_str(), nullptr) == value.real && pattern.plain() != "nan";
}

bool number_holds(const Test& test, const model::Value& value)
{
    if (value.kind == model::Value::Kind::Bool || value.text.empty() ||
        std::isspace(static_cast<unsigned char>(value.text.front())) || value.text.front() == '+') {
        return false;
    }
    const std::string text(value.text);
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (*end != '\0') {
        return false;
    }
    const double bound = test.bound.real;
    switch (test.comparison) {
    case Comparison::Less:
        return number < bound;
    case Comparison::LessEqual:
        return number <= bound;
    case Comparison::Greater:
        return number > bound;
    case Comparison::GreaterEqual:
        return number >= bound;
    case Comparison::Equal:
        return number == bound;
    }
    return false;
}

bool network_holds(const Test& test, const model::Value& value)
{
    const auto slash = test.written.find('/');
    in_addr net{};
    in_addr address{};
    const auto bits = static_cast<unsigned>(std::stoi(test.written.substr(slash + 1)));
    const bool read = inet_pton(AF_INET, test.written.substr(0, slash).c_str(), &net) == 1 &&
                      inet_pton(AF_INET, std::string(value.text).c_str(), &address) == 1;
    const std::uint32_t mask = bits == 0 ? 0 : 0xFFFFFFFFU << (32 - bits);
    return read && ((ntohl(net.s_addr) ^ ntohl(address.s_addr)) & mask) == 0;
}

bool value_holds(const Test& test, const model::Value& value)
{
    if (value.kind == model::Value::Kind::Null) {
        return false;
    }
    switch (test.op) {
    case Test::Op::Text:
        return text_holds(test, value);
    case Test::Op::Regex:
        return test.regex->matches(value.text);
    case Test::Op::Compare:
        return number_holds(test, value);
    case Test::Op::Network:
        return network_holds(test, value);
    default:
        return false;
    }
}

Values values_of(const model::Event& event, const Variant& variant, const std::string& field)
{
    Values out;
    for (const auto& name : variant.fields_of(field)) {
        for (const auto& one : event.fields) {
            if (one.name == name) {
                out.push_back(one.value);
            }
        }
    }
    return out;
}

bool clause_holds(const Clause& clause, const Variant& variant, const model::Event& event)
{
    std::size_t holding = 0;
    for (const auto& child : clause.children) {
        holding += clause_holds(*child, variant, event) ? 1U : 0U;
    }
    switch (clause.kind) {
    case Clause::Kind::All:
        return holding == clause.children.size();
    case Clause::Kind::Any:
        return holding > 0;
    case Clause::Kind::Not:
        return holding == 0;
    case Clause::Kind::Test:
        break;
    }
    Values values;
    if (clause.field.empty()) {
        for (const auto& field : event.fields) {
            values.push_back(field.value);
        }
        if (!event.original.empty() && event.original.front() != '{') {
            values.push_back(model::string_value(event.original));
        }
    } else {
        values = values_of(event, variant, clause.field);
    }
    bool any = false;
    bool null = values.empty();
    for (const auto& value : values) {
        null = null || value.kind == model::Value::Kind::Null;
        if (clause.test.op == Test::Op::Reference) {
            for (const auto& other : values_of(event, variant, clause.test.reference)) {
                any = any || (value.kind != model::Value::Kind::Null &&
                              other.kind != model::Value::Kind::Null &&
                              folded(std::string(value.text), clause.test.casing) ==
                                  folded(std::string(other.text), clause.test.casing));
            }
        } else {
            any = any || value_holds(clause.test, value);
        }
    }
    if (clause.test.op == Test::Op::Exists) {
        return !values.empty();
    }
    return clause.test.op == Test::Op::Null ? null : any;
}

/// A random world, small enough that values meet.
class World {
public:
    explicit World(std::uint64_t seed) : random_(seed) {}

    std::string rules(int count)
    {
        std::string out;
        for (int i = 0; i < count; ++i) {
            out += rule(fmt::format("R{}", i), detection());
        }
        return out;
    }

    void events(model::EventBatch& batch, int count)
    {
        for (int i = 0; i < count; ++i) {
            model::Event event;
            event.dataset = "test";
            event.original = batch.keep(pick(3) == 0 ? "{" + text(8) : text(8));
            for (auto n = pick(6); n > 0; --n) {
                event.fields.push_back({.name = batch.keep(field()), .value = value(batch)});
            }
            batch.events.push_back(std::move(event));
        }
    }

private:
    std::size_t pick(std::size_t below) { return random_() % below; }

    std::string field() { return std::string(1, static_cast<char>('f' + pick(4))); }

    std::string text(std::size_t longest)
    {
        static const std::vector<std::string> kLetters{"a", "b", "A", "B", "1",  "2", "-", "/",
                                                       " ", ".", "*", "?", "\\", "é", "–"};
        std::string out;
        for (auto n = pick(longest + 1); n > 0; --n) {
            out += kLetters[pick(kLetters.size())];
        }
        return out;
    }

    model::Value value(model::EventBatch& batch)
    {
        switch (pick(6)) {
        case 0:
            return {};
        case 1:
            return model::integer_value(batch, static_cast<std::int64_t>(pick(30)));
        case 2: {
            model::Value out;
            out.kind = model::Value::Kind::Float;
            out.real = static_cast<double>(pick(8)) / 2;
            out.text = batch.keep(fmt::format("{:.2f}", out.real));
            return out;
        }
        case 3:
            return model::string_value(batch.keep(fmt::format("10.0.{}.{}", pick(3), pick(3))));
        default:
            return model::string_value(batch.keep(text(6)));
        }
    }

    std::string line()
    {
        static const std::vector<std::string> kText{"",
                                                    "|contains",
                                                    "|startswith",
                                                    "|endswith",
                                                    "|cased",
                                                    "|contains|cased",
                                                    "|windash|contains",
                                                    "|contains|neq",
                                                    "|windash",
                                                    "|base64offset|contains|cased",
                                                    "|wide|base64offset|contains"};
        const auto name = pick(8) == 0 ? std::string("'") : "'" + field(); // no field: keywords
        switch (pick(9)) {
        case 0:
            return fmt::format("'{}': {}", field(),
                               pick(4) == 0 ? "null" : std::to_string(pick(30)));
        case 1:
            return fmt::format("'{}|exists': {}", field(), pick(2) == 0 ? "true" : "false");
        case 2:
            return fmt::format("'{}|{}': {}", field(), pick(2) == 0 ? "gt" : "lte", pick(20));
        case 3:
            return fmt::format("'{}|cidr': 10.0.{}.0/24", field(), pick(3));
        case 4: {
            // With and without texts that every match holds, of which the fast one makes use.
            static const std::vector<std::string> kExpressions{
                "[ab]+1", "[ab]+-abAB", "aba|bab", "^(?:aab|abb)", "(?:aba|b{3}).*[12]", "a?b*$"};
            return fmt::format("'{}|re{}': '{}'", field(), pick(2) == 0 ? "|i" : "",
                               kExpressions[pick(kExpressions.size())]);
        }
        case 5:
            return fmt::format("'{}|fieldref': {}", field(), field());
        default:
            break;
        }
        const auto& modifiers = kText[pick(kText.size())];
        const bool encoded = modifiers.contains("base64");
        const auto one = [&] {
            return encoded ? "'abc" + std::to_string(pick(3)) + "'" : "'" + text(4) + "'";
        };
        if (pick(3) == 0) {
            return fmt::format("{}{}|all': [{}, {}]", name, modifiers, one(), one());
        }
        return fmt::format("{}{}': [{}, {}]", name, modifiers, one(), one());
    }

    std::string detection()
    {
        std::string out;
        for (const char* name : {"a", "b", "c"}) {
            out += fmt::format("  {}:\n    {}\n", name, line());
            // Another field name, so that no key is written twice.
            out += pick(3) == 0 ? "    'z|exists': false\n" : "";
        }
        static const std::vector<std::string> kConditions{
            "a and b and c", "a or b or c", "a and not (b or c)", "not a and (b or not c)",
            "1 of them",     "all of them", "not all of * or a"};
        const auto& condition = kConditions[pick(kConditions.size())];
        return out + "  condition: " + condition;
    }

    std::mt19937_64 random_;
};

TEST(FastAndNaive, AgreeOnRandomRulesAndEvents)
{
    std::size_t found = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        World world(seed);
        const auto loaded = load(world.rules(40));
        ASSERT_GE(loaded.rules->rules().size(), 20U) << text_of(loaded.diagnostics);
        model::EventBatch batch;
        world.events(batch, 100);
        std::vector<model::Detection> detections;
        std::vector<Signal> signals;
        Evaluator(loaded.rules).evaluate(batch, detections, signals);
        std::vector<std::vector<std::string>> fast(batch.events.size());
        for (const auto& detection : detections) {
            fast[detection.event_index].push_back(detection.rule->id);
        }
        for (std::size_t i = 0; i < batch.events.size(); ++i) {
            const auto naive = naive_matches(*loaded.rules, batch.events[i]);
            ASSERT_EQ(fast[i], naive) << model::render_json(batch.events[i]);
            found += naive.size();
            for (const auto& id : naive) {
                ASSERT_TRUE(explain(*loaded.rules, id, batch.events[i])->matched) << id;
            }
        }
    }
    EXPECT_GT(found, 2'000U);
}

} // namespace

std::vector<std::string> naive_matches(const RuleSet& rules, const model::Event& event)
{
    std::vector<std::string> out;
    const auto& set = rules.compiled();
    for (const auto& rule : set.rules) {
        bool matched = false;
        for (const auto partition : rule.partitions) {
            const auto& variant = *set.partitions[partition].variant;
            matched = matched || clause_holds(*rule.condition, variant, event);
        }
        if (matched) {
            out.push_back(rule.info->id);
        }
    }
    return out;
}

} // namespace tanggap::detect::testing
