// Totals of lists longer than counting goes by itself: a lower bound, or all of them on request.
#include <iterator>

#include "api/test_world.h"
#include "base/limits.h"
#include "generated/source_dir.h"
#include "service/report_form.h"
#include "store/cases.h"
#include "store/reports.h"

namespace tanggap::api {
namespace {

constexpr std::uint64_t kMore = base::limits::kListTotalMax + 20;

class Totals : public ApiTest {
protected:
    void SetUp() override
    {
        std::ifstream in(std::string(TANGGAP_SOURCE_DIR) + "/content/forms/report.yaml");
        const std::string yaml{std::istreambuf_iterator<char>(in), {}};
        const auto form = std::make_shared<const service::ReportForm>(
            std::move(*service::ReportForm::load("forms/report.yaml", yaml)));
        world_->report_form = [form] { return form; };
        cookie_ = sign_in();
        analyst_ = add_person(cookie_, "budi", {"analyst"});
        store::Commit commit;
        commit.cursor = 1;
        commit.range.token = "t";
        for (std::uint64_t number = 1; number <= kMore; ++number) {
            model::Alert alert;
            alert.number = number;
            alert.id = base::make_uuid_v7(clock_.now());
            alert.key = {.source = "203.0.113.7", .technique = "T1110", .target = "web-1"};
            alert.severity = number % 2 == 0 ? model::Level::High : model::Level::Low;
            alert.first_seen = alert.last_seen = alert.created_at = clock_.now();
            commit.alerts.push_back(std::move(alert));
        }
        ASSERT_TRUE(cases_->commit(commit));
        const auto filled = cases_->change(
            {.actor = {.name = "test"}, .now = clock_.now()},
            [&](store::Change& change) -> base::Status {
                for (std::uint64_t i = 1; i <= kMore; ++i) {
                    TRY_STATUS(add_case(change, i));
                    TRY_STATUS(add_report(change, i));
                }
                return change.record({.action = "case.open", .object = {"case", "all"}});
            });
        ASSERT_TRUE(filled) << filled.error().message;
    }
    base::Status add_case(store::Change& change, std::uint64_t ordinal)
    {
        casework::Case subject;
        subject.opened_at = clock_.now();
        subject.id = base::make_uuid_v7(subject.opened_at).text();
        subject.number = {.year = 2023, .ordinal = ordinal};
        subject.tlp = ordinal <= 3 ? casework::Tlp::Red : casework::Tlp::Amber; // for named ones
        return store::put_case(change, subject, {});
    }
    base::Status add_report(store::Change& change, std::uint64_t ordinal)
    {
        store::Report report;
        report.head.id = base::make_uuid_v7(clock_.now()).text();
        report.head.number = "LPR-" + std::to_string(ordinal);
        report.head.received_at = report.head.updated_at = clock_.now();
        return store::add_report(change, report, "", {});
    }

    Json total(const std::string& cookie, const std::string& target)
    {
        const auto answer = send(as(cookie, "GET", target));
        EXPECT_EQ(answer.status, 200) << target << answer.body;
        return json(answer).value("total", Json());
    }
    static Json exactly(std::uint64_t value) { return {{"value", value}, {"relation", "eq"}}; }

    std::string cookie_;
    Person analyst_;
};

TEST_F(Totals, are_lower_bounds_above_ten_thousand_and_exact_where_asked)
{
    const Json bound{{"value", base::limits::kListTotalMax}, {"relation", "gte"}};
    const std::string half = "&q=severity%3Ahigh";
    for (const char* const list : {"alerts", "triage", "cases", "reports"}) {
        EXPECT_EQ(total(cookie_, std::string("/api/v1/") + list + "?limit=1"), bound) << list;
    }
    EXPECT_EQ(total(cookie_, "/api/v1/alerts?limit=1&total=exact"), exactly(kMore));
    EXPECT_EQ(total(cookie_, "/api/v1/alerts?limit=1&total=exact&q=number%3E2"),
              exactly(kMore - 2));
    EXPECT_EQ(total(cookie_, "/api/v1/alerts?limit=1&total=exact" + half), exactly(kMore / 2));
    EXPECT_EQ(total(cookie_, "/api/v1/triage?limit=1&total=exact"), exactly(2 * kMore));
    EXPECT_EQ(total(cookie_, "/api/v1/triage?limit=1&total=exact&q=kind%3Areport"), exactly(kMore));
    EXPECT_EQ(total(cookie_, "/api/v1/reports?limit=1&total=exact"), exactly(kMore));
    EXPECT_EQ(total(cookie_, "/api/v1/cases?limit=1&total=exact"), exactly(kMore - 3));
    EXPECT_EQ(send(as(cookie_, "GET", "/api/v1/alerts?total=all")).status, 400);

    // The next page may leave it out: it is another way to ask the same.
    const Json page =
        json(send(as(cookie_, "GET", "/api/v1/alerts?limit=1&total=exact&sort=-number")));
    const std::string next =
        "/api/v1/alerts?limit=1&sort=-number&cursor=" + page.at("next").get<std::string>();
    EXPECT_EQ(json(send(as(cookie_, "GET", next))).at("items").at(0).at("number"),
              "ALR-" + std::to_string(kMore - 1));
}

TEST_F(Totals, leave_out_what_the_asker_may_not_see)
{
    auto put = as(cookie_, "PUT", "/api/v1/protection/alert/ALR-4",
                  json_text({{"tlp", "red"}, {"named", Json::array()}}));
    put.headers.emplace_back("if-match", "\"v0\"");
    ASSERT_EQ(send(put).status, 200);
    const auto viewer = add_person(cookie_, "sari", {"viewer"});
    const std::string alerts = "/api/v1/alerts?limit=1&total=exact";
    const std::string triage = "/api/v1/triage?limit=1&total=exact";
    EXPECT_EQ(total(cookie_, alerts), exactly(kMore));
    EXPECT_EQ(total(analyst_.cookie, alerts), exactly(kMore - 1));
    EXPECT_EQ(total(analyst_.cookie, alerts + "&q=severity%3Ahigh"), exactly(kMore / 2 - 1));
    EXPECT_EQ(total(analyst_.cookie, triage), exactly(2 * kMore - 1));
    EXPECT_EQ(total(viewer.cookie, triage), exactly(kMore - 1)); // reads no reports
    EXPECT_EQ(send(as(viewer.cookie, "GET", "/api/v1/reports?total=exact")).status, 403);
}

} // namespace
} // namespace tanggap::api
