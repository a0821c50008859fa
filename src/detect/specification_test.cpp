// The statements of Sigma 2.1.0, one by one: what each promises of a rule and an event.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "detect/testing/content.h"
#include "detect/testing/events.h"

namespace tanggap::detect {
namespace {

using testing::load;
using testing::matches;
using testing::rule;
using testing::text_of;

/// Whether a rule of the one line `f<written>` matches an event whose field f is `value`.
bool line_matches(std::string_view written, std::string_view value)
{
    const auto loaded = load(rule("R", fmt::format("  s:\n    {}\n  condition: s", written)),
                             "placeholders: {name: [ani, 'b*'], Servers: ['srv*']}\n");
    EXPECT_EQ(text_of(loaded.diagnostics), "") << written;
    return matches(loaded, {{"f", value}}) == "R";
}

struct Statement {
    std::string_view line;
    std::string_view value;
    bool holds;
};

void hold(std::initializer_list<Statement> statements)
{
    for (const auto& [line, value, holds] : statements) {
        EXPECT_EQ(line_matches(line, value), holds) << line << " on " << value;
    }
}

// --- Rules specification, "Detection" ---------------------------------------------------------

TEST(SpecificationGeneral, AllValuesAreCaseInsensitiveStrings)
{
    hold({{"f: EVILSERVICE", "EvilService", true}, {"f: 517", "517", true}});
}

TEST(SpecificationWildcard, AQuestionMarkIsASingleMandatoryCharacter)
{
    hold({{"f: 'prog?.exe'", "progA.exe", true},
          {"f: 'prog?.exe'", "progB.exe", true},
          {"f: 'prog?.exe'", "prog.exe", false},
          {"f: 'prog?.exe'", "progAB.exe", false}});
}

TEST(SpecificationWildcard, AStarIsAnUnboundedLength)
{
    hold({{"f: 'antivirus_V*.exe'", "antivirus_V1.exe", true},
          {"f: 'antivirus_V*.exe'", "antivirus_V21.2.1.exe", true},
          {"f: '*something'", "and something", true},
          {"f: 'something*'", "something else", true},
          {"f: '*something*'", "in something here", true}});
}

TEST(SpecificationEscape, EachOfItsFivePossibilities)
{
    // A plain backslash not followed by a wildcard: one or two.
    hold({{R"(f: 'C:\Windows\x')", R"(C:\Windows\x)", true},
          {R"(f: 'C:\\Windows\\x')", R"(C:\Windows\x)", true},
          // An escaped wildcard is a plain character.
          {R"(f: 'a\*b')", "a*b", true},
          {R"(f: 'a\*b')", "axb", false},
          {R"(f: 'a\?b')", "a?b", true},
          {R"(f: 'a\?b')", "axb", false},
          // A backslash, then a wildcard.
          {R"(f: 'a\\*')", R"(a\xyz)", true},
          {R"(f: 'a\\*')", "axyz", false},
          // A backslash and a plain star.
          {R"(f: 'a\\\*')", R"(a\*)", true},
          {R"(f: 'a\\\*')", R"(a\x)", false},
          // Three or four are two plain ones.
          {R"(f: 'a\\\\b')", R"(a\\b)", true},
          {R"(f: 'a\\\b')", R"(a\\b)", true}});
}

TEST(SpecificationLists, StringsAreAppliedToTheFullMessageAndLinkedWithOr)
{
    const auto loaded = load(
        rule("R", "  keywords: ['EVILSERVICE', 'svchost.exe -n evil']\n  condition: keywords"));
    EXPECT_EQ(matches(loaded, {{"x", "an EvilService started"}}), "R");
    EXPECT_EQ(matches(loaded, {{"x", "svchost.exe -n evil"}}), "R");
    EXPECT_EQ(matches(loaded, {{"x", "svchost.exe"}}), "");
}

TEST(SpecificationLists, MapsAreLinkedWithOr)
{
    const auto loaded = load(rule("R", "  selection:\n    - Image|endswith: '\\\\example.exe'\n"
                                       "    - Description|contains: 'Test executable'\n"
                                       "  condition: selection"));
    EXPECT_EQ(matches(loaded, {{"Image", R"(C:\example.exe)"}}), "R");
    EXPECT_EQ(matches(loaded, {{"Description", "A Test executable!"}}), "R");
    EXPECT_EQ(matches(loaded, {{"Image", "x"}, {"Description", "y"}}), "");
}

TEST(SpecificationMaps, ElementsAreJoinedWithAndTheirValuesWithOr)
{
    const auto loaded = load(rule("R", "  selection:\n    EventLog: Security\n    EventID:\n"
                                       "      - 517\n      - 1102\n  condition: selection"));
    EXPECT_EQ(matches(loaded, {{"EventLog", "Security"}, {"EventID", "517"}}), "R");
    EXPECT_EQ(matches(loaded, {{"EventLog", "Security"}, {"EventID", "1102"}}), "R");
    EXPECT_EQ(matches(loaded, {{"EventLog", "Security"}, {"EventID", "4624"}}), "");
    EXPECT_EQ(matches(loaded, {{"EventID", "517"}}), "");
}

TEST(SpecificationSpecialValues, NullAndEmptyAndTheirNegation)
{
    const auto loaded = load(
        rule("filtered", "  selection: {EventID: 4738}\n  filter: {PasswordLastSet: null}\n"
                         "  condition: selection and not filter") +
        rule("either", "  selection_main: {FieldA: something}\n  selection_empty1: {FieldB: ''}\n"
                       "  selection_empty2: {FieldB: null}\n"
                       "  condition: selection_main and 1 of selection_empty*"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"EventID", "4738"}}), "");
    EXPECT_EQ(matches(loaded, {{"EventID", "4738"}, {"PasswordLastSet", "today"}}), "filtered");
    EXPECT_EQ(matches(loaded, {{"FieldA", "something"}}), "either");
    EXPECT_EQ(matches(loaded, {{"FieldA", "something"}, {"FieldB", ""}}), "either");
    EXPECT_EQ(matches(loaded, {{"FieldA", "something"}, {"FieldB", "~null"}}), "either");
    EXPECT_EQ(matches(loaded, {{"FieldA", "something"}, {"FieldB", "x"}}), "");
}

