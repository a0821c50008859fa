// The official report of a publication.
#include <algorithm>
#include <fmt/format.h>

#include "count/words.h"
#include "model/dates.h"
#include "service/detail/document_pages.h"
#include "service/detail/page_frame.h"

namespace tanggap::service {
namespace {

using codec::HtmlWriter;
using count::Statistics;
using model::Language;

class MonthlyPage {
public:
    MonthlyPage(const Profile& profile, const store::Publication& publication,
                const Statistics& statistics, Language language)
        : publication_(publication),
          statistics_(statistics),
          language_(language),
          frame_{.profile = profile,
                 .language = language,
                 .label = "TLP:AMBER",
                 .title = std::string(title_of_period()),
                 .footer = footer(),
                 .demo = statistics.demo}
    {
    }

    std::string write()
    {
        begin_page(page_, frame_);
        about();
        summary();
        ladder();
        trend();
        attacks();
        cases();
        reports();
        sensors();
        notes();
        end_page(page_, frame_);
        return page_.take();
    }

private:
    std::string_view in(std::string_view id, std::string_view en) const
    {
        return service::in(language_, id, en);
    }
    std::string_view title_of_period() const
    {
        return publication_.period.size() == 7
                   ? in("Laporan bulanan tanggap insiden siber", "Monthly incident response report")
                   : in("Laporan tanggap insiden siber", "Incident response report");
    }
    std::string period() const { return count::title_of(count::period_of(statistics_), language_); }
    std::string footer() const
    {
        return fmt::format("{}, {} {}", period(), in("versi", "version"), publication_.version);
    }
    std::string number(std::optional<std::uint64_t> value) const
    {
        return value ? count::format_count(*value, language_)
                     : std::string(in("tidak diketahui", "unknown"));
    }
    std::string moment(base::Time time) const
    {
        return model::format_moment(time, statistics_.zone, language_);
    }
    std::string title(std::string_view id) const
    {
        const count::Term* const term = count::find_term(id);
        return std::string(term == nullptr ? id : term->title(language_));
    }

    Cell head(std::string_view id, std::string_view en) const { return {std::string(in(id, en))}; }
    Cell count_head() const { return {std::string(in("Jumlah", "Count")), Look::Figure}; }

    void about()
    {
        page_.element("p", fmt::format("{} {}", in("Periode", "Period"), period()),
                      R"(class="about")");
        page_.element("p",
                      fmt::format("{}: .......................   ·   {}   ·   {} {}",
                                  in("Nomor", "Number"), frame_.label, in("Versi", "Version"),
                                  publication_.version),
                      R"(class="number")");
        if (!publication_.correction.empty()) {
            page_.element("h2", in("Koreksi", "Correction"));
            page_.paragraphs(publication_.correction);
        }
    }

    void summary()
    {
        page_.element("h2", in("1. Ringkasan", "1. Summary"));
        page_.element("p", count::press_sentence(statistics_, frame_.profile.team, language_),
                      R"(class="lead")");
        page_.open("table", R"(class="keys")").open("tr");
        for (const char* id : {"attempts", "incidents", "cases", "reports"}) {
            const count::Figure* const figure = statistics_.find(id);
            page_.open("td");
            page_.element("b", number(figure == nullptr ? std::nullopt : figure->value));
            page_.element("span", title(id)).close("td");
        }
        page_.close("tr").close("table");
    }

    void ladder()
    {
        page_.element("h2", in("2. Tangga hitungan", "2. The ladder of counts"));
        table_head(page_, {{"", Look::Short},
                           head("Satuan", "Unit"),
                           count_head(),
                           head("Definisi", "Definition")});
        for (auto rung = statistics_.ladder.rbegin(); rung != statistics_.ladder.rend(); ++rung) {
            const count::Term* const term = count::find_term(rung->id);
            table_row(page_, {{rung->rung, Look::Short},
                              {title(rung->id)},
                              {number(rung->value), Look::Figure},
                              {std::string(term == nullptr ? "" : term->definition(language_))}});
        }
        close_table();
    }

    static bool is_gap(const count::Day& day) { return day.hours > 0 && day.covered == 0; }

