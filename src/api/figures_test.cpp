// Statistics and publications over the API: every figure is the total of the list it links to.
#include <iterator>
#include <random>

#include "api/detail/schema.h"
#include "api/test_world.h"
#include "base/id.h"
#include "generated/source_dir.h"
#include "service/report_form.h"
#include "service/reporter_desk.h"
#include "store/evidence_vault.h"
#include "store/figures.h"

namespace tanggap::api {
namespace {

constexpr std::uint64_t kAlerts = 400;
constexpr int kCases = 60;

class Figures : public ApiTest {
protected:
    void SetUp() override
    {
        auto knowledge = std::make_shared<casework::Knowledge>();
        for (const char* id : {"fraud/phishing", "intrusions/defacement", "test/test"}) {
            knowledge->classes.push_back(
                {.id = id, .group = id, .group_title = {"G", "G"}, .title = {"Judul", "Title"}});
        }
        casework_ = std::move(knowledge);
        open_desk();
        cookie_ = sign_in();
        filling_ = key_with({"read", "alerts:write", "cases:read", "cases:write"});
        clock_.seconds = 1'700'300'000; // 18 November 2023
        add_alerts();
        add_cases();
        decide();
        filling_.clear();
        cookie_ = cookie_of("rina", secret_); // weeks have passed
        add_reports();
    }

    void open_desk()
    {
        std::ifstream in(std::string(TANGGAP_SOURCE_DIR) + "/content/forms/report.yaml");
        const std::string yaml{std::istreambuf_iterator<char>(in), {}};
        const auto form = std::make_shared<const service::ReportForm>(
            std::move(*service::ReportForm::load("forms/report.yaml", yaml)));
        vault_ = std::move(
            *store::EvidenceVault::open((folder_ / "files").string(), std::string(32, 'k')));
        desk_ = std::make_unique<service::ReporterDesk>(
            *cases_, *vault_, clock_,
            [this](std::string_view purpose) { return accounts_->derive_key(purpose); });
        world_->report_form = [form] { return form; };
        world_->desk = desk_.get();
        world_->files = world_->vault = vault_.get();
    }
    void add_reports()
    {
        for (int i = 0; i < 12; ++i) {
            clock_.pass(std::chrono::seconds(below(20)));
            const Json answers{{"what", "impersonation"},
                               {"identity", "anonymous"},
                               {"story", "Tautan palsu mengatasnamakan kota " + std::to_string(i)}};
            good(ask("POST", "/api/v1/reports",
                     {{"channel", one_of(std::array{"phone", "whatsapp", "counter"})},
                      {"answers", answers}}),
                 "ReportNumber", 201);
        }
    }

    net::HttpResponse ask(const std::string& method, const std::string& target,
                          const Json& body = {})
    {
        return send(made(method, target, body.is_null() ? std::string() : json_text(body)));
    }
    /// By the session, or by the key while the world is being filled: no session lasts so long.
    net::HttpRequest made(const std::string& method, const std::string& target,
                          const std::string& body)
    {
        if (filling_.empty()) {
            return as(cookie_, method, target, body);
        }
        auto request_made = request(method, target, body);
        request_made.headers.emplace_back("authorization", "Bearer " + filling_);
        return request_made;
    }
    Json good(const net::HttpResponse& answer, std::string_view schema, int status = 200)
    {
        EXPECT_EQ(answer.status, status) << answer.body;
        const Json body = json(answer);
        std::vector<FieldError> errors;
        if (answer.status == status) {
            validate(schema, body, errors);
        }
        for (const FieldError& error : errors) {
            ADD_FAILURE() << schema << error.pointer << ": " << error.detail;
        }
        return body;
    }

    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    template <std::size_t N>
    std::string one_of(const std::array<const char*, N>& words)
    {
        return words.at(below(N));
    }

