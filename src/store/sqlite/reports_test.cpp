#include "query/report_scope.h"
#include "store/reports.h"

#include <gtest/gtest.h>

#include "store/protection.h"
#include "store/sqlite/test_world.h"

namespace tanggap::store::sqlite {
namespace {

const base::Time kStart = base::Time::from_seconds(1'790'000'000);

class ReportsTest : public testing::Test {
protected:
    Report report(int number, const std::string& story)
    {
        Report report;
        report.head.id = base::make_uuid_v7(kStart).text();
        report.head.number = "LPR-0000-000" + std::to_string(number);
        report.head.title = story.substr(0, 20);
        report.head.kind = number % 2 == 0 ? "fraud" : "website";
        report.head.received_at = kStart + std::chrono::seconds(number);
        report.head.updated_at = report.head.received_at;
        report.answers = {{"story", story}};
        return report;
    }

    void add(const Report& report, const std::vector<ReportMark>& marks = {})
    {
        const auto done = store_->change(command_, [&](Change& change) -> base::Status {
            TRY_STATUS(add_report(change, report, "hash-of-" + report.head.number, marks));
            return change.record({.action = "report.receive", .object = report.head.object()});
        });
        ASSERT_TRUE(done) << done.error().message;
    }

    ReportPage list(const std::string& q, std::size_t limit = 50, const std::string& after = {})
    {
        const query::Parsed parsed = query::parse(q, query::report_scope());
        EXPECT_TRUE(parsed.errors.empty())
            << q << ": " << (parsed.errors.empty() ? "" : parsed.errors[0].message);
        ReportPage page;
        const auto done = store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(page, list_reports(snapshot, {.filter = &parsed.root,
                                              .limit = limit,
                                              .after = after,
                                              .now = kStart,
                                              .visible = visible_}));
            return {};
        });
        EXPECT_TRUE(done) << q << ": " << (done ? "" : done.error().message);
        return page;
    }

    std::string numbers(const ReportPage& page)
    {
        std::string text;
        for (const ReportHead& head : page.reports) {
            text += head.number.back();
        }
        return text;
    }

    TestFolder folder_;
    std::unique_ptr<CaseStore> store_ = open_or_fail(folder_.path());
    Command command_{.actor = {.kind = ActorKind::Reporter, .name = "reporter"}, .now = kStart};
    policy::Filter visible_ = policy::Filter::unrestricted();
};

TEST_F(ReportsTest, AReportComesBackWholeByNumberAndId)
{
    Report made = report(1, "Situs dinas berubah.\nAda gambar aneh.");
    made.files = {{.id = "f1",
                   .name = "a.png",
                   .sha256 = std::string(64, 'a'),
                   .bytes = 7,
                   .added_at = kStart}};
    add(made);
    ASSERT_TRUE(store_->change(command_, [&](Change& change) -> base::Status {
        TRY_STATUS(add_report_message(change, made.head.id,
                                      {.id = "m1",
                                       .from = model::MessageFrom::Team,
                                       .text = model::PublicText("Terima kasih"),
                                       .at = kStart,
                                       .by = "rina"}));
        TRY_STATUS(add_report_note(change, made.head.id,
                                   {.id = "n1",
                                    .text = model::InternalText("hubungi dinas"),
                                    .at = kStart,
                                    .by = "rina"}));
        return change.record({.action = "report.answer", .object = made.head.object()});
    }));
    for (const std::string& id : {made.head.id, made.head.number}) {
        ASSERT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(const Report found, find_report(snapshot, id));
            EXPECT_EQ(found.answers, made.answers);
            EXPECT_EQ(found.messages.at(0).text.text(), "Terima kasih");
            EXPECT_EQ(found.messages.at(0).from, model::MessageFrom::Team);
            EXPECT_EQ(found.notes.at(0).text.text(), "hubungi dinas");
            EXPECT_EQ(found.files.at(0).name, "a.png");
            EXPECT_EQ(find_code_hash(snapshot, made.head.number).value(),
                      "hash-of-" + made.head.number);
            EXPECT_EQ(find_code_hash(snapshot, "LPR-9999-9999").value(), "");
            EXPECT_EQ(find_report(snapshot, "LPR-9999-9999").error().code, base::Code::NotFound);
            return {};
        }));
    }
}

