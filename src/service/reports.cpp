#include "service/reports.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/id.h"
#include "base/report_limits.h"
#include "base/text.h"
#include "service/case_items.h"
#include "service/detail/case_change.h"
#include "service/detail/report_change.h"
#include "service/detail/restore.h"
#include "service/protection.h"
#include "store/case_store.h"
#include "store/cases.h"
#include "store/evidence_vault.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;

std::string new_id(base::Time now)
{
    return base::make_uuid_v7(now).text();
}

/// The fields that commands set, as records keep them.
Json fields_of(const store::ReportHead& head)
{
    return {{"title", head.title},
            {"status", model::name_of(head.status)},
            {"organisation", head.organisation},
            {"assignee", head.assignee},
            {"case_id", head.case_id},
            {"acknowledged_at", head.acknowledged_at.ns == 0
                                    ? Json()
                                    : Json(base::format_rfc3339(head.acknowledged_at))},
            {"waiting", head.waiting}};
}

/// Only what differs, on both sides.
std::pair<std::string, std::string> differences(const Json& before, const Json& after)
{
    Json was = Json::object();
    Json is = Json::object();
    for (const auto& [name, value] : after.items()) {
        if (before.at(name) != value) {
            was[name] = before.at(name);
            is[name] = value;
        }
    }
    return {was.dump(), is.dump()};
}

/// The cases that a change of the head is part of the history of.
std::vector<store::ObjectRef> cases_of(const store::ReportHead& before,
                                       const store::ReportHead& after)
{
    std::vector<store::ObjectRef> cases;
    for (const std::string& id : {before.case_id, after.case_id}) {
        if (before.case_id != after.case_id && !id.empty()) {
            cases.push_back({.kind = "case", .id = id});
        }
    }
    return cases;
}

/// Writes the head and records what changed of it, with `extra` told beside.
base::Status put_and_record(store::Change& change, const store::ReportHead& before,
                            store::ReportHead after, std::string_view action,
                            store::Reversible reversible, const Json& extra = Json::object())
{
    for (const store::ObjectRef& subject : cases_of(before, after)) {
        TRY_STATUS(store::touch_case(change, subject.id, change.command().now));
    }
    after.updated_at = change.command().now;
    TRY_STATUS(store::put_report_head(change, after));
    auto [was, is] = differences(fields_of(before), fields_of(after));
    if (!extra.empty()) {
        Json told = Json::parse(is);
        told.update(extra);
        is = told.dump();
    }
    store::Effect effect;
    effect.action = action;
    effect.object = after.object();
    effect.touched = cases_of(before, after);
    effect.before = std::move(was);
    effect.after = std::move(is);
    effect.reversible = reversible;
    return change.record(std::move(effect));
}

base::Status add_answer(store::Change& change, const store::ReportHead& head,
                        const model::PublicText& text, std::string& message_id)
{
    const store::Command& command = change.command();
    const model::ReportMessage message{.id = new_id(command.now),
                                       .from = model::MessageFrom::Team,
                                       .text = text,
                                       .at = command.now,
                                       .by = command.actor.name};
    message_id = message.id;
    return store::add_report_message(change, head.id, message);
}

base::Status check_text(const std::string& text)
{
    if (base::trim(text).empty()) {
        return base::invalid("`text` is empty");
    }
    if (characters_of(text) > base::limits::kReportMessageCharactersMax) {
        return base::invalid("`text` has more than 5,000 characters");
    }
    return {};
}

/// The one way of a change of one report: read it in the transaction, check the version, change.
template <class Body>
base::Status change_report(const World& world, const ReportWish& wish, const Body& body)
{
    TRY([[maybe_unused]] const std::string command,
        world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
            TRY(const store::ReportHead head, store::find_report_head(change, wish.id));
            TRY_STATUS(check(change, wish.principal, policy::Action::Change, head.object()));
            TRY_STATUS(change.expect(head.object(), wish.expected));
            return body(change, head);
        }));
    return {};
}

struct Sentences {
    model::Words thanks{
        .id = "Terima kasih. Kami sudah membaca laporan Anda {NUMBER} dan memeriksanya.",
        .en = "Thank you. We have read your report {NUMBER} and are checking it."};
    model::Words steps{.id = "Yang dapat Anda lakukan sekarang:", .en = "What you can do now:"};
};

} // namespace

base::Status save_report(store::Change& change, const store::ReportHead& before,
                         const store::ReportHead& after, std::string_view action)
{
    return fields_of(after) == fields_of(before)
               ? base::Status()
               : put_and_record(change, before, after, action, store::Reversible::Yes);
}

store::ReportHead moved_report(store::ReportHead head, std::string_view case_id)
{
    head.case_id = case_id;
    const bool fresh = head.status == model::ReportStatus::Received ||
                       head.status == model::ReportStatus::Verified;
    if (!case_id.empty() && fresh) {
        head.status = model::ReportStatus::Handling;
    }
    return head;
}

std::string said_in(const store::Report& report)
{
    std::string said;
    for (const std::string_view question : {"where", "story", "asset", "impact"}) {
        const auto answer = report.answers.find(std::string(question));
        said += answer == report.answers.end() ? "" : answer->second + "\n";
    }
    return said;
}

