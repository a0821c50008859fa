// What Sigma rules mean, case by case.
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/limits.h"
#include "detect/detail/regex.h"
#include "detect/testing/events.h"

namespace tanggap::detect {
namespace {

using testing::load;
using testing::matches;
using testing::rule;
using testing::text_of;

/// One selection line against one value of field `f`.
struct LineCase {
    std::string_view line; ///< YAML, the field is f
    std::string_view value;
    bool expected;
};

void check(std::initializer_list<LineCase> cases)
{
    for (const auto& [line, value, expected] : cases) {
        SCOPED_TRACE(std::string(line) + "  on  " + std::string(value));
        const auto loaded =
            load(rule("R", "  selection:\n    " + std::string(line) + "\n  condition: selection"));
        ASSERT_EQ(text_of(loaded.diagnostics), "");
        EXPECT_EQ(matches(loaded, {{"f", value}}), expected ? "R" : "");
    }
}

TEST(SigmaValues, AreComparedWholeAndWithoutCase)
{
    check({{"f: PowerShell.exe", "powershell.EXE", true},
           {"f: powershell", "powershell.exe", false},
           {"f: ''", "", true},
           {"f: ''", "x", false},
           {"f|cased: Ab", "Ab", true},
           {"f|cased: Ab", "ab", false},
           {"f|contains|cased: Ab", "xAby", true},
           {"f|contains|cased: Ab", "xaby", false}});
}

TEST(SigmaValues, NumbersEqualTheirText)
{
    check({{"f: 4625", "4625", true},
           {"f: '4625'", "4625", true},
           {"f: 4625", "46250", false},
           {"f: 4625", "04625", false},
           {"f: 0x17", "23", true},
           {"f: 0x17", "0x17", true},
           {"f: true", "True", true},
           {"f|contains: 46", "4625", true}});
}

TEST(SigmaValues, WildcardsAndEscapesAreReadAsTheSpecificationSays)
{
    check({{"f: 'a*c'", "abbc", true},
           {"f: 'a*c'", "abbcd", false},
           {"f: 'a?c'", "abc", true},
           {"f: 'a?c'", "ac", false},
           {"f: 'a?c'", "aéc", true},
           {R"(f: 'a\*c')", "a*c", true},
           {R"(f: 'a\*c')", "abc", false},
           {R"(f: 'a\?c')", "a?c", true},
           {R"(f: 'a\?c')", "abc", false},
           {R"(f: 'a\\*c')", R"(a\bbc)", true},
           {R"(f: 'a\\*c')", "abbc", false},
           {R"(f: 'a\\\*c')", R"(a\*c)", true},
           {R"(f: 'a\\\*c')", R"(a\bc)", false},
           {R"(f: 'a\b')", R"(a\b)", true},
           {R"(f: 'a\\b')", R"(a\b)", true},
           {R"(f: 'a\\\b')", R"(a\\b)", true},
           {R"(f: 'a\\\\b')", R"(a\\b)", true},
           {R"(f|endswith: '\cmd.exe')", R"(C:\Windows\CMD.exe)", true},
           {R"(f|contains: 'temp\')", R"(C:\temp\x)", true},
           {"f: '*'", "", true},
           {"f: '**a**'", "bab", true},
           {"f: '?\?\?'", "abc", true},
           {"f: '?\?\?'", "ab", false},
           {"f: 'a*b*c*d'", "a_b_b_c_d", true},
           {"f: 'a*b*c*d'", "a_c_b_d", false}});
}

TEST(SigmaModifiers, LookForPartsOfAValue)
{
    check({{"f|contains: B", "abc", true},
           {"f|startswith: ab", "ABC", true},
           {"f|startswith: b", "abc", false},
           {"f|endswith: bc", "abc", true},
           {"f|endswith: ab", "abc", false},
           {"f|contains: [x, b]", "abc", true},
           {"f|contains|all: [a, c]", "abc", true},
           {"f|contains|all: [a, x]", "abc", false},
           {"f|contains: 'a*c'", "xxabcxx", true},
           {"f|startswith: 'a?c'", "abcdef", true}});
}

TEST(SigmaModifiers, WindashTakesEveryDashBeforeAFlag)
{
    check({{"f|windash|contains: ' -enc'", "cmd /enc x", true},
           {"f|contains|windash: ' -enc'",
            "cmd \xE2\x80\x93"
            "enc x",
            true},
           {"f|contains|windash: ' -enc'",
            "cmd \xE2\x80\x95"
            "enc x",
            true},
           {"f|contains|windash: ' /enc'", "cmd -enc x", true},
           {"f|contains|windash: ' -enc'", "cmd _enc x", false},
           // A dash inside a word opens no flag.
           {"f|contains|windash: 'a-b'", "a/b", false},
           {"f|contains|windash: 'a-b'", "a-b", true},
           {"f|contains|windash: '-a -b'",
            "x /a \xE2\x80\x94"
            "b",
            true}});
}

TEST(SigmaModifiers, EncodingsFollowTheirOrder)
{
    check({{"f|base64: foo", "Zm9v", true},
           {"f|base64: foo", "zm9v", false},
           // "foobar" alone, after one and after two other bytes.
           {"f|base64offset|contains: foobar", "Zm9vYmFy", true},
           {"f|base64offset|contains: foobar", "eGZvb2Jhcg==", true},
           {"f|base64offset|contains: foobar", "eHhmb29iYXI=", true},
           {"f|base64offset|contains: foobar", "Zm9vYmF6", false},
           // UTF-16 of "cmd" in Base64: YwBtAGQA
           {"f|wide|base64offset|contains: cmd", "xxYwBtAGQAyy", true},
           {"f|utf16le|base64: cmd", "YwBtAGQA", true},
           {"f|utf16be|base64: cmd", "AGMAbQBk", true},
           {"f|utf16|base64: cmd", "//5jAG0AZAA=", true}});
}

TEST(SigmaModifiers, RegularExpressionsSearchAnywhere)
{
    check({{"f|re: 'a+b'", "xxaab", true},
           {"f|re: 'A+b'", "aab", false},
           {"f|re|i: 'A+b'", "aab", true},
           {"f|re: '^b$'", "a\nb\nc", false},
           {"f|re|m: '^b$'", "a\nb\nc", true},
           {"f|re: 'a.b'", "a\nb", false},
           {"f|re|s: 'a.b'", "a\nb", true},
           {"f|re: '\\d{3}'", "abc123", true},
           {"f|re: '(foo|bar)baz'", "xbarbaz", true},
           {"f|re: 'É'", "É", true},
           {"f|re|i: 'É'", "é", true}});
}

TEST(SigmaModifiers, AnExpressionIsAskedThoughAnotherSelectionWokeTheRule)
{
    const auto loaded =
        load(rule("R", "  word:\n    f|contains: ';'\n    f|re|i: '(?:wget|curl)\\s'\n"
                       "  only:\n    g|re: 'etc/(?:passwd|shadow)'\n"
                       "  never:\n    f|re: 'harmless'\n"
                       "  condition: (word or only) and not never"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"f", "x; Wget y"}}), "R");
    EXPECT_EQ(matches(loaded, {{"f", "x; ls"}, {"g", "/etc/shadow"}}), "R");
    EXPECT_EQ(matches(loaded, {{"f", "x; ls"}, {"g", "/etc/hosts"}}), "");
    EXPECT_EQ(matches(loaded, {{"f", "x; wget harmless"}}), "");
    EXPECT_EQ(matches(loaded, {{"f", "wget y"}, {"g", "a"}, {"g", "/etc/passwd"}}), "R");
}

