#define PCRE2_CODE_UNIT_WIDTH 8
#include "detect/detail/regex.h"

#include <pcre2.h>
#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/literal_index.h"
#include "detect/detail/pattern.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;

struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeContext {
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

std::string with_flags(std::string_view pattern, RegexFlags flags)
{
    std::string letters;
    letters += flags.ignore_case ? "i" : "";
    letters += flags.multi_line ? "m" : "";
    letters += flags.dot_all ? "s" : "";
    return letters.empty() ? std::string(pattern) : fmt::format("(?{}){}", letters, pattern);
}

RE2::Options re2_options()
{
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(limits::kRegexBytesMax);
    return options;
}

/// What RE2 knows of the texts that an expression needs.
class Needs {
public:
    Needs(const std::string& pattern, int shortest_text) : filter_(shortest_text)
    {
        int id = 0;
        known_ = filter_.Add(pattern, re2_options(), &id) == RE2::NoError;
        if (known_) {
            filter_.Compile(&texts_);
        }
    }

    /// The texts of a smallest set of which one is needed: the commonest are given up first.
    std::vector<std::string> fewest() const
    {
        std::vector<bool> needed(texts_.size(), true);
        // RE2 folds letters beyond ASCII too; our matchers do not, so such a text would miss.
        const bool ascii = std::ranges::all_of(texts_, [](const std::string& text) {
            return std::ranges::all_of(text, [](char c) { return is_ascii(c); });
        });
        if (!known_ || !ascii || may_match_without(needed)) {
            return {};
        }
        std::vector<std::size_t> order(texts_.size());
        std::iota(order.begin(), order.end(), 0);
        std::ranges::sort(order, {}, [&](std::size_t i) {
            return std::tuple(texts_[i].size(), -commonness(texts_[i]), i);
        });
        for (const auto i : order) {
            needed[i] = false;
            needed[i] = may_match_without(needed);
        }
        std::vector<std::string> out;
        for (const auto i : order) {
            // A value that has a longer text has what stands in it.
            const bool said = std::ranges::any_of(
                out, [&](const std::string& shorter) { return texts_[i].contains(shorter); });
            if (needed[i] && !said) {
                out.push_back(texts_[i]);
            }
        }
        return out;
    }

private:
    static bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

    /// Whether a value that lacks the texts in `absent` and has all others may match.
    bool may_match_without(const std::vector<bool>& absent) const
    {
        std::vector<int> present;
        for (std::size_t i = 0; i < absent.size(); ++i) {
            if (!absent[i]) {
                present.push_back(static_cast<int>(i));
            }
        }
        std::vector<int> possible;
        filter_.AllPotentials(present, &possible);
        return !possible.empty();
    }

    re2::FilteredRE2 filter_;
    std::vector<std::string> texts_;
    bool known_ = false;
};

bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z');
}

/// Two letters stand in any text, and are no help; "/." and "//" do not.
std::vector<std::string> required_texts_of(const std::string& pattern)
{
    constexpr int kRare = 3;
    auto texts = Needs(pattern, kRare).fewest();
    if (texts.empty()) {
        texts = Needs(pattern, kRare - 1).fewest();
        const bool helps = std::ranges::all_of(texts, [](const std::string& text) {
            return text.size() >= kRare || !std::ranges::all_of(text, is_letter_or_digit);
        });
        return helps ? texts : std::vector<std::string>();
    }
    return texts;
}

/// Bytes that are no letters, of which a matching value holds one.
std::string required_bytes_of(const std::string& pattern)
{
    std::string out;
    for (const auto& text : Needs(pattern, 1).fewest()) {
        const auto at = std::ranges::find_if_not(
            text, [](char c) { return lower_ascii(c) >= 'a' && c <= 'z'; });
        if (at == text.end()) {
            return {};
        }
        out += *at;
    }
    return out;
}

/// Bytes of the shortest match, as PCRE2 counts them in its own reading of the expression.
std::size_t shortest_match(const pcre2_code* code)
{
    std::uint32_t characters = 0;
    const bool known =
        code != nullptr && pcre2_pattern_info(code, PCRE2_INFO_MINLENGTH, &characters) == 0;
    return known ? characters : 0;
}

/// `.{1000,}`: a set of characters and how many in a row are looked for.
struct Run {
    std::string_view set;
    std::size_t shortest = 0;
};

