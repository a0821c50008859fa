#include "service/evidence.h"

#include <algorithm>

#include "service/detail/item_change.h"

namespace tanggap::service {
namespace {

using casework::Case;
using casework::Evidence;

constexpr std::size_t kEvidenceMax = 1000;
constexpr std::chrono::hours kCopyOpen{1};

base::Result<Evidence> find_in_case(store::Snapshot& snapshot, const Principal& principal,
                                    const ItemWish& wish)
{
    TRY(const Case subject, store::find_case(snapshot, wish.case_id, viewer_of(principal)));
    TRY(Evidence evidence, store::find_evidence(snapshot, wish.id));
    if (evidence.case_id != subject.id) {
        return base::not_found("no such evidence in this case");
    }
    return evidence;
}

/// The last part of what may be a path, without control characters.
std::string file_name_of(std::string_view given)
{
    const std::size_t slash = given.find_last_of("/\\");
    std::string name(slash == std::string_view::npos ? given : given.substr(slash + 1));
    std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    return name;
}

base::Result<Evidence> evidence_of(const ItemWish& wish, const NewEvidence& given)
{
    Evidence evidence{.by = wish.principal.name};
    TRY(evidence.name, checked_text("name", file_name_of(given.name), kCaseShortBytesMax, true));
    TRY(evidence.description, checked_text("description", given.description, kCaseTextBytesMax));
    TRY(evidence.source, checked_text("source", given.source, kCaseShortBytesMax));
    TRY(evidence.method, checked_text("method", given.method, kCaseShortBytesMax));
    const auto kinds = casework::evidence_kinds();
    evidence.kind = given.kind.empty() ? "other" : given.kind;
    if (std::ranges::find(kinds, evidence.kind) == kinds.end()) {
        return base::invalid(base::quoted(given.kind) + " is no kind of evidence");
    }
    evidence.acquired_at = given.acquired_at;
    if (given.acquired_at && *given.acquired_at > wish.command.now) {
        return base::invalid("evidence cannot be taken in the future");
    }
    return evidence;
}

} // namespace

base::Result<std::string> begin_upload(const World& world, const ItemWish& wish)
{
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const Case subject,
            store::find_case(snapshot, wish.case_id, viewer_of(wish.principal)));
        TRY(const auto there, store::list_evidence(snapshot, subject.id));
        if (casework::is_ended(subject.place.stage)) {
            return base::fail(base::Code::Conflict, "the case has ended; open it again first");
        }
        return there.size() < kEvidenceMax
                   ? base::Status()
                   : base::Status(base::exhausted("a case has at most 1000 pieces of evidence"));
    }));
    return world.vault->begin_upload();
}

base::Result<Evidence> add_evidence(const World& world, const ItemWish& wish,
                                    const NewEvidence& given)
{
    TRY(Evidence evidence, evidence_of(wish, given));
    // Sealed first: a record never names a file that is not there. A file without a record is
    // nobody's, and the same file sent again is the same.
    TRY(const store::SealedFile sealed, world.vault->seal(given.upload, given.sha256));
    evidence.sha256 = sealed.sha256;
    evidence.size = sealed.size;
    return make_item<Evidence>(
        world, wish, "evidence", store::put_evidence,
        [&](store::Change& change, const Case&, Evidence& made) -> base::Status {
            const auto knowledge = world.casework();
            const base::Time now = change.command().now;
            evidence.id = made.id;
            evidence.case_id = made.case_id;
            evidence.created_at = now;
            TRY(evidence.number,
                store::take_evidence_number(change, knowledge->calendar
                                                        ? knowledge->calendar->year_of(now)
                                                        : base::civil_from_time(now).year));
            made = evidence;
            return {};
        });
}

base::Result<std::string> ask_for_copy(const World& world, const ItemWish& wish)
{
    if (base::trim(wish.command.reason).empty()) {
        return base::invalid("say why you take a copy: it stands in the custody log");
    }
    return world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
        TRY(const Evidence evidence, find_in_case(change, wish.principal, wish));
        return change.record({.action = "evidence.read",
                              .object = {.kind = "evidence", .id = evidence.id},
                              .touched = {{.kind = "case", .id = evidence.case_id}},
                              .before = "null",
                              .after = R"({"name":")" + evidence.number_text() + R"("})",
                              .reversible = store::Reversible::No});
    });
}

base::Result<EvidencePiece> read_evidence(const World& world, const ItemWish& wish,
                                          std::string_view copy, std::uint64_t offset)
{
    EvidencePiece piece;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(piece.evidence, find_in_case(snapshot, wish.principal, wish));
        const auto asked = store::activities_of_command(snapshot, copy);
        const bool may = asked && std::ranges::any_of(*asked, [&](const store::Activity& each) {
                             return each.effect.action == "evidence.read" &&
                                    each.effect.object.id == piece.evidence.id &&
                                    each.actor.id == wish.principal.user_id &&
                                    world.clock.now() - each.time < base::Duration(kCopyOpen);
                         });
        return may ? base::Status()
                   : base::Status(
                         base::fail(base::Code::Denied, "ask for a copy first, with a reason"));
    }));
    TRY(piece.bytes, world.vault->read(piece.evidence.sha256, offset));
    return piece;
}

base::Status verify_evidence(const World& world, const ItemWish& wish)
{
    Evidence evidence;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(evidence, find_in_case(snapshot, wish.principal, wish));
        return {};
    }));
    const auto found = world.vault->verify(evidence.sha256);
    if (!found && found.error().code != base::Code::Corrupt) {
        return std::unexpected(found.error());
    }
    const auto told = world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
        return change.record({.action = "evidence.verify",
                              .object = {.kind = "evidence", .id = evidence.id},
                              .touched = {{.kind = "case", .id = evidence.case_id}},
                              .before = "null",
                              .after = R"({"name":")" + evidence.number_text() + R"(","whole":)" +
                                       (found ? "true" : "false") + "}",
                              .reversible = store::Reversible::No});
    });
    if (!told) {
        return std::unexpected(told.error());
    }
    return found ? base::Status() : base::Status(std::unexpected(found.error()));
}

base::Result<store::ActivityPage> list_custody(const World& world, const ItemWish& wish,
                                               std::size_t limit)
{
    store::ActivityPage page;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const Evidence evidence, find_in_case(snapshot, wish.principal, wish));
        TRY(page, store::list_activities(
                      snapshot, {.object = store::ObjectRef{.kind = "evidence", .id = evidence.id}},
                      limit));
        return {};
    }));
    return page;
}

} // namespace tanggap::service