TEST(SpecificationSpecialValues, NullIsNoPartOfAList)
{
    EXPECT_NE(text_of(load(rule("R", "  s:\n    FieldA: something\n    FieldB: ['', null]\n"
                                     "  condition: s"))
                          .diagnostics)
                  .find("null stands alone"),
              std::string::npos);
}

TEST(SpecificationExistence, ChecksThePresenceOfAFieldNotItsValue)
{
    const auto loaded = load(rule("there", "  s: {f|exists: true}\n  condition: s") +
                             rule("gone", "  s: {f|exists: false}\n  condition: s"));
    EXPECT_EQ(matches(loaded, {{"f", ""}}), "there");
    EXPECT_EQ(matches(loaded, {{"f", "~null"}}), "there");
    EXPECT_EQ(matches(loaded, {{"g", "1"}}), "gone");
}

TEST(SpecificationModifiers, AreAppliedInTheGivenOrder)
{
    // The text in UTF-16, then in Base64: not the other way round.
    hold({{"f|utf16le|base64: cmd", "YwBtAGQA", true},
          {"f|wide|base64offset|contains: cmd", "xxYwBtAGQAyy", true}});
    EXPECT_NE(text_of(load(rule("R", "  s: {f|contains|base64: x}\n  condition: s")).diagnostics)
                  .find("put contains"),
              std::string::npos);
}

