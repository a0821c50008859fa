#include "service/reporter_desk.h"

#include <algorithm>
#include <arpa/inet.h>
#include <mutex>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/report_limits.h"
#include "base/text.h"
#include "service/detail/report_change.h"
#include "service/detail/report_secrets.h"
#include "service/detail/secrets.h"
#include "service/report_marks.h"
#include "store/case_store.h"
#include "store/evidence_vault.h"
#include "store/reports.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTitleBytesMax = 80;
/// Old drafts are looked for this often.
constexpr std::chrono::minutes kTidyEvery{10};

store::Actor reporter()
{
    return {.kind = store::ActorKind::Reporter, .id = {}, .name = "reporter", .key_id = {}};
}

store::Command command_at(base::Time now)
{
    return {
        .actor = reporter(), .now = now, .reason = {}, .idempotency_key = {}, .fingerprint = {}};
}

std::string new_id(base::Time now)
{
    return base::make_uuid_v7(now).text();
}

std::string draft_json(const Draft& draft)
{
    Json files = Json::array();
    for (const DraftFile& file : draft.files) {
        files.push_back(
            {{"id", file.id}, {"name", file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}});
    }
    const Json document{{"answers", draft.answers}, {"files", std::move(files)}};
    return document.dump();
}

base::Result<Draft> read_draft(const store::KeptDraft& kept)
{
    const Json document = Json::parse(kept.document, nullptr, false);
    if (!document.is_object() || !document.contains("answers") || !document.contains("files")) {
        return base::corrupt("a draft of a report cannot be read");
    }
    Draft draft;
    for (const auto& [question, answer] : document["answers"].items()) {
        draft.answers[question] = answer.get<std::string>();
    }
    for (const Json& file : document["files"]) {
        draft.files.push_back({.id = file.value("id", ""),
                               .name = file.value("name", ""),
                               .sha256 = file.value("sha256", ""),
                               .bytes = file.value("bytes", std::uint64_t{0})});
    }
    draft.started_at = kept.started_at;
    draft.sent_number = kept.sent_number;
    return draft;
}

store::KeptDraft kept_draft(const Draft& draft, base::Time now)
{
    store::KeptDraft kept{.document = draft_json(draft),
                          .started_at = draft.started_at,
                          .expires_at = now + base::Duration(base::limits::kDraftLife),
                          .files = {},
                          .sent_number = draft.sent_number};
    for (const DraftFile& file : draft.files) {
        kept.files.push_back(file.sha256);
    }
    return kept;
}

/// A name from a reporter's device, as text of one line: what comes before a slash is a folder.
std::string file_name(std::string_view name)
{
    name.remove_prefix(std::min(name.find_last_of("/\\") + 1, name.size()));
    std::string text;
    base::make_utf8(name, text);
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    while (text.size() > base::limits::kReportFileNameBytesMax ||
           (!text.empty() && !base::is_utf8(text))) {
        text.pop_back();
    }
    return text.empty() ? "berkas" : text;
}

/// Whole and on disk. Gives its SHA-256.
base::Result<std::string> keep_file(store::EvidenceVault& files, std::string_view bytes)
{
    TRY(const std::string upload, files.begin_upload());
    TRY([[maybe_unused]] const std::uint64_t size, files.append(upload, 0, bytes));
    TRY(store::SealedFile sealed, files.seal(upload, {}));
    return std::move(sealed.sha256);
}

base::Status check_file(std::size_t bytes, std::size_t files)
{
    if (bytes == 0) {
        return base::invalid("the file is empty");
    }
    if (bytes > base::limits::kReportFileBytesMax) {
        return base::exhausted("the file is larger than 10 MiB");
    }
    if (files >= base::limits::kReportFilesMax) {
        return base::exhausted("there are five files already");
    }
    return {};
}

/// The beginning of the story, to the end of its first sentence or line, as a title.
std::string title_of(std::string_view story)
{
    const std::string_view line = base::trim(story.substr(0, story.find('\n')));
    std::string title(line.substr(0, std::min(line.find(". "), line.size())));
    const bool cut = title.size() > kTitleBytesMax;
    if (cut) {
        title.resize(kTitleBytesMax);
        while (!title.empty() && !base::is_utf8(title)) {
            title.pop_back();
        }
        title += "…";
    }
    return title;
}

std::string answer_of(const Answers& answers, std::string_view question)
{
    const auto found = answers.find(question);
    return found == answers.end() ? std::string() : found->second;
}

