#include "normalize/enrich.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "normalize/mmdb_for_test.h"

namespace tanggap::normalize {
namespace {

constexpr std::string_view kAssets = R"(network,name,organisation,contact,value
192.0.2.0/24,city network,Diskominfo,noc@kota.example,2
192.0.2.80,portal.kota.example,"Dinas Kesehatan, Kota",it@kota.example,3
2001:db8::/32,v6,Diskominfo,,1
)";

std::shared_ptr<const GeoTable> geo_of(const std::string& name, std::string_view bytes)
{
    const auto path = std::filesystem::path(::testing::TempDir()) / name;
    std::ofstream(path, std::ios::binary) << bytes;
    auto table = GeoTable::open(path.string(), "");
    EXPECT_TRUE(table) << (table ? "" : table.error().message);
    return table ? *table : nullptr;
}

std::string example_mmdb()
{
    testing::MmdbWriter writer(1'790'000'000);
    // Not of documentation, as elsewhere in tests: those have no country.
    writer.add("9.0.113.0", 24, "ID");
    writer.add("9.0.113.128", 25, "SG");
    writer.add("2001:db9::", 32, "JP");
    return writer.bytes();
}

TEST(AssetTable, the_longest_prefix_wins)
{
    std::vector<AssetProblem> problems;
    const auto table = *AssetTable::parse_csv(kAssets, problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(table->find("192.0.2.80")->organisation, "Dinas Kesehatan, Kota");
    EXPECT_EQ(table->find("192.0.2.81")->name, "city network");
    EXPECT_EQ(table->find("::ffff:192.0.2.80")->value, 3);
    EXPECT_EQ(table->find("2001:DB8::1")->name, "v6");
    EXPECT_EQ(table->find("198.51.100.1"), nullptr);
    EXPECT_EQ(table->find("no address"), nullptr);
    EXPECT_EQ(table->find_name("Portal.Kota.Example")->value, 3);
}

TEST(AssetTable, every_bad_row_is_named_and_nothing_is_taken)
{
    using enum AssetProblem::Kind;
    struct Case {
        std::string_view row;
        AssetProblem::Kind kind;
        std::string_view found;
    };
    const std::vector<Case> cases{
        {"192.0.2.7/24,b,,,2", Twice, "192.0.2.7/24"},
        {"x,c,,,1", Network, "x"},
        {"192.0.2.0/33,d,,,1", Network, "192.0.2.0/33"},
        {"198.51.100.1,,,,1", Name, "198.51.100.1"},
        {"198.51.100.1,e,,,9", Value, "9"},
        {"198.51.100.1,e,,,high", Value, "high"},
        {"198.51.100.1,f,,,1,more", Columns, "198.51.100.1,f,,,1,more"},
        {"198.51.100.1,\"g,,,1", Columns, "198.51.100.1,\"g,,,1"},
        {"198.51.100.1,h\x01,,,1", Text, "198.51.100.1,h\x01,,,1"},
        {"198.51.100.1,\xff,,,1", Text, "198.51.100.1,\xff,,,1"},
    };
    std::string csv = "192.0.2.0/24,a,,,2\n";
    for (const Case& each : cases) {
        csv.append(each.row).append("\n");
    }
    std::vector<AssetProblem> problems;
    const auto table = AssetTable::parse_csv(csv, problems);
    ASSERT_FALSE(table);
    ASSERT_EQ(problems.size(), cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        EXPECT_EQ(problems[i].kind, cases[i].kind) << cases[i].row;
        EXPECT_EQ(problems[i].found, cases[i].found);
        EXPECT_EQ(problems[i].line, i + 2);
    }
    EXPECT_EQ(problems[0].other_line, 1U);
}

TEST(AssetTable, a_spreadsheet_with_semicolons_reads_as_well)
{
    std::vector<AssetProblem> problems;
    const auto table =
        AssetTable::parse_csv("\xEF\xBB\xBFNetwork;Name;Organisation;Contact;Value\r\n"
                              "192.0.2.0/24;\"kantor; pusat\";Dinas, Kota;;3\r\n",
                              problems);
    ASSERT_TRUE(table);
    EXPECT_EQ((*table)->find("192.0.2.1")->name, "kantor; pusat");
    EXPECT_EQ((*table)->find("192.0.2.1")->organisation, "Dinas, Kota");
}

TEST(GeoTable, countries_are_found_for_both_families)
{
    const auto geo = geo_of("geo.mmdb", example_mmdb());
    ASSERT_NE(geo, nullptr);
    EXPECT_EQ(geo->country("9.0.113.9"), "ID");
    EXPECT_EQ(geo->country("9.0.113.200"), "SG");
    EXPECT_EQ(geo->country("2001:db9::5"), "JP");
    EXPECT_EQ(geo->country("9.1.0.1"), "");
    EXPECT_EQ(geo->country("rubbish"), "");
    EXPECT_EQ(geo->built_at().seconds(), 1'790'000'000);
}

TEST(GeoTable, an_address_of_a_local_net_or_of_documents_has_no_country_whatever_the_file_says)
{
    testing::MmdbWriter writer(1'790'000'000);
    writer.add("0.0.0.0", 1, "AU");
    writer.add("128.0.0.0", 1, "AU");
    writer.add("fc00::", 6, "AU");
    writer.add("2001:d00::", 24, "AU");
    const auto geo = geo_of("everywhere.mmdb", writer.bytes());
    ASSERT_NE(geo, nullptr);
    for (const auto* local : {"10.0.0.1",
                              "10.255.255.255",
                              "172.16.27.74",
                              "172.31.255.255",
                              "192.168.1.5",
                              "127.0.0.1",
                              "169.254.9.9",
                              "100.64.0.1",
                              "100.127.255.255",
                              "0.0.0.0",
                              "fc00::1",
                              "fdff::1",
                              "fe80::1",
                              "febf::1",
                              "::1",
                              "::ffff:192.168.1.5",
                              "192.0.2.0",
                              "192.0.2.255",
                              "198.51.100.7",
                              "203.0.113.9",
                              "::ffff:203.0.113.9",
                              "2001:db8::1",
                              "2001:db8:ffff::1"}) {
        EXPECT_EQ(geo->country(local), "") << local;
    }
    for (const auto* global :
         {"9.255.255.255", "11.0.0.0",       "172.15.255.255", "172.32.0.0",      "192.167.255.255",
          "192.169.0.0",   "100.63.255.255", "100.128.0.0",    "126.255.255.255", "128.0.0.0",
          "169.253.0.1",   "169.255.0.1",    "fec0::1",        "fe7f::1",         "192.0.1.255",
          "192.0.3.0",     "198.51.99.255",  "203.0.114.0",    "2001:db7::1",     "2001:db9::1"}) {
        EXPECT_EQ(geo->country(global), "AU") << global;
    }
}

TEST(GeoTable, a_file_that_is_no_database_is_refused)
{
    const auto path = std::filesystem::path(::testing::TempDir()) / "no.mmdb";
    std::ofstream(path) << "text";
    const auto table = GeoTable::open(path.string(), "");
    ASSERT_FALSE(table);
    EXPECT_NE(table.error().message.find("MaxMind DB"), std::string::npos);
}

TEST(Enrich, adds_country_asset_and_owner)
{
    std::vector<AssetProblem> problems;
    const Enrichment tables{.geo = geo_of("geo2.mmdb", example_mmdb()),
                            .assets = *AssetTable::parse_csv(kAssets, problems)};
    model::EventBatch batch;
    for (const std::string_view destination : {"192.0.2.80", "198.51.100.1"}) {
        model::Event& event = batch.events.emplace_back();
        event.fields = {{"source.ip", model::string_value("9.0.113.9")},
                        {"destination.ip", model::string_value(destination)}};
    }
    model::Event& by_name = batch.events.emplace_back();
    by_name.fields = {{"url.domain", model::string_value("portal.kota.example")}};
    enrich(tables, batch);

    EXPECT_EQ(batch.events[0].text("source.geo.country_iso_code"), "ID");
    EXPECT_EQ(batch.events[0].text("tanggap.asset.name"), "portal.kota.example");
    EXPECT_EQ(batch.events[0].text("tanggap.asset.value"), "3");
    EXPECT_EQ(batch.events[0].text("organization.name"), "Dinas Kesehatan, Kota");
    EXPECT_EQ(batch.events[1].find("tanggap.asset.id"), nullptr);
    EXPECT_EQ(batch.events[2].text("tanggap.asset.id"), "192.0.2.80");
}

} // namespace
} // namespace tanggap::normalize
