// The public pages as a browser without JavaScript sees them, over a real case database.
#include "portal/portal.h"

#include <gtest/gtest.h>
#include <regex>

#include "base/id.h"
#include "base/report_limits.h"
#include "base/text.h"
#include "portal/content_for_test.h"
#include "portal/hostile_for_test.h"
#include "service/advisories.h"
#include "store/evidence_vault.h"
#include "store/reports.h"
#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::portal {
namespace {

namespace fs = std::filesystem;

class TestClock final : public base::Clock {
public:
    base::Time now() const override { return now_; }
    void pass(base::Duration time) { now_ = now_ + time; }

private:
    base::Time now_ = *base::parse_rfc3339("2026-11-29T03:00:00Z");
};

/// Keeps cookies, follows nothing by itself.
class Browser {
public:
    explicit Browser(const Handlers& handlers) : handlers_(handlers) {}

    net::HttpResponse get(const std::string& target) { return send("GET", target, "", ""); }

    net::HttpResponse post(const std::string& path,
                           std::vector<std::pair<std::string, std::string>> fields)
    {
        std::string body;
        fields.emplace_back("csrf", csrf_);
        for (const auto& [name, value] : fields) {
            body += (body.empty() ? "" : "&") + net::percent_encode(name) + "=" +
                    net::percent_encode(value);
        }
        return send("POST", path, "application/x-www-form-urlencoded", body);
    }

    net::HttpResponse upload(const std::string& path, const std::string& name,
                             const std::string& bytes, const std::string& button = "unggah")
    {
        const std::string body =
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + csrf_ +
            "\r\n--b\r\nContent-Disposition: form-data; name=\"berkas\"; filename=\"" + name +
            "\"\r\nContent-Type: image/png\r\n\r\n" + bytes +
            "\r\n--b\r\nContent-Disposition: form-data; name=\"" + button +
            "\"\r\n\r\n1\r\n--b--\r\n";
        return send("POST", path, "multipart/form-data; boundary=b", body);
    }

    net::HttpResponse send(const std::string& method, const std::string& target,
                           const std::string& type, const std::string& body)
    {
        net::HttpRequest request;
        request.method = method;
        request.target = target;
        request.path = target.substr(0, target.find('?'));
        if (const std::size_t question = target.find('?'); question != target.npos) {
            const std::string query = target.substr(question + 1);
            request.query = {{query.substr(0, query.find('=')), query.substr(query.find('=') + 1)}};
        }
        request.peer = peer;
        request.body = body;
        request.headers = {{"host", "csirt.kota.example"}};
        if (!type.empty()) {
            request.headers.emplace_back("content-type", type);
            request.headers.emplace_back("content-length", std::to_string(body.size()));
        }
        std::string cookie;
        for (const auto& [name, value] : cookies) {
            cookie += (cookie.empty() ? "" : "; ") + name + "=" + value;
        }
        request.headers.emplace_back("cookie", cookie);
        if (body.size() > net::kHttpAdmitBytes) {
            if (auto refusal = handlers_.admit(request)) {
                return *refusal;
            }
        }
        net::HttpResponse response = handlers_.handle(request);
        keep_cookies(response);
        static const std::regex kCsrf("name=\"csrf\" value=\"([^\"]*)\"");
        std::smatch match;
        if (std::regex_search(response.body, match, kCsrf)) {
            csrf_ = match[1];
        }
        return response;
    }

    std::map<std::string, std::string> cookies;
    std::string peer = "203.0.113.7";
    std::string csrf_;

private:
    void keep_cookies(const net::HttpResponse& response)
    {
        for (const auto& [name, value] : response.headers) {
            if (name != "Set-Cookie") {
                continue;
            }
            const std::string pair = value.substr(0, value.find(';'));
            const std::string key = pair.substr(0, pair.find('='));
            if (value.contains("Max-Age=0")) {
                cookies.erase(key);
            } else {
                cookies[key] = pair.substr(pair.find('=') + 1);
            }
        }
    }

