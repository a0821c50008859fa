// Reports and the organisation's profile over the API.
#include <cstdlib>
#include <iterator>

#include "api/detail/schema.h"
#include "api/test_world.h"
#include "generated/source_dir.h"
#include "service/report_form.h"
#include "service/reporter_desk.h"
#include "store/evidence_vault.h"

namespace tanggap::api {
namespace {

class ReportRoutes : public ApiTest {
protected:
    void SetUp() override
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
        world_->files = vault_.get();
        world_->first_profile = service::first_profile("Kota Contoh CSIRT");
        cookie_ = sign_in();
    }

    net::HttpResponse ask(const std::string& method, const std::string& path, const Json& body = {},
                          const std::string& if_match = {})
    {
        auto made = request(method, path, body.is_null() ? std::string() : json_text(body));
        made.headers.emplace_back("cookie", cookie_);
        made.headers.emplace_back("x-requested-with", "tanggap");
        if (!if_match.empty()) {
            made.headers.emplace_back("if-match", if_match);
        }
        return send(made);
    }

    Json fits(std::string_view schema, const net::HttpResponse& response, int status = 200)
    {
        EXPECT_EQ(response.status, status) << response.body;
        Json body = json(response);
        std::vector<FieldError> errors;
        validate(schema, body, errors);
        for (const FieldError& error : errors) {
            ADD_FAILURE() << schema << error.pointer << " " << error.detail;
        }
        return body;
    }

    std::string enter(const std::string& story)
    {
        const Json answers{{"what", "impersonation"},
                           {"identity", "confidential"},
                           {"name", "Sari"},
                           {"story", story}};
        return fits("ReportNumber",
                    ask("POST", "/api/v1/reports", {{"channel", "phone"}, {"answers", answers}}),
                    201)
            .at("number");
    }

