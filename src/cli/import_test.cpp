#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <unistd.h>

#include "cli/detail/import_inputs.h"
#include "cli/detail/import_pieces.h"
#include "cli/detail/progress.h"
#include "cli/import.h"
#include "net/http.h"

namespace tanggap::cli {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

struct Frame {
    std::uint8_t kind = 0;
    std::string payload;
};

std::vector<Frame> frames_of(std::string_view body)
{
    std::vector<Frame> out;
    while (body.size() >= 5) {
        std::size_t length = 0;
        for (std::size_t i = 4; i-- > 0;) {
            length = length << 8 | static_cast<unsigned char>(body[i]);
        }
        out.push_back({static_cast<std::uint8_t>(body[4]), std::string(body.substr(5, length))});
        body.remove_prefix(std::min(body.size(), 5 + length));
    }
    return out;
}

/// What the ingest API promises, in memory: a key counts once, records are counted per batch.
class FakeServer {
public:
    FakeServer()
    {
        server = *net::HttpServer::start({.worker_threads = 1}, [this](const auto& request) {
            const std::lock_guard lock(mutex);
            return answer(request);
        });
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }

    std::mutex mutex;
    std::vector<net::HttpRequest> ingested; ///< first time of each key
    std::vector<std::string> records;
    std::map<std::string, std::string> answers; ///< by key
    std::vector<int> refuse_next;               ///< statuses given before anything is done
    int lose_answers = 0;                       ///< done, but the answer says 503
    bool offers_choice = true;
    bool processes_slowly = false; ///< one batch for each question how far it is
    std::size_t processed = 0;
    std::size_t ahead_max = 0;
    std::unique_ptr<net::HttpServer> server;

private:
    net::HttpResponse answer(const net::HttpRequest& request)
    {
        if (request.header("authorization") != "Bearer tg_test_key") {
            return {.status = 401, .body = R"({"title":"Unauthorized","detail":"no such key"})"};
        }
        if (request.path == "/api/v1/sources/choose") {
            return offers_choice ? net::HttpResponse{.body = R"({"source":"apache_access"})"}
                                 : net::HttpResponse{.status = 404};
        }
        if (request.path == "/api/v1/ingest/progress") {
            processed = processes_slowly ? std::min(processed + 1, ingested.size()) : 999;
            return {.body = Json{{"journal_last", 9}, {"processed", processed}}.dump()};
        }
        if (request.path.starts_with("/api/v1/ingest/batches/")) {
            return {.body = R"({"state":"processed","quarantined":{"binary":1},"detections":2,)"
                            R"("alerts":["ALR-1","ALR-2"]})"};
        }
        return ingest(request);
    }

