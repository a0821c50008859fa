// From a field and a value as written to a leaf with a normalised value. For this room only.
#pragma once

#include <string>
#include <string_view>

#include "query/query.h"
#include "query/text.h"

namespace tanggap::query::detail {

/// A field as the query names it, resolved. `type` Keyword for sparse names.
struct FieldRef {
    std::string canonical{};
    FieldType type = FieldType::Keyword;
    const FieldInfo* info = nullptr; ///< null: a sparse name of an open scope
};

/// What went wrong with one value; the span is the caller's to add.
struct Complaint {
    std::string message{};
    std::string hint{};
};

/// Equals, Less…GreaterEqual: the leaf, or why the value cannot be one. Ranges are recognised here.
std::expected<Node, Complaint> make_leaf(const Scope& scope, const FieldRef& field, Operator op,
                                         const RawValue& value);
/// `is:` and `has:` terms.
std::expected<Node, Complaint> make_state(const Scope& scope, Operator op, const RawValue& value);
/// "ALR-12" to "12"; empty when `text` is no alert number.
std::string alert_number(std::string_view text);
/// `age>2h` as a comparison of the scope's age field.
std::expected<Node, Complaint> make_age(const Scope& scope, Operator op, const RawValue& value);

/// Canonical spelling of what parse_address_range accepted ("2001:DB8::/32" in lower case).
std::string canonical_address(std::string_view text);

} // namespace tanggap::query::detail