TEST(SpecificationPlaceholders, OnlyExpandHandlesThem)
{
    hold({{"f: '%name%'", "%name%", true},
          {"f: '%name%'", "ani", false},
          {"f|expand: '%name%'", "ani", true},
          {"f|expand: '%name%'", "budi", true},
          {"f|expand: '%name%'", "%name%", false},
          {"f|expand: '\\%plain%name%'", "%plainani", true},
          {"f|expand|contains: '%Servers%'", "x srv01 y", true},
          {"f|re|expand: '^%name%-[0-9]+$'", "ani-42", true},
          {"f|re|expand: '^%name%-[0-9]+$'", "cici-42", false}});
}

TEST(SpecificationPlaceholders, ARuleWhosePlaceholderIsUnknownIsRejected)
{
    for (const char* name : {"Administrators", "JumpServers", "Workstations", "Servers",
                             "DomainControllers", "Custom"}) {
        const auto loaded =
            load(rule("R", fmt::format("  s: {{f|expand: '%{}%'}}\n  condition: s", name)));
        EXPECT_EQ(loaded.rules->rules().size(), 0U);
        EXPECT_NE(text_of(loaded.diagnostics).find(name), std::string::npos);
    }
}

TEST(SpecificationKeywords, AllAsksForEachOfThem)
{
    const auto loaded = load(rule("R", "  keywords_cmdlet:\n    '|all':\n"
                                       "      - 'OabVirtualDirectory'\n      - ' -ExternalUrl '\n"
                                       "  condition: keywords_cmdlet"));
    EXPECT_EQ(matches(loaded, {{"x", "Set-OabVirtualDirectory -ExternalUrl https"}}), "R");
    EXPECT_EQ(matches(loaded, {{"x", "OabVirtualDirectory"}}), "");
}

// --- Rules specification, "Condition" ---------------------------------------------------------

TEST(SpecificationCondition, QuantifiersLeaveOutNamesThatStartWithAnUnderscore)
{
    const auto loaded = load(rule("one", "  a: {f: 1}\n  _b: {g: 1}\n  condition: 1 of them") +
                             rule("all", "  a: {f: 1}\n  _b: {g: 1}\n  condition: all of them"));
    EXPECT_EQ(matches(loaded, {{"g", "1"}}), "");
    EXPECT_EQ(matches(loaded, {{"f", "1"}}), "all,one");
}

TEST(SpecificationCondition, APatternHasStarsAtArbitraryPositions)
{
    const std::string selections = "  sel_a_x: {f: 1}\n  sel_b_x: {g: 1}\n  other: {h: 1}\n";
    const auto found = [&](std::string_view condition) {
        return matches(load(rule("R", fmt::format("{}  condition: {}", selections, condition))),
                       {{"f", "1"}});
    };
    EXPECT_EQ(found("1 of sel_*"), "R");
    EXPECT_EQ(found("1 of *_x"), "R");
    EXPECT_EQ(found("1 of s*a*x"), "R");
    EXPECT_EQ(found("all of sel_*"), "");
    EXPECT_EQ(found("1 of sel_* and not 1 of oth*"), "R");
}

TEST(SpecificationCondition, PrecedenceIsOrThenAndThenNotThenOf)
{
    const std::string selections = "  a: {f: 1}\n  b: {g: 1}\n  c: {h: 1}\n";
    const auto found = [&](std::string_view condition) {
        return matches(load(rule("R", fmt::format("{}  condition: {}", selections, condition))),
                       {{"f", "1"}});
    };
    EXPECT_EQ(found("a or b and c"), "R");
    EXPECT_EQ(found("(a or b) and c"), "");
    EXPECT_EQ(found("not b and a"), "R");
    EXPECT_EQ(found("not (b or a)"), "");
    EXPECT_EQ(found("not 1 of b* or c"), "R");
    EXPECT_EQ(found("[b and c, a]"), "R");
}

// --- Modifiers appendix -----------------------------------------------------------------------

