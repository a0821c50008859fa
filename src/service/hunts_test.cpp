// A hunt finds what the same rule found when the events were received.
#include "service/hunts.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/rule_limits.h"
#include "generated/source_dir.h"
#include "normalize/normalizer.h"
#include "service/own_rules.h"
#include "store/rule_settings.h"
#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::service {
namespace {

namespace fs = std::filesystem;

class StillClock final : public base::Clock {
public:
    base::Time now() const override { return base::Time::from_seconds(1'790'000'000); }
};

std::vector<std::pair<std::string, std::string>> files_in(const fs::path& folder)
{
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_regular_file() && name.ends_with(".yaml") &&
            !name.ends_with(".samples.yaml")) {
            std::ifstream in(entry.path(), std::ios::binary);
            files.emplace_back(name, std::string(std::istreambuf_iterator<char>(in), {}));
        }
    }
    std::ranges::sort(files);
    return files;
}

const fs::path kContent = fs::path(TANGGAP_SOURCE_DIR) / "content";

std::shared_ptr<const RuleSources> shipped_rules(std::vector<detect::RuleFile> more = {})
{
    std::vector<detect::RuleFile> files = std::move(more);
    for (const char* const folder : {"linux", "web"}) {
        for (auto& [name, yaml] : files_in(kContent / "rules" / folder)) {
            files.push_back({.name = name, .yaml = yaml});
        }
    }
    std::vector<detect::MappingFile> mappings;
    for (auto& [name, yaml] : files_in(kContent / "mappings")) {
        mappings.push_back({name, yaml});
    }
    std::vector<detect::Diagnostic> problems;
    return make_sources(std::move(files), std::move(mappings), problems);
}

std::shared_ptr<const normalize::Sources> kinds_of_log()
{
    std::vector<normalize::SourceFile> files;
    for (auto& [name, yaml] : files_in(kContent / "sources")) {
        files.push_back({name, yaml, false});
    }
    std::vector<normalize::Diagnostic> problems;
    return normalize::Sources::load(files, problems);
}

/// Lines of one kind of log as they are stored, by pieces of a few.
class StoredLines final : public store::EventScan {
public:
    StoredLines(std::string source, std::vector<std::string> lines)
        : source_(std::move(source)), lines_(std::move(lines))
    {
    }

    model::EventBatch events(std::size_t begin, std::size_t end) const
    {
        auto chunk = std::make_shared<model::Chunk>();
        chunk->stream.source = source_;
        chunk->stream.reference_time = StillClock().now();
        for (std::size_t i = begin; i < end; ++i) {
            model::Record record{.id = {}, .bytes = lines_[i], .full_length = 0, .full_sha256 = {}};
            record.id.bytes[0] = static_cast<std::uint8_t>(i / 256);
            record.id.bytes[1] = static_cast<std::uint8_t>(i % 256);
            chunk->records.push_back(std::move(record));
        }
        model::EventBatch batch;
        batch.hold(chunk);
        normalize::decode(*kinds_, chunk->stream, chunk->records, StillClock().now(), batch);
        return batch;
    }
    std::size_t size() const { return lines_.size(); }

    base::Result<store::ScanPiece> scan(const store::ScanRequest& request) override
    {
        limits.push_back(request.limit);
        ++asked;
        if (while_scanning) {
            while_scanning();
        }
        if (!problem.empty()) {
            return base::unavailable(problem);
        }
        const std::size_t begin = request.after.empty() ? 0 : std::stoul(request.after);
        const std::size_t end = std::min(lines_.size(), begin + 7);
        store::ScanPiece piece;
        piece.batch = events(begin, end);
        for (const model::Event& event : piece.batch.events) {
            const auto known = detected.find(event.id);
            piece.detected.push_back(
                {.rule_ids = known == detected.end() ? std::vector<std::string>{} : known->second,
                 .alerts = {}});
        }
        piece.next = end < lines_.size() ? std::to_string(end) : "";
        piece.next_limit = 100 + limits.size();
        piece.left = lines_.size() - end;
        return piece;
    }

