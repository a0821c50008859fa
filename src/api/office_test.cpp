// What an office keeps about itself, through the routes: organisations, assets row by row, days
// off, playbooks and clocks.
#include "api/detail/schema.h"
#include "api/test_world.h"
#include "base/office_limits.h"
#include "casework/content_for_test.h"
#include "store/assets.h"

namespace tanggap::api {
namespace {

class OfficeRoutes : public ApiTest {
protected:
    OfficeRoutes()
    {
        std::vector<casework::Diagnostic> problems;
        casework_ = std::make_shared<casework::Knowledge>(
            casework::load_knowledge({.taxonomies = casework::shipped("taxonomies"),
                                      .playbooks = casework::shipped("playbooks"),
                                      .clocks = casework::shipped("clocks"),
                                      .holidays = casework::shipped("holidays")},
                                     "Asia/Jakarta", problems));
        cookie_ = sign_in();
    }
    net::HttpResponse ask(const std::string& method, const std::string& target,
                          const Json& body = {}, const std::string& tag = {})
    {
        net::HttpRequest made = as(cookie_, method, target, body.is_null() ? "" : json_text(body));
        if (!tag.empty()) {
            made.headers.emplace_back("if-match", tag);
        }
        return send(made);
    }
    net::HttpResponse import(const std::string& csv, bool dry = false)
    {
        net::HttpRequest made =
            request("PUT", std::string("/api/v1/organisations") + (dry ? "?dry_run=true" : ""), csv,
                    "text/csv");
        made.headers.emplace_back("cookie", cookie_);
        made.headers.emplace_back("x-requested-with", "tanggap");
        return send(made);
    }
    Json fits(std::string_view schema, const net::HttpResponse& response, int status = 200)
    {
        EXPECT_EQ(response.status, status) << response.body;
        std::vector<FieldError> errors;
        validate(schema, json(response), errors);
        for (const FieldError& error : errors) {
            ADD_FAILURE() << schema << error.pointer << " " << error.detail << response.body;
        }
        return json(response);
    }
    std::vector<std::string> actions(const std::string& kind)
    {
        std::vector<std::string> done;
        EXPECT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(const auto page, store::list_activities(snapshot, {.action = kind}, 100));
            for (const store::Activity& activity : page.activities) {
                done.insert(done.begin(), activity.effect.action);
            }
            return {};
        }));
        return done;
    }

    std::string cookie_;
};

TEST_F(OfficeRoutes, an_organisation_is_written_down_changed_and_removed)
{
    const Json wish{{"name", " Dinas A "},
                    {"contacts", Json::array({{{"name", "Rina"}, {"phone", "+62 811-1"}}})}};
    const auto made = ask("POST", "/api/v1/organisations", wish);
    const Json first = fits("Organisation", made, 201);
    EXPECT_EQ(first.at("name"), "Dinas A");
    EXPECT_EQ(ask("POST", "/api/v1/organisations", {{"name", "dinas a"}}).status, 409);

    const std::string path = "/api/v1/organisations/" + first.at("id").get<std::string>();
    const Json texts{{"note", "Lantai 2"}, {"contacts", Json::array()}};
    EXPECT_EQ(ask("PUT", path, texts).status, 428);
    const Json changed = fits("Organisation", ask("PUT", path, texts, header(made, "ETag")));
    EXPECT_EQ(changed.at("note"), "Lantai 2");
    EXPECT_EQ(changed.at("name"), "Dinas A");
    EXPECT_EQ(ask("PUT", path, texts, header(made, "ETag")).status, 412);
    EXPECT_EQ(ask("PUT", path, {{"name", "Dinas B"}}, "*").status, 400) << "the name stays";
    const Json wrong{{"contacts", Json::array({{{"name", "Rina"}}})}};
    EXPECT_NE(ask("PUT", path, wrong, "*").body.find("neither"), std::string::npos);

    EXPECT_EQ(ask("DELETE", path, {}, "*").status, 204);
    EXPECT_EQ(ask("GET", path).status, 404);
    EXPECT_EQ(actions("organisation"),
              (std::vector<std::string>{"organisation.add", "organisation.change",
                                        "organisation.remove"}));
}

TEST_F(OfficeRoutes, owners_that_only_assets_name_are_in_the_list)
{
    ASSERT_EQ(ask("POST", "/api/v1/organisations", {{"name", "Dinas B"}}).status, 201);
    for (const auto& [network, owner] :
         {std::pair("192.0.2.1", "Dinas A"), std::pair("192.0.2.2", "dinas b"),
          std::pair("192.0.2.3", "Dinas B")}) {
        const Json asset{{"network", network}, {"name", "web"}, {"organisation", owner}};
        fits("Asset", ask("PUT", "/api/v1/assets/row", asset));
    }
    const Json all = fits("OrganisationPage", ask("GET", "/api/v1/organisations")).at("items");
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all.at(0).at("id").is_null());
    EXPECT_EQ(all.at(0).at("name"), "Dinas A");
    EXPECT_EQ(all.at(0).at("assets"), 1);
    EXPECT_EQ(all.at(1).at("assets"), 2);
    const auto of = [&](const std::string& question) {
        return json(ask("GET", "/api/v1/organisations?" + question)).at("items").size();
    };
    EXPECT_EQ(of("name=DINAS%20B"), 1U);
    EXPECT_EQ(of("name=Dinas"), 0U);
    EXPECT_EQ(of("text=dinas"), 2U);
    EXPECT_EQ(of("text=rina"), 0U);
}

