// Real event logs: counts, values and snapshots as other parsers give them.
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "codec/evtx.h"
#include "codec/evtx/logs_for_test.h"
#include "codec/evtx/xml_for_test.h"

namespace tanggap::codec {
namespace {

namespace fs = std::filesystem;

using testing::event_logs;
using testing::files_of_tar;
using testing::kLogSets;
using testing::text_of;
using testing::unpacked;

fs::path corpus()
{
    return event_logs();
}

/// Fields of a line of CSV; one in quotes may hold commas.
std::vector<std::string> fields_of(std::string_view line)
{
    std::vector<std::string> out(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            out.emplace_back();
        } else {
            out.back() += c;
        }
    }
    return out;
}

std::vector<std::vector<std::string>> rows_of(const fs::path& path)
{
    std::vector<std::vector<std::string>> rows;
    std::ifstream in(path);
    std::string line;
    std::getline(in, line); // names of columns
    while (std::getline(in, line)) {
        rows.push_back(fields_of(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line));
    }
    return rows;
}

struct Counts {
    std::size_t read = 0;
    std::size_t damaged = 0;
    friend bool operator==(Counts, Counts) = default;
    friend std::ostream& operator<<(std::ostream& out, Counts counts)
    {
        return out << counts.read << " read, " << counts.damaged << " damaged";
    }
};

/// Every record written as JSON and as XML; both must be well-formed.
Counts count(const std::string& file, const std::string& name)
{
    Counts counts;
    auto reader = EvtxReader::open(memory_bytes(file));
    EXPECT_TRUE(reader.has_value()) << name;
    EvtxRecord record;
    while (reader && (*reader)->next(record).value_or(false)) {
        const auto json =
            record.damage.empty() ? (*reader)->json({}) : base::corrupt(record.damage);
        counts.read += json ? 1 : 0;
        counts.damaged += json ? 0 : 1;
        if (!json) {
            std::cout << name << ": " << json.error().message << "\n";
            continue;
        }
        EXPECT_TRUE(nlohmann::json::accept(*json)) << name << " " << record.id;
        // Zeros where the BinXML was: a record without an element, as other parsers count it.
        const bool empty = *json == "{}";
        const auto xml = (*reader)->xml();
        EXPECT_TRUE(xml && (empty || testing::read_xml(*xml))) << name << " " << record.id;
    }
    return counts;
}

std::size_t number_of(const std::string& text)
{
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

TEST(EvtxCorpus, every_record_of_every_log_is_read)
{
    const fs::path root = corpus();
    if (root.empty()) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    std::map<std::string, Counts> damaged;
    for (const auto& row : rows_of(root / "expected/parser-edge-cases-shared-rust-evtx.csv")) {
        damaged.emplace("samples/" + row.at(0), Counts{number_of(row.at(1)), number_of(row.at(2))});
    }
    std::size_t logs = 0;
    std::size_t records = 0;
    for (const std::string set : kLogSets) {
        const auto files = files_of_tar(unpacked(root / (set + "-shared.tar.zst")));
        for (const auto& row : rows_of(root / "expected" / (set + "-shared.csv"))) {
            const auto file = std::ranges::find_if(
                files, [&](const auto& one) { return one.first.ends_with("/" + row.at(0)); });
            ASSERT_NE(file, files.end()) << row.at(0);
            const auto known = damaged.find(row.at(0));
            const Counts expected =
                known == damaged.end() ? Counts{number_of(row.at(3)), 0} : known->second;
            const Counts found = count(file->second, row.at(0));
            EXPECT_EQ(found, expected) << row.at(0);
            ++logs;
            records += found.read;
        }
    }
    std::cout << logs << " logs, " << records << " records\n";
    EXPECT_EQ(logs, 306U);
}

/// Numbers in hex, times, GUIDs and white space as each tool writes them, in one form.
std::string plain_value(std::string value)
{
    if (value.starts_with("0x") &&
        value.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string::npos) {
        const auto digits = value.find_first_not_of('0', 2);
        return "0x" + (digits == std::string::npos ? "0" : value.substr(digits));
    }
    if (value.size() > 20 && value[10] == 'T' && value.back() == 'Z' && value[19] == '.') {
        value.pop_back();
        return value.substr(0, value.find_last_not_of('0') + 1);
    }
    if (value.size() == 38 && value.front() == '{' && value.back() == '}') {
        std::ranges::transform(value, value.begin(),
                               [](char c) { return static_cast<char>(std::toupper(c)); });
    }
    std::string out;
    for (const char c : value) {
        if (c != '\r') {
            out += c;
        }
    }
    return out.find_first_not_of(" \n\t") == std::string::npos ? "" : out;
}

std::string plain_tree(const testing::XmlNode& node)
{
    std::map<std::string, std::string> attributes;
    for (const auto& [name, value] : node.attributes) {
        attributes.emplace(name, plain_value(value));
    }
    std::string out = "<" + node.name;
    for (const auto& [name, value] : attributes) {
        out += " " + name + "='" + value + "'";
    }
    out += ">" + (node.children.empty() ? plain_value(node.text) : "");
    for (const testing::XmlNode& child : node.children) {
        out += plain_tree(child);
    }
    return out + "</>";
}

TEST(EvtxCorpus, xml_has_the_values_that_another_parser_gives)
{
    const fs::path root = corpus();
    if (root.empty()) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    std::size_t compared = 0;
    for (const auto& entry : fs::directory_iterator(root / "plain")) {
        if (!entry.path().string().ends_with(".expected.xml")) {
            continue;
        }
        const std::string stem = entry.path().stem().stem().string();
        const std::string file = text_of(root / "plain" / (stem + ".evtx"));
        const auto expected = testing::read_xml("<all>" + text_of(entry.path()) + "</all>");
        ASSERT_TRUE(expected) << entry.path();
        auto reader = EvtxReader::open(memory_bytes(file)).value();
        EvtxRecord record;
        for (const testing::XmlNode& event : expected->children) {
            ASSERT_TRUE(reader->next(record).value_or(false)) << stem;
            const auto ours = testing::read_xml(reader->xml().value());
            ASSERT_TRUE(ours) << stem;
            EXPECT_EQ(plain_tree(*ours), plain_tree(event)) << stem;
            ++compared;
        }
        EXPECT_FALSE(reader->next(record).value_or(true)) << stem;
    }
    std::cout << compared << " records compared\n";
    EXPECT_GE(compared, 60U);
}

/// Header of a snapshot: "---", lines, "---".
std::string body_of_snapshot(const std::string& text)
{
    return text.substr(text.find("\n---\n") + 5);
}

TEST(EvtxCorpus, json_equals_the_snapshots_in_both_shapes)
{
    const fs::path root = corpus();
    if (root.empty()) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    const auto files = files_of_tar(unpacked(root / "parser-edge-cases-shared.tar.zst"));
    const fs::path snapshots = root / "expected/rust-evtx-snapshots";
    std::size_t compared = 0;
    for (const auto& row : rows_of(snapshots / "index.csv")) {
        const std::string snapshot = body_of_snapshot(text_of(snapshots / row.at(0)));
        const bool is_json = snapshot.starts_with("{");
        const auto file = std::ranges::find_if(
            files, [&](const auto& one) { return one.first.ends_with("/" + row.at(1)); });
        ASSERT_NE(file, files.end()) << row.at(1);
        auto reader = EvtxReader::open(memory_bytes(file->second)).value();
        const bool first = row.at(2) == "first record";
        const auto id = first ? 0 : number_of(row.at(2).substr(row.at(2).rfind(' ') + 1));
        EvtxRecord record;
        do {
            ASSERT_TRUE(reader->next(record).value_or(false)) << row.at(0);
        } while (!first && record.id != id);
        const bool beside = snapshot.contains("\"Event_attributes\"");
        if (is_json) {
            const auto ours = reader->json(
                {.attributes = beside ? EvtxAttributes::Beside : EvtxAttributes::Inside,
                 .style = EvtxStyle::Plain});
            EXPECT_EQ(nlohmann::json::parse(ours.value()), nlohmann::json::parse(snapshot))
                << row.at(0);
        } else {
            EXPECT_TRUE(testing::read_xml(reader->xml().value())) << row.at(0);
        }
        compared += is_json ? 1 : 0;
    }
    EXPECT_EQ(compared, 6U);
}

} // namespace
} // namespace tanggap::codec
