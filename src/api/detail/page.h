// Pages of a list that is whole in memory.
#pragma once

#include <charconv>

#include "api/detail/route.h"

namespace tanggap::api {

/// The position is the index of the next item; `write` makes the JSON of one.
template <class Items, class Write>
Answer page_of(const Call& call, const Items& items, Write write)
{
    TRY(const auto position, call.cursor());
    std::size_t begin = 0;
    std::from_chars(position.data(), position.data() + position.size(), begin);
    begin = std::min(begin, items.size());
    const std::size_t end = std::min(items.size(), begin + call.limit());
    std::vector<std::string> page;
    for (std::size_t i = begin; i < end; ++i) {
        page.push_back(json_text(write(items[i])));
    }
    return reply_list(call, page, end < items.size() ? std::to_string(end) : "", items.size(),
                      false);
}

} // namespace tanggap::api