TEST(SigmaModifiers, AlternativesHoldBesideAnExpressionThatNeedsNoText)
{
    const auto loaded = load(rule("R", "  by_text:\n    f|contains: [shell, upload]\n"
                                       "  by_both:\n    f|contains: cmd\n    g|startswith: '/bin'\n"
                                       "  by_shape:\n    f|re: '^[a-z]\\d[a-z]$'\n"
                                       "  filter_known:\n    g: harmless\n"
                                       "  condition: 1 of by_* and not filter_known"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"f", "a shell"}, {"g", "x"}}), "R");
    EXPECT_EQ(matches(loaded, {{"f", "an upload"}}), "R");
    EXPECT_EQ(matches(loaded, {{"f", "run cmd"}, {"g", "/bin/sh"}}), "R");
    EXPECT_EQ(matches(loaded, {{"f", "run cmd"}, {"g", "x"}}), "");
    EXPECT_EQ(matches(loaded, {{"f", "a1b"}}), "R");
    EXPECT_EQ(matches(loaded, {{"f", "a1b"}, {"g", "harmless"}}), "");
    EXPECT_EQ(matches(loaded, {{"f", "a shell"}, {"g", "harmless"}}), "");
    EXPECT_EQ(matches(loaded, {{"f", "neither"}}), "");
}