TEST_F(ReportsTest, ListsAreFilteredPagedAndKeepToLabels)
{
    for (int i = 1; i <= 6; ++i) {
        Report made = report(i, i == 3 ? "Pesan palsu tentang pajak kendaraan"
                                       : "Halaman judi di situs dinas");
        made.head.status = i == 5 ? model::ReportStatus::Done : model::ReportStatus::Received;
        made.head.waiting = i != 5;
        add(made, i == 4 ? std::vector<ReportMark>{{"phone", "081234567890"}}
                         : std::vector<ReportMark>{});
    }
    EXPECT_EQ(numbers(list("")), "654321");
    EXPECT_EQ(numbers(list("is:open")), "64321");
    EXPECT_EQ(numbers(list("is:closed")), "5");
    EXPECT_EQ(numbers(list("kind:fraud")), "642");
    EXPECT_EQ(numbers(list("-kind:fraud status:diterima")), "31");
    EXPECT_EQ(numbers(list("kendaraan")), "3");
    EXPECT_EQ(numbers(list("kendar")), "3");
    EXPECT_EQ(numbers(list("\"OR NEAR(\"")), "");
    EXPECT_EQ(numbers(list("mark:081234567890")), "4");
    EXPECT_EQ(numbers(list("LPR-0000-0002")), "2");
    EXPECT_EQ(numbers(list("title:pajak OR title:\"Pesan palsu\"")), "3");
    EXPECT_EQ(numbers(list("received>=2026-09-01 is:new")), "654321");
    EXPECT_EQ(numbers(list("has:case")), "");
    EXPECT_EQ(list("").total, 6U);
    const ReportPage first = list("", 4);
    EXPECT_EQ(numbers(first), "6543");
    EXPECT_EQ(numbers(list("", 4, first.next)), "21");
    EXPECT_EQ(list("", 4, first.next).next, "");
    ASSERT_TRUE(store_->change(command_, [&](Change& change) -> base::Status {
        TRY(const std::string id, find_report_id(change, "LPR-0000-0006"));
        TRY_STATUS(put_protection(change, {.kind = "report", .id = id},
                                  {.tlp = policy::Tlp::Red, .named = {"rina"}}));
        return change.record({.action = "report.protect", .object = {.kind = "report", .id = id}});
    }));
    visible_ = {.span = policy::Filter::Span::NotRestricted, .user_id = "budi"};
    EXPECT_EQ(numbers(list("")), "54321");
    EXPECT_EQ(list("").total, 5U);
    visible_.user_id = "rina";
    visible_.red = true;
    EXPECT_EQ(numbers(list("")), "654321");
    visible_ = {};
    EXPECT_EQ(list("").total, 0U);
}

TEST_F(ReportsTest, SharedMarksComeBeforeAlikeWords)
{
    add(report(1, "Diminta transfer pajak kendaraan bermotor ke rekening asing"));
    add(report(2, "Rekening asing 5550001112223"), {{"account", "5550001112223"}});
    add(report(3, "Komputer kantor terkunci tebusan"));
    ASSERT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
        const std::vector<ReportMark> marks{{"account", "5550001112223"}};
        TRY(const auto similar, find_similar(snapshot, {.text = "penipuan pajak kendaraan bermotor",
                                                        .marks = marks,
                                                        .except_id = {},
                                                        .limit = 5,
                                                        .visible = visible_}));
        EXPECT_EQ(similar.size(), 2U);
        EXPECT_EQ(similar.at(0).head.number.back(), '2');
        EXPECT_EQ(similar.at(0).shared, marks);
        EXPECT_EQ(similar.at(1).head.number.back(), '1');
        EXPECT_TRUE(similar.at(1).shared.empty());
        TRY(const auto none,
            find_similar(
                snapshot,
                {.text = "", .marks = {}, .except_id = {}, .limit = 5, .visible = visible_}));
        EXPECT_TRUE(none.empty());
        return {};
    }));
}

TEST_F(ReportsTest, DraftsEndAndTheirFilesAreGivenBackUnlessAReportHasThem)
{
    const std::string kept_file(64, 'a');
    const std::string lost_file(64, 'b');
    Report made = report(1, "Ada berkas yang sama.");
    made.files = {{.id = "f1", .name = "a", .sha256 = kept_file, .bytes = 1, .added_at = kStart}};
    add(made);
    ASSERT_TRUE(store_->put_draft("t1", {.document = "{}",
                                         .started_at = kStart,
                                         .expires_at = kStart + std::chrono::hours(1),
                                         .files = {kept_file, lost_file}}));
    ASSERT_TRUE(store_->put_draft(
        "t2",
        {.document = "{}", .started_at = kStart, .expires_at = kStart + std::chrono::hours(9)}));
    EXPECT_TRUE(store_->find_draft("t1", kStart));
    const base::Time later = kStart + std::chrono::hours(2);
    EXPECT_EQ(store_->find_draft("t1", later).error().code, base::Code::NotFound);
    EXPECT_EQ(store_->remove_old_drafts(later).value(), std::vector<std::string>{lost_file});
    EXPECT_TRUE(store_->find_draft("t2", later));
    ASSERT_TRUE(
        store_->add_reporter_session("s", {.report_id = made.head.id, .expires_at = later}));
    EXPECT_EQ(store_->find_reporter_session("s", kStart).value().report_id, made.head.id);
    EXPECT_FALSE(store_->find_reporter_session("s", later));
    ASSERT_TRUE(store_->remove_reporter_session("s"));
    EXPECT_FALSE(store_->find_reporter_session("s", kStart));
}

} // namespace
} // namespace tanggap::store::sqlite