TEST(SpecificationAppendix, GenericModifiers)
{
    hold({{"f|contains|all: [-a, -b]", "x -b -a", true},
          {"f|contains|all: [-a, -b]", "x -b", false},
          {"f|startswith: adm", "admin", true},
          {"f|endswith: '\\cmd.exe'", "C:\\cmd.exe", true},
          {"f|contains: mid", "amidst", true},
          {"f|cased: Exact", "Exact", true},
          {"f|cased: Exact", "exact", false},
          {"f|neq: a", "b", true},
          {"f|neq: [a, b]", "b", false}});
    EXPECT_NE(text_of(load(rule("R", "  s: {f|all: x}\n  condition: s")).diagnostics)
                  .find("'all' needs a list"),
              std::string::npos);
}

TEST(SpecificationAppendix, WindashTakesAllFiveCharactersInterchangeably)
{
    for (const std::string_view written : {"-", "/", "–", "—", "―"}) {
        for (const std::string_view found : {"-", "/", "–", "—", "―"}) {
            EXPECT_TRUE(
                line_matches(fmt::format("f|windash|contains: ' {}enc {}x'", written, written),
                             fmt::format("p {}enc -x", found)))
                << written << found;
        }
    }
    // The sign inside a word is part of it.
    hold({{"f|windash: 'a-b'", "a/b", false}, {"f|windash|contains: '--x'", "–/x", false}});
}

TEST(SpecificationAppendix, RegularExpressionsAndTheirFlags)
{
    hold({{"f|re: 'a.c'", "xabcx", true},
          {"f|re: '^a'", "ba", false},
          {"f|re: 'a$'", "ab", false},
          {"f|re: 'ab*c+d?e{2,3}'", "accee", true},
          {"f|re: '[a-c][^a-c]'", "bz", true},
          {"f|re: 'one|two'", "two", true},
          {"f|re: '(ab)+'", "abab", true},
          {"f|re: 'A'", "a", false},
          {"f|re|i: 'A'", "a", true},
          {"f|re: '^b$'", "a\nb", false},
          {"f|re|m: '^b$'", "a\nb", true},
          {"f|re: 'a.b'", "a\nb", false},
          {"f|re|s: 'a.b'", "a\nb", true},
          {"f|re|i|m|s: '^B.c$'", "a\nb\nC", true},
          {"f|re|startswith: 'b|a'", "ab", true},
          {"f|re|startswith: 'b|c'", "ab", false},
          {"f|re|endswith: 'a|b'", "ab", true},
          {"f|re|contains: 'b'", "abc", true}});
}

TEST(SpecificationAppendix, Encodings)
{
    hold({{"f|base64: foobar", "Zm9vYmFy", true},
          {"f|base64: foobar", "zm9vymfy", false},
          {"f|base64offset|contains: foobar", "eGZvb2Jhcg==", true},
          {"f|utf16le|base64: cmd", "YwBtAGQA", true},
          {"f|utf16be|base64: cmd", "AGMAbQBk", true},
          {"f|utf16|base64: cmd", "//5jAG0AZAA=", true},
          {"f|wide|base64: cmd", "YwBtAGQA", true}});
}

TEST(SpecificationAppendix, Numbers)
{
    hold({{"f|lt: 5", "4", true},
          {"f|lt: 5", "5", false},
          {"f|lte: 5", "5", true},
          {"f|gt: 5", "6", true},
          {"f|gt: 5", "5", false},
          {"f|gte: 5", "5", true},
          {"f|neq: 5", "6", true},
          {"f|neq: 5", "5", false},
          {"f|gt: 5", "ten", false},
          {"f|lt: 1.5", "1.4", true}});
}

TEST(SpecificationAppendix, TimesAreTakenAsWritten)
{
    hold({{"f|minute: 5", "2026-10-03T07:05:09Z", true},
          {"f|hour: 7", "2026-10-03T07:05:09+07:00", true},
          {"f|hour: 0", "2026-10-03T07:05:09+07:00", false},
          {"f|hour: 8", "2019-03-02 08:51:00.008", true},
          {"f|hour|gte: 22", "2026-10-03 23:05", true},
          {"f|day: 3", "2026-10-03", true},
          {"f|week: 40", "2026-10-03T07:05:09Z", true},
          {"f|month: 10", "2026-10-03T07:05:09Z", true},
          {"f|year: 2026", "2026-10-03T07:05:09Z", true},
          {"f|year: 2026", "2026", false},
          {"f|hour: 7", "2026-13-03T07:05:09Z", false}});
}

