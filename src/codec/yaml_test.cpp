#include "codec/yaml.h"

#include <gtest/gtest.h>

namespace tanggap::codec {
namespace {

TEST(Yaml, KeepsOrderStyleAndPlaceOfEveryValue)
{
    const auto stream =
        parse_yaml("title: A rule\nlist:\n  - 'one'\n  - \"two\"\n  - |\n    three\n");
    ASSERT_TRUE(stream.sound(0));
    const auto& root = stream.documents[0];
    ASSERT_EQ(root.entries.size(), 2U);
    EXPECT_EQ(root.entries[0].key.text, "title");
    EXPECT_EQ(root.find("title")->column, 8U);
    const auto& list = *root.find("list");
    ASSERT_EQ(list.items.size(), 3U);
    EXPECT_EQ(list.items[0].style, YamlNode::Style::SingleQuoted);
    EXPECT_EQ(list.items[0].line, 3U);
    EXPECT_EQ(list.items[0].column, 5U);
    EXPECT_EQ(list.items[1].style, YamlNode::Style::DoubleQuoted);
    EXPECT_EQ(list.items[2].style, YamlNode::Style::Block);
    EXPECT_EQ(list.items[2].text, "three\n");
}

TEST(Yaml, ReadsSeveralDocuments)
{
    const auto stream = parse_yaml("a: 1\n---\nb: 2\n---\n- c\n");
    ASSERT_EQ(stream.documents.size(), 3U);
    EXPECT_TRUE(stream.problems.empty());
    EXPECT_TRUE(stream.documents[2].is_sequence());
}

TEST(Yaml, ReadsNothingFromAViewOfNothing)
{
    const auto stream = parse_yaml(std::string_view{});
    EXPECT_TRUE(stream.documents.empty());
    EXPECT_TRUE(stream.problems.empty());
}

TEST(Yaml, TellsNumbersBooleansAndNullFromText)
{
    const auto stream = parse_yaml("[4625, '4625', 0x1F, -3, 2.5, true, 'true', null, ~, '', 1e3, "
                                   "1.2.3, 99999999999999999999]");
    ASSERT_TRUE(stream.sound(0));
    const auto& items = stream.documents[0].items;
    EXPECT_EQ(items[0].as_integer(), 4625);
    EXPECT_EQ(items[1].as_integer(), std::nullopt);
    EXPECT_EQ(items[2].as_integer(), 31);
    EXPECT_EQ(items[3].as_integer(), -3);
    EXPECT_EQ(items[4].as_integer(), std::nullopt);
    EXPECT_EQ(items[4].as_number(), 2.5);
    EXPECT_EQ(items[5].as_bool(), true);
    EXPECT_EQ(items[6].as_bool(), std::nullopt);
    EXPECT_TRUE(items[7].is_null());
    EXPECT_TRUE(items[8].is_null());
    EXPECT_FALSE(items[9].is_null());
    EXPECT_EQ(items[10].as_number(), 1000);
    EXPECT_EQ(items[11].as_number(), std::nullopt);
    EXPECT_EQ(items[12].as_integer(), std::nullopt);
    EXPECT_TRUE(items[12].as_number());
}

TEST(Yaml, ReportsEachDuplicateKeyWithItsPlaceAndReadsOn)
{
    const auto stream = parse_yaml("a: 1\nb: 2\na: 3\nb: 4\n---\nc: 5\n");
    ASSERT_EQ(stream.problems.size(), 2U);
    EXPECT_EQ(stream.problems[0].line, 3U);
    EXPECT_EQ(stream.problems[0].column, 1U);
    EXPECT_NE(stream.problems[0].message.find("'a' appears twice"), std::string::npos);
    EXPECT_EQ(stream.problems[1].line, 4U);
    EXPECT_FALSE(stream.sound(0));
    EXPECT_TRUE(stream.sound(1));
}

TEST(Yaml, WritesAliasesOut)
{
    const auto stream = parse_yaml("a: &x [1, 2]\nb: *x\n");
    ASSERT_TRUE(stream.sound(0));
    EXPECT_EQ(stream.documents[0].find("b")->items.size(), 2U);
}

TEST(Yaml, RefusesAnAliasBomb)
{
    std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 10; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int n = 0; n < 10; ++n) {
            bomb += (n == 0 ? "" : ",") + before;
        }
        bomb += "]\n";
    }
    const auto stream = parse_yaml(bomb);
    ASSERT_FALSE(stream.problems.empty());
    EXPECT_NE(stream.problems[0].message.find("more than"), std::string::npos);
    EXPECT_FALSE(stream.sound(0));
}

struct Broken {
    std::string_view text;
    std::string_view says;
    std::size_t line;
};

TEST(Yaml, SaysWhatIsWrongAndWhere)
{
    const std::string deep = std::string(70, '[') + std::string(70, ']');
    const Broken cases[] = {
        {"a: [1, 2\nb: 3\n", "not YAML", 2},         {"a: 1\n\tb: 2\n", "not YAML", 2},
        {"a: *nothing\n", "stands for nothing", 1},  {"a: &a [*a]\n", "stands for nothing", 1},
        {"? [x]\n: 1\n", "keys are plain words", 1}, {"<<: {a: 1}\n", "merge keys", 1},
        {"a: 1\nb: \xff\n", "not YAML", 2},          {deep, "nested deeper", 1},
    };
    for (const auto& [text, says, line] : cases) {
        SCOPED_TRACE(text);
        const auto stream = parse_yaml(text);
        ASSERT_FALSE(stream.problems.empty());
        EXPECT_NE(stream.problems[0].message.find(says), std::string::npos)
            << stream.problems[0].message;
        EXPECT_EQ(stream.problems[0].line, line);
    }
}

TEST(Yaml, AnEmptyTextHasNoDocuments)
{
    EXPECT_TRUE(parse_yaml("").documents.empty());
    EXPECT_TRUE(parse_yaml("# only a comment\n").problems.empty());
}

} // namespace
} // namespace tanggap::codec