    std::unique_ptr<store::EvidenceVault> vault_;
    std::unique_ptr<service::ReporterDesk> desk_;
    std::string cookie_;
};

TEST_F(ReportRoutes, a_report_is_entered_read_answered_and_noted)
{
    fits("ReportForm", ask("GET", "/api/v1/report-form"));
    const std::string number = enter("Pesan palsu meminta transfer ke 5550001112223.");
    const std::string path = "/api/v1/reports/" + number;
    const Json page = fits("ReportPage", ask("GET", "/api/v1/reports?q=is:new&sort=-updated"));
    EXPECT_EQ(page.at("items").at(0).at("number"), number);
    const Json report = fits("Report", ask("GET", path));
    EXPECT_EQ(report.at("incident_class"), "fraud/phishing");
    EXPECT_NE(report.at("acknowledgement").get<std::string>().find("3. "), std::string::npos);
    EXPECT_EQ(
        fits("Report", ask("POST", path + "/notes", {{"text", "catatan"}})).at("notes").size(), 1U);
    const Json known = fits("Report", ask("POST", path + "/acknowledge", Json::object()));
    EXPECT_EQ(known.at("status"), "verified");
    EXPECT_EQ(ask("POST", path + "/acknowledge", Json::object()).status, 409);
    const Json done =
        fits("Report", ask("POST", path + "/messages", {{"text", "Selesai."}, {"status", "done"}}));
    EXPECT_EQ(done.at("messages").size(), 2U);
    EXPECT_EQ(done.at("status"), "done");
    fits("ReportSimilarList",
         ask("POST", "/api/v1/reports/similar", {{"text", "rek 5550001112223"}}));
}

TEST_F(ReportRoutes, a_report_waits_in_the_queue_beside_alerts_and_is_decided_there)
{
    const std::string number = enter("Tautan palsu mengatasnamakan kota.");
    const auto queue = [&](const std::string& query) {
        return fits("TriagePage", ask("GET", "/api/v1/triage?q=" + query));
    };
    const Json row = queue("is:open").at("items").at(0);
    EXPECT_EQ(row.at("kind"), "report");
    EXPECT_EQ(row.at("number"), number);
    EXPECT_EQ(row.at("status"), "new");
    EXPECT_EQ(row.at("priority"), 50);
    EXPECT_EQ(row.at("report").at("channel"), "phone");
    const auto act = [&](const Json& body) {
        return fits("ActionResult", ask("POST", "/api/v1/actions", body));
    };
    const Json target{{"ids", {number}}};
    EXPECT_EQ(act({{"type", "alert.accept"}, {"target", target}}).at("changed"), 1);
    EXPECT_EQ(queue("is:ongoing").at("total").at("value"), 1);
    const Json snoozed =
        act({{"type", "alert.archive"}, {"target", {{"scope", "triage"}, {"q", "is:open"}}}});
    EXPECT_EQ(snoozed.at("changed"), 0);
    EXPECT_EQ(snoozed.at("skipped").at(0).at("reason"), "report");

    const Json made = act({{"type", "alert.attach"}, {"target", target}});
    EXPECT_EQ(made.at("changed"), 1);
    const Json report = fits("Report", ask("GET", "/api/v1/reports/" + number));
    EXPECT_EQ(report.at("status"), "handling");
    const Json subject = json(ask("GET", "/api/v1/cases/" + report.at("case").get<std::string>()));
    EXPECT_EQ(subject.at("number"), made.at("case"));
    EXPECT_EQ(subject.at("title"), row.at("title"));
    EXPECT_EQ(queue("is:open").at("total").at("value"), 1) << "its reporter was not told yet";
    const auto undone = ask("POST", "/api/v1/actions/" + made.at("id").get<std::string>() + "/undo",
                            Json::object());
    EXPECT_EQ(undone.status, 200) << undone.body;
    EXPECT_EQ(queue("is:ongoing").at("items").at(0).at("number"), number);

    const Json closed = act(
        {{"type", "alert.close"}, {"target", target}, {"params", {{"reason", "false_positive"}}}});
    EXPECT_EQ(closed.at("changed"), 1);
    EXPECT_EQ(json(ask("GET", "/api/v1/reports/" + number)).at("status"), "rejected");
    EXPECT_EQ(queue("is:closed").at("total").at("value"), 1);
    const auto back = ask("POST", "/api/v1/actions/" + closed.at("id").get<std::string>() + "/undo",
                          Json::object());
    EXPECT_EQ(back.status, 200) << back.body;
    const Json again = json(ask("GET", "/api/v1/reports/" + number));
    EXPECT_EQ(again.at("status"), "verified");
    EXPECT_EQ(again.at("waiting"), true) << "nobody has answered yet";

    const Json kinds = fits("Facets", ask("GET", "/api/v1/triage/facets?fields=kind"));
    EXPECT_EQ(kinds.at("fields").at("kind").at(0).at("value"), "report");
}

TEST_F(ReportRoutes, reports_move_into_a_case_and_all_reporters_are_told)
{
    const std::string first = enter("Pesan palsu pertama tentang pajak.");
    const std::string second = enter("Pesan palsu kedua tentang pajak.");
    const auto made = ask("POST", "/api/v1/cases", {{"title", "Pajak palsu"}});
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string subject = json(made).at("id");
    const Json moved = fits("ReportMoved", ask("POST", "/api/v1/reports/move",
                                               {{"reports", {first, second}}, {"case", subject}}));
    EXPECT_EQ(moved.at("reports").at(0).at("status"), "handling");
    const Json news{{"case", subject},
                    {"text", {{"id", "Situs sudah ditutup."}, {"en", "The site is down."}}},
                    {"status", "done"}};
    EXPECT_EQ(fits("ReportInformed", ask("POST", "/api/v1/reports/inform", news)).at("reporters"),
              2);
    const Json told = fits("Report", ask("GET", "/api/v1/reports/" + second));
    EXPECT_EQ(told.at("messages").at(0).at("text"), "Situs sudah ditutup.");
    EXPECT_EQ(told.at("case"), subject);
    EXPECT_EQ(ask("POST", "/api/v1/reports/inform",
                  {{"case", "KAS-2026-9999"}, {"text", {{"id", "x"}, {"en", "x"}}}})
                  .status,
              404);
    EXPECT_EQ(ask("POST", "/api/v1/reports/move",
                  {{"reports", Json::array({first, "LPR-0000-0000"})}, {"case", nullptr}})
                  .status,
              404);
    EXPECT_EQ(json(ask("GET", "/api/v1/reports/" + first)).at("case"), subject); // all or none
}

TEST_F(ReportRoutes, a_report_that_is_in_the_case_already_is_left_alone)
{
    const std::string number = enter("Pesan palsu tentang pajak kendaraan.");
    const std::string subject = json(ask("POST", "/api/v1/cases", {{"title", "Pajak"}})).at("id");
    const Json move{{"reports", {number}}, {"case", subject}};
    fits("ReportMoved", ask("POST", "/api/v1/reports/move", move));
    const auto version = json(ask("GET", "/api/v1/cases/" + subject)).at("version");
    fits("ReportMoved", ask("POST", "/api/v1/reports/move", move));
    EXPECT_EQ(json(ask("GET", "/api/v1/cases/" + subject)).at("version"), version);
}

TEST_F(ReportRoutes, reports_move_only_into_and_out_of_cases_that_the_asker_may_change)
{
    const std::string number = enter("Pesan palsu tentang pajak kendaraan.");
    const std::string subject = json(ask("POST", "/api/v1/cases", {{"title", "Pajak"}})).at("id");
    const std::string key = key_with({"read", "reports:read", "reports:write"});
    const Json into{{"reports", {number}}, {"case", subject}};
    const Json out{{"reports", {number}}, {"case", nullptr}};
    const auto by_key = [&](const Json& move) {
        auto made = request("POST", "/api/v1/reports/move", json_text(move));
        made.headers.emplace_back("authorization", "Bearer " + key);
        return send(made).status;
    };
    EXPECT_EQ(by_key(into), 403);
    EXPECT_TRUE(json(ask("GET", "/api/v1/reports/" + number)).at("case").is_null());

    fits("ReportMoved", ask("POST", "/api/v1/reports/move", into));
    EXPECT_EQ(by_key(out), 403);
    const auto ended = ask("POST", "/api/v1/cases/" + subject + "/stage",
                           {{"to", "not_incident"}, {"reason", "latihan"}}, "*");
    ASSERT_EQ(ended.status, 200) << ended.body;
    EXPECT_EQ(ask("POST", "/api/v1/reports/move", out).status, 409);
    const Json other{{"reports", {enter("Pesan palsu lain tentang pajak.")}}, {"case", subject}};
    EXPECT_EQ(ask("POST", "/api/v1/reports/move", other).status, 409);
}

TEST_F(ReportRoutes, what_a_report_for_named_persons_says_does_not_come_into_a_case)
{
    const std::string number = enter("Tautan palsu https://pajak.example/bayar");
    const std::string me = json(ask("GET", "/api/v1/me")).at("id");
    const auto named =
        ask("PUT", "/api/v1/protection/report/" + number, {{"tlp", "amber"}, {"named", {me}}}, "*");
    ASSERT_EQ(named.status, 200) << named.body;
    const Json act{{"type", "alert.attach"}, {"target", {{"ids", {number}}}}};
    const Json made = fits("ActionResult", ask("POST", "/api/v1/actions", act));
    const std::string path = "/api/v1/cases/" + made.at("case").get<std::string>();
    EXPECT_EQ(json(ask("GET", path)).at("title"), number);
    EXPECT_EQ(json(ask("GET", path + "/observables")).at("items").size(), 0U);
}

TEST_F(ReportRoutes, what_is_wrong_is_said)
{
    const std::string number = enter("Pesan palsu tentang pajak kendaraan.");
    const std::string path = "/api/v1/reports/" + number;
    const Json answers{{"what", "fraud"}, {"identity", "open"}};
    EXPECT_EQ(ask("POST", "/api/v1/reports", {{"channel", "phone"}, {"answers", answers}}).status,
              400);
    EXPECT_EQ(ask("POST", "/api/v1/reports", {{"channel", "web"}, {"answers", answers}}).status,
              400);
    EXPECT_EQ(
        ask("POST", "/api/v1/reports", {{"channel", "phone"}, {"answers", {{"nonsense", "x"}}}})
            .status,
        400);
    EXPECT_EQ(ask("POST", path + "/messages", {{"text", "  "}}).status, 400);
    EXPECT_EQ(ask("POST", path + "/files/x/take", {{"reason", ""}}).status, 400);
    EXPECT_EQ(ask("POST", path + "/files/x/take", {{"reason", "periksa"}}).status, 404);
    EXPECT_EQ(ask("GET", "/api/v1/reports?sort=nonsense").status, 400);
    EXPECT_EQ(ask("GET", "/api/v1/reports?q=nosuch:x").status, 400);
    EXPECT_EQ(ask("PATCH", path, {{"title", "Judul"}}).status, 428);
    EXPECT_EQ(ask("PATCH", path, {{"title", "Judul"}}, "\"v99\"").status, 412);
    EXPECT_EQ(fits("Report", ask("PATCH", path, {{"title", "Judul"}}, "\"v1\"")).at("title"),
              "Judul");
}

TEST_F(ReportRoutes, a_file_is_taken_as_bytes_with_a_reason)
{
    const std::string token(64, 'a');
    ASSERT_TRUE(desk_->save_answers(token, {{"what", "impersonation"},
                                            {"story", "Ada berkas aneh dari pesan palsu."},
                                            {"identity", "anonymous"}}));
    ASSERT_TRUE(desk_->add_draft_file(token, "bukti \"x\".html", "<script>alert(1)</script>"));
    const auto sent = desk_->send(token, *world_->report_form(), model::Language::English);
    ASSERT_TRUE(sent) << sent.error().message;
    const std::string path = "/api/v1/reports/" + sent->number;
    const Json report = fits("Report", ask("GET", path));
    EXPECT_EQ(report.at("language"), "en");
    const std::string file = report.at("files").at(0).at("id");
    const auto taken = ask("POST", path + "/files/" + file + "/take", {{"reason", "periksa"}});
    EXPECT_EQ(taken.body, "<script>alert(1)</script>");
    EXPECT_EQ(header(taken, "Content-Type"), "application/octet-stream");
    EXPECT_EQ(header(taken, "Content-Disposition"),
              "attachment; filename*=UTF-8''bukti%20%22x%22.html");
    EXPECT_EQ(header(taken, "Content-Security-Policy"), "sandbox; default-src 'none'");
}

TEST_F(ReportRoutes, the_profile_is_replaced_whole_and_by_version)
{
    Json kept = fits("ProfileKept", ask("GET", "/api/v1/profile"));
    EXPECT_EQ(kept.at("profile").at("team"), "Kota Contoh CSIRT");
    kept["profile"]["email"] = "csirt@kota.example";
    const Json saved =
        fits("ProfileKept", ask("PUT", "/api/v1/profile", kept.at("profile"), "\"v0\""));
    EXPECT_EQ(saved.at("version"), 1);
    EXPECT_EQ(saved.at("profile").at("email"), "csirt@kota.example");
    EXPECT_EQ(ask("PUT", "/api/v1/profile", kept.at("profile"), "\"v0\"").status, 412);
    EXPECT_EQ(ask("PUT", "/api/v1/profile", {{"colour", "red"}}, "\"v1\"").status, 400);
}

} // namespace
} // namespace tanggap::api