/// What the limits are kept by: of IPv4 the /24, of IPv6 the /56 (trust.md §2.12).
std::string prefix_of(std::string_view address)
{
    const std::string text(address);
    in_addr v4{};
    in6_addr v6{};
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        return std::string(reinterpret_cast<const char*>(&v4), 3);
    }
    if (::inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
        return std::string(reinterpret_cast<const char*>(&v6), 7);
    }
    return text;
}

} // namespace

/// Rates of one kind of act, by neighbourhood and of everybody.
///
/// Mobile networks here put thousands of people behind one address: a limit that one person never
/// meets would shut out a street. What keeps the queue usable is the limit of everybody together.
struct ReporterDesk::Limits {
    struct Act {
        RateLimiter by_prefix;
        RateLimiter by_all;
    };
    struct Acts {
        Act write{.by_prefix{{.per_second = 20, .burst = 3000}},
                  .by_all{{.per_second = 100, .burst = 10'000}}};
        Act upload{.by_prefix{{.per_second = 0.2, .burst = 60}},
                   .by_all{{.per_second = 2, .burst = 200}}};
        Act send{.by_prefix{{.per_second = 0.05, .burst = 250}},
                 .by_all{{.per_second = 1, .burst = 1000}}};
        Act track{.by_prefix{{.per_second = 0.1, .burst = 60}},
                  .by_all{{.per_second = 5, .burst = 500}}};

        Act& of(PublicAct act)
        {
            switch (act) {
            case PublicAct::Write:
                return write;
            case PublicAct::Upload:
                return upload;
            case PublicAct::Send:
                return send;
            default:
                return track;
            }
        }
    };

    std::mutex mutex;
    std::string salt;           // under mutex
    base::Time salted_at;       // under mutex
    base::Time tidied_at;       // under mutex
    std::shared_ptr<Acts> acts; // under mutex; replaced with the salt
    Backoff guesses;

    /// The neighbourhood as a salted hash; the salt and all that was counted by it end together.
    std::string hashed(std::string_view peer, base::Time now)
    {
        const std::lock_guard lock(mutex);
        const bool old =
            now - salted_at > base::Duration(base::limits::kPublicLimiterLife) || now < salted_at;
        if (salt.empty() || old) {
            salt = base::random_bytes(kTokenBytes);
            salted_at = now;
            acts = std::make_shared<Acts>();
            guesses.forget_all();
        }
        const auto hash = base::sha256({salt, prefix_of(peer)});
        return {reinterpret_cast<const char*>(hash.data()), hash.size()};
    }

    std::shared_ptr<Acts> current()
    {
        const std::lock_guard lock(mutex);
        return acts;
    }

    bool is_time_to_tidy(base::Time now)
    {
        const std::lock_guard lock(mutex);
        const bool due = now - tidied_at > base::Duration(kTidyEvery) || now < tidied_at;
        tidied_at = due ? now : tidied_at;
        return due;
    }
};

ReporterDesk::ReporterDesk(store::CaseStore& cases, store::EvidenceVault& files,
                           const base::Clock& clock, const DeriveKey& derive_key)
    : cases_(cases),
      files_(files),
      clock_(clock),
      secrets_(std::make_unique<ReportSecrets>(derive_key)),
      limits_(std::make_unique<Limits>())
{
}
ReporterDesk::~ReporterDesk() = default;

std::string ReporterDesk::seal_form(std::string_view cookie) const
{
    return secrets_->seal(cookie, clock_.now());
}

base::Result<base::Duration> ReporterDesk::check_form(std::string_view cookie,
                                                      std::string_view seal) const
{
    TRY(const base::Time made, secrets_->check_seal(cookie, seal));
    const base::Duration age = clock_.now() - made;
    if (age > base::Duration(base::limits::kDraftLife)) {
        return base::fail(base::Code::Denied, "this form is older than a day");
    }
    return age;
}

base::Status ReporterDesk::may(PublicAct act, std::string_view peer)
{
    const base::Time now = clock_.now();
    const std::string who = limits_->hashed(peer, now);
    const auto acts = limits_->current();
    auto& [by_prefix, by_all] = acts->of(act);
    TRY_STATUS(by_prefix.take(who, now));
    return by_all.take("", now);
}

base::Result<Draft> ReporterDesk::find_draft(std::string_view token)
{
    TRY(const store::KeptDraft kept, cases_.find_draft(base::sha256_hex(token), clock_.now()));
    return read_draft(kept);
}

base::Status ReporterDesk::remove_old_drafts(base::Time now)
{
    TRY(const std::vector<std::string> unused, cases_.remove_old_drafts(now));
    for (const std::string& file : unused) {
        TRY_STATUS(files_.remove(file));
    }
    return {};
}

/// Now and then. Where it fails it is tried again at the next turn: a reporter's answer is not
/// refused because an old draft is still there.
void ReporterDesk::tidy()
{
    const base::Time now = clock_.now();
    if (!limits_->is_time_to_tidy(now)) {
        return;
    }
    if (const base::Status removed = remove_old_drafts(now); !removed) {
        base::counter("tanggap_public_tidy_failures_total",
                      "Turns at which old drafts of reports could not be removed.")
            .add();
        base::log(base::LogLevel::Error, "old_drafts_stay", removed.error().message);
    }
}

/// The draft of this token as `change` makes it; a new one where there is none.
template <class Change>
base::Status ReporterDesk::change_draft(std::string_view token, const Change& change)
{
    tidy();
    const base::Time now = clock_.now();
    auto draft = find_draft(token);
    if (!draft && draft.error().code != base::Code::NotFound) {
        return std::unexpected(std::move(draft).error());
    }
    if (!draft || !draft->sent_number.empty()) {
        draft = Draft{.answers = {}, .files = {}, .started_at = now, .sent_number = {}};
    }
    TRY_STATUS(change(*draft));
    return cases_.put_draft(base::sha256_hex(token), kept_draft(*draft, now));
}

base::Status ReporterDesk::save_answers(std::string_view token, const Answers& answers)
{
    return change_draft(token, [&](Draft& draft) -> base::Status {
        for (const auto& [question, answer] : answers) {
            draft.answers[question] = answer;
        }
        return {};
    });
}

base::Status ReporterDesk::add_draft_file(std::string_view token, std::string_view name,
                                          std::string_view bytes)
{
    return change_draft(token, [&](Draft& draft) -> base::Status {
        TRY_STATUS(check_file(bytes.size(), draft.files.size()));
        TRY(std::string hash, keep_file(files_, bytes));
        draft.files.push_back({.id = new_id(clock_.now()),
                               .name = file_name(name),
                               .sha256 = std::move(hash),
                               .bytes = bytes.size()});
        return {};
    });
}

base::Status ReporterDesk::remove_draft_file(std::string_view token, std::string_view id)
{
    return change_draft(token, [&](Draft& draft) -> base::Status {
        std::erase_if(draft.files, [&](const DraftFile& file) { return file.id == id; });
        return {};
    });
}

namespace {

store::Report report_of(const Draft& draft, const ReportForm& form, model::Language language,
                        base::Time now)
{
    const Answers answers = asked_only(form, draft.answers);
    store::Report report;
    store::ReportHead& head = report.head;
    head.id = new_id(now);
    head.number = ReportSecrets::make_number();
    head.title = title_of(answer_of(answers, "story"));
    head.kind = answer_of(answers, "what");
    if (const FormOption* const kind = form.find_kind(head.kind)) {
        head.severity = kind->severity;
    }
    head.identity = model::from_word(model::kIdentities, answer_of(answers, "identity"))
                        .value_or(model::Identity::Confidential);
    head.language = model::code_of(language);
    head.received_at = now;
    head.updated_at = now;
    for (const auto& [question, answer] : answers) {
        if (!answer.empty()) {
            report.answers[question] = answer;
        }
    }
    for (const DraftFile& file : draft.files) {
        report.files.push_back({.id = file.id,
                                .name = file.name,
                                .sha256 = file.sha256,
                                .bytes = file.bytes,
                                .added_at = now});
    }
    return report;
}

store::Effect received(const store::ReportHead& head)
{
    const Json after{{"number", head.number},
                     {"kind", head.kind},
                     {"channel", model::name_of(head.channel)},
                     {"identity", model::name_of(head.identity)},
                     {"status", model::name_of(head.status)}};
    store::Effect effect;
    effect.action = "report.receive";
    effect.object = head.object();
    effect.after = after.dump();
    return effect;
}

} // namespace

base::Result<SentReport> ReporterDesk::send(std::string_view token, const ReportForm& form,
                                            model::Language language)
{
    const base::Time now = clock_.now();
    const std::string token_hash = base::sha256_hex(token);
    const std::string code = secrets_->code_of_draft(token);
    std::string number;
    TRY([[maybe_unused]] const std::string command,
        cases_.change(command_at(now), [&](store::Change& change) -> base::Status {
            TRY(const store::KeptDraft kept, store::find_kept_draft(change, token_hash, now));
            if (!kept.sent_number.empty()) {
                number = kept.sent_number; // The same press again.
                return {};
            }
            TRY(Draft draft, read_draft(kept));
            if (!check_answers(form, draft.answers).empty()) {
                return base::invalid("answers are missing");
            }
            const store::Report report = report_of(draft, form, language, now);
            TRY_STATUS(store::add_report(change, report,
                                         secrets_->hash_of_code(report.head.number, code),
                                         marks_of(said_in(report))));
            number = report.head.number;
            draft.sent_number = number;
            // The rest is in the report now; what it was about tells the first steps once more.
            draft.answers = {{"what", report.head.kind}};
            draft.files.clear();
            store::KeptDraft sent = kept_draft(draft, now);
            sent.expires_at = now + base::Duration(base::limits::kResendLife);
            TRY_STATUS(store::put_kept_draft(change, token_hash, sent));
            return change.record(received(report.head));
        }));
    return SentReport{.number = number, .code = ReportSecrets::spaced(code)};
}

base::Result<SentReport> ReporterDesk::enter(const store::Command& command, const ReportForm& form,
                                             const EnteredReport& entered)
{
    Answers answers = entered.answers;
    // Asked at the desk in any order: what is not required may be missing, the rest as on the web.
    if (const auto problems = check_answers(form, answers); !problems.empty()) {
        return base::invalid("`answers." + problems.front().question +
                             "`: " + problems.front().text.en);
    }
    const base::Time now = command.now;
    if (entered.told_at > now) {
        return base::invalid("`told_at` lies ahead");
    }
    const Draft draft{
        .answers = std::move(answers), .files = {}, .started_at = now, .sent_number = {}};
    store::Report report = report_of(draft, form, entered.language, now);
    report.head.channel = entered.channel;
    report.head.received_at = entered.told_at.ns == 0 ? now : entered.told_at;
    const std::string code = secrets_->code_of_draft(base::random_bytes(kTokenBytes));
    TRY([[maybe_unused]] const std::string id,
        cases_.change(command, [&](store::Change& change) -> base::Status {
            TRY_STATUS(store::add_report(change, report,
                                         secrets_->hash_of_code(report.head.number, code),
                                         marks_of(said_in(report))));
            return change.record(received(report.head));
        }));
    return SentReport{.number = report.head.number, .code = ReportSecrets::spaced(code)};
}

base::Result<std::string> ReporterDesk::open_report(std::string_view typed_number,
                                                    std::string_view typed_code,
                                                    std::string_view peer)
{
    const base::Time now = clock_.now();
    const std::string number = ReportSecrets::read_number(typed_number);
    const std::string code = ReportSecrets::read_code(typed_code);
    const std::string guesser = limits_->hashed(peer, now) + number;
    TRY_STATUS(limits_->guesses.check(guesser, now));
    std::string kept;
    std::string id;
    TRY_STATUS(cases_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(kept, store::find_code_hash(snapshot, number));
        auto head = store::find_report_head(snapshot, number.empty() ? "LPR-" : number);
        id = head ? head->id : std::string();
        return head || head.error().code == base::Code::NotFound
                   ? base::Status{}
                   : std::unexpected(std::move(head).error());
    }));
    // Unknown or without a code: the same work, and nothing that could match.
    const std::string nobodys = secrets_->hash_of_code(number, base::random_bytes(kTokenBytes));
    const std::string& expected = kept.empty() ? nobodys : kept;
    const bool right =
        equal_in_constant_time(secrets_->hash_of_code(number, code), expected) && !code.empty();
    if (!right) {
        limits_->guesses.failed(guesser, now);
        return base::fail(base::Code::Unauthenticated, "number and code do not match");
    }
    limits_->guesses.succeeded(guesser);
    const std::string session = base::to_hex(base::random_bytes(kTokenBytes));
    TRY_STATUS(cases_.add_reporter_session(
        base::sha256_hex(session),
        {.report_id = id, .expires_at = now + base::Duration(base::limits::kTrackSessionLife)}));
    return session;
}

base::Result<std::string> ReporterDesk::report_of_session(std::string_view session)
{
    TRY(const store::ReporterSession found,
        cases_.find_reporter_session(base::sha256_hex(session), clock_.now()));
    return found.report_id;
}

base::Result<PublicReport> ReporterDesk::read_report(std::string_view session)
{
    TRY(const std::string id, report_of_session(session));
    store::Report report;
    TRY_STATUS(cases_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(report, store::find_report(snapshot, id));
        return {};
    }));
    PublicReport shown{.number = report.head.number,
                       .status = report.head.status,
                       .received_at = report.head.received_at,
                       .messages = {},
                       .files = {},
                       .helped = report.head.helped};
    const auto story = report.answers.find("story");
    if (story != report.answers.end()) {
        shown.messages.push_back({.from = model::MessageFrom::Reporter,
                                  .text = model::PublicText(story->second),
                                  .at = report.head.received_at});
    }
    for (const model::ReportMessage& message : report.messages) {
        shown.messages.push_back({.from = message.from, .text = message.text, .at = message.at});
    }
    for (const model::ReportFile& file : report.files) {
        shown.files.push_back({.name = file.name, .bytes = file.bytes});
    }
    return shown;
}

