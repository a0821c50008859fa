// Operators of the query language as SQL: the same words in every list.
#pragma once

#include <string_view>

#include "query/query.h"

namespace tanggap::store::sqlite {

/// With its parameter's place; what is no comparison of order is equality.
constexpr std::string_view sql_of(query::Operator op)
{
    switch (op) {
    case query::Operator::Less:
        return " < ?";
    case query::Operator::LessEqual:
        return " <= ?";
    case query::Operator::Greater:
        return " > ?";
    case query::Operator::GreaterEqual:
        return " >= ?";
    default:
        return " = ?";
    }
}

} // namespace tanggap::store::sqlite
