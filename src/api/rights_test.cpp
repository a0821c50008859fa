// Who reaches which route, and whose things. The table is written by hand: a route that is not in
// it, or a row that is no route, fails.
#include <algorithm>
#include <map>
#include <set>

#include "api/detail/route.h"
#include "api/test_world.h"
#include "base/account_limits.h"

namespace tanggap::api {
namespace {

/// Who gets past the door: "public", "signed-in", or roles by letter: Administrator, Lead,
/// aNalyst, Viewer.
const std::map<std::string_view, std::string_view> kWho{
    {"acceptInvitation", "public"},
    {"acknowledgeReport", "LN"},
    {"addEntry", "LN"},
    {"addOrganisation", "A"},
    {"listClocks", "ALNV"},
    {"listHolidays", "ALNV"},
    {"listPlaybooks", "ALNV"},
    {"putHoliday", "A"},
    {"removeHoliday", "A"},
    {"switchClock", "A"},
    {"switchPlaybook", "A"},
    {"changeOrganisation", "A"},
    {"getOrganisation", "ALNV"},
    {"importOrganisations", "A"},
    {"listOrganisations", "ALNV"},
    {"removeOrganisation", "A"},
    {"putAsset", "A"},
    {"removeAsset", "A"},
    {"addEvidence", "LN"},
    {"addNote", "LN"},
    {"addObservables", "LN"},
    {"addRuleException", "A"},
    {"addTask", "LN"},
    {"answerReporter", "LN"},
    {"applyPlaybook", "LN"},
    {"askForCopy", "LN"},
    {"attachAlerts", "LN"},
    {"beginUpload", "LN"},
    {"act", "LN"},
    {"cancelHunt", "ALNV"},
    {"changePassword", "signed-in"},
    {"changeUser", "A"},
    {"checkEvidence", "LN"},
    {"checkRuleText", "ALNV"},
    {"chooseSource", "LN"},
    {"confirmSecondFactor", "signed-in"},
    {"declareIncident", "LN"},
    {"draftAdvisory", "LN"},
    {"editAdvisory", "LN"},
    {"getAdvisory", "LN"},
    {"listAdvisories", "LN"},
    {"publishAdvisory", "LN"},
    {"withdrawAdvisory", "LN"},
    {"deleteIndicators", "A"},
    {"deleteRuleText", "A"},
    {"detachAlert", "LN"},
    {"editCase", "LN"},
    {"editEntry", "LN"},
    {"editNote", "LN"},
    {"editObservable", "LN"},
    {"editReport", "LN"},
    {"editTask", "LN"},
    {"countTriage", "ALNV"},
    {"countTriageNews", "ALNV"},
    {"endRuleException", "A"},
    {"endSession", "signed-in"},
    {"enterReport", "LN"},
    {"explainAlert", "ALNV"},
    {"extractObservables", "LNV"},
    {"findSimilarReports", "LN"},
    {"freezePublication", "L"},
    {"fulfilDuty", "LN"},
    {"getAction", "LN"},
    {"getAlert", "ALNV"},
    {"getBatch", "LN"},
    {"getCase", "LNV"},
    {"getCasework", "LNV"},
    {"getDocument", "public"},
    {"getDocumentFile", "ALNV"},
    {"getEvent", "ALNV"},
    {"getEventHistogram", "ALNV"},
    {"getHealth", "public"},
    {"getHunt", "ALNV"},
    {"getIngestProgress", "LN"},
    {"getLedger", "ALNV"},
    {"getMe", "signed-in"},
    {"getMetrics", "A"},
    {"getOverview", "ALNV"},
    {"getProfile", "signed-in"},
    {"getPreferences", "signed-in"},
    {"getProtection", "signed-in"},
    {"getPublication", "ALNV"},
    {"getPublicationCsv", "ALNV"},
    {"getQuarantineEntry", "ALNV"},
    {"getReady", "public"},
    {"getReport", "LN"},
    {"getReportForm", "signed-in"},
    {"getRule", "ALNV"},
    {"getRuleText", "ALNV"},
    {"getSensor", "ALNV"},
    {"getSystem", "A"},
    {"listSources", "ALNV"},
    {"putRuleSetting", "A"},
    {"putRuleText", "A"},
    {"putSensor", "A"},
    {"tryRecords", "ALNV"},
    {"getSession", "signed-in"},
    {"getSetup", "public"},
    {"getStatistics", "ALNV"},
    {"getStatisticsCsv", "ALNV"},
    {"getUser", "A"},
    {"informReporters", "LN"},
    {"ingest", "LN"},
    {"invite", "A"},
    {"keepPreferences", "signed-in"},
    {"listAlertEvents", "ALNV"},
    {"listAlertFacets", "ALNV"},
    {"listAlertHistory", "ALNV"},
    {"listAlerts", "ALNV"},
    {"listAssets", "ALNV"},
    {"listAssignees", "ALNV"},
    {"listAudit", "A"},
    {"listCaseAlerts", "LNV"},
    {"listCaseFacets", "LNV"},
    {"listCases", "LNV"},
    {"listCustody", "LNV"},
    {"listEvents", "ALNV"},
    {"listEvidence", "LNV"},
    {"listHunts", "ALNV"},
    {"listIndicators", "ALNV"},
    {"listInvites", "A"},
    {"listKeys", "signed-in"},
    {"listMySessions", "signed-in"},
    {"listNotes", "LNV"},
    {"listObservables", "LNV"},
    {"listPrecedents", "ALNV"},
    {"listCaseDocuments", "LNV"},
    {"listPublications", "ALNV"},
    {"previewRuleException", "ALNV"},
    {"printCase", "LN"},
    {"printPublication", "L"},
    {"listQuarantine", "ALNV"},
    {"listReports", "LN"},
    {"listRuleExceptions", "ALNV"},
    {"listRuleHistory", "ALNV"},
    {"listRules", "ALNV"},
    {"listSensors", "ALNV"},
    {"listTasks", "LNV"},
    {"listTimeline", "LNV"},
    {"listTopValues", "ALNV"},
    {"getTriageHours", "ALNV"},
    {"listTriage", "ALNV"},
    {"listTriageFacets", "ALNV"},
    {"listUserKeys", "A"},
    {"listUsers", "A"},
    {"listViews", "ALNV"},
    {"lookAtInvitation", "public"},
    {"makeKey", "signed-in"},
    {"mergeNote", "LNV"},
    {"moveCase", "LN"},
    {"moveReports", "LN"},
    {"noteReport", "LN"},
    {"openCase", "LN"},
    {"parseQuery", "ALNV"},
    {"putAssets", "A"},
    {"putIndicators", "A"},
    {"putProfile", "A"},
    {"putProtection", "signed-in"},
    {"readEvidence", "LN"},
    {"reauthenticate", "signed-in"},
    {"removeView", "ALNV"},
    {"renewRecoveryCodes", "signed-in"},
    {"rerunQuarantine", "LN"},
    {"resetPassword", "A"},
    {"resetSecondFactor", "A"},
    {"revokeInvite", "A"},
    {"revokeKey", "signed-in"},
    {"sendPiece", "LN"},
    {"setMilestone", "LN"},
    {"saveView", "ALNV"},
    {"setUp", "public"},
    {"signIn", "public"},
    {"signOut", "signed-in"},
    {"signOutEverywhere", "signed-in"},
    {"signOutUser", "A"},
    {"startHunt", "ALNV"},
    {"startSecondFactor", "signed-in"},
    {"takeReportFile", "LN"},
    {"streamChanges", "ALNV"},
    {"undo", "signed-in"},
    {"verifyAudit", "A"},
};

const std::map<char, std::string> kRoles{
    {'A', "administrator"}, {'L', "lead"}, {'N', "analyst"}, {'V', "viewer"}};

TEST(Rights, the_table_and_the_router_list_the_same_routes)
{
    std::set<std::string_view> routed;
    for (const Route& route : routes()) {
        EXPECT_TRUE(routed.insert(route.id).second) << route.id << " is there twice";
        EXPECT_TRUE(kWho.contains(route.id)) << route.id << " has no row in kWho";
    }
    for (const auto& [id, who] : kWho) {
        EXPECT_TRUE(routed.contains(id)) << id << " is no route";
    }
}

TEST(Rights, each_role_passes_where_the_table_says_and_nowhere_else)
{
    for (const Route& route : routes()) {
        const std::string_view who = kWho.contains(route.id) ? kWho.at(route.id) : "";
        EXPECT_EQ(route.scope == policy::Scope::Public, who == "public") << route.id;
        EXPECT_EQ(route.scope == policy::Scope::SignedIn, who == "signed-in") << route.id;
        EXPECT_EQ(policy::authorise({}, route.scope).has_value(), who == "public") << route.id;
        for (const auto& [letter, role] : kRoles) {
            const policy::Subject subject{.user_id = "u",
                                          .scopes = policy::scopes_of_roles({role})};
            const bool open = who == "public" || who == "signed-in";
            EXPECT_EQ(policy::authorise(subject, route.scope).has_value(),
                      open || who.contains(letter))
                << route.id << " " << role;
        }
    }
}

TEST(Rights, what_changes_secrets_or_rights_is_done_by_a_person_who_just_signed_in)
{
    // Answers that hold a secret are kept for no repeat.
    const std::set<std::string_view> secret{
        "changePassword",    "confirmSecondFactor", "invite",        "makeKey",
        "reauthenticate",    "renewRecoveryCodes",  "resetPassword", "resetSecondFactor",
        "startSecondFactor", "enterReport",         "takeReportFile"};
    const std::set<std::string_view> fresh{
        "changeUser",    "confirmSecondFactor", "invite",           "makeKey", "renewRecoveryCodes",
        "resetPassword", "resetSecondFactor",   "startSecondFactor"};
    const std::set<std::string_view> session{
        "changePassword", "confirmSecondFactor", "endSession",
        "makeKey",        "reauthenticate",      "renewRecoveryCodes",
        "revokeKey",      "signOutEverywhere",   "startSecondFactor"};
    for (const Route& route : routes()) {
        EXPECT_EQ(route.secret_answer, secret.contains(route.id)) << route.id;
        EXPECT_EQ(route.fresh, fresh.contains(route.id)) << route.id;
        EXPECT_EQ(route.session_only, session.contains(route.id)) << route.id;
        EXPECT_TRUE(route.method != "PATCH" || (route.versioned && route.current != nullptr))
            << route.id;
    }
}

class Owners : public ApiTest {
protected:
    Owners()
        : admin_(sign_in()),
          rina_(add_person(admin_, "sari", {"analyst"})),
          budi_(add_person(admin_, "budi", {"analyst"}))
    {
    }

