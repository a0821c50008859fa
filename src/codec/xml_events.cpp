#include "codec/xml_events.h"

#include <libxml/xmlreader.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "codec/evtx/json_sink.h"
#include "codec/evtx/limits.h"

namespace tanggap::codec {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{64} * 1024;
constexpr std::string_view kEventEnd = "</Event>";

/// Where `<Event` starts as an element's whole name; npos where it does not.
std::size_t find_event(std::string_view text, std::size_t from = 0)
{
    constexpr std::string_view kStart = "<Event";
    for (auto at = text.find(kStart, from); at != std::string_view::npos;
         at = text.find(kStart, at + 1)) {
        const std::size_t behind = at + kStart.size();
        if (behind < text.size() && std::string_view(" >\t\r\n/").contains(text[behind])) {
            return at;
        }
    }
    return std::string_view::npos;
}

/// What may stand around events: white space, the declaration, comments, <Events …> and its end.
bool is_wrapping(std::string_view text)
{
    for (text = base::trim(text); !text.empty(); text = base::trim(text)) {
        const auto ends = [&](std::string_view start, std::string_view end) {
            const auto at = text.starts_with(start) ? text.find(end) : std::string_view::npos;
            if (at == std::string_view::npos) {
                return false;
            }
            text.remove_prefix(at + end.size());
            return true;
        };
        if (!ends("<?", "?>") && !ends("<!--", "-->") && !ends("<Events", ">") &&
            !ends("</Events", ">")) {
            return false;
        }
    }
    return true;
}

struct FreeReader {
    void operator()(xmlTextReader* reader) const { xmlFreeTextReader(reader); }
};

std::string_view view(const xmlChar* text)
{
    return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

/// One <Event> element to what evtx::JsonSink is told of a record.
class EventWriter {
public:
    /// False: it is no XML that is taken.
    bool write(std::string_view xml, std::string& out)
    {
        constexpr int kNoErrors = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                  XML_PARSE_COMPACT | XML_PARSE_NOCDATA;
        const std::unique_ptr<xmlTextReader, FreeReader> reader(xmlReaderForMemory(
            xml.data(), static_cast<int>(xml.size()), nullptr, "UTF-8", kNoErrors));
        if (!reader) {
            return false;
        }
        text_.clear();
        pieces_.clear();
        open_.clear();
        evtx::JsonSink sink(text_, memory_, {});
        int more = 1;
        while ((more = xmlTextReaderRead(reader.get())) == 1) {
            if (!node(*reader, sink)) {
                return false;
            }
        }
        if (more != 0 || !open_.empty()) {
            return false;
        }
        sink.finish();
        out.assign(text_.view());
        return true;
    }

private:
    bool node(xmlTextReader& reader, evtx::JsonSink& sink)
    {
        switch (xmlTextReaderNodeType(&reader)) {
        case XML_READER_TYPE_ELEMENT:
            return element(reader, sink);
        case XML_READER_TYPE_END_ELEMENT:
            close(sink);
            return true;
        case XML_READER_TYPE_TEXT:
        case XML_READER_TYPE_CDATA:
            sink.text(piece(evtx::Piece::Kind::Text, view(xmlTextReaderConstValue(&reader))));
            return text_.size() <= evtx::kTextBytesMax;
        case XML_READER_TYPE_WHITESPACE:
        case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        case XML_READER_TYPE_COMMENT:
        case XML_READER_TYPE_PROCESSING_INSTRUCTION:
            return true;
        default: // a document type, an entity of one's own
            return false;
        }
    }

    bool element(xmlTextReader& reader, evtx::JsonSink& sink)
    {
        // Elements of one's own namespace carry a prefix, which no field name has.
        const auto& opened =
            piece(evtx::Piece::Kind::Open, view(xmlTextReaderConstLocalName(&reader)));
        if (open_.size() + 1 >= evtx::kDepthMax) {
            return false;
        }
        sink.open(opened);
        open_.push_back(&opened);
        const bool empty = xmlTextReaderIsEmptyElement(&reader) == 1;
        while (xmlTextReaderMoveToNextAttribute(&reader) == 1) {
            sink.attribute(
                piece(evtx::Piece::Kind::Attribute, view(xmlTextReaderConstName(&reader))));
            sink.text(piece(evtx::Piece::Kind::Text, view(xmlTextReaderConstValue(&reader))));
            sink.end_attribute();
        }
        sink.content();
        if (empty) {
            close(sink);
        }
        return true;
    }

    void close(evtx::JsonSink& sink)
    {
        sink.close(*open_.back());
        open_.pop_back();
    }

    const evtx::Piece& piece(evtx::Piece::Kind kind, std::string_view text)
    {
        texts_.resize(std::max(texts_.size(), pieces_.size() + 1));
        std::string& kept = texts_[pieces_.size()];
        kept.assign(text);
        return pieces_.emplace_back(
            evtx::Piece{.kind = kind, .hash = evtx::hash_of(kept), .text = kept});
    }

    evtx::TextBuffer text_;
    evtx::JsonMemory memory_;
    std::deque<evtx::Piece> pieces_;
    std::deque<std::string> texts_; ///< what pieces view
    std::vector<const evtx::Piece*> open_;
};

class XmlEventReader final : public RecordReader {
public:
    explicit XmlEventReader(std::unique_ptr<ByteReader> bytes)
        : bytes_(std::move(bytes)), buffer_(kWindowBytes)
    {
    }

    base::Result<bool> next(model::Record& record) override
    {
        record.full_length = 0;
        record.full_sha256.clear();
        for (;;) {
            const std::string_view rest = std::string_view(waiting_).substr(taken_);
            const auto start = find_event(rest);
            const bool too_long = rest.size() > base::limits::kLineBytesMax;
            if (start != std::string_view::npos && start > 0) {
                if (take_between(rest.substr(0, start), record)) {
                    return true;
                }
                continue;
            }
            if (start == 0) {
                const auto end = end_of(rest);
                if (end != std::string_view::npos || ended_ || too_long) {
                    take_event(rest.substr(0, end), record);
                    return true;
                }
            } else if (ended_ || too_long) {
                const bool something = !rest.empty() && take_between(rest, record);
                if (something || !ended_) {
                    if (something) {
                        return true;
                    }
                    continue;
                }
                if (failure_) {
                    return std::unexpected(*std::exchange(failure_, std::nullopt));
                }
                return false;
            }
            read_more();
        }
    }
    Framing framing() const override { return Framing::XmlEvents; }
    std::uint64_t position() const override { return bytes_->position(); }

private:
    /// Behind the element that starts `text`; npos where its end has not come.
    static std::size_t end_of(std::string_view text)
    {
        const auto end = text.find(kEventEnd);
        const auto tag = text.find('>');
        if (tag != std::string_view::npos && tag > 0 && text[tag - 1] == '/' && tag < end) {
            return tag + 1; // <Event/>
        }
        return end == std::string_view::npos ? end : end + kEventEnd.size();
    }

    /// True where it is a record: something that belongs to no event.
    bool take_between(std::string_view text, model::Record& record)
    {
        text = text.substr(0, base::limits::kLineBytesMax);
        taken_ += text.size();
        if (is_wrapping(text)) {
            return false;
        }
        record.bytes.assign(base::trim(text));
        return true;
    }

    void take_event(std::string_view xml, model::Record& record)
    {
        xml = xml.substr(0, base::limits::kLineBytesMax);
        if (!writer_.write(xml, record.bytes)) {
            record.bytes.assign(xml);
        }
        taken_ += xml.size();
    }

    void read_more()
    {
        waiting_.erase(0, taken_);
        taken_ = 0;
        const auto got = bytes_->read(buffer_);
        if (!got) {
            failure_ = got.error();
        }
        ended_ = !got || *got == 0;
        waiting_.append(buffer_.data(), got.value_or(0));
    }

    std::unique_ptr<ByteReader> bytes_;
    std::vector<char> buffer_;
    std::string waiting_;
    std::size_t taken_ = 0;
    bool ended_ = false;
    std::optional<base::Error> failure_;
    EventWriter writer_;
};

} // namespace

bool is_xml_events(std::string_view head)
{
    head = base::trim(head);
    const auto start = std::min(find_event(head), head.find("<Events"));
    return start != std::string_view::npos && head.starts_with('<') &&
           is_wrapping(head.substr(0, start));
}

std::unique_ptr<RecordReader> read_xml_events(std::unique_ptr<ByteReader> bytes)
{
    return std::make_unique<XmlEventReader>(std::move(bytes));
}

} // namespace tanggap::codec