TEST(SpecificationAppendix, Networks)
{
    hold({{"f|cidr: 10.0.0.0/8", "10.255.0.1", true},
          {"f|cidr: 10.0.0.0/8", "11.0.0.1", false},
          {"f|cidr: '2001:db8::/32'", "2001:db8::1", true},
          {"f|cidr: '2001:db8::/32'", "2001:db9::1", false},
          {"f|cidr: [10.0.0.0/8, 192.168.0.0/16]", "192.168.7.7", true}});
}

TEST(SpecificationAppendix, AFieldReferenceComparesFieldsOfTheEvent)
{
    const auto loaded = load(rule("same", "  s: {f|fieldref: g}\n  condition: s") +
                             rule("other", "  s: {f|fieldref|neq: g}\n  condition: s"));
    EXPECT_EQ(matches(loaded, {{"f", "x"}, {"g", "X"}}), "same");
    EXPECT_EQ(matches(loaded, {{"f", "x"}, {"g", "y"}}), "other");
}

TEST(SpecificationAppendix, WhatReadsTheValueAsWrittenStandsFirst)
{
    for (const std::string_view line :
         {"f|windash|re: x", "f|contains|cidr: 10.0.0.0/8", "f|expand|fieldref: g",
          "f|base64|exists: true", "f|startswith|gt: 5", "f|wide|hour: 7"}) {
        EXPECT_NE(
            text_of(load(rule("R", fmt::format("  s: {{{}}}\n  condition: s", line))).diagnostics)
                .find("error"),
            std::string::npos)
            << line;
    }
}

// --- Attributes -------------------------------------------------------------------------------

