#include "store/publications.h"

#include "base/text.h"
#include "store/sqlite/change.h"

namespace tanggap::store {
namespace {

using sqlite::Statement;

constexpr std::string_view kDocumentColumns =
    "id, kind, subject, language, data_sha256, file_sha256, bytes, made_at, made_by";
constexpr std::string_view kDocumentTypes = "ttttttiit";

Publication read_publication(const Statement& row)
{
    return {.id = row.text(0),
            .period = row.text(1),
            .version = row.natural(2),
            .correction = row.text(3),
            .frozen_at = {row.integer(4)},
            .frozen_by = row.text(5),
            .sha256 = row.text(6),
            .document = row.text(7)};
}

Document read_document(const Statement& row)
{
    return {.id = row.text(0),
            .kind = row.text(1),
            .subject = row.text(2),
            .language = row.text(3),
            .data_sha256 = row.text(4),
            .file_sha256 = row.text(5),
            .bytes = row.natural(6),
            .made_at = {row.integer(7)},
            .made_by = row.text(8)};
}

std::string select_documents(std::string_view rest)
{
    std::string sql("SELECT ");
    return sql.append(kDocumentColumns).append(" FROM documents ").append(rest);
}

} // namespace

base::Result<std::uint64_t> next_version(Snapshot& snapshot, std::string_view period)
{
    TRY(Statement * row,
        database_of(snapshot).prepared(
            "SELECT ifnull(max(version), 0) + 1 FROM publications WHERE period = ?", "t", "i"));
    std::uint64_t version = 1;
    TRY([[maybe_unused]] const bool found,
        one_row(row->bind(period), [&] { version = row->natural(0); }));
    return version;
}

base::Status put_publication(Change& change, const Publication& publication)
{
    TRY(Statement * put,
        database_of(change).prepared("INSERT INTO publications (id, period, version, correction,"
                                     " frozen_at, frozen_by, sha256, document)"
                                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                     "ttitittt"));
    return put
        ->bind(publication.id, publication.period, publication.version, publication.correction,
               publication.frozen_at.ns, publication.frozen_by, publication.sha256,
               publication.document)
        .run();
}

base::Result<Publication> find_publication(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row,
        database_of(snapshot).prepared("SELECT id, period, version, correction, frozen_at,"
                                       " frozen_by, sha256, document FROM publications"
                                       " WHERE id = ?",
                                       "t", "ttitittt"));
    Publication publication;
    TRY(const bool found, one_row(row->bind(id), [&] { publication = read_publication(*row); }));
    if (!found) {
        return base::not_found("no publication " + base::quoted(id));
    }
    return publication;
}

base::Result<std::vector<Publication>> list_publications(Snapshot& snapshot,
                                                         std::string_view period, std::size_t limit)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared("SELECT id, period, version, correction, frozen_at,"
                                       " frozen_by, sha256, '' FROM publications"
                                       " WHERE ? = '' OR period = ?"
                                       " ORDER BY frozen_at DESC, version DESC LIMIT ?",
                                       "tti", "ttitittt"));
    std::vector<Publication> all;
    TRY_STATUS(each_row(rows->bind(period, period, static_cast<std::int64_t>(limit)),
                        [&]() -> base::Status {
                            all.push_back(read_publication(*rows));
                            return {};
                        }));
    return all;
}

base::Status put_document(Change& change, const Document& document)
{
    TRY(Statement * put,
        database_of(change).prepared("INSERT INTO documents (id, kind, subject, language,"
                                     " data_sha256, file_sha256, bytes, made_at, made_by)"
                                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                     kDocumentTypes));
    return put
        ->bind(document.id, document.kind, document.subject, document.language,
               document.data_sha256, document.file_sha256, document.bytes, document.made_at.ns,
               document.made_by)
        .run();
}

base::Result<Document> find_document(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row,
        database_of(snapshot).prepared(select_documents("WHERE id = ?"), "t", kDocumentTypes));
    Document document;
    TRY(const bool found, one_row(row->bind(id), [&] { document = read_document(*row); }));
    if (!found) {
        return base::not_found("no document " + base::quoted(id));
    }
    return document;
}

base::Result<std::vector<Document>> list_documents(Snapshot& snapshot, std::string_view kind,
                                                   std::string_view subject, std::size_t limit)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(select_documents("WHERE kind = ? AND subject = ?"
                                                        " ORDER BY made_at DESC, id DESC LIMIT ?"),
                                       "tti", kDocumentTypes));
    std::vector<Document> all;
    TRY_STATUS(each_row(rows->bind(kind, subject, static_cast<std::int64_t>(limit)),
                        [&]() -> base::Status {
                            all.push_back(read_document(*rows));
                            return {};
                        }));
    return all;
}

} // namespace tanggap::store
