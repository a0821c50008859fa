// A record as XML, on one line.
#pragma once

#include "codec/evtx/template.h"
#include "codec/evtx/text.h"
#include "codec/evtx/value.h"

namespace tanggap::codec::evtx {

/// An attribute whose only values are null is left out; an element without content is `<Name/>`.
class XmlSink {
public:
    explicit XmlSink(TextBuffer& out) : out_(out) {}

    void open(const Piece& piece)
    {
        end_start();
        out_.append('<');
        out_.append(piece.text);
        in_start_ = true;
    }
    void attribute(const Piece& piece)
    {
        attribute_ = &piece;
        quoted_ = false;
    }
    void end_attribute()
    {
        if (quoted_) {
            out_.append('"');
        }
        attribute_ = nullptr;
    }
    void content() {}
    void text(const Piece& piece)
    {
        begin_text();
        append_utf8(out_, piece.text, piece.plain ? Escape::None : Escape::Xml);
    }
    void value(const Value& value)
    {
        if (attribute_ == nullptr && !has_text(value)) {
            return; // <Name/> rather than <Name></Name>
        }
        begin_text();
        append_value(out_, value, Escape::Xml, EvtxStyle::Windows);
    }
    void close(const Piece& piece)
    {
        if (in_start_) {
            in_start_ = false;
            out_.append("/>");
            return;
        }
        out_.append("</");
        out_.append(piece.text);
        out_.append('>');
    }
    std::size_t size() const { return out_.size(); }
    bool keeps_absent() const { return false; }

private:
    void begin_text()
    {
        if (attribute_ == nullptr) {
            end_start();
        } else if (!quoted_) {
            out_.append(' ');
            out_.append(attribute_->text);
            out_.append("=\"");
            quoted_ = true;
        }
    }
    void end_start()
    {
        if (in_start_) {
            in_start_ = false;
            out_.append('>');
        }
    }

    TextBuffer& out_;
    const Piece* attribute_ = nullptr;
    bool quoted_ = false; ///< the attribute's name and first quote are written
    bool in_start_ = false;
};

} // namespace tanggap::codec::evtx
