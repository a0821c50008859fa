#include "api/detail/encoding.h"

#include <array>
#include <set>

#include "base/id.h"
#include "base/text.h"

namespace tanggap::api {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet, bool padded)
{
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t left = std::min<std::size_t>(3, bytes.size() - at);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            bits = bits << 8U | (i < left ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < left + 1; ++i) {
            out += alphabet[bits >> (18U - 6U * i) & 63U];
        }
        out.append(padded ? 3 - left : 0, '=');
    }
    return out;
}

constexpr std::size_t kSignatureBytes = 16;

/// The outer hash keeps the inner one from being extended, as in HMAC.
std::string sign(std::string_view key, std::string_view question, std::string_view position)
{
    const auto view = [](const auto& digest) {
        return std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size());
    };
    const auto inner = base::sha256({key, question, std::string_view("\0", 1), position});
    const auto outer = base::sha256({key, view(inner)});
    return std::string(view(outer).substr(0, kSignatureBytes));
}

/// Refuses what nlohmann would let pass, while it parses.
class Strictness {
public:
    bool operator()(int depth, Json::parse_event_t event, const Json& parsed)
    {
        constexpr int kDepthMax = 32;
        if (depth > kDepthMax && problem_.empty()) {
            problem_ = "it is nested deeper than 32 levels";
        }
        if (event == Json::parse_event_t::object_start) {
            keys_.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            keys_.pop_back();
        } else if (event == Json::parse_event_t::key) {
            see_key(parsed.get_ref<const std::string&>());
        }
        return problem_.empty();
    }
    const std::string& problem() const { return problem_; }

private:
    void see_key(const std::string& key)
    {
        if (!keys_.back().insert(key).second && problem_.empty()) {
            problem_ = "the key " + base::quoted(key) + " appears twice";
        }
    }
    std::vector<std::set<std::string>> keys_;
    std::string problem_;
};

} // namespace

std::string base64(std::string_view bytes)
{
    return encode(bytes, kStandard, true);
}

std::string base64url(std::string_view bytes)
{
    return encode(bytes, kUrl, false);
}

base::Result<std::string> read_base64url(std::string_view text)
{
    std::string out;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const std::size_t value = kUrl.find(c);
        if (value == std::string_view::npos) {
            return base::invalid("not base64url");
        }
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out += static_cast<char>(bits >> held & 0xFFU);
        }
    }
    return base64url(out) == text ? base::Result<std::string>(std::move(out))
                                  : base::invalid("not base64url");
}

std::string make_cursor(std::string_view key, std::string_view question, std::string_view position)
{
    return position.empty() ? std::string()
                            : base64url(sign(key, question, position) + std::string(position));
}

base::Result<std::string> read_cursor(std::string_view key, std::string_view question,
                                      std::string_view cursor)
{
    if (cursor.empty()) {
        return std::string();
    }
    constexpr std::size_t kCursorBytesMax = 512;
    const auto whole =
        cursor.size() <= kCursorBytesMax ? read_base64url(cursor) : base::invalid("too long");
    if (whole && whole->size() > kSignatureBytes) {
        std::string position = whole->substr(kSignatureBytes);
        if (whole->starts_with(sign(key, question, position))) {
            return position;
        }
    }
    return base::invalid("the cursor is damaged or belongs to another list; ask again without it");
}

base::Result<Json> read_json(std::string_view text)
{
    Strictness strictness;
    try {
        Json value = Json::parse(text, [&](int depth, Json::parse_event_t event, Json& parsed) {
            // Nothing is left out of a value that is refused as a whole anyway.
            strictness(depth, event, parsed);
            return true;
        });
        if (!strictness.problem().empty()) {
            return base::invalid("the body is refused: " + strictness.problem());
        }
        return value;
    } catch (const Json::exception& broken) {
        const std::string_view what = broken.what();
        const std::size_t reason = what.find("] ");
        return base::invalid("the body is not JSON: " +
                             base::quoted(what.substr(reason == what.npos ? 0 : reason + 2), 200));
    }
}

std::string json_text(const Json& value)
{
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace tanggap::api