    net::HttpResponse ingest(const net::HttpRequest& request)
    {
        if (!refuse_next.empty()) {
            const int status = refuse_next.front();
            refuse_next.erase(refuse_next.begin());
            return {.status = status, .body = R"({"detail":"not now"})"};
        }
        const std::string key(*request.header("idempotency-key"));
        if (!answers.contains(key)) {
            ingested.push_back(request);
            ahead_max = std::max(ahead_max, ingested.size() - std::min(processed, ingested.size()));
            const auto frames = frames_of(request.body);
            for (const Frame& frame : frames) {
                records.push_back(frame.payload);
            }
            answers[key] = Json{{"batch", std::to_string(ingested.size())},
                                {"received", frames.size()},
                                {"duplicate", 0},
                                {"rejected", Json::array()}}
                               .dump();
        }
        if (lose_answers > 0) {
            --lose_answers;
            return {.status = 503, .headers = {{"Retry-After", "0"}}};
        }
        return {.status = 202, .body = answers[key]};
    }
};

class Import : public ::testing::Test {
protected:
    void SetUp() override
    {
        folder = std::filesystem::path(::testing::TempDir()) /
                 ("tanggap-import-" + std::to_string(::getpid()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        file("key", "tg_test_key\n");
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    std::string file(const std::string& name, const std::string& content)
    {
        const auto path = folder / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
        return path.string();
    }

    int run(std::vector<std::string> paths)
    {
        ImportOptions options{.paths = std::move(paths)};
        options.server = {.server = fake.url(), .token_file = (folder / "key").string()};
        options.retry = {.first = milliseconds(1),
                         .longest = milliseconds(2),
                         .give_up_after = give_up_after,
                         .poll = milliseconds(1)};
        options.stop = &stop;
        out.clear();
        err.clear();
        const Console console{.out = [this](std::string_view text) { out += text; },
                              .err = [this](std::string_view text) { err += text; }};
        return run_import(options, console);
    }
    Json summary() const { return Json::parse(out, nullptr, false); }

    FakeServer fake;
    std::filesystem::path folder;
    std::atomic<bool> stop{false};
    milliseconds give_up_after{10'000};
    std::string out;
    std::string err;
};

TEST_F(Import, SendsEveryRecordOnceWithItsContext)
{
    const auto path = file("apache2/access.log", "satu\ndua\n\ntiga");
    EXPECT_EQ(run({path}), 0) << err;
    EXPECT_EQ(fake.records, (std::vector<std::string>{"satu", "dua", "tiga"}));
    ASSERT_EQ(fake.ingested.size(), 1U);
    const auto& request = fake.ingested.front();
    EXPECT_EQ(request.path, "/api/v1/ingest/apache2-access");
    EXPECT_EQ(request.query_value("source"), "apache_access");
    EXPECT_EQ(request.query_value("origin"), path);
    EXPECT_TRUE(request.query_value("stream"));
    EXPECT_TRUE(request.query_value("reference_time")); // The file's modification time.
    EXPECT_EQ(request.header("content-type"), "application/vnd.tanggap.records");
}

TEST_F(Import, SaysWhatBecameOfEachFileAndInAll)
{
    EXPECT_EQ(run({file("a.log", "1\n2\n3\n"), file("b.log", "4\n5\n")}), 0) << err;
    const Json all = summary();
    EXPECT_EQ(all["files"], 2);
    EXPECT_EQ(all["records"], 5);
    EXPECT_EQ(all["quarantined"], 2);
    EXPECT_EQ(all["new"], 3);
    EXPECT_EQ(all["detections"], 4);
    EXPECT_EQ(all["alerts"], 2); // The same two alerts for both files.
    EXPECT_EQ(all.size(), 8U) << "rulings 52 names the members";
}

TEST_F(Import, RetriesWithTheSameKeySoThatNothingDoublesOrIsLost)
{
    fake.refuse_next = {503, 429, 503};
    fake.lose_answers = 2;
    EXPECT_EQ(run({file("a.log", "1\n2\n")}), 0) << err;
    EXPECT_EQ(fake.records, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(summary()["records"], 2);
}

TEST_F(Import, DoesNotRunFarAheadOfProcessing)
{
    fake.processes_slowly = true;
    std::string lines;
    for (int i = 0; i < 200'000; ++i) {
        lines += std::to_string(i) + "\n";
    }
    EXPECT_EQ(run({file("a.log", lines)}), 0) << err;
    EXPECT_EQ(fake.records.size(), 200'000U);
    EXPECT_GE(fake.ingested.size(), 10U);
    EXPECT_LE(fake.ahead_max, 4U);
}

TEST_F(Import, GivesUpOnAServerThatStaysAwayAndSaysSo)
{
    give_up_after = milliseconds(0);
    fake.server->stop();
    EXPECT_EQ(run({file("a.log", "1\n")}), 7);
    EXPECT_NE(err.find("cannot connect"), std::string::npos) << err;
}

TEST_F(Import, OneBadFileNeverStopsTheOthers)
{
    const auto picture = file("picture.log", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
    EXPECT_EQ(run({picture, (folder / "missing.log").string(), file("good.log", "1\n")}), 8);
    EXPECT_EQ(fake.records, std::vector<std::string>{"1"});
    EXPECT_NE(err.find("picture.log"), std::string::npos) << err;
    EXPECT_NE(err.find("missing.log"), std::string::npos) << err;
    EXPECT_EQ(summary()["files"], 3);
    EXPECT_EQ(summary()["new"], 0); // One record, which the fake puts into quarantine.
}

TEST_F(Import, AFileTheServerRefusesIsSaidAndTheNextIsSent)
{
    fake.refuse_next = {400};
    EXPECT_EQ(run({file("a.log", "1\n"), file("b.log", "2\n")}), 8);
    EXPECT_EQ(fake.records, std::vector<std::string>{"2"});
    EXPECT_NE(err.find("not now"), std::string::npos) << err;
}

TEST_F(Import, AWrongKeyEndsItWithFour)
{
    file("key", "tg_other");
    EXPECT_EQ(run({file("a.log", "1\n")}), 4);
    EXPECT_NE(err.find("no such key"), std::string::npos) << err;
    file("key", "two words\n");
    EXPECT_EQ(run({file("a.log", "1\n")}), 6);
}

TEST_F(Import, CutsLargeFilesIntoPiecesInOrder)
{
    std::string text;
    for (int i = 0; i < 45'000; ++i) {
        text += std::to_string(i) + "\n";
    }
    EXPECT_EQ(run({file("a.log", text)}), 0) << err;
    EXPECT_EQ(fake.ingested.size(), 3U);
    ASSERT_EQ(fake.records.size(), 45'000U);
    for (std::size_t i = 0; i < fake.records.size(); ++i) {
        ASSERT_EQ(fake.records[i], std::to_string(i));
    }
    std::set<std::string_view> streams;
    for (const auto& request : fake.ingested) {
        streams.insert(*request.query_value("stream"));
    }
    EXPECT_EQ(streams.size(), 1U);
}

TEST_F(Import, SendsTheHeadLengthAndHashOfAnOversizeRecord)
{
    EXPECT_EQ(run({file("a.log", "1\n" + std::string(3 << 20, 'x') + "\n2\n")}), 0) << err;
    const auto frames = frames_of(fake.ingested.front().body);
    ASSERT_EQ(frames.size(), 3U);
    EXPECT_EQ(frames[1].kind, 1);
    EXPECT_EQ(frames[1].payload.size(), 8 + 32 + base::limits::kOversizeKeptBytes);
    EXPECT_EQ(frames[1].payload.substr(0, 8), std::string("\0\0\x30\0\0\0\0\0", 8)); // 3 MiB
    EXPECT_EQ(frames[2].payload, "2");
}

TEST_F(Import, StopsCleanlyAndSaysHowToGoOn)
{
    stop = true;
    EXPECT_EQ(run({file("a.log", "1\n")}), 130);
    EXPECT_NE(err.find("Run the same command again"), std::string::npos) << err;
    EXPECT_TRUE(fake.records.empty());
}

TEST_F(Import, WorksWithAServerThatDoesNotChooseSources)
{
    fake.offers_choice = false;
    EXPECT_EQ(run({file("a.log", "1\n"), file("b.log", "2\n")}), 0) << err;
    EXPECT_FALSE(fake.ingested.front().query_value("source"));
}

TEST_F(Import, ReadsFoldersAndPatternsInNameOrder)
{
    file("logs/b.log", "2\n");
    file("logs/a/a.log", "1\n");
    EXPECT_EQ(run({(folder / "logs").string()}), 0) << err;
    EXPECT_EQ(fake.records, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(run({(folder / "logs/*.log").string()}), 0) << err;
    EXPECT_EQ(fake.records.back(), "2");
    EXPECT_EQ(run({(folder / "none/*.log").string()}), 8);
    EXPECT_EQ(run({}), 2);
}

TEST(ImportInputs, ASensorOutlivesRotationAndPacking)
{
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"/var/log/apache2/access.log", "apache2-access"},
        {"/var/log/apache2/access.log.1", "apache2-access"},
        {"/var/log/apache2/access.log.14.gz", "apache2-access"},
        {"/var/log/apache2/access.log-20261003.zst", "apache2-access"},
        {"/var/log/auth.log", "log-auth"},
        {"/srv/Kota A/Web Portal.JSON", "kota-a-web-portal"},
        {"/data/2026/eve-2026.json", "2026-eve-2026"},
        {"/x.log", "x"},
    };
    for (const auto& [path, sensor] : cases) {
        EXPECT_EQ(detail::sensor_of(path), sensor) << path;
    }
}

TEST(Progress, SpeaksOnATerminalAfterASecondAndElsewhereEachTen)
{
    using std::chrono::seconds;
    std::string err;
    Console console{.out = {}, .err = [&](std::string_view text) { err += text; }};
    const detail::SteadyTime start{};
    const auto said_at = [&](detail::Progress& progress, milliseconds when) {
        err.clear();
        progress.update(50'000'000, 200'000, "a\x1b[31m.log", start + when);
        return err;
    };
    detail::Progress line(console, false, 100'000'000, start);
    EXPECT_EQ(said_at(line, seconds(9)), "");
    EXPECT_EQ(said_at(line, seconds(10)),
              "50.0 MB  200,000 records  20,000/s  50 %  10 s left  a\\x1b[31m.log\n");
    EXPECT_EQ(said_at(line, seconds(19)), "");

    console.err_is_terminal = true;
    detail::Progress place(console, false, 0, start);
    EXPECT_EQ(said_at(place, milliseconds(900)), "");
    EXPECT_TRUE(said_at(place, seconds(1)).starts_with("\r\x1b[K50.0 MB  200,000 records"));

    detail::Progress silent(console, true, 0, start);
    EXPECT_EQ(said_at(silent, seconds(60)), "");
}

} // namespace
} // namespace tanggap::cli