/// What a reporter adds: `add` writes it, and the report waits for an answer again.
template <class Add>
base::Status ReporterDesk::add_to_report(std::string_view session, std::string_view action,
                                         const Add& add)
{
    TRY(const std::string id, report_of_session(session));
    const base::Time now = clock_.now();
    TRY([[maybe_unused]] const std::string command,
        cases_.change(command_at(now), [&](store::Change& change) -> base::Status {
            TRY(store::Report report, store::find_report(change, id));
            TRY(const std::string added, add(change, report));
            report.head.waiting = true;
            report.head.updated_at = now;
            TRY_STATUS(store::put_report_head(change, report.head));
            const Json after{{"added", added}};
            store::Effect effect;
            effect.action = action;
            effect.object = report.head.object();
            effect.after = after.dump();
            return change.record(std::move(effect));
        }));
    return {};
}

base::Status ReporterDesk::add_message(std::string_view session, const model::PublicText& text)
{
    return add_to_report(
        session, "report.message",
        [&](store::Change& change, const store::Report& report) -> base::Result<std::string> {
            if (report.messages.size() >= base::limits::kReportMessagesMax) {
                return base::exhausted("this report has as many messages as one can have");
            }
            const base::Time now = clock_.now();
            const model::ReportMessage message{.id = new_id(now),
                                               .from = model::MessageFrom::Reporter,
                                               .text = text,
                                               .at = now,
                                               .by = {}};
            TRY_STATUS(store::add_report_message(change, report.head.id, message));
            return message.id;
        });
}

