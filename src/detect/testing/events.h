// Small events and rule sets for the tests of this room.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/engine.h"

namespace tanggap::detect::testing {

struct Loaded {
    std::shared_ptr<const RuleSet> rules;
    std::vector<Diagnostic> diagnostics;
};

/// Log source `category: test` is every event of dataset "test"; its fields are named as they are.
Loaded load(std::string_view rules_yaml, std::string_view mapping_yaml = {});

/// "file:line:column: error: message (hint)" of each diagnostic, one a line.
std::string text_of(const std::vector<Diagnostic>& diagnostics);

/// Adds an event of dataset "test". "~null" as a value is null; digits are an integer.
void add_event(model::EventBatch& batch, std::int64_t seconds,
               std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

/// Titles of the rules that match one event of these fields, sorted, joined by ','.
std::string matches(const Loaded& loaded,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> fields,
                    std::string_view original = {});

/// A whole rule around `detection` (indented by two).
std::string rule(std::string_view title, std::string_view detection);

} // namespace tanggap::detect::testing