TEST(SigmaModifiers, ExpressionsNeedTheFewestTextsThatAreRare)
{
    const auto needed = [](std::string_view pattern) {
        const auto regex = Regex::compile(pattern, {.ignore_case = true});
        return regex ? fmt::format("{}", fmt::join((*regex)->required_texts(), " "))
                     : regex.error().message;
    };
    EXPECT_EQ(needed("select|union"), "union select");
    EXPECT_EQ(needed("save|saved|unsaved"), "save"); // what has one of the others has it
    EXPECT_EQ(needed("x/\\.\\w"), "x/.");
    EXPECT_EQ(needed("\\w/\\.\\w"), "/.");
    EXPECT_EQ(needed("\\w(?:ls|id)\\w"), ""); // two letters stand in any text
    EXPECT_EQ(needed("\\w{3}"), "");
}

TEST(SigmaModifiers, NetworksHoldAddressesOfTheirOwnKind)
{
    check({{"f|cidr: 10.0.0.0/8", "10.1.2.3", true},
           {"f|cidr: 10.0.0.0/8", "11.1.2.3", false},
           {"f|cidr: 10.0.0.0/8", "::ffff:10.1.2.3", true},
           {"f|cidr: '::ffff:10.0.0.0/104'", "10.1.2.3", true},
           {"f|cidr: 2001:db8::/32", "2001:db8:0:1::7", true},
           {"f|cidr: 2001:db8::/32", "2001:db9::7", false},
           {"f|cidr: 'fe80::/10'", "fe80::1%eth0", true},
           {"f|cidr: '::/0'", "10.1.2.3", false},
           {"f|cidr: 0.0.0.0/0", "2001:db8::7", false},
           {"f|cidr: 192.0.2.7", "192.0.2.7", true},
           {"f|cidr: 10.0.0.0/8", "not an address", false},
           {"f|cidr: 10.0.0.0/8", "10.1.2.3:80", false}});
}

TEST(SigmaModifiers, ComparisonsNeedNumbers)
{
    check({{"f|gt: 5", "6", true},
           {"f|gt: 5", "5", false},
           {"f|gte: 5", "5", true},
           {"f|lt: 5", "-3", true},
           {"f|lte: 5", "5.0", true},
           {"f|lt: 5.5", "5.4", true},
           {"f|gt: 5", "six", false},
           {"f|gt: 9007199254740992", "9007199254740993", true}});
}

TEST(SigmaModifiers, TimePartsAreTakenFromTheValue)
{
    check({{"f|hour: 7", "2026-10-03T07:05:09Z", true},
           {"f|hour|gte: 22", "2026-10-03T23:05:09Z", true},
           {"f|minute: 5", "2026-10-03T07:05:09Z", true},
           {"f|day: 3", "2026-10-03T07:05:09Z", true},
           {"f|week: 40", "2026-10-03T07:05:09Z", true},
           {"f|week: 1", "2024-12-30T00:00:00Z", true},
           {"f|month: 10", "2026-10-03T07:05:09Z", true},
           {"f|year: 2026", "2026-10-03T07:05:09Z", true},
           {"f|year: 2026", "yesterday", false}});
}

TEST(SigmaModifiers, NeqIsTheOpposite)
{
    check({{"f|neq: a", "b", true},
           {"f|neq: a", "A", false},
           {"f|neq: [a, b]", "b", false},
           {"f|contains|neq: b", "abc", false}});
}

TEST(SigmaFields, NullEmptyAndMissingAreThreeThings)
{
    const auto loaded = load(rule("nil", "  s: {f: null}\n  condition: s") +
                             rule("empty", "  s: {f: ''}\n  condition: s") +
                             rule("exists", "  s: {f|exists: true}\n  condition: s") +
                             rule("missing", "  s: {f|exists: false}\n  condition: s") +
                             rule("any", "  s: {f: '*'}\n  condition: s") +
                             rule("not", "  s: {f: x}\n  condition: not s") +
                             rule("neq", "  s: {f|neq: x}\n  condition: s"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"g", "1"}}), "missing,neq,nil,not");
    EXPECT_EQ(matches(loaded, {{"f", ""}}), "any,empty,exists,neq,not");
    EXPECT_EQ(matches(loaded, {{"f", "~null"}}), "exists,neq,nil,not");
    EXPECT_EQ(matches(loaded, {{"f", "x"}}), "any,exists");
}

TEST(SigmaFields, AnyValueOfAnArrayIsEnough)
{
    const auto loaded = load(rule("one", "  s: {f: b}\n  condition: s") +
                             rule("both", "  s: {f|contains|all: [a, b]}\n  condition: s") +
                             rule("none", "  s: {f: b}\n  condition: not s"));
    EXPECT_EQ(matches(loaded, {{"f", "a"}, {"f", "b"}}), "both,one");
}

