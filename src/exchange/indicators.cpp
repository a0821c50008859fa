#include "exchange/indicators.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "exchange/stix_pattern.h"

namespace tanggap::exchange {
namespace {

namespace dom = simdjson::dom;
using model::Indicator;
using model::IndicatorKind;

using Take = std::function<base::Status(const Indicator&)>;

std::string_view text_of(const dom::object& object, const char* key)
{
    std::string_view out;
    return object[key].get(out) == simdjson::SUCCESS ? out : std::string_view{};
}

bool is_true(const dom::object& object, const char* key)
{
    bool out = false;
    return object[key].get(out) == simdjson::SUCCESS ? out : text_of(object, key) == "1";
}

template <class Each>
base::Status for_each_in(const dom::object& object, const char* key, Each each)
{
    dom::array items;
    if (object[key].get(items) != simdjson::SUCCESS) {
        return {};
    }
    for (const dom::element item : items) {
        dom::object one;
        if (item.get(one) == simdjson::SUCCESS) {
            TRY_STATUS(each(one));
        }
    }
    return {};
}

std::string tlp_of_tag(std::string_view tag)
{
    std::string upper;
    for (const char c : tag) {
        upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    if (!upper.starts_with("TLP:")) {
        return {};
    }
    return upper == "TLP:WHITE" ? "TLP:CLEAR" : upper;
}

/// Counts, keeps the first problems and hands indicators on.
class Collector {
public:
    Collector(const IndicatorDefaults& defaults, const Take& take)
        : defaults_(defaults), take_(take)
    {
    }

    Indicator start() const
    {
        Indicator out;
        out.source = defaults_.source;
        out.tlp = defaults_.tlp;
        out.confidence = defaults_.confidence;
        out.expires = defaults_.expires;
        return out;
    }
    base::Status give(const Indicator& indicator)
    {
        ++report_.taken;
        return take_(indicator);
    }
    void refuse(std::string_view where, std::string_view why)
    {
        ++report_.refused;
        if (report_.problems.size() < IndicatorReport::kProblemsKept) {
            report_.problems.push_back(fmt::format("{}: {}", where, why));
        }
    }
    void leave_out(const std::string& why)
    {
        constexpr std::size_t kReasonsMax = 200;
        const bool known = report_.left_out.contains(why);
        ++report_.left_out[known || report_.left_out.size() < kReasonsMax ? why : "other"];
    }
    IndicatorReport& report() { return report_; }

private:
    const IndicatorDefaults& defaults_;
    const Take& take_;
    IndicatorReport report_;
};

// --- MISP ----------------------------------------------------------------------------------------

/// Types of attributes that are looked up. "a|b" has two values; `part` says which is meant.
struct MispType {
    IndicatorKind kind;
    int part = 0;
};
const std::unordered_map<std::string_view, MispType>& misp_types()
{
    using enum IndicatorKind;
    static const std::unordered_map<std::string_view, MispType> kTypes{
        {"ip-src", {Address}},
        {"ip-dst", {Address}},
        {"ip-src|port", {Address}},
        {"ip-dst|port", {Address}},
        {"domain", {Domain}},
        {"hostname", {Domain}},
        {"hostname|port", {Domain}},
        {"domain|ip", {Domain}},
        {"url", {Url}},
        {"md5", {Hash}},
        {"sha1", {Hash}},
        {"sha224", {Hash}},
        {"sha256", {Hash}},
        {"sha384", {Hash}},
        {"sha512", {Hash}},
        {"imphash", {Hash}},
        {"filename", {FileName}},
        {"filename|md5", {Hash, 1}},
        {"filename|sha1", {Hash, 1}},
        {"filename|sha224", {Hash, 1}},
        {"filename|sha256", {Hash, 1}},
        {"filename|sha384", {Hash, 1}},
        {"filename|sha512", {Hash, 1}},
        {"filename|imphash", {Hash, 1}},
        {"malware-sample", {Hash, 1}},
        {"email", {Email}},
        {"email-src", {Email}},
        {"email-dst", {Email}},
        {"email-reply-to", {Email}},
    };
    return kTypes;
}

struct MispReader {
    Collector& to;
    std::string label;
    std::string source;
    std::string tlp;

    base::Status event(const dom::object& event)
    {
        label = text_of(event, "info");
        dom::object creator;
        source = event["Orgc"].get(creator) == simdjson::SUCCESS ? text_of(creator, "name")
                                                                 : std::string_view{};
        tlp = tlp_of(event);
        TRY_STATUS(attributes(event));
        return for_each_in(event, "Object", [this](const dom::object& object) {
            return is_true(object, "deleted") ? base::Status{} : attributes(object);
        });
    }

    base::Status attributes(const dom::object& around)
    {
        return for_each_in(around, "Attribute",
                           [this](const dom::object& one) { return attribute(one); });
    }

    base::Status attribute(const dom::object& one)
    {
        const std::string type(text_of(one, "type"));
        const std::string_view value = text_of(one, "value");
        if (is_true(one, "deleted")) {
            to.leave_out("deleted");
            return {};
        }
        const auto known = misp_types().find(type);
        if (known == misp_types().end()) {
            to.leave_out("type " + type);
            return {};
        }
        if (!is_true(one, "to_ids")) {
            to.leave_out("not for detection");
            return {};
        }
        const auto bar = value.find('|');
        const bool two = type.find('|') != std::string::npos || type == "malware-sample";
        std::string_view part = value;
        if (two && bar != std::string_view::npos) {
            part = known->second.part == 0 ? value.substr(0, bar) : value.substr(bar + 1);
        }
        IndicatorKind kind = known->second.kind;
        if (kind == IndicatorKind::Address && part.find('/') != std::string_view::npos) {
            kind = IndicatorKind::Network;
        }
        auto canonical = model::canonical_indicator(kind, part);
        if (!canonical) {
            to.refuse(fmt::format("attribute {}", base::quoted(text_of(one, "uuid"))),
                      canonical.error().message);
            return {};
        }
        Indicator indicator = to.start();
        indicator.kind = kind;
        indicator.value = std::move(*canonical);
        const std::string_view comment = text_of(one, "comment");
        indicator.label = label.empty() ? std::string(comment) : label;
        indicator.source = source.empty() ? indicator.source : source;
        const std::string own = tlp_of(one);
        indicator.tlp = !own.empty() ? own : !tlp.empty() ? tlp : indicator.tlp;
        return to.give(indicator);
    }

    static std::string tlp_of(const dom::object& object)
    {
        std::string out;
        (void)for_each_in(object, "Tag", [&out](const dom::object& tag) {
            if (const auto found = tlp_of_tag(text_of(tag, "name")); !found.empty()) {
                out = found;
            }
            return base::Status{};
        });
        return out;
    }
};

/// Whether it was MISP. Shape: {"Event": …}, {"response": [{"Event": …}]}, {"response":
/// {"Attribute": […]}}, an event alone, a list of these.
base::Result<bool> read_misp(const dom::element& root, Collector& to)
{
    MispReader reader{.to = to, .label = {}, .source = {}, .tlp = {}};
    dom::array list;
    if (root.get(list) == simdjson::SUCCESS) {
        bool any = false;
        for (const dom::element one : list) {
            TRY(const bool read, read_misp(one, to));
            any = any || read;
        }
        return any;
    }
    dom::object object;
    if (root.get(object) != simdjson::SUCCESS) {
        return false;
    }
    dom::object event;
    if (object["Event"].get(event) == simdjson::SUCCESS) {
        TRY_STATUS(reader.event(event));
        return true;
    }
    dom::element response;
    if (object["response"].get(response) == simdjson::SUCCESS) {
        return read_misp(response, to);
    }
    dom::array parts;
    const bool has_parts = object["Attribute"].get(parts) == simdjson::SUCCESS ||
                           object["Object"].get(parts) == simdjson::SUCCESS;
    // An event without attributes is one that holds nothing to look up.
    const bool is_event = !text_of(object, "info").empty() && !text_of(object, "date").empty();
    if (has_parts || is_event) {
        TRY_STATUS(reader.event(object));
    }
    return has_parts || is_event;
}

// --- STIX ----------------------------------------------------------------------------------------

/// Source: STIX 2.1 §7.2.1.4 (TLP 1) and the OASIS TLP 2.0 extension.
std::string_view tlp_of_marking(std::string_view id)
{
    constexpr std::pair<std::string_view, std::string_view> kMarkings[] = {
        {"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", "TLP:CLEAR"},
        {"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR"},
        {"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "TLP:GREEN"},
        {"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN"},
        {"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "TLP:AMBER"},
        {"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER"},
        {"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT"},
        {"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "TLP:RED"},
        {"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED"},
    };
    const auto found =
        std::ranges::find(kMarkings, id, &std::pair<std::string_view, std::string_view>::first);
    return found == std::end(kMarkings) ? std::string_view{} : found->second;
}

struct StixReader {
    Collector& to;
    std::unordered_map<std::string_view, std::string_view> identities;

    base::Status indicator(const dom::object& object)
    {
        const std::string where = fmt::format("indicator {}", base::quoted(text_of(object, "id")));
        if (is_true(object, "revoked")) {
            to.leave_out("revoked");
            return {};
        }
        const std::string_view type = text_of(object, "pattern_type");
        if (!type.empty() && type != "stix") {
            to.refuse(where,
                      fmt::format("a pattern of type {}, which is not STIX", base::quoted(type)));
            return {};
        }
        const auto values = values_of_pattern(text_of(object, "pattern"));
        if (!values) {
            to.refuse(where, values.error().message);
            return {};
        }
        Indicator out = to.start();
        TRY_STATUS(fill(object, out));
        for (const auto& value : *values) {
            out.kind = value.kind;
            out.value = value.value;
            TRY_STATUS(to.give(out));
        }
        return {};
    }

    base::Status fill(const dom::object& object, Indicator& out) const
    {
        const std::string_view name = text_of(object, "name");
        out.label = name.empty() ? text_of(object, "description").substr(0, 200) : name;
        const auto creator = identities.find(text_of(object, "created_by_ref"));
        out.source = creator == identities.end() ? out.source : std::string(creator->second);
        std::int64_t confidence = 0;
        if (object["confidence"].get(confidence) == simdjson::SUCCESS && confidence >= 0 &&
            confidence <= 100) {
            out.confidence = static_cast<std::uint8_t>(confidence);
        }
        if (const auto until = base::parse_rfc3339(text_of(object, "valid_until"))) {
            out.expires = *until;
        }
        dom::array markings;
        if (object["object_marking_refs"].get(markings) == simdjson::SUCCESS) {
            for (const dom::element marking : markings) {
                std::string_view id;
                if (marking.get(id) == simdjson::SUCCESS && !tlp_of_marking(id).empty()) {
                    out.tlp = tlp_of_marking(id);
                }
            }
        }
        return {};
    }
};

/// Whether it was STIX: a bundle, a TAXII envelope, an object, or a list of objects.
base::Result<bool> read_stix(const dom::element& root, Collector& to)
{
    dom::array objects;
    dom::object bundle;
    const bool is_object = root.get(bundle) == simdjson::SUCCESS;
    if (is_object && bundle["objects"].get(objects) != simdjson::SUCCESS) {
        if (text_of(bundle, "type") != "indicator") {
            return text_of(bundle, "type") == "bundle"; // one without objects holds nothing
        }
        StixReader reader{.to = to, .identities = {}};
        TRY_STATUS(reader.indicator(bundle));
        return true;
    }
    if (!is_object && root.get(objects) != simdjson::SUCCESS) {
        return false;
    }
    StixReader reader{.to = to, .identities = {}};
    bool any = is_object;
    for (const dom::element one : objects) {
        dom::object object;
        if (one.get(object) == simdjson::SUCCESS && text_of(object, "type") == "identity") {
            reader.identities.emplace(text_of(object, "id"), text_of(object, "name"));
        }
    }
    for (const dom::element one : objects) {
        dom::object object;
        if (one.get(object) == simdjson::SUCCESS && text_of(object, "type") == "indicator") {
            any = true;
            TRY_STATUS(reader.indicator(object));
        }
    }
    return any;
}

base::Status read_json(const std::string& text, Collector& to)
{
    dom::parser parser(base::limits::kIndicatorDocumentBytesMax + simdjson::SIMDJSON_PADDING);
    if (parser.allocate(std::max<std::size_t>(text.size(), 1024), base::limits::kNestingMax) !=
        simdjson::SUCCESS) {
        return base::exhausted("no memory for a document of this size");
    }
    dom::element root;
    if (const auto error = parser.parse(text).get(root)) {
        return base::invalid(fmt::format("no JSON document ({})", simdjson::error_message(error)));
    }
    TRY(const bool misp, read_misp(root, to));
    if (misp) {
        to.report().format = "misp";
        return {};
    }
    TRY(const bool stix, read_stix(root, to));
    if (stix) {
        to.report().format = "stix";
        return {};
    }
    return base::invalid(
        "a JSON document that is neither MISP (Event, Attribute) nor STIX (bundle, "
        "indicator)");
}

// --- lists and CSV -------------------------------------------------------------------------------

/// Cells of one line; those in quotes may hold the separator.
void cut_cells(std::string_view line, char separator, std::vector<std::string>& cells)
{
    cells.assign(1, {});
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back() += c;
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == separator && !quoted) {
            cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
}

struct Columns {
    char separator = 0; ///< 0: a plain list
    int value = -1;
    int type = -1;
    int source = -1;
    int label = -1;
    int tlp = -1;
    int confidence = -1;
    int expires = -1;
};

class LineReader {
public:
    explicit LineReader(Collector& to) : to_(to) {}

    base::Status line(std::string_view text)
    {
        ++number_;
        text = base::trim(text);
        if (number_ == 1 && text.starts_with("\xEF\xBB\xBF")) {
            text.remove_prefix(3);
        }
        const bool comment =
            text.starts_with('#') || text.starts_with(';') || text.starts_with("//");
        if (text.empty() || comment) {
            return {};
        }
        if (!begun_) {
            begun_ = true;
            if (take_names(text)) {
                to_.report().format = "csv";
                return {};
            }
        }
        return columns_.separator != 0 ? row(text) : item(text);
    }

private:
    /// Whether the line names the columns of a table.
    bool take_names(std::string_view text)
    {
        for (const char separator : {',', ';', '\t'}) {
            cut_cells(text, separator, cells_);
            Columns found;
            for (std::size_t i = 0; i < cells_.size(); ++i) {
                const std::string name = base::to_lower_ascii(base::trim(cells_[i]));
                if (int* const column = column_of(found, name); column != nullptr && *column < 0) {
                    *column = static_cast<int>(i);
                }
            }
            if (found.value >= 0) {
                found.separator = separator;
                columns_ = found;
                return true;
            }
        }
        return false;
    }

    static int* column_of(Columns& columns, std::string_view name)
    {
        const std::unordered_map<std::string_view, int*> kNames{
            {"value", &columns.value},
            {"indicator", &columns.value},
            {"ioc", &columns.value},
            {"ioc_value", &columns.value},
            {"type", &columns.type},
            {"kind", &columns.type},
            {"ioc_type", &columns.type},
            {"indicator_type", &columns.type},
            {"source", &columns.source},
            {"feed", &columns.source},
            {"label", &columns.label},
            {"malware", &columns.label},
            {"description", &columns.label},
            {"comment", &columns.label},
            {"threat", &columns.label},
            {"name", &columns.label},
            {"tlp", &columns.tlp},
            {"confidence", &columns.confidence},
            {"confidence_level", &columns.confidence},
            {"expires", &columns.expires},
            {"valid_until", &columns.expires},
            {"expiration", &columns.expires},
            {"expiry", &columns.expires}};
        const auto found = kNames.find(name);
        return found == kNames.end() ? nullptr : found->second;
    }

    std::string_view cell(int column) const
    {
        return column >= 0 && static_cast<std::size_t>(column) < cells_.size()
                   ? base::trim(cells_[static_cast<std::size_t>(column)])
                   : std::string_view{};
    }

    base::Status row(std::string_view text)
    {
        cut_cells(text, columns_.separator, cells_);
        Indicator out = to_.start();
        const std::string where = fmt::format("line {}", number_);
        if (!take_value(out)) {
            to_.refuse(where,
                       fmt::format("{} is no indicator{}", base::quoted(cell(columns_.value)),
                                   cell(columns_.type).empty()
                                       ? ""
                                       : " of type " + base::quoted(cell(columns_.type))));
            return {};
        }
        const auto set = [&](std::string& to, int column) {
            if (!cell(column).empty()) {
                to = cell(column);
            }
        };
        set(out.source, columns_.source);
        set(out.label, columns_.label);
        if (const auto tlp = cell(columns_.tlp); !tlp.empty()) {
            const auto full = tlp_of_tag(tlp);
            out.tlp = full.empty() ? tlp_of_tag("TLP:" + std::string(tlp)) : full;
        }
        if (const auto given = cell(columns_.confidence); !given.empty()) {
            unsigned number = 0;
            const auto [end, error] =
                std::from_chars(given.data(), given.data() + given.size(), number);
            if (error != std::errc{} || end != given.data() + given.size() || number > 100) {
                to_.refuse(where,
                           fmt::format("{} is no confidence from 0 to 100", base::quoted(given)));
                return {};
            }
            out.confidence = static_cast<std::uint8_t>(number);
        }
        if (const auto given = cell(columns_.expires); !given.empty()) {
            const bool day = given.size() == 10;
            const auto until =
                base::parse_rfc3339(day ? std::string(given) + "T00:00:00Z" : std::string(given));
            if (!until) {
                to_.refuse(where, until.error().message);
                return {};
            }
            out.expires = *until;
        }
        return to_.give(out);
    }

    bool take_value(Indicator& out) const
    {
        const std::string_view value = cell(columns_.value);
        const std::string type = base::to_lower_ascii(cell(columns_.type));
        std::optional<IndicatorKind> kind = model::parse_indicator_kind(type);
        if (const auto misp = misp_types().find(type); !kind && misp != misp_types().end()) {
            kind = misp->second.kind;
        }
        if (!kind &&
            (type.starts_with("md5") || type.starts_with("sha") || type.ends_with("_hash"))) {
            kind = IndicatorKind::Hash;
        }
        if (kind == IndicatorKind::Address && value.find('/') != std::string_view::npos) {
            kind = IndicatorKind::Network;
        }
        if (kind) {
            auto canonical = model::canonical_indicator(*kind, value);
            if (!canonical) {
                return false;
            }
            out.kind = *kind;
            out.value = std::move(*canonical);
            return true;
        }
        auto guessed = guess(value);
        if (guessed) {
            out.kind = guessed->kind;
            out.value = std::move(guessed->value);
        }
        return guessed.has_value();
    }

    /// "203.0.113.7:443" is an address with a port.
    static std::optional<model::GuessedIndicator> guess(std::string_view text)
    {
        if (auto found = model::guess_indicator(text)) {
            return found;
        }
        const auto colon = text.rfind(':');
        const bool port = colon != std::string_view::npos && text.find(':') == colon &&
                          text.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
        return port ? model::guess_indicator(text.substr(0, colon)) : std::nullopt;
    }

    /// A line of a list: the indicator, or some cells of which one is.
    base::Status item(std::string_view text)
    {
        for (const std::string_view remark : {" #", "\t#"}) {
            text = base::trim(text.substr(0, text.find(remark)));
        }
        auto found = guess(text);
        for (const char separator : {',', ';', '\t', ' '}) {
            if (found || text.find(separator) == std::string_view::npos) {
                continue;
            }
            cut_cells(text, separator, cells_);
            for (const std::string& one : cells_) {
                const auto trimmed = base::trim(one);
                if (trimmed.starts_with('#')) {
                    break;
                }
                // The front of a hosts file's line is where its names are sent.
                const bool nowhere =
                    trimmed == "0.0.0.0" || trimmed == "127.0.0.1" || trimmed == "::1";
                if (!nowhere && !trimmed.empty() && (found = guess(trimmed))) {
                    break;
                }
            }
        }
        if (!found) {
            to_.refuse(fmt::format("line {}", number_),
                       fmt::format("no indicator in {}", base::quoted(text)));
            return {};
        }
        Indicator out = to_.start();
        out.kind = found->kind;
        out.value = std::move(found->value);
        return to_.give(out);
    }

    Collector& to_;
    Columns columns_;
    bool begun_ = false;
    std::uint64_t number_ = 0;
    std::vector<std::string> cells_;
};

/// Reads on behind `text` to the end, at most `bytes_max` in all.
base::Status read_rest(codec::ByteReader& bytes, std::string& text, std::size_t bytes_max)
{
    constexpr std::size_t kPiece = std::size_t{256} * 1024;
    for (;;) {
        const std::size_t before = text.size();
        text.resize(before + kPiece);
        const auto got = bytes.read({text.data() + before, kPiece});
        text.resize(before + got.value_or(0));
        if (!got) {
            return std::unexpected(got.error());
        }
        if (*got == 0) {
            return {};
        }
        if (text.size() > bytes_max) {
            return base::exhausted(fmt::format("a document of more than {} bytes", bytes_max));
        }
    }
}

base::Status read_lines(codec::ByteReader& bytes, std::string waiting, Collector& to)
{
    LineReader reader(to);
    std::vector<char> piece(std::size_t{256} * 1024);
    for (;;) {
        std::size_t begin = 0;
        for (auto end = waiting.find('\n'); end != std::string::npos;
             end = waiting.find('\n', begin)) {
            TRY_STATUS(reader.line(std::string_view(waiting).substr(begin, end - begin)));
            begin = end + 1;
        }
        waiting.erase(0, begin);
        if (waiting.size() > base::limits::kLineBytesMax) {
            return base::invalid("a line of more than a mebibyte: no list of indicators");
        }
        TRY(const std::size_t got, bytes.read(piece));
        if (got == 0) {
            return reader.line(waiting);
        }
        waiting.append(piece.data(), got);
    }
}

} // namespace

base::Result<IndicatorReport> read_indicators(std::unique_ptr<codec::ByteReader> packed,
                                              const IndicatorDefaults& defaults, const Take& take)
{
    TRY(const auto bytes, codec::unpack(std::move(packed)));
    std::string head(std::size_t{64} * 1024, '\0');
    TRY(const std::size_t got, bytes->read(head));
    head.resize(got);
    Collector to(defaults, take);
    to.report().format = "list";
    const auto first = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first != std::string::npos && (head[first] == '{' || head[first] == '[')) {
        head.erase(0, first);
        TRY_STATUS(read_rest(*bytes, head, base::limits::kIndicatorDocumentBytesMax));
        TRY_STATUS(read_json(head, to));
    } else {
        if (head.find('\0') != std::string::npos) {
            return base::invalid("binary data, no list of indicators");
        }
        TRY_STATUS(read_lines(*bytes, std::move(head), to));
    }
    return std::move(to.report());
}

} // namespace tanggap::exchange