    const Handlers& handlers_;
};

class PortalTest : public testing::Test {
protected:
    void SetUp() override
    {
        fs::create_directories(folder_ + "/cases");
        cases_ = store::open_sqlite(folder_ + "/cases").value();
        vault_ = store::EvidenceVault::open(folder_ + "/files", std::string(32, 'k')).value();
        desk_ = std::make_unique<service::ReporterDesk>(
            *cases_, *vault_, clock_,
            [](std::string_view purpose) { return base::sha256_hex(purpose).substr(0, 32); });
        site_ = Site::load(shipped_content()).value();
        handlers_ =
            make_handlers({.desk = *desk_,
                           .clock = clock_,
                           .site = [this] { return site_; },
                           .profile = [this] { return base::Result<service::KeptProfile>(kept_); },
                           .advisories = [this] { return service::published_advisories(*cases_); },
                           .setup_needed = [this] { return setup_needed_; },
                           .tls = false,
                           .demo = false});
        kept_.profile.team = "Kota Contoh CSIRT";
        kept_.profile.email = "csirt@kota.example";
        kept_.profile.phone = "(021) 555 0100";
        kept_.version = 3;
        kept_.updated_at = clock_.now();
    }
    void TearDown() override
    {
        desk_.reset();
        cases_.reset();
        fs::remove_all(folder_);
    }

    /// From the first page to the one before sending.
    void answer_all(Browser& browser, const std::string& language = "",
                    const std::string& story = "Ada pesan palsu yang memakai nama kota kami.",
                    const std::string& identity = "anonymous")
    {
        const std::string at = language + "/lapor/";
        EXPECT_EQ(browser.get(language + "/lapor").status, 200);
        const std::vector<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>>
            steps{
                {"apa", {{"what", "impersonation"}}},
                {"di-mana", {{"where", "pajak-kota.example"}, {"when", "hari ini"}}},
                {"cerita", {{"story", story}}},
                {"bukti", {{"lanjut", "1"}}},
                {"identitas", {{"identity", identity}}},
            };
        for (const auto& [step, fields] : steps) {
            const auto response = browser.post(at + step, fields);
            ASSERT_EQ(response.status, 303) << step << " " << response.body;
            EXPECT_EQ(browser.get(std::string(*response.header("location"))).status, 200) << step;
        }
        if (identity != "anonymous") {
            const auto response = browser.post(
                at + "kontak", {{"name", "Sari"}, {"email", "sari@kota.example"}, {"phone", ""}});
            ASSERT_EQ(response.status, 303);
        }
        EXPECT_EQ(browser.get(at + "periksa").status, 200);
        clock_.pass(std::chrono::seconds(5));
    }

    static std::string found(const std::string& text, const char* pattern)
    {
        std::smatch match;
        return std::regex_search(text, match, std::regex(pattern)) ? match[0].str() : std::string();
    }

    static std::string number_in(const std::string& page)
    {
        return found(page, "LPR-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}");
    }
    static std::string code_in(const std::string& page)
    {
        return found(page, "[0-9]{4}( [0-9]{4}){3}");
    }