base::Status learn_from_report(store::Change& change, casework::Case& subject,
                               const store::ReportHead& head)
{
    casework::on_attached(subject.milestones, head.received_at);
    TRY(const bool restricted, is_restricted(change, head.object()));
    if (restricted) {
        return {};
    }
    TRY(const store::Report report, store::find_report(change, head.id));
    return add_found_observables(change, subject, said_in(report), head.number);
}

policy::Filter visible_reports(const Principal& principal)
{
    return policy::filter_of(subject_of(principal), policy::Kind::Report);
}

base::Result<SeenReport> see_report(const World& world, const Principal& principal,
                                    std::string_view id)
{
    SeenReport seen;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(seen.report, store::find_report(snapshot, id));
        TRY_STATUS(see(snapshot, principal, seen.report.head.object()));
        TRY(const store::Protection label,
            store::find_protection(snapshot, seen.report.head.object()));
        seen.tlp = label.tlp;
        TRY(const store::ObjectVersion version,
            store::version_of(snapshot, seen.report.head.object()));
        seen.version = version.version;
        return {};
    }));
    return seen;
}

base::Status edit_report(const World& world, const ReportWish& wish, const ReportEdit& edit)
{
    if (edit.title && base::trim(*edit.title).empty()) {
        return base::invalid("`title` is empty");
    }
    return change_report(
        world, wish, [&](store::Change& change, const store::ReportHead& before) -> base::Status {
            store::ReportHead after = before;
            after.title = edit.title.value_or(before.title);
            after.status = edit.status.value_or(before.status);
            after.organisation = edit.organisation.value_or(before.organisation);
            after.assignee = edit.assignee.value_or(before.assignee);
            return save_report(change, before, after, "report.edit");
        });
}

model::PublicText acknowledgement_of(const store::ReportHead& head, const ReportForm& form,
                                     const std::optional<model::PublicText>& more)
{
    const Sentences sentences;
    const model::Language language =
        head.language == "en" ? model::Language::English : model::Language::Indonesian;
    std::string text = sentences.thanks.in(language);
    constexpr std::string_view kNumber = "{NUMBER}";
    text.replace(text.find(kNumber), kNumber.size(), head.number);
    if (const FormOption* const kind = form.find_kind(head.kind)) {
        text += "\n\n" + sentences.steps.in(language);
        for (std::size_t i = 0; i < kind->first_steps.size(); ++i) {
            text += "\n" + std::to_string(i + 1) + ". " + kind->first_steps[i].in(language);
        }
    }
    if (more && !base::trim(more->text()).empty()) {
        text += "\n\n" + more->text();
    }
    return model::PublicText(std::move(text));
}

base::Status acknowledge_report(const World& world, const ReportWish& wish, const ReportForm& form,
                                const std::optional<model::PublicText>& more)
{
    return change_report(
        world, wish, [&](store::Change& change, const store::ReportHead& before) -> base::Status {
            if (before.acknowledged_at.ns != 0) {
                return base::fail(base::Code::Conflict,
                                  before.number + " was acknowledged already");
            }
            const model::PublicText text = acknowledgement_of(before, form, more);
            TRY_STATUS(check_text(text.text()));
            std::string message;
            TRY_STATUS(add_answer(change, before, text, message));
            store::ReportHead after = before;
            after.acknowledged_at = change.command().now;
            after.waiting = false;
            if (before.status == model::ReportStatus::Received) {
                after.status = model::ReportStatus::Verified;
            }
            if (before.assignee.empty()) {
                after.assignee = change.command().actor.id;
            }
            // The reporter reads it at once: not to be taken back.
            return put_and_record(change, before, after, "report.acknowledge",
                                  store::Reversible::No, {{"message", message}});
        });
}

base::Status answer_reporter(const World& world, const ReportWish& wish,
                             const model::PublicText& text,
                             std::optional<model::ReportStatus> status)
{
    TRY_STATUS(check_text(text.text()));
    return change_report(
        world, wish, [&](store::Change& change, const store::ReportHead& before) -> base::Status {
            std::string message;
            TRY_STATUS(add_answer(change, before, text, message));
            store::ReportHead after = before;
            after.status = status.value_or(before.status);
            after.waiting = false;
            if (before.acknowledged_at.ns == 0) {
                after.acknowledged_at = change.command().now;
            }
            return put_and_record(change, before, after, "report.answer", store::Reversible::No,
                                  {{"message", message}});
        });
}

base::Status note_report(const World& world, const ReportWish& wish,
                         const model::InternalText& text)
{
    TRY_STATUS(check_text(text.text()));
    return change_report(
        world, wish, [&](store::Change& change, const store::ReportHead& before) -> base::Status {
            const store::Command& command = change.command();
            const model::ReportNote note{.id = new_id(command.now),
                                         .text = text,
                                         .at = command.now,
                                         .by = command.actor.name};
            TRY_STATUS(store::add_report_note(change, before.id, note));
            return put_and_record(change, before, before, "report.note", store::Reversible::No,
                                  {{"note", note.id}});
        });
}

