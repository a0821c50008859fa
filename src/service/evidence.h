// Evidence of cases: files that are kept as they came, and who took a copy, when and why.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/case_items.h"

namespace tanggap::service {

struct NewEvidence {
    std::string upload{}; ///< of EvidenceVault::begin_upload
    std::string sha256{}; ///< as the sender computed it; empty: not told
    std::string name{};
    std::string kind{};
    std::string description{};
    std::string source{};
    std::string method{};
    std::optional<base::Time> acquired_at{};
};

/// A place for a file of this case. Errors: NotFound, Conflict (the case has ended), Exhausted.
base::Result<std::string> begin_upload(const World& world, const ItemWish& wish);
/// Seals the upload and enters it in the case with its custody's first record.
base::Result<casework::Evidence> add_evidence(const World& world, const ItemWish& wish,
                                              const NewEvidence& given);

/// A copy is asked for, with a reason: recorded before the first byte leaves. Gives the id of the
/// command, which read_evidence asks for.
base::Result<std::string> ask_for_copy(const World& world, const ItemWish& wish);
struct EvidencePiece {
    casework::Evidence evidence;
    std::string bytes; ///< empty at the end
};
/// Errors: Denied where `copy` is not a reading of this piece by this person within the last hour.
base::Result<EvidencePiece> read_evidence(const World& world, const ItemWish& wish,
                                          std::string_view copy, std::uint64_t offset);
/// Reads and hashes it anew; the outcome is a record of its custody. Errors: Corrupt.
base::Status verify_evidence(const World& world, const ItemWish& wish);

/// Records about the piece, newest first.
base::Result<store::ActivityPage> list_custody(const World& world, const ItemWish& wish,
                                               std::size_t limit);

} // namespace tanggap::service