    std::string folder_ =
        fs::temp_directory_path() / ("portal-" + base::to_hex(base::random_bytes(8)));
    TestClock clock_;
    std::unique_ptr<store::CaseStore> cases_;
    std::unique_ptr<store::EvidenceVault> vault_;
    std::unique_ptr<service::ReporterDesk> desk_;
    std::shared_ptr<const Site> site_;
    service::KeptProfile kept_;
    bool setup_needed_ = false;
    Handlers handlers_;
};

TEST_F(PortalTest, AnAdvisoryOfTheDeskIsPublicOnceItIsPublishedAndUntilItIsWithdrawn)
{
    Browser browser(handlers_);
    const store::Command command{.actor = {.name = "rina"}, .now = clock_.now(), .reason = "usang"};
    const auto id = service::draft_advisory(
        *cases_, command,
        {.level = "high",
         .title = {.id = "Tagihan palsu <b>", .en = "Fake bills <b>"},
         .summary = {.id = "Pesan palsu beredar.", .en = "Fake messages are around."},
         .actions = {{.id = "Jangan buka tautannya.", .en = "Do not open the link."}},
         .sources = {"https://kota.example/a"}});
    ASSERT_TRUE(id) << id.error().message;
    EXPECT_TRUE(id->ends_with("-101")) << *id;
    EXPECT_EQ(browser.get("/imbauan/" + *id).status, 404) << "a draft is ours";
    ASSERT_TRUE(service::publish_advisory(*cases_, {.command = command, .id = *id}));
    EXPECT_EQ(service::publish_advisory(*cases_, {.command = command, .id = *id}).error().code,
              base::Code::Conflict);
    EXPECT_NE(browser.get("/imbauan").body.find("Tagihan palsu &lt;b&gt;"), std::string::npos);
    EXPECT_NE(browser.get("/").body.find(*id), std::string::npos);
    EXPECT_NE(browser.get("/en/imbauan/" + *id).body.find("Do not open the link."),
              std::string::npos);
    ASSERT_TRUE(service::edit_advisory(*cases_, {.command = command, .id = *id, .expected = 2},
                                       {.level = "low",
                                        .title = {.id = "Judul baru", .en = "New title"},
                                        .summary = {.id = "Ringkas.", .en = "Short."},
                                        .actions = {{.id = "Tenang.", .en = "Be calm."}}}));
    EXPECT_NE(browser.get("/imbauan").body.find("Judul baru"), std::string::npos);
    store::Command without = command;
    without.reason = " ";
    EXPECT_EQ(service::withdraw_advisory(*cases_, {.command = without, .id = *id}).error().code,
              base::Code::Invalid);
    ASSERT_TRUE(service::withdraw_advisory(*cases_, {.command = command, .id = *id}));
    EXPECT_EQ(browser.get("/imbauan/" + *id).status, 404);
    EXPECT_EQ(service::draft_advisory(*cases_, command, {.level = "high"}).error().code,
              base::Code::Invalid);
}

TEST_F(PortalTest, EveryPageIsSmallHasNoScriptAndSaysItsLanguage)
{
    for (const std::string language : {"", "/en"}) {
        for (const std::string path : {"", "/lapor", "/lapor/uang", "/lacak", "/imbauan",
                                       "/imbauan/IMB-2026-001", "/rfc2350", "/privasi"}) {
            Browser browser(handlers_);
            const std::string target = language + path;
            const auto page = browser.get(target.empty() ? "/" : target);
            ASSERT_EQ(page.status, 200) << target;
            const auto style = browser.get("/portal/portal.css");
            EXPECT_LE(page.body.size() + style.body.size(), 30'000U) << target;
            EXPECT_EQ(page.body.find("<script"), page.body.npos);
            EXPECT_EQ(page.body.find(" style="), page.body.npos);
            EXPECT_EQ(page.body.find("[["), page.body.npos);
            EXPECT_EQ(page.body.find("{{"), page.body.npos);
            EXPECT_NE(
                page.body.find(language.empty() ? "<html lang=\"id\">" : "<html lang=\"en\">"),
                page.body.npos);
            EXPECT_NE(page.body.find("hreflang=\"en\""), page.body.npos);
            const std::string_view policy = page.header("content-security-policy").value_or("");
            EXPECT_TRUE(policy.starts_with("default-src 'none'")) << policy;
            EXPECT_EQ(policy.find("script-src"), policy.npos);
            EXPECT_EQ(page.header("cache-control").value_or(""), "no-store");
        }
    }
}

TEST_F(PortalTest, AReportIsSentFollowedAndAnsweredInBothLanguages)
{
    for (const std::string language : {"", "/en"}) {
        Browser browser(handlers_);
        answer_all(browser, language);
        const auto sent = browser.post(language + "/lapor/kirim", {});
        ASSERT_EQ(sent.status, 200) << sent.body;
        const std::string number = number_in(sent.body);
        const std::string code = code_in(sent.body);
        ASSERT_FALSE(number.empty());
        ASSERT_FALSE(code.empty());
        EXPECT_FALSE(browser.cookies.contains("lapor"));

        ASSERT_EQ(browser.get(language + "/lacak").status, 200);
        std::string typed = base::to_lower_ascii(number);
        std::erase(typed, '-');
        const auto opened =
            browser.post(language + "/lacak", {{"nomor", " " + typed}, {"kode", code}});
        ASSERT_EQ(opened.status, 303) << opened.body;
        EXPECT_EQ(*opened.header("location"), language + "/lacak/laporan");
        const auto report = browser.get(language + "/lacak/laporan");
        EXPECT_NE(report.body.find("Ada pesan palsu"), report.body.npos);
        EXPECT_NE(report.body.find(number), report.body.npos);
        EXPECT_EQ(report.body.find(code), report.body.npos);

        const auto added =
            browser.post(language + "/lacak/laporan", {{"pesan", "Baris 1\r\nBaris 2"}});
        ASSERT_EQ(added.status, 303);
        const auto again = browser.get(std::string(*added.header("location")));
        EXPECT_NE(again.body.find("Baris 1<br>Baris 2"), again.body.npos) << again.body;
        EXPECT_NE(again.body.find("role=\"status\""), again.body.npos);
        EXPECT_EQ(browser.upload(language + "/lacak/berkas", "bukti.png", "\x89PNG").status, 303);
        const auto filed = browser.get(language + "/lacak/laporan");
        EXPECT_NE(filed.body.find("bukti.png"), filed.body.npos);

        EXPECT_EQ(browser.post(language + "/lacak/tutup", {}).status, 303);
        EXPECT_EQ(browser.get(language + "/lacak/laporan").status, 303);
    }
}

TEST_F(PortalTest, WhenItIsOverTheReporterIsAskedWhetherWeHelped)
{
    for (const std::string language : {"", "/en"}) {
        Browser browser(handlers_);
        answer_all(browser, language);
        const auto sent = browser.post(language + "/lapor/kirim", {});
        const std::string number = number_in(sent.body);
        browser.get(language + "/lacak");
        browser.post(language + "/lacak", {{"nomor", number}, {"kode", code_in(sent.body)}});
        const std::string page = language + "/lacak/laporan";
        const std::string question = language + "/lacak/nilai";
        const auto asked = [&] { return browser.get(page).body.contains("name=\"membantu\""); };
        const auto said = [&] {
            model::Helped helped = model::Helped::Unsaid;
            EXPECT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
                TRY(const store::ReportHead head, store::find_report_head(snapshot, number));
                helped = head.helped;
                return {};
            }));
            return helped;
        };
        EXPECT_FALSE(asked()) << "while it is worked on there is nothing to say";
        EXPECT_EQ(browser.post(question, {{"membantu", "yes"}}).status, 303);
        EXPECT_EQ(said(), model::Helped::Unsaid);

