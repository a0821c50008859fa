#include "api/detail/schema.h"
#include "api/test_world.h"
#include "casework/knowledge.h"

namespace tanggap::api {
namespace {

/// A lead's session; every answer is compared with its schema.
class Cases : public ApiTest {
protected:
    void SetUp() override
    {
        auto knowledge = std::make_shared<casework::Knowledge>();
        knowledge->classes = {{.id = "fraud/phishing",
                               .group = "fraud",
                               .group_title = {"P", "F"},
                               .title = {"P", "F"}}};
        knowledge->playbooks = {{.id = "phishing",
                                 .title = {"Phishing", "Phishing"},
                                 .when = {"a", "b"},
                                 .tasks = {{.id = "look",
                                            .title = {"Lihat", "Look"},
                                            .why = {"a", "b"},
                                            .due_seconds = 60,
                                            .mandatory = true}}}};
        casework_ = std::move(knowledge);
        cookie_ = sign_in();
        vault_ = std::move(
            *store::EvidenceVault::open((folder_ / "evidence").string(), std::string(32, 'k')));
        world_->vault = vault_.get();
    }

    net::HttpResponse ask(const std::string& method, const std::string& target,
                          const Json& body = {}, std::string match = {})
    {
        auto made = request(method, target, body.is_null() ? std::string() : json_text(body));
        made.headers.emplace_back("cookie", cookie_);
        made.headers.emplace_back("x-requested-with", "tanggap");
        if (!match.empty()) {
            made.headers.emplace_back("if-match", std::move(match));
        }
        return send(made);
    }
    Json good(const net::HttpResponse& answer, int status, std::string_view schema)
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

