#include "codec/json_leaves.h"

#include <emmintrin.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <utility>

#include "base/json_limits.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace tanggap::codec {
namespace {

using base::limits::kEventFieldsMax;
using base::limits::kJsonNamesMax;
using model::Value;

/// Deeper objects are for the flattener, which knows the limit.
constexpr int kDepthMax = 24;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// The number that four hex digits write, or -1.
int hex_at(const char* at)
{
    int value = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = at[i];
        const char lower = static_cast<char>(c | 0x20);
        const int digit = is_digit(c)                    ? c - '0'
                          : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                                         : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/// What the escape at `at`, a backslash, stands for. Moves both on; false where it is none, or half
/// a pair of surrogates.
bool undo_escape(const char*& at, const char* end, char*& to)
{
    if (end - at < 2) {
        return false;
    }
    const char kind = at[1];
    at += 2;
    switch (kind) {
    case '"':
    case '\\':
    case '/':
        *to++ = kind;
        return true;
    case 'b':
        *to++ = '\b';
        return true;
    case 'f':
        *to++ = '\f';
        return true;
    case 'n':
        *to++ = '\n';
        return true;
    case 'r':
        *to++ = '\r';
        return true;
    case 't':
        *to++ = '\t';
        return true;
    case 'u':
        break;
    default:
        return false;
    }
    int code = end - at >= 4 ? hex_at(at) : -1;
    at += 4;
    if (code >= 0xD800 && code < 0xDC00) {
        const int low = end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hex_at(at + 2) : -1;
        if (low < 0xDC00 || low > 0xDFFF) {
            return false;
        }
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 6;
    } else if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) {
        return false;
    }
    to = base::put_utf8(to, static_cast<std::uint32_t>(code));
    return true;
}

constexpr std::size_t kVector = sizeof(__m128i);

/// Copies up to the next backslash, sixteen bytes at a time: `to` has room for as many more.
void copy_plain(const char*& at, const char* end, char*& to)
{
    const __m128i backslash = _mm_set1_epi8('\\');
    while (static_cast<std::size_t>(end - at) >= kVector) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
        const auto found =
            static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash)));
        const int plain = found == 0 ? static_cast<int>(kVector) : std::countr_zero(found);
        at += plain;
        to += plain;
        if (found != 0) {
            return;
        }
    }
    while (at != end && *at != '\\') {
        *to++ = *at++;
    }
}

/// JSON's grammar of a number. `integer`: it has neither fraction nor exponent.
bool is_number(std::string_view token, bool& integer)
{
    std::size_t i = token.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t begin = i;
        while (i < token.size() && is_digit(token[i])) {
            ++i;
        }
        return i - begin;
    };
    const bool zero = i < token.size() && token[i] == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) {
        return false;
    }
    integer = i == token.size();
    if (i < token.size() && token[i] == '.') {
        ++i;
        if (digits() == 0) {
            return false;
        }
    }
    if (i < token.size() && (token[i] == 'e' || token[i] == 'E')) {
        ++i;
        i += i < token.size() && (token[i] == '+' || token[i] == '-') ? 1 : 0;
        if (digits() == 0) {
            return false;
        }
    }
    return i == token.size();
}

template <class Number>
bool reads_whole(std::string_view token, Number& number)
{
    const char* const end = token.data() + token.size();
    const auto result = std::from_chars(token.data(), end, number);
    return result.ec == std::errc{} && result.ptr == end;
}

} // namespace

/// Where the brackets, colons, commas, strings and words of a text begin: simdjson's first stage,
/// which also refuses what is no UTF-8, strings that do not end, and control bytes in them.
struct JsonLeaves::Marks {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;

    bool find(std::string_view text)
    {
        if (text.empty() || text.size() > base::limits::kLineBytesMax) {
            return false;
        }
        if (!stage) {
            const auto error =
                simdjson::get_active_implementation()->create_dom_parser_implementation(
                    text.size() + kRoomBytes, kDepthMax, stage);
            if (error != simdjson::SUCCESS) {
                stage.reset();
                return false;
            }
        }
        if (stage->capacity() < text.size() &&
            stage->set_capacity(text.size() + kRoomBytes) != simdjson::SUCCESS) {
            return false;
        }
        return stage->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                             simdjson::stage1_mode::regular) == simdjson::SUCCESS;
    }

    static constexpr std::size_t kRoomBytes = 4 * 1024;
};

/// Over the marks of one text. Every byte that is not within a string is looked at: what this
/// takes, any reader of JSON takes.
class JsonLeaves::Walk {
public:
    Walk(std::string_view text, JsonLeaves& out, model::EventBatch& batch)
        : text_(text),
          marks_(out.marks_->stage->structural_indexes.get(),
                 out.marks_->stage->n_structural_indexes),
          out_(out),
          batch_(batch)
    {
    }

    bool whole()
    {
        if (mark() != '{') {
            return false;
        }
        ++next_;
        return object(JsonNames::kRoot) && next_ == marks_.size();
    }

private:
    char mark() const { return next_ < marks_.size() ? text_[marks_[next_]] : '\0'; }
    /// Where the mark behind mark `i` stands.
    std::size_t end_of(std::size_t i) const
    {
        return i + 1 < marks_.size() ? marks_[i + 1] : text_.size();
    }

