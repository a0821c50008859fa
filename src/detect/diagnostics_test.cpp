// What a rule's author is told, word for word.
#include <algorithm>

#include <gtest/gtest.h>

#include "detect/testing/events.h"

namespace tanggap::detect {
namespace {

using testing::load;
using testing::text_of;

std::string told(std::string_view rule)
{
    return text_of(load(rule).diagnostics);
}

constexpr std::string_view kHead =
    "title: T\nid: 10000000-0000-4000-a000-000000000001\nlogsource: {category: test}\ndetection:\n";

TEST(Diagnostics, AllProblemsOfARuleAreToldInOnePass)
{
    EXPECT_EQ(
        told(std::string(kHead) +
             "  sel:\n    f|contians: x\n    g|re: '('\n    h|cidr: 10.0.0.1/8\n"
             "    i|gt: many\n    j: [a, null]\n  condition: sel and sell\n"
             "level: hgih\n"),
        "rule.yml:12:8: error: unknown level 'hgih' (informational, low, medium, high or "
        "critical)\n"
        "rule.yml:6:7: error: unknown modifier 'contians' (did you mean 'contains'?)\n"
        "rule.yml:7:11: error: the regular expression '(' cannot be read: missing closing "
        "parenthesis (at byte 1) (Sigma allows . ^ $ * + ? {n,m} [..] | ( ))\n"
        "rule.yml:8:13: error: '10.0.0.1/8' has bits set below its prefix; the network is "
        "10.0.0.0/8 (for example 10.0.0.0/8 or 2001:db8::/32)\n"
        "rule.yml:9:11: error: 'many' is no number to compare with (write the number without "
        "quotes)\n"
        "rule.yml:10:12: error: null stands alone: not in a list, without other modifiers (give "
        "it a selection of its own and join them with 'or'; for the text write 'null' in "
        "quotes)\n"
        "rule.yml:11:22: error: no selection is named 'sell' (did you mean 'sel'?)\n");
}

TEST(Diagnostics, AConditionIsReadToItsFirstMistake)
{
    const auto with = [](std::string_view condition) {
        return told(std::string(kHead) + "  sel_a: {f: 1}\n  condition: " + std::string(condition) +
                    "\n");
    };
    EXPECT_EQ(with("sel_a and"),
              "rule.yml:6:23: error: the condition ends where a selection was expected\n");
    EXPECT_NE(with("(sel_a").find("a ')' is missing"), std::string::npos);
    EXPECT_NE(with("sel_a sel_a").find("'sel_a' stands where 'and' or 'or' was expected"),
              std::string::npos);
    EXPECT_NE(with("sel_a | count() > 5").find("the aggregation has no 'timeframe'"),
              std::string::npos);
    // A name that is no selection's does not hide the next one.
    EXPECT_EQ(with("sel_b and (sel_a or not sel_c)"),
              "rule.yml:6:14: error: no selection is named 'sel_b' (did you mean 'sel_a'?)\n"
              "rule.yml:6:38: error: no selection is named 'sel_c' (did you mean 'sel_a'?)\n");
    EXPECT_NE(with("2 of sel_*").find("only 1, any and all are known"), std::string::npos);
    EXPECT_NE(with("1 of filter_*").find("no selection is named like 'filter_*'"),
              std::string::npos);
    EXPECT_NE(with("sel_*").find("write '1 of sel_*' or 'all of sel_*'"), std::string::npos);
}

TEST(Diagnostics, ModifiersThatDoNotFitSaySo)
{
    const auto with = [](std::string_view line) {
        return told(std::string(kHead) + "  s:\n    " + std::string(line) + "\n  condition: s\n");
    };
    EXPECT_NE(with("f|all: x").find("'all' needs a list of at least two values"),
              std::string::npos);
    EXPECT_NE(with("f|exists: yes please").find("'exists' needs true or false"), std::string::npos);
    EXPECT_NE(with("f|i: x").find("'i', 'm' and 's' only follow 're'"), std::string::npos);
    EXPECT_NE(with("f|contains|re: x").find("'re' reads the value as it is written"),
              std::string::npos);
    EXPECT_NE(with("f|contains|base64: x").find("a value with wildcards cannot be encoded"),
              std::string::npos);
    EXPECT_NE(with("f|re|base64: x").find("does not fit"), std::string::npos);
    EXPECT_NE(with("f|re: '(?<=a)b'").find("warning: the regular expression looks around"),
              std::string::npos);
    EXPECT_NE(with("f: {g: 1}").find("a value is text or a number here"), std::string::npos);
    EXPECT_NE(with("f: []").find("the list is empty"), std::string::npos);
}

TEST(Diagnostics, HaveTheSpanOfWhatTheySpeakOf)
{
    const auto loaded = load(std::string(kHead) + "  sel:\n    f|contians: x\n"
                                                  "    'g|re': '('\n  condition: sel and nosel\n");
    ASSERT_EQ(loaded.diagnostics.size(), 3U);
    EXPECT_EQ(loaded.diagnostics[0].column, 7U);
    EXPECT_EQ(loaded.diagnostics[0].length, std::string_view("contians").size());
    EXPECT_EQ(loaded.diagnostics[1].column, 13U);
    EXPECT_EQ(loaded.diagnostics[1].length, std::string_view("'('").size());
    EXPECT_EQ(loaded.diagnostics[2].column, 22U);
    EXPECT_EQ(loaded.diagnostics[2].length, std::string_view("nosel").size());
}

TEST(Diagnostics, AnUnmappedLogSourceIsAWarning)
{
    EXPECT_EQ(
        told("title: T\nid: 10000000-0000-4000-a000-000000000001\n"
             "logsource: {product: toaster, service: crumbs}\ndetection:\n  s: {f: 1}\n"
             "  condition: s\n"),
        "rule.yml:3:12: warning: no mapping for the logsource product toaster, service crumbs; "
        "the rule will not match (add it to a file in content/mappings)\n");
}

TEST(Diagnostics, ABadRuleIsLeftOutAndTheRestLoads)
{
    const auto loaded = load(testing::rule("good", "  s: {f: 1}\n  condition: s") +
                             testing::rule("bad", "  s: {f|nope: 1}\n  condition: s"));
    EXPECT_EQ(loaded.rules->rules().size(), 1U);
    EXPECT_EQ(testing::matches(loaded, {{"f", "1"}}), "good");
}

std::string with_title(std::string rule, std::string_view title)
{
    constexpr std::string_view kOld = "title: one";
    return rule.replace(rule.find(kOld), kOld.size(), "title: " + std::string(title));
}

TEST(Diagnostics, TwoRulesOfOneIdAreRefusedUnlessTheUserOverrides)
{
    const auto one = testing::rule("one", "  s: {f: 1}\n  condition: s");
    EXPECT_NE(told(one + one).find("is already used by 'one'"), std::string::npos);
    std::vector<Diagnostic> diagnostics;
    std::vector<RuleFile> files{
        {.name = "a", .yaml = one},
        {.name = "b", .yaml = with_title(one, "file"), .origin = RuleOrigin::User},
        {.name = "c", .yaml = with_title(one, "console"), .origin = RuleOrigin::Own}};
    do {
        const auto rules = RuleSet::load(files, {}, diagnostics);
        ASSERT_EQ(rules->rules().size(), 1U);
        EXPECT_EQ(rules->rules()[0]->title, "console");
        EXPECT_TRUE(rules->rules()[0]->overriding);
    } while (std::ranges::next_permutation(files, {}, &RuleFile::name).found);
    EXPECT_EQ(std::ranges::count(diagnostics, Diagnostic::Severity::Error, &Diagnostic::severity),
              0);
    files.push_back({.name = "d", .yaml = with_title(one, "other"), .origin = RuleOrigin::Own});
    const auto rules = RuleSet::load(files, {}, diagnostics);
    EXPECT_EQ(rules->rules()[0]->title, "console");
    EXPECT_EQ(std::ranges::count(diagnostics, Diagnostic::Severity::Error, &Diagnostic::severity),
              1);
}

TEST(Diagnostics, ATechniqueThatIsTaggedTwiceIsOne)
{
    auto text = testing::rule("one", "  s: {f: 1}\n  condition: s");
    text += "tags: [attack.t1110, attack.t1078, attack.t1110]\n";
    std::vector<Diagnostic> diagnostics;
    const auto rules =
        RuleSet::load(std::vector<RuleFile>{{.name = "a", .yaml = text}}, {}, diagnostics);
    ASSERT_EQ(rules->rules().size(), 1U);
    EXPECT_EQ(rules->rules()[0]->techniques, (std::vector<std::string>{"T1110", "T1078"}));
}

std::string tree(const ExplainNode& node, int depth = 0)
{
    std::string out(static_cast<std::size_t>(depth) * 2, ' ');
    out += (node.matched ? "+ " : "- ") + node.text;
    out += node.absent ? " [absent]" : node.found.empty() ? "" : " [" + node.found + "]";
    out += "\n";
    for (const auto& child : node.children) {
        out += tree(child, depth + 1);
    }
    return out;
}

TEST(Explain, ShowsEachSelectionLineAndWhatTheEventHas)
{
    const auto loaded = load(
        testing::rule("R", "  tool:\n    f|contains: [sqlmap, nikto]\n    g: GET\n  ok: {h: 200}\n"
                           "  condition: tool and not ok"));
    model::EventBatch batch;
    testing::add_event(batch, 0, {{"f", "sqlmap/1.7"}, {"g", "POST"}});
    const auto explained =
        explain(*loaded.rules, loaded.rules->rules()[0]->id, batch.events.front());
    ASSERT_TRUE(explained);
    EXPECT_EQ(tree(*explained), "- all of\n"
                                "  - tool\n"
                                "    + f|contains\n"
                                "      + *sqlmap* [sqlmap/1.7]\n"
                                "      - *nikto* [sqlmap/1.7]\n"
                                "    - g: 'GET' [POST]\n"
                                "  + not\n"
                                "    - ok\n"
                                "      - h: '200' [absent]\n");
    EXPECT_FALSE(explain(*loaded.rules, "nobody", batch.events.front()));
}

} // namespace
} // namespace tanggap::detect
