// The plain answer to one test of one value: what the fast path, `explain` and reasons agree on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "detect/detail/rule.h"
#include "model/event.h"

namespace tanggap::detect {

/// Whether `test` holds for `value`. Exists, Null and Reference are about fields, not values, and
/// are not asked here. A null value matches nothing.
bool value_matches(const Test& test, const model::Value& value);

/// For Test::Op::Reference: whether `value` relates to the other field's value as the test says.
bool reference_matches(const Test& test, const model::Value& value, const model::Value& other);

/// The number `value` holds, also written as text; nothing where it is none.
std::optional<Number> number_of(const model::Value& value);
std::strong_ordering compare(const Number& a, const Number& b);

/// 1.50 → "1.5", 4625.0 → "4625": how numbers of rules are kept.
std::string canonical_number(double value);

/// Whether `original` is a text line, whose words keywords may find; JSON and XML are read field by
/// field instead, so that a key never counts as a value.
bool original_is_text(std::string_view original);

} // namespace tanggap::detect