        const store::Command command{.actor = {.name = "rina"}, .now = clock_.now()};
        ASSERT_TRUE(cases_->change(command, [&](store::Change& change) -> base::Status {
            TRY(store::ReportHead head, store::find_report_head(change, number));
            head.status = model::ReportStatus::Done;
            head.waiting = false;
            TRY_STATUS(store::put_report_head(change, head));
            return change.record({.action = "report.edit", .object = head.object()});
        }));
        EXPECT_TRUE(asked());
        EXPECT_EQ(browser.post(question, {}).status, 422) << "no answer was chosen";
        EXPECT_EQ(browser.post(question, {{"membantu", "<b>"}}).status, 422);
        for (const auto& [word, helped] :
             {std::pair{"partly", model::Helped::Partly}, std::pair{"no", model::Helped::No}}) {
            const auto answer = browser.post(question, {{"membantu", word}});
            ASSERT_EQ(answer.status, 303) << answer.body;
            const auto shown = browser.get(std::string(*answer.header("location")));
            EXPECT_TRUE(shown.body.contains("role=\"status\""));
            EXPECT_TRUE(shown.body.contains("value=\"" + std::string(word) + "\" checked"));
            EXPECT_EQ(said(), helped);
        }
        EXPECT_EQ(browser.post(question, {{"membantu", "no"}}).status, 303);
        EXPECT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(const store::ReportHead head, store::find_report_head(snapshot, number));
            TRY(const auto page,
                store::list_activities(snapshot,
                                       {.object = head.object(), .action = "report.helped"}, 10));
            EXPECT_EQ(page.activities.size(), 2U) << "the same answer again is no change";
            return {};
        }));
    }
}

