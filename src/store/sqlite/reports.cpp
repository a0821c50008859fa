// Reports, their conversation and notes; drafts and sessions of reporters.
//
// How lists stay quick: as alert_lists.cpp, by an index that has the order; totals stop at
// kListTotalMax.
#include "store/reports.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "base/report_limits.h"
#include "base/text.h"
#include "store/sqlite/change.h"
#include "store/sqlite/report_sql.h"
#include "store/sqlite/store.h"
#include "store/sqlite/visibility.h"

namespace tanggap::store {
namespace {

using sqlite::Database;
using sqlite::each_row;
using sqlite::one_row;
using sqlite::ReportFilter;
using sqlite::Statement;

/// Words that a question about similar texts asks for: the more, the slower and the vaguer.
constexpr std::size_t kSimilarWords = 24;
/// Shorter words ("di", "the") say nothing about what a text is about.
constexpr std::size_t kSimilarWordBytesMin = 5;

constexpr std::string_view kHeadColumns =
    "r.sequence, r.id, r.number, r.title, r.kind, r.status, r.channel, r.identity, r.language,"
    " r.organisation, r.assignee, r.case_id, r.received_at, r.acknowledged_at,"
    " r.updated_at, r.waiting, r.severity, r.helped";
constexpr std::string_view kHeadTypes = "itttttttttttiiiiit";

template <class Enum, std::size_t N>
base::Result<Enum> read_word(const std::array<std::pair<Enum, std::string_view>, N>& words,
                             const std::string& text)
{
    const auto value = model::from_word(words, text);
    if (!value) {
        return base::corrupt("a report has the word " + base::quoted(text) +
                             " where this program knows no such one");
    }
    return *value;
}

base::Result<ReportHead> read_head(const Statement& row)
{
    ReportHead head;
    head.sequence = row.natural(0);
    head.id = row.text(1);
    head.number = row.text(2);
    head.title = row.text(3);
    head.kind = row.text(4);
    TRY(head.status, read_word(model::kReportStatuses, row.text(5)));
    TRY(head.channel, read_word(model::kReportChannels, row.text(6)));
    TRY(head.identity, read_word(model::kIdentities, row.text(7)));
    head.language = row.text(8);
    head.organisation = row.text(9);
    head.assignee = row.text(10);
    head.case_id = row.text(11);
    head.received_at = {row.integer(12)};
    head.acknowledged_at = {row.integer(13)};
    head.updated_at = {row.integer(14)};
    head.waiting = row.integer(15) != 0;
    head.severity = static_cast<model::Level>(row.integer(16));
    TRY(head.helped, read_word(model::kHelped, row.text(17)));
    return head;
}

std::string select_heads(std::string_view rest)
{
    std::string sql("SELECT ");
    return sql.append(kHeadColumns).append(" FROM reports r ").append(rest);
}

base::Result<std::uint64_t> sequence_of(Database& database, std::string_view id)
{
    TRY(Statement * row, database.prepared("SELECT sequence FROM reports WHERE id = ?", "t", "i"));
    std::uint64_t sequence = 0;
    TRY(const bool found, one_row(row->bind(id), [&] { sequence = row->natural(0); }));
    if (!found) {
        return base::not_found("no report " + base::quoted(id));
    }
    return sequence;
}

base::Status insert_head(Database& database, const ReportHead& head, std::string_view code_hash,
                         const std::string& answers)
{
    TRY(Statement * insert,
        database.prepared("INSERT INTO reports (id, number, title, kind, status, ended, channel,"
                          " identity, language, organisation, assignee, case_id, received_at,"
                          " acknowledged_at, updated_at, waiting, severity, priority,"
                          " code_hash, answers)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          "tttttittttttiiiiiitt"));
    return insert
        ->bind(head.id, head.number, head.title, head.kind, model::name_of(head.status),
               model::is_ended(head.status) ? 1 : 0, model::name_of(head.channel),
               model::name_of(head.identity), head.language, head.organisation, head.assignee,
               head.case_id, head.received_at.ns, head.acknowledged_at.ns, head.updated_at.ns,
               head.waiting ? 1 : 0, static_cast<std::int64_t>(head.severity),
               priority_of(head.severity), code_hash, answers)
        .run();
}

base::Status insert_marks(Database& database, std::uint64_t sequence,
                          std::span<const ReportMark> marks)
{
    TRY(Statement * insert, database.prepared("INSERT INTO report_marks (value, report, kind)"
                                              " VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                                              "tit"));
    for (const ReportMark& mark : marks) {
        TRY_STATUS(insert->bind(mark.value, sequence, mark.kind).run());
    }
    return {};
}

base::Status insert_words(Database& database, std::uint64_t sequence, const Report& report)
{
    std::string words = report.head.title;
    for (const auto& [question, answer] : report.answers) {
        // Who wrote is not what it is about.
        if (question != "name" && question != "email" && question != "phone") {
            words += "\n" + answer;
        }
    }
    TRY(Statement * insert,
        database.prepared("INSERT INTO report_words (rowid, words) VALUES (?, ?)", "it"));
    return insert->bind(sequence, words).run();
}

base::Status insert_message(Database& database, std::uint64_t sequence,
                            const model::ReportMessage& message)
{
    TRY(Statement * insert,
        database.prepared("INSERT INTO report_messages (report, at, id, from_team, text, author)"
                          " VALUES (?, ?, ?, ?, ?, ?)",
                          "iititt"));
    return insert
        ->bind(sequence, message.at.ns, message.id,
               message.from == model::MessageFrom::Team ? 1 : 0, message.text.text(), message.by)
        .run();
}

base::Status insert_file(Database& database, std::uint64_t sequence, const model::ReportFile& file)
{
    TRY(Statement * insert,
        database.prepared("INSERT INTO report_files (report, added_at, id, name, sha256, bytes)"
                          " VALUES (?, ?, ?, ?, ?, ?)",
                          "iittti"));
    return insert->bind(sequence, file.added_at.ns, file.id, file.name, file.sha256, file.bytes)
        .run();
}

base::Result<std::map<std::string, std::string>> read_answers(const std::string& json)
{
    const auto document = nlohmann::json::parse(json, nullptr, false);
    if (!document.is_object()) {
        return base::corrupt("the answers of a report are no JSON object");
    }
    std::map<std::string, std::string> answers;
    for (const auto& [question, answer] : document.items()) {
        answers[question] = answer.is_string() ? answer.get<std::string>() : answer.dump();
    }
    return answers;
}

base::Status read_conversation(Database& database, Report& report)
{
    TRY(Statement * messages,
        database.prepared("SELECT id, from_team, text, at, author FROM report_messages"
                          " WHERE report = ? ORDER BY at, id",
                          "i", "titit"));
    TRY_STATUS(each_row(messages->bind(report.head.sequence), [&]() -> base::Status {
        const auto from =
            messages->integer(1) != 0 ? model::MessageFrom::Team : model::MessageFrom::Reporter;
        report.messages.push_back({.id = messages->text(0),
                                   .from = from,
                                   .text = model::PublicText(messages->text(2)),
                                   .at = {messages->integer(3)},
                                   .by = messages->text(4)});
        return {};
    }));
    TRY(Statement * notes, database.prepared("SELECT id, text, at, author FROM report_notes"
                                             " WHERE report = ? ORDER BY at, id",
                                             "i", "ttit"));
    TRY_STATUS(each_row(notes->bind(report.head.sequence), [&]() -> base::Status {
        report.notes.push_back({.id = notes->text(0),
                                .text = model::InternalText(notes->text(1)),
                                .at = {notes->integer(2)},
                                .by = notes->text(3)});
        return {};
    }));
    TRY(Statement * files, database.prepared("SELECT id, name, sha256, bytes, added_at"
                                             " FROM report_files WHERE report = ?"
                                             " ORDER BY added_at, id",
                                             "i", "tttii"));
    return each_row(files->bind(report.head.sequence), [&]() -> base::Status {
        report.files.push_back({.id = files->text(0),
                                .name = files->text(1),
                                .sha256 = files->text(2),
                                .bytes = files->natural(3),
                                .added_at = {files->integer(4)}});
        return {};
    });
}

base::Result<std::vector<ReportHead>> read_heads(Statement& rows)
{
    std::vector<ReportHead> heads;
    TRY_STATUS(each_row(rows, [&]() -> base::Status {
        TRY(heads.emplace_back(), read_head(rows));
        return {};
    }));
    return heads;
}

struct Position {
    std::int64_t time = 0;
    std::int64_t sequence = 0;
};

base::Result<Position> read_position(std::string_view text)
{
    Position position;
    const char* const end = text.data() + text.size();
    const auto [middle, first] = std::from_chars(text.data(), end, position.time);
    const bool dot = first == std::errc{} && middle != end && *middle == '.';
    const auto [last, second] = std::from_chars(dot ? middle + 1 : end, end, position.sequence);
    if (!dot || second != std::errc{} || last != end) {
        return base::invalid("cursor position " + base::quoted(text) +
                             " is damaged; ask for the list again from its start");
    }
    return position;
}

base::Result<std::uint64_t> count_reports(Database& database, const ReportFilter& filter,
                                          std::size_t count_max)
{
    const std::string sql = "SELECT count(*) FROM (SELECT 1 FROM reports r WHERE " + filter.sql +
                            " LIMIT " + std::to_string(count_max) + ")";
    TRY(const auto row, database.prepare_once(sql, filter.types(), "i"));
    filter.bind_to(*row);
    std::uint64_t total = 0;
    TRY([[maybe_unused]] const bool found, one_row(*row, [&] { total = row->natural(0); }));
    return total;
}

} // namespace

base::Status add_report(Change& change, const Report& report, std::string_view code_hash,
                        std::span<const ReportMark> marks)
{
    Database& database = database_of(change);
    const nlohmann::json answers = report.answers;
    TRY_STATUS(insert_head(database, report.head, code_hash, answers.dump()));
    TRY(const std::uint64_t sequence, sequence_of(database, report.head.id));
    TRY_STATUS(insert_marks(database, sequence, marks));
    TRY_STATUS(insert_words(database, sequence, report));
    for (const model::ReportFile& file : report.files) {
        TRY_STATUS(insert_file(database, sequence, file));
    }
    for (const model::ReportMessage& message : report.messages) {
        TRY_STATUS(insert_message(database, sequence, message));
    }
    return {};
}

base::Result<ReportHead> find_report_head(Snapshot& snapshot, std::string_view id)
{
    const bool numbered = id.starts_with("LPR-");
    TRY(Statement * row,
        database_of(snapshot).prepared(
            select_heads(numbered ? "WHERE r.number = ?" : "WHERE r.id = ?"), "t", kHeadTypes));
    base::Result<ReportHead> head = base::not_found("no report " + base::quoted(id));
    TRY([[maybe_unused]] const bool found, one_row(row->bind(id), [&] { head = read_head(*row); }));
    return head;
}

base::Result<ReportHead> find_report_head(Snapshot& snapshot, std::uint64_t sequence)
{
    TRY(Statement * row,
        database_of(snapshot).prepared(select_heads("WHERE r.sequence = ?"), "i", kHeadTypes));
    base::Result<ReportHead> head = base::not_found("no report");
    TRY([[maybe_unused]] const bool found,
        one_row(row->bind(sequence), [&] { head = read_head(*row); }));
    return head;
}

int priority_of(model::Level severity)
{
    constexpr std::array kPriorities{10, 25, 50, 75, 100};
    return kPriorities.at(static_cast<std::size_t>(severity));
}

base::Result<Report> find_report(Snapshot& snapshot, std::string_view id)
{
    Report report;
    TRY(report.head, find_report_head(snapshot, id));
    Database& database = database_of(snapshot);
    TRY(Statement * row,
        database.prepared("SELECT answers FROM reports WHERE sequence = ?", "i", "t"));
    std::string answers;
    TRY([[maybe_unused]] const bool found,
        one_row(row->bind(report.head.sequence), [&] { answers = row->text(0); }));
    TRY(report.answers, read_answers(answers));
    TRY_STATUS(read_conversation(database, report));
    return report;
}

base::Result<std::string> find_report_id(Snapshot& snapshot, std::string_view id)
{
    TRY(const ReportHead head, find_report_head(snapshot, id));
    return head.id;
}

base::Result<std::string> find_code_hash(Snapshot& snapshot, std::string_view number)
{
    TRY(Statement * row,
        database_of(snapshot).prepared("SELECT code_hash FROM reports WHERE number = ?", "t", "t"));
    std::string hash;
    TRY([[maybe_unused]] const bool found,
        one_row(row->bind(number), [&] { hash = row->text(0); }));
    return hash;
}

base::Status put_report_head(Change& change, const ReportHead& head)
{
    TRY(Statement * update,
        database_of(change).prepared(
            "UPDATE reports SET title = ?, status = ?, ended = ?, organisation = ?,"
            " assignee = ?, case_id = ?, acknowledged_at = ?, updated_at = ?, waiting = ?,"
            " helped = ? WHERE id = ?",
            "ttitttiiitt"));
    return update
        ->bind(head.title, model::name_of(head.status), model::is_ended(head.status) ? 1 : 0,
               head.organisation, head.assignee, head.case_id, head.acknowledged_at.ns,
               head.updated_at.ns, head.waiting ? 1 : 0, model::name_of(head.helped), head.id)
        .run();
}

base::Status add_report_message(Change& change, std::string_view id,
                                const model::ReportMessage& message)
{
    TRY(const std::uint64_t sequence, sequence_of(database_of(change), id));
    return insert_message(database_of(change), sequence, message);
}

base::Status add_report_note(Change& change, std::string_view id, const model::ReportNote& note)
{
    Database& database = database_of(change);
    TRY(const std::uint64_t sequence, sequence_of(database, id));
    TRY(Statement * insert, database.prepared("INSERT INTO report_notes (report, at, id, text,"
                                              " author) VALUES (?, ?, ?, ?, ?)",
                                              "iittt"));
    return insert->bind(sequence, note.at.ns, note.id, note.text.text(), note.by).run();
}

base::Status add_report_file(Change& change, std::string_view id, const model::ReportFile& file)
{
    TRY(const std::uint64_t sequence, sequence_of(database_of(change), id));
    return insert_file(database_of(change), sequence, file);
}

base::Result<std::vector<ReportHead>> reports_of_case(Snapshot& snapshot, std::string_view case_id,
                                                      const policy::Filter& visible)
{
    ReportFilter filter{.sql = "r.case_id = ?", .values = {sqlite::SqlValue::of(case_id)}};
    sqlite::hide(filter, visible);
    TRY(const auto rows, database_of(snapshot).prepare_once(
                             select_heads("WHERE " + filter.sql + " ORDER BY r.sequence"),
                             filter.types(), kHeadTypes));
    filter.bind_to(*rows);
    return read_heads(*rows);
}

base::Result<ReportPage> list_reports(Snapshot& snapshot, const ReportPageRequest& request)
{
    Database& database = database_of(snapshot);
    TRY(ReportFilter filter, sqlite::compile_report_filter(request.filter, request.now));
    sqlite::hide(filter, request.visible);
    ReportPage page;
    TRY(page.total, count_reports(database, filter,
                                  request.exact_total ? std::size_t{INT64_MAX}
                                                      : base::limits::kListTotalMax + 1));
    page.total_is_lower_bound = page.total > base::limits::kListTotalMax && !request.exact_total;
    if (page.total_is_lower_bound) {
        page.total = base::limits::kListTotalMax;
    }

    const bool updated = request.sort == ReportSort::UpdatedDesc;
    const std::string time = updated ? "r.updated_at" : "r.received_at";
    std::string types = filter.types();
    std::string rest = "WHERE " + filter.sql;
    Position after;
    if (!request.after.empty()) {
        TRY(after, read_position(request.after));
        rest += " AND (" + time + ", r.sequence) < (?, ?)";
        types += "ii";
    }
    rest +=
        " ORDER BY " + time + " DESC, r.sequence DESC LIMIT " + std::to_string(request.limit + 1);
    TRY(const auto rows, database.prepare_once(select_heads(rest), types, kHeadTypes));
    filter.bind_to(*rows);
    if (!request.after.empty()) {
        rows->set(filter.values.size(), after.time);
        rows->set(filter.values.size() + 1, after.sequence);
    }
    TRY(page.reports, read_heads(*rows));
    if (page.reports.size() > request.limit) {
        page.reports.resize(request.limit);
        const ReportHead& last = page.reports.back();
        page.next = std::to_string((updated ? last.updated_at : last.received_at).ns) + "." +
                    std::to_string(last.sequence);
    }
    return page;
}

namespace {

/// Runs `rest`, which may name the table r, with what the asker does not see left out.
base::Result<std::vector<ReportHead>> select_visible(Database& database, const std::string& join,
                                                     const std::string& order, ReportFilter filter,
                                                     const SimilarRequest& request)
{
    filter.sql += " AND r.id <> ?";
    filter.values.push_back(sqlite::SqlValue::of(request.except_id));
    sqlite::hide(filter, request.visible);
    TRY(const auto rows,
        database.prepare_once(select_heads(join + " WHERE " + filter.sql + order + " LIMIT " +
                                           std::to_string(request.limit)),
                              filter.types(), kHeadTypes));
    filter.bind_to(*rows);
    return read_heads(*rows);
}

/// Reports that share one of the marks, newest first.
base::Status add_marked(Database& database, const SimilarRequest& request,
                        std::vector<SimilarReport>& similar)
{
    for (const ReportMark& mark : request.marks) {
        TRY(std::vector<ReportHead> heads,
            select_visible(database, "JOIN report_marks m ON m.report = r.sequence",
                           " ORDER BY r.sequence DESC",
                           {.sql = "m.value = ? AND m.kind = ?",
                            .values = {sqlite::SqlValue::of(std::string_view(mark.value)),
                                       sqlite::SqlValue::of(std::string_view(mark.kind))}},
                           request));
        for (ReportHead& head : heads) {
            const auto known = std::ranges::find(
                similar, head.id,
                [](const SimilarReport& s) -> const std::string& { return s.head.id; });
            SimilarReport& entry = known == similar.end() ? similar.emplace_back() : *known;
            entry.head = std::move(head);
            entry.shared.push_back(mark);
        }
    }
    std::ranges::sort(similar, [](const SimilarReport& a, const SimilarReport& b) {
        return std::pair(a.shared.size(), a.head.sequence) >
               std::pair(b.shared.size(), b.head.sequence);
    });
    return {};
}

/// The longest words of a text: rare ones, mostly, and the index asks for nothing else.
std::string telling_words(std::string_view text)
{
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" \t\n.,;:!?\"'()[]<>/"), text.size());
        if (end >= kSimilarWordBytesMin) {
            words.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    std::ranges::sort(words, [](std::string_view a, std::string_view b) {
        return std::pair(a.size(), b) > std::pair(b.size(), a);
    });
    words.resize(std::min(words.size(), kSimilarWords));
    std::string joined;
    for (const std::string_view word : words) {
        joined.append(word).append(" ");
    }
    return joined;
}

} // namespace

base::Result<std::vector<SimilarReport>> find_similar(Snapshot& snapshot,
                                                      const SimilarRequest& request)
{
    Database& database = database_of(snapshot);
    std::vector<SimilarReport> similar;
    TRY_STATUS(add_marked(database, request, similar));
    const std::string question =
        sqlite::words_question(telling_words(request.text), " OR ", kSimilarWords);
    if (!question.empty() && similar.size() < request.limit) {
        TRY(std::vector<ReportHead> heads,
            select_visible(database, "JOIN report_words w ON w.rowid = r.sequence",
                           " ORDER BY w.rank",
                           {.sql = "w.report_words MATCH ?",
                            .values = {sqlite::SqlValue::of(std::string_view(question))}},
                           request));
        for (ReportHead& head : heads) {
            const bool known = std::ranges::any_of(
                similar, [&](const SimilarReport& s) { return s.head.id == head.id; });
            if (!known) {
                similar.push_back({.head = std::move(head), .shared = {}});
            }
        }
    }
    if (similar.size() > request.limit) {
        similar.resize(request.limit);
    }
    return similar;
}

namespace sqlite {
namespace {

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

/// Whether a report or a draft names this file.
base::Result<bool> is_file_used(Database& database, const std::string& sha256)
{
    TRY(Statement * row,
        database.prepared("SELECT EXISTS (SELECT 1 FROM report_files WHERE sha256 = ?) OR EXISTS"
                          " (SELECT 1 FROM report_drafts WHERE instr(files, ?) > 0)",
                          "tt", "i"));
    bool used = false;
    TRY([[maybe_unused]] const bool found,
        one_row(row->bind(sha256, sha256), [&] { used = row->integer(0) != 0; }));
    return used;
}

base::Result<KeptDraft> select_draft(Database& database, std::string_view token_hash,
                                     base::Time now)
{
    TRY(Statement * row, database.prepared("SELECT document, started_at, expires_at, files,"
                                           " sent_number FROM report_drafts WHERE token_hash = ?"
                                           " AND expires_at > ?",
                                           "ti", "tiitt"));
    KeptDraft draft;
    TRY(const bool found, one_row(row->bind(token_hash, now.ns), [&] {
            draft = {.document = row->text(0),
                     .started_at = {row->integer(1)},
                     .expires_at = {row->integer(2)},
                     .files = split(row->text(3)),
                     .sent_number = row->text(4)};
        }));
    if (!found) {
        return base::not_found("there is no such draft, or its time is over");
    }
    return draft;
}

base::Status upsert_draft(Database& database, std::string_view token_hash, const KeptDraft& draft)
{
    TRY(Statement * put,
        database.prepared("INSERT INTO report_drafts (token_hash, document, started_at, expires_at,"
                          " files, sent_number) SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM"
                          " report_drafts) < ? OR EXISTS (SELECT 1 FROM report_drafts WHERE"
                          " token_hash = ?) ON CONFLICT (token_hash) DO UPDATE SET document ="
                          " excluded.document, expires_at = excluded.expires_at, files ="
                          " excluded.files, sent_number = excluded.sent_number",
                          "ttiittit"));
    TRY_STATUS(put->bind(token_hash, draft.document, draft.started_at.ns, draft.expires_at.ns,
                         joined(draft.files), draft.sent_number, base::limits::kDraftsMax,
                         token_hash)
                   .run());
    TRY(const std::int64_t changed, database.integer_of("SELECT changes()"));
    return changed == 1 ? base::Status{}
                        : base::exhausted("there are too many reports that are not sent yet");
}

} // namespace

base::Result<KeptDraft> SqliteCaseStore::find_draft(std::string_view token_hash, base::Time now)
{
    const auto reader = connections_->reader();
    return select_draft(*reader, token_hash, now);
}

base::Status SqliteCaseStore::put_draft(std::string_view token_hash, const KeptDraft& draft)
{
    return write([&] { return upsert_draft(connections_->writer(), token_hash, draft); });
}

base::Result<std::vector<std::string>> SqliteCaseStore::remove_old_drafts(base::Time now)
{
    std::vector<std::string> unused;
    TRY_STATUS(write([&]() -> base::Status {
        Database& database = connections_->writer();
        TRY(Statement * old,
            database.prepared("SELECT files FROM report_drafts WHERE expires_at <= ?", "i", "t"));
        std::vector<std::string> files;
        TRY_STATUS(each_row(old->bind(now.ns), [&]() -> base::Status {
            std::ranges::move(split(old->text(0)), std::back_inserter(files));
            return {};
        }));
        TRY(Statement * remove,
            database.prepared("DELETE FROM report_drafts WHERE expires_at <= ?", "i"));
        TRY_STATUS(remove->bind(now.ns).run());
        TRY(Statement * sessions,
            database.prepared("DELETE FROM reporter_sessions WHERE expires_at <= ?", "i"));
        TRY_STATUS(sessions->bind(now.ns).run());
        for (std::string& file : files) {
            TRY(const bool used, is_file_used(database, file));
            if (!used) {
                unused.push_back(std::move(file));
            }
        }
        return {};
    }));
    return unused;
}

base::Status SqliteCaseStore::add_reporter_session(std::string_view token_hash,
                                                   const ReporterSession& session)
{
    return write([&]() -> base::Status {
        TRY(Statement * insert,
            connections_->writer().prepared("INSERT INTO reporter_sessions (token_hash, report_id,"
                                            " expires_at) VALUES (?, ?, ?)",
                                            "tti"));
        return insert->bind(token_hash, session.report_id, session.expires_at.ns).run();
    });
}

base::Result<ReporterSession> SqliteCaseStore::find_reporter_session(std::string_view token_hash,
                                                                     base::Time now)
{
    const auto reader = connections_->reader();
    TRY(Statement * row, reader->prepared("SELECT report_id, expires_at FROM reporter_sessions"
                                          " WHERE token_hash = ? AND expires_at > ?",
                                          "ti", "ti"));
    ReporterSession session;
    TRY(const bool found, one_row(row->bind(token_hash, now.ns), [&] {
            session = {.report_id = row->text(0), .expires_at = {row->integer(1)}};
        }));
    if (!found) {
        return base::not_found("the session is over");
    }
    return session;
}

base::Status SqliteCaseStore::remove_reporter_session(std::string_view token_hash)
{
    return write([&]() -> base::Status {
        TRY(Statement * remove, connections_->writer().prepared(
                                    "DELETE FROM reporter_sessions WHERE token_hash = ?", "t"));
        return remove->bind(token_hash).run();
    });
}

} // namespace sqlite

base::Result<KeptDraft> find_kept_draft(Snapshot& snapshot, std::string_view token_hash,
                                        base::Time now)
{
    return sqlite::select_draft(database_of(snapshot), token_hash, now);
}

base::Status put_kept_draft(Change& change, std::string_view token_hash, const KeptDraft& draft)
{
    return sqlite::upsert_draft(database_of(change), token_hash, draft);
}

} // namespace tanggap::store