TEST_F(OfficeRoutes, contacts_are_imported_and_what_is_not_in_the_file_stays)
{
    ASSERT_EQ(ask("POST", "/api/v1/organisations", {{"name", "Dinas A"}, {"note", "lama"}}).status,
              201);
    ASSERT_EQ(ask("POST", "/api/v1/organisations", {{"name", "Dinas Z"}}).status, 201);
    const std::string csv = "organisation,contact,role,phone,email\n"
                            "dinas a,Rina,Agen siber,110,\nDinas B,Budi,,,budi@b.example\n";
    const Json expected{{"organisations", 2}, {"added", 1}, {"changed", 1}, {"dry_run", true}};
    EXPECT_EQ(fits("OrganisationImport", import(csv, true)), expected);
    EXPECT_EQ(json(ask("GET", "/api/v1/organisations")).at("items").size(), 2U);
    EXPECT_EQ(fits("OrganisationImport", import(csv)).at("added"), 1);
    const Json all = json(ask("GET", "/api/v1/organisations")).at("items");
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all.at(0).at("name"), "Dinas A");
    EXPECT_EQ(all.at(0).at("note"), "lama");
    EXPECT_EQ(all.at(0).at("contacts").at(0).at("name"), "Rina");
    EXPECT_EQ(all.at(0).at("version"), 2);
    EXPECT_EQ(all.at(1).at("version"), 1);
    const std::size_t before = actions("organisation").size();
    EXPECT_EQ(json(import(csv)).at("changed"), 0);
    EXPECT_EQ(actions("organisation").size(), before) << "nothing to do is no record";

    const auto refused = import("Dinas C,Sari,,,\nDinas D,Tono,,x,\n");
    EXPECT_EQ(refused.status, 400);
    const Json errors = json(refused).at("errors");
    ASSERT_EQ(errors.size(), 2U);
    EXPECT_EQ(errors.at(0).at("pointer"), "/lines/1");
    EXPECT_EQ(errors.at(0).at("code"), "reach");
    EXPECT_EQ(errors.at(1).at("code"), "phone");
    EXPECT_EQ(json(ask("GET", "/api/v1/organisations")).at("items").size(), 3U);
}

TEST_F(OfficeRoutes, a_full_table_of_assets_takes_no_more_and_can_still_be_changed)
{
    std::vector<normalize::Asset> rows;
    for (std::size_t i = 0; i < base::limits::kAssetsMax; ++i) {
        normalize::Asset& row = rows.emplace_back();
        row.network = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
        row.name = "kantor";
    }
    ASSERT_TRUE(cases_->change({.actor = {.kind = store::ActorKind::System}, .now = clock_.now()},
                               [&](store::Change& change) -> base::Status {
                                   TRY_STATUS(store::replace_assets(change, rows));
                                   return change.record(
                                       {.action = "asset.import", .object = store::kAssetTable});
                               }));
    const std::string row = "/api/v1/assets/row";
    const auto put = [&](const std::string& network) {
        return ask("PUT", row, {{"network", network}, {"name", "lain"}}).status;
    };
    EXPECT_EQ(put("192.0.2.1"), 429);
    EXPECT_EQ(put("10.0.0.1"), 200);
    EXPECT_EQ(ask("DELETE", row + "?network=10.0.0.1").status, 204);
    EXPECT_EQ(put("192.0.2.1"), 200) << "there is room again";
}