TEST_F(PortalTest, AnswersOfOneNeighbourhoodHaveALimit)
{
    Browser browser(handlers_);
    answer_all(browser, "");
    const auto sent = browser.post("/lapor/kirim", {});
    browser.get("/lacak");
    browser.post("/lacak", {{"nomor", number_in(sent.body)}, {"kode", code_in(sent.body)}});
    browser.get("/lacak/laporan");
    constexpr int kMore = 300; // than may be sent at once
    int status = 303;
    for (int i = 0; i < kMore && status == 303; ++i) {
        status = browser.post("/lacak/nilai", {{"membantu", i % 2 == 0 ? "yes" : "no"}}).status;
    }
    EXPECT_EQ(status, 429);
}

TEST_F(PortalTest, AWrongCodeAndAnUnknownNumberAnswerAlike)
{
    Browser citizen(handlers_);
    answer_all(citizen);
    const std::string number = number_in(citizen.post("/lapor/kirim", {}).body);
    const auto ask = [&](const std::string& nomor, const std::string& kode) {
        Browser browser(handlers_);
        browser.get("/lacak");
        const auto answer = browser.post("/lacak", {{"nomor", nomor}, {"kode", kode}});
        EXPECT_EQ(answer.status, 422);
        // What was typed comes back in the form; the rest must be the same to the letter.
        std::string body = answer.body;
        for (const std::string& typed : {nomor, browser.csrf_}) {
            for (std::size_t at = typed.empty() ? body.npos : body.find(typed); at != body.npos;
                 at = body.find(typed)) {
                body.replace(at, typed.size(), "*");
            }
        }
        return body;
    };
    const std::string wrong = ask(number, "1234 5678 9012 3456");
    EXPECT_EQ(ask("LPR-0000-0000", "1234 5678 9012 3456"), wrong);
    EXPECT_EQ(ask("kucing", "1234 5678 9012 3456"), wrong);
    EXPECT_EQ(ask(number, "bukan kode"), wrong);
    EXPECT_NE(wrong.find("<title>Galat: "), wrong.npos);
}

TEST_F(PortalTest, GuessingIsSlowedDown)
{
    Browser browser(handlers_);
    browser.get("/lacak");
    int refused = 0;
    for (int i = 0; i < 8; ++i) {
        const auto answer =
            browser.post("/lacak", {{"nomor", "LPR-0000-0000"}, {"kode", "1234 5678 9012 3456"}});
        refused += answer.status == 429 ? 1 : 0;
    }
    EXPECT_GE(refused, 3);
    clock_.pass(std::chrono::hours(25)); // the salt is gone, and all that was counted by it
    browser.get("/lacak");
    EXPECT_EQ(browser.post("/lacak", {{"nomor", "LPR-0000-0000"}, {"kode", "1"}}).status, 422);
}

TEST_F(PortalTest, ErrorsAreListedFirstWithLinksAndNothingTypedIsLost)
{
    Browser browser(handlers_);
    browser.get("/lapor");
    const auto none = browser.post("/lapor/apa", {});
    EXPECT_EQ(none.status, 422);
    EXPECT_NE(none.body.find("<title>Galat: Apa yang terjadi?"), none.body.npos);
    EXPECT_NE(none.body.find("role=\"alert\" tabindex=\"-1\" autofocus"), none.body.npos);
    EXPECT_NE(none.body.find("<a href=\"#what\">Pilih apa yang terjadi</a>"), none.body.npos)
        << none.body;
    EXPECT_EQ(browser.post("/lapor/apa", {{"what", "made up"}}).status, 422);
    ASSERT_EQ(browser.post("/lapor/apa", {{"what", "impersonation"}}).status, 303);
    const auto tooShort = browser.post("/lapor/cerita", {{"story", "pendek\nsekali"}});
    EXPECT_EQ(tooShort.status, 422);
    EXPECT_NE(tooShort.body.find("pendek\nsekali</textarea>"), tooShort.body.npos);
    EXPECT_EQ(browser.post("/lapor/cerita", {{"story", std::string(5001, 'a')}}).status, 422);
    EXPECT_EQ(browser.post("/en/lapor/cerita", {{"story", ""}}).status, 422);
    EXPECT_NE(browser.post("/en/lapor/cerita", {{"story", ""}}).body.find("<title>Error: "),
              std::string::npos);
}