    std::map<base::Uuid, std::vector<std::string>> detected; ///< what live detection said
    std::function<void()> while_scanning;
    std::string problem;
    int asked = 0;
    std::vector<std::size_t> limits; ///< that it was asked with

private:
    std::string source_;
    std::vector<std::string> lines_;
    std::shared_ptr<const normalize::Sources> kinds_ = kinds_of_log();
};

std::vector<std::string> ssh_lines()
{
    std::vector<std::string> lines;
    for (int i = 0; i < 40; ++i) {
        const std::string second = std::to_string(10 + i);
        const std::string pid = std::to_string(800 + i);
        const std::string address = i % 3 == 0 ? "198.51.100.4" : "203.0.113.7";
        lines.push_back("Sep 20 10:00:" + second + " host sshd[" + pid + "]: Failed password for " +
                        (i % 2 == 0 ? "root" : "invalid user oracle") + " from " + address +
                        " port 51000 ssh2");
    }
    lines.emplace_back("Sep 20 10:00:55 host sshd[900]: Accepted password for root from "
                       "203.0.113.7 port 51001 ssh2");
    return lines;
}

std::vector<std::string> web_lines()
{
    std::vector<std::string> lines;
    const char* const paths[] = {"/", "/../../../../etc/passwd", "/?id=1%27%20UNION%20SELECT%201--",
                                 "/wp-login.php", "/?q=<script>alert(1)</script>"};
    for (int i = 0; i < 60; ++i) {
        lines.push_back("192.0.2." + std::to_string(i % 9) +
                        " - - [20/Sep/2026:13:55:" + std::to_string(10 + i % 45) +
                        " +0000] \"GET " + paths[i % 5] + " HTTP/1.1\" 200 123 \"-\" \"" +
                        (i % 7 == 0 ? "sqlmap/1.7" : "Mozilla/5.0") + "\"");
    }
    return lines;
}

class HuntsTest : public testing::Test {
protected:
    HuntsTest()
        : folder_(fs::temp_directory_path() / ("tanggap-hunts-" + std::to_string(::getpid())))
    {
        fs::remove_all(folder_);
        cases_ = std::move(*store::open_sqlite(folder_.string()));
        world_.reset(new World{.cases = *cases_,
                               .events = *reinterpret_cast<store::EventStore*>(nobody_),
                               .journal = *reinterpret_cast<disk::Journal*>(nobody_),
                               .clock = clock_,
                               .rules = {},
                               .ledger = {},
                               .progress = {},
                               .rerun_quarantine = {},
                               .unready_reasons = {},
                               .knows_source = {},
                               .choose_source = {},
                               .geo_built_at = {},
                               .version = "test"});
    }
    ~HuntsTest() override
    {
        cases_.reset();
        fs::remove_all(folder_);
    }