    void trend()
    {
        page_.element("h2", in("3. Percobaan serangan per hari", "3. Attack attempts a day"));
        std::uint64_t peak = 1;
        std::size_t gaps = 0;
        for (const count::Day& day : statistics_.days) {
            peak = std::max(peak, day.attempts);
            gaps += statistics_.coverage.known && is_gap(day) ? 1 : 0;
        }
        chart(peak);
        page_.element("p",
                      fmt::format("{}; {}: {}. {}",
                                  in("Dari kiri ke kanan: awal sampai akhir "
                                     "periode",
                                     "From left to right: begin to end of the "
                                     "period"),
                                  in("hari tertinggi", "highest day"),
                                  count::format_count(peak_of(), language_),
                                  statistics_.coverage.known
                                      ? fmt::format("{}: {}",
                                                    in("Arsiran: hari tanpa data sensor",
                                                       "Hatched: days without sensor "
                                                       "data"),
                                                    gaps)
                                      : std::string(in("Cakupan sensor tidak diketahui",
                                                       "Sensor coverage is not known"))),
                      R"(class="note")");
    }
    std::uint64_t peak_of() const
    {
        std::uint64_t peak = 0;
        for (const count::Day& day : statistics_.days) {
            peak = std::max(peak, day.attempts);
        }
        return peak;
    }
    void chart(std::uint64_t peak)
    {
        constexpr double kWidth = 450;
        constexpr double kHeight = 90;
        const double step =
            kWidth / static_cast<double>(std::max<std::size_t>(1, statistics_.days.size()));
        std::string svg = fmt::format("<svg class=\"chart\" width=\"{}pt\" height=\"{}pt\" "
                                      "viewBox=\"0 0 {} {}\">",
                                      kWidth, kHeight, kWidth, kHeight);
        for (std::size_t i = 0; i < statistics_.days.size(); ++i) {
            const count::Day& day = statistics_.days[i];
            const double x = step * static_cast<double>(i);
            if (statistics_.coverage.known && is_gap(day)) {
                hatch(svg, x, step, kHeight);
            }
            const double height =
                (kHeight - 2) * static_cast<double>(day.attempts) / static_cast<double>(peak);
            svg += fmt::format("<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" "
                               "height=\"{:.2f}\" fill=\"#0b5cad\"/>",
                               x + step * 0.12, kHeight - height, step * 0.76, height);
        }
        svg += fmt::format("<rect x=\"0\" y=\"{:.1f}\" width=\"{}\" height=\"0.8\" "
                           "fill=\"#333\"/></svg>",
                           kHeight - 0.8, kWidth);
        page_.markup(svg);
    }
    static void hatch(std::string& svg, double x, double width, double height)
    {
        constexpr double kGap = 6;
        for (double y = 0; y < height; y += kGap) {
            svg += fmt::format("<path d=\"M{:.2f} {:.2f}L{:.2f} {:.2f}\" stroke=\"#999\" "
                               "stroke-width=\"0.7\"/>",
                               x, std::min(height, y + kGap), x + width, y);
        }
    }

    void figure_table(std::initializer_list<const char*> ids)
    {
        table_head(page_, {head("Angka", "Figure"), count_head(), head("Definisi", "Definition")});
        for (const char* id : ids) {
            const count::Figure* const figure = statistics_.find(id);
            const count::Term* const term = count::find_term(id);
            if (figure != nullptr && term != nullptr) {
                table_row(page_, {{title(id)},
                                  {number(figure->value), Look::Figure},
                                  {std::string(term->definition(language_))}});
            }
        }
        close_table();
    }

    void breakdown(const char* id)
    {
        const count::Breakdown* const split = statistics_.find_breakdown(id);
        if (split == nullptr || split->rows.empty()) {
            return;
        }
        page_.element("h3", title(id));
        table_head(page_, {head("Nilai", "Value"), count_head()});
        for (const count::Row& row : split->rows) {
            table_row(page_, {{row.label.in(language_)},
                              {count::format_count(row.count, language_), Look::Figure}});
        }
        close_table();
        if (split->values > split->rows.size()) {
            page_.element("p",
                          fmt::format("{} {} {}", in("Terbanyak dari", "The most of"),
                                      count::format_count(split->values, language_),
                                      in("nilai berbeda.", "different values.")),
                          R"(class="note")");
        }
    }

    void attacks()
    {
        page_.element("h2", in("4. Percobaan serangan", "4. Attack attempts"));
        figure_table({"unique_sources", "unique_addresses", "unique_targets", "set_aside"});
        for (const char* id :
             {"outcome", "severity", "technique", "source", "country", "target", "organisation"}) {
            breakdown(id);
        }
    }

