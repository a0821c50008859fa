// What every official page begins and ends with: letterhead, label, page numbers, signature.
#pragma once

#include <string>
#include <string_view>

#include "codec/html.h"
#include "model/words.h"
#include "service/profile.h"

namespace tanggap::service {

struct PageFrame {
    const Profile& profile;
    model::Language language = model::Language::Indonesian;
    std::string_view label; ///< "TLP:AMBER"
    std::string title;      ///< of the document
    std::string footer;     ///< what it is about: period or number
    bool demo = false;
};
void begin_page(codec::HtmlWriter& page, const PageFrame& frame);
/// Place, date and signature are left to be written.
void end_page(codec::HtmlWriter& page, const PageFrame& frame);

enum class Look : std::uint8_t {
    Text,
    Figure, ///< to the right, on one line
    Short,  ///< on one line
    Moment, ///< on one line, as wide as a date with its time
};
struct Cell {
    std::string text;
    Look look = Look::Text;
};
void table_head(codec::HtmlWriter& page, std::initializer_list<Cell> names);
void table_row(codec::HtmlWriter& page, std::initializer_list<Cell> cells);

/// One of two texts.
inline std::string_view in(model::Language language, std::string_view id, std::string_view en)
{
    return language == model::Language::English ? en : id;
}

} // namespace tanggap::service