    RuleDesk desk_over(store::EventScan& events)
    {
        return {.events = events,
                .counts = {},
                .sources = [this] { return rules_; },
                .exceptions = [this] { return exceptions_; },
                .indicator_list = [](const std::string& name)
                    -> base::Result<std::shared_ptr<const detect::IndicatorSet>> {
                    if (name != "feed.txt") {
                        return base::not_found("no such list");
                    }
                    detect::IndicatorSet::Builder builder;
                    TRY_STATUS(builder.add({.kind = model::IndicatorKind::Network,
                                            .value = "198.51.100.0/24",
                                            .source = "feed.txt",
                                            .label = {},
                                            .tlp = {},
                                            .confidence = 90,
                                            .expires = {}}));
                    return builder.build();
                },
                .reload =
                    [this] {
                        ++reloaded_;
                        return reload_;
                    }};
    }
    static HuntWish everything(std::string rule)
    {
        return {.rule_id = std::move(rule),
                .yaml = {},
                .list = {},
                .from = base::Time::from_seconds(0),
                .to = base::Time::from_seconds(2'000'000'000)};
    }
    Hunt run(Hunts& hunts, const HuntWish& wish)
    {
        const auto begun = hunts.start(rina_, wish);
        EXPECT_TRUE(begun) << begun.error().message;
        EXPECT_TRUE(hunts.work_once());
        return begun ? *hunts.find(begun->id) : Hunt{};
    }

    /// Detections by rule as the pipeline makes them: batches in order, state kept between them.
    std::map<std::string, std::uint64_t> live(StoredLines& lines)
    {
        std::map<std::string, std::uint64_t> found;
        detect::Evaluator evaluator(rules_->set);
        detect::Correlator correlator(rules_->set);
        for (std::size_t begin = 0; begin < lines.size(); begin += 11) {
            const auto batch = lines.events(begin, std::min(lines.size(), begin + 11));
            std::vector<model::Detection> detections;
            std::vector<detect::Signal> signals;
            evaluator.evaluate(batch, detections, signals);
            correlator.feed(batch, signals, detections);
            for (const model::Detection& detection : detections) {
                ++found[detection.rule->id];
                lines.detected[batch.events[detection.event_index].id].push_back(
                    detection.rule->id);
            }
        }
        return found;
    }

    const fs::path folder_;
    StillClock clock_;
    std::unique_ptr<store::CaseStore> cases_;
    alignas(std::max_align_t) char nobody_[16] = {}; ///< stands for what is never asked
    std::unique_ptr<World> world_;
    std::shared_ptr<const RuleSources> rules_ = shipped_rules();
    std::shared_ptr<const detect::ExceptionSet> exceptions_;
    Principal rina_{.user_id = "u-1", .name = "rina"};
    int reloaded_ = 0;
    base::Status reload_; ///< what reading the rules again answers
};

TEST_F(HuntsTest, finds_with_each_rule_what_it_found_live)
{
    for (StoredLines lines :
         {StoredLines("linux_auth", ssh_lines()), StoredLines("apache_access", web_lines())}) {
        const auto found = live(lines);
        EXPECT_GE(found.size(), 2U) << "the lines say something";
        const RuleDesk desk = desk_over(lines);
        Hunts hunts(*world_, desk, Hunts::Worker::None);
        for (const auto& rule : rules_->set->rules()) {
            const Hunt hunt = run(hunts, everything(rule->id));
            EXPECT_EQ(hunt.state, HuntState::Done) << hunt.error;
            const auto wanted = found.find(rule->id);
            EXPECT_EQ(hunt.detections, wanted == found.end() ? 0 : wanted->second) << rule->title;
            EXPECT_EQ(hunt.known, hunt.detections) << "all were known: " << rule->title;
            EXPECT_EQ(hunt.events, lines.size());
            EXPECT_EQ(hunt.total, lines.size());
            EXPECT_EQ(hunt.alerts > 0, hunt.detections > 0);
        }
    }
}

constexpr const char* kText = R"(title: Oracle
id: 0b7a1f3e-6f0c-4a7e-9a55-0d6a3e8a1c11
level: high
logsource:
    product: linux
detection:
    words:
        - 'invalid user oracle'
    condition: words
)";

TEST_F(HuntsTest, a_text_that_is_not_loaded_is_tried_with_days_groups_and_samples)
{
    StoredLines lines("linux_auth", ssh_lines());
    const RuleDesk desk = desk_over(lines);
    Hunts hunts(*world_, desk, Hunts::Worker::None);
    HuntWish wish = everything("");
    wish.yaml = kText;
    const Hunt hunt = run(hunts, wish);
    EXPECT_EQ(hunt.title, "Oracle");
    EXPECT_EQ(hunt.detections, 20U);
    EXPECT_EQ(hunt.known, 0U);
    ASSERT_EQ(hunt.days.size(), 1U);
    EXPECT_EQ(hunt.days[0].day, "2026-09-20");
    EXPECT_EQ(hunt.days[0].detections, 20U);
    EXPECT_EQ(hunt.days[0].alerts, 2U);
    ASSERT_EQ(hunt.largest.size(), 2U);
    EXPECT_EQ(hunt.largest[0].source, "203.0.113.7");
    EXPECT_EQ(hunt.largest[0].days_ago, 1);
    EXPECT_EQ(hunt.samples.size(), base::limits::kHuntSamplesTold);

    wish.yaml = "title: broken\ndetection: 1\n";
    EXPECT_EQ(hunts.start(rina_, wish).error().code, base::Code::Invalid);
    wish.rule_id = "and a rule";
    EXPECT_EQ(hunts.start(rina_, wish).error().code, base::Code::Invalid);
    EXPECT_EQ(hunts.start(rina_, everything("no-such-rule")).error().code, base::Code::NotFound);
}

TEST_F(HuntsTest, a_list_of_indicators_is_looked_for)
{
    StoredLines lines("linux_auth", ssh_lines());
    const RuleDesk desk = desk_over(lines);
    Hunts hunts(*world_, desk, Hunts::Worker::None);
    HuntWish wish = everything("");
    wish.list = "feed.txt";
    const Hunt hunt = run(hunts, wish);
    EXPECT_EQ(hunt.detected_events, 14U);
    wish.list = "other.txt";
    EXPECT_EQ(hunts.start(rina_, wish).error().code, base::Code::NotFound);
}

TEST_F(HuntsTest, what_an_exception_lets_pass_is_not_found)
{
    StoredLines lines("linux_auth", ssh_lines());
    const std::vector<detect::RuleException> kept{
        {.id = "x",
         .rule_id = "0b7a1f3e-6f0c-4a7e-9a55-0d6a3e8a1c11",
         .conditions = {{"source.ip", detect::ExceptionTest::Is, "203.0.113.7"}},
         .expires = clock_.now() + std::chrono::seconds(1)}};
    exceptions_ = *detect::ExceptionSet::build(kept);
    const RuleDesk desk = desk_over(lines);
    Hunts hunts(*world_, desk, Hunts::Worker::None);
    HuntWish wish = everything("");
    wish.yaml = kText;
    EXPECT_EQ(run(hunts, wish).alerts, 1U);
}

TEST_F(HuntsTest, is_cancelled_with_what_it_found_and_told_when_it_fails)
{
    StoredLines lines("linux_auth", ssh_lines());
    const RuleDesk desk = desk_over(lines);
    Hunts hunts(*world_, desk, Hunts::Worker::None);
    HuntWish wish = everything("");
    wish.yaml = kText;
    std::string id;
    lines.while_scanning = [&] {
        if (lines.asked == 3) {
            Principal other{.user_id = "u-2", .name = "budi"};
            EXPECT_EQ(hunts.cancel(other, id).error().code, base::Code::NotFound);
            EXPECT_TRUE(hunts.cancel(rina_, id));
        }
    };
    id = hunts.start(rina_, wish)->id;
    ASSERT_TRUE(hunts.work_once());
    const Hunt ended = *hunts.find(id);
    EXPECT_EQ(ended.state, HuntState::Cancelled);
    EXPECT_EQ(ended.events, 21U);
    EXPECT_EQ(lines.asked, 3);

    lines.while_scanning = {};
    lines.problem = "libchdb.so is missing";
    const Hunt failed = run(hunts, wish);
    EXPECT_EQ(failed.state, HuntState::Failed);
    EXPECT_EQ(failed.error, "libchdb.so is missing");
    EXPECT_EQ(hunts.list().size(), 2U);
    EXPECT_FALSE(hunts.work_once());
}

TEST_F(HuntsTest, a_piece_is_asked_for_as_large_as_the_last_one_allows)
{
    StoredLines lines("linux_auth", ssh_lines());
    const RuleDesk desk = desk_over(lines);
    Hunts hunts(*world_, desk, Hunts::Worker::None);
    HuntWish wish = everything("");
    wish.yaml = kText;
    EXPECT_EQ(run(hunts, wish).state, HuntState::Done);
    ASSERT_GT(lines.limits.size(), 2U);
    EXPECT_EQ(lines.limits[0], 0U);
    EXPECT_EQ(lines.limits[1], 101U);
    EXPECT_EQ(lines.limits[2], 102U);
}

TEST_F(HuntsTest, only_so_many_wait)
{
    StoredLines lines("linux_auth", ssh_lines());
    const RuleDesk desk = desk_over(lines);
    Hunts hunts(*world_, desk, Hunts::Worker::None);
    HuntWish wish = everything("");
    wish.yaml = kText;
    for (std::size_t i = 0; i < base::limits::kHuntsWaitingOfOneMax; ++i) {
        EXPECT_TRUE(hunts.start(rina_, wish));
    }
    EXPECT_EQ(hunts.start(rina_, wish).error().code, base::Code::Exhausted);
    wish.yaml = "title: broken\ndetection: 1\n";
    EXPECT_EQ(hunts.start(rina_, wish).error().code, base::Code::Exhausted)
        << "rules are not read for one that has no place";
}

TEST_F(HuntsTest, one_that_is_cancelled_while_it_waits_ends_and_leaves_its_place)
{
    StoredLines lines("linux_auth", ssh_lines());
    const RuleDesk desk = desk_over(lines);
    Hunts hunts(*world_, desk, Hunts::Worker::None);
    HuntWish wish = everything("");
    wish.yaml = kText;
    for (std::size_t i = 0; i < base::limits::kHuntsWaitingOfOneMax; ++i) {
        const auto begun = hunts.start(rina_, wish);
        ASSERT_TRUE(begun);
        ASSERT_TRUE(hunts.cancel(rina_, begun->id));
        EXPECT_EQ(hunts.find(begun->id)->state, HuntState::Cancelled);
        EXPECT_EQ(hunts.find(begun->id)->ended_at, clock_.now());
    }
    EXPECT_TRUE(hunts.start(rina_, wish));
    EXPECT_TRUE(hunts.work_once());
    EXPECT_FALSE(hunts.work_once());
}

TEST_F(HuntsTest, one_that_is_cancelled_when_all_was_looked_at_is_done)
{
    StoredLines lines("linux_auth", {"Sep 20 10:00:11 host sshd[811]: Failed password for root"});
    const RuleDesk desk = desk_over(lines);
    Hunts hunts(*world_, desk, Hunts::Worker::None);
    HuntWish wish = everything("");
    wish.yaml = kText;
    const std::string id = hunts.start(rina_, wish)->id;
    lines.while_scanning = [&] { EXPECT_TRUE(hunts.cancel(rina_, id)); };
    ASSERT_TRUE(hunts.work_once());
    EXPECT_EQ(hunts.find(id)->state, HuntState::Done);
}

TEST_F(HuntsTest, a_rule_apart_brings_those_it_counts)
{
    for (const auto& rule : rules_->set->rules()) {
        const auto chosen = choose_rule(*rules_, rule->id);
        ASSERT_TRUE(chosen) << rule->title << chosen.error().message;
        EXPECT_EQ(chosen->rules.size(), 1U) << rule->title;
        EXPECT_LT(chosen->set->rules().size(), rules_->set->rules().size() / 2) << rule->title;
        const auto file = file_of_rule(*rules_, rule->id);
        ASSERT_TRUE(file) << rule->title;
        EXPECT_TRUE((*file)->yaml.contains(rule->id));
        const RuleWords words = words_of_rule((*file)->yaml, rule->id);
        EXPECT_TRUE(words.counting || !words.selections.empty()) << rule->title;
    }
}

std::string id_of(int number)
{
    return "0b7a1f3e-6f0c-4a7e-9a55-0d6a3e8a1c0" + std::to_string(number);
}
/// A rule that looks for the word.
std::string own_rule(int number, const std::string& word)
{
    return "title: Rule " + word + "\nid: " + id_of(number) +
           "\nlogsource:\n    product: linux\ndetection:\n    words:\n        - '" + word +
           "'\n    condition: words\n";
}

TEST_F(HuntsTest, each_new_rule_of_a_text_starts_switched_off_and_has_its_history)
{
    StoredLines lines("linux_auth", {});
    const RuleDesk desk = desk_over(lines);
    const store::Command command{
        .actor = {.kind = store::ActorKind::User, .id = "u-1", .name = "rina"},
        .now = clock_.now(),
        .reason = "kampanye baru"};
    const auto switched_off = [&] {
        std::set<std::string> ids;
        EXPECT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(const auto settings, store::list_rule_settings(snapshot));
            for (const store::RuleSetting& setting : settings) {
                EXPECT_FALSE(setting.enabled);
                ids.insert(setting.rule_id);
            }
            return {};
        }));
        return ids;
    };
    const std::string two = own_rule(1, "oracle") + "---\n" + own_rule(2, "postgres");
    const auto kept = keep_own_rule(*world_, desk, command, {}, id_of(1), two);
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_EQ(switched_off(), (std::set<std::string>{id_of(1), id_of(2)}));

    rules_ = shipped_rules(
        {{.name = own_file_name(id_of(1)), .yaml = two, .origin = detect::RuleOrigin::Own}});
    EXPECT_TRUE(read_rule_text(desk, id_of(1))->own);
    EXPECT_FALSE(read_rule_text(desk, id_of(2))->own) << "it is changed by the name of the first";
    EXPECT_EQ(
        keep_own_rule(*world_, desk, command, {}, id_of(2), own_rule(2, "mysql")).error().code,
        base::Code::Conflict)
        << "it is in the other text already";
    const std::string three = own_rule(1, "oracle") + "---\n" + own_rule(3, "mysql");
    ASSERT_TRUE(keep_own_rule(*world_, desk, command, {}, id_of(1), three));
    EXPECT_TRUE(switched_off().contains(id_of(3)));
    EXPECT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto page,
            store::list_activities(snapshot, {.object = store::rule_object(id_of(2))}, 10));
        EXPECT_EQ(page.activities.size(), 2U) << "it came, and went";
        return {};
    }));
}

