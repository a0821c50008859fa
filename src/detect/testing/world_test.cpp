#include "detect/testing/world.h"

#include <fmt/format.h>

namespace tanggap::detect::testing {

std::string World::mappings()
{
    return R"(field_sets:
  shared:
    names: {f: one.f, g: [one.g, two.g], 'd.t': one.t}
    others: ['one.{}']
logsources:
  - category: plain
    when: {event.dataset: [test, other]}
    names: {r: '@timestamp', o: event.original, d: event.dataset}
  - category: two
    variants:
      - when: {event.dataset: test, kind: [A1, '2']}
        fields: shared
      - when: {event.dataset: test, kind: b}
        names: {g: two.h}
        fields: shared
        others: ['two.{}', '{}']
      - when: {event.dataset: other, one.f: true}
        fields: shared
  - category: two
    product: narrow
    when: {kind: c}
  - category: edge
    when: {event.dataset: edge}
  - category: line
    when: {event.dataset: line}
placeholders:
  names: [ab, 'a*b', '1?']
  signs: ['-', '\*']
)";
}

std::string World::id(std::string_view kind, std::size_t number) const
{
    return fmt::format("{}0000000-0000-4000-a000-{:012}", kind, number);
}

std::string World::field()
{
    static const std::vector<std::string> kNames{"f", "g",   "h", "f", "g",
                                                 "t", "d.t", "r", "o", "d"};
    return any(kNames);
}

std::string World::word(std::size_t longest)
{
    static const std::vector<std::string> kLetters{"a", "b", "A", "B", "1", "2",  "-",   "/", " ",
                                                   ".", "a", "b", "é", "–", "ab", "Ab1", "\\"};
    std::string out;
    for (auto n = pick(longest + 1); n > 0; --n) {
        out += any(kLetters);
    }
    return out;
}

std::string World::quoted(const std::string& text) const
{
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? "''" : std::string(1, c);
    }
    return out + "'";
}

std::string World::address()
{
    switch (pick(4)) {
    case 0:
        return fmt::format("::ffff:10.0.{}.{}", pick(3), pick(3));
    case 1:
        return fmt::format("2001:db8:{}::{}", pick(3), pick(3));
    default:
        return fmt::format("10.{}.{}.{}", pick(2), pick(3), pick(3));
    }
}

model::Value World::value(model::EventBatch& batch)
{
    const auto text = [&](const std::string& what) {
        return model::string_value(batch.keep(what));
    };
    switch (pick(14)) {
    case 0:
        return {};
    case 1:
    case 2:
        return model::integer_value(batch, static_cast<std::int64_t>(pick(30)) - 3);
    case 3: {
        model::Value out;
        out.kind = model::Value::Kind::Float;
        out.real = static_cast<double>(pick(8)) / 2;
        out.text = batch.keep(fmt::format("{:.2f}", out.real));
        return out;
    }
    case 4: {
        model::Value out;
        out.kind = model::Value::Kind::Bool;
        out.boolean = once_in(2);
        out.text = out.boolean ? "true" : "false";
        return out;
    }
    case 5:
        return text(address());
    case 6:
        return text(fmt::format(
            "{:04}-{:02}-{:02}{}", 2019 + pick(3), 1 + pick(12), 1 + pick(28),
            once_in(3) ? "" : fmt::format("T{:02}:{:02}:09+07:00", pick(24), pick(60))));
    case 7:
        // Base64 of ab1ab and its UTF-16, at some offset.
        return text(any({"YWIxYWI=", "eGFiMWFi", "eHhhYjFhYg==", "YQBiADEAYQBiAA==",
                         "AGEAYgAxAGEAYg==", "//5hAGIAMQBhAGIA", "ywixywi="}));
    case 8:
        return text(any({"0x17", "23", "4.5", "-2", "1e1", "", "AB", "a?b", "a*b", "%names%"}));
    case 9:
        return text(std::string(190 + pick(20), 'a') + word(3));
    default:
        return text(word(6));
    }
}