TEST(SpecificationAttributes, AllOfThemAreKept)
{
    const auto loaded = load(R"(title: Whole
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
name: whole_rule
related:
  - id: 08fbc97d-0a2f-491c-ae21-8ffcfd3174e9
    type: derived
taxonomy: sigma
status: test
description: What it does
license: MIT
author: Ani, Budi
references: [https://a.example]
date: 2019-10-23
modified: 2020-01-31
logsource: {category: test, definition: 'Set it up'}
detection:
  s: {f: 1}
  condition: s
fields: [CommandLine, User]
falsepositives: [Admins]
level: high
tags: [attack.t1110.001, tlp.amber]
scope: [server]
house: {anything: goes}
)");
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    const auto& info = *loaded.rules->rules()[0];
    EXPECT_EQ(info.id, "929a690e-bef0-4204-a928-ef5e620d6fcc");
    EXPECT_EQ(info.name, "whole_rule");
    ASSERT_EQ(info.related.size(), 1U);
    EXPECT_EQ(info.related[0].id, "08fbc97d-0a2f-491c-ae21-8ffcfd3174e9");
    EXPECT_EQ(info.related[0].type, "derived");
    EXPECT_EQ(info.taxonomy, "sigma");
    EXPECT_EQ(info.status, "test");
    EXPECT_EQ(info.description, "What it does");
    EXPECT_EQ(info.license, "MIT");
    EXPECT_EQ(info.author, "Ani, Budi");
    EXPECT_EQ(info.references, (std::vector<std::string>{"https://a.example"}));
    EXPECT_EQ(info.date, "2019-10-23");
    EXPECT_EQ(info.modified, "2020-01-31");
    EXPECT_EQ(info.logsource, "category test");
    EXPECT_EQ(info.logsource_definition, "Set it up");
    EXPECT_EQ(info.fields, (std::vector<std::string>{"CommandLine", "User"}));
    EXPECT_EQ(info.false_positives, (std::vector<std::string>{"Admins"}));
    EXPECT_EQ(info.level, model::Level::High);
    EXPECT_EQ(info.techniques, (std::vector<std::string>{"T1110.001"}));
    EXPECT_EQ(info.scope, (std::vector<std::string>{"server"}));
}

TEST(SpecificationAttributes, WhatTheSchemaForbidsIsTold)
{
    const auto told = [](std::string_view more) {
        return text_of(load(fmt::format("{}{}\n", rule("R", "  s: {f: 1}\n  condition: s"), more))
                           .diagnostics);
    };
    EXPECT_NE(told("date: 2019/10/23").find("warning: '2019/10/23' is no date"), std::string::npos);
    EXPECT_NE(told("modified: 2019-02-30").find("is no date"), std::string::npos);
    EXPECT_NE(told("related: [{id: x, type: obsoletes}]").find("a related rule has"),
              std::string::npos);
    EXPECT_NE(told("tags: [Initial Access]").find("is no tag"), std::string::npos);
    EXPECT_NE(told("taxonomy: ocsf").find("error: the taxonomy 'ocsf' is not known"),
              std::string::npos);
    EXPECT_NE(told("status: fine").find("error: unknown status"), std::string::npos);
    EXPECT_NE(told("level: severe").find("error: unknown level"), std::string::npos);
    EXPECT_EQ(told("taxonomy: ecs"), "");
}

// --- Collections of documents -----------------------------------------------------------------

TEST(SpecificationDocuments, ActionsShareTextBetweenThem)
{
    const auto loaded = load(R"(action: global
title: Shared
detection:
  condition: s
level: high
---
id: 10000000-0000-4000-a000-000000000011
logsource: {category: test}
detection:
  s: {f: 1}
---
action: repeat
id: 10000000-0000-4000-a000-000000000012
detection:
  s: {g: 1}
---
action: reset
---
title: Alone
id: 10000000-0000-4000-a000-000000000013
logsource: {category: test}
detection:
  s: {h: 1}
  condition: s
)");
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    ASSERT_EQ(loaded.rules->rules().size(), 3U);
    EXPECT_EQ(loaded.rules->rules()[0]->level, model::Level::High);
    EXPECT_EQ(loaded.rules->rules()[2]->level, model::Level::Medium);
    EXPECT_EQ(matches(loaded, {{"f", "1"}}), "Shared");
    // The repeated document keeps what it does not say anew.
    EXPECT_EQ(matches(loaded, {{"f", "1"}, {"g", "1"}}), "Shared,Shared");
    EXPECT_EQ(matches(loaded, {{"h", "1"}}), "Alone");
    EXPECT_NE(text_of(load("action: repeat\ntitle: x\n").diagnostics).find("before it to repeat"),
              std::string::npos);
    EXPECT_NE(text_of(load("action: jump\ntitle: x\n").diagnostics).find("unknown action 'jump'"),
              std::string::npos);
}

// --- Filters ----------------------------------------------------------------------------------

const std::string kFiltered =
    rule("Rar", "  selection: {f: rar}\n  condition: 1 of selection*") + "name: rar\n";

std::string filter(std::string_view rules, std::string_view condition,
                   std::string_view logsource = "{category: test}")
{
    return fmt::format("---\ntitle: Admins\nid: 10000000-0000-4000-a000-000000000021\n"
                       "logsource: {}\nfilter:\n  rules: {}\n"
                       "  selection: {{User|startswith: adm_}}\n  condition: {}\n",
                       logsource, rules, condition);
}

TEST(SpecificationFilters, NarrowTheRulesTheyName)
{
    const auto loaded = load(kFiltered + rule("Other", "  s: {f: rar}\n  condition: s") +
                             filter("[rar]", "not selection"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    EXPECT_EQ(matches(loaded, {{"f", "rar"}, {"User", "ani"}}), "Other,Rar");
    EXPECT_EQ(matches(loaded, {{"f", "rar"}, {"User", "adm_ani"}}), "Other");
    // The rule's own '1 of selection*' does not reach the filter's selection.
    EXPECT_EQ(matches(loaded, {{"f", "zip"}, {"User", "adm_ani"}}), "");
    EXPECT_EQ(loaded.rules->rules().size(), 2U);
}

TEST(SpecificationFilters, WithoutNegationTheyKeepOnlyWhatTheyDescribe)
{
    const auto loaded = load(kFiltered + filter("[rar]", "selection"));
    EXPECT_NE(text_of(loaded.diagnostics).find("warning: the filter's condition has no 'not'"),
              std::string::npos);
    EXPECT_EQ(matches(loaded, {{"f", "rar"}, {"User", "adm_ani"}}), "Rar");
    EXPECT_EQ(matches(loaded, {{"f", "rar"}, {"User", "ani"}}), "");
}

TEST(SpecificationFilters, AnyIsEveryRuleOfTheLogSource)
{
    for (const std::string_view rules : {"any", "all", "[]"}) {
        const auto loaded = load(kFiltered + filter(rules, "not selection"));
        ASSERT_EQ(text_of(loaded.diagnostics), "") << rules;
        EXPECT_EQ(matches(loaded, {{"f", "rar"}, {"User", "adm_ani"}}), "") << rules;
    }
    const auto elsewhere = load(kFiltered + filter("any", "not selection", "{product: linux}"));
    EXPECT_EQ(matches(elsewhere, {{"f", "rar"}, {"User", "adm_ani"}}), "Rar");
}

TEST(SpecificationFilters, WhatTheyCannotNarrowIsTold)
{
    const auto told = [](const std::string& text) { return text_of(load(text).diagnostics); };
    EXPECT_NE(told(kFiltered + filter("[nobody]", "not selection")).find("'nobody', which is"),
              std::string::npos);
    EXPECT_NE(told(kFiltered + filter("[rar]", "not selection", "{product: linux}"))
                  .find("is of the log source category test, not of the filter's product linux"),
              std::string::npos);
    EXPECT_NE(told("---\ntitle: F\nlogsource: {category: test}\nfilter: {selection: {f: 1}, "
                   "condition: not selection}\n")
                  .find("the filter names no rules"),
              std::string::npos);
    EXPECT_NE(told(kFiltered + filter("[rar]", "[not selection]")).find("exactly one condition"),
              std::string::npos);
    EXPECT_NE(told("---\ntitle: F\nfilter: {rules: [rar], selection: {f: 1}, condition: not "
                   "selection}\n")
                  .find("has no logsource"),
              std::string::npos);
}

// --- Old aggregations -------------------------------------------------------------------------

TEST(OldAggregations, BecomeTheCorrelationTheyMean)
{
    const auto loaded = load(rule("Many", "  s: {f: fail}\n  timeframe: 1m\n"
                                          "  condition: s | count(user) by ip > 1"));
    ASSERT_EQ(text_of(loaded.diagnostics), "");
    ASSERT_EQ(loaded.rules->rules().size(), 1U);
    EXPECT_TRUE(loaded.rules->rules()[0]->correlation);
    model::EventBatch batch;
    for (const auto& [at, user] : {std::pair(0, "ani"), {1, "ani"}, {2, "budi"}}) {
        testing::add_event(batch, at, {{"f", "fail"}, {"ip", "192.0.2.1"}, {"user", user}});
    }
    std::vector<model::Detection> detections;
    std::vector<Signal> signals;
    Evaluator(loaded.rules).evaluate(batch, detections, signals);
    EXPECT_EQ(detections.size(), 0U) << "what is counted is no alert";
    Correlator(loaded.rules).feed(batch, signals, detections);
    ASSERT_EQ(detections.size(), 1U);
    EXPECT_EQ(detections[0].event_index, 2U);
    EXPECT_EQ(detections[0].correlation_summary,
              "2 values of user in 3 events of 'Many' by ip=192.0.2.1 in 1m");
}

TEST(OldAggregations, WithoutAMeaningTodayAreRefusedByName)
{
    const auto told = [](std::string_view condition,
                         std::string_view timeframe = "  timeframe: 1m\n") {
        return text_of(
            load(rule("R", fmt::format("  s: {{f: 1}}\n{}  condition: {}", timeframe, condition)))
                .diagnostics);
    };
    EXPECT_EQ(told("s | count() > 5"), "");
    EXPECT_EQ(told("s | count() by a, b >= 5"), "");
    EXPECT_EQ(told("s | sum(bytes) by ip > 300000"), "");
    EXPECT_EQ(told("s | avg(bytes) by ip < 3"), "");
    EXPECT_NE(told("s | near t and not u").find("the old 'near' is not read"), std::string::npos);
    EXPECT_NE(told("s | max(bytes) by ip > 3").find("the old 'max()'"), std::string::npos);
    EXPECT_NE(told("s | median(x) > 3").find("'median' is no aggregation"), std::string::npos);
    EXPECT_NE(told("s | count( > 3").find("in parentheses"), std::string::npos);
    EXPECT_NE(told("s | count() by > 3").find("after 'by'"), std::string::npos);
    EXPECT_NE(told("s | count() by ip").find("ends with a comparison"), std::string::npos);
    EXPECT_NE(told("s | count() > nan").find("ends with a comparison"), std::string::npos);
    EXPECT_NE(told("s | sum(bytes) > inf").find("ends with a comparison"), std::string::npos);
    EXPECT_NE(told("s | count() > 3 and s").find("follows the aggregation"), std::string::npos);
    EXPECT_NE(told("s | count() > 5", "").find("has no 'timeframe'"), std::string::npos);
    EXPECT_NE(told("s").find("and there is none"), std::string::npos);
}

// --- The specification's own files ------------------------------------------------------------

std::string read_text(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(SpecificationFiles, ItsExamplesLoad)
{
    const char* corpora = std::getenv("TANGGAP_CORPORA");
    if (corpora == nullptr) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    // What the correlations and filters of the examples name.
    std::vector<RuleFile> files;
    std::string named;
    int number = 100;
    for (const char* name : {"recon_cmd_a", "recon_cmd_b", "recon_cmd_c", "website_access",
                             "rule_a_id", "process_creation"}) {
        named += rule(fmt::format("{} {}", name, ++number), "  s: {f: 1}\n  condition: s") +
                 fmt::format("name: {}\n", name);
    }
    for (const char* id :
         {"5638f7c0-ac70-491d-8465-2a65075e0d86", "6f3e2987-db24-4c78-a860-b4f4095a7095",
          "df0841c0-9846-4e9f-ad8a-7df91571771b"}) {
        named += fmt::format("---\ntitle: T\nid: {}\nlogsource: {{category: process_creation, "
                             "product: windows}}\ndetection:\n  s: {{f: 1}}\n  condition: s\n",
                             id);
    }
    const std::filesystem::path folder = std::string(corpora) + "/sigma/spec/tests/schema";
    ASSERT_TRUE(std::filesystem::exists(folder)) << folder;
    std::size_t examples = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() == ".yml") {
            ++examples;
            std::vector<Diagnostic> diagnostics;
            files = {{.name = "named.yml", .yaml = named},
                     {.name = entry.path().filename().string(), .yaml = read_text(entry.path())}};
            const auto rules = RuleSet::load(files, testing::mapping_files(), diagnostics);
            std::erase_if(diagnostics, [](const Diagnostic& one) {
                return one.severity == Diagnostic::Severity::Warning;
            });
            EXPECT_EQ(text_of(diagnostics), "") << entry.path();
        }
    }
    EXPECT_GE(examples, 12U);
}

} // namespace
} // namespace tanggap::detect
