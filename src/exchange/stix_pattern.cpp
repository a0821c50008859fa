#include "exchange/stix_pattern.h"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/text.h"

namespace tanggap::exchange {
namespace {

using model::GuessedIndicator;
using model::IndicatorKind;

constexpr std::size_t kPatternBytesMax = std::size_t{256} * 1024;
constexpr int kDepthMax = 32;

struct Token {
    enum class Kind : std::uint8_t { Word, Text, Mark, End };
    Kind kind = Kind::End;
    std::string text; ///< Text: without quotes and escapes
    std::size_t at = 0;
};

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    base::Result<Token> next()
    {
        at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
        if (at_ == text_.size()) {
            return Token{.kind = Token::Kind::End, .text = "the end", .at = at_};
        }
        const char c = text_[at_];
        if (c == '\'') {
            return quoted_text();
        }
        if (std::string_view("[]():,.").contains(c)) {
            ++at_;
            return Token{.kind = Token::Kind::Mark, .text = std::string(1, c), .at = at_ - 1};
        }
        if (std::string_view("=!<>").contains(c)) {
            const std::size_t begin = at_;
            while (at_ < text_.size() && std::string_view("=!<>").contains(text_[at_])) {
                ++at_;
            }
            return Token{.kind = Token::Kind::Mark,
                         .text = std::string(text_.substr(begin, at_ - begin)),
                         .at = begin};
        }
        const std::size_t begin = at_;
        at_ = std::min(text_.find_first_of(" \t\r\n[]():,.=!<>'", at_), text_.size());
        return Token{.kind = Token::Kind::Word,
                     .text = std::string(text_.substr(begin, at_ - begin)),
                     .at = begin};
    }

private:
    base::Result<Token> quoted_text()
    {
        Token out{.kind = Token::Kind::Text, .text = {}, .at = at_};
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\'') {
                ++at_;
                return out;
            }
            at_ += text_[at_] == '\\' && at_ + 1 < text_.size() ? 1 : 0;
            out.text += text_[at_];
        }
        return base::invalid(fmt::format("the text that begins at {} has no end", out.at));
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// What a comparison gives.
struct Found {
    std::vector<GuessedIndicator> values;
    bool says_nothing = false; ///< the type of what is compared beside it
    bool has_hash = false;
    bool of_file = false;
};

class Parser {
public:
    explicit Parser(std::string_view text) : lexer_(text) {}

    base::Result<std::vector<GuessedIndicator>> parse()
    {
        TRY_STATUS(advance());
        std::vector<GuessedIndicator> out;
        TRY_STATUS(observations(out, 0));
        if (token_.kind != Token::Kind::End) {
            return unexpected("OR or the end");
        }
        if (out.empty()) {
            return base::invalid("the pattern compares nothing with a value");
        }
        return out;
    }

private:
    base::Status advance()
    {
        TRY(token_, lexer_.next());
        return {};
    }
    bool is(std::string_view text) const
    {
        return token_.kind != Token::Kind::Text &&
               base::equals_ignore_case_ascii(token_.text, text);
    }
    base::Status expect(std::string_view text)
    {
        if (!is(text)) {
            return unexpected(base::quoted(text));
        }
        return advance();
    }
    std::unexpected<base::Error> unexpected(std::string_view wanted) const
    {
        return base::invalid(fmt::format("{} at {} where {} is expected", base::quoted(token_.text),
                                         token_.at, wanted));
    }
    std::unexpected<base::Error> refused(std::string_view what) const
    {
        return base::invalid(fmt::format("{} (at {}) is not taken: only comparisons of values with "
                                         "=, IN and OR are looked up",
                                         what, token_.at));
    }

    base::Status observations(std::vector<GuessedIndicator>& out, int depth)
    {
        for (;;) {
            TRY_STATUS(observation(out, depth));
            for (const std::string_view word :
                 {"FOLLOWEDBY", "AND", "WITHIN", "REPEATS", "START"}) {
                if (is(word)) {
                    return refused(fmt::format("{} between or behind observations", word));
                }
            }
            if (!is("OR")) {
                return {};
            }
            TRY_STATUS(advance());
        }
    }

