// Official documents: the monthly report of a publication, the report of a case. Printed once,
// kept by the hash of the file, with the hash of what was printed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/words.h"
#include "service/principal.h"
#include "service/publications.h"
#include "service/world.h"
#include "store/publications.h"

namespace tanggap::service {

struct PrintWish {
    const Principal& principal;
    store::Command command;
    std::string id; ///< of the publication, or the case (UUID or number)
    model::Language language = model::Language::Indonesian;
};

/// Errors: Denied; NotFound; those of World::print_pdf.
base::Result<store::Document> print_publication(const World& world, const PrintWish& wish);
base::Result<store::Document> print_case(const World& world, const PrintWish& wish);

/// Of a case that the principal may see. Errors: NotFound.
base::Result<std::vector<store::Document>>
list_case_documents(const World& world, const Principal& principal, std::string_view case_id);

struct DocumentFile {
    store::Document document{};
    std::string name{}; ///< "laporan-2026-10-v1-id.pdf"
    std::string bytes{};
};
/// Errors: NotFound, also where its case may not be seen; Corrupt.
base::Result<DocumentFile> read_document(const World& world, const Principal& principal,
                                         std::string_view id);

} // namespace tanggap::service
