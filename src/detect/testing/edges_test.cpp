// Rules of one line each, so that nothing but that line decides, and events whose values meet it or
// miss it by little: another case, a byte more or less, the bound itself.
#include <fmt/format.h>

#include "detect/testing/world.h"

namespace tanggap::detect::testing {
namespace {

/// "{}" stands where a text has its gap.
const std::vector<std::string> kShort{"{}", "a{}b", "AZ{}", " {}B1@", " {}ab1"};
/// Alike in their outermost eight bytes, apart in between.
const std::vector<std::string> kLong{"Ab1/2-ba{}bab1 aBZ2", "Ab1/2-baa{}bab1 aBZ2",
                                     "Ab1/2-ba{}ab@b bab1 aBZ2", "a.b.1.2. {}ab1 Ab1/2-ba",
                                     "Ab1/2-ba{}"};
/// What keywords look for: in few lines.
const std::vector<std::string> kWords{"q{}ab", "Qb1{}b", "qab 1b a{}b1b2", "qa{}"};
const std::vector<std::string> kExpressions{"bab1 a?b", "(Ab1|1 ab)/2-ba+", "b1 aBZ2$",
                                            "^a.b.1|b Ab1"};
const std::vector<std::string> kNumbers{"0", "1", "-1", "1.5", "1.50", "4.0", "0x17"};
const std::vector<std::string> kPlaces{"", "|contains", "|contains", "|startswith", "|endswith"};

bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

} // namespace

/// How a rule writes the text.
std::string World::edge_text(const std::string& text, std::string_view modifiers)
{
    const auto gap = modifiers.contains("windash")
                         ? any({"-", "/", "–", "-a", "?"})
                         : any({"", "?", "*", "\\?", "\\*", "\\", "é", "x", "-"});
    return quoted(fmt::format(fmt::runtime(text), gap));
}

std::string World::edge_text_line(std::string_view name, const std::vector<std::string>& texts,
                                  const std::vector<std::string>& places)
{
    const auto modifiers = any(places) + any({"", "|cased", "|cased", "|windash"});
    const auto one = [&] { return edge_text(any(texts), modifiers); };
    return once_in(5) ? fmt::format("'{}{}{}': [{}, {}]", name, modifiers, once_in(2) ? "|all" : "",
                                    one(), one())
                      : fmt::format("'{}{}': {}", name, modifiers, one());
}

std::string World::edge_line()
{
    switch (pick(12)) {
    case 0:
        return fmt::format("'long|re{}': '{}'", any({"", "|i"}), any(kExpressions));
    case 1:
        return fmt::format("'address|cidr': '{}'",
                           any({"10.0.1.0/24", "10.0.0.0/15", "10.1.2.3/32", "0.0.0.0/0", "a00::/8",
                                "2001:db8::/33", "::ffff:10.0.1.0/120", "::/0"}));
    case 2:
        return fmt::format("'time|{}{}': {}",
                           any({"minute", "hour", "day", "week", "month", "year"}),
                           any({"", "", "|lt", "|gte"}), any({"0", "1", "12", "53", "2020"}));
    case 3:
        return fmt::format("'short|fieldref{}{}': part",
                           any({"", "|contains", "|startswith", "|endswith"}),
                           once_in(3) ? "|cased" : "");
    case 4:
    case 5:
        return fmt::format("'number{}': {}", any({"", "", "|lt", "|lte", "|gt", "|gte"}),
                           any(kNumbers));
    case 6:
    case 7:
    case 8:
        return edge_text_line("long", kLong, kPlaces);
    default:
        return edge_text_line("short", kShort, kPlaces);
    }
}

std::string World::edge_rules(int count)
{
    // A line is looked at for the values in it, unless keywords ask where a value begins or ends.
    const auto keyword_places = once_in(2) ? std::vector<std::string>{"", "|contains"}
                                           : std::vector<std::string>{"|startswith", "|endswith"};
    std::string out;
    for (int i = 0; i < count; ++i) {
        const bool keyword = once_in(5);
        // What wakes a rule is looked for in every value, all else is asked of the value.
        const bool asked = once_in(3);
        out += fmt::format("---\ntitle: N{0}\nid: {1}\nlogsource: {{category: {2}}}\ndetection:\n"
                           "  here: {{mark: here}}\n  sel: {{{3}}}\n  condition: {4}\n",
                           i, id("4", static_cast<std::size_t>(i)),
                           keyword || once_in(4) ? "line" : "edge",
                           keyword ? edge_text_line("", kWords, keyword_places) : edge_line(),
                           asked ? "here and not sel" : "sel");
    }
    return out;
}

/// How an event writes the text.
std::string World::edge_value(const std::string& text)
{
    auto out =
        fmt::format(fmt::runtime(text), any({"", "?", "*", "\\", "é", "x", "-", "/", "–", "-a",
                                             once_in(2) ? "\xC3" : "\xF0\x9D\x84\x9E"}));
    const bool case_kept = once_in(2);
    for (auto& c : out) {
        c = !case_kept && is_letter(c) && once_in(4) ? static_cast<char>(c ^ 0x20) : c;
    }
    if (once_in(10)) {
        out.erase(pick(out.size() + 1), 1);
    }
    if (once_in(2)) {
        out.insert(0, word(10));
    }
    if (once_in(2)) {
        out += word(10);
    }
    return out;
}

model::Value World::edge_number(model::EventBatch& batch)
{
    const auto& written = any(kNumbers);
    const auto number = written == "0x17" ? 23.0 : std::stod(written);
    const auto digits = once_in(2) ? 2 : 9; // what is longer than eight bytes may be remembered
    switch (pick(5)) {
    case 0:
        return model::integer_value(batch, static_cast<std::int64_t>(number) - 1 +
                                               static_cast<std::int64_t>(pick(3)));
    case 1: {
        model::Value out;
        out.kind = model::Value::Kind::Float;
        out.real = number + (once_in(3) ? 0.5 : 0.0);
        out.text = batch.keep(fmt::format("{:.{}f}", out.real, digits));
        return out;
    }
    case 2:
        return model::string_value(batch.keep(fmt::format("{:.{}f}", number, digits)));
    case 3:
        return model::string_value(batch.keep(fmt::format("{}", number)));
    default:
        return model::string_value(batch.keep(written));
    }
}

/// A value for each field that lines name, and one that is nearly a part of another.
void World::edge_fields(model::EventBatch& batch, model::Event& event)
{
    const auto add = [&](std::string_view name, const std::string& text) {
        const auto value = model::string_value(batch.keep(text));
        event.fields.push_back({.name = name, .value = value});
    };
    const auto text = edge_value(any(kShort));
    auto part = text.substr(once_in(2) ? 0 : pick(text.size() + 1));
    part.resize(part.size() - (once_in(2) ? 0 : pick(part.size() + 1)));
    for (auto& c : part) {
        c = is_letter(c) && once_in(6) ? static_cast<char>(c ^ 0x20) : c;
    }
    add("short", text);
    if (once_in(6)) {
        event.fields.push_back({.name = "part", .value = {}});
    } else {
        add("part", part);
    }
    add("long", edge_value(any(kLong)));
    event.fields.push_back({.name = "number", .value = edge_number(batch)});
    add("address", any({"10.0.0.255", "10.0.1.0", "10.0.1.255", "10.0.2.0", "10.1.2.3", "10.2.0.0",
                        "::ffff:10.0.1.1", "::ffff:a02:0", "a00::1",
                        "a00:100::", "2001:db8::", "2001:db8:7fff::1", "2001:db8:8000::"}));
    add("time", any({"2020-01-01", "2020-12-31T12:01", "2021-01-01T00:00:09", "2019-12-12",
                     "2020-12-12T01:12:00Z", "2020-01-01T00:00:9"}));
}

void World::edge_events(model::EventBatch& batch, int count)
{
    for (int i = 0; i < count; ++i) {
        model::Event event;
        event.time = base::Time::from_seconds(1'500'000'000);
        event.dataset = once_in(3) ? "line" : "edge";
        const auto add = [&](std::string_view name, std::string_view text) {
            event.fields.push_back({.name = name, .value = model::string_value(text)});
        };
        add("mark", "here");
        if (event.dataset == "line") {
            // A text inside the line, where the line itself neither begins nor ends, and others
            // beside it, kept before and behind.
            const auto text = [&] { return once_in(2) ? edge_value(any(kWords)) : word(6); };
            const auto before = batch.keep(text());
            const auto begin = word(6);
            const auto within = text();
            event.original = batch.keep(begin + within + word(6));
            add("before", before);
            add("within", event.original.substr(begin.size(), within.size()));
            add("behind", batch.keep(text()));
        }
        if (event.dataset == "edge" || once_in(2)) {
            edge_fields(batch, event);
        }
        batch.events.push_back(std::move(event));
    }
}

} // namespace tanggap::detect::testing