    std::string id_of_session(const Person& person)
    {
        for (const Json& session :
             json(send(as(person.cookie, "GET", "/api/v1/me/sessions"))).at("items")) {
            if (session.at("current").get<bool>()) {
                return session.at("id");
            }
        }
        return {};
    }
    std::string make_key(const Person& person)
    {
        const auto made =
            send(as(person.cookie, "POST", "/api/v1/keys", R"({"name":"k","scopes":["read"]})"));
        EXPECT_EQ(made.status, 201) << made.body;
        return json(made).at("id");
    }
    std::string detail_of(const net::HttpResponse& response)
    {
        return json(response).value("detail", "");
    }

    const std::string admin_;
    const Person rina_;
    const Person budi_;
};

TEST_F(Owners, an_id_of_someone_else_answers_as_one_that_is_not_there)
{
    const std::string session = id_of_session(rina_);
    const std::string key = make_key(rina_);
    struct Case {
        std::string method;
        std::string path; ///< with an id behind it
        std::string id;
    };
    for (const Case& one :
         {Case{"DELETE", "/api/v1/me/sessions/", session}, Case{"DELETE", "/api/v1/keys/", key}}) {
        const auto theirs = send(as(budi_.cookie, one.method, one.path + one.id));
        const auto nobodys = send(as(budi_.cookie, one.method, one.path + "none"));
        EXPECT_EQ(theirs.status, 404) << one.path;
        EXPECT_EQ(nobodys.status, 404) << one.path;
        EXPECT_EQ(detail_of(theirs), detail_of(nobodys)) << one.path;
    }
    EXPECT_EQ(send(as(rina_.cookie, "GET", "/api/v1/me")).status, 200);
    EXPECT_EQ(json(send(as(budi_.cookie, "GET", "/api/v1/keys"))).at("items").size(), 0U);
    // And the owner's own hand works.
    EXPECT_EQ(send(as(rina_.cookie, "DELETE", "/api/v1/keys/" + key)).status, 204);
    EXPECT_EQ(send(as(rina_.cookie, "DELETE", "/api/v1/me/sessions/" + session)).status, 204);
    EXPECT_EQ(send(as(rina_.cookie, "GET", "/api/v1/me")).status, 401);
}

TEST_F(Owners, what_is_red_is_not_there_for_others_on_any_route)
{
    model::Alert alert;
    alert.number = 1;
    alert.id = base::make_uuid_v7(clock_.now());
    store::Commit commit;
    commit.cursor = 1;
    commit.range = {.first = 1, .last = 1, .token = "t", .annotations = {}};
    commit.alerts = {alert};
    ASSERT_TRUE(cases_->commit(commit));
    auto label =
        as(rina_.cookie, "PUT", "/api/v1/protection/alert/ALR-1", R"({"tlp":"red","named":[]})");
    EXPECT_EQ(send(label).status, 428);
    label.headers.emplace_back("if-match", "\"v0\"");
    ASSERT_EQ(send(label).status, 200);
    for (const std::string path :
         {"/api/v1/alerts/ALR-1", "/api/v1/alerts/ALR-1/why", "/api/v1/alerts/ALR-1/events",
          "/api/v1/protection/alert/ALR-1"}) {
        for (const std::string& id : {std::string("ALR-1"), alert.id.text()}) {
            std::string by_id = path;
            by_id.replace(by_id.find("ALR-1"), 5, id);
            std::string unknown = path;
            unknown.replace(unknown.find("ALR-1"), 5, "ALR-9");
            EXPECT_EQ(send(as(rina_.cookie, "GET", by_id)).status, 200) << by_id;
            for (const std::string& cookie : {budi_.cookie, admin_}) {
                const auto hidden = send(as(cookie, "GET", by_id));
                EXPECT_EQ(hidden.status, 404) << by_id << hidden.body;
                EXPECT_EQ(send(as(cookie, "GET", unknown)).status, 404);
            }
        }
    }
    const auto total = [&](const std::string& cookie) {
        return json(send(as(cookie, "GET", "/api/v1/alerts"))).at("total").at("value").get<int>();
    };
    EXPECT_EQ(total(rina_.cookie), 1);
    EXPECT_EQ(total(budi_.cookie), 0);
    const auto groups = [&](const std::string& cookie) {
        return json(send(as(cookie, "GET", "/api/v1/triage?group=source"))).at("items").size();
    };
    EXPECT_EQ(groups(rina_.cookie), 1U);
    EXPECT_EQ(groups(budi_.cookie), 0U);
    const auto hours = [&](const std::string& cookie) {
        return json(send(as(cookie, "GET", "/api/v1/triage/hours?alerts=ALR-1")))
            .at("alerts")
            .size();
    };
    EXPECT_EQ(hours(rina_.cookie), 1U);
    EXPECT_EQ(hours(budi_.cookie), 0U);
    const auto ladder = [&](const std::string& cookie) {
        const auto page = json(send(as(cookie, "GET", "/api/v1/overview")));
        return page.at("alerts_open").at("medium").get<int>();
    };
    EXPECT_EQ(ladder(rina_.cookie), 1);
    EXPECT_EQ(ladder(budi_.cookie), 0);
    auto steal = as(budi_.cookie, "PUT", "/api/v1/protection/alert/ALR-1",
                    R"({"tlp":"clear","named":[],"reason":"x"})");
    steal.headers.emplace_back("if-match", "*");
    EXPECT_EQ(send(steal).status, 404);

    const auto opened = send(as(rina_.cookie, "POST", "/api/v1/cases", R"({"alerts":["ALR-1"]})"));
    ASSERT_EQ(opened.status, 201) << opened.body;
    EXPECT_EQ(json(opened).at("title"), "ALR-1"); // not what the alert says
    const std::string in_case =
        "/api/v1/cases/" + json(opened).at("id").get<std::string>() + "/alerts";
    EXPECT_EQ(json(send(as(rina_.cookie, "GET", in_case))).at("items").size(), 1U);
    EXPECT_EQ(json(send(as(budi_.cookie, "GET", in_case))).at("items").size(), 0U);
}

TEST_F(Owners, a_stale_edit_is_answered_with_what_is_there_now)
{
    const std::string path = "/api/v1/users/" + budi_.id;
    const std::string tag = header(send(as(admin_, "GET", path)), "ETag");
    EXPECT_TRUE(tag.starts_with("\"v")) << tag;
    auto change = as(admin_, "PATCH", path, R"({"roles":["viewer"]})");
    EXPECT_EQ(send(change).status, 428);
    change.headers.emplace_back("if-match", tag);
    const auto done = send(change);
    ASSERT_EQ(done.status, 200) << done.body;
    EXPECT_NE(header(done, "ETag"), tag);
    const auto stale = send(change);
    ASSERT_EQ(stale.status, 412) << stale.body;
    const Json current = json(stale).at("current");
    EXPECT_EQ(current.at("item").at("roles"), Json::array({"viewer"}));
    EXPECT_EQ(current.at("etag").get<std::string>(), header(stale, "ETag"));
    auto broken = as(admin_, "PATCH", path, R"({"roles":["viewer"]})");
    broken.headers.emplace_back("if-match", "\"abc\"");
    EXPECT_EQ(send(broken).status, 400);
    EXPECT_EQ(send(as(budi_.cookie, "GET", "/api/v1/me")).status, 401); // its rights changed
}

TEST_F(Owners, sensitive_acts_ask_for_the_password_again)
{
    clock_.pass(base::limits::accounts::kReauthenticated);
    // Both idle limits are longer: the session lives, it is only not fresh.
    clock_.pass(std::chrono::seconds(1));
    const auto wish = [&](const std::string& cookie) {
        return send(as(cookie, "POST", "/api/v1/keys", R"({"name":"k","scopes":["read"]})"));
    };
    const auto refused = wish(rina_.cookie);
    EXPECT_EQ(refused.status, 403);
    EXPECT_NE(refused.body.find("reauthenticate"), std::string::npos);
    const auto again = send(as(rina_.cookie, "POST", "/api/v1/session/reauthenticate",
                               json_text({{"password", "kuda baterai pasak benar"},
                                          {"code", code_of(rina_.secret, clock_.now())}})));
    ASSERT_EQ(again.status, 200) << again.body;
    const std::string cookie = header(again, "Set-Cookie");
    EXPECT_EQ(wish(cookie.substr(0, cookie.find(';'))).status, 201);
    EXPECT_EQ(wish(rina_.cookie).status, 401); // the token from before ended
}

TEST_F(Owners, signing_in_gives_a_new_session_and_ends_the_one_that_came_along)
{
    clock_.pass(std::chrono::seconds(30));
    const auto again = send(as(rina_.cookie, "POST", "/api/v1/session",
                               json_text({{"name", "sari"},
                                          {"password", "kuda baterai pasak benar"},
                                          {"code", code_of(rina_.secret, clock_.now())}})));
    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(send(as(rina_.cookie, "GET", "/api/v1/me")).status, 401);
    // A token chosen by someone else opens nothing.
    EXPECT_EQ(send(as("tanggap=" + std::string(64, 'a'), "GET", "/api/v1/me")).status, 401);
}

TEST_F(Owners, no_answer_about_accounts_holds_a_hash_or_a_secret)
{
    make_key(rina_);
    for (const std::string path : {"/api/v1/users", "/api/v1/invites", "/api/v1/audit",
                                   "/api/v1/me", "/api/v1/keys", "/api/v1/me/sessions"}) {
        const auto answer = send(as(admin_, "GET", path));
        EXPECT_EQ(answer.status, 200) << path;
        for (const char* const word : {"hash", "wrapped", "argon2", "csrf"}) {
            EXPECT_EQ(answer.body.find(word), std::string::npos) << path << " " << word;
        }
    }
}

} // namespace
} // namespace tanggap::api
