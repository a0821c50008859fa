// Reports in the case database: what reporters told us, the conversation, our notes, drafts that
// are not sent yet. Changes go through store::Change (docs/decisions/0004-commands.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/detection.h"
#include "model/report.h"
#include "policy/policy.h"
#include "query/query.h"
#include "store/activity.h"

namespace tanggap::store {

/// What lists and policy look at. The answers of the form are in the details.
struct ReportHead {
    std::uint64_t sequence = 0; ///< order of receipt; never shown
    std::string id;
    std::string number; ///< "LPR-7K3M-92QF"
    std::string title;  ///< the beginning of the story, or what a person made of it
    std::string kind;   ///< value of the form's question `what`
    model::Level severity = model::Level::Medium; ///< of that kind, by the form
    model::ReportStatus status = model::ReportStatus::Received;
    model::ReportChannel channel = model::ReportChannel::Web;
    model::Identity identity = model::Identity::Open;
    std::string language = "id"; ///< what the reporter reads
    std::string organisation;
    std::string assignee; ///< id of an account; empty: nobody
    std::string case_id;  ///< empty: in no case
    base::Time received_at;
    base::Time acknowledged_at; ///< zero: not yet
    base::Time updated_at;
    bool waiting = true; ///< the reporter said something that nobody has answered
    model::Helped helped = model::Helped::Unsaid;

    ObjectRef object() const { return {.kind = "report", .id = id}; }
};

struct Report {
    ReportHead head;
    std::map<std::string, std::string> answers; ///< of the form, by question
    std::vector<model::ReportMessage> messages; ///< with the reporter, oldest first
    std::vector<model::ReportNote> notes;       ///< ours, oldest first
    std::vector<model::ReportFile> files;
};

/// Something in a text by which two reports can be about the same: a link, host, number, account.
struct ReportMark {
    std::string kind; ///< url, host, address, email, phone, account
    std::string value;

    friend auto operator<=>(const ReportMark&, const ReportMark&) = default;
};

/// `code_hash` empty: entered by the team, no code given out.
base::Status add_report(Change& change, const Report& report, std::string_view code_hash,
                        std::span<const ReportMark> marks);
/// By number or id. Errors: NotFound.
base::Result<Report> find_report(Snapshot& snapshot, std::string_view id);
base::Result<ReportHead> find_report_head(Snapshot& snapshot, std::string_view id);
base::Result<ReportHead> find_report_head(Snapshot& snapshot, std::uint64_t sequence);
/// The priority in the queue of a report of this severity: somebody asks, so nothing is taken off.
int priority_of(model::Level severity);
/// The UUID, from number or UUID. Errors: NotFound.
base::Result<std::string> find_report_id(Snapshot& snapshot, std::string_view id);
/// Empty where there is no such report, or it has no code.
base::Result<std::string> find_code_hash(Snapshot& snapshot, std::string_view number);
/// Writes title, status, organisation, assignee, case_id, acknowledged_at, updated_at, waiting,
/// helped.
base::Status put_report_head(Change& change, const ReportHead& head);
base::Status add_report_message(Change& change, std::string_view id,
                                const model::ReportMessage& message);
base::Status add_report_note(Change& change, std::string_view id, const model::ReportNote& note);
base::Status add_report_file(Change& change, std::string_view id, const model::ReportFile& file);
/// Of the reports in a case, in order of receipt.
base::Result<std::vector<ReportHead>> reports_of_case(Snapshot& snapshot, std::string_view case_id,
                                                      const policy::Filter& visible);

enum class ReportSort : std::uint8_t { ReceivedDesc, UpdatedDesc };

struct ReportPageRequest {
    const query::Node* filter = nullptr; ///< null: all
    ReportSort sort = ReportSort::ReceivedDesc;
    std::size_t limit = 50;
    std::string after; ///< opaque keyset position from ReportPage::next
    base::Time now;
    policy::Filter visible;   ///< what the asker sees; by default nothing
    bool exact_total = false; ///< also above limits::kListTotalMax
};
struct ReportPage {
    std::vector<ReportHead> reports;
    std::string next; ///< empty: no more
    std::uint64_t total = 0;
    bool total_is_lower_bound = false; ///< counting stops at kListTotalMax
};
base::Result<ReportPage> list_reports(Snapshot& snapshot, const ReportPageRequest& request);

/// A report that may be about the same, and why.
struct SimilarReport {
    ReportHead head;
    std::vector<ReportMark> shared; ///< empty: the words are alike
};
struct SimilarRequest {
    std::string_view text;
    std::span<const ReportMark> marks;
    std::string_view except_id; ///< the report itself; empty: none
    std::size_t limit = 5;
    policy::Filter visible;
};
/// Those that share a mark first, newest first, then those whose words are most alike.
base::Result<std::vector<SimilarReport>> find_similar(Snapshot& snapshot,
                                                      const SimilarRequest& request);

/// A report that is not sent yet, under the hash of its browser's token.
struct KeptDraft {
    std::string document; ///< JSON; the desk's
    base::Time started_at;
    base::Time expires_at;
    std::vector<std::string> files{}; ///< SHA-256 of each
    std::string sent_number{};        ///< not empty: sent
};

/// The same inside a command: sending reads the draft and marks it in one transaction.
base::Result<KeptDraft> find_kept_draft(Snapshot& snapshot, std::string_view token_hash,
                                        base::Time now);
base::Status put_kept_draft(Change& change, std::string_view token_hash, const KeptDraft& draft);

struct ReporterSession {
    std::string report_id;
    base::Time expires_at;
};

/// What browsers of reporters leave with us until it is a report, and while they read one. No
/// commands: nobody's history. Thread: any.
class ReporterStore {
public:
    virtual ~ReporterStore() = default;

    /// Errors: NotFound, also where its time is over.
    virtual base::Result<KeptDraft> find_draft(std::string_view token_hash, base::Time now) = 0;
    /// Errors: Exhausted where there are kDraftsMax and this is a new one.
    virtual base::Status put_draft(std::string_view token_hash, const KeptDraft& draft) = 0;
    /// Forgets the drafts whose time is over; gives the files that nothing names any more.
    virtual base::Result<std::vector<std::string>> remove_old_drafts(base::Time now) = 0;

    virtual base::Status add_reporter_session(std::string_view token_hash,
                                              const ReporterSession& session) = 0;
    /// Errors: NotFound, also where its time is over.
    virtual base::Result<ReporterSession> find_reporter_session(std::string_view token_hash,
                                                                base::Time now) = 0;
    virtual base::Status remove_reporter_session(std::string_view token_hash) = 0;
};

} // namespace tanggap::store
