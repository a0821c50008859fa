// The citizen's side of reports: drafts, sending, following with number and code. What it gives
// holds nothing internal, by type; what it takes leaves no address behind.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/report.h"
#include "model/words.h"
#include "service/limiter.h"
#include "service/report_form.h"
#include "store/activity.h"

namespace tanggap::store {
class CaseStore;
class EvidenceVault;
} // namespace tanggap::store

namespace tanggap::service {

class ReportSecrets;

struct DraftFile {
    std::string id;
    std::string name;
    std::string sha256;
    std::uint64_t bytes = 0;
};

/// A report that is not sent yet. Kept for kDraftLife under the hash of its token.
struct Draft {
    Answers answers;
    std::vector<DraftFile> files;
    base::Time started_at;
    std::string sent_number; ///< sent already: a second press of the button finds it
};

struct SentReport {
    std::string number; ///< "LPR-7K3M-92QF"
    std::string code;   ///< "4821 0937 5526 1740": shown once, kept nowhere
};

struct PublicMessage {
    model::MessageFrom from = model::MessageFrom::Reporter;
    model::PublicText text;
    base::Time at;
};

struct PublicFile {
    std::string name;
    std::uint64_t bytes = 0;
};

struct EnteredReport {
    model::ReportChannel channel = model::ReportChannel::Phone;
    model::Language language = model::Language::Indonesian;
    Answers answers;
    base::Time told_at; ///< when we were told; zero: now
};

/// All that a reporter is shown.
struct PublicReport {
    std::string number;
    model::ReportStatus status = model::ReportStatus::Received;
    base::Time received_at;
    std::vector<PublicMessage> messages;
    std::vector<PublicFile> files;
    model::Helped helped = model::Helped::Unsaid;
};

/// Send: what leaves a record for good.
enum class PublicAct : std::uint8_t { Write, Upload, Send, Track };

/// 32 bytes of the master key for one purpose (Accounts::derive_key).
using DeriveKey = std::function<std::string(std::string_view purpose)>;

/// Thread: any.
class ReporterDesk {
public:
    ReporterDesk(store::CaseStore& cases, store::EvidenceVault& files, const base::Clock& clock,
                 const DeriveKey& derive_key);
    ~ReporterDesk();

    /// A value for a form of the browser that holds `cookie`: proves that we made the form, and
    /// when.
    std::string seal_form(std::string_view cookie) const;
    /// How long ago the form was made. Errors: Denied where it is not ours or older than
    /// kDraftLife.
    base::Result<base::Duration> check_form(std::string_view cookie, std::string_view seal) const;

    /// Errors: Exhausted where the neighbourhood of `peer`, or everybody together, asks too much.
    /// Of the address only a salted hash is held, in memory, for at most kPublicLimiterLife.
    base::Status may(PublicAct act, std::string_view peer);

    /// Errors: NotFound where there is none or its time is over.
    base::Result<Draft> find_draft(std::string_view token);
    /// Adds or replaces these answers; makes the draft where there is none.
    base::Status save_answers(std::string_view token, const Answers& answers);
    /// Errors: Invalid (empty), Exhausted (too large, or too many files), NotFound.
    base::Status add_draft_file(std::string_view token, std::string_view name,
                                std::string_view bytes);
    base::Status remove_draft_file(std::string_view token, std::string_view id);
    /// The draft becomes a report. Sent again within kResendLife by the holder of the same token,
    /// the same number and code: the answer of the first may have been lost on its way.
    /// Errors: NotFound; Invalid where answers are missing.
    base::Result<SentReport> send(std::string_view token, const ReportForm& form,
                                  model::Language language);

    /// A report that came by phone, WhatsApp or over the counter, written down by us. The reporter
    /// is told number and code as well. Errors: Invalid where required answers are missing.
    base::Result<SentReport> enter(const store::Command& command, const ReportForm& form,
                                   const EnteredReport& entered);

    /// A session for one report. Unknown number and wrong code answer alike and take alike.
    /// Errors: Unauthenticated, Exhausted.
    base::Result<std::string> open_report(std::string_view number, std::string_view code,
                                          std::string_view peer);
    /// Errors: NotFound where the session is over.
    base::Result<PublicReport> read_report(std::string_view session);
    base::Status add_message(std::string_view session, const model::PublicText& text);
    base::Status add_file(std::string_view session, std::string_view name, std::string_view bytes);
    /// What the reporter says of our work; may be said anew. Errors: Conflict where it is not over.
    base::Status say_helped(std::string_view session, model::Helped helped);
    base::Status close_report(std::string_view session);

private:
    base::Status remove_old_drafts(base::Time now);
    void tidy();
    template <class Change>
    base::Status change_draft(std::string_view token, const Change& change);
    base::Result<std::string> report_of_session(std::string_view session);
    template <class Add>
    base::Status add_to_report(std::string_view session, std::string_view action, const Add& add);

    store::CaseStore& cases_;
    store::EvidenceVault& files_;
    const base::Clock& clock_;
    std::unique_ptr<ReportSecrets> secrets_;
    struct Limits;
    std::unique_ptr<Limits> limits_;
};

} // namespace tanggap::service
