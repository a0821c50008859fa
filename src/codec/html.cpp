#include "codec/html.h"

#include "base/text.h"

namespace tanggap::codec {

void append_html_text(std::string& out, std::string_view text)
{
    std::string sound;
    if (base::make_utf8(text, sound)) {
        text = sound;
    }
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default: {
            const auto byte = static_cast<unsigned char>(c);
            const bool control = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
            control ? out += "\xEF\xBF\xBD" : out += c;
        }
        }
    }
}

HtmlWriter& HtmlWriter::open(std::string_view tag, std::string_view attributes)
{
    out_.append("<").append(tag);
    if (!attributes.empty()) {
        out_.append(" ").append(attributes);
    }
    out_ += '>';
    return *this;
}

HtmlWriter& HtmlWriter::close(std::string_view tag)
{
    out_.append("</").append(tag).append(">");
    return *this;
}

HtmlWriter& HtmlWriter::text(std::string_view text)
{
    append_html_text(out_, text);
    return *this;
}

HtmlWriter& HtmlWriter::element(std::string_view tag, std::string_view text,
                                std::string_view attributes)
{
    return open(tag, attributes).text(text).close(tag);
}

HtmlWriter& HtmlWriter::paragraphs(std::string_view text)
{
    while (!text.empty()) {
        const std::size_t end = text.find("\n\n");
        const std::string_view paragraph = base::trim(text.substr(0, end));
        if (!paragraph.empty()) {
            element("p", paragraph, R"(class="kept")");
        }
        text = end == text.npos ? std::string_view() : text.substr(end + 2);
    }
    return *this;
}

HtmlWriter& HtmlWriter::markup(std::string_view ours)
{
    out_ += ours;
    return *this;
}

} // namespace tanggap::codec