    base::Status observation(std::vector<GuessedIndicator>& out, int depth)
    {
        if (depth > kDepthMax) {
            return base::invalid(fmt::format("more than {} parentheses in each other", kDepthMax));
        }
        if (is("(")) {
            TRY_STATUS(advance());
            TRY_STATUS(observations(out, depth + 1));
            return expect(")");
        }
        TRY_STATUS(expect("["));
        TRY(auto found, any_of(depth));
        out.insert(out.end(), std::make_move_iterator(found.values.begin()),
                   std::make_move_iterator(found.values.end()));
        if (found.says_nothing) {
            return base::invalid("the pattern compares a type and no value");
        }
        return expect("]");
    }

    base::Result<Found> any_of(int depth)
    {
        TRY(auto out, all_of(depth));
        while (is("OR")) {
            TRY_STATUS(advance());
            TRY(auto more, all_of(depth));
            if (out.says_nothing || more.says_nothing) {
                return refused("a comparison with a type alone");
            }
            out.values.insert(out.values.end(), std::make_move_iterator(more.values.begin()),
                              std::make_move_iterator(more.values.end()));
            out.has_hash = out.has_hash && more.has_hash;
            out.of_file = out.of_file && more.of_file;
        }
        return out;
    }

    /// AND is taken where what it adds says nothing more.
    base::Result<Found> all_of(int depth)
    {
        TRY(auto out, one(depth));
        while (is("AND")) {
            const Token at = token_;
            TRY_STATUS(advance());
            TRY(auto more, one(depth));
            if (more.says_nothing) {
                continue;
            }
            if (out.says_nothing) {
                out = std::move(more);
                continue;
            }
            if (!(out.of_file && more.of_file && (out.has_hash || more.has_hash))) {
                token_ = at;
                return refused("AND, which asks for two values in one event,");
            }
            const auto no_hash = [](const GuessedIndicator& value) {
                return value.kind != IndicatorKind::Hash;
            };
            out.values.insert(out.values.end(), std::make_move_iterator(more.values.begin()),
                              std::make_move_iterator(more.values.end()));
            std::erase_if(out.values, no_hash);
            out.has_hash = true;
        }
        return out;
    }

    base::Result<Found> one(int depth)
    {
        if (is("NOT") || is("EXISTS")) {
            return refused(token_.text);
        }
        if (is("(")) {
            if (depth > kDepthMax) {
                return base::invalid(
                    fmt::format("more than {} parentheses in each other", kDepthMax));
            }
            TRY_STATUS(advance());
            TRY(auto out, any_of(depth + 1));
            TRY_STATUS(expect(")"));
            return out;
        }
        return comparison();
    }

    base::Result<Found> comparison()
    {
        TRY(const std::string path, object_path());
        if (is("NOT")) {
            return refused("NOT");
        }
        const std::string op = base::to_lower_ascii(token_.text);
        const bool set = op == "in";
        if (token_.kind == Token::Kind::Text || (op != "=" && !set && op != "issubset")) {
            return refused(fmt::format("the operator {}", base::quoted(token_.text)));
        }
        TRY_STATUS(advance());
        std::vector<std::string> values;
        if (set) {
            TRY_STATUS(expect("("));
        }
        for (;;) {
            if (token_.kind != Token::Kind::Text && token_.kind != Token::Kind::Word) {
                return unexpected("a value");
            }
            values.push_back(token_.text);
            TRY_STATUS(advance());
            if (!set || !is(",")) {
                break;
            }
            TRY_STATUS(advance());
        }
        if (set) {
            TRY_STATUS(expect(")"));
        }
        return indicators(path, op, values);
    }