TEST_F(HuntsTest, an_own_text_is_used_instead_of_a_file_of_the_same_id)
{
    rules_ = shipped_rules({{.name = "rules/mine.yml",
                             .yaml = own_rule(1, "oracle"),
                             .origin = detect::RuleOrigin::User},
                            {.name = own_file_name(id_of(1)),
                             .yaml = own_rule(1, "postgres"),
                             .origin = detect::RuleOrigin::Own}});
    EXPECT_EQ((*file_of_rule(*rules_, id_of(1)))->name, own_file_name(id_of(1)));
    const auto chosen = choose_rule(*rules_, id_of(1));
    ASSERT_TRUE(chosen) << chosen.error().message;
    EXPECT_EQ(chosen->rules.front()->title, "Rule postgres");
}

TEST_F(HuntsTest, a_text_that_is_kept_but_not_yet_used_says_so)
{
    StoredLines lines("linux_auth", {});
    const RuleDesk desk = desk_over(lines);
    const store::Command command{
        .actor = {.kind = store::ActorKind::User, .id = "u-1", .name = "rina"},
        .now = clock_.now(),
        .reason = "kampanye baru"};
    reload_ = base::unavailable("cannot open rules/x.yml");
    const auto kept = keep_own_rule(*world_, desk, command, {}, id_of(1), own_rule(1, "oracle"));
    ASSERT_FALSE(kept);
    EXPECT_TRUE(kept.error().message.starts_with("this is kept")) << kept.error().message;
    EXPECT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
        EXPECT_EQ(store::list_own_rules(snapshot)->size(), 1U);
        return {};
    }));
}