TEST_F(PortalTest, FraudIsSentToBankAndPoliceFirst)
{
    Browser browser(handlers_);
    browser.get("/lapor");
    const auto chosen = browser.post("/lapor/apa", {{"what", "fraud"}});
    ASSERT_EQ(*chosen.header("location"), "/lapor/uang");
    const auto notice = browser.get("/lapor/uang");
    EXPECT_NE(notice.body.find("bank"), notice.body.npos);
    EXPECT_NE(notice.body.find("polisi"), notice.body.npos);
    EXPECT_EQ(*browser.post("/lapor/uang", {}).header("location"), "/lapor/di-mana");
    // Straight from the home page's link.
    Browser hurried(handlers_);
    EXPECT_EQ(hurried.get("/lapor/uang").status, 200);
    EXPECT_EQ(*hurried.post("/lapor/uang", {}).header("location"), "/lapor/di-mana");
}

TEST_F(PortalTest, FormsOfOthersAreRefused)
{
    Browser browser(handlers_);
    browser.get("/lapor");
    const std::string good = browser.csrf_;
    for (const std::string& seal :
         {std::string(), std::string("1.2"), good + "0", good.substr(0, good.size() - 1)}) {
        browser.csrf_ = seal;
        EXPECT_EQ(browser.post("/lapor/apa", {{"what", "fraud"}}).status, 403);
    }
    Browser other(handlers_);
    other.get("/lapor");
    other.csrf_ = good; // made for another browser
    EXPECT_EQ(other.post("/lapor/apa", {{"what", "fraud"}}).status, 403);
    Browser cookieless(handlers_);
    cookieless.csrf_ = good;
    EXPECT_EQ(cookieless.post("/lapor/apa", {{"what", "fraud"}}).status, 403);
    browser.csrf_ = good;
    clock_.pass(std::chrono::hours(25));
    EXPECT_EQ(browser.post("/lapor/apa", {{"what", "fraud"}}).status, 403);
}

TEST_F(PortalTest, TrapsForProgramsStopThemAndTellPeopleWhatToDo)
{
    Browser browser(handlers_);
    browser.get("/lapor");
    const auto trapped =
        browser.post("/lapor/apa", {{"what", "fraud"}, {"situs", "http://spam.example"}});
    EXPECT_EQ(trapped.status, 422);
    EXPECT_NE(trapped.body.find("Kosongkan kolom"), trapped.body.npos);
    Browser fast(handlers_);
    answer_all(fast);
    clock_.pass(-std::chrono::seconds(5)); // as if it had taken no time at all
    EXPECT_EQ(fast.post("/lapor/kirim", {}).status, 422);
    clock_.pass(std::chrono::seconds(5));
    EXPECT_EQ(fast.post("/lapor/kirim", {}).status, 200);
}

TEST_F(PortalTest, PressingTwiceIsOneReportWithOneCode)
{
    Browser browser(handlers_);
    answer_all(browser);
    Browser lost = browser; // the same cookies: the answer to the first press got lost
    const auto first = browser.post("/lapor/kirim", {});
    const auto second = lost.post("/lapor/kirim", {});
    EXPECT_EQ(second.status, 200);
    EXPECT_EQ(number_in(second.body), number_in(first.body));
    EXPECT_EQ(code_in(second.body), code_in(first.body));
    Browser late = browser;
    late.cookies["lapor"] = "0";
    EXPECT_EQ(late.post("/lapor/kirim", {}).status, 403);
}

