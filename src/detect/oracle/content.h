// What the oracle read: rules, filters, correlations and mappings, close to how they are written.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detect/oracle/oracle.h"
#include "detect/oracle/value.h"

namespace tanggap::detect {

namespace oracle {

using LogSource = std::vector<std::string>; ///< category, product, service; lower case

struct Line {
    std::string field; ///< empty: keywords
    std::vector<Question> values;
    bool all = false;
    bool negated = false;
};
/// One of the maps (all of its lines) or keywords is enough.
using Selection = std::vector<std::vector<Line>>;

/// A condition as a tree. Not: one child. Name: a selection.
struct Condition {
    enum class Kind : std::uint8_t { And, Or, Not, Name };
    Kind kind = Kind::And;
    std::vector<Condition> children;
    std::string name;
};

struct Logic {
    std::map<std::string, Selection> selections;
    Condition condition;
};

struct Variant {
    std::vector<std::pair<std::string, std::vector<std::string>>> when; ///< empty values: is there
    std::map<std::string, std::vector<std::string>> names;
    std::vector<std::string> others;

    bool applies(const model::Event& event) const;
    std::vector<std::string> fields_of(const std::string& name) const;
};

struct Rule {
    std::string id;
    std::string name;
    LogSource logsource;
    std::vector<Logic> logic; ///< its own and its filters': all must hold
    std::vector<std::size_t> variants;
};

struct Correlation {
    std::string id;
    std::string name;
    std::string type;
    std::vector<std::string> members;
    std::vector<std::string> group_by;
    std::map<std::string, std::map<std::string, std::string>> aliases;
    std::int64_t span_ns = 0;
    std::vector<std::pair<std::string, double>> bounds;
    std::vector<std::string> fields;
    double percentile = -1;
    bool generate = false;
};

} // namespace oracle

struct Oracle::Content {
    std::vector<oracle::Variant> variants;
    std::vector<std::pair<oracle::LogSource, std::vector<std::size_t>>> sources;
    std::vector<std::pair<std::string, std::string>> placeholders;
    std::vector<oracle::Rule> rules;
    std::vector<oracle::Correlation> correlations;

    bool holds(const oracle::Rule& rule, const model::Event& event) const;
};

namespace oracle {

void read_mappings(std::span<const MappingFile> files, Oracle::Content& out);
void read_rules(std::span<const RuleFile> files, Oracle::Content& out);

} // namespace oracle

} // namespace tanggap::detect
