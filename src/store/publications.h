// Publications: the figures of a period, frozen; and documents: files printed from what was frozen.
// Both are written once and never changed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/activity.h"

namespace tanggap::store {

struct Publication {
    std::string id{}; ///< UUIDv7
    std::string period{};
    std::uint64_t version = 0; ///< from 1 in each period
    std::string correction{};  ///< what is different from the version before; empty in the first
    base::Time frozen_at{};
    std::string frozen_by{}; ///< name of the account
    std::string sha256{};    ///< of `document`
    std::string document{};  ///< JSON of the figures; empty in lists

    ObjectRef object() const { return {.kind = "publication", .id = id}; }
};

/// The next version of the period. Errors: Internal, where it was put already.
base::Result<std::uint64_t> next_version(Snapshot& snapshot, std::string_view period);
base::Status put_publication(Change& change, const Publication& publication);
/// Errors: NotFound.
base::Result<Publication> find_publication(Snapshot& snapshot, std::string_view id);
/// Newest first, without their documents. `period` empty: of all.
base::Result<std::vector<Publication>>
list_publications(Snapshot& snapshot, std::string_view period, std::size_t limit);

/// A printed file. Its bytes lie in the vault, by their hash.
struct Document {
    std::string id{};      ///< UUIDv7
    std::string kind{};    ///< "publication" or "case": what it was printed from
    std::string subject{}; ///< id of that
    std::string language{};
    std::string data_sha256{}; ///< of the page that was printed
    std::string file_sha256{};
    std::uint64_t bytes = 0;
    base::Time made_at{};
    std::string made_by{};

    ObjectRef object() const { return {.kind = "document", .id = id}; }
};
base::Status put_document(Change& change, const Document& document);
/// Errors: NotFound.
base::Result<Document> find_document(Snapshot& snapshot, std::string_view id);
/// Newest first.
base::Result<std::vector<Document>> list_documents(Snapshot& snapshot, std::string_view kind,
                                                   std::string_view subject, std::size_t limit);

} // namespace tanggap::store