TEST_F(PortalTest, FilesAreLimitedInSizeAndNumber)
{
    Browser browser(handlers_);
    browser.get("/lapor");
    ASSERT_EQ(browser.post("/lapor/apa", {{"what", "impersonation"}}).status, 303);
    browser.get("/lapor/bukti");
    EXPECT_EQ(browser.post("/lapor/bukti", {{"unggah", "1"}}).status, 422);
    EXPECT_EQ(browser.upload("/lapor/bukti", "kosong.png", "").status, 422);
    EXPECT_EQ(browser
                  .upload("/lapor/bukti", "besar.png",
                          std::string(base::limits::kReportFileBytesMax + 1, 'x'))
                  .status,
              422);
    EXPECT_EQ(
        browser.upload("/lapor/bukti", "raksasa.png", std::string(11 * 1024 * 1024, 'x')).status,
        413);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(browser
                      .upload("/lapor/bukti", "../../a\\b<" + std::to_string(i) + ">.png",
                              "bytes" + std::to_string(i))
                      .status,
                  303);
    }
    const auto page = browser.get("/lapor/bukti");
    EXPECT_NE(page.body.find("b&lt;4&gt;.png"), page.body.npos) << page.body;
    EXPECT_EQ(page.body.find("../"), page.body.npos);
    EXPECT_EQ(page.body.find("type=\"file\""), page.body.npos); // no room for a sixth
    EXPECT_EQ(browser.upload("/lapor/bukti", "enam.png", "6").status, 422);
    const std::string id = found(page.body, "name=\"hapus\" value=\"[^\"]*").substr(20);
    EXPECT_EQ(browser.post("/lapor/bukti", {{"hapus", id}}).status, 303);
    EXPECT_EQ(browser.upload("/lapor/bukti", "lima.png", "5", "lanjut").status, 303);
    // A whole one of the limit, admitted because this browser has a draft.
    Browser stranger(handlers_);
    stranger.get("/lapor");
    EXPECT_EQ(stranger.upload("/lapor/bukti", "x.png", std::string(70'000, 'x')).status, 403);
    EXPECT_EQ(browser.send("POST", "/lapor/apa", "text/plain", std::string(70'000, 'x')).status,
              413);
}

TEST_F(PortalTest, NoCodeAddressOrTokenIsOnDiskAndAnonymousHasNoName)
{
    Browser browser(handlers_);
    answer_all(browser, "", "Ada pesan palsu yang memakai nama kota kami.", "open");
    ASSERT_EQ(browser.post("/lapor/identitas", {{"identity", "anonymous"}}).status, 303);
    browser.peer = "198.51.100.77";
    const std::string token = browser.cookies.at("lapor");
    const auto sent = browser.post("/lapor/kirim", {});
    ASSERT_EQ(sent.status, 200);
    const auto read = cases_->read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const store::Report report, store::find_report(snapshot, number_in(sent.body)));
        EXPECT_FALSE(report.answers.contains("name"));
        EXPECT_FALSE(report.answers.contains("email"));
        return {};
    });
    EXPECT_TRUE(read);
    desk_.reset();
    cases_.reset();
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
        if (entry.is_regular_file()) {
            std::ifstream in(entry.path(), std::ios::binary);
            all += std::string{std::istreambuf_iterator<char>(in), {}};
        }
    }
    const std::string code = code_in(sent.body);
    std::string bare = code;
    std::erase(bare, ' ');
    EXPECT_NE(all.find(number_in(sent.body)), all.npos);
    for (const std::string& secret : {code, bare, std::string("198.51.100"), token}) {
        EXPECT_EQ(all.find(secret), all.npos) << secret;
    }
}

TEST_F(PortalTest, TwoHundredHostileTextsThroughEveryFieldComeBackAsText)
{
    const std::vector<std::string> hostile = hostile_texts();
    ASSERT_GE(hostile.size(), 200U);
    const auto check = [](const net::HttpResponse& page, const std::string& text) {
        ASSERT_LT(page.status, 500) << text;
        for (const char* const sign :
             {"<script", "<img", "<svg", "<iframe", "<body onload", "<math", "<base", "<object",
              "<embed", "<style", "href=\"javascript"}) {
            EXPECT_EQ(base::to_lower_ascii(page.body).find(sign), std::string::npos)
                << sign << " with " << text;
        }
    };
    Browser browser(handlers_);
    answer_all(browser);
    std::size_t round = 0;
    for (const std::string& text : hostile) {
        browser.peer = "10.1." + std::to_string(round++ % 250) + ".7"; // guesses are limited
        const std::string story = text + " dan dua puluh huruf lagi";
        check(browser.post("/lapor/apa", {{"what", text}}), text);
        browser.post("/lapor/di-mana", {{"where", text}, {"when", text.substr(0, 90)}});
        check(browser.get("/lapor/di-mana"), text);
        browser.post("/lapor/cerita", {{"story", story}});
        check(browser.get("/lapor/cerita"), text);
        browser.post("/lapor/identitas", {{"identity", "open"}});
        check(browser.post("/lapor/kontak",
                           {{"name", text.substr(0, 110)}, {"email", text}, {"phone", text}}),
              text);
        check(browser.get("/lapor/periksa"), text);
        check(browser.post("/lacak", {{"nomor", text}, {"kode", text}}), text);
        check(browser.get("/imbauan/" + text), text);
    }
}