TEST(SigmaFields, AFieldIsComparedWithAnother)
{
    const auto loaded = load(rule("same", "  s: {f|fieldref: g}\n  condition: s") +
                             rule("head", "  s: {f|fieldref|startswith: g}\n  condition: s") +
                             rule("differs", "  s: {f|fieldref|neq: g}\n  condition: s"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"f", "ab"}, {"g", "AB"}}), "head,same");
    EXPECT_EQ(matches(loaded, {{"f", "abc"}, {"g", "ab"}}), "differs,head");
    EXPECT_EQ(matches(loaded, {{"f", "abc"}}), "differs");
}

TEST(SigmaKeywords, SearchValuesAndNeverNames)
{
    const auto loaded =
        load(rule("word", "  keywords: [needle, 'x*z']\n  condition: keywords") +
             rule("all", "  keywords:\n    '|all': [one, two]\n  condition: keywords"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"f", "a NEEDLE here"}}), "word");
    EXPECT_EQ(matches(loaded, {{"needle", "hay"}}), "");
    EXPECT_EQ(matches(loaded, {{"f", "axyzb"}}), "word");
    EXPECT_EQ(matches(loaded, {{"f", "one"}, {"g", "two"}}), "all");
    EXPECT_EQ(matches(loaded, {{"f", "one"}}), "");
    // The line itself is searched where it is text, not where its keys would be found too.
    EXPECT_EQ(matches(loaded, {{"f", "x"}}, "a needle in the line"), "word");
    EXPECT_EQ(matches(loaded, {{"f", "x"}}, R"({"needle": "x"})"), "");
}

TEST(SigmaKeywords, FindInAPartOfTheLineWhatTheLineDoesNotShow)
{
    const auto loaded = load(rule("starts", "  k: {'|startswith': beta}\n  condition: k") +
                             rule("whole", "  k: {'|re': '^beta$'}\n  condition: k") +
                             rule("holds", "  k: [eta]\n  condition: k"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    const std::string line = "alpha beta gamma";
    const auto titles = [&](std::string_view part) {
        model::EventBatch batch;
        testing::add_event(batch, 0, {});
        auto& event = batch.events.front();
        event.original = line;
        event.fields.push_back({.name = "f", .value = model::string_value(part)});
        std::vector<model::Detection> detections;
        std::vector<Signal> signals;
        Evaluator(loaded.rules).evaluate(batch, detections, signals);
        std::string out;
        for (const auto& detection : detections) {
            out += detection.rule->title + ' ';
        }
        return out;
    };
    EXPECT_EQ(titles(std::string_view(line).substr(6, 4)), "starts whole holds ");
    EXPECT_EQ(titles(std::string_view(line).substr(5, 5)), "holds ");
    EXPECT_EQ(titles(std::string_view(line).substr(0, 5)), "holds ");
    EXPECT_EQ(titles("beta"), "starts whole holds ");
}

TEST(SigmaRoutes, EveryValueOfADecidingFieldCounts)
{
    const auto loaded = load(
        "---\ntitle: R\nid: 10000000-0000-4000-a000-000000000001\nlogsource: {category: routed}\n"
        "detection:\n  s: {f: x}\n  condition: s\n",
        "logsources:\n  - category: routed\n    when: {kind: [a, b]}\n");
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"kind", "A"}, {"f", "x"}}), "R");
    EXPECT_EQ(matches(loaded, {{"kind", "c"}, {"f", "x"}}), "");
    EXPECT_EQ(matches(loaded, {{"kind", "c"}, {"kind", "b"}, {"f", "x"}}), "R");
    EXPECT_EQ(matches(loaded, {{"kind", "~null"}, {"f", "x"}}), "");
    // Values of one place in the memory of known ones, one behind another.
    model::EventBatch batch;
    for (int i = 0; i < 400; ++i) {
        testing::add_event(batch, i, {{"kind", i % 7 == 0 ? "b" : std::to_string(i)}, {"f", "x"}});
    }
    // The same value, many times.
    testing::add_event(batch, 400, {{"f", "x"}});
    for (int i = 0; i < 500; ++i) {
        batch.events.back().fields.push_back({.name = "kind", .value = model::string_value("c")});
    }
    batch.events.back().fields.push_back({.name = "kind", .value = model::string_value("a")});
    std::vector<model::Detection> detections;
    std::vector<Signal> signals;
    Evaluator(loaded.rules).evaluate(batch, detections, signals);
    EXPECT_EQ(detections.size(), 58U + 1U);
}