TEST_F(OfficeRoutes, one_asset_is_added_changed_and_removed)
{
    const std::string row = "/api/v1/assets/row";
    const auto put = [&](const std::string& network, int value) {
        return ask("PUT", row, {{"network", network}, {"name", "kantor"}, {"value", value}});
    };
    EXPECT_EQ(put("192.0.2.0/24", 2).status, 200);
    const auto otherwise = put("192.0.2.9/24", 3); // the same network
    EXPECT_EQ(json(otherwise).at("network"), "192.0.2.0/24") << "as it is kept";
    EXPECT_EQ(put("192.0.2.0/24", 3).status, 200) << "nothing to do";
    EXPECT_EQ(assets_reloaded_, 2);
    const Json items = json(ask("GET", "/api/v1/assets")).at("items");
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items.at(0).at("network"), "192.0.2.0/24");
    EXPECT_EQ(items.at(0).at("value"), 3);
    const Json refused = json(put("kantor", 2));
    EXPECT_EQ(refused.at("errors").at(0).at("pointer"), "/network");
    EXPECT_EQ(json(put("192.0.2.1", 9)).at("errors").at(0).at("pointer"), "/value");
    EXPECT_EQ(json(ask("PUT", row, {{"network", "192.0.2.1"}, {"name", " "}}))
                  .at("errors")
                  .at(0)
                  .at("pointer"),
              "/name");
    const auto add = [&](const std::string& network) {
        auto made = as(cookie_, "PUT", row, json_text({{"network", network}, {"name", "lain"}}));
        made.headers.emplace_back("if-none-match", "*");
        return send(made);
    };
    const auto there = add("192.0.2.9/24");
    EXPECT_EQ(there.status, 409) << there.body;
    EXPECT_EQ(json(there).at("errors").at(0).at("pointer"), "/network");
    EXPECT_EQ(json(there).at("errors").at(0).at("code"), "twice");
    EXPECT_EQ(json(ask("GET", "/api/v1/assets")).at("items"), items) << "nothing was taken";
    EXPECT_EQ(ask("DELETE", row + "?network=192.0.2.0/24").status, 204);
    EXPECT_EQ(ask("DELETE", row + "?network=192.0.2.0/24").status, 404);
    EXPECT_EQ(ask("DELETE", row).status, 404);
    EXPECT_EQ(actions("asset"),
              (std::vector<std::string>{"asset.add", "asset.change", "asset.remove"}));
}

TEST_F(OfficeRoutes, own_days_off_stand_beside_those_of_the_file)
{
    const Json before = fits("Holidays", ask("GET", "/api/v1/holidays"));
    EXPECT_EQ(before.at("calendar"), "indonesia");
    EXPECT_EQ(before.at("hours").at(4), "07:30-11:30, 13:00-16:30");
    const auto off = [&] {
        return !casework_->calendar->is_working(casework::at("2026-10-07T03:00:00Z"));
    };
    EXPECT_FALSE(off());
    const std::string day = "/api/v1/holidays/2026-10-07";
    const Json after = fits("Holidays", ask("PUT", day, {{"name", "HUT Kota"}}));
    EXPECT_EQ(after.at("items").size(), before.at("items").size() + 1);
    EXPECT_EQ(after.at("items").back().at("by"), "rina");
    EXPECT_TRUE(off());
    EXPECT_EQ(ask("PUT", day, {{"name", "Hari Jadi Kota"}}).status, 200);
    EXPECT_EQ(ask("PUT", "/api/v1/holidays/2026-08-17", {{"name", "x"}}).status, 409);
    EXPECT_EQ(ask("PUT", "/api/v1/holidays/2026-02-30", {{"name", "x"}}).status, 400);
    EXPECT_EQ(ask("PUT", day, {{"name", " "}}).status, 400);
    EXPECT_EQ(ask("DELETE", "/api/v1/holidays/2026-08-17").status, 404);
    fits("Holidays", ask("DELETE", day));
    EXPECT_FALSE(off());
    EXPECT_EQ(actions("holiday"),
              (std::vector<std::string>{"holiday.add", "holiday.change", "holiday.remove"}));
}

TEST_F(OfficeRoutes, playbooks_and_service_clocks_are_switched_with_a_reason)
{
    const Json off{{"enabled", false}, {"reason", "Tidak dipakai"}};
    EXPECT_EQ(ask("PUT", "/api/v1/playbooks/ddos/setting", {{"enabled", false}}).status, 400);
    const Json books = fits("Playbooks", ask("PUT", "/api/v1/playbooks/ddos/setting", off));
    for (const Json& book : books.at("items")) {
        EXPECT_EQ(book.at("off").is_null(), book.at("id") != "ddos");
    }
    EXPECT_EQ(ask("PUT", "/api/v1/playbooks/none/setting", off).status, 404);
    EXPECT_FALSE(casework_->find_playbook("ddos")->enabled);
    EXPECT_EQ(ask("PUT", "/api/v1/playbooks/ddos/setting", {{"enabled", true}}).status, 200);
    EXPECT_TRUE(casework_->find_playbook("ddos")->enabled);

    const auto law = ask("PUT", "/api/v1/clocks/iiv_report/setting", off);
    EXPECT_EQ(law.status, 400);
    EXPECT_NE(law.body.find("duty by law"), std::string::npos);
    const Json clocks = fits("ClockRules", ask("PUT", "/api/v1/clocks/triage/setting", off));
    for (const Json& clock : clocks.at("items")) {
        EXPECT_EQ(clock.at("off").is_null(), clock.at("id") != "triage");
        EXPECT_EQ(clock.at("instrument").get<std::string>().empty(), clock.at("kind") == "service");
    }
    EXPECT_FALSE(casework_->find_clock("triage")->enabled);
    EXPECT_EQ(actions("clock"), (std::vector<std::string>{"clock.switch"}));
}

} // namespace
} // namespace tanggap::api
