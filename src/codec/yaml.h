// YAML text to an immutable tree that knows where each value was written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::codec {

struct YamlEntry;

/// One value. Aliases are written out, so a tree never shares nodes.
/// Units: `line` and `column` count from 1, columns in characters; `length` in characters.
struct YamlNode {
    enum class Kind : std::uint8_t { Scalar, Sequence, Mapping };
    enum class Style : std::uint8_t { Plain, SingleQuoted, DoubleQuoted, Block };

    Kind kind = Kind::Scalar;
    Style style = Style::Plain; ///< Scalar only
    std::string text;           ///< Scalar only
    std::string tag; ///< As resolved by YAML ("tag:yaml.org,2002:str"), empty without one
    std::size_t line = 0;
    std::size_t column = 0;
    std::size_t length = 0;         ///< Scalar on one line, its quotes included; else 0
    std::vector<YamlNode> items;    ///< Sequence only
    std::vector<YamlEntry> entries; ///< Mapping only, in the order written, keys unique

    bool is_scalar() const { return kind == Kind::Scalar; }
    bool is_sequence() const { return kind == Kind::Sequence; }
    bool is_mapping() const { return kind == Kind::Mapping; }
    /// The value under `key` of a mapping; null where there is none or this is no mapping.
    const YamlNode* find(std::string_view key) const;

    /// A quoted scalar is always text; a plain one is read by the YAML 1.2 core schema.
    bool is_null() const;
    std::optional<bool> as_bool() const;
    std::optional<std::int64_t> as_integer() const;
    std::optional<double> as_number() const; ///< Integers too
};

struct YamlEntry {
    YamlNode key; ///< always a scalar
    YamlNode value;
};

struct YamlProblem {
    std::size_t document = 0; ///< index of the document it lies in
    std::size_t line = 0;
    std::size_t column = 0;
    std::string message;
    std::string hint;
};

/// `documents` holds what could be read. A document with a problem must not be used as if it were
/// whole: ask `sound(index)`.
struct YamlStream {
    std::vector<YamlNode> documents;
    std::vector<YamlProblem> problems;

    bool sound(std::size_t document) const;
};

/// Reads every document of `text`. Duplicate keys, keys that are no scalars, merge keys and
/// anything above limits::kYaml… are problems with a place; a syntax error ends the reading there.
/// Cost: linear in the text; an alias costs what it writes out and is bounded by kYamlNodesMax.
/// Source: YAML 1.1 as libyaml 0.2 reads it; scalars by the YAML 1.2.2 core schema (§10.3).
YamlStream parse_yaml(std::string_view text);

} // namespace tanggap::codec
