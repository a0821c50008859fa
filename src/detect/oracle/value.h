// One value of a rule and the question it asks of one value of an event.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/yaml.h"
#include "model/event.h"

namespace tanggap::detect::oracle {

/// A pattern, piece by piece.
struct Piece {
    enum class Kind : std::uint8_t { Bytes, Star, Question, Dash };
    Kind kind = Kind::Bytes;
    std::string bytes;
};
using Pieces = std::vector<Piece>;

struct FreeExpression {
    void operator()(void* code) const;
};

/// What one line of a selection asks, its modifiers applied to one of its values.
struct Question {
    enum class Kind : std::uint8_t { Text, Expression, Network, Number, Exists, Null, Field };
    Kind kind = Kind::Text;
    std::vector<Pieces> any; ///< Text: one is enough
    bool cased = false;
    bool is_number = false; ///< Text: written as a number
    std::vector<std::shared_ptr<void>> expressions;
    std::string network;
    std::string compare; ///< Number: lt, lte, gt, gte or eq
    std::string part;    ///< Number: of a time; empty: the value itself
    std::string number;
    bool exists = true;
    std::string field; ///< Field: the other one
    std::string where; ///< Field: contains, startswith, endswith or empty
};

/// Text asked of one value that is not null.
bool holds(const Question& question, const model::Value& value);
/// Field: one value against one of the other field's.
bool refers(const Question& question, const model::Value& value, const model::Value& other);

/// Reads `modifiers` (left to right) over `node`; nothing where the specification forbids it.
/// `keyword`: text is searched anywhere.
std::optional<Question>
read_question(const std::vector<std::string>& modifiers, const codec::YamlNode& node, bool keyword,
              const std::vector<std::pair<std::string, std::string>>& placeholders);

} // namespace tanggap::detect::oracle