    void cases()
    {
        page_.element("h2", in("5. Kasus dan insiden", "5. Cases and incidents"));
        figure_table({"cases", "incidents", "cases_open", "cases_ended"});
        page_.element("h3", in("Waktu penanganan", "Times of handling"));
        table_head(page_,
                   {head("Waktu", "Time"),
                    {"n", Look::Figure},
                    {"Median", Look::Figure},
                    {std::string(in("90 % selesai dalam", "90 % took at most")), Look::Figure},
                    {std::string(in("Rata-rata", "Mean")), Look::Figure}});
        for (const count::Interval& interval : statistics_.intervals) {
            const auto took = [&](std::int64_t seconds) {
                return interval.spread.n == 0 ? std::string("–")
                                              : count::format_seconds(seconds, language_);
            };
            table_row(page_, {{title(interval.id)},
                              {count::format_count(interval.spread.n, language_), Look::Figure},
                              {took(interval.spread.median), Look::Figure},
                              {took(interval.spread.p90), Look::Figure},
                              {took(interval.spread.mean), Look::Figure}});
        }
        close_table();
        for (const char* id : {"case_priority", "case_stage", "case_class", "case_organisation"}) {
            breakdown(id);
        }
    }

    void reports()
    {
        page_.element("h2", in("6. Laporan masuk", "6. Reports received"));
        figure_table({"reports", "reports_acknowledged"});
        for (const char* id : {"report_channel", "report_kind", "report_status"}) {
            breakdown(id);
        }
    }

    void sensors()
    {
        page_.element("h2", in("7. Sensor dan cakupannya", "7. Sensors and their coverage"));
        const count::Coverage& coverage = statistics_.coverage;
        if (!coverage.known) {
            page_.element("p", in("Cakupan sensor tidak diketahui: arsip peristiwa tidak tersedia "
                                  "saat dihitung.",
                                  "The coverage is not known: the archive of events was not "
                                  "available when counted."));
            return;
        }
        table_head(page_, {{"Sensor"},
                           {std::string(in("Peristiwa", "Events")), Look::Figure},
                           {std::string(in("Jam berdata", "Hours with data")), Look::Figure},
                           {std::string(in("Cakupan", "Coverage")), Look::Figure}});
        for (const count::SensorCoverage& sensor : coverage.sensors) {
            const std::uint64_t percent =
                coverage.hours == 0
                    ? 0
                    : std::min<std::uint64_t>(100, sensor.hours_up * 100 / coverage.hours);
            table_row(page_,
                      {{sensor.name},
                       {count::format_count(sensor.events, language_), Look::Figure},
                       {fmt::format("{} / {}", sensor.hours_up, coverage.hours), Look::Figure},
                       {fmt::format("{} %", percent), Look::Figure}});
        }
        close_table();
    }

    void notes()
    {
        page_.element("h2", in("8. Catatan", "8. Notes"));
        page_.element("p", in("Percobaan serangan bukan insiden. Negara berarti asal paket, bukan "
                              "pelakunya. Jam tanpa data sensor adalah celah, bukan nol. Latihan "
                              "dan yang berlabel TLP:RED tidak dihitung.",
                              "Attempts are not incidents. A country is where packets came from, "
                              "not who did it. Hours without sensor data are gaps, not zeros. "
                              "Exercises and what is labelled TLP:RED are left out."));
        page_.open("table", R"(class="data")").open("tbody");
        const auto fact = [&](std::string_view name, const std::string& value) {
            page_.open("tr").element("td", name, R"(class="name")").element("td", value);
            page_.close("tr");
        };
        fact(in("Periode", "Period"),
             fmt::format("{} – {}", moment(statistics_.from), moment(statistics_.to)));
        fact(in("Dihitung", "Counted"), moment(statistics_.as_of));
        fact(in("Dibekukan oleh", "Frozen by"), publication_.frozen_by);
        fact(in("Versi definisi", "Version of definitions"),
             std::to_string(statistics_.definitions));
        page_.open("tr").element("td", in("Sidik data SHA-256", "SHA-256 of the data"),
                                 R"(class="name")");
        page_.element("td", publication_.sha256, R"(class="hash")").close("tr");
        close_table();
    }

    void close_table() { page_.close("tbody").close("table"); }

    HtmlWriter page_;
    const store::Publication& publication_;
    const Statistics& statistics_;
    Language language_;
    PageFrame frame_;
};

} // namespace

std::string monthly_page(const Profile& profile, const store::Publication& publication,
                         const Statistics& statistics, Language language)
{
    return MonthlyPage(profile, publication, statistics, language).write();
}

} // namespace tanggap::service
