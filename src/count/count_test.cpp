#include <gtest/gtest.h>

#include "count/statistics.h"
#include "count/words.h"

namespace tanggap::count {
namespace {

using model::Language;

TEST(Period, has_its_borders_at_midnight_of_the_zone)
{
    const auto month = parse_period("2026-10", "WIB");
    ASSERT_TRUE(month) << month.error().message;
    EXPECT_EQ(base::format_rfc3339(month->from), "2026-09-30T17:00:00Z");
    EXPECT_EQ(base::format_rfc3339(month->to), "2026-10-31T17:00:00Z");
    EXPECT_EQ(month->days(), 31U);
    EXPECT_EQ(month->date_of(0), "2026-10-01");
    EXPECT_EQ(month->date_of(30), "2026-10-31");
    const auto east = parse_period("2026-12", "WIT");
    EXPECT_EQ(base::format_rfc3339(east->to), "2026-12-31T15:00:00Z");
    EXPECT_EQ(parse_period("2024", "WITA")->days(), 366U);
    EXPECT_EQ(parse_period("2026-02-28", "WIB")->days(), 1U);
    EXPECT_EQ(parse_period("2026-10-05..2026-10-18", "WIB")->days(), 14U);
}

TEST(Period, that_is_none_is_refused_with_its_text)
{
    for (const char* text : {"", "26", "2026-13", "2026-02-30", "2026-1", "2026/10", "2026-10-05..",
                             "2026-10..2026-11", "2026-10-05..2026-10-04", "-026-10", "+026",
                             "2026-10-05..2028-10-05", "1900", "2026-10-05x", "9999-12-31"}) {
        const auto period = parse_period(text, "WIB");
        ASSERT_FALSE(period) << text;
        EXPECT_EQ(period.error().code, base::Code::Invalid) << text;
    }
}

TEST(Period, is_titled_in_both_languages)
{
    EXPECT_EQ(title_of(*parse_period("2026-10", "WIB"), Language::Indonesian), "Oktober 2026");
    EXPECT_EQ(title_of(*parse_period("2026-10", "WIB"), Language::English), "October 2026");
    EXPECT_EQ(title_of(*parse_period("2026", "WIB"), Language::English), "2026");
    EXPECT_EQ(title_of(*parse_period("2026-10-05..2026-10-18", "WIT"), Language::Indonesian),
              "5 Oktober 2026 – 18 Oktober 2026");
}

TEST(Spread, is_n_mean_median_and_the_ninetieth_percentile)
{
    EXPECT_EQ(spread_of({}), (Spread{}));
    EXPECT_EQ(spread_of({7}), (Spread{.n = 1, .mean = 7, .median = 7, .p90 = 7}));
    EXPECT_EQ(spread_of({4, 1, 3, 2}), (Spread{.n = 4, .mean = 2, .median = 2, .p90 = 4}));
    EXPECT_EQ(spread_of({10, 1, 2, 3, 4, 5, 6, 7, 8, 9}),
              (Spread{.n = 10, .mean = 5, .median = 5, .p90 = 9}));
    EXPECT_EQ(spread_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}).p90, 10);
}

Statistics sample()
{
    Statistics statistics{.period = "2026-10",
                          .zone = "WIB",
                          .from = *base::parse_rfc3339("2026-09-30T17:00:00Z"),
                          .to = *base::parse_rfc3339("2026-10-31T17:00:00Z"),
                          .as_of = *base::parse_rfc3339("2026-11-01T01:05:00Z")};
    statistics.ladder = {
        {.id = "records", .rung = "L0", .value = 74'000, .problem = "counted since yesterday"},
        {.id = "campaigns", .rung = "L4", .value = std::nullopt, .problem = "not kept"},
        {.id = "attempts", .rung = "L3", .value = 1912, .list = "alerts", .q = "is:open"},
        {.id = "incidents", .rung = "L5", .value = 1, .list = "cases", .q = "is:incident"}};
    statistics.figures = {{.id = "unique_addresses", .value = 431}};
    statistics.breakdowns = {
        {.id = "source",
         .list = "alerts",
         .values = 2,
         .rows = {{.value = "=cmd|x", .label = {"=cmd|x", "=cmd|x"}, .count = 3, .q = "source:x"},
                  {.value = "", .label = {"Tidak diketahui", "Unknown"}, .count = 1, .q = "y"}}}};
    statistics.intervals = {
        {.id = "contain", .list = "cases", .q = "z", .spread = spread_of({60, 120})},
        {.id = "dwell", .list = "cases", .q = "z", .spread = {}}};
    statistics.days = {
        {.date = "2026-10-01", .attempts = 0, .hours = 24, .covered = 0},
        {.date = "2026-10-02", .attempts = 7, .events = 9, .hours = 24, .covered = 5}};
    statistics.coverage = {
        .known = true,
        .problem = "",
        .hours = 48,
        .sensors = {{.name = "fw-1", .events = 9, .hours_up = 5, .hours_by_day = {0, 5}}}};
    return statistics;
}

TEST(StatisticsJson, is_read_back_as_it_was_and_always_the_same_bytes)
{
    const std::string json = write_json(sample());
    const auto read = read_statistics(json);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, sample());
    EXPECT_EQ(write_json(*read), json);
}

