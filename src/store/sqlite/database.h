// A thin layer over SOCI's SQLite backend: connections and prepared statements that answer with
// Result instead of exceptions. Closed to other rooms.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <soci/soci.h>

#include "base/error.h"

namespace tanggap::store::sqlite {

/// One bound value.
struct SqlValue {
    bool is_text = false;
    std::int64_t integer = 0;
    std::string text;

    static SqlValue of(std::int64_t value)
    {
        return {.is_text = false, .integer = value, .text = {}};
    }
    static SqlValue of(std::string_view value)
    {
        return {.is_text = true, .integer = 0, .text = std::string(value)};
    }
};

/// A prepared statement with typed slots: 'i' a 64-bit integer, 't' text (any bytes).
/// Owner: its Database. Run it to the end: a half-read SELECT keeps its snapshot open.
class Statement {
public:
    Statement(soci::session& session, const std::string& sql, std::string_view parameters,
              std::string_view columns);
    Statement(const Statement&) = delete;

    template <class... Values>
    Statement& bind(const Values&... values)
    {
        std::size_t index = 0;
        (set(index++, values), ...);
        return *this;
    }
    void set(std::size_t index, std::int64_t value) { parameters_[index].integer = value; }
    void set(std::size_t index, std::uint64_t value)
    {
        set(index, static_cast<std::int64_t>(value));
    }
    void set(std::size_t index, int value) { set(index, std::int64_t{value}); }
    void set(std::size_t index, std::string_view value) { parameters_[index].text.assign(value); }

    /// Runs a statement that gives no rows.
    base::Status run();
    /// Starts a SELECT; rows follow with next().
    base::Status start();
    base::Result<bool> next();

    std::int64_t integer(std::size_t column) const { return columns_[column].integer; }
    std::uint64_t natural(std::size_t column) const
    {
        return static_cast<std::uint64_t>(integer(column));
    }
    const std::string& text(std::size_t column) const { return columns_[column].text; }

private:
    struct Slot {
        bool is_text = false;
        long long integer = 0;
        std::string text;
        soci::indicator indicator = soci::i_ok;
    };
    std::deque<Slot> parameters_; // deque: SOCI keeps references to the slots
    std::deque<Slot> columns_;
    soci::statement statement_;
};

/// Starts the statement; `take` sees the first row. Gives whether there was one.
template <class Take>
base::Result<bool> one_row(Statement& statement, Take take)
{
    TRY_STATUS(statement.start());
    TRY(const bool found, statement.next());
    if (found) {
        take();
        TRY([[maybe_unused]] const bool more, statement.next());
    }
    return found;
}

/// Starts the statement; `take` sees every row and gives a Status. The first error is told after
/// the last row: a half-read SELECT holds its snapshot.
template <class Take>
base::Status each_row(Statement& statement, Take take)
{
    TRY_STATUS(statement.start());
    base::Status first;
    while (true) {
        TRY(const bool found, statement.next());
        if (!found) {
            return first;
        }
        base::Status taken = take();
        if (!taken && first) {
            first = std::move(taken);
        }
    }
}

/// A row that walk() shows.
class Row {
public:
    virtual std::int64_t integer(std::size_t column) const = 0;
    /// Valid until the next row.
    virtual std::string_view text(std::size_t column) const = 0;

protected:
    ~Row() = default;
};

enum class Access { ReadWrite, ReadOnly };

/// One connection. Thread: one at a time.
class Database {
public:
    static base::Result<std::unique_ptr<Database>> open(const std::string& file, Access access);

    /// The statement of this text, prepared on first use and kept. For SQL from our own fixed set.
    base::Result<Statement*> prepared(const std::string& sql, std::string_view parameters,
                                      std::string_view columns = {});
    /// A statement for one use: SQL whose text depends on a query.
    base::Result<std::unique_ptr<Statement>>
    prepare_once(const std::string& sql, std::string_view parameters, std::string_view columns);
    base::Status run(const std::string& sql);
    /// Statements that take long end with Unavailable where `given_up` says so: asked by the thread
    /// that runs them, every few milliseconds.
    void give_up_when(bool (*given_up)());
    /// Shows every row of "SELECT `columns` `rest`" as it is met, in no order, without copying it:
    /// for counts over a million rows.
    base::Status walk(std::string_view columns, std::string_view rest,
                      const std::vector<SqlValue>& values,
                      const std::function<void(const Row&)>& see);
    base::Result<std::int64_t> integer_of(const std::string& sql);
    base::Result<std::string> text_of(const std::string& sql);

private:
    Database() = default;
    base::Status add_walks();

    soci::session session_;
    const std::function<void(const Row&)>* see_ = nullptr; ///< of the innermost walk()
    std::unordered_map<std::string, std::unique_ptr<Statement>> prepared_;
};

/// Runs `body` in BEGIN IMMEDIATE … COMMIT; any error rolls back.
template <class Body>
base::Status in_transaction(Database& database, Body body)
{
    TRY_STATUS(database.run("BEGIN IMMEDIATE"));
    base::Status done = body();
    if (done) {
        done = database.run("COMMIT");
    }
    if (!done) {
        // The first error is the one to tell; where nothing is open ROLLBACK only says so.
        static_cast<void>(database.run("ROLLBACK"));
    }
    return done;
}

} // namespace tanggap::store::sqlite