TEST_F(PortalTest, TheProfileMakesPagesRfc2350AndSecurityText)
{
    service::Profile& profile = kept_.profile;
    profile.domain = "csirt.kota.example";
    profile.organisation = "Diskominfo <Kota>";
    profile.mission = {.id = "Menjaga layanan kota.", .en = "Keeping the city's services."};
    profile.constituency = {.id = "Perangkat daerah.", .en = "City departments."};
    profile.pgp_key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END";
    profile.whatsapp = "0812 3456 7890";
    Browser browser(handlers_);
    const auto home = browser.get("/");
    EXPECT_NE(home.body.find("Menjaga layanan kota."), home.body.npos);
    EXPECT_NE(home.body.find("href=\"tel:0215550100\""), home.body.npos) << home.body;
    EXPECT_NE(home.body.find("https://wa.me/6281234567890"), home.body.npos);
    EXPECT_NE(home.body.find("Diskominfo &lt;Kota&gt;"), home.body.npos);
    EXPECT_NE(home.body.find("href=\"https://csirt.kota.example/en\""), home.body.npos);
    const auto document = browser.get("/en/rfc2350");
    for (const Heading& heading : site_->rfc2350) {
        EXPECT_NE(document.body.find(">" + heading.number + " "), document.body.npos)
            << heading.number;
    }
    EXPECT_NE(document.body.find("BEGIN PGP PUBLIC KEY BLOCK-----\n"), document.body.npos);
    EXPECT_NE(document.body.find("Version: 3"), document.body.npos);
    const auto machine = browser.get("/.well-known/security.txt");
    EXPECT_EQ(*machine.header("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(machine.body,
              "Contact: https://csirt.kota.example/lapor\r\nContact: mailto:csirt@kota.example\r\n"
              "Expires: 2027-05-28T00:00:00Z\r\nEncryption: "
              "https://csirt.kota.example/rfc2350#bagian-2.8\r\n"
              "Preferred-Languages: id, en\r\n"
              "Canonical: https://csirt.kota.example/.well-known/security.txt\r\n"
              "Policy: https://csirt.kota.example/rfc2350\r\n");
    profile.languages = {"en"};
    EXPECT_NE(browser.get("/").body.find("<html lang=\"en\">"), std::string::npos);
}

TEST_F(PortalTest, OtherPathsAndMethodsHaveAnAnswer)
{
    Browser browser(handlers_);
    EXPECT_EQ(browser.get("/tidak-ada").status, 404);
    EXPECT_EQ(browser.get("/lapor/tidak-ada").status, 404);
    EXPECT_EQ(browser.get("/lapor/cerita").status, 404); // nothing begun
    EXPECT_EQ(browser.send("DELETE", "/lapor", "", "").status, 405);
    EXPECT_EQ(browser.send("POST", "/lapor/apa", "application/json", "{}").status, 400);
    net::HttpRequest request;
    for (const std::string path : {"/api/v1/alerts", "/app/", "/app", "/health", "/metrics"}) {
        request.path = path;
        EXPECT_FALSE(handlers_.owns(request)) << path;
    }
    for (const std::string path : {"/", "/apparat", "/lapor", "/en"}) {
        request.path = path;
        EXPECT_TRUE(handlers_.owns(request)) << path;
    }
    setup_needed_ = true;
    EXPECT_EQ(*browser.get("/").header("location"), "/app/");
}

} // namespace
} // namespace tanggap::portal