void World::events(model::EventBatch& batch, int count)
{
    static const std::vector<std::string> kNames{"f",     "g",     "h",     "t",     "r",
                                                 "one.f", "one.g", "two.g", "two.h", "one.h",
                                                 "two.t", "one.t", "d.t"};
    static const std::vector<std::string> kKinds{"a1", "2", "B", "c", "x"};
    for (int i = 0; i < count; ++i) {
        model::Event event;
        event.time =
            base::Time::from_seconds(1'500'000'000 + static_cast<std::int64_t>(pick(90'000'000)));
        event.dataset = once_in(4) ? "other" : "test";
        const auto line = word(8);
        event.original = batch.keep(once_in(3) ? " {" + line : line);
        if (!once_in(5)) {
            event.fields.push_back(
                {.name = "kind", .value = model::string_value(batch.keep(any(kKinds)))});
        }
        for (auto n = pick(8); n > 0; --n) {
            const auto part = event.original.substr(0, pick(event.original.size() + 1));
            event.fields.push_back(
                {.name = batch.keep(any(kNames)),
                 .value = once_in(5) ? model::string_value(part.substr(pick(part.size() + 1)))
                                     : value(batch)});
        }
        batch.events.push_back(std::move(event));
    }
}

std::string World::text_line(const std::string& name)
{
    static const std::vector<std::string> kModifiers{"",
                                                     "|contains",
                                                     "|startswith",
                                                     "|endswith",
                                                     "|cased",
                                                     "|neq",
                                                     "|contains|cased",
                                                     "|contains|neq",
                                                     "|windash|contains",
                                                     "|windash",
                                                     "|startswith|windash",
                                                     "|cased|endswith",
                                                     "|windash|startswith|neq",
                                                     "|expand",
                                                     "|expand|contains"};
    const auto& modifiers = any(kModifiers);
    const auto one = [&] {
        auto text = word(4);
        if (modifiers.contains("expand")) {
            return quoted(text + any({"%names%", "%signs%", "\\%b", "%names%%signs%"}) + word(1));
        }
        if (once_in(4)) {
            text = word(2) + any({"*", "?", "\\*", "\\?", "\\\\*", "**"}) + word(2);
        }
        return quoted(once_in(12) ? std::string(190 + pick(20), 'a') + text : text);
    };
    if (once_in(3)) {
        return fmt::format("'{}{}|all': [{}, {}]", name, modifiers, one(), one());
    }
    return once_in(2) ? fmt::format("'{}{}': {}", name, modifiers, one())
                      : fmt::format("'{}{}': [{}, {}, {}]", name, modifiers, one(), one(), one());
}

std::string World::special_line(std::size_t kind)
{
    static const std::vector<std::string> kExpressions{
        "[ab]+1", "[ab]+-abAB", "aba|bab", "^(?:aab|abb)", "(?:aba|b{3}).*[12]",
        "a?b*$",  "^.$",        "a.b",     "ab1$",         "(A|B){2}",
        "^ab",    "é",          "-/"};
    switch (kind) {
    case 0:
        return fmt::format("'{}{}': {}", field(), once_in(3) ? "|neq" : "",
                           any({"1", "2", "23", "0x17", "-2", "4.5", "1.0", "0"}));
    case 1:
        return fmt::format("'{}|exists': {}", field(), once_in(2) ? "true" : "false");
    case 2:
        return fmt::format("'{}|{}': {}", field(), any({"gt", "gte", "lt", "lte", "gt|neq"}),
                           any({"0", "1", "2", "10", "1.5", "-1", "20"}));
    case 3:
        return fmt::format(
            "'{}|cidr': [{}, {}]", field(),
            any({"10.0.0.0/15", "10.0.1.0/24", "10.1.2.0/31", "10.0.0.1", "0.0.0.0/0"}),
            any({"'2001:db8::/32'", "'2001:db8:1::/48'", "'::/0'", "'::ffff:10.0.1.0/120'",
                 "'::fffe:0:0/95'"}));
    case 4:
        return fmt::format("'{}|re{}{}': '{}'", field(), any({"", "|i", "|m", "|s", "|i|s"}),
                           any({"", "", "|startswith", "|endswith", "|contains"}),
                           any(kExpressions));
    case 5:
        return fmt::format("'{}|fieldref{}': {}", field(),
                           any({"", "|contains", "|startswith", "|endswith", "|neq", "|cased"}),
                           field());
    case 6:
        return fmt::format("'{}': null", field());
    case 7:
        return fmt::format(
            "'{}|{}{}': {}", field(), any({"minute", "hour", "day", "week", "month", "year"}),
            any({"", "|gte", "|lt"}), any({"5", "7", "1", "12", "30", "52", "2020", "2019"}));
    case 8:
        return fmt::format(
            "'{}|{}{}': {}", field(),
            any({"base64", "base64offset", "wide|base64offset", "utf16be|base64offset",
                 "utf16|base64", "utf16le|base64", "windash|base64offset"}),
            any({"|contains", "", "|startswith"}), any({"ab1ab", "'-ab1'"}));
    default:
        return fmt::format("'{}|re|expand': '{}'", field(),
                           any({"^%names%$", "%signs%[ab]", "1%names%"}));
    }
}

std::string World::line()
{
    const auto kind = pick(20);
    if (kind < 10) {
        return special_line(kind);
    }
    return text_line(once_in(8) ? "" : field()); // no field: keywords
}

std::string World::selection()
{
    if (once_in(6)) {
        return fmt::format("[{}, {}]", quoted(word(2) + "a"), quoted(word(3) + "b"));
    }
    if (once_in(5)) {
        return fmt::format("\n      - {}\n      - {}\n        'z|exists': false", line(), line());
    }
    return fmt::format("\n      {}{}", line(), once_in(3) ? "\n      'z|exists': false" : "");
}

std::string World::condition(const std::vector<std::string>& names)
{
    static const std::vector<std::string> kShapes{"{0} and {1} and {2}",
                                                  "{0} or {1} or {2}",
                                                  "{0} and not ({1} or {2})",
                                                  "not {0} and ({1} or not {2})",
                                                  "1 of them",
                                                  "all of them",
                                                  "not all of sel* or {0}",
                                                  "{0} or {1} and {2}",
                                                  "not {0} or {1} and {2}",
                                                  "1 of sel_* and not {2}",
                                                  "[{0} and {1}, {2}]",
                                                  "any of *a",
                                                  "not 1 of them",
                                                  "1 of _*",
                                                  "not (not {0} and not {1})"};
    return fmt::format(fmt::runtime(any(kShapes)), names[0], names[1], names[2]);
}

std::string World::rules(int count)
{
    static const std::vector<std::string> kSources{"{category: plain}", "{category: two}",
                                                   "{category: two, product: narrow}"};
    std::string out;
    for (int i = 0; i < count; ++i) {
        const std::vector<std::string> names{"sel_a", "sel_b", once_in(2) ? "_ca" : "ca"};
        std::string selections;
        for (const auto& name : names) {
            selections += fmt::format("    {}: {}\n", name, selection());
        }
        auto said = condition(names);
        if (said == "1 of _*" && names[2] == "ca") {
            said = "ca";
        }
        ++made_;
        out += fmt::format("---\ntitle: R{0}\nid: {1}\nname: r{0}\nlogsource: {2}\ndetection:\n{3}"
                           "    condition: {4}\n",
                           made_, id("1", made_), any(kSources), selections, said);
    }
    return out;
}

std::string World::filters(int count)
{
    std::string out;
    for (int i = 0; i < count; ++i) {
        const auto target = 1 + pick(made_);
        out += fmt::format(
            "---\ntitle: F{0}\nid: {1}\nlogsource: {{category: {2}}}\nfilter:\n"
            "    rules: {3}\n    sel_a: {4}\n    sel_b: {5}\n    condition: {6}\n",
            i, id("2", static_cast<std::size_t>(i)), any({"plain", "two"}),
            once_in(4) ? "any" : fmt::format("[r{}, {}]", target, id("1", 1 + pick(made_))),
            selection(), selection(),
            any({"not sel_a", "not 1 of sel_*", "not (sel_a and sel_b)", "sel_b or not sel_a"}));
    }
    return out;
}

std::string World::correlation(std::size_t number)
{
    static const std::vector<std::string> kTypes{"event_count",      "value_count", "temporal",
                                                 "temporal_ordered", "value_sum",   "value_avg",
                                                 "value_percentile"};
    const auto& type = any(kTypes);
    std::vector<std::string> members{"e1", "e2", id("1", 3)};
    members.resize(1 + pick(3));
    // Some count a correlation that stands before.
    if (number > 1 && once_in(3)) {
        members.push_back(fmt::format("c{}", 1 + pick(number - 1)));
    }
    const bool temporal = type.starts_with("temporal");
    if (temporal && members.size() == 1) {
        members.emplace_back("e3");
    }
    const auto bound = 1 + pick(4);
    std::string said = any({fmt::format("gte: {}", bound), fmt::format("gt: {}", bound),
                            fmt::format("eq: {}", bound), fmt::format("lte: {}", bound),
                            fmt::format("lt: {}", bound + 1), fmt::format("neq: {}", bound),
                            fmt::format("gte: {}, lt: {}", bound, bound + 2)});
    if (type == "value_count") {
        said += once_in(3) ? ", field: [user, port]" : ", field: user";
    } else if (type == "value_sum" || type == "value_avg") {
        said = fmt::format("field: port, {}: {}", any({"gt", "lte"}), any({"7", "12.5", "30"}));
    } else if (type == "value_percentile") {
        said = once_in(2) ? fmt::format("field: port, percentile: {}, gte: {}",
                                        any({"50", "90", "10"}), pick(9))
                          : fmt::format("field: user, lte: {}", any({"20", "40"}));
    }
    const bool conditioned = !temporal || once_in(2);
    const auto grouping = any({"  group-by: [ip]\n", "  group-by: [ip, user]\n", "",
                               "  group-by: [who]\n  aliases: {who: {e1: user, e2: ip}}\n"});
    const bool aliased = grouping.contains("aliases");
    if (aliased) {
        members = {"e1", "e2"};
    }
    return fmt::format(
        "---\ntitle: C{0}\nid: {1}\nname: c{0}\ncorrelation:\n  type: {2}\n  rules: [{3}]\n"
        "{4}  timespan: {5}\n{6}{7}",
        number, id("3", number), type, fmt::join(members, ", "), grouping, any({"30s", "1m", "2m"}),
        conditioned ? fmt::format("  condition: {{{}}}\n", said) : "",
        once_in(4) ? "  generate: true\n" : "");
}

std::string World::correlations()
{
    std::string out;
    for (std::size_t i = 1; i <= 3; ++i) {
        out += fmt::format(
            "---\ntitle: E{0}\nid: {1}\nname: e{0}\nlogsource: {{category: plain}}\ndetection:\n"
            "  s: {{action: {2}}}\n  condition: s\n",
            i, id("1", i), std::vector<std::string>{"[fail, both]", "[ok, both]", "other"}[i - 1]);
    }
    const auto count = 2 + pick(4);
    for (std::size_t i = 1; i <= count; ++i) {
        out += correlation(i);
    }
    return out;
}

void World::happenings(model::EventBatch& batch, int count)
{
    const auto order = pick(3); // in order, some late, newest first
    std::int64_t now = 1'000;
    for (int i = 0; i < count; ++i) {
        now += static_cast<std::int64_t>(pick(12));
        const auto late = order == 1 && once_in(3) ? static_cast<std::int64_t>(pick(150)) : 0;
        model::Event event;
        event.time = base::Time::from_seconds(order == 2 ? 10'000 - now : now - late);
        event.received = base::Time::from_seconds(1'790'000'000);
        event.dataset = "test";
        const auto add = [&](std::string_view name, model::Value value) {
            event.fields.push_back({.name = name, .value = value});
        };
        add("action",
            model::string_value(batch.keep(any({"fail", "ok", "both", "other", "none"}))));
        if (!once_in(8)) {
            add("ip", model::string_value(batch.keep(any({"192.0.2.1", "192.0.2.2"}))));
        }
        if (!once_in(8)) {
            add("user", model::string_value(batch.keep(any({"ani", "budi", "cici", "192.0.2.1"}))));
        }
        add("port", once_in(6)
                        ? model::string_value("none")
                        : model::integer_value(batch, static_cast<std::int64_t>(pick(10)) - 1));
        batch.events.push_back(std::move(event));
    }
}

} // namespace tanggap::detect::testing
