// What a request asks of the engine: statement, format, parameters, settings. Pure.
#pragma once

#include <string>
#include <string_view>

#include "store/engine/http.h"
#include "store/engine/session.h"

namespace tanggap::store::engine {

struct Statement {
    std::string text;   ///< without its FORMAT clause
    std::string format; ///< "TabSeparated" where none was written
    bool insert = false;
    Pairs parameters; ///< param_x → x
    Pairs settings;   ///< only names of the allowed list
    std::string request_id;
};

/// Errors: UnknownSetting for a name not on the list, SyntaxError for an empty statement.
EngineResult<Statement> read_statement(const RequestHead& head, std::string_view body);

/// How pieces of a result become one body.
enum class Joining { Plain, CutHeader, WholeOnly };
Joining joining_of(std::string_view format);

/// Bytes of the names-and-types head of RowBinaryWithNamesAndTypes; 0 when it is not whole.
std::size_t names_and_types_size(std::string_view bytes);

int http_status_of(int engine_code);

} // namespace tanggap::store::engine