base::Status ReporterDesk::add_file(std::string_view session, std::string_view name,
                                    std::string_view bytes)
{
    TRY_STATUS(check_file(bytes.size(), 0));
    // On disk before the database names it; a file that nobody names is only a few bytes too many.
    TRY(const std::string hash, keep_file(files_, bytes));
    return add_to_report(
        session, "report.file",
        [&](store::Change& change, const store::Report& report) -> base::Result<std::string> {
            TRY_STATUS(check_file(bytes.size(), report.files.size()));
            const base::Time now = clock_.now();
            const model::ReportFile file{.id = new_id(now),
                                         .name = file_name(name),
                                         .sha256 = hash,
                                         .bytes = bytes.size(),
                                         .added_at = now};
            TRY_STATUS(store::add_report_file(change, report.head.id, file));
            return file.id;
        });
}

base::Status ReporterDesk::say_helped(std::string_view session, model::Helped helped)
{
    TRY(const std::string id, report_of_session(session));
    const base::Time now = clock_.now();
    TRY([[maybe_unused]] const std::string command,
        cases_.change(command_at(now), [&](store::Change& change) -> base::Status {
            TRY(store::ReportHead head, store::find_report_head(change, id));
            if (!model::is_ended(head.status)) {
                return base::fail(base::Code::Conflict, head.number + " is still worked on");
            }
            if (head.helped == helped) {
                return {}; // nothing to do is no change
            }
            const Json before{{"helped", model::name_of(head.helped)}};
            const Json after{{"helped", model::name_of(helped)}};
            head.helped = helped;
            head.updated_at = now;
            TRY_STATUS(store::put_report_head(change, head));
            store::Effect effect;
            effect.action = "report.helped";
            effect.object = head.object();
            effect.before = before.dump();
            effect.after = after.dump();
            return change.record(std::move(effect));
        }));
    return {};
}

base::Status ReporterDesk::close_report(std::string_view session)
{
    return cases_.remove_reporter_session(base::sha256_hex(session));
}

} // namespace tanggap::service