    void add_alerts()
    {
        constexpr std::array kSources{"203.0.113.7", "198.51.100.9", "2001:db8:1:2::/64",
                                      "root@vpn-1",  "192.0.2.200",  "a\"b\\c*d"};
        constexpr std::array kTechniques{"T1110", "T1190", "T1046", "rule-without-technique"};
        constexpr std::array kOrganisations{"Dinas Kesehatan", "Bapenda", "", "OPD \"Kota\""};
        store::Commit commit;
        commit.cursor = 1;
        commit.range.token = "t";
        store::Sensor sensor;
        sensor.name = "fw-1";
        sensor.records = 12;
        sensor.quarantined = 3;
        sensor.first_seen_at = sensor.last_seen_at = clock_.now();
        commit.sensors = {sensor};
        for (std::uint64_t number = 1; number <= kAlerts; ++number) {
            model::Alert alert;
            alert.number = number;
            alert.id = base::make_uuid_v7(clock_.now());
            alert.key = {.source = one_of(kSources),
                         .technique = one_of(kTechniques),
                         .target = "web-" + std::to_string(below(20))};
            alert.title = "SSH brute force";
            alert.severity = static_cast<model::Level>(below(5));
            alert.priority = static_cast<int>(below(101));
            // October to December, so that borders of months and days are among them.
            alert.first_seen = base::Time::from_seconds(
                1'696'100'000 + static_cast<std::int64_t>(below(7'000'000)));
            alert.last_seen = alert.first_seen + std::chrono::minutes(below(300));
            alert.created_at = alert.last_seen;
            alert.events = below(50) + 1;
            alert.detections = alert.events + below(9);
            alert.outcomes.add(static_cast<model::Outcome>(below(4)), alert.events);
            alert.source_country = one_of(std::array{"ID", "US", ""});
            alert.organisation = one_of(kOrganisations);
            alert.sensor = "fw-1";
            alert.rules.resize(1);
            alert.rules.front().rule_id = "r-1";
            commit.alerts.push_back(std::move(alert));
        }
        // One at the very first and one at the very last moment of November in WIB.
        commit.alerts.at(0).first_seen = *base::parse_rfc3339("2023-10-31T17:00:00Z");
        commit.alerts.at(1).first_seen = *base::parse_rfc3339("2023-11-30T16:59:59.999Z");
        ASSERT_TRUE(cases_->commit(commit));
        alerts_ = std::move(commit.alerts);
    }
    /// Ten alerts go on: louder, of another severity, outcome and owner, and known from earlier.
    void grow()
    {
        store::Commit commit;
        commit.cursor = ++cursor_;
        commit.range.first = commit.range.last = cursor_;
        commit.range.token = "t";
        for (int i = 0; i < 10; ++i) {
            model::Alert& alert = alerts_.at(below(kAlerts));
            alert.severity = static_cast<model::Level>(below(5));
            alert.outcomes.add(static_cast<model::Outcome>(below(4)), 1 + below(90));
            alert.detections += below(9);
            alert.first_seen = alert.first_seen - std::chrono::minutes(below(900));
            alert.organisation = one_of(std::array{"Bapenda", "", "Dinas Kesehatan"});
            commit.alerts.push_back(alert);
        }
        const auto done = cases_->commit(commit);
        ASSERT_TRUE(done) << done.error().message;
    }

    void add_cases()
    {
        for (int i = 0; i < kCases; ++i) {
            clock_.pass(std::chrono::hours(below(10)));
            const Json made = good(
                ask("POST", "/api/v1/cases",
                    {{"title", "Kasus " + std::to_string(i)},
                     {"classes",
                      {one_of(std::array{"fraud/phishing", "intrusions/defacement", "test/test"})}},
                     {"organisation", one_of(std::array{"Dinas Kesehatan", "Bapenda", ""})},
                     {"tlp", one_of(std::array{"amber", "green"})},
                     {"incident", below(2) == 0}}),
                "Case", 201);
            if (below(3) == 0) {
                end_case(made.at("id"));
            }
        }
        clock_.pass(std::chrono::hours(1));
    }
    void end_case(const std::string& id)
    {
        clock_.pass(std::chrono::minutes(below(600) + 1));
        auto move = made("POST", "/api/v1/cases/" + id + "/stage",
                         json_text({{"to", "not_incident"}, {"reason", "bukan insiden"}}));
        const std::string tag = header(ask("GET", "/api/v1/cases/" + id), "ETag");
        move.headers.emplace_back("if-match", tag);
        EXPECT_EQ(send(move).status, 200);
    }

    /// People close some, merge some: those are set aside.
    void decide()
    {
        for (const auto& [from, reason] : std::array<std::pair<int, const char*>, 3>{
                 {{10, "false_positive"}, {40, "benign"}, {70, "true_positive"}}}) {
            Json ids = Json::array();
            for (int number = from; number < from + 20; ++number) {
                ids.push_back("ALR-" + std::to_string(number));
            }
            const auto closed = ask("POST", "/api/v1/actions",
                                    {{"type", "alert.close"},
                                     {"params", {{"reason", reason}}},
                                     {"target", {{"ids", ids}}}});
            EXPECT_EQ(closed.status, 200) << closed.body;
        }
        const auto merged = ask("POST", "/api/v1/actions",
                                {{"type", "alert.merge"},
                                 {"params", {{"into", "ALR-200"}}},
                                 {"target", {{"ids", {"ALR-201", "ALR-202"}}}}});
        EXPECT_EQ(merged.status, 200) << merged.body;
    }

    std::uint64_t total_of(const std::string& list, const std::string& q)
    {
        clock_.pass(std::chrono::seconds(++asked_ % 100 == 0 ? 1 : 0)); // one asks 1,000 a second
        const Json page =
            json(ask("GET", "/api/v1/" + list + "?limit=1&q=" + net::percent_encode(q)));
        EXPECT_TRUE(page.contains("total")) << list << " " << q << " " << page;
        EXPECT_EQ(page.at("total").at("relation"), "eq");
        return page.at("total").at("value").get<std::uint64_t>();
    }

    /// Every figure, row and interval that names a list is that list's total.
    void compare_with_lists(const Json& statistics)
    {
        const auto same = [&](const Json& what, std::uint64_t value, const std::string& list) {
            if (list.empty() || list == "events") {
                return;
            }
            EXPECT_EQ(value, total_of(list, what.at("q").get<std::string>()))
                << statistics.at("period") << " " << what;
            ++compared_;
        };
        for (const char* group : {"ladder", "figures"}) {
            for (const Json& figure : statistics.at(group)) {
                if (!figure.at("value").is_null()) {
                    same(figure, figure.at("value"), figure.at("list"));
                }
            }
        }
        for (const Json& breakdown : statistics.at("breakdowns")) {
            for (const Json& row : breakdown.at("rows")) {
                same(row, row.at("count"), breakdown.at("list"));
            }
        }
        for (const Json& interval : statistics.at("intervals")) {
            same(interval, interval.at("n"), interval.at("list"));
        }
    }

    static std::uint64_t value_of(const Json& statistics, std::string_view id)
    {
        for (const char* group : {"ladder", "figures"}) {
            for (const Json& figure : statistics.at(group)) {
                if (figure.at("id") == id) {
                    return figure.at("value").get<std::uint64_t>();
                }
            }
        }
        ADD_FAILURE() << "no figure " << id;
        return 0;
    }

    std::string cookie_;
    std::vector<model::Alert> alerts_;
    std::uint64_t cursor_ = 1;
    std::unique_ptr<store::EvidenceVault> vault_;
    std::unique_ptr<service::ReporterDesk> desk_;
    std::string filling_; ///< key; empty: the world is filled
    std::uint32_t seed_ = std::random_device{}();
    std::mt19937 random_{seed_};
    std::size_t compared_ = 0;
    std::size_t asked_ = 0;
};

TEST_F(Figures, are_the_totals_of_their_lists_for_fifty_random_filters_and_periods)
{
    SCOPED_TRACE("seed " + std::to_string(seed_));
    std::printf("seed %u\n", seed_);
    constexpr std::array kPeriods{"2023-10",    "2023-11",    "2023-12",
                                  "2023",       "2023-11-05", "2023-10-25..2023-11-14",
                                  "2023-10-31", "2023-12-01", "2024-02"};
    constexpr std::array kAlertFilters{"", // three in ten: read from what is kept
                                       "",
                                       "",
                                       "severity>=high",
                                       "outcome:blocked",
                                       "source:203.0.113.0/24",
                                       "-organisation:Bapenda OR technique:T1110",
                                       "priority:20..80 -is:closed",
                                       "assignee:@me OR is:new",
                                       "(source_country:ID OR events>20) -target:web-1*"};
    constexpr std::array kCaseFilters{"",
                                      "is:open",
                                      "class:\"fraud/phishing\"",
                                      "owner:@me",
                                      "organisation:Bapenda OR is:incident",
                                      "-is:incident"};
    for (int round = 0; round < 50; ++round) {
        const std::string target = "/api/v1/statistics?period=" + one_of(kPeriods) +
                                   "&alerts=" + net::percent_encode(one_of(kAlertFilters)) +
                                   "&cases=" + net::percent_encode(one_of(kCaseFilters));
        SCOPED_TRACE(target);
        compare_with_lists(good(ask("GET", target), "Statistics"));
        if (round % 10 == 9) {
            grow();
        }
    }
    EXPECT_GT(compared_, 50U * 40U);
    const auto kept = store::check_counts(folder_.string());
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_TRUE(kept->kept);
    EXPECT_GT(kept->counts, 0U);
    EXPECT_EQ(kept->differences, 0U) << kept->examples.front();
}

TEST_F(Figures, count_an_alert_in_the_month_of_its_first_event_in_our_zone)
{
    const Json year = good(ask("GET", "/api/v1/statistics?period=2023"), "Statistics");
    std::uint64_t by_month = 0;
    for (const char* month : {"2023-09", "2023-10", "2023-11", "2023-12"}) {
        const Json figures =
            good(ask("GET", std::string("/api/v1/statistics?period=") + month), "Statistics");
        by_month += value_of(figures, "alerts");
        std::uint64_t by_day = 0;
        for (const Json& day : figures.at("days")) {
            by_day += day.at("alerts").get<std::uint64_t>();
        }
        EXPECT_EQ(by_day, value_of(figures, "alerts")) << month;
    }
    EXPECT_EQ(by_month, kAlerts);
    EXPECT_EQ(value_of(year, "alerts"), kAlerts);
    EXPECT_EQ(value_of(year, "set_aside"), 42U); // 20 false, 20 benign, 2 merged
    EXPECT_EQ(value_of(year, "attempts"), kAlerts - 42U);
    EXPECT_EQ(value_of(year, "records"), 15U);
    const Json day = good(ask("GET", "/api/v1/statistics?period=2023-11-01"), "Statistics");
    EXPECT_GE(value_of(day, "alerts"), 1U); // the one at 17:00 UTC of the day before
}

TEST_F(Figures, leave_out_what_the_asker_may_not_see)
{
    const Json before = good(ask("GET", "/api/v1/statistics?period=2023"), "Statistics");
    const auto analyst = add_person(cookie_, "budi", {"analyst"});
    const auto viewer = add_person(cookie_, "sari", {"viewer"});
    const auto labelled = [&] {
        auto put = as(cookie_, "PUT", "/api/v1/protection/alert/ALR-300",
                      json_text({{"tlp", "red"}, {"named", Json::array()}}));
        put.headers.emplace_back("if-match", "\"v0\"");
        return send(put);
    }();
    ASSERT_EQ(labelled.status, 200) << labelled.body;
    const auto seen_by = [&](const std::string& cookie) {
        return good(send(as(cookie, "GET", "/api/v1/statistics?period=2023")), "Statistics");
    };
    EXPECT_EQ(value_of(seen_by(cookie_), "alerts"), kAlerts);
    EXPECT_EQ(value_of(seen_by(analyst.cookie), "alerts"), kAlerts - 1);
    const Json by_viewer = seen_by(viewer.cookie);
    for (const Json& figure : by_viewer.at("figures")) {
        EXPECT_NE(figure.at("list"), "reports") << figure; // a viewer reads no reports
    }
    // Frozen figures are the team's: the same whoever freezes them.
    const Json frozen =
        good(ask("POST", "/api/v1/publications", {{"period", "2023"}}), "Publication", 201);
    EXPECT_EQ(value_of(frozen.at("statistics"), "alerts"), kAlerts - 1);
    EXPECT_EQ(value_of(before, "alerts"), kAlerts);
}

TEST_F(Figures, without_the_archive_are_unknown_not_zero)
{
    events_.missing = true;
    const Json figures = good(ask("GET", "/api/v1/statistics?period=2023-11"), "Statistics");
    EXPECT_FALSE(figures.at("coverage").at("known").get<bool>());
    for (const Json& figure : figures.at("ladder")) {
        if (figure.at("id") == "events" || figure.at("id") == "detected_events") {
            EXPECT_TRUE(figure.at("value").is_null()) << figure;
            EXPECT_NE(figure.at("problem").get<std::string>().find("libchdb.so"),
                      std::string::npos);
        }
    }
}

TEST_F(Figures, of_a_wrong_period_or_query_are_refused)
{
    for (const char* wrong :
         {"period=2023-13", "period=soon", "alerts=nosuchfield:1", "cases=severity:high",
          "reports=(", "period=2020-01-01..2023-01-01"}) {
        const auto answer = ask("GET", std::string("/api/v1/statistics?") + wrong);
        EXPECT_EQ(answer.status, 400) << wrong << " " << answer.body;
    }
    EXPECT_EQ(ask("POST", "/api/v1/publications", {{"period", "2031-01"}}).status, 400);
    EXPECT_EQ(
        ask("POST", "/api/v1/publications", {{"period", "2023-10"}, {"correction", "lebih awal"}})
            .status,
        400);
}

TEST_F(Figures, are_frozen_corrected_in_a_new_version_and_the_old_one_stays)
{
    const Json first =
        good(ask("POST", "/api/v1/publications", {{"period", "2023-11"}}), "Publication", 201);
    EXPECT_EQ(first.at("version"), 1);
    const std::string path = "/api/v1/publications/" + first.at("id").get<std::string>();
    ASSERT_EQ(ask("POST", "/api/v1/actions",
                  {{"type", "alert.close"},
                   {"params", {{"reason", "false_positive"}}},
                   {"target", {{"ids", {"ALR-1"}}}}})
                  .status,
              200);
    const auto silent = ask("POST", "/api/v1/publications", {{"period", "2023-11"}});
    EXPECT_EQ(silent.status, 400) << silent.body; // it must say what is different
    const Json second = good(ask("POST", "/api/v1/publications",
                                 {{"period", "2023-11"}, {"correction", "Satu positif palsu."}}),
                             "Publication", 201);
    EXPECT_EQ(second.at("version"), 2);
    EXPECT_EQ(second.at("versions").size(), 2U);
    EXPECT_EQ(value_of(second.at("statistics"), "attempts"),
              value_of(first.at("statistics"), "attempts") - 1);
    const auto changed = [&](std::string_view id) {
        for (const Json& each : second.at("differences")) {
            if (each.at("id") == id) {
                return each.at("before").get<std::int64_t>() - each.at("after").get<std::int64_t>();
            }
        }
        return std::int64_t{0};
    };
    EXPECT_EQ(changed("attempts"), 1);
    EXPECT_EQ(changed("set_aside"), -1);
    EXPECT_EQ(changed("alerts"), 0);
    const Json again = good(ask("GET", path), "Publication");
    EXPECT_EQ(again.at("statistics"), first.at("statistics"));
    EXPECT_EQ(again.at("sha256"), first.at("sha256"));
    const Json list = good(ask("GET", "/api/v1/publications?period=2023-11"), "PublicationPage");
    EXPECT_EQ(list.at("items").at(0).at("version"), 2);

    const auto csv = ask("GET", path + "/csv?language=en");
    EXPECT_EQ(csv.status, 200);
    EXPECT_NE(csv.body.find("\"attempts\",\"Attack attempts (activity groups)\",\"" +
                            std::to_string(value_of(first.at("statistics"), "attempts")) + "\""),
              std::string::npos)
        << csv.body;
    const std::string history = ask("GET", "/api/v1/audit").body;
    EXPECT_NE(history.find("publication.freeze"), std::string::npos) << history;
    EXPECT_NE(history.find("Satu positif palsu."), std::string::npos) << history;
}

TEST_F(Figures, are_printed_once_kept_by_their_hash_and_read_by_whom_it_concerns)
{
    std::string printed;
    world_->print_pdf = [&](std::string_view html) -> base::Result<std::string> {
        printed = html;
        return "%PDF-1.7 " + std::string(html);
    };
    const Json publication =
        good(ask("POST", "/api/v1/publications", {{"period", "2023-11"}}), "Publication", 201);
    const std::string path =
        "/api/v1/publications/" + publication.at("id").get<std::string>() + "/documents";
    const Json first = good(ask("POST", path, {{"language", "id"}}), "PrintedDocument", 201);
    const Json again = good(ask("POST", path, {{"language", "id"}}), "PrintedDocument", 201);
    EXPECT_EQ(first.at("data_sha256"), again.at("data_sha256")); // the same data, the same page
    EXPECT_EQ(first.at("file_sha256"), again.at("file_sha256"));
    EXPECT_NE(printed.find("November 2023"), std::string::npos);
    EXPECT_NE(printed.find(publication.at("sha256").get<std::string>()), std::string::npos);
    EXPECT_EQ(printed.find("src=\"http"), std::string::npos); // it leads nowhere
    const auto file =
        ask("GET", "/api/v1/documents/" + first.at("id").get<std::string>() + "/file");
    EXPECT_EQ(file.status, 200);
    EXPECT_EQ(header(file, "Content-Type"), "application/pdf");
    EXPECT_EQ(base::sha256_hex(file.body), first.at("file_sha256").get<std::string>());

    const Json hostile = good(ask("POST", "/api/v1/cases",
                                  {{"title", "<script>alert(1)</script>"},
                                   {"summary", "satu\n\n<img src=http://203.0.113.9/x>"},
                                   {"tlp", "red"}}),
                              "Case", 201);
    const std::string case_path =
        "/api/v1/cases/" + hostile.at("id").get<std::string>() + "/documents";
    const Json report = good(ask("POST", case_path, {{"language", "en"}}), "PrintedDocument", 201);
    EXPECT_EQ(printed.find("<script>alert"), std::string::npos);
    EXPECT_EQ(printed.find("<img src=http"), std::string::npos);
    EXPECT_NE(printed.find("TLP:RED"), std::string::npos);
    EXPECT_EQ(good(ask("GET", case_path), "DocumentList").at("items").size(), 1U);
    const auto other = add_person(cookie_, "budi", {"analyst"});
    const std::string secret = "/api/v1/documents/" + report.at("id").get<std::string>() + "/file";
    EXPECT_EQ(send(as(other.cookie, "GET", secret)).status, 404); // TLP:RED, not named
    EXPECT_EQ(send(as(other.cookie, "GET", case_path)).status, 404);
    EXPECT_EQ(send(as(other.cookie, "POST", path, R"({"language":"id"})")).status, 403);

    world_->print_pdf = [](std::string_view) -> base::Result<std::string> {
        return base::unavailable("weasyprint is not there; install it");
    };
    EXPECT_EQ(ask("POST", path, {{"language", "id"}}).status, 503);
}

} // namespace
} // namespace tanggap::api
