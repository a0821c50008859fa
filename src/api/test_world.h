// A whole API in one process: real case database, small stand-ins for journal and event store.
#pragma once

#include <liboath/oath.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include <gtest/gtest.h>
#include <unistd.h>

#include "api/api.h"
#include "api/detail/encoding.h"
#include "service/hunts.h"
#include "service/office.h"
#include "service/report_form.h"
#include "service/rule_desk.h"
#include "service/sensors.h"
#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::api {

class TestJournal final : public disk::Journal {
public:
    base::Result<disk::AppendResult> append(disk::AppendRequest request) override
    {
        if (full) {
            return base::exhausted("the disk is full");
        }
        disk::AppendResult result;
        result.sequence = ++last;
        result.received = request.records.size();
        appended.push_back(std::move(request));
        return result;
    }
    base::Result<std::vector<std::shared_ptr<const model::Chunk>>> read(std::uint64_t, std::size_t,
                                                                        int) override
    {
        return {};
    }
    base::Status retire(std::uint64_t) override { return {}; }
    base::Status put_quarantine(std::span<const disk::QuarantineEntry>) override { return {}; }
    base::Result<std::vector<disk::QuarantineEntry>> list_quarantine(std::string_view before,
                                                                     std::size_t limit) override
    {
        std::vector<disk::QuarantineEntry> page;
        for (const disk::QuarantineEntry& entry : quarantine) {
            if ((before.empty() || entry.id < before) && page.size() < limit) {
                page.push_back(entry);
            }
        }
        return page;
    }
    base::Result<disk::QuarantineEntry> find_quarantine(std::string_view id) override
    {
        for (const disk::QuarantineEntry& entry : quarantine) {
            if (entry.id == id) {
                return entry;
            }
        }
        return base::not_found("no such entry");
    }
    base::Status remove_quarantine(std::span<const std::string>) override { return {}; }
    base::Result<std::uint64_t> requeue(std::span<const std::string> ids, std::uint64_t) override
    {
        return ids.size();
    }
    base::Result<std::optional<std::string>> find_state(std::string_view) override { return {}; }
    disk::JournalTotals totals() const override { return {}; }
    disk::JournalBalance balance(std::uint64_t) const override { return {}; }

    bool full = false;
    std::uint64_t last = 0;
    std::vector<disk::AppendRequest> appended;
    std::vector<disk::QuarantineEntry> quarantine; ///< newest first
};

class TestEvents final : public store::EventStore {
public:
    std::function<void()> while_listing; ///< empty: nothing
    base::Status prepare() override { return {}; }
    base::Status insert(std::span<const store::ArchiveRow>, std::string_view) override
    {
        return {};
    }
    base::Result<store::DroppedDays> drop_received_before(base::Time) override
    {
        return store::DroppedDays{};
    }
    base::Result<store::EventPage> list(const store::EventPageRequest& request) override
    {
        if (missing) {
            return gone();
        }
        if (while_listing) {
            while_listing();
            return store::EventPage{};
        }
        asked = query::format(*request.filter);
        from = request.from;
        to = request.to;
        budget = request.budget;
        abandoned = request.abandoned;
        store::EventPage page;
        page.events_json = {R"({"message":"one"})"};
        page.next = request.after.empty() ? "p2" : "";
        page.reach = {.searched = 3,
                      .total = 8,
                      .down_to = request.from,
                      .complete = page.next.empty(),
                      .elapsed = std::chrono::milliseconds(12)};
        return page;
    }
    base::Result<std::string> find(std::string_view id) override
    {
        return id == "e1" ? base::Result<std::string>(R"({"message":"one"})")
                          : base::not_found("no such event");
    }
    base::Result<std::uint64_t> count(const query::Node*, base::Time, base::Time,
                                      base::Time) override
    {
        return 1;
    }
    base::Result<store::Histogram> histogram(const query::Node*, base::Time start, base::Time,
                                             std::size_t buckets, base::Time,
                                             const store::Abandoned&) override
    {
        store::Histogram histogram;
        histogram.from = start;
        histogram.counts.assign(buckets, 1);
        histogram.detected.assign(buckets, 0);
        return histogram;
    }
    base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
    top(std::string_view, const query::Node*, base::Time, base::Time, std::size_t, base::Time,
        const store::Abandoned&) override
    {
        return std::vector<std::pair<std::string, std::uint64_t>>{{"203.0.113.7", 4}};
    }
    base::Result<std::vector<store::SensorHour>> sensor_hours(base::Time, base::Time) override
    {
        if (missing) {
            return gone();
        }
        return std::vector<store::SensorHour>{};
    }
    base::Result<std::vector<store::AlertHour>> alert_hours(std::span<const std::uint64_t> alerts,
                                                            base::Time start, base::Time end,
                                                            const store::Abandoned&) override
    {
        if (missing) {
            return gone();
        }
        asked_alerts.assign(alerts.begin(), alerts.end());
        from = start;
        to = end;
        return hours;
    }
    store::EventStoreHealth health() override
    {
        store::EventStoreHealth health;
        health.available = !missing;
        return health;
    }

