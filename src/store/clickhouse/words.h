// How a search for words uses the token index. Pure.
#pragma once

#include <string>
#include <vector>

#include "query/query.h"

namespace tanggap::store::clickhouse {

/// What a text must hold; all in lower case, to be compared with lower(text).
struct WordSearch {
    std::vector<std::string> tokens; ///< whole words: what the index answers
    std::string like;                ///< LIKE pattern, empty where the tokens say it all
    std::string regex;               ///< where a word has to begin or end, with a star elsewhere
};

/// A bare word: itself between other signs. A phrase: its text anywhere. With stars: words that
/// begin, end or contain so.
WordSearch plan_word_search(const query::Node& node);

} // namespace tanggap::store::clickhouse
