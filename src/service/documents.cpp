#include "service/documents.h"

#include <fmt/format.h>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/evidence_limits.h"
#include "base/id.h"
#include "base/text.h"
#include "casework/knowledge.h"
#include "service/cases.h"
#include "service/detail/document_pages.h"
#include "service/protection.h"
#include "service/reports.h"
#include "store/evidence_vault.h"
#include "store/people.h"

namespace tanggap::service {
namespace {

using base::limits::kEvidencePieceBytes;
using store::Document;

constexpr std::size_t kEntriesMax = 500;
constexpr std::size_t kObservablesMax = 500;
constexpr std::size_t kDocumentsMax = 100;

base::Result<store::SealedFile> seal(store::EvidenceVault& vault, std::string_view bytes)
{
    TRY(const std::string upload, vault.begin_upload());
    for (std::uint64_t at = 0; at < bytes.size(); at += kEvidencePieceBytes) {
        TRY([[maybe_unused]] const std::uint64_t size,
            vault.append(upload, at, bytes.substr(at, kEvidencePieceBytes)));
    }
    return vault.seal(upload, base::sha256_hex(bytes));
}

std::string summary_of(const Document& document)
{
    return nlohmann::ordered_json{{"language", document.language},
                                  {"data_sha256", document.data_sha256},
                                  {"file_sha256", document.file_sha256},
                                  {"bytes", document.bytes}}
        .dump();
}

/// Prints the page and keeps the file, then records it: a record never names a file that is not
/// there. `may`: asked again when it is recorded, since printing takes its time.
base::Result<Document> print_and_keep(const World& world, const PrintWish& wish,
                                      const store::ObjectRef& subject, std::string_view page,
                                      const std::function<base::Status(store::Change&)>& may)
{
    if (!world.print_pdf) {
        return base::unavailable("nothing prints here");
    }
    TRY(const std::string pdf, world.print_pdf(page));
    TRY(const store::SealedFile sealed, seal(*world.vault, pdf));
    const Document document{.id = base::make_uuid_v7(wish.command.now).text(),
                            .kind = subject.kind,
                            .subject = subject.id,
                            .language = std::string(model::code_of(wish.language)),
                            .data_sha256 = base::sha256_hex(page),
                            .file_sha256 = sealed.sha256,
                            .bytes = sealed.size,
                            .made_at = wish.command.now,
                            .made_by = wish.principal.name};
    TRY([[maybe_unused]] const std::string id,
        world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
            TRY_STATUS(may(change));
            TRY_STATUS(store::put_document(change, document));
            return change.record({.action = "document.print",
                                  .object = document.object(),
                                  .touched = {subject},
                                  .after = summary_of(document)});
        }));
    return document;
}

base::Result<CaseMatter> read_case_matter(const World& world, store::Snapshot& snapshot,
                                          const Principal& principal, std::string_view id)
{
    CaseMatter matter;
    TRY(matter.subject, store::find_case(snapshot, id, viewer_of(principal)));
    const std::string& whole_id = matter.subject.id;
    TRY(matter.tasks, store::list_tasks(snapshot, whole_id));
    TRY(matter.entries, store::list_entries(snapshot, whole_id, std::nullopt, kEntriesMax));
    TRY(matter.evidence, store::list_evidence(snapshot, whole_id));
    TRY(auto seen,
        store::list_observables(snapshot, whole_id, viewer_of(principal), kObservablesMax));
    for (store::SeenObservable& each : seen) {
        matter.observables.push_back(std::move(each.observable));
    }
    TRY(const store::CaseCounts counts, store::count_in_case(snapshot, whole_id));
    matter.alerts = counts.alerts;
    TRY(const auto reports, store::reports_of_case(snapshot, whole_id, visible_reports(principal)));
    matter.reports = reports.size();
    matter.demo = world.demo;
    return matter;
}

/// What the case names by id, in words.
base::Status name_things(const World& world, CaseMatter& matter)
{
    const auto knowledge = world.casework();
    for (const std::string& id : matter.subject.classes) {
        const auto* const known = knowledge->find_class(id);
        matter.classes.push_back(known == nullptr
                                     ? model::Words{.id = id, .en = id}
                                     : model::Words{.id = known->title.id, .en = known->title.en});
    }
    if (matter.subject.owner.empty()) {
        return {};
    }
    return world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto user, store::find_user_by_id(snapshot, matter.subject.owner));
        matter.owner = user.name;
        return {};
    });
}

} // namespace

base::Result<Document> print_publication(const World& world, const PrintWish& wish)
{
    TRY_STATUS(authorise(wish.principal, Scope::FiguresPublish));
    TRY(const PublicationSeen seen, find_publication(world, wish.id));
    TRY(const KeptProfile kept, find_profile(world.cases, world.first_profile));
    const std::string page =
        monthly_page(kept.profile, seen.publication, seen.statistics, wish.language);
    return print_and_keep(world, wish, seen.publication.object(), page,
                          [](store::Change&) { return base::Status(); });
}

base::Result<Document> print_case(const World& world, const PrintWish& wish)
{
    CaseMatter matter;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(matter, read_case_matter(world, snapshot, wish.principal, wish.id));
        return may(wish.principal, policy::Action::Change, matter.subject);
    }));
    TRY_STATUS(name_things(world, matter));
    TRY(const KeptProfile kept, find_profile(world.cases, world.first_profile));
    const std::string page = case_page(kept.profile, matter, wish.language);
    return print_and_keep(
        world, wish, store::object_of(matter.subject), page,
        [&](store::Change& change) -> base::Status {
            TRY(const casework::Case now,
                store::find_case(change, matter.subject.id, viewer_of(wish.principal)));
            return may(wish.principal, policy::Action::Change, now);
        });
}

base::Result<std::vector<Document>>
list_case_documents(const World& world, const Principal& principal, std::string_view case_id)
{
    std::vector<Document> documents;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const casework::Case subject,
            store::find_case(snapshot, case_id, viewer_of(principal)));
        TRY(documents, store::list_documents(snapshot, "case", subject.id, kDocumentsMax));
        return {};
    }));
    return documents;
}

base::Result<DocumentFile> read_document(const World& world, const Principal& principal,
                                         std::string_view id)
{
    DocumentFile file;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(file.document, store::find_document(snapshot, id));
        if (file.document.kind == "case") {
            if (!subject_of(principal).has(Scope::CasesRead)) {
                return base::not_found("no document " + base::quoted(id));
            }
            TRY(const casework::Case subject,
                store::find_case(snapshot, file.document.subject, viewer_of(principal)));
            file.name =
                fmt::format("laporan-{}-{}.pdf", subject.number_text(), file.document.language);
            return {};
        }
        TRY(const store::Publication publication,
            store::find_publication(snapshot, file.document.subject));
        file.name = fmt::format("laporan-{}-v{}-{}.pdf", publication.period, publication.version,
                                file.document.language);
        return {};
    }));
    while (file.bytes.size() < file.document.bytes) {
        TRY(const std::string piece,
            world.vault->read(file.document.file_sha256, file.bytes.size()));
        if (piece.empty()) {
            return base::corrupt("the file of document " + std::string(id) + " is cut off");
        }
        file.bytes += piece;
    }
    return file;
}

} // namespace tanggap::service