    /// `{` is behind us.
    bool object(std::uint32_t name)
    {
        if (++depth_ > kDepthMax) {
            return false;
        }
        const std::uint64_t number = ++out_.objects_;
        char c = mark();
        if (c == '}') {
            ++next_;
            --depth_;
            return true;
        }
        while (c == '"') {
            std::string_view key;
            if (!string(key)) {
                return false;
            }
            const std::uint32_t child = out_.names_.child(name, key);
            if (child == JsonNames::kNone || mark() != ':') {
                return false;
            }
            out_.duplicate_key_ = out_.names_.note(child, number) || out_.duplicate_key_;
            ++next_;
            if (!value(child)) {
                return false;
            }
            c = mark();
            ++next_;
            if (c == '}') {
                --depth_;
                return true;
            }
            if (c != ',') {
                return false;
            }
            c = mark();
        }
        return false;
    }

    /// `[` is behind us.
    bool array(std::uint32_t name)
    {
        if (++depth_ > kDepthMax) {
            return false;
        }
        if (mark() == ']') {
            ++next_;
            --depth_;
            return true;
        }
        while (value(name)) {
            const char c = mark();
            ++next_;
            if (c == ']') {
                --depth_;
                return true;
            }
            if (c != ',') {
                return false;
            }
        }
        return false;
    }

    bool value(std::uint32_t name)
    {
        switch (mark()) {
        case '{':
            ++next_;
            return object(name);
        case '[':
            ++next_;
            return array(name);
        default:
            break;
        }
        if (out_.leaves_.size() >= kEventFieldsMax) {
            return false;
        }
        JsonLeaf& leaf = out_.leaves_.emplace_back();
        leaf.name = name;
        if (mark() == '"') {
            leaf.value.kind = Value::Kind::String;
            return string(leaf.value.text);
        }
        return next_ < marks_.size() && word(leaf.value);
    }

    /// The string at the next mark, its escapes undone.
    bool string(std::string_view& out)
    {
        const std::size_t begin = marks_[next_] + 1U;
        std::size_t end = end_of(next_) - 1;
        ++next_;
        while (is_space(text_[end])) {
            --end;
        }
        if (text_[end] != '"' || end < begin) {
            return false;
        }
        out = text_.substr(begin, end - begin);
        if (backslash_ < begin) {
            backslash_ = std::min(text_.find('\\', begin), text_.size());
        }
        return backslash_ >= end || unescape(begin, end, out);
    }

    bool unescape(std::size_t begin, std::size_t end, std::string_view& out)
    {
        char* const kept = batch_.allocate(end - begin + kVector);
        const char* at = text_.data() + begin;
        const char* const stop = text_.data() + end;
        char* to = kept;
        for (copy_plain(at, stop, to); at != stop; copy_plain(at, stop, to)) {
            if (!undo_escape(at, stop, to)) {
                return false;
            }
        }
        out = {kept, static_cast<std::size_t>(to - kept)};
        return true;
    }

    /// true, false, null or a number.
    bool word(Value& out)
    {
        const std::size_t begin = marks_[next_];
        std::size_t end = end_of(next_);
        ++next_;
        while (end > begin && is_space(text_[end - 1])) {
            --end;
        }
        const std::string_view token = text_.substr(begin, end - begin);
        if (token == "true" || token == "false") {
            out = {.kind = Value::Kind::Bool, .boolean = token == "true", .text = token};
            return true;
        }
        if (token == "null") {
            out = {.kind = Value::Kind::Null, .text = ""};
            return true;
        }
        return number(token, out);
    }

    bool number(std::string_view token, Value& out)
    {
        bool integer = false;
        if (!is_number(token, integer)) {
            return false;
        }
        if (!integer) {
            return real(token, out);
        }
        if (reads_whole(token, out.integer)) {
            out.kind = Value::Kind::Integer;
            out.text = token == "-0" ? token.substr(1) : token;
            return true;
        }
        // Above the signed range: digits as text, so that nothing is rounded.
        std::uint64_t great = 0;
        if (!reads_whole(token, great)) {
            return false;
        }
        out = model::string_value(token);
        return true;
    }

    bool real(std::string_view token, Value& out)
    {
        if (!reads_whole(token, out.real)) {
            return false;
        }
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), out.real).ptr;
        const std::string_view shortest(digits.data(),
                                        static_cast<std::size_t>(end - digits.data()));
        out.kind = Value::Kind::Float;
        out.text = shortest == token ? token : batch_.keep(shortest);
        return true;
    }

    std::string_view text_;
    std::span<const std::uint32_t> marks_;
    JsonLeaves& out_;
    model::EventBatch& batch_;
    std::size_t next_ = 0;      ///< of the marks
    std::size_t backslash_ = 0; ///< none stands between the text at hand and here
    int depth_ = 0;
};

JsonLeaves::JsonLeaves() : marks_(std::make_unique<Marks>()) {}
JsonLeaves::~JsonLeaves() = default;

bool JsonLeaves::read(std::string_view object, model::EventBatch& batch)
{
    leaves_.clear();
    duplicate_key_ = false;
    if (names_.size() > kJsonNamesMax / 2) {
        names_.forget();
    }
    return marks_->find(object) && Walk(object, *this, batch).whole();
}

} // namespace tanggap::codec