TEST(StatisticsJson, that_is_damaged_is_told)
{
    for (const char* text : {"", "{}", "[1]", R"({"period":7})"}) {
        const auto read = read_statistics(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, base::Code::Corrupt);
    }
    // What came from a log as broken UTF-8 neither throws nor breaks the document.
    Statistics broken = sample();
    broken.breakdowns.front().rows.front().value = "\xff\xfe";
    EXPECT_TRUE(read_statistics(write_json(broken)));
}

TEST(Csv, makes_formulas_harmless_and_leaves_gaps_empty)
{
    const std::string csv = write_csv(sample(), Language::Indonesian);
    EXPECT_NE(csv.find("\"'=cmd|x\",\"3\""), std::string::npos) << csv;
    EXPECT_NE(csv.find("\"2026-10-01\",\"\""), std::string::npos) << csv; // a gap, not zero
    EXPECT_NE(csv.find("\"2026-10-02\",\"7\""), std::string::npos) << csv;
    EXPECT_NE(csv.find("\"campaigns\",\"Kampanye\",\"\""), std::string::npos) << csv;
    for (const char* danger : {"=1", "+1", "-1", "@x", "\tx", "\rx"}) {
        std::string field;
        append_csv_field(field, danger);
        EXPECT_TRUE(field.starts_with("\"'")) << danger;
    }
    std::string quotes;
    append_csv_field(quotes, "a\"b\nc");
    EXPECT_EQ(quotes, "\"a\"\"b\nc\"");
}

TEST(Sentence, names_attempts_addresses_and_incidents_and_its_gaps)
{
    EXPECT_EQ(press_sentence(sample(), "Kota Contoh CSIRT", Language::Indonesian),
              "Pada Oktober 2026, Kota Contoh CSIRT mencatat 1.912 percobaan serangan (kelompok "
              "aktivitas) dari 431 alamat, 1 insiden terkonfirmasi. Dihitung pada 1 November 2026 "
              "pukul 08.05 WIB; percobaan bukan insiden. Pada 1 dari 2 hari tidak ada data "
              "sensor: angka ini berlubang di sana.");
    const std::string english = press_sentence(sample(), "Kota Contoh CSIRT", Language::English);
    EXPECT_TRUE(english.starts_with("In October 2026, Kota Contoh CSIRT recorded 1,912 attack "
                                    "attempts (activity groups) from 431 addresses, 1 confirmed "
                                    "incident. Counted on "))
        << english;
    EXPECT_EQ(english.find("74,000"), std::string::npos); // never the records
    Statistics blind = sample();
    blind.coverage = {};
    blind.ladder.pop_back();
    const std::string unknown = press_sentence(blind, "X", Language::Indonesian);
    EXPECT_NE(unknown.find("Cakupan sensor tidak diketahui."), std::string::npos) << unknown;
    EXPECT_NE(unknown.find("belum diketahui"), std::string::npos) << unknown;
}

TEST(Words, every_figure_has_title_and_definition_in_both_languages)
{
    for (const Term& term : terms()) {
        for (const std::string_view text :
             {term.title_id, term.title_en, term.definition_id, term.definition_en}) {
            EXPECT_FALSE(text.empty()) << term.id;
        }
        EXPECT_EQ(find_term(term.id), &term);
    }
    EXPECT_EQ(values_of("outcome").size(), 4U);
    EXPECT_EQ(values_of("case_stage").size(), 12U);
    EXPECT_TRUE(values_of("source").empty());
    EXPECT_EQ(label_of("outcome", "blocked").id, "Diblokir");
    EXPECT_EQ(label_of("source", "203.0.113.7").en, "203.0.113.7");
}

TEST(Seconds, are_told_in_their_two_largest_units)
{
    EXPECT_EQ(format_seconds(0, Language::Indonesian), "0 detik");
    EXPECT_EQ(format_seconds(33'600, Language::Indonesian), "9 jam 20 menit");
    EXPECT_EQ(format_seconds(86'400 + 5, Language::English), "1 day");
    EXPECT_EQ(format_seconds(2 * 86'400 + 3'700, Language::English), "2 days 1 hour");
    EXPECT_EQ(format_count(74'000, Language::Indonesian), "74.000");
    EXPECT_EQ(format_count(1'234'567, Language::English), "1,234,567");
    EXPECT_EQ(format_count(999, Language::English), "999");
}

} // namespace
} // namespace tanggap::count
