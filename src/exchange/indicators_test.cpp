#include "exchange/indicators.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "generated/source_dir.h"

namespace tanggap::exchange {
namespace {

struct Read {
    std::string text; ///< an indicator a line
    IndicatorReport report;
    std::string error;
};

Read read(std::string_view text,
          const IndicatorDefaults& defaults = {.source = "us", .tlp = {}, .expires = {}})
{
    Read out;
    auto report = read_indicators(
        codec::memory_bytes(text, 100), defaults, [&out](const model::Indicator& one) {
            out.text +=
                fmt::format("{} {} {}", model::name_of(one.kind), one.value, one.confidence);
            for (const auto& part : {one.source, one.label, one.tlp}) {
                out.text += part.empty() ? "" : " " + part;
            }
            if (one.expires.ns != 0) {
                out.text += " " + base::format_rfc3339(one.expires);
            }
            out.text += "\n";
            return base::Status{};
        });
    if (report) {
        out.report = *report;
    } else {
        out.error = report.error().message;
    }
    return out;
}

std::string seed(const std::string& name)
{
    std::ifstream in(TANGGAP_SOURCE_DIR "/fuzz/seeds/indicators/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Indicators, a_list_has_one_a_line_in_the_forms_feeds_use)
{
    const auto found = read(seed("list"));
    EXPECT_EQ(found.text, "address 203.0.113.7 75 us\n"
                          "network 198.51.100.0/24 75 us\n"
                          "url evil.example/a?b 75 us\n"
                          "domain bad.example 75 us\n"
                          "address 203.0.113.9 75 us\n"
                          "email name@evil.example 75 us\n");
    EXPECT_EQ(found.report.format, "list");
    const auto refused = read("203.0.113.7\nno indicator here\n");
    EXPECT_EQ(refused.report.taken, 1U);
    EXPECT_EQ(refused.report.refused, 1U);
    EXPECT_NE(refused.report.problems.at(0).find("line 2"), std::string::npos);
}

TEST(Indicators, a_table_names_its_columns)
{
    const auto found = read(seed("csv"));
    EXPECT_EQ(found.report.format, "csv");
    EXPECT_EQ(found.text, "domain evil.example 90 us Bad, very TLP:AMBER 2027-01-01T00:00:00Z\n"
                          "hash 44d88612fea8a8f36de82e1278abb02f 75 us\n");
    const auto wrong = read("ioc;confidence\na.example;101\nb.example;x\nc.example;0\n");
    EXPECT_EQ(wrong.text, "domain c.example 0 us\n");
    EXPECT_EQ(wrong.report.refused, 2U);
}

TEST(Indicators, misp_events_give_what_is_for_detection)
{
    const auto found = read(seed("misp"));
    EXPECT_EQ(found.report.format, "misp");
    EXPECT_EQ(found.text, "address 203.0.113.7 75 Us Test TLP:AMBER\n"
                          "hash 44d88612fea8a8f36de82e1278abb02f 75 Us Test TLP:AMBER\n");
    EXPECT_EQ(found.report.left_out.at("type comment"), 1U);
}

TEST(Indicators, stix_bundles_give_their_patterns)
{
    const auto found = read(seed("stix"));
    EXPECT_EQ(found.report.format, "stix");
    EXPECT_EQ(found.text, "domain evil.example 85 Us TLP:AMBER 2027-01-01T00:00:00Z\n");
}

TEST(Indicators, other_documents_are_refused)
{
    EXPECT_NE(read("{\"a\":1}").error.find("neither MISP"), std::string::npos);
    EXPECT_NE(read("{\"a\":").error.find("no JSON"), std::string::npos);
    EXPECT_NE(read(std::string("\x7f"
                               "ELF\0\0",
                               6))
                  .error.find("binary"),
              std::string::npos);
}

TEST(IndicatorsCorpus, events_and_bundles_of_others_are_read)
{
    const char* const corpora = std::getenv("TANGGAP_CORPORA");
    if (corpora == nullptr) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    std::uint64_t taken = 0;
    std::uint64_t refused = 0;
    std::size_t documents = 0;
    for (const std::string folder : {"misp/events", "stix/cti-documentation"}) {
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::path(corpora) / folder)) {
            if (entry.path().extension() != ".json") {
                continue;
            }
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(in), {}};
            const auto found = read(text);
            // Galaxies, sightings and sharing groups alone hold no attribute.
            EXPECT_TRUE(found.error.empty() || text.find("\"Attribute\"") == std::string::npos)
                << entry.path() << ": " << found.error;
            taken += found.report.taken;
            refused += found.report.refused;
            ++documents;
            for (const auto& problem : found.report.problems) {
                std::cout << entry.path().filename() << ": " << problem << "\n";
            }
        }
    }
    std::cout << documents << " documents, " << taken << " indicators, " << refused << " refused\n";
    EXPECT_GT(taken, 100U);
    EXPECT_LT(refused, taken / 10);
}

} // namespace
} // namespace tanggap::exchange