    static std::unexpected<base::Error> gone()
    {
        return base::unavailable("libchdb.so is missing; run ./dev up");
    }

    bool missing = false;
    std::vector<store::AlertHour> hours; ///< what alert_hours answers
    std::vector<std::uint64_t> asked_alerts;
    std::string asked;
    base::Time from;
    base::Time to;
    std::optional<std::chrono::milliseconds> budget;
    store::Abandoned abandoned;
};

/// Stored detections, all in one piece.
class TestScan final : public store::EventScan {
public:
    base::Result<store::ScanPiece> scan(const store::ScanRequest& request) override
    {
        return answer(request);
    }
    std::function<base::Result<store::ScanPiece>(const store::ScanRequest&)> answer =
        [](const store::ScanRequest&) { return store::ScanPiece{}; };
};

class TestClock final : public base::Clock {
public:
    std::int64_t seconds = 1'700'100'000;
    base::Time now() const override { return base::Time::from_seconds(seconds); }
    void pass(std::chrono::seconds more) { seconds += more.count(); }
};

/// The API with an administrator whose key has the scopes events:ingest and read.
class ApiTest : public testing::Test {
protected:
    ApiTest()
    {
        folder_ =
            std::filesystem::temp_directory_path() / ("tanggap-api-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder_);
        cases_ = std::move(*store::open_sqlite(folder_.string()));
        service::AccountsOptions options;
        options.master_key_file = (folder_ / "keys/master").string();
        options.setup_token_file = (folder_ / "setup-token").string();
        options.password_memory_bytes = 8192 * 1024;
        options.password_passes = 1;
        accounts_ = std::move(*service::Accounts::open(*cases_, clock_, options));
        sensors_ = std::make_unique<service::SensorCatalog>(*cases_);
        world_ = std::make_unique<service::World>(make_world());
        hunts_ =
            std::make_unique<service::Hunts>(*world_, rule_desk_, service::Hunts::Worker::None);
        rule_desk_.hunts = hunts_.get();
        administration_ = service::Administration{
            .sensors = sensors_.get(),
            .rules = &rule_desk_,
            .reload_sensors =
                [this] {
                    ++sensors_reloaded_;
                    return base::Status{};
                },
            .reload_rule_settings =
                [this] {
                    ++rule_settings_reloaded_;
                    return base::Status{};
                },
            .reload_casework = [this]() -> base::Status {
                TRY(const auto own, service::read_own_settings(*cases_));
                casework_ =
                    std::make_shared<casework::Knowledge>(casework::with_settings(*casework_, own));
                return {};
            },
            .system =
                [] {
                    service::SystemState state;
                    state.version = "test";
                    return state;
                },
            .sources =
                [] {
                    normalize::SourceInfo info;
                    info.id = "apache_access";
                    info.title = "Apache";
                    return std::vector{info};
                },
            .read_records =
                [](const std::string& source, const std::string&,
                   std::span<const std::string> records) {
                    service::Reading reading;
                    reading.source = source.empty() ? "generic_text" : source;
                    for (const std::string& record : records) {
                        auto& read = reading.records.emplace_back();
                        (record == "bad" ? read.reason : read.event_json) =
                            record == "bad" ? "bad_json" : "{}";
                    }
                    return reading;
                }};
        Context context{.world = *world_,
                        .accounts = *accounts_,
                        .assets = {},
                        .cursor_key = accounts_->derive_key("cursor"),
                        .administration = administration_};
        context.assets = [](std::string_view path) -> std::optional<Asset> {
            if (path != "index.html" && path != "assets/a-1.js") {
                return std::nullopt;
            }
            return Asset{.bytes = "<html>",
                         .content_type = "text/html",
                         .hash = "abc",
                         .brotli = "BR",
                         .gzip = "GZ"};
        };
        handlers_ = make_handlers(std::move(context));
    }
    ~ApiTest() override { std::filesystem::remove_all(folder_); }

    service::World make_world()
    {
        service::World world{
            .cases = *cases_,
            .events = events_,
            .journal = journal_,
            .clock = clock_,
            .rules = [this] { return rules_; },
            .ledger = [] { return model::Ledger{}; },
            .progress =
                [] { return service::Progress{.journal_last = 3, .processed = 2, .archived = 1}; },
            .rerun_quarantine = [](std::span<const std::string> ids)
                -> base::Result<std::uint64_t> { return ids.size(); },
            .unready_reasons = [] { return std::vector<std::string>{}; },
            .knows_source = [](std::string_view id) { return id == "apache_access"; },
            .choose_source = [](auto) { return std::string("apache_access"); },
            .retention = [] { return service::RetentionState{}; },
            .reload_assets =
                [this] {
                    ++assets_reloaded_;
                    return base::Status{};
                },
            .reload_indicators = [] { return base::Status{}; },
            .casework = [this] { return casework_; },
            .report_form = [] { return std::make_shared<const service::ReportForm>(); },
            .geo_built_at = std::nullopt,
            .version = "test"};
        return world;
    }

    /// Without a mapping.
    static std::shared_ptr<const service::RuleSources>
    sources_of(std::vector<detect::RuleFile> files)
    {
        std::vector<detect::Diagnostic> problems;
        return service::make_sources(std::move(files), {}, problems);
    }

    /// Makes the administrator; `key_` is then set.
    void set_up()
    {
        std::ifstream file(folder_ / "setup-token");
        std::string token;
        file >> token;
        const auto result = accounts_->set_up({.token = token,
                                               .name = "rina",
                                               .password = "kuda baterai pasak benar",
                                               .api_key_name = "test",
                                               .address = ""});
        ASSERT_TRUE(result) << result.error().message;
        key_ = result->api_key;
        secret_ = result->second_factor.secret;
    }

    static std::string code_of(const std::string& secret, base::Time now)
    {
        char* bytes = nullptr;
        std::size_t size = 0;
        oath_base32_decode(secret.data(), secret.size(), &bytes, &size);
        char code[7] = {};
        oath_totp_generate(bytes, size, now.seconds(), 30, 0, 6, code);
        std::free(bytes);
        return code;
    }
    /// Sets up over HTTP and signs in; gives the Cookie header's value.
    std::string sign_in()
    {
        std::ifstream file(folder_ / "setup-token");
        std::string token;
        file >> token;
        const Json made =
            json(post("/api/v1/setup", json_text({{"token", token},
                                                  {"name", "rina"},
                                                  {"password", "kuda baterai pasak benar"}})));
        secret_ = made.at("totp").at("secret");
        return cookie_of("rina", secret_);
    }
    /// Signs in with a code not used before; gives the Cookie header's value.
    std::string cookie_of(const std::string& name, const std::string& secret)
    {
        clock_.pass(std::chrono::seconds(30));
        const auto answer =
            post("/api/v1/session", json_text({{"name", name},
                                               {"password", "kuda baterai pasak benar"},
                                               {"code", code_of(secret, clock_.now())}}));
        EXPECT_EQ(answer.status, 200) << answer.body;
        const std::string cookie = header(answer, "Set-Cookie");
        EXPECT_NE(cookie.find("HttpOnly; SameSite=Lax"), std::string::npos);
        return cookie.substr(0, cookie.find(';'));
    }
    /// A request as the console of the one with this cookie makes it; no key goes along.
    net::HttpRequest as(const std::string& cookie, std::string method, const std::string& target,
                        std::string body = {})
    {
        const std::string key = std::exchange(key_, {});
        net::HttpRequest made = request(std::move(method), target, std::move(body));
        key_ = key;
        made.headers.emplace_back("cookie", cookie);
        made.headers.emplace_back("x-requested-with", "tanggap");
        return made;
    }
    struct Person {
        std::string id;
        std::string cookie;
        std::string secret; ///< of the second factor
    };
    /// An account made by invitation, signed in.
    Person add_person(const std::string& admin_cookie, const std::string& name,
                      const std::vector<std::string>& roles)
    {
        const auto invited = send(as(admin_cookie, "POST", "/api/v1/invites",
                                     json_text({{"name", name}, {"roles", roles}})));
        EXPECT_EQ(invited.status, 201) << invited.body;
        const auto accepted = post("/api/v1/invitation/accept",
                                   json_text({{"token", json(invited).at("token")},
                                              {"password", "kuda baterai pasak benar"}}));
        EXPECT_EQ(accepted.status, 201) << accepted.body;
        Person person;
        person.id = json(accepted).at("user").at("id");
        person.secret = json(accepted).at("second_factor").at("secret");
        person.cookie = cookie_of(name, person.secret);
        return person;
    }
    /// A key of the administrator that set_up() made.
    std::string key_with(const std::vector<std::string>& scopes)
    {
        const std::string key = std::exchange(key_, {});
        const std::string cookie = cookie_of("rina", secret_);
        const auto made = send(
            as(cookie, "POST", "/api/v1/keys", json_text({{"name", "test"}, {"scopes", scopes}})));
        EXPECT_EQ(made.status, 201) << made.body;
        key_ = key;
        return json(made).at("key");
    }

    net::HttpRequest request(std::string method, const std::string& target, std::string body = {},
                             std::string type = "application/json")
    {
        net::HttpRequest made;
        made.method = std::move(method);
        made.target = target;
        made.path = target.substr(0, target.find('?'));
        if (const std::size_t at = target.find('?'); at != target.npos) {
            for (std::string_view rest = std::string_view(target).substr(at + 1); !rest.empty();) {
                const std::size_t end = std::min(rest.find('&'), rest.size());
                const std::string_view pair = rest.substr(0, end);
                const std::size_t equals = std::min(pair.find('='), pair.size());
                made.query.emplace_back(
                    *net::percent_decode(pair.substr(0, equals)),
                    *net::percent_decode(pair.substr(std::min(equals + 1, pair.size()))));
                rest.remove_prefix(std::min(end + 1, rest.size()));
            }
        }
        if (!body.empty()) {
            made.headers.emplace_back("content-type", std::move(type));
        }
        if (!key_.empty()) {
            made.headers.emplace_back("authorization", "Bearer " + key_);
        }
        made.body = std::move(body);
        made.peer = "192.0.2.9";
        return made;
    }
    net::HttpResponse send(const net::HttpRequest& made) { return handlers_.handle(made); }
    net::HttpResponse get(const std::string& target) { return send(request("GET", target)); }
    net::HttpResponse post(const std::string& target, std::string body,
                           std::string type = "application/json")
    {
        return send(request("POST", target, std::move(body), std::move(type)));
    }
    static Json json(const net::HttpResponse& response)
    {
        return Json::parse(response.body, nullptr, false);
    }
    static std::string header(const net::HttpResponse& response, std::string_view name)
    {
        for (const auto& [known, value] : response.headers) {
            if (known == name) {
                return value;
            }
        }
        return {};
    }

    TestClock clock_;
    std::filesystem::path folder_;
    std::unique_ptr<store::CaseStore> cases_;
    std::unique_ptr<service::SensorCatalog> sensors_;
    service::Administration administration_;
    TestJournal journal_;
    TestEvents events_;
    std::vector<std::shared_ptr<const model::RuleInfo>> rules_;
    std::unique_ptr<service::Accounts> accounts_;
    std::shared_ptr<const casework::Knowledge> casework_ = std::make_shared<casework::Knowledge>();
    std::unique_ptr<service::World> world_;
    Handlers handlers_;
    std::string key_;
    std::string secret_; ///< of the administrator's second factor
    int assets_reloaded_ = 0;
    int sensors_reloaded_ = 0;
    int rule_settings_reloaded_ = 0;
    std::map<std::string, service::RuleCount, std::less<>> rule_counts_;
    TestScan scan_;
    std::shared_ptr<const service::RuleSources> rule_sources_ = sources_of({});
    int rules_reloaded_ = 0;
    service::RuleDesk rule_desk_{.events = scan_,
                                 .counts = [this] { return rule_counts_; },
                                 .sources = [this] { return rule_sources_; },
                                 .exceptions = [] { return nullptr; },
                                 .indicator_list = [](const std::string&)
                                     -> base::Result<std::shared_ptr<const detect::IndicatorSet>> {
                                     return base::not_found("no such list");
                                 },
                                 .reload =
                                     [this] {
                                         ++rules_reloaded_;
                                         return base::Status{};
                                     }};
    std::unique_ptr<service::Hunts> hunts_;
};

} // namespace tanggap::api