    std::string cookie_;
    std::unique_ptr<store::EvidenceVault> vault_;
};

TEST_F(Cases, one_is_opened_listed_found_by_both_numbers_and_edited_at_its_version)
{
    const auto opened =
        ask("POST", "/api/v1/cases",
            {{"title", "Situs palsu"}, {"classes", {"fraud/phishing"}}, {"playbook", "phishing"}});
    const Json made = good(opened, 201, "Case");
    EXPECT_EQ(header(opened, "Location"), "/api/v1/cases/KAS-2023-0001");
    EXPECT_EQ(made.at("owner"), "rina");
    EXPECT_EQ(made.at("tasks"), 1);
    const std::string id = made.at("id");
    good(ask("GET", "/api/v1/cases/INS-2023-0001"), 200, "Case");
    const Json page =
        good(ask("GET", "/api/v1/cases?q=is:open%20owner:@me&sort=priority"), 200, "CasePage");
    ASSERT_EQ(page.at("items").size(), 1U);
    EXPECT_EQ(page.at("items")[0].at("number"), "KAS-2023-0001");
    EXPECT_EQ(good(ask("GET", "/api/v1/cases/facets?fields=stage,class"), 200, "Facets")
                  .at("fields")
                  .at("class")[0]
                  .at("count"),
              1);

    EXPECT_EQ(ask("PATCH", "/api/v1/cases/" + id, {{"title", "b"}}).status, 428);
    const std::string tag = header(ask("GET", "/api/v1/cases/" + id), "ETag");
    EXPECT_EQ(
        good(ask("PATCH", "/api/v1/cases/" + id, {{"title", "b"}}, tag), 200, "Case").at("title"),
        "b");
    const auto late = ask("PATCH", "/api/v1/cases/" + id, {{"title", "c"}}, tag);
    EXPECT_EQ(late.status, 412) << late.body;
    EXPECT_EQ(ask("PATCH", "/api/v1/cases/" + id, {{"tittle", "c"}}, tag).status, 400);
    EXPECT_EQ(ask("GET", "/api/v1/cases/KAS-2023-0009").status, 404);
    EXPECT_EQ(ask("GET", "/api/v1/cases?q=stage:gone").status, 400);
    EXPECT_EQ(ask("GET", "/api/v1/cases?sort=size").status, 400);
}

TEST_F(Cases, what_lies_in_one_answers_as_documented)
{
    const std::string id = json(ask("POST", "/api/v1/cases", {{"title", "x"}})).at("id");
    const std::string path = "/api/v1/cases/" + id;
    const Json task = good(ask("POST", path + "/tasks", {{"title", "Telepon"}}), 201, "Task");
    const std::string task_path = path + "/tasks/" + task.at("id").get<std::string>();
    EXPECT_EQ(ask("PATCH", task_path, {{"state", "done"}}).status, 428);
    EXPECT_EQ(
        good(ask("PATCH", task_path, {{"state", "done"}}, "\"v1\""), 200, "Task").at("done_by"),
        "rina");
    EXPECT_EQ(ask("PATCH", task_path, {{"state", "open"}}, "\"v1\"").status, 412);
    good(ask("GET", path + "/tasks"), 200, "Tasks");
    EXPECT_EQ(good(ask("POST", path + "/playbooks", {{"playbook", "phishing"}}), 200, "Tasks")
                  .at("items")
                  .size(),
              2U);

    good(ask("POST", path + "/entries", {{"kind", "action"}, {"text", "blokir"}}), 201, "Entry");
    EXPECT_EQ(
        ask("POST", path + "/entries", {{"text", "x"}, {"at", "2031-01-01T00:00:00Z"}}).status,
        400);
    const Json line = good(ask("GET", path + "/timeline?limit=1"), 200, "TimelinePage");
    EXPECT_FALSE(line.at("next").is_null());
    good(ask("GET", path + "/timeline"), 200, "TimelinePage");

    EXPECT_EQ(
        good(ask("POST", path + "/observables", {{"text", "hxxp://jahat[.]example"}}), 201, "Added")
            .at("added"),
        2);
    const Json seen = good(ask("GET", path + "/observables"), 200, "SeenObservables");
    std::set<std::string> shown;
    for (const Json& each : seen.at("items")) {
        shown.insert(each.at("shown"));
    }
    EXPECT_EQ(shown, (std::set<std::string>{"hxxp://jahat[.]example", "jahat[.]example"}));
    const std::string first =
        path + "/observables/" + seen.at("items")[0].at("id").get<std::string>();
    EXPECT_EQ(ask("PATCH", first, {{"note", "dari laporan"}}).status, 428);
    good(ask("PATCH", first, {{"note", "dari laporan"}}, "\"v1\""), 200, "SeenObservables");
    EXPECT_EQ(ask("PATCH", first, {{"note", "lain"}}, "\"v1\"").status, 412);
    good(ask("POST", "/api/v1/observables/extract", {{"text", "203.0.113.7"}}), 200,
         "FoundObservables");

    const Json note =
        good(ask("POST", path + "/notes", {{"title", "n"}, {"text", "a\n"}}), 201, "Note");
    const std::string note_path = path + "/notes/" + note.at("id").get<std::string>();
    good(ask("PATCH", note_path, {{"text", "a\nb\n"}}, "\"v1\""), 200, "Note");
    EXPECT_EQ(ask("PATCH", note_path, {{"text", "c\n"}}, "\"v1\"").status, 412);
    EXPECT_EQ(good(ask("POST", note_path + "/merge", {{"base", "a\n"}, {"ours", "x\na\n"}}), 200,
                   "NoteMerge")
                  .at("merged"),
              "x\na\nb\n");

    EXPECT_EQ(good(ask("POST", path + "/incident", {{"incident", true}}), 200, "Case").at("number"),
              "INS-2023-0001");
    good(ask("POST", path + "/milestones",
             {{"milestone", "first_malicious"}, {"at", "2023-11-01T00:00:00Z"}, {"note", "log"}}),
         200, "Case");
    EXPECT_EQ(
        ask("POST", path + "/milestones", {{"milestone", "closed"}, {"at", "2023-11-01T00:00:00Z"}})
            .status,
        400);
    EXPECT_EQ(
        ask("POST", path + "/duties", {{"rule", "none"}, {"state", "done"}, {"proof", "x"}}).status,
        404);
    good(ask("GET", path + "/alerts"), 200, "CaseAlerts");
    EXPECT_EQ(ask("POST", path + "/alerts", {{"alerts", {"ALR-7"}}}).status, 404);
    good(ask("GET", "/api/v1/casework"), 200, "Casework");
}

TEST_F(Cases, evidence_comes_in_pieces_and_leaves_with_a_reason)
{
    const std::string id = json(ask("POST", "/api/v1/cases", {{"title", "x"}})).at("id");
    const std::string path = "/api/v1/cases/" + id;
    const std::string upload = good(ask("POST", path + "/uploads"), 201, "Upload").at("upload");
    const auto piece = [&](std::string_view offset, std::string bytes) {
        auto made = request("PUT", "/api/v1/uploads/" + upload + "?offset=" + std::string(offset),
                            std::move(bytes), "application/octet-stream");
        made.headers.emplace_back("cookie", cookie_);
        made.headers.emplace_back("x-requested-with", "tanggap");
        return send(made);
    };
    EXPECT_EQ(good(piece("0", "abc"), 200, "UploadSize").at("size"), 3);
    EXPECT_EQ(piece("9", "x").status, 409);
    EXPECT_EQ(good(piece("3", "def"), 200, "UploadSize").at("size"), 6);
    const Json kept =
        good(ask("POST", path + "/evidence",
                 {{"upload", upload}, {"name", "a.log"}, {"sha256", base::sha256_hex("abcdef")}}),
             201, "Evidence");
    const std::string item = path + "/evidence/" + kept.at("id").get<std::string>();
    good(ask("GET", path + "/evidence"), 200, "EvidenceList");
    EXPECT_EQ(ask("GET", item + "/content").status, 403);
    EXPECT_EQ(ask("POST", item + "/copies", {{"reason", " "}}).status, 400);
    const std::string copy =
        good(ask("POST", item + "/copies", {{"reason", "analisis"}}), 201, "Copy").at("copy");
    const auto content = ask("GET", item + "/content?offset=2&copy=" + copy);
    EXPECT_EQ(content.body, "cdef");
    EXPECT_EQ(header(content, "Content-Type"), "application/octet-stream");
    good(ask("POST", item + "/checks"), 200, "EvidenceWhole");
    EXPECT_EQ(good(ask("GET", item + "/custody"), 200, "Custody").at("items").size(), 3U);
}

TEST_F(Cases, a_reader_changes_nothing)
{
    const std::string id = json(ask("POST", "/api/v1/cases", {{"title", "x"}})).at("id");
    cookie_.clear();
    key_ = "";
    EXPECT_EQ(ask("POST", "/api/v1/cases", {{"title", "y"}}).status, 401);
    EXPECT_EQ(ask("GET", "/api/v1/cases/" + id).status, 401);
}

} // namespace
} // namespace tanggap::api
