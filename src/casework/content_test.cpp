#include <gtest/gtest.h>

#include <set>

#include "casework/clock.h"
#include "casework/content_for_test.h"
#include "casework/playbook.h"
#include "casework/taxonomy.h"

namespace tanggap::casework {
namespace {

std::vector<std::string> class_ids()
{
    std::vector<Diagnostic> problems;
    std::vector<std::string> ids;
    for (const IncidentClass& each : load_taxonomy(shipped("taxonomies"), problems)) {
        ids.push_back(each.id);
    }
    EXPECT_TRUE(problems.empty()) << told(problems);
    return ids;
}

TEST(Content, what_we_ship_loads_without_a_word)
{
    std::vector<Diagnostic> problems;
    const auto books = load_playbooks(shipped("playbooks"), class_ids(), problems);
    EXPECT_TRUE(problems.empty()) << told(problems);
    std::set<std::string> ids;
    for (const Playbook& book : books) {
        ids.insert(book.id);
        EXPECT_GE(book.tasks.size(), 6U) << book.id;
        EXPECT_TRUE(std::ranges::any_of(book.tasks, &TaskTemplate::mandatory)) << book.id;
    }
    EXPECT_EQ(ids, (std::set<std::string>{"brute_force", "data_leak", "ddos", "phishing",
                                          "ransomware", "vulnerability", "web_defacement"}));
    EXPECT_EQ(class_ids().size(), 39U);
}

TEST(Content, the_playbook_that_fits_comes_first)
{
    std::vector<Diagnostic> problems;
    const auto books = load_playbooks(shipped("playbooks"), class_ids(), problems);
    const std::vector<std::string> classes{"fraud/phishing"};
    const std::vector<std::string> techniques{"T1110"};
    EXPECT_EQ(suggest(books, classes, {}).front()->id, "phishing");
    EXPECT_EQ(suggest(books, {}, techniques).front()->id, "brute_force");
    EXPECT_EQ(suggest(books, {}, {}).size(), books.size());
}

TEST(Content, every_problem_of_a_file_is_told_with_its_place)
{
    const ContentFile file{"x.yaml", R"(id: Buruk Sekali
version: 0
title: {id: Judul}
when: {id: a, en: b}
clases: []
tasks:
  - id: one
    title: {id: a, en: b}
    why: {id: a, en: b}
    stage: closed
    role: boss
    due: soon
  - id: one
    title: {id: a, en: b}
    why: {id: a, en: b}
    stage: triage
    role: lead
    mandatory: maybe
)",
                           true};
    std::vector<Diagnostic> problems;
    EXPECT_TRUE(load_playbooks({&file, 1}, {}, problems).empty());
    EXPECT_EQ(told(problems), "x.yaml:5:1: unknown key 'clases'\n"
                              "x.yaml:1:5: 'Buruk Sekali' is no id\n"
                              "x.yaml:2:10: version is a whole number from 1\n"
                              "x.yaml:3:8: the key 'en' is missing\n"
                              "x.yaml:10:12: 'closed' is no stage that work is done in\n"
                              "x.yaml:11:11: 'boss' is no role of the team; roles are "
                              "duty_officer, analyst, lead, liaison, contact\n"
                              "x.yaml:12:10: 'soon' is no length of time\n"
                              "x.yaml:13:9: the task 'one' is there already\n"
                              "x.yaml:18:16: 'mandatory' is true or false\n");
}

TEST(Content, clocks_and_calendars_tell_theirs)
{
    const ContentFile clocks{"c.yaml", R"(clocks:
  - {id: a, kind: service, title: {id: a, en: a}, starts: known, limits: {P1: 1h}}
  - {id: b, kind: statutory, title: {id: a, en: a}, starts: dawn, limit: 2wd, addressee: {id: a, en: a}}
  - {id: c, kind: lunar, title: {id: a, en: a}, starts: known, repeats: true, limits: {P9: 1h}}
)",
                             true};
    std::vector<Diagnostic> problems;
    EXPECT_TRUE(load_clocks({&clocks, 1}, problems).empty());
    ASSERT_GE(problems.size(), 6U) << told(problems);
    EXPECT_EQ(problems[0].message, "a service clock has either met_by or repeats: true");
    problems.clear();
    const ContentFile calendar{"h.yaml",
                               "id: h\nzones: [Asia/Atlantis]\nhours: {monday: [\"09:00-08:00\"]}\n"
                               "covers: [2026]\ndays: [{date: 2026-02-30, name: {id: a, en: b}}]\n",
                               true};
    EXPECT_EQ(load_calendar({&calendar, 1}, "Asia/Jakarta", problems), nullptr);
    EXPECT_EQ(problems.size(), 5U) << told(problems);
}

TEST(Content, a_users_file_of_the_same_id_wins)
{
    auto files = shipped("playbooks");
    ContentFile own = files.front();
    own.overriding = true;
    own.yaml.replace(own.yaml.find("version: 1"), 10, "version: 7");
    files.push_back(own);
    std::vector<Diagnostic> problems;
    const auto books = load_playbooks(files, class_ids(), problems);
    EXPECT_EQ(books.size(), 7U);
    EXPECT_EQ(books.back().version, 7);
    EXPECT_TRUE(books.back().overriding);
}

TEST(Content, a_task_is_due_on_the_wall_or_in_working_days)
{
    std::vector<Diagnostic> problems;
    const auto calendar = load_calendar(shipped("holidays"), "Asia/Jakarta", problems);
    const base::Time friday = at("2026-11-06T15:00:00+07:00");
    EXPECT_EQ(due_of({.due_seconds = 7200}, calendar.get(), friday),
              at("2026-11-06T17:00:00+07:00"));
    EXPECT_EQ(due_of({.due_working_days = 1}, calendar.get(), friday),
              at("2026-11-09T14:30:00+07:00"));
    EXPECT_EQ(due_of({}, calendar.get(), friday), std::nullopt);
}

} // namespace
} // namespace tanggap::casework