    /// "file:hashes.'SHA-256'" gives "file:hashes.sha-256"; list places ("[*]") are left out.
    base::Result<std::string> object_path()
    {
        std::string out;
        for (bool first = true;; first = false) {
            if (token_.kind != Token::Kind::Word && token_.kind != Token::Kind::Text) {
                return unexpected("an object path, as ipv4-addr:value");
            }
            out += base::to_lower_ascii(token_.text);
            TRY_STATUS(advance());
            while (is("[")) {
                TRY_STATUS(advance());
                TRY_STATUS(advance());
                TRY_STATUS(expect("]"));
            }
            if (first) {
                TRY_STATUS(expect(":"));
                out += ':';
            } else if (is(".")) {
                out += '.';
                TRY_STATUS(advance());
            } else {
                return out;
            }
        }
    }

    static std::optional<IndicatorKind> kind_of(std::string_view path)
    {
        constexpr std::pair<std::string_view, IndicatorKind> kPaths[] = {
            {"ipv4-addr:value", IndicatorKind::Address},
            {"ipv6-addr:value", IndicatorKind::Address},
            {"network-traffic:src_ref.value", IndicatorKind::Address},
            {"network-traffic:dst_ref.value", IndicatorKind::Address},
            {"domain-name:value", IndicatorKind::Domain},
            {"domain-name:resolves_to_refs.value", IndicatorKind::Address},
            {"url:value", IndicatorKind::Url},
            {"email-addr:value", IndicatorKind::Email},
            {"email-message:from_ref.value", IndicatorKind::Email},
            {"email-message:sender_ref.value", IndicatorKind::Email},
            {"file:name", IndicatorKind::FileName},
        };
        const auto found =
            std::ranges::find(kPaths, path, &std::pair<std::string_view, IndicatorKind>::first);
        if (found != std::end(kPaths)) {
            return found->second;
        }
        const bool hash = path.starts_with("file:hashes.") ||
                          path.starts_with("artifact:hashes.") ||
                          path.starts_with("file:content_ref.hashes.");
        const bool looked_up = hash && !path.ends_with("ssdeep") && !path.ends_with("tlsh");
        return looked_up ? std::optional(IndicatorKind::Hash) : std::nullopt;
    }

    base::Result<Found> indicators(const std::string& path, std::string_view op,
                                   const std::vector<std::string>& values) const
    {
        Found out;
        out.of_file = path.starts_with("file:") || path.starts_with("artifact:");
        if (path.ends_with("_ref.type") && op == "=") {
            out.says_nothing = true;
            return out;
        }
        const auto kind = kind_of(path);
        const bool size = path == "file:size" && op == "=";
        if (size) {
            return out; // of a file, without a value of its own: good beside a hash alone
        }
        if (!kind) {
            return refused(fmt::format("the object path {}", base::quoted(path)));
        }
        out.has_hash = *kind == IndicatorKind::Hash;
        for (const std::string& value : values) {
            const bool network = *kind == IndicatorKind::Address && value.contains('/');
            if (op == "issubset" && *kind != IndicatorKind::Address) {
                return refused("ISSUBSET of something else than addresses");
            }
            // A name where an address could stand: traffic to a domain.
            const bool traffic =
                path.starts_with("network-traffic:") && !network && !model::address_bits_of(value);
            const IndicatorKind as = network   ? IndicatorKind::Network
                                     : traffic ? IndicatorKind::Domain
                                               : *kind;
            TRY(auto canonical, model::canonical_indicator(as, value));
            out.values.push_back({as, std::move(canonical)});
        }
        return out;
    }

    Lexer lexer_;
    Token token_;
};

} // namespace

base::Result<std::vector<GuessedIndicator>> values_of_pattern(std::string_view pattern)
{
    if (pattern.size() > kPatternBytesMax) {
        return base::invalid(fmt::format("a pattern of {} bytes; at most {} are read",
                                         pattern.size(), kPatternBytesMax));
    }
    return Parser(pattern).parse();
}

} // namespace tanggap::exchange
