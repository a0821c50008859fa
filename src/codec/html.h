// HTML that we write: every text is escaped where it is put in, so that none of it can be markup.
#pragma once

#include <string>
#include <string_view>

namespace tanggap::codec {

/// Appends `text` with & < > " ' as references; control characters become U+FFFD, broken UTF-8 as
/// well.
void append_html_text(std::string& out, std::string_view text);

/// Writes elements in order. Tag names and attributes are ours; texts may be anybody's.
class HtmlWriter {
public:
    /// `attributes`: ours, as written in a tag, e.g. `class="figure"`.
    HtmlWriter& open(std::string_view tag, std::string_view attributes = {});
    HtmlWriter& close(std::string_view tag);
    HtmlWriter& text(std::string_view text);
    /// An element with only a text in it.
    HtmlWriter& element(std::string_view tag, std::string_view text,
                        std::string_view attributes = {});
    /// Paragraphs of a text: one each where an empty line is between them, line ends kept.
    HtmlWriter& paragraphs(std::string_view text);
    /// Markup of ours.
    HtmlWriter& markup(std::string_view ours);
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

} // namespace tanggap::codec