std::optional<Run> run_of(std::string_view pattern)
{
    constexpr std::size_t kManyRepetitions = 64; // fewer are no trouble to RE2
    const auto brace = pattern.rfind('{');
    if (brace == std::string_view::npos || !pattern.ends_with('}')) {
        return std::nullopt;
    }
    Run run{.set = pattern.substr(0, brace)};
    auto count = pattern.substr(brace + 1, pattern.size() - brace - 2);
    count.remove_suffix(count.ends_with(',') ? 1 : 0);
    const auto [end, fault] =
        std::from_chars(count.data(), count.data() + count.size(), run.shortest);
    const bool number = fault == std::errc{} && end == count.data() + count.size();
    // Sets that a glance can tell are one: no nesting, no escapes inside.
    const bool escaped = run.set.size() == 2 && run.set.front() == '\\' &&
                         std::string_view("dDsSwW").contains(run.set.back());
    const bool listed = run.set.size() > 2 && run.set.front() == '[' &&
                        run.set.find_first_of("[]\\", 1) == run.set.size() - 1 &&
                        run.set.back() == ']' && run.set != "[^]";
    const bool one_set = run.set == "." || escaped || listed;
    return number && one_set && run.shortest >= kManyRepetitions ? std::optional(run)
                                                                 : std::nullopt;
}

/// Whether `value` has `shortest` characters of the set behind one another.
bool has_run(std::string_view value, const RE2& runs, std::size_t shortest)
{
    re2::StringPiece rest(value.data(), value.size());
    re2::StringPiece run;
    while (RE2::FindAndConsume(&rest, runs, &run)) {
        const auto characters = std::ranges::count_if(
            run, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
        if (static_cast<std::size_t>(characters) >= shortest) {
            return true;
        }
    }
    return false;
}

std::unique_ptr<pcre2_code, FreeCode> compile_pcre2(const std::string& pattern, int& fault,
                                                    PCRE2_SIZE& offset)
{
    return std::unique_ptr<pcre2_code, FreeCode>(pcre2_compile(
        reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
        PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_INVALID_UTF, &fault, &offset, nullptr));
}

} // namespace

struct Regex::Engines {
    std::unique_ptr<RE2> re2;
    std::unique_ptr<pcre2_code, FreeCode> pcre2;
};

Regex::Regex() : engines_(std::make_unique<Engines>()) {}
Regex::~Regex() = default;

bool Regex::backtracks() const
{
    return engines_->pcre2 != nullptr;
}

base::Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern,
                                                          RegexFlags flags)
{
    if (pattern.size() > limits::kRegexPatternBytesMax) {
        return base::invalid(fmt::format("the regular expression has {} bytes, more than {}",
                                         pattern.size(), limits::kRegexPatternBytesMax));
    }
    std::shared_ptr<Regex> out(new Regex());
    const auto full = with_flags(pattern, flags);
    auto linear = std::make_unique<RE2>(full, re2_options());
    int code = 0;
    PCRE2_SIZE offset = 0;
    if (linear->ok()) {
        out->required_texts_ = required_texts_of(full);
        if (out->required_texts_.empty()) {
            out->required_bytes_ = required_bytes_of(full);
            out->shortest_ = shortest_match(compile_pcre2(full, code, offset).get());
        }
        if (const auto run = run_of(pattern)) {
            linear = std::make_unique<RE2>(with_flags(fmt::format("({}+)", run->set), flags),
                                           re2_options());
            out->run_shortest_ = run->shortest;
        }
        out->engines_->re2 = std::move(linear);
        return out;
    }
    out->engines_->pcre2 = compile_pcre2(full, code, offset);
    if (out->engines_->pcre2 == nullptr) {
        std::array<PCRE2_UCHAR, 256> text{};
        pcre2_get_error_message(code, text.data(), text.size());
        return base::invalid(
            fmt::format("the regular expression {} cannot be read: {} (at byte {})",
                        base::quoted(pattern), reinterpret_cast<const char*>(text.data()), offset));
    }
    return out;
}

bool Regex::may_match(std::string_view value) const
{
    return value.size() >= shortest_ &&
           (required_bytes_.empty() || value.find_first_of(required_bytes_) != value.npos);
}

bool Regex::matches(std::string_view value) const
{
    if (!may_match(value)) {
        return false;
    }
    if (run_shortest_ > 0) {
        return has_run(value, *engines_->re2, run_shortest_);
    }
    if (engines_->re2) {
        return RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *engines_->re2);
    }
    const std::unique_ptr<pcre2_match_data, FreeMatch> data(pcre2_match_data_create(1, nullptr));
    const std::unique_ptr<pcre2_match_context, FreeContext> context(
        pcre2_match_context_create(nullptr));
    if (!data || !context) {
        return false;
    }
    pcre2_set_match_limit(context.get(), limits::kRegexStepsMax);
    pcre2_set_depth_limit(context.get(), limits::kRegexDepthMax);
    pcre2_set_heap_limit(context.get(), limits::kRegexHeapKibibytesMax);
    return pcre2_match(engines_->pcre2.get(), reinterpret_cast<PCRE2_SPTR>(value.data()),
                       value.size(), 0, PCRE2_NO_JIT, data.get(), context.get()) >= 0;
}

} // namespace tanggap::detect