TEST(SigmaConditions, BindNotThenAndThenOr)
{
    const std::string selections = "  a: {f: 1}\n  b: {g: 1}\n  c: {h: 1}\n  _d: {i: 1}\n";
    const auto with = [&](std::string_view condition) {
        return load(rule("R", selections + "  condition: " + std::string(condition)));
    };
    EXPECT_EQ(matches(with("a or b and c"), {{"f", "1"}}), "R");
    EXPECT_EQ(matches(with("(a or b) and c"), {{"f", "1"}}), "");
    EXPECT_EQ(matches(with("not a and b"), {{"g", "1"}}), "R");
    EXPECT_EQ(matches(with("not (a or b)"), {{"g", "1"}}), "");
    EXPECT_EQ(matches(with("not not a"), {{"f", "1"}}), "R");
    EXPECT_EQ(matches(with("1 of them"), {{"i", "1"}}), "");
    EXPECT_EQ(matches(with("all of them"), {{"f", "1"}, {"g", "1"}, {"h", "1"}}), "R");
    EXPECT_EQ(matches(with("1 of _*"), {{"i", "1"}}), "R");
    EXPECT_EQ(matches(with("[a and b, c]"), {{"h", "1"}}), "R");
    EXPECT_EQ(matches(with("a AND NOT b"), {{"f", "1"}}), "R");
}

TEST(SigmaSelections, ListsOfMapsAreAlternatives)
{
    const auto loaded = load(rule("R", "  s:\n    - f: 1\n      g: 2\n    - h: 3\n    - word\n"
                                       "  condition: s"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"f", "1"}}), "");
    EXPECT_EQ(matches(loaded, {{"f", "1"}, {"g", "2"}}), "R");
    EXPECT_EQ(matches(loaded, {{"h", "3"}}), "R");
    EXPECT_EQ(matches(loaded, {{"x", "some word"}}), "R");
}

TEST(SigmaPlaceholders, NeedAList)
{
    const auto text = rule("R", "  s: {f|expand: 'adm-%Administrators%'}\n  condition: s");
    EXPECT_NE(text_of(load(text).diagnostics).find("%Administrators%"), std::string::npos);
    const auto loaded = load(text, "placeholders: {Administrators: [ani, 'b*']}\n");
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"f", "adm-ani"}}), "R");
    EXPECT_EQ(matches(loaded, {{"f", "adm-budi"}}), "R");
    EXPECT_EQ(matches(loaded, {{"f", "adm-cici"}}), "");
}

TEST(Evaluator, SaysWhichSelectionFieldAndValueMadeARuleMatch)
{
    const auto loaded = load(rule("R", "  tool: {f|contains: [sqlmap, nikto]}\n"
                                       "  ok: {g: 200}\n  other: {g: 404}\n"
                                       "  condition: tool and 1 of o* and not other"));
    model::EventBatch batch;
    testing::add_event(batch, 0, {{"f", "sqlmap/1.7"}, {"g", "200"}});
    std::vector<model::Detection> detections;
    std::vector<Signal> signals;
    Evaluator(loaded.rules).evaluate(batch, detections, signals);
    ASSERT_EQ(detections.size(), 1U);
    const auto& reasons = detections[0].reasons;
    ASSERT_EQ(reasons.size(), 2U);
    EXPECT_EQ(reasons[0].selection, "tool");
    EXPECT_EQ(reasons[0].field, "f");
    EXPECT_EQ(reasons[0].value, "sqlmap/1.7");
    EXPECT_EQ(reasons[0].pattern, "*sqlmap*");
    EXPECT_EQ(reasons[1].selection, "ok");
}

TEST(Evaluator, KeepsTheHighestLevelsOfMoreDetectionsThanAnEventMayHave)
{
    std::string yaml;
    for (int i = 0; i < 70; ++i) {
        yaml += rule(fmt::format("R{:02}", i), "  s: {f: x}\n  condition: s") + "level: low\n";
    }
    yaml += rule("Last", "  s: {f: x}\n  condition: s") + "level: critical\n";
    const auto loaded = load(yaml);
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    model::EventBatch batch;
    testing::add_event(batch, 0, {{"f", "x"}});
    std::vector<model::Detection> detections;
    std::vector<Signal> signals;
    Evaluator evaluator(loaded.rules);
    evaluator.evaluate(batch, detections, signals);
    ASSERT_EQ(detections.size(), base::limits::kDetectionsPerEventMax);
    EXPECT_EQ(detections.front().rule->title, "R00");
    EXPECT_EQ(detections[62].rule->title, "R62");
    EXPECT_EQ(detections.back().rule->title, "Last");
    EXPECT_EQ(evaluator.cut(), 7U);
}

} // namespace
} // namespace tanggap::detect
