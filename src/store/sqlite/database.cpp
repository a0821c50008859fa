#include "store/sqlite/database.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include "base/text.h"

namespace tanggap::store::sqlite {
namespace {

/// Steps of SQLite's machine between two questions whether anybody still waits: some milliseconds.
constexpr int kGiveUpCheckSteps = 100'000;

/// SQLite's code chooses ours.
std::unexpected<base::Error> error_of(int code, std::string_view what)
{
    const std::string message = "case database: " + std::string(what);
    switch (code & 0xff) {
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
    case SQLITE_INTERRUPT:
        return base::unavailable("case database: a question was given up; nobody waits for it");
    default:
        return base::internal(message);
    }
}

/// SOCI throws; this is where its exceptions end.
std::unexpected<base::Error> error_of(const std::exception& thrown)
{
    const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown);
    return error_of(sqlite == nullptr ? SQLITE_ERROR : sqlite->result(), thrown.what());
}

namespace api = sqlite_api;

/// SOCI does not export the type whose cast UBSan would check.
[[clang::no_sanitize("vptr")]] api::sqlite3* handle_of(soci::session& session)
{
    return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

class ArgumentsRow final : public Row {
public:
    explicit ArgumentsRow(api::sqlite3_value** values) : values_(values) {}
    std::int64_t integer(std::size_t column) const override
    {
        return api::sqlite3_value_int64(values_[column]);
    }
    std::string_view text(std::size_t column) const override
    {
        const auto* const first = api::sqlite3_value_text(values_[column]);
        const int bytes = api::sqlite3_value_bytes(values_[column]);
        return {reinterpret_cast<const char*>(first), static_cast<std::size_t>(bytes)};
    }

private:
    api::sqlite3_value** values_;
};

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
    TRY_STATUS(database->add_walks());
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

void Database::give_up_when(bool (*given_up)())
{
    api::sqlite3_progress_handler(
        handle_of(session_), kGiveUpCheckSteps,
        [](void* asked) { return reinterpret_cast<bool (*)()>(asked)() ? 1 : 0; },
        reinterpret_cast<void*>(given_up));
}

/// An aggregate that hands its arguments on: SQLite calls it for each row, with no step of ours
/// between.
base::Status Database::add_walks()
{
    using See = const std::function<void(const Row&)>*;
    api::sqlite3* const handle = handle_of(session_);
    const int code = api::sqlite3_create_function_v2(
        handle, "see", -1, SQLITE_UTF8, &see_, nullptr,
        [](api::sqlite3_context* context, int, api::sqlite3_value** values) {
            const See see = *static_cast<See*>(api::sqlite3_user_data(context));
            (*see)(ArgumentsRow(values));
        },
        [](api::sqlite3_context*) {}, nullptr);
    return code == SQLITE_OK ? base::Status{} : error_of(code, api::sqlite3_errmsg(handle));
}

base::Status Database::walk(std::string_view columns, std::string_view rest,
                            const std::vector<SqlValue>& values,
                            const std::function<void(const Row&)>& see)
{
    std::string sql("SELECT see(");
    sql.append(columns).append(") ").append(rest);
    std::string types;
    for (const SqlValue& value : values) {
        types += value.is_text ? 't' : 'i';
    }
    TRY(const auto statement, prepare_once(sql, types, "t"));
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i].is_text ? statement->set(i, values[i].text)
                          : statement->set(i, values[i].integer);
    }
    const auto* const outer = std::exchange(see_, &see);
    const base::Status walked = statement->run();
    see_ = outer;
    return walked;
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