base::Result<TakenFile> take_report_file(const World& world, const ReportWish& wish,
                                         std::string_view file_id)
{
    if (base::trim(wish.command.reason).empty()) {
        return base::invalid("`reason` is empty: say what the file is taken for");
    }
    std::string hash;
    TakenFile taken;
    TRY([[maybe_unused]] const std::string command,
        world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
            TRY(const store::Report report, store::find_report(change, wish.id));
            TRY_STATUS(check(change, wish.principal, policy::Action::Change, report.head.object()));
            const auto file = std::ranges::find(report.files, file_id, &model::ReportFile::id);
            if (file == report.files.end()) {
                return base::not_found("this report has no such file");
            }
            hash = file->sha256;
            taken.name = file->name;
            const Json after{{"file", file->id}, {"sha256", file->sha256}};
            store::Effect effect;
            effect.action = "report.take_file";
            effect.object = report.head.object();
            effect.after = after.dump();
            return change.record(std::move(effect));
        }));
    for (std::string piece;; taken.bytes += piece) {
        TRY(piece, world.files->read(hash, taken.bytes.size()));
        if (piece.empty()) {
            return taken;
        }
    }
}

namespace {

/// Those of the reports that are not in that case (empty: in none) yet; a case that one leaves is
/// changed as well.
base::Result<std::vector<store::ReportHead>> reports_to_move(store::Snapshot& snapshot,
                                                             const Principal& principal,
                                                             const std::vector<std::string>& ids,
                                                             std::string_view into)
{
    std::vector<store::ReportHead> moving;
    for (const std::string& id : ids) {
        TRY(store::ReportHead head, store::find_report_head(snapshot, id));
        TRY_STATUS(check(snapshot, principal, policy::Action::Change, head.object()));
        if (head.case_id == into) {
            continue;
        }
        if (!head.case_id.empty()) {
            TRY([[maybe_unused]] const auto left,
                case_to_work_on(snapshot, principal, head.case_id));
        }
        moving.push_back(std::move(head));
    }
    return moving;
}

} // namespace

base::Status move_reports(const World& world, const Principal& principal,
                          const store::Command& command, const std::vector<std::string>& ids,
                          std::string_view case_id)
{
    TRY([[maybe_unused]] const std::string id,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            if (!case_id.empty()) {
                TRY(casework::Case subject, case_to_work_on(change, principal, case_id));
                TRY(const auto moving, reports_to_move(change, principal, ids, subject.id));
                return attach(change, world, principal, subject, {}, moving);
            }
            TRY(const auto moving, reports_to_move(change, principal, ids, ""));
            for (const store::ReportHead& head : moving) {
                TRY_STATUS(save_report(change, head, moved_report(head, ""), "report.move"));
            }
            return {};
        }));
    return {};
}

base::Result<std::size_t> inform_reporters(const World& world, const Principal& principal,
                                           const store::Command& command, std::string_view case_id,
                                           const PublicNews& news)
{
    TRY_STATUS(check_text(news.id.text()));
    if (case_id.empty()) {
        return base::invalid("`case` is empty");
    }
    std::size_t told = 0;
    TRY([[maybe_unused]] const std::string id,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const casework::Case subject,
                store::find_case(change, case_id, viewer_of(principal)));
            TRY(const std::vector<store::ReportHead> reports,
                store::reports_of_case(change, subject.id, visible_reports(principal)));
            for (const store::ReportHead& before : reports) {
                TRY_STATUS(check(change, principal, policy::Action::Change, before.object()));
                const bool english = before.language == "en" && !news.en.text().empty();
                std::string message;
                TRY_STATUS(add_answer(change, before, english ? news.en : news.id, message));
                store::ReportHead after = before;
                after.status = news.status.value_or(before.status);
                after.waiting = false;
                if (before.acknowledged_at.ns == 0) {
                    after.acknowledged_at = change.command().now;
                }
                TRY_STATUS(put_and_record(change, before, after, "report.answer",
                                          store::Reversible::No, {{"message", message}}));
            }
            told = reports.size();
            return told > 0 ? base::Status{} : base::not_found("this case has no reports");
        }));
    return told;
}

/// What put_and_record() took from.
base::Status restore_report(store::Change& change, const store::ObjectRef& object,
                            std::string_view fields_json)
{
    TRY(store::ReportHead head, store::find_report_head(change, object.id));
    try {
        const Json fields = Json::parse(fields_json);
        head.title = fields.value("title", head.title);
        head.organisation = fields.value("organisation", head.organisation);
        head.assignee = fields.value("assignee", head.assignee);
        head.case_id = fields.value("case_id", head.case_id);
        head.waiting = fields.value("waiting", head.waiting);
        if (fields.contains("status")) {
            head.status =
                model::from_word(model::kReportStatuses, fields.at("status").get<std::string>())
                    .value_or(head.status);
        }
    } catch (const Json::exception& broken) {
        return base::corrupt(std::string("an activity record of a report: ") + broken.what());
    }
    head.updated_at = change.command().now;
    return store::put_report_head(change, head);
}

} // namespace tanggap::service
