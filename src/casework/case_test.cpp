#include "casework/case.h"

#include <gtest/gtest.h>

#include "casework/content_for_test.h"

namespace tanggap::casework {
namespace {

Case some_case()
{
    Case subject{.id = "0193",
                 .number = {2026, 42},
                 .incident = true,
                 .title = "Situs \"Dinas A\"\nberubah",
                 .assessment = {.impact = 3, .urgency = 2, .personal_data = true},
                 .owner = "u1",
                 .tlp = Tlp::AmberStrict,
                 .classes = {"fraud/phishing"},
                 .opened_at = at("2026-11-02T01:00:00Z")};
    on_opened(subject.milestones, subject.opened_at);
    subject.milestones.set(Milestone::Known,
                           MilestoneTime{.at = at("2026-11-01T01:00:00Z"), .note = "log"});
    subject.duties["iiv_report"] = {
        .done = {.at = at("2026-11-02T03:00:00Z"), .waived = true}, .proof = "x", .by = "rina"};
    move(subject, Stage::Waiting, at("2026-11-02T02:00:00Z"));
    return subject;
}

TEST(Case, is_read_back_as_it_was_written)
{
    const Case subject = some_case();
    const auto again = read_case(write_json(subject));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(write_json(*again), write_json(subject));
    EXPECT_EQ(again->milestones, subject.milestones);
    EXPECT_EQ(again->place.resume, Stage::Triage);
    EXPECT_FALSE(again->waiting.front().to);
}

TEST(Case, what_lies_in_it_is_too)
{
    const Task task{.id = "t",
                    .title = "a",
                    .due = at("2026-11-02T01:00:00Z"),
                    .steps = {{"x", "y"}},
                    .ticked = {true}};
    EXPECT_EQ(write_json(read_task(write_json(task)).value()), write_json(task));
    const Entry entry{.id = "e", .kind = EntryKind::Decision, .text = "b", .starred = true};
    EXPECT_EQ(write_json(read_entry(write_json(entry)).value()), write_json(entry));
    const Note note{.id = "n", .text = "# x\n"};
    EXPECT_EQ(write_json(read_note(write_json(note)).value()), write_json(note));
    const CaseObservable seen{.id = "o", .type = "ipv4", .value = "203.0.113.7", .indicator = true};
    EXPECT_EQ(write_json(read_observable(write_json(seen)).value()), write_json(seen));
}

TEST(Case, broken_and_older_json)
{
    EXPECT_EQ(read_case("{").error().code, base::Code::Corrupt);
    EXPECT_EQ(read_case(R"({"stage":"lost"})").error().code, base::Code::Corrupt);
    EXPECT_EQ(read_case(R"({"title":7})").error().code, base::Code::Corrupt);
    EXPECT_EQ(read_case(R"({"title":"a"})")->tlp, Tlp::Amber);
}

TEST(Case, a_difference_taken_back_gives_the_case_before)
{
    const Case before = some_case();
    Case after = before;
    move(after, Stage::Triage, at("2026-11-02T05:00:00Z"));
    after.title = "lain";
    const Difference change = difference_of(write_json(before), write_json(after));
    EXPECT_FALSE(change.empty);
    EXPECT_EQ(change.after.find("summary"), std::string::npos);
    EXPECT_EQ(with_fields(write_json(after), change.before).value(), write_json(before));
    EXPECT_TRUE(difference_of(write_json(before), write_json(before)).empty);
}

TEST(Case, numbers_read_in_both_forms)
{
    EXPECT_EQ(number_text({2026, 42}, false), "KAS-2026-0042");
    EXPECT_EQ(number_text({2026, 123456}, true), "INS-2026-123456");
    for (const std::string_view text : {"KAS-2026-0042", "INS-2026-0042", "ins-2026-42"}) {
        EXPECT_EQ(parse_case_number(text), (CaseNumber{2026, 42})) << text;
    }
    for (const std::string_view text :
         {"", "KAS-2026", "KAS-2026-", "KAS-2026-0", "ALR-42", "KAS-2026-4x", "KAS-26-0042"}) {
        EXPECT_FALSE(parse_case_number(text)) << text;
    }
}

TEST(Case, moves_keep_the_waiting_and_the_ends)
{
    Case subject = some_case();
    move(subject, Stage::Triage, at("2026-11-02T04:00:00Z"));
    EXPECT_EQ(subject.waiting.back().to, at("2026-11-02T04:00:00Z"));
    move(subject, Stage::NotIncident, at("2026-11-03T00:00:00Z"));
    EXPECT_EQ(subject.ended_at, at("2026-11-03T00:00:00Z"));
    move(subject, Stage::Triage, at("2026-11-04T00:00:00Z"));
    EXPECT_FALSE(subject.ended_at);
    EXPECT_EQ(subject.reopened_at, at("2026-11-04T00:00:00Z"));
    EXPECT_EQ(subject.history().priority, Priority::P2);
}

} // namespace
} // namespace tanggap::casework