TEST_F(HuntsTest, an_own_rule_is_kept_switched_off_with_a_record_and_removed)
{
    StoredLines lines("linux_auth", {});
    const RuleDesk desk = desk_over(lines);
    const std::string id = "0b7a1f3e-6f0c-4a7e-9a55-0d6a3e8a1c11";
    store::Command command{.actor = {.kind = store::ActorKind::User, .id = "u-1", .name = "rina"},
                           .now = clock_.now(),
                           .reason = {}};
    EXPECT_EQ(keep_own_rule(*world_, desk, command, {}, id, kText).error().code,
              base::Code::Invalid)
        << "a reason is needed";
    command.reason = "kampanye baru";
    EXPECT_EQ(keep_own_rule(*world_, desk, command, {}, "other", kText).error().code,
              base::Code::Invalid);
    EXPECT_EQ(keep_own_rule(*world_, desk, command, {}, id, "title: x\n").error().code,
              base::Code::Invalid);
    EXPECT_EQ(reloaded_, 0);
    ASSERT_TRUE(keep_own_rule(*world_, desk, command, {}, id, kText));
    EXPECT_EQ(reloaded_, 1);
    const auto read = [&](const auto& body) {
        EXPECT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
            body(snapshot);
            return {};
        }));
    };
    read([&](store::Snapshot& snapshot) {
        const auto rules = store::list_own_rules(snapshot);
        ASSERT_EQ(rules->size(), 1U);
        EXPECT_EQ(rules->front().yaml, kText);
        const auto settings = store::list_rule_settings(snapshot);
        ASSERT_EQ(settings->size(), 1U);
        EXPECT_FALSE(settings->front().enabled);
        const auto page = store::list_activities(snapshot, {.object = store::rule_object(id)}, 10);
        ASSERT_EQ(page->activities.size(), 1U);
        EXPECT_EQ(page->activities[0].effect.action, "rule.write");
        EXPECT_EQ(page->activities[0].reason, "kampanye baru");
    });
    ASSERT_TRUE(keep_own_rule(*world_, desk, command, {}, id, kText));
    EXPECT_EQ(reloaded_, 1) << "nothing to do";
    EXPECT_EQ(remove_own_rule(*world_, desk, command, 7, id).error().code, base::Code::Conflict);
    ASSERT_TRUE(remove_own_rule(*world_, desk, command, 1, id));
    EXPECT_EQ(remove_own_rule(*world_, desk, command, {}, id).error().code, base::Code::NotFound);
    EXPECT_EQ(reloaded_, 2);
    read([&](store::Snapshot& snapshot) {
        EXPECT_TRUE(store::list_own_rules(snapshot)->empty());
        const auto page = store::list_activities(snapshot, {.object = store::rule_object(id)}, 10);
        EXPECT_EQ(page->activities.size(), 2U);
    });
}

} // namespace
} // namespace tanggap::service
