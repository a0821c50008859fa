#include "store/sqlite/database.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include "base/text.h"

namespace tanggap::store::sqlite {
namespace {

/// SOCI throws; this is where its exceptions end. SQLite's code chooses ours.
std::unexpected<base::Error> error_of(const std::exception& thrown)
{
    const std::string message = std::string("case database: ") + thrown.what();
    const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown);
    switch (sqlite == nullptr ? SQLITE_ERROR : sqlite->result() & 0xff) {
    case SQLITE_CONSTRAINT:
        return base::fail(base::Code::Conflict, message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return base::corrupt(message + "; restore the folder from its last backup");
    case SQLITE_FULL:
        return base::exhausted(message + "; free space on the data disk");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return base::unavailable(message);
    default:
        return base::internal(message);
    }
}

template <class Body>
auto guarded(Body body) -> base::Result<decltype(body())>
{
    try {
        if constexpr (std::is_void_v<decltype(body())>) {
            body();
            return {};
        } else {
            return body();
        }
    } catch (const std::exception& thrown) {
        return error_of(thrown);
    }
}

} // namespace

Statement::Statement(soci::session& session, const std::string& sql, std::string_view parameters,
                     std::string_view columns)
    : statement_(session)
{
    statement_.alloc();
    for (const char type : parameters) {
        Slot& slot = parameters_.emplace_back();
        slot.is_text = type == 't';
        slot.is_text ? statement_.exchange(soci::use(slot.text))
                     : statement_.exchange(soci::use(slot.integer));
    }
    for (const char type : columns) {
        Slot& slot = columns_.emplace_back();
        slot.is_text = type == 't';
        slot.is_text ? statement_.exchange(soci::into(slot.text, slot.indicator))
                     : statement_.exchange(soci::into(slot.integer, slot.indicator));
    }
    statement_.prepare(sql);
    statement_.define_and_bind();
}

base::Status Statement::run()
{
    return guarded([&] { statement_.execute(true); });
}

base::Status Statement::start()
{
    return guarded([&] { statement_.execute(false); });
}

base::Result<bool> Statement::next()
{
    return guarded([&] { return statement_.fetch(); });
}

base::Result<std::unique_ptr<Database>> Database::open(const std::string& file, Access access)
{
    if (file.find('"') != std::string::npos) {
        return base::invalid("data folder " + base::quoted(file) +
                             " has a double quote in its name; SQLite's layer cannot open it");
    }
    std::unique_ptr<Database> database(new Database);
    const std::string options =
        "db=\"" + file + "\" timeout=5" + (access == Access::ReadOnly ? " readonly=true" : "");
    TRY_STATUS(guarded([&] { database->session_.open(soci::sqlite3, options); }));
    return database;
}

base::Result<Statement*> Database::prepared(const std::string& sql, std::string_view parameters,
                                            std::string_view columns)
{
    // SOCI 4.0.3 gives a SELECT without parameters no rows again once it has met its end: such a
    // statement is prepared anew each time.
    if (parameters.empty()) {
        prepared_.erase(sql);
    }
    if (const auto known = prepared_.find(sql); known != prepared_.end()) {
        return known->second.get();
    }
    TRY(auto statement, prepare_once(sql, parameters, columns));
    return prepared_.emplace(sql, std::move(statement)).first->second.get();
}

base::Result<std::unique_ptr<Statement>> Database::prepare_once(const std::string& sql,
                                                                std::string_view parameters,
                                                                std::string_view columns)
{
    return guarded([&] { return std::make_unique<Statement>(session_, sql, parameters, columns); });
}

base::Status Database::run(const std::string& sql)
{
    TRY(const auto statement, prepare_once(sql, "", ""));
    return statement->run();
}

base::Result<std::int64_t> Database::integer_of(const std::string& sql)
{
    std::int64_t value = 0;
    TRY(const auto statement, prepare_once(sql, "", "i"));
    TRY([[maybe_unused]] const bool found,
        one_row(*statement, [&] { value = statement->integer(0); }));
    return value;
}

base::Result<std::string> Database::text_of(const std::string& sql)
{
    std::string value;
    TRY(const auto statement, prepare_once(sql, "", "t"));
    TRY([[maybe_unused]] const bool found,
        one_row(*statement, [&] { value = statement->text(0); }));
    return value;
}

} // namespace tanggap::store::sqlite
